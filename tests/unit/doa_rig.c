/* SPDX-License-Identifier: MIT */
#include "tests/unit/doa_rig.h"

#include <CUnit/CUnit.h>
#include <math.h>
#include <string.h>

#include "cophase/steer.h"
#include "kernels/core/c64.h"

void doa_rig_make(doa_rig *rig, cph_array *array)
{
    memset(rig, 0, sizeof *rig);
    CU_ASSERT_FATAL(array->elements <= DOA_N);
    rig->n = array->elements;
    rig->noise = 1.0;
    CU_ASSERT_EQUAL_FATAL(cph_array_positions(array, rig->position[0]), CPH_OK);
    cph_array_free(array);
    for (size_t i = 0; i < rig->n; i++)
        rig->gain[i].re = 1.0;
}

void doa_rig_add(doa_rig *rig, double u, double v, double power)
{
    const size_t old = rig->sources++;
    cph_c64 before[DOA_S * DOA_S];
    CU_ASSERT_FATAL(rig->sources <= DOA_S);
    CU_ASSERT_EQUAL_FATAL(cph_direction_from_uv(u, v, rig->direction[old]), CPH_OK);
    memcpy(before, rig->power, sizeof before);
    memset(rig->power, 0, sizeof rig->power);
    for (size_t s = 0; s < old; s++)
        memcpy(rig->power + s * rig->sources, before + s * old, old * sizeof *before);
    rig->power[old * rig->sources + old].re = power;
}

/* v [sources][n] */
static void steer(const doa_rig *rig, cph_c64 *v)
{
    for (size_t s = 0; s < rig->sources; s++) {
        CU_ASSERT_EQUAL_FATAL(
            cph_steer_c64(rig->n, rig->position[0], DOA_FREQ_HZ, rig->direction[s], v + s * rig->n),
            CPH_OK);
        for (size_t i = 0; i < rig->n; i++)
            v[s * rig->n + i] = cph_c64_mul(rig->gain[i], v[s * rig->n + i]);
    }
}

static void spoil(doa_rig *rig)
{
    for (size_t i = 0; i < rig->n * rig->n; i++)
        if (rig->flag[i / rig->n] || rig->flag[i % rig->n])
            rig->r[i].re = NAN;
}

void doa_rig_exact(doa_rig *rig)
{
    const size_t n = rig->n, count = rig->sources;
    cph_c64 v[DOA_S * DOA_N];
    steer(rig, v);
    for (size_t p = 0; p < n; p++)
        for (size_t q = 0; q < n; q++) {
            cph_c64 sum = {p == q ? rig->noise : 0.0, 0.0};
            for (size_t s = 0; s < count; s++)
                for (size_t t = 0; t < count; t++)
                    sum = cph_c64_add(
                        sum, cph_c64_mulc(cph_c64_mul(v[s * n + p], rig->power[s * count + t]),
                                          v[t * n + q]));
            rig->r[p * n + q] = sum;
        }
    spoil(rig);
}

void doa_rig_draw(doa_rig *rig, size_t samples, cph_random *random)
{
    const size_t n = rig->n, count = rig->sources;
    cph_c64 v[DOA_S * DOA_N], x[DOA_N];
    steer(rig, v);
    memset(rig->r, 0, sizeof rig->r);
    for (size_t k = 0; k < samples; k++) {
        for (size_t i = 0; i < n; i++)
            x[i] = cph_c64_scale(sqrt(rig->noise), cph_random_normal(random));
        for (size_t s = 0; s < count; s++) {
            const cph_c64 signal =
                cph_c64_scale(sqrt(rig->power[s * count + s].re), cph_random_normal(random));
            for (size_t i = 0; i < n; i++)
                x[i] = cph_c64_add(x[i], cph_c64_mul(signal, v[s * n + i]));
        }
        for (size_t p = 0; p < n; p++)
            for (size_t q = 0; q < n; q++)
                rig->r[p * n + q] =
                    cph_c64_add(rig->r[p * n + q],
                                cph_c64_scale(1.0 / (double)samples, cph_c64_mulc(x[p], x[q])));
    }
    spoil(rig);
}

cph_doa_config doa_rig_config(const doa_rig *rig, double samples)
{
    return (cph_doa_config){.elements = rig->n,
                            .position = rig->position[0],
                            .freq_hz = DOA_FREQ_HZ,
                            .covariance = rig->r,
                            .ld = rig->n,
                            .gain = rig->gain,
                            .flag = rig->flag,
                            .samples = samples};
}

size_t doa_rig_nearest(const doa_rig *rig, const double *u, double *off)
{
    size_t best = 0;
    *off = INFINITY;
    for (size_t s = 0; s < rig->sources; s++) {
        const double d = hypot(u[0] - rig->direction[s][0], u[1] - rig->direction[s][1]);
        if (d < *off) {
            *off = d;
            best = s;
        }
    }
    return best;
}

double doa_rig_worst(const doa_rig *rig, const double *direction, size_t count)
{
    double worst = 0.0;
    for (size_t s = 0; s < rig->sources; s++) {
        double least = INFINITY;
        for (size_t k = 0; k < count; k++)
            least = fmin(least, hypot(direction[3 * k] - rig->direction[s][0],
                                      direction[3 * k + 1] - rig->direction[s][1]));
        worst = fmax(worst, least);
    }
    return worst;
}

void doa_rig_line(doa_rig *rig, size_t n)
{
    cph_array array;
    CU_ASSERT_EQUAL_FATAL(cph_array_ula(n, 0.5 * DOA_WAVELENGTH_M, &array), CPH_OK);
    doa_rig_make(rig, &array);
}

cph_doa *doa_rig_decompose(doa_rig *rig, double samples)
{
    cph_doa *doa = NULL;
    cph_error error = {.message = ""};
    doa_rig_exact(rig);
    const cph_doa_config config = doa_rig_config(rig, samples);
    CU_ASSERT_EQUAL_FATAL(cph_doa_create(&config, &doa, &error), CPH_OK);
    return doa;
}
