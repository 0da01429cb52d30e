/* SPDX-License-Identifier: MIT */
/** @file uvh5.h
 *  What stands behind an open UVH5 file: which row of it holds which baseline at which time. */
#ifndef CPH_IMPORT_UVH5_H
#define CPH_IMPORT_UVH5_H

#include "datasets/data.h"

enum { CPH_UVH5_PRODUCTS = 4 };

/** No product, or no row. */
#define CPH_UVH5_NONE SIZE_MAX

/** A row of the file: one baseline at one time. */
typedef struct cph_uvh5_row {
    size_t antenna[2]; /**< indices of the first and the second */
    size_t time;       /**< index */
} cph_uvh5_row;

typedef struct cph_uvh5 {
    size_t rows, antennas, products;
    size_t product_of[2][2];          /**< of polarisation a of ant_1, b of ant_2, 0: X, 1: Y;
                                           or CPH_UVH5_NONE */
    size_t pol[CPH_UVH5_PRODUCTS][2]; /**< polarisations of each product */
    size_t input_of[2];               /**< first input of a polarisation, or NONE */
    cph_uvh5_row *row;                /**< [rows] in the order of the file */
    size_t *order;                    /**< [rows] by time, then baseline */
    size_t *begin;                    /**< [times + 1] into order */
    cph_h5_set flags, nsamples;       /**< id negative where absent */
    size_t window_time, window_channel, windows; /**< channels of a dump that are at hand */
    cph_c64 *value; /**< [rows of the dump][windows][products]; NaN where flagged */
} cph_uvh5;

/** The input of antenna index and polarisation 0 or 1, which the file has. */
static inline size_t cph_uvh5_input(const cph_uvh5 *u, size_t antenna, size_t pol)
{
    return u->input_of[pol] + antenna;
}

/** Rows [first, first + rows) of a data set, channels [channel, channel + channels), all products,
 *  packed, as `type`; of visdata NULL for `set` and type H5T_NATIVE_DOUBLE. */
CPH_MUST_CHECK cph_status cph_uvh5_box(cph_data *data, const cph_h5_set *set, hid_t type,
                                       size_t first, size_t rows, size_t channel, size_t channels,
                                       void *value);

/** Fills rows, order, begin, and header.times, time_unix_s, array and the rest of the axes. */
CPH_MUST_CHECK cph_status cph_uvh5_index(cph_data *data, cph_uvh5 *u);
/** Positions, names, site. */
CPH_MUST_CHECK cph_status cph_uvh5_array(cph_data *data);
/** n_samples, and inputs that are flagged throughout become `listed`. */
CPH_MUST_CHECK cph_status cph_uvh5_survey(cph_data *data, cph_uvh5 *u);

/** reader.covariance */
CPH_MUST_CHECK cph_status cph_uvh5_covariance(cph_data *data, size_t time, size_t channel,
                                              const size_t *element, size_t elements, cph_c64 *r);

#endif
