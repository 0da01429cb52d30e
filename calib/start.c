/* SPDX-License-Identifier: MIT */
/* Where the solver starts: far from the answer it may settle in another minimum. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/spectrum.h"
#include "calib/stefcal.h"
#include "kernels/core/c64.h"

/* Iterations after which starts are compared. */
enum { TRIAL = 10 };
/* An eigenvector may follow emission that the model does not have, where elements stand close: it
 * must leave less than this of what equal gains leave. */
static const double clearly = 0.8;

static void scaled(const cph_system *s, cph_c64 *g)
{
    double root = sqrt(cph_system_scale(s, s->robust, g, NULL));
    for (size_t p = 0; root > 0.0 && p < s->n; p++)
        g[p] = cph_c64_scale(root, g[p]);
}

/* Gains that turn a [n] into the dominant eigenvector; a NULL: equal gains. */
static void candidate(const cph_system *s, const cph_c64 *dominant, const cph_c64 *a, cph_c64 *g)
{
    for (size_t p = 0; p < s->n; p++)
        g[p] = a == NULL ? (cph_c64){1.0, 0.0} : cph_c64_mulc(dominant[p], a[p]);
    scaled(s, g);
}

/* Phasors of the base's dominant eigenvector: what a source's steering vector is to it. */
static cph_status base_phasors(const cph_system *s, cph_c64 *phasor)
{
    cph_status status = cph_spectrum_dominant(s, s->base, phasor);
    for (size_t p = 0; status == CPH_OK && p < s->n; p++) {
        double size = hypot(phasor[p].re, phasor[p].im);
        phasor[p] = size > 0.0 ? cph_c64_scale(1.0 / size, phasor[p]) : (cph_c64){1.0, 0.0};
    }
    return status;
}

static void reset_fluxes(cph_system *s)
{
    if (!s->fit)
        return;
    for (size_t i = 0; i < s->sources; i++)
        s->flux[i] = (double)(s->base == NULL);
    cph_system_model(s);
}

/* Scratch of the comparison. */
typedef struct trial {
    const cph_c64 *dominant; /* [n] */
    const cph_c64 *phasor;   /* [n] of the base, or NULL */
    cph_c64 *g;              /* [n] */
    double *flux;            /* [sources] the best so far */
} trial;

/* What try k takes the eigenvector for: nothing, the base, then each source. */
static const cph_c64 *steering(const cph_system *s, const trial *t, size_t k)
{
    return k == 0 ? NULL : k == 1 ? t->phasor : s->a + (k - 2) * s->n;
}

/* Tries them; leaves the best in g and s. */
static cph_status best_of(cph_system *s, const cph_gain_options *options, const trial *t,
                          cph_c64 *g)
{
    cph_gain_options few = *options;
    few.max_iterations = TRIAL;
    few.robust = 0.0;
    size_t held = s->held;
    s->held = s->sources; /* directions are for later */
    double least = INFINITY;
    for (size_t k = 0; k < s->sources + 2; k++) {
        cph_stefcal_result result = {.warm = false};
        if (k == 1 && t->phasor == NULL)
            continue;
        reset_fluxes(s);
        candidate(s, t->dominant, steering(s, t, k), t->g);
        cph_status status = cph_stefcal_run(s, &few, t->g, &result);
        if (status != CPH_OK) {
            s->held = held;
            return status;
        }
        if (!(result.residual < least))
            continue;
        least = k == 0 ? clearly * result.residual : result.residual;
        memcpy(g, t->g, s->n * sizeof *g);
        memcpy(t->flux, s->flux, s->sources * sizeof *s->flux);
    }
    s->held = held;
    memcpy(s->flux, t->flux, s->sources * sizeof *s->flux);
    cph_system_model(s);
    return CPH_OK;
}

cph_status cph_start_gains(cph_system *s, const cph_gain_options *options, cph_c64 *g)
{
    cph_c64 *gains = calloc(3 * s->n, sizeof *gains), *phasor = NULL;
    double *real = calloc(s->sources + 1, sizeof *real);
    cph_status status =
        gains == NULL || real == NULL ? CPH_ERR_MEMORY : cph_spectrum_dominant(s, s->r, gains);
    if (status == CPH_OK && s->base != NULL) {
        phasor = gains + 2 * s->n;
        status = base_phasors(s, phasor);
    }
    if (status == CPH_OK && s->base == NULL && s->sources == 1) {
        candidate(s, gains, s->a, g);
    } else if (status == CPH_OK) {
        const trial t = {gains, phasor, gains + s->n, real};
        status = best_of(s, options, &t, g);
    }
    free(gains);
    free(real);
    return status;
}
