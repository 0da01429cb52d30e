/* SPDX-License-Identifier: MIT */
#include <stddef.h>

#include "datasets/track/track.h"

#define FIELD(name, type, shape, from, to, late)                                                   \
    {                                                                                              \
        name, CPH_TRACK_##type, CPH_TRACK_##shape, offsetof(cph_track_row, from),                  \
            offsetof(cph_track_log, to), late                                                      \
    }
#define SAME(name, type, shape) FIELD("/" #name, type, shape, name, name, false)
#define LATE(name, shape)       FIELD("/" #name, F32, shape, name, name, true)

const cph_track_field cph_track_row_fields[CPH_TRACK_ROW_FIELDS] = {
    SAME(time_unix_s, F64, SCALAR),    SAME(end_unix_s, F64, SCALAR),
    SAME(satellite, U32, SCALAR),      SAME(slot, I64, SCALAR),
    SAME(standby, U8, SCALAR),         SAME(az_deg, F64, SCALAR),
    SAME(el_deg, F64, SCALAR),         SAME(direction, F64, VECTOR),
    SAME(scan_deg, F64, SCALAR),       SAME(range_m, F64, SCALAR),
    SAME(range_rate_m_s, F64, SCALAR), SAME(margin_deg, F64, SCALAR),
    SAME(gain_db, F32, COLUMNS),       SAME(ideal_db, F32, COLUMNS),
    SAME(loss_db, F32, COLUMNS),       SAME(pointing_loss_db, F32, COLUMNS),
    SAME(doppler_hz, F64, COLUMNS),    SAME(sinr_loss_db, F32, COLUMNS),
    SAME(null_db, F32, NULLS),         SAME(null_off_deg, F32, APART),
    LATE(null_price_db, PRICES),       LATE(null_likely_db, NULLS),
};

#define PIECE(name, type)                                                                          \
    {                                                                                              \
        "/piece/" #name, CPH_TRACK_##type, CPH_TRACK_SCALAR, offsetof(cph_track_piece_row, name),  \
            0, false                                                                               \
    }

const cph_track_field cph_track_piece_fields[CPH_TRACK_PIECE_FIELDS] = {
    PIECE(slot, I64),           PIECE(start_unix_s, F64), PIECE(end_unix_s, F64),
    PIECE(standby_unix_s, F64), PIECE(satellite, U32),    PIECE(reason, U8),
    PIECE(mean_el_deg, F64),
};

size_t cph_track_item_size(cph_track_type type)
{
    static const size_t size[] = {sizeof(double), sizeof(double), sizeof(uint32_t), sizeof(int64_t),
                                  1};
    return size[type];
}

hid_t cph_track_memory_type(cph_track_type type)
{
    const hid_t types[] = {H5T_NATIVE_DOUBLE, H5T_NATIVE_DOUBLE, H5T_NATIVE_UINT32,
                           H5T_NATIVE_INT64, H5T_NATIVE_UCHAR};
    return types[type];
}

hid_t cph_track_file_type(cph_track_type type)
{
    const hid_t types[] = {H5T_IEEE_F64LE, H5T_IEEE_F32LE, H5T_STD_U32LE, H5T_STD_I64LE,
                           H5T_STD_U8LE};
    return types[type];
}

size_t cph_track_axes(cph_track_shape shape, size_t columns, size_t nulls, size_t dim[2])
{
    dim[0] = shape == CPH_TRACK_VECTOR                 ? 3
             : shape == CPH_TRACK_APART                ? nulls
             : shape == CPH_TRACK_PRICES && nulls == 0 ? 0
                                                       : columns;
    dim[1] = nulls;
    return shape == CPH_TRACK_SCALAR ? 0 : shape == CPH_TRACK_NULLS ? 2 : 1;
}
