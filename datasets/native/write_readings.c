/* SPDX-License-Identifier: MIT */
/* Calibration readings, written in one call. */
#include <math.h>
#include <stdlib.h>

#include "cophase/readings.h"
#include "datasets/native/native.h"
#include "datasets/native/readings_parts.h"
#include "datasets/native/write.h"

bool cph_readings_put(hid_t file, const char *name, size_t rank, const size_t *dim,
                      const cph_c64 *value, hid_t *set)
{
    if (value == NULL)
        return true;
    const hid_t type = cph_h5_pair_type(H5T_IEEE_F64LE, "r", "i"),
                memory = cph_h5_pair_type(H5T_NATIVE_DOUBLE, "r", "i");
    const bool done = cph_h5_put_set(file, name, rank, dim, type, memory, value, set);
    H5Tclose(type);
    H5Tclose(memory);
    return done;
}

static bool put_settings(hid_t file, size_t rank, const size_t *dim, const uint32_t *setting)
{
    return setting == NULL || cph_h5_put_set(file, "/setting", rank, dim, H5T_STD_U32LE,
                                             H5T_NATIVE_UINT32, setting, NULL);
}

bool cph_readings_put_labels(hid_t set, const char *axes, double sigma)
{
    bool done = set >= 0 && cph_h5_put_text(set, "axes", axes) &&
                (!(sigma > 0.0) || cph_h5_put_number(set, "sigma", sigma));
    if (set >= 0)
        done = H5Dclose(set) >= 0 && done;
    return done;
}

bool cph_readings_put_rest(hid_t file, const cph_array *array, double freq_hz,
                           const cph_c64 *signal, const cph_c64 *truth)
{
    const size_t *const n = &array->elements;
    bool done = (!(freq_hz > 0.0) || cph_h5_put_number(file, "center_freq_hz", freq_hz)) &&
                cph_readings_put(file, "/signal", 1, n, signal, NULL) &&
                cph_native_put_array(file, array);
    if (!done || truth == NULL)
        return done;
    const hid_t group = H5Gcreate2(file, "/truth", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    done = group >= 0 && cph_readings_put(file, "/truth/gain", 1, n, truth, NULL);
    if (group >= 0)
        done = H5Gclose(group) >= 0 && done;
    return done;
}

static bool put_rev(hid_t file, const cph_rev_readings *r)
{
    const size_t dim[2] = {r->sweeps, r->steps}, member[2] = {r->sweeps, r->array.elements};
    const size_t rank = r->tables > 1 ? 2 : 1, *const own = dim + (rank == 1);
    hid_t set = -1;
    return cph_h5_put_set(file, "/power", 2, dim, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, r->power,
                          &set) &&
           cph_readings_put_labels(set, "sweep,step", r->sigma) &&
           cph_readings_put(file, "/state", rank, own, r->state, NULL) &&
           put_settings(file, rank, own, r->setting) &&
           (r->member == NULL || cph_h5_put_set(file, "/member", 2, member, H5T_STD_U8LE,
                                                H5T_NATIVE_UCHAR, r->member, NULL)) &&
           cph_readings_put_rest(file, &r->array, r->freq_hz, r->signal, r->truth);
}

/* Signs as bytes on the heap; NULL where a code is more than signs, or without memory. */
static signed char *signs_of(const cph_c64 *code, size_t count)
{
    signed char *const sign = malloc(count);
    for (size_t i = 0; sign != NULL && i < count; i++) {
        const double re = code[i].re;
        if (code[i].im != 0.0 || (re != 0.0 && fabs(re) != 1.0)) {
            free(sign);
            return NULL;
        }
        sign[i] = (signed char)re;
    }
    return sign;
}

static bool put_codes(hid_t file, const cph_coded_readings *r)
{
    const size_t dim[3] = {r->codes, r->signs, r->array.elements};
    if (r->code == NULL)
        return true;
    signed char *const sign = signs_of(r->code, dim[0] * dim[1] * dim[2]);
    const bool done = sign != NULL ? cph_h5_put_set(file, "/code", 3, dim, H5T_STD_I8LE,
                                                    H5T_NATIVE_SCHAR, sign, NULL)
                                   : cph_readings_put(file, "/code", 3, dim, r->code, NULL);
    free(sign);
    return done;
}

static bool put_coded(hid_t file, const cph_coded_readings *r)
{
    const size_t dim[4] = {r->states, r->codes, r->signs, r->repeats};
    const bool states = r->states > 1;
    hid_t set = -1;
    return cph_readings_put(file, "/reading", states ? 4 : 3, dim + !states, r->reading, &set) &&
           cph_readings_put_labels(set, states ? "state,code,sign,repeat" : "code,sign,repeat",
                                   r->sigma) &&
           put_codes(file, r) && cph_readings_put(file, "/state", 1, &r->states, r->state, NULL) &&
           put_settings(file, 1, &r->states, r->setting) &&
           cph_readings_put_rest(file, &r->array, r->freq_hz, r->signal, r->truth);
}

cph_status cph_readings_finish_file(cph_writer *writer, bool done, const char *what,
                                    cph_error *error)
{
    const cph_status status = cph_writer_check(writer, done, what);
    if (status == CPH_OK)
        return cph_writer_commit(writer, error);
    cph_writer_abort(writer);
    return status;
}

cph_status cph_rev_readings_write(const char *path, const cph_rev_readings *readings,
                                  const cph_write_options *options, cph_error *error)
{
    cph_writer *writer = NULL;
    if (readings == NULL || readings->power == NULL || readings->state == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_rev_readings_write", NULL, "no readings");
    cph_h5_quiet();
    const cph_status status = cph_writer_begin(path, CPH_KIND_REV, options, &writer, error);
    return status == CPH_OK
               ? cph_readings_finish_file(writer, put_rev(writer->file, readings), "/power", error)
               : status;
}

cph_status cph_coded_readings_write(const char *path, const cph_coded_readings *readings,
                                    const cph_write_options *options, cph_error *error)
{
    cph_writer *writer = NULL;
    if (readings == NULL || readings->reading == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_coded_readings_write", NULL,
                            "no readings");
    cph_h5_quiet();
    const cph_status status = cph_writer_begin(path, CPH_KIND_CODED, options, &writer, error);
    return status == CPH_OK ? cph_readings_finish_file(writer, put_coded(writer->file, readings),
                                                       "/reading", error)
                            : status;
}
