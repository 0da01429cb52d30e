/* SPDX-License-Identifier: MIT */
/* Antennas of a UVH5 file: what the header says of those that have data. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/import/uvh5.h"

/* The telescope's antennas: more than have data, in any order. */
typedef struct telescope {
    size_t antennas;
    double *number;   /* [antennas] */
    double *position; /* [antennas][3] */
    char *name;       /* [antennas][CPH_NAME_SIZE] */
} telescope;

static cph_status read_telescope(cph_data *data, telescope *t)
{
    static const char numbers[] = "/Header/antenna_numbers", names[] = "/Header/antenna_names",
                      positions[] = "/Header/antenna_positions";
    cph_h5_set set;
    cph_status status = cph_h5_set_open(&data->h5, numbers, &set);
    if (status != CPH_OK)
        return status;
    t->antennas = set.rank == 1 ? set.dim[0] : 0;
    cph_h5_set_close(&set);
    const size_t dim[2] = {t->antennas, 3};
    if (t->antennas == 0 || t->antennas > CPH_ELEMENTS_MAX)
        return cph_h5_fail(&data->h5, CPH_ERR_FORMAT, numbers, "has %zu antennas, expected 1 to %d",
                           t->antennas, CPH_ELEMENTS_MAX);
    t->number = calloc(t->antennas, sizeof *t->number);
    t->position = calloc(t->antennas, 3 * sizeof *t->position);
    t->name = calloc(t->antennas, CPH_NAME_SIZE);
    if (t->number == NULL || t->position == NULL || t->name == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, numbers, "no memory");
    status = cph_h5_doubles(&data->h5, numbers, 1, &t->antennas, t->number);
    if (status == CPH_OK)
        status = cph_h5_doubles(&data->h5, positions, 2, dim, t->position);
    if (status == CPH_OK && cph_h5_exists(&data->h5, names))
        status = cph_h5_strings(&data->h5, names, t->antennas, CPH_NAME_SIZE, t->name);
    return status;
}

static cph_status place(cph_data *data, const telescope *t, cph_element *element)
{
    for (size_t i = 0; i < t->antennas; i++) {
        const double *r = t->position + 3 * i;
        if (t->number[i] != (double)element->number)
            continue;
        if (!isfinite(r[0]) || !isfinite(r[1]) || !isfinite(r[2]))
            return cph_h5_fail(&data->h5, CPH_ERR_FORMAT, "/Header/antenna_positions",
                               "antenna %u is at (%g, %g, %g), expected finite metres",
                               element->number, r[0], r[1], r[2]);
        memcpy(element->position, r, sizeof element->position);
        memcpy(element->name, t->name + i * CPH_NAME_SIZE, CPH_NAME_SIZE);
        return CPH_OK;
    }
    return cph_h5_fail(&data->h5, CPH_ERR_FORMAT, "/Header/antenna_numbers",
                       "lacks antenna %u, which has data", element->number);
}

cph_status cph_uvh5_array(cph_data *data)
{
    cph_array *array = &data->header.array;
    const struct {
        const char *name;
        double *value;
    } site[] = {{"/Header/latitude", &array->latitude_deg},
                {"/Header/longitude", &array->longitude_deg},
                {"/Header/altitude", &array->altitude_m}};
    telescope t = {0};
    cph_status status = read_telescope(data, &t);
    for (size_t n = 0; status == CPH_OK && n < array->elements; n++)
        status = place(data, &t, &array->element[n]);
    for (size_t i = 0; status == CPH_OK && i < sizeof site / sizeof site[0]; i++)
        status = cph_native_optional(&data->h5, site[i].name, 0, NULL, site[i].value);
    static const double identity[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    memcpy(array->array_to_enu, identity, sizeof identity); /* cph_array_positions gives ENU */
    array->has_array_to_enu = true;
    array->frame = CPH_FRAME_ECEF;
    array->has_positions = true;
    free(t.number);
    free(t.position);
    free(t.name);
    return status;
}
