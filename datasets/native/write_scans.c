/* SPDX-License-Identifier: MIT */
/* Kinds near-field and coupling, written in one call. */
#include <math.h>

#include "cophase/readings.h"
#include "datasets/native/native.h"
#include "datasets/native/readings_parts.h"

static bool put_place(hid_t set, const cph_near_field_readings *r)
{
    return cph_h5_put_numbers(set, "origin_m", 2, r->origin_m) &&
           cph_h5_put_numbers(set, "spacing_m", 2, r->spacing_m) &&
           cph_h5_put_number(set, "height_m", r->height_m) &&
           (r->probe_cosine == 0.0 || cph_h5_put_number(set, "probe_cosine", r->probe_cosine)) &&
           (r->element_cosine == 0.0 ||
            cph_h5_put_number(set, "element_cosine", r->element_cosine));
}

static bool put_near_field(hid_t file, const cph_near_field_readings *r)
{
    const size_t dim[2] = {r->rows, r->columns};
    hid_t set = -1;
    bool done = cph_readings_put(file, "/field", 2, dim, r->field, &set);
    done = done && put_place(set, r);
    done = cph_readings_put_labels(set, "y,x", r->sigma) && done;
    return done && cph_readings_put_rest(file, &r->array, r->freq_hz, NULL, r->truth);
}

cph_status cph_near_field_readings_write(const char *path, const cph_near_field_readings *readings,
                                         const cph_write_options *options, cph_error *error)
{
    cph_writer *writer = NULL;
    if (readings == NULL || readings->field == NULL || readings->array.elements == 0 ||
        !readings->array.has_positions || isnan(readings->height_m))
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_near_field_readings_write", NULL,
                            "no field, or no array and height");
    cph_h5_quiet();
    const cph_status status = cph_writer_begin(path, CPH_KIND_NEAR_FIELD, options, &writer, error);
    return status == CPH_OK ? cph_readings_finish_file(
                                  writer, put_near_field(writer->file, readings), "/field", error)
                            : status;
}

/* The transmit path's truth stands beside the receive path's, which makes its group. */
static bool put_coupling(hid_t file, const cph_coupling_readings *r)
{
    const size_t n = r->array.elements, dim[2] = {n, n};
    hid_t set = -1;
    return cph_readings_put(file, "/s", 2, dim, r->s, &set) &&
           cph_readings_put_labels(set, "receiving,transmitting", r->sigma) &&
           cph_readings_put_rest(file, &r->array, r->freq_hz, NULL, r->truth) &&
           cph_readings_put(file, "/truth/gain_transmit", 1, &n,
                            r->truth != NULL ? r->truth_transmit : NULL, NULL);
}

cph_status cph_coupling_readings_write(const char *path, const cph_coupling_readings *readings,
                                       const cph_write_options *options, cph_error *error)
{
    cph_writer *writer = NULL;
    if (readings == NULL || readings->s == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_coupling_readings_write", NULL,
                            "no readings");
    cph_h5_quiet();
    const cph_status status = cph_writer_begin(path, CPH_KIND_COUPLING, options, &writer, error);
    return status == CPH_OK
               ? cph_readings_finish_file(writer, put_coupling(writer->file, readings), "/s", error)
               : status;
}
