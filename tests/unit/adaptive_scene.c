/* SPDX-License-Identifier: MIT */
#include "tests/unit/adaptive_scene.h"

#include <CUnit/CUnit.h>
#include <lapacke.h>
#include <math.h>
#include <stdio.h>

#include "cophase/array.h"
#include "cophase/random.h"
#include "cophase/steer.h"
#include "kernels/core/c64.h"

enum { SEED = 20, LIVE = SCENE_LIVE, N = SCENE_N };

static const double freq_hz = 1e9;
static const unsigned live[LIVE] = {0, 1, 3, 4, 5, 6, 8};

unsigned adaptive_scene_index(unsigned i)
{
    return live[i];
}

void adaptive_scene_add(adaptive_scene *s, const cph_c64 *c, double power)
{
    for (unsigned p = 0; p < N; p++)
        for (unsigned q = 0; q < N; q++) {
            const cph_c64 vp = cph_c64_mul(s->gain[p], c[p]), vq = cph_c64_mul(s->gain[q], c[q]);
            s->r[p][q] = cph_c64_add(s->r[p][q], cph_c64_scale(power, cph_c64_mulc(vp, vq)));
        }
}

void adaptive_scene_make(adaptive_scene *s)
{
    const double power[SCENE_J] = {2.0, 1000.0, 100.0};
    cph_random random;
    printf("seed %d ", SEED);
    cph_random_seed(&random, SEED, 0);
    *s = (adaptive_scene){.flag = {[2] = 1, [7] = 4}};
    cph_direction_from_azel(0.2, -0.1, s->look);
    cph_direction_from_azel(-0.4, 0.3, s->jammer[0]);
    cph_direction_from_azel(0.7, 0.2, s->jammer[1]);
    for (unsigned n = 0; n < N; n++) {
        for (unsigned i = 0; i < 3; i++)
            s->position[n][i] = (i < 2 ? 0.6 : 0.05) * (cph_random_uniform(&random) - 0.5);
        const double phase = 2 * M_PI * cph_random_uniform(&random);
        const double size = 0.5 + cph_random_uniform(&random);
        s->gain[n].re = s->flag[n] ? NAN : size * cos(phase);
        s->gain[n].im = s->flag[n] ? NAN : size * sin(phase);
        s->r[n][n].re = 1.0;
    }
    const double *u[SCENE_J] = {s->look, s->jammer[0], s->jammer[1]};
    for (unsigned j = 0; j < SCENE_J; j++) {
        CU_ASSERT_EQUAL_FATAL(cph_steer_c64(N, s->position[0], freq_hz, u[j], s->c[j]), CPH_OK);
        adaptive_scene_add(s, s->c[j], power[j]);
    }
    for (unsigned n = 0; n < N; n++)
        s->a[n] = s->c[0][n];
}

cph_adaptive_config adaptive_scene_config(const adaptive_scene *s)
{
    return (cph_adaptive_config){
        .elements = N, .covariance = s->r[0], .ld = N + 2, .gain = s->gain, .flag = s->flag};
}

void adaptive_scene_solve(const adaptive_scene *s, const cph_c64 *b, cph_c64 *v, cph_c64 *x)
{
    cph_c64 r[LIVE][LIVE];
    lapack_int pivot[LIVE];
    for (unsigned p = 0; p < LIVE; p++) {
        for (unsigned q = 0; q < LIVE; q++)
            r[p][q] = s->r[live[p]][live[q]];
        v[p] = x[p] = cph_c64_mul(s->gain[live[p]], b[live[p]]);
    }
    CU_ASSERT_EQUAL_FATAL(LAPACKE_zgesv(LAPACK_ROW_MAJOR, LIVE, 1, (lapack_complex_double *)r, LIVE,
                                        pivot, (lapack_complex_double *)x, 1),
                          0);
}

cph_c64 adaptive_scene_response(const adaptive_scene *s, const cph_c64 *w, const cph_c64 *c)
{
    cph_c64 y = {0.0, 0.0};
    for (unsigned i = 0; i < LIVE; i++) {
        const unsigned n = live[i];
        y = cph_c64_add(y, cph_c64_mulc(cph_c64_mul(s->gain[n], c[n]), w[n]));
    }
    return y;
}

double adaptive_scene_difference(unsigned n, const cph_c64 *w, const cph_c64 *z)
{
    double off = 0.0, size = 0.0;
    for (unsigned i = 0; i < n; i++) {
        off = fmax(off, sqrt(cph_c64_power(cph_c64_sub(w[i], z[i]))));
        size = fmax(size, sqrt(cph_c64_power(z[i])));
    }
    return off / size;
}
