/* SPDX-License-Identifier: MIT */
/* Calibration readings: kinds rev and coded. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/readings.h"
#include "datasets/native/native.h"
#include "datasets/native/readings_parts.h"

/* ---- what both have ---- */

cph_status cph_readings_no_memory(const cph_h5 *h5, const char *name)
{
    return cph_h5_fail(h5, CPH_ERR_MEMORY, name, "no memory");
}

cph_status cph_readings_complex(const cph_h5 *h5, const char *name, size_t rank, const size_t *dim,
                                bool finite, cph_c64 *value)
{
    cph_h5_set set;
    size_t count = 1, last = 1;
    cph_status status = cph_h5_set_open(h5, name, &set);
    if (status != CPH_OK)
        return status;
    const bool plain = set.is_number && set.rank == rank;
    cph_h5_set_close(&set);
    for (size_t i = 0; i < rank; i++)
        count *= last = dim[i]; /* fits: the arrays exist */
    if (!plain) {
        status = cph_h5_complex_all(h5, name, rank, dim, value);
    } else {
        double *const re = calloc(count, sizeof *re);
        if (re == NULL)
            return cph_readings_no_memory(h5, name);
        status = cph_h5_doubles(h5, name, rank, dim, re);
        for (size_t i = 0; status == CPH_OK && i < count; i++)
            value[i] = (cph_c64){re[i], 0.0};
        free(re);
    }
    for (size_t i = 0; status == CPH_OK && finite && i < count; i++)
        if (!isfinite(value[i].re) || !isfinite(value[i].im))
            status = cph_h5_fail(h5, CPH_ERR_FORMAT, name,
                                 "row %zu, item %zu is %g%+gi, expected finite numbers", i / last,
                                 i % last, value[i].re, value[i].im);
    return status;
}

cph_status cph_readings_elements(const cph_h5 *h5, const char *name, size_t elements, bool finite,
                                 cph_c64 **value)
{
    if (!cph_h5_exists(h5, name))
        return CPH_OK;
    *value = calloc(elements, sizeof **value);
    return *value != NULL ? cph_readings_complex(h5, name, 1, &elements, finite, *value)
                          : cph_readings_no_memory(h5, name);
}

static cph_status read_settings(const cph_h5 *h5, size_t rank, const size_t *dim,
                                uint32_t **setting)
{
    static const char name[] = "/setting";
    size_t count = 1;
    if (!cph_h5_exists(h5, name))
        return CPH_OK;
    for (size_t i = 0; i < rank; i++)
        count *= dim[i];
    double *const value = calloc(count, sizeof *value);
    uint32_t *const whole = calloc(count, sizeof *whole);
    *setting = whole;
    if (value == NULL || whole == NULL) {
        free(value);
        return cph_readings_no_memory(h5, name);
    }
    cph_status status = cph_h5_doubles(h5, name, rank, dim, value);
    for (size_t i = 0; status == CPH_OK && i < count; i++) {
        if (value[i] >= 0.0 && value[i] <= (double)UINT32_MAX && value[i] == floor(value[i]))
            whole[i] = (uint32_t)value[i];
        else
            status = cph_h5_fail(h5, CPH_ERR_FORMAT, name,
                                 "item %zu is %g, expected a whole number of 32 bits", i, value[i]);
    }
    free(value);
    return status;
}

cph_status cph_readings_sigma(const cph_h5 *h5, const char *name, double *sigma)
{
    const cph_status status = cph_h5_number(h5, name, "sigma", sigma);
    if (status == CPH_OK && (isinf(*sigma) || *sigma < 0.0))
        return cph_h5_fail(h5, CPH_ERR_FORMAT, name,
                           "attribute sigma is %g, expected a number, not negative", *sigma);
    if (isnan(*sigma))
        *sigma = 0.0;
    return status;
}

cph_status cph_readings_shape(const cph_h5 *h5, const char *name, size_t least, size_t most,
                              const char *axes, size_t *rank, size_t dim[CPH_H5_RANK])
{
    cph_h5_set set;
    cph_status status = cph_h5_set_open(h5, name, &set);
    if (status != CPH_OK)
        return status;
    *rank = set.rank - (set.is_number && set.rank == most + 1 && set.dim[most] == 2 ? 1 : 0);
    memcpy(dim, set.dim, sizeof set.dim);
    cph_h5_set_close(&set);
    if (*rank >= least && *rank <= most)
        return CPH_OK;
    return cph_h5_fail(h5, CPH_ERR_FORMAT, name, "has %zu axes, expected %s", *rank, axes);
}

cph_status cph_readings_open_header(cph_data *data, const char *of, size_t rows, size_t elements)
{
    cph_status status = cph_data_make_axes(data, rows, 1);
    if (status == CPH_OK)
        status = cph_data_make_array(data, of, elements, elements);
    return status == CPH_OK ? cph_native_read_array(data) : status;
}

/* ---- rev ---- */

static cph_status read_member(const cph_h5 *h5, cph_rev_readings *r)
{
    static const char name[] = "/member";
    const size_t dim[2] = {r->sweeps, r->array.elements}, count = dim[0] * dim[1];
    double *const value = calloc(count, sizeof *value);
    if (value == NULL)
        return cph_readings_no_memory(h5, name);
    cph_status status = cph_h5_doubles(h5, name, 2, dim, value);
    for (size_t i = 0; status == CPH_OK && i < count; i++) {
        if (value[i] == 0.0 || value[i] == 1.0)
            r->member[i] = value[i] != 0.0;
        else
            status = cph_h5_fail(h5, CPH_ERR_FORMAT, name,
                                 "sweep %zu, element %zu is %g, expected 0 or 1", i / dim[1],
                                 i % dim[1], value[i]);
    }
    free(value);
    return status;
}

/* A meter's noise makes powers below 0 of those near it, by so many standard deviations at most. */
static const double noise_most = 6.0;

static cph_status fill_rev(const cph_data *data, size_t state_rank, cph_rev_readings *r)
{
    const cph_h5 *const h5 = &data->h5;
    const size_t dim[2] = {r->sweeps, r->steps}, elements = r->array.elements;
    const size_t *const own = state_rank == 2 ? dim : dim + 1;
    cph_status status = cph_h5_doubles(h5, "/power", 2, dim, r->power);
    if (status == CPH_OK)
        status = cph_readings_sigma(h5, "/power", &r->sigma);
    for (size_t i = 0; status == CPH_OK && i < dim[0] * dim[1]; i++)
        if (!isfinite(r->power[i]) || r->power[i] < -noise_most * r->sigma)
            status = cph_h5_fail(h5, CPH_ERR_FORMAT, "/power",
                                 "sweep %zu, step %zu is %g, expected a finite linear power, not "
                                 "negative (beyond its noise)",
                                 i / dim[1], i % dim[1], r->power[i]);
    if (status == CPH_OK)
        status = cph_readings_complex(h5, "/state", state_rank, own, true, r->state);
    if (status == CPH_OK)
        status = read_settings(h5, state_rank, own, &r->setting);
    if (status == CPH_OK && r->member != NULL)
        status = read_member(h5, r);
    if (status == CPH_OK)
        status = cph_readings_elements(h5, "/signal", elements, true, &r->signal);
    if (status == CPH_OK)
        status = cph_readings_elements(h5, "/truth/gain", elements, false, &r->truth);
    r->freq_hz = data->header.channel_freq_hz[0];
    return status;
}

static cph_status read_rev(cph_data *data, cph_rev_readings *readings)
{
    const cph_data_header *const h = &data->header;
    const cph_h5 *const h5 = &data->h5;
    size_t rank, dim[CPH_H5_RANK], state_rank, state[CPH_H5_RANK];
    cph_rev_readings r;
    cph_status status = cph_readings_shape(h5, "/power", 2, 2, "sweep, step", &rank, dim);
    if (status == CPH_OK)
        status = cph_readings_shape(h5, "/state", 1, 2, "step, or sweep, step", &state_rank, state);
    if (status != CPH_OK)
        return status;
    const bool groups = cph_h5_exists(h5, "/member");
    status = cph_rev_readings_create(&h->array, dim[0], dim[1], state_rank == 2 ? dim[0] : 1,
                                     groups, &r);
    if (status != CPH_OK)
        return cph_h5_fail(h5, status, "/power", "%zu sweeps of %zu steps: %s", dim[0], dim[1],
                           cph_status_name(status));
    status = fill_rev(data, state_rank, &r);
    if (status == CPH_OK)
        *readings = r;
    else
        cph_rev_readings_free(&r);
    return status;
}

/* ---- coded ---- */

static cph_status fill_coded(const cph_data *data, size_t rank, cph_coded_readings *r)
{
    const cph_h5 *const h5 = &data->h5;
    const size_t all[4] = {r->states, r->codes, r->signs, r->repeats}, elements = r->array.elements;
    const size_t code[3] = {r->codes, r->signs, elements};
    cph_status status =
        cph_readings_complex(h5, "/reading", rank, all + (rank == 3), true, r->reading);
    if (status == CPH_OK && r->code != NULL)
        status = cph_readings_complex(h5, "/code", 3, code, true, r->code);
    if (status == CPH_OK && r->state != NULL)
        status = cph_readings_complex(h5, "/state", 1, &r->states, true, r->state);
    if (status == CPH_OK)
        status = read_settings(h5, 1, &r->states, &r->setting);
    if (status == CPH_OK)
        status = cph_readings_elements(h5, "/signal", elements, true, &r->signal);
    if (status == CPH_OK)
        status = cph_readings_elements(h5, "/truth/gain", elements, false, &r->truth);
    if (status == CPH_OK)
        status = cph_readings_sigma(h5, "/reading", &r->sigma);
    r->freq_hz = data->header.channel_freq_hz[0];
    return status;
}

static const char coded_axes[] = "code, sign, repeat, or state before them";

static cph_status coded_shape(const cph_h5 *h5, size_t *rank, size_t dim[CPH_H5_RANK])
{
    cph_status status = cph_readings_shape(h5, "/reading", 3, 4, coded_axes, rank, dim);
    if (status == CPH_OK && *rank == 3) {
        memmove(dim + 1, dim, 3 * sizeof *dim);
        dim[0] = 1;
    }
    if (status == CPH_OK && dim[2] > 2)
        return cph_h5_fail(h5, CPH_ERR_FORMAT, "/reading",
                           "has %zu signs of a code, expected 1, or 2 for pairs", dim[2]);
    return status;
}

static cph_status read_coded(cph_data *data, cph_coded_readings *readings)
{
    const cph_h5 *const h5 = &data->h5;
    size_t rank, dim[CPH_H5_RANK];
    cph_coded_readings r;
    cph_status status = coded_shape(h5, &rank, dim);
    if (status != CPH_OK)
        return status;
    status = cph_coded_readings_create(&data->header.array, dim[0], dim[1], dim[2], dim[3],
                                       cph_h5_exists(h5, "/code"), &r);
    if (status != CPH_OK)
        return cph_h5_fail(h5, status, "/reading", "%zu codes: %s", dim[1],
                           cph_status_name(status));
    status = fill_coded(data, rank, &r);
    if (status == CPH_OK)
        *readings = r;
    else
        cph_coded_readings_free(&r);
    return status;
}

/* ---- opening ---- */

static const cph_reader rev_reader = {.rev = read_rev};
static const cph_reader coded_reader = {.coded = read_coded};

cph_status cph_native_open_rev(cph_data *data)
{
    const cph_h5 *const h5 = &data->h5;
    size_t rank, dim[CPH_H5_RANK], member[CPH_H5_RANK];
    data->reader = &rev_reader;
    cph_status status = cph_readings_shape(h5, "/power", 2, 2, "sweep, step", &rank, dim);
    if (status != CPH_OK)
        return status;
    if (!cph_h5_exists(h5, "/member"))
        return cph_readings_open_header(data, "/power", dim[0], dim[0]);
    status = cph_readings_shape(h5, "/member", 2, 2, "sweep, element", &rank, member);
    return status == CPH_OK ? cph_readings_open_header(data, "/member", dim[0], member[1]) : status;
}

/* Without codes as many elements as have positions, or as there are codes. */
static cph_status count_elements(const cph_h5 *h5, size_t codes, const char **of, size_t *elements)
{
    static const struct {
        const char *name, *axes;
        size_t rank, axis;
    } sets[] = {{"/code", "code, sign, element", 3, 2}, {"/array/position", "element, 3", 2, 0}};
    size_t rank, dim[CPH_H5_RANK] = {0};
    *of = "/reading";
    *elements = codes;
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        if (!cph_h5_exists(h5, sets[i].name))
            continue;
        const cph_status status = cph_readings_shape(h5, sets[i].name, sets[i].rank, sets[i].rank,
                                                     sets[i].axes, &rank, dim);
        if (status != CPH_OK)
            return status;
        *of = sets[i].name;
        *elements = dim[sets[i].axis];
        return CPH_OK;
    }
    return CPH_OK;
}

cph_status cph_native_open_coded(cph_data *data)
{
    const char *of;
    size_t rank, dim[CPH_H5_RANK], elements;
    data->reader = &coded_reader;
    cph_status status = coded_shape(&data->h5, &rank, dim);
    if (status == CPH_OK)
        status = count_elements(&data->h5, dim[1], &of, &elements);
    return status == CPH_OK ? cph_readings_open_header(data, of, dim[1], elements) : status;
}
