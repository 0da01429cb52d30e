/* SPDX-License-Identifier: MIT */
#include "datasets/h5/h5.h"

/* HDF5 1.10 converts what a damaged type describes without asking whether its bits lie within its
 * bytes, and writes where it should not. */

static bool bits_fit(hid_t type, size_t at, size_t count)
{
    size_t bits = 8 * H5Tget_size(type);
    return count > 0 && count <= bits && at <= bits - count;
}

static bool float_fits(hid_t type)
{
    size_t sign, exponent, exponent_size, mantissa, mantissa_size;
    return H5Tget_fields(type, &sign, &exponent, &exponent_size, &mantissa, &mantissa_size) >= 0 &&
           bits_fit(type, sign, 1) && bits_fit(type, exponent, exponent_size) &&
           bits_fit(type, mantissa, mantissa_size) && exponent_size < 32;
}

bool cph_h5_is_number(hid_t type)
{
    enum { BYTES_MAX = 16 };
    H5T_class_t class = H5Tget_class(type);
    if ((class != H5T_INTEGER && class != H5T_FLOAT) || H5Tget_size(type) > BYTES_MAX)
        return false;
    int offset = H5Tget_offset(type);
    return offset >= 0 && bits_fit(type, (size_t)offset, H5Tget_precision(type)) &&
           (class == H5T_INTEGER || float_fits(type));
}

static bool member_is_number(hid_t type, unsigned index)
{
    hid_t member = H5Tget_member_type(type, index);
    bool number = member >= 0 && cph_h5_is_number(member);
    if (member >= 0)
        H5Tclose(member);
    return number;
}

bool cph_h5_is_pair(hid_t type)
{
    if (H5Tget_class(type) != H5T_COMPOUND || H5Tget_nmembers(type) != 2 ||
        !member_is_number(type, 0) || !member_is_number(type, 1))
        return false;
    hid_t part[2] = {H5Tget_member_type(type, 0), H5Tget_member_type(type, 1)};
    size_t at[2], end[2], size = H5Tget_size(type);
    for (unsigned i = 0; i < 2; i++) {
        at[i] = H5Tget_member_offset(type, i);
        end[i] = at[i] <= size ? at[i] + H5Tget_size(part[i]) : SIZE_MAX;
        H5Tclose(part[i]);
    }
    return end[0] <= size && end[1] <= size && (end[0] <= at[1] || end[1] <= at[0]);
}

hid_t cph_h5_boolean_type(void)
{
    static const signed char values[2] = {0, 1};
    hid_t type = H5Tenum_create(H5T_STD_I8LE);
    H5Tenum_insert(type, "FALSE", &values[0]);
    H5Tenum_insert(type, "TRUE", &values[1]);
    return type;
}
