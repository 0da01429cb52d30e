/* SPDX-License-Identifier: MIT */
#include "uvh5_rig.h"

#include <stdio.h>
#include <string.h>

enum { SAMPLES = 5 };

/* The telescope has two antennas more than have data. */
const uint32_t uvh5_numbers[UVH5_ANTENNAS] = {2, 7, 40};
static const double telescope[UVH5_TELESCOPE] = {40, 3, 2, 99, 7};
/* The products of the file, and the polarisations (0: X) of the first and second antenna. */
static const double codes[UVH5_PRODUCTS] = {-6, -8, -5, -7};
static const size_t pols[UVH5_PRODUCTS][2] = {{1, 1}, {1, 0}, {0, 0}, {0, 1}};

const uvh5_row uvh5_rows[UVH5_ROWS] = {{{0, 1}, 1}, {{1, 1}, 0}, {{2, 0}, 0}, {{0, 0}, 0},
                                       {{1, 0}, 0}, {{2, 2}, 1}, {{1, 2}, 0}, {{0, 2}, 1},
                                       {{2, 2}, 0}, {{0, 0}, 1}, {{2, 1}, 1}, {{1, 1}, 1}};

static cph_c64 voltage(size_t antenna, size_t pol, size_t k, size_t time, size_t channel)
{
    return (cph_c64){fixture_value(k + 7 * time, pol + 2 * channel, antenna, 0),
                     fixture_value(k + 7 * time, pol + 2 * channel, antenna, 1)};
}

cph_c64 uvh5_product(size_t p, size_t q, size_t time, size_t channel)
{
    cph_c64 sum = {0.0, 0.0};
    for (size_t k = 0; k < SAMPLES; k++) {
        cph_c64 x = voltage(p % UVH5_ANTENNAS, p / UVH5_ANTENNAS, k, time, channel);
        cph_c64 y = voltage(q % UVH5_ANTENNAS, q / UVH5_ANTENNAS, k, time, channel);
        sum.re += x.re * y.re + x.im * y.im;
        sum.im += x.im * y.re - x.re * y.im;
    }
    return sum;
}

void uvh5_put_doubles(hid_t file, const char *name, int rank, hsize_t first, hsize_t second,
                      const double *value)
{
    const hsize_t dim[2] = {first, second};
    H5Dclose(fixture_set(file, name, rank, dim, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, value));
}

static void put_word(hid_t file, const char *name, const char *word)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, strlen(word));
    H5Tset_strpad(type, H5T_STR_NULLPAD);
    H5Dclose(fixture_set(file, name, 0, NULL, type, type, word));
    H5Tclose(type);
}

static void put_header(hid_t file, const uvh5_variant *v, size_t count)
{
    double end[2][UVH5_ROWS], day[UVH5_ROWS], span[UVH5_ROWS], position[UVH5_TELESCOPE][3];
    const double freq[UVH5_CHANNELS] = {1.5e8, 1.51e8}, width = 1e5;
    const double site[3] = {-30.7, 21.4, 1050.0};
    static const char names[UVH5_TELESCOPE][4] = {"A40", "A3", "A2", "A99", "A7"};
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < 2; k++)
            end[k][i] = uvh5_numbers[uvh5_rows[i].antenna[k]];
        day[i] = 2440587.5 + (100.0 + 8.0 * (double)uvh5_rows[i].time) / 86400.0;
        span[i] = 8.0;
    }
    for (size_t i = 0; i < UVH5_TELESCOPE; i++)
        for (size_t k = 0; k < 3; k++)
            position[i][k] = telescope[i] + 0.25 * (double)k;
    uvh5_put_doubles(file, "/Header/ant_1_array", 1, count, 0, end[0]);
    uvh5_put_doubles(file, "/Header/ant_2_array", 1, count, 0, end[1]);
    uvh5_put_doubles(file, "/Header/time_array", 1, count, 0, day);
    uvh5_put_doubles(file, "/Header/integration_time", 1, count, 0, span);
    uvh5_put_doubles(file, "/Header/polarization_array", 1, UVH5_PRODUCTS, 0, codes);
    uvh5_put_doubles(file, "/Header/antenna_numbers", 1, UVH5_TELESCOPE, 0, telescope);
    uvh5_put_doubles(file, "/Header/antenna_positions", 2, UVH5_TELESCOPE, 3, position[0]);
    uvh5_put_doubles(file, "/Header/channel_width", 0, 0, 0, &width);
    uvh5_put_doubles(file, "/Header/latitude", 0, 0, 0, &site[0]);
    uvh5_put_doubles(file, "/Header/longitude", 0, 0, 0, &site[1]);
    uvh5_put_doubles(file, "/Header/altitude", 0, 0, 0, &site[2]);
    if (v->windows)
        uvh5_put_doubles(file, "/Header/freq_array", 2, 1, UVH5_CHANNELS, freq);
    else
        uvh5_put_doubles(file, "/Header/freq_array", 1, UVH5_CHANNELS, 0, freq);
    const hsize_t antennas = UVH5_TELESCOPE;
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, sizeof names[0]);
    H5Dclose(fixture_set(file, "/Header/antenna_names", 1, &antennas, type, type, names));
    H5Tclose(type);
    put_word(file,
             v->phase != NULL ? "/Header/phase_type" : "/Header/phase_center_catalog/0/cat_type",
             v->phase != NULL ? v->phase : "unprojected");
}

/* A boolean of Python. */
static hid_t make_boolean(void)
{
    hid_t type = H5Tenum_create(H5T_STD_I8LE);
    const signed char no = 0, yes = 1;
    H5Tenum_insert(type, "FALSE", &no);
    H5Tenum_insert(type, "TRUE", &yes);
    return type;
}

void uvh5_write(const char *path, const uvh5_variant *v)
{
    static int32_t value[UVH5_ROWS][UVH5_CHANNELS][UVH5_PRODUCTS][2];
    static float count[UVH5_ROWS * UVH5_CELLS];
    const size_t used = v->rows == 0 ? UVH5_ROWS : v->rows;
    for (size_t i = 0; i < used; i++)
        for (size_t c = 0; c < UVH5_CHANNELS; c++)
            for (size_t k = 0; k < UVH5_PRODUCTS; k++) {
                const size_t p = uvh5_rows[i].antenna[1] + UVH5_ANTENNAS * pols[k][1];
                const size_t q = uvh5_rows[i].antenna[0] + UVH5_ANTENNAS * pols[k][0];
                const cph_c64 z = uvh5_product(p, q, uvh5_rows[i].time, c);
                value[i][c][k][0] = (int32_t)z.re;
                value[i][c][k][1] = (int32_t)z.im;
                count[(i * UVH5_CHANNELS + c) * UVH5_PRODUCTS + k] = i == 3 ? 0.0F : 2.0F;
            }
    const hsize_t with[4] = {used, 1, UVH5_CHANNELS, UVH5_PRODUCTS},
                  without[3] = {used, UVH5_CHANNELS, UVH5_PRODUCTS};
    const hsize_t *dim = v->windows ? with : without;
    const int rank = v->windows ? 4 : 3;
    hid_t file = fixture_raw(path, NULL), pair = fixture_pair(H5T_NATIVE_INT32, "r", "i");
    H5Dclose(fixture_set(file, "/Data/visdata", rank, dim, pair, pair, value));
    H5Dclose(
        fixture_set(file, "/Data/nsamples", rank, dim, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, count));
    H5Tclose(pair);
    if (v->flag != NULL) {
        hid_t boolean = make_boolean();
        H5Dclose(fixture_set(file, "/Data/flags", rank, dim, boolean, boolean, v->flag));
        H5Tclose(boolean);
    }
    put_header(file, v, used);
    H5Fclose(file);
}
