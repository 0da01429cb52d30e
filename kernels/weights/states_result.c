/* SPDX-License-Identifier: MIT */
/* What became of the weights, from the states alone. */
#include <math.h>

#include "kernels/weights/states_search.h"

/* sum s conj(c), sum |s|^2, sum |c|^2 over s = states, c = wanted. */
typedef struct products {
    cph_c64 cross;
    double chosen, wanted;
} products;

static products products_of(const cph_states_search *s, const uint32_t *state)
{
    products p = {{0.0, 0.0}, 0.0, 0.0};
    for (size_t n = 0; n < s->config->elements; n++) {
        if (state[n] == CPH_STATE_OFF)
            continue;
        const cph_c64 z = s->config->states->value[state[n]], c = s->wanted[n];
        p.cross.re += z.re * c.re + z.im * c.im;
        p.cross.im += z.im * c.re - z.re * c.im;
        p.chosen += cph_c64_power(z);
        p.wanted += cph_c64_power(c);
    }
    return p;
}

void cph_states_weights(const cph_states_search *s, const uint32_t *state, cph_c64 *w)
{
    const products p = products_of(s, state);
    const double factor = s->scale * (p.wanted / cph_c64_power(p.cross));
    for (size_t n = 0; n < s->config->elements; n++) {
        w[n] = (cph_c64){0.0, 0.0};
        if (state[n] == CPH_STATE_OFF)
            continue;
        const cph_c64 z = s->config->states->value[state[n]];
        const cph_c64 conjugate = {factor * z.re, -factor * z.im};
        w[n] = cph_c64_mul(conjugate, p.cross);
    }
}

void cph_states_measure(const cph_states_search *s, cph_states_result *result)
{
    const products p = products_of(s, s->best);
    const double cross = cph_c64_power(p.cross);
    const double scale = sqrt(p.chosen / p.wanted);
    double phase = 0.0, amplitude = 0.0;
    for (size_t n = 0; n < s->config->elements; n++) {
        if (s->best[n] == CPH_STATE_OFF)
            continue;
        const cph_c64 fitted = cph_c64_mul(s->wanted[n], p.cross);
        const cph_c64 z = s->config->states->value[s->best[n]];
        const cph_c64 ratio = cph_c64_mul(z, (cph_c64){fitted.re, -fitted.im});
        const double angle = atan2(ratio.im, ratio.re);
        const double size = sqrt(cph_c64_power(z) / cph_c64_power(s->wanted[n])) / scale;
        phase += angle * angle;
        amplitude += (size - 1.0) * (size - 1.0);
    }
    result->loss_db = fmax(0.0, -10.0 * log10(cross / (p.chosen * p.wanted)));
    result->phase_rms_rad = sqrt(phase / (double)s->driven);
    result->amplitude_rms = sqrt(amplitude / (double)s->driven);
}

bool cph_states_form_the_beam(const cph_states_search *s)
{
    const products p = products_of(s, s->best);
    return cph_c64_power(p.cross) > 1e-20 * p.chosen * p.wanted;
}
