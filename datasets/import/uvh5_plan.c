/* SPDX-License-Identifier: MIT */
/* Antennas of a covariance as UVH5 has them: one for the inputs X and Y of a number, its place
 * relative to the site in axes of the earth. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/import/uvh5_make.h"
#include "kernels/core/size.h"
#include "kernels/core/vec3.h"

/* Inputs of an antenna stand no further apart; metres. */
static const double same_place_m = 1e-3;

static int by_number(const void *left, const void *right)
{
    const uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

static cph_status no_memory(const char *path, cph_error *error)
{
    return cph_h5_error(error, CPH_ERR_MEMORY, path, NULL, "no memory");
}

static cph_status check_header(const cph_data_header *h, const char *path, cph_error *error)
{
    const cph_array *a = &h->array;
    bool freq = true, times = true;
    for (size_t c = 0; c < h->channels; c++)
        freq = freq && h->channel_freq_hz[c] > 0.0;
    for (size_t t = 0; t < h->times; t++)
        times = times && isfinite(h->time_unix_s[t]);
    const struct {
        bool there;
        const char *what;
    } rows[] = {
        {a->has_positions, "positions"},
        {a->frame != CPH_FRAME_ARRAY || a->has_array_to_enu, "how the array is turned"},
        {isfinite(a->latitude_deg) && isfinite(a->longitude_deg) && isfinite(a->altitude_m),
         "latitude, longitude and altitude"},
        {freq, "frequencies"},
        {times, "times"},
        {h->integration_s > 0.0 && isfinite(h->integration_s), "the time that a dump integrates"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (!rows[i].there)
            return cph_h5_error(error, CPH_ERR_MISSING, path, NULL,
                                "cannot be made: UVH5 needs %s, unknown here", rows[i].what);
    if (h->wave_speed_m_s != 0.0)
        return cph_h5_error(error, CPH_ERR_FORMAT, path, NULL,
                            "cannot be made: UVH5 is of radio waves, not of sound");
    /* A Julian date is good to 40 us; the reader tells dumps apart by a tenth of them. */
    for (size_t t = 1; t < h->times; t++)
        if (!(h->time_unix_s[t] - h->time_unix_s[t - 1] > 0.1 * h->integration_s + 1e-4))
            return cph_h5_error(error, CPH_ERR_FORMAT, path, NULL,
                                "cannot be made: dumps %zu and %zu are %g s apart, which Julian "
                                "dates do not tell",
                                t - 1, t, h->time_unix_s[t] - h->time_unix_s[t - 1]);
    return CPH_OK;
}

/* The antennas' numbers; which polarisations there are. One without a letter counts as X. */
static bool list_antennas(cph_uvh5_writer *u, const cph_array *a)
{
    bool used[2] = {false, false};
    u->number = calloc(a->elements + 1, sizeof *u->number);
    if (u->number == NULL)
        return false;
    for (size_t n = 0; n < a->elements; n++) {
        used[a->element[n].polarization == 'Y'] = true;
        u->number[n] = a->element[n].number;
    }
    qsort(u->number, a->elements, sizeof *u->number, by_number);
    for (size_t n = 0; n < a->elements; n++)
        if (u->antennas == 0 || u->number[n] != u->number[u->antennas - 1])
            u->number[u->antennas++] = u->number[n];
    u->pols = used[0] && used[1] ? 2 : 1;
    u->products = u->pols * u->pols;
    u->letter[0] = used[0] ? 'X' : 'Y';
    u->letter[1] = 'Y';
    return true;
}

static cph_status take_inputs(cph_uvh5_writer *u, const cph_array *a, const char *path,
                              cph_error *error)
{
    memset(u->input, 0xff, u->antennas * u->pols * sizeof *u->input);
    for (size_t n = 0; n < a->elements; n++) {
        const cph_element *e = &a->element[n];
        const uint32_t *at =
            bsearch(&e->number, u->number, u->antennas, sizeof *u->number, by_number);
        const size_t pol = u->pols == 2 && e->polarization == 'Y' ? 1 : 0;
        size_t *slot = at != NULL ? &u->input[(size_t)(at - u->number) * u->pols + pol] : NULL;
        if (slot == NULL || *slot != SIZE_MAX)
            return cph_h5_error(error, CPH_ERR_FORMAT, path, NULL,
                                "cannot be made: element %u is there twice, in one polarisation",
                                e->number);
        *slot = n;
    }
    return CPH_OK;
}

/* Along columns east, north, up of the site, in axes of the earth. */
static void site_axes(const cph_array *a, double axes[9])
{
    const double lat = a->latitude_deg * M_PI / 180.0, lon = a->longitude_deg * M_PI / 180.0;
    const double made[9] = {-sin(lon),
                            -sin(lat) * cos(lon),
                            cos(lat) * cos(lon),
                            cos(lon),
                            -sin(lat) * sin(lon),
                            cos(lat) * sin(lon),
                            0.0,
                            cos(lat),
                            sin(lat)};
    memcpy(axes, made, sizeof made);
}

static cph_status place(cph_uvh5_writer *u, const cph_array *a, const double *position,
                        const char *path, cph_error *error)
{
    double axes[9];
    site_axes(a, axes);
    for (size_t n = 0; n < u->antennas; n++) {
        double *enu = u->enu + 3 * n, *ecef = u->ecef + 3 * n;
        const size_t *input = u->input + n * u->pols;
        const size_t first = input[0] != SIZE_MAX ? input[0] : input[u->pols - 1];
        const size_t last = input[u->pols - 1] != SIZE_MAX ? input[u->pols - 1] : first;
        const double *r = position + 3 * first, *other = position + 3 * last;
        for (size_t i = 0; i < 3; i++)
            if (!(fabs(r[i] - other[i]) <= same_place_m))
                return cph_h5_error(error, CPH_ERR_FORMAT, path, NULL,
                                    "cannot be made: X and Y of element %u stand apart, or nobody "
                                    "knows where",
                                    u->number[n]);
        if (a->frame == CPH_FRAME_ARRAY)
            cph_rotate3(a->array_to_enu, r, enu);
        else
            memcpy(enu, r, 3 * sizeof *enu);
        if (a->frame == CPH_FRAME_ECEF)
            memcpy(ecef, a->element[first].position, 3 * sizeof *ecef);
        else
            cph_rotate3(axes, enu, ecef);
    }
    return CPH_OK;
}

static void list_pairs(cph_uvh5_writer *u, bool diagonal)
{
    for (size_t p = 0; p < u->antennas; p++)
        for (size_t q = diagonal ? p : p + 1; q < u->antennas; q++) {
            u->pair[2 * u->pairs] = p;
            u->pair[2 * u->pairs + 1] = q;
            u->pairs++;
        }
}

/* Inputs, places and pairs; position [inputs][3] is from the file. */
static cph_status plan_antennas(cph_uvh5_writer *u, const cph_data_header *h,
                                const double *position, const char *path, cph_error *error)
{
    size_t most;
    if (u->antennas == 0 || u->antennas > CPH_ELEMENTS_MAX ||
        !cph_size_mul(u->antennas, u->antennas + 1, &most))
        return no_memory(path, error);
    u->input = calloc(u->antennas * u->pols + 1, sizeof *u->input);
    u->enu = calloc(u->antennas + 1, 3 * sizeof *u->enu);
    u->ecef = calloc(u->antennas + 1, 3 * sizeof *u->ecef);
    u->pair = calloc(most / 2 + 1, 2 * sizeof *u->pair);
    if (u->input == NULL || u->enu == NULL || u->ecef == NULL || u->pair == NULL)
        return no_memory(path, error);
    cph_status status = take_inputs(u, &h->array, path, error);
    if (status == CPH_OK)
        status = place(u, &h->array, position, path, error);
    if (status == CPH_OK)
        list_pairs(u, h->has_diagonal);
    return status;
}

cph_status cph_uvh5_plan(cph_uvh5_writer *u, const cph_data_header *h, const char *path,
                         cph_error *error)
{
    cph_status status = check_header(h, path, error);
    if (status != CPH_OK)
        return status;
    u->inputs = h->array.elements;
    if (!list_antennas(u, &h->array))
        return no_memory(path, error);
    if (u->antennas < 2 && !h->has_diagonal)
        return cph_h5_error(error, CPH_ERR_FORMAT, path, NULL, "would hold no visibility");
    double *position = calloc(u->inputs + 1, 3 * sizeof *position);
    if (position == NULL)
        return no_memory(path, error);
    status = cph_array_positions(&h->array, position);
    status = status == CPH_OK
                 ? plan_antennas(u, h, position, path, error)
                 : cph_h5_error(error, status, path, NULL, "cannot be made: places are unknown");
    free(position);
    return status;
}
