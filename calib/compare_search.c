/* SPDX-License-Identifier: MIT */
/* Where phases over an aperture line up: a tilt of many turns has no start that unwrapping could be
 * trusted with, so every tilt within reach is tried, each with some curvatures. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/compare.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

enum { KEPT = 24, DEFOCUS_STEPS = 4 };
/* Half a lobe's width: the sum falls by 1 - sinc(1/4) = 10 % an axis between two points at most. */
static const double lobe_share = 0.5;
static const double defocus_step = M_PI; /* rad at the rim: up to two turns either way */
static const double most_work = 4e9;     /* elements times points: some seconds */
static const double no_worse = 2.0, rounding = 1e-9;

/* A place on the grid. */
typedef struct spot {
    double power;
    double tilt[3]; /* wavelengths of path a wavelength of aperture: direction cosines */
    int defocus;
} spot;

typedef struct hunt {
    const cph_compare_data *data;
    double reach, step[3];
    long side[3];  /* points are -side..side times step */
    cph_c64 *z;    /* [n] weighted phasors under one defocus */
    cph_c64 *y;    /* [n] the same, moving along axis 0 */
    cph_c64 *turn; /* [n] by a step of axis 0 */
    spot kept[KEPT];
    size_t count;
} hunt;

static size_t column_of(const cph_compare_basis *b, size_t term)
{
    size_t k = 0;
    while (k < b->count && b->term[k] != term)
        k++;
    return k;
}

/* ---- the best places, each once ---- */

static bool is_near(const hunt *h, const spot *a, const spot *b)
{
    for (size_t k = 0; k < h->data->basis->dims; k++)
        if (fabs(a->tilt[k] - b->tilt[k]) > 1.5 * h->step[k])
            return false;
    return true;
}

static void keep(hunt *h, const spot *s)
{
    size_t at = 0;
    if (h->count == KEPT && s->power <= h->kept[KEPT - 1].power)
        return;
    while (at < h->count && !is_near(h, &h->kept[at], s))
        at++;
    if (at < h->count) {
        if (h->kept[at].power >= s->power)
            return;
    } else if (h->count < KEPT) {
        h->count++;
    } else {
        at = KEPT - 1;
    }
    for (; at > 0 && h->kept[at - 1].power < s->power; at--)
        h->kept[at] = h->kept[at - 1];
    h->kept[at] = *s;
}

/* ---- the grid ---- */

static cph_c64 turned(cph_c64 z, double cycles)
{
    const double angle = -2.0 * M_PI * cycles;
    return cph_c64_mul(z, (cph_c64){cos(angle), sin(angle)});
}

/* All points along axis 0 at one place of the others. */
static void scan_row(hunt *h, spot *s)
{
    const cph_compare_basis *const b = h->data->basis;
    double rest = h->reach * h->reach;
    for (size_t k = 1; k < b->dims; k++)
        rest -= s->tilt[k] * s->tilt[k];
    if (rest < 0.0)
        return;
    const long last = (long)fmin((double)h->side[0], sqrt(rest) / h->step[0]);
    for (size_t i = 0; i < b->n; i++) {
        double cycles = -(double)last * h->step[0] * b->place[i];
        for (size_t k = 1; k < b->dims; k++)
            cycles += s->tilt[k] * b->place[k * b->n + i];
        h->y[i] = turned(h->z[i], cycles);
    }
    for (long p = -last; p <= last; p++) {
        cph_c64 sum = {0.0, 0.0};
        for (size_t i = 0; i < b->n; i++) {
            sum = cph_c64_add(sum, h->y[i]);
            h->y[i] = cph_c64_mul(h->y[i], h->turn[i]);
        }
        s->tilt[0] = (double)p * h->step[0];
        s->power = cph_c64_power(sum);
        keep(h, s);
    }
}

static void scan(hunt *h, int defocus)
{
    const cph_compare_basis *const b = h->data->basis;
    const size_t column = column_of(b, CPH_COMPARE_DEFOCUS);
    spot s = {.defocus = defocus};
    for (size_t i = 0; i < b->n; i++) {
        const double bend = column < b->count ? b->column[column * b->n + i] : 0.0;
        const double weight = 1.0 / (h->data->sigma[i] * h->data->sigma[i]);
        h->z[i] = cph_c64_scale(
            weight, turned(h->data->z[i], (double)defocus * defocus_step * bend / (2.0 * M_PI)));
        h->turn[i] = b->dims == 0 ? (cph_c64){1.0, 0.0}
                                  : turned((cph_c64){1.0, 0.0}, h->step[0] * b->place[i]);
    }
    for (long i = -h->side[2]; i <= h->side[2]; i++)
        for (long k = -h->side[1]; k <= h->side[1]; k++) {
            s.tilt[1] = (double)k * h->step[1];
            s.tilt[2] = (double)i * h->step[2];
            scan_row(h, &s);
        }
}

/* The grid, coarse enough to be finished: a smaller reach where it would not be. */
static void lay_out(hunt *h, double reach, int defocus)
{
    const cph_compare_basis *const b = h->data->basis;
    double points = 1.0;
    for (size_t k = 0; k < b->dims; k++)
        points *= 2.0 * reach * fmax(b->extent_wl[k], lobe_share) / lobe_share + 1.0;
    const double work = points * (double)b->n * (2.0 * defocus + 1.0);
    h->reach = reach;
    if (b->dims > 0 && work > most_work)
        h->reach = reach * pow(most_work / work, 1.0 / (double)b->dims);
    for (size_t k = 0; k < 3; k++) {
        const bool searched = k < b->dims;
        h->step[k] = searched ? lobe_share / fmax(b->extent_wl[k], lobe_share) : 1.0;
        h->side[k] = searched ? (long)(h->reach / h->step[k]) : 0;
    }
}

/* ---- the answer ---- */

/* From a place to terms: tilts are rad at the rim in the columns' unit. */
static cph_status settle(const hunt *h, const spot *s, double *scratch, double *residual,
                         cph_compare_fit *fit)
{
    const cph_compare_basis *const b = h->data->basis;
    const size_t bend = column_of(b, CPH_COMPARE_DEFOCUS);
    cph_c64 sum = {0.0, 0.0};
    *fit = (cph_compare_fit){.chi2 = 0.0};
    for (size_t k = 0; k < b->dims; k++) {
        const double *const place = b->place + k * b->n;
        const size_t column = column_of(b, CPH_COMPARE_TILT + k);
        size_t far = 0;
        for (size_t i = 1; i < b->n; i++)
            far = fabs(place[i]) > fabs(place[far]) ? i : far;
        if (column < b->count)
            fit->value[column] =
                2.0 * M_PI * s->tilt[k] * place[far] / b->column[column * b->n + far];
    }
    if (bend < b->count)
        fit->value[bend] = (double)s->defocus * defocus_step;
    for (size_t i = 0; i < b->n; i++) {
        double model = 0.0;
        for (size_t k = 1; k < b->count; k++)
            model += fit->value[k] * b->column[k * b->n + i];
        const double weight = 1.0 / (h->data->sigma[i] * h->data->sigma[i]);
        sum = cph_c64_add(sum, cph_c64_scale(weight, turned(h->data->z[i], model / (2.0 * M_PI))));
    }
    fit->value[0] = atan2(sum.im, sum.re);
    return cph_compare_refine(h->data, b->count, scratch, residual, fit);
}

/* How much the model turns the elements, mean square. */
static double size_of(const cph_compare_basis *b, const cph_compare_fit *fit)
{
    double sum = 0.0;
    for (size_t i = 0; i < b->n; i++) {
        double model = 0.0;
        for (size_t k = 1; k < b->count; k++)
            model += fit->value[k] * b->column[k * b->n + i];
        sum += model * model;
    }
    return sum;
}

static cph_status choose(hunt *h, double *scratch, double *residual, cph_compare_fit *fit)
{
    cph_compare_fit found[KEPT + 1];
    const spot nowhere = {.power = 0.0};
    double least = 1.0, smallest = INFINITY;
    for (size_t i = 0; i <= h->count; i++) {
        const cph_status status =
            settle(h, i < h->count ? &h->kept[i] : &nowhere, scratch, residual, &found[i]);
        if (status != CPH_OK)
            return status;
        least = fmin(least, 1.0 - found[i].coherence);
    }
    size_t best = h->count;
    for (size_t i = 0; i <= h->count; i++) {
        const double size = size_of(h->data->basis, &found[i]);
        if (1.0 - found[i].coherence > no_worse * least + rounding || size >= smallest)
            continue;
        smallest = size;
        best = i;
    }
    *fit = found[best];
    return cph_compare_refine(h->data, h->data->basis->count, scratch, residual, fit);
}

cph_status cph_compare_search(const cph_compare_data *data, double reach, double *scratch,
                              double *residual, cph_compare_fit *fit)
{
    const cph_compare_basis *const b = data->basis;
    const int most = column_of(b, CPH_COMPARE_DEFOCUS) < b->count ? DEFOCUS_STEPS : 0;
    size_t bytes = 0, at[3];
    for (size_t k = 0; k < 3; k++)
        if (!cph_size_place(&bytes, b->n, sizeof(cph_c64), &at[k]))
            return CPH_ERR_OVERFLOW;
    void *const memory = malloc(bytes);
    if (memory == NULL)
        return CPH_ERR_MEMORY;
    hunt h = {.data = data,
              .z = cph_size_at(memory, at[0]),
              .y = cph_size_at(memory, at[1]),
              .turn = cph_size_at(memory, at[2])};
    lay_out(&h, reach, most);
    for (int defocus = -most; defocus <= most; defocus++)
        scan(&h, defocus);
    const cph_status status = choose(&h, scratch, residual, fit);
    free(memory);
    return status;
}
