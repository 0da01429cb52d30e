/* SPDX-License-Identifier: MIT */
/* Calibrations and weights, written in one call. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/native/native.h"
#include "datasets/native/write.h"

static bool put_flags(hid_t file, const cph_calibration *c, const size_t dim[3])
{
    enum { SIZE = 16 };
    size_t count = dim[0] * dim[1] * dim[2];
    unsigned char *flag = malloc(count);
    char *reason = calloc(count, SIZE);
    bool done = flag != NULL && reason != NULL;
    for (size_t i = 0; done && i < count; i++) {
        flag[i] = c->flag[i] != CPH_FLAG_NONE;
        strncpy(reason + i * SIZE, cph_flag_name((cph_flag)c->flag[i]), SIZE - 1);
    }
    done = done &&
           cph_h5_put_set(file, "/flag", 3, dim, H5T_STD_U8LE, H5T_NATIVE_UCHAR, flag, NULL) &&
           cph_h5_put_strings(file, "/flag_reason", 3, dim, SIZE, reason);
    free(flag);
    free(reason);
    return done;
}

static bool put_pairs(hid_t file, const char *name, size_t rank, const size_t *dim, hid_t file_part,
                      hid_t part, const void *value, hid_t *set)
{
    hid_t type = cph_h5_pair_type(file_part, "r", "i"), memory = cph_h5_pair_type(part, "r", "i");
    bool done = cph_h5_put_set(file, name, rank, dim, type, memory, value, set);
    H5Tclose(type);
    H5Tclose(memory);
    return done;
}

/* What is flagged has no gain, in the file too. */
static cph_c64 *masked_gains(const cph_calibration *c, size_t count)
{
    cph_c64 *gain = malloc(count * sizeof *gain);
    for (size_t i = 0; gain != NULL && i < count; i++)
        gain[i] = c->flag[i] == CPH_FLAG_NONE ? c->gain[i] : (cph_c64){NAN, NAN};
    return gain;
}

static bool put_leakages(hid_t file, const cph_calibration *c, const size_t dim[3])
{
    return c->leakage == NULL ||
           (put_pairs(file, "/leakage", 3, dim, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, c->leakage,
                      NULL) &&
            cph_h5_put_doubles(file, "/leakage_sigma", 3, dim, c->leakage_sigma));
}

static bool put_coupling(hid_t file, const cph_calibration *c, const size_t dim[3])
{
    const size_t shape[4] = {dim[0], dim[1], dim[2], dim[2]};
    return c->coupling == NULL ||
           (put_pairs(file, "/coupling", 4, shape, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, c->coupling,
                      NULL) &&
            cph_h5_put_doubles(file, "/coupling_sigma", 4, shape, c->coupling_sigma));
}

static bool put_calibration(hid_t file, const cph_calibration *c)
{
    const size_t dim[3] = {c->times, c->channels, c->array.elements};
    cph_c64 *gain = masked_gains(c, dim[0] * dim[1] * dim[2]);
    hid_t set = -1;
    bool done = gain != NULL &&
                put_pairs(file, "/gain", 3, dim, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, gain, &set);
    free(gain);
    done = done && cph_h5_put_text(set, "convention", CPH_CONVENTION_CALIBRATION) &&
           cph_h5_put_text(set, "time_factor", CPH_TIME_FACTOR) &&
           cph_h5_put_text(set, "axes", "time,channel,element") &&
           cph_h5_put_text(set, "path", cph_gain_path_name(c->path)) &&
           (c->gauge[0] == '\0' || cph_h5_put_text(set, "gauge", c->gauge));
    if (set >= 0)
        done = H5Dclose(set) >= 0 && done;
    return done && put_flags(file, c, dim) &&
           cph_h5_put_doubles(file, "/phase_sigma_rad", 3, dim, c->phase_sigma) &&
           cph_h5_put_doubles(file, "/amplitude_sigma", 3, dim, c->amplitude_sigma) &&
           (c->delay_s == NULL || cph_h5_put_doubles(file, "/delay_s", 3, dim, c->delay_s)) &&
           put_leakages(file, c, dim) && put_coupling(file, c, dim) &&
           (c->filled == NULL || cph_h5_put_set(file, "/filled", 3, dim, H5T_STD_U8LE,
                                                H5T_NATIVE_UCHAR, c->filled, NULL)) &&
           cph_h5_put_doubles(file, "/chi2_dof", 2, dim, c->chi2_dof) &&
           cph_h5_put_doubles(file, "/channel_freq_hz", 1, dim + 1, c->channel_freq_hz) &&
           cph_h5_put_doubles(file, "/time_unix_s", 1, dim, c->time_unix_s) &&
           cph_native_put_array(file, &c->array);
}

static bool put_weights(hid_t file, const cph_weights *w)
{
    const size_t dim[3] = {w->beams, w->channels, w->array.elements};
    const size_t direction[2] = {w->beams, 3};
    hid_t set = -1;
    bool done =
        put_pairs(file, "/weights", 3, dim, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, w->weights, &set) &&
        cph_h5_put_text(set, "convention", CPH_CONVENTION_WEIGHTS) &&
        cph_h5_put_text(set, "axes", "beam,channel,element") &&
        cph_h5_put_text(set, "path", cph_gain_path_name(w->path)) &&
        cph_h5_put_integer(set, "precision_bits", w->precision_bits);
    if (set >= 0)
        done = H5Dclose(set) >= 0 && done;
    return done && cph_h5_put_doubles(file, "/direction", 2, direction, w->direction) &&
           cph_h5_put_strings(file, "/name", 1, dim, CPH_NAME_SIZE, w->name[0]) &&
           cph_h5_put_doubles(file, "/channel_freq_hz", 1, dim + 1, w->channel_freq_hz) &&
           cph_native_put_array(file, &w->array);
}

cph_status cph_calibration_write(const char *path, const cph_calibration *calibration,
                                 const cph_write_options *options, cph_error *error)
{
    if (calibration == NULL || calibration->array.elements == 0)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_calibration_write", NULL,
                            "no calibration");
    cph_writer *writer = NULL;
    cph_h5_quiet();
    cph_status status = cph_writer_begin(path, CPH_KIND_CALIBRATION, options, &writer, error);
    if (status == CPH_OK) {
        status = cph_writer_check(writer, put_calibration(writer->file, calibration), "/gain");
        if (status == CPH_OK)
            status = cph_writer_commit(writer, error);
        else
            cph_writer_abort(writer);
    }
    return status;
}

cph_status cph_weights_write(const char *path, const cph_weights *weights,
                             const cph_write_options *options, cph_error *error)
{
    if (weights == NULL || weights->array.elements == 0)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_weights_write", NULL, "no weights");
    cph_writer *writer = NULL;
    cph_h5_quiet();
    cph_status status = cph_writer_begin(path, CPH_KIND_WEIGHTS, options, &writer, error);
    if (status == CPH_OK) {
        status = cph_writer_check(writer, put_weights(writer->file, weights), "/weights");
        if (status == CPH_OK)
            status = cph_writer_commit(writer, error);
        else
            cph_writer_abort(writer);
    }
    return status;
}
