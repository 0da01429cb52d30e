/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "datasets/h5/h5.h"

static bool put_attr(hid_t object, const char *name, hid_t file_type, hid_t memory_type,
                     size_t count, const void *value)
{
    hsize_t dim = count;
    hid_t space = count == 1 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &dim, NULL);
    hid_t attr = H5Acreate2(object, name, file_type, space, H5P_DEFAULT, H5P_DEFAULT);
    bool done = attr >= 0 && H5Awrite(attr, memory_type, value) >= 0;
    if (attr >= 0)
        done = H5Aclose(attr) >= 0 && done;
    H5Sclose(space);
    return done;
}

static hid_t string_type(size_t size)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, size);
    H5Tset_cset(type, H5T_CSET_UTF8);
    return type;
}

bool cph_h5_put_text(hid_t object, const char *name, const char *value)
{
    hid_t type = string_type(strlen(value) + 1);
    bool done = put_attr(object, name, type, type, 1, value);
    H5Tclose(type);
    return done;
}

bool cph_h5_put_long_text(hid_t object, const char *name, const char *value)
{
    hid_t type = string_type(H5T_VARIABLE);
    bool done = put_attr(object, name, type, type, 1, (const void *)&value);
    H5Tclose(type);
    return done;
}

bool cph_h5_put_numbers(hid_t object, const char *name, size_t count, const double *value)
{
    return put_attr(object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, count, value);
}

bool cph_h5_put_number(hid_t object, const char *name, double value)
{
    return cph_h5_put_numbers(object, name, 1, &value);
}

bool cph_h5_put_integer(hid_t object, const char *name, int64_t value)
{
    return put_attr(object, name, H5T_STD_I64LE, H5T_NATIVE_INT64, 1, &value);
}

bool cph_h5_put_set(hid_t file, const char *name, size_t rank, const size_t *dim, hid_t file_type,
                    hid_t memory_type, const void *value, hid_t *set)
{
    hsize_t extent[CPH_H5_RANK];
    for (size_t i = 0; i < rank; i++)
        extent[i] = dim[i];
    hid_t space = rank > 0 ? H5Screate_simple((int)rank, extent, NULL) : H5Screate(H5S_SCALAR);
    hid_t plist = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_obj_track_times(plist, false); /* the same content gives the same bytes */
    hid_t id = H5Dcreate2(file, name, file_type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    bool done = id >= 0 && H5Dwrite(id, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, value) >= 0;
    H5Pclose(plist);
    H5Sclose(space);
    if (set != NULL)
        *set = id;
    else if (id >= 0)
        done = H5Dclose(id) >= 0 && done;
    return done;
}

bool cph_h5_put_doubles(hid_t file, const char *name, size_t rank, const size_t *dim,
                        const double *value)
{
    return cph_h5_put_set(file, name, rank, dim, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, value, NULL);
}

bool cph_h5_put_strings(hid_t file, const char *name, size_t rank, const size_t *dim, size_t size,
                        const char *value)
{
    hid_t type = string_type(size);
    bool done = cph_h5_put_set(file, name, rank, dim, type, type, value, NULL);
    H5Tclose(type);
    return done;
}
