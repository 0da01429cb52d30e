/* SPDX-License-Identifier: MIT */
#include "readings_rig.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "data_fixture.h"

const char *readings_text(const char *text)
{
    const char *path = fixture_path("readings.csv");
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
    return path;
}

void readings_fill(cph_c64 *value, size_t count, double start)
{
    for (size_t i = 0; i < count; i++)
        value[i] = (cph_c64){start + 0.1 * (double)i, -start - 0.7 * (double)(i * i)};
}

cph_c64 *readings_some(size_t count, double start)
{
    cph_c64 *const value = calloc(count, sizeof *value);
    if (value == NULL)
        abort();
    readings_fill(value, count, start);
    return value;
}

void readings_rev(bool groups, bool own, cph_rev_readings *r)
{
    cph_array array;
    fixture_array(3, &array);
    CU_ASSERT_EQUAL_FATAL(
        cph_rev_readings_create(&array, groups ? 5 : 3, 4, own ? groups ? 5 : 3 : 1, groups, r),
        CPH_OK);
    cph_array_free(&array);
    const size_t count = r->sweeps * r->steps, states = r->tables * r->steps;
    for (size_t i = 0; i < count; i++)
        r->power[i] = 1.0 / (double)(i + 3);
    readings_fill(r->state, states, 0.3);
    for (size_t i = 0; groups && i < r->sweeps * 3; i++)
        r->member[i] = i * i % 3 == 1;
    r->setting = calloc(states, sizeof *r->setting);
    if (r->setting == NULL)
        abort();
    for (size_t i = 0; i < states; i++)
        r->setting[i] = (uint32_t)(UINT32_MAX - i);
    r->signal = readings_some(3, 2.2);
    r->truth = readings_some(3, 9.1);
    r->truth[1] = (cph_c64){NAN, NAN};
    r->freq_hz = 11.7e9;
    r->sigma = 0.125;
}
