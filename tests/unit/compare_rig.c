/* SPDX-License-Identifier: MIT */
#include "tests/unit/compare_rig.h"

#include <complex.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

double compare_wavelength(void)
{
    return CPH_SPEED_OF_LIGHT / COMPARE_FREQ;
}

void compare_open(compare_rig *r, size_t n, uint64_t seed)
{
    memset(r, 0, sizeof *r);
    r->n = n;
    cph_random_seed(&r->random, seed, 0);
    printf("seed %u ", (unsigned)seed);
    for (size_t k = 0; k < 2; k++) {
        r->estimate[k] = (cph_gain_estimate){.gain = r->gain[k],
                                             .phase_sigma = r->phase_sigma[k],
                                             .amplitude_sigma = r->amplitude_sigma[k],
                                             .flag = r->flag[k]};
        for (size_t i = 0; i < COMPARE_MOST; i++)
            r->phase_sigma[k][i] = r->amplitude_sigma[k][i] = 1e-3;
    }
    r->config = (cph_compare_config){.elements = n,
                                     .position = r->position,
                                     .freq_hz = COMPARE_FREQ,
                                     .before = &r->estimate[0],
                                     .after = &r->estimate[1]};
    r->made = (cph_comparison){.phase_residual = r->phase_residual,
                               .amplitude_residual = r->amplitude_residual};
}

void compare_grid(compare_rig *r, size_t a, size_t b, double pitch)
{
    size_t n = 0;
    for (size_t k = 0; k < a * b; k++) {
        const double x = (double)(k % a), y = (double)(k / a);
        if (x + y < 2.0)
            continue;
        r->position[3 * n] = 0.3 + pitch * x;
        r->position[3 * n + 1] = -0.1 + pitch * y;
        r->position[3 * n + 2] = 0.05;
        n++;
    }
    r->n = r->config.elements = n;
}

double compare_cover_at(const cover *c, const double *p)
{
    const double x = p[0] - c->middle[0], y = p[1] - c->middle[1];
    return c->common + c->slope[0] * x + c->slope[1] * y + c->slope[2] * p[2] + c->bend[0] * x * x +
           c->bend[1] * x * y + c->bend[2] * y * y;
}

void compare_lay(compare_rig *r, const cover *phase, const cover *level)
{
    for (size_t i = 0; i < r->n; i++) {
        const double complex a = (0.7 + 0.6 * cph_random_uniform(&r->random)) *
                                 cexp(2.0 * M_PI * I * cph_random_uniform(&r->random));
        const double complex b = a * cexp(compare_cover_at(level, r->position + 3 * i) +
                                          I * compare_cover_at(phase, r->position + 3 * i));
        r->gain[0][i] = (cph_c64){creal(a), cimag(a)};
        r->gain[1][i] = (cph_c64){creal(b), cimag(b)};
    }
}

void compare_disturb(compare_rig *r, double sigma)
{
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < r->n; i++) {
            const cph_c64 e = cph_random_normal(&r->random);
            const double complex g = (r->gain[k][i].re + I * r->gain[k][i].im) *
                                     cexp(sqrt(2.0) * sigma * (e.re + I * e.im));
            r->gain[k][i] = (cph_c64){creal(g), cimag(g)};
            r->phase_sigma[k][i] = r->amplitude_sigma[k][i] = sigma;
        }
}
