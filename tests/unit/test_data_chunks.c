/* SPDX-License-Identifier: MIT */
/* Chunks past HDF5: every row of filters, type, shape of chunks and box gives the values that were
 * written, and what HDF5 reads where it can; on any number of threads. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "chunk_rig.h"
#include "datasets/h5/h5_raw.h"

/* ---- filters by themselves ---- */

static void numbers_of_any_size_and_count(void)
{
    static const size_t counts[] = {1, 7, 8, 9, 63, 64, 65, 999, 1088};
    static const cph_h5_filter kinds[] = {
        {H5Z_FILTER_SHUFFLE, {0}},
        {CPH_H5_BITSHUFFLE, {0, 4, 0, 0, 0}},
        {CPH_H5_BITSHUFFLE, {0, 4, 0, 0, 2}},
        {CPH_H5_BITSHUFFLE, {0, 4, 0, 48, 3}},
        {CPH_H5_BITSHUFFLE, {0, 4, 0, 8, 2}},
    };
    enum { MOST = 1088 * 16 };
    static unsigned char in[MOST], out[MOST];
    unsigned char *const stored = malloc(rig_room(MOST));
    cph_h5_tools tools = {0};
    cph_random random;
    char why[CPH_H5_WHY];
    cph_random_seed(&random, 41, 0);
    rig_draw(&random, in, MOST);
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
        for (unsigned size = 1; size <= 16; size++)
            for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
                cph_h5_filters f = {.count = 1, .filter = {kinds[k]}};
                f.filter[0].parameter[k == 0 ? 0 : 2] = size;
                const size_t bytes = counts[c] * size;
                const size_t made = rig_apply(&f, 0, in, bytes, stored);
                memset(out, 0xa5, MOST);
                const cph_status status =
                    cph_h5_filters_undo(&f, 0, &tools, stored, made, out, bytes, why);
                CU_ASSERT_EQUAL(status, CPH_OK);
                if (status != CPH_OK)
                    printf("    kind %zu, %zu numbers of %u bytes: %s\n", k, counts[c], size, why);
                CU_ASSERT(memcmp(in, out, bytes) == 0);
                CU_ASSERT(bytes == MOST || out[bytes] == 0xa5);
            }
    cph_h5_tools_free(&tools);
    free(stored);
}

/* ---- boxes ---- */

static const cph_h5_filters rows[] = {
    {0, {{0}}},
    {1, {{H5Z_FILTER_DEFLATE, {4}}}},
    {2, {{H5Z_FILTER_SHUFFLE, {0}}, {H5Z_FILTER_DEFLATE, {1}}}},
    {3, {{H5Z_FILTER_SHUFFLE, {0}}, {H5Z_FILTER_DEFLATE, {9}}, {H5Z_FILTER_FLETCHER32, {0}}}},
    {2, {{H5Z_FILTER_FLETCHER32, {0}}, {H5Z_FILTER_DEFLATE, {6}}}},
    {2, {{H5Z_FILTER_FLETCHER32, {0}}, {H5Z_FILTER_SHUFFLE, {0}}}},
    {1, {{H5Z_FILTER_FLETCHER32, {0}}}},
    {2, {{H5Z_FILTER_SHUFFLE, {0}}, {CPH_H5_LZF, {4, 261, 0}}}},
    {1, {{CPH_H5_LZ4, {64}}}},
    {2, {{H5Z_FILTER_SHUFFLE, {0}}, {CPH_H5_LZ4, {1 << 30}}}},
    {2, {{H5Z_FILTER_SHUFFLE, {0}}, {CPH_H5_ZSTD, {3}}}},
    {1, {{CPH_H5_BITSHUFFLE, {0, 4, 0, 0, 0}}}},
    {1, {{CPH_H5_BITSHUFFLE, {0, 4, 0, 0, 2}}}},
    {1, {{CPH_H5_BITSHUFFLE, {0, 4, 0, 16, 3}}}},
    {3,
     {{CPH_H5_BITSHUFFLE, {0, 4, 0, 8, 0}},
      {H5Z_FILTER_DEFLATE, {4}},
      {H5Z_FILTER_FLETCHER32, {0}}}},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

enum { TYPES = 9 };
static void make_types(hid_t type[TYPES])
{
    const hid_t numbers[] = {H5T_STD_I8LE, H5T_STD_U16BE, H5T_STD_I32LE, H5T_IEEE_F32BE,
                             H5T_IEEE_F64LE};
    const hid_t parts[] = {H5T_STD_I8LE, H5T_STD_I16BE, H5T_IEEE_F32LE, H5T_IEEE_F64LE};
    for (size_t i = 0; i < 5; i++)
        type[i] = H5Tcopy(numbers[i]);
    for (size_t i = 0; i < 4; i++)
        type[5 + i] = fixture_pair(parts[i], "r", "i");
}

/* What filters must know of the chunk they are for. */
static cph_h5_filters fitted(const cph_h5_filters *row, const rig_set *set)
{
    cph_h5_filters f = *row;
    const size_t size = H5Tget_size(set->type);
    size_t bytes = size;
    for (size_t d = 0; d < set->rank; d++)
        bytes *= set->chunk[d];
    for (size_t i = 0; i < f.count; i++) {
        unsigned *p = f.filter[i].parameter;
        if (f.filter[i].id == H5Z_FILTER_SHUFFLE)
            p[0] = (unsigned)size;
        if (f.filter[i].id == CPH_H5_BITSHUFFLE)
            p[2] = (unsigned)size;
        if (f.filter[i].id == CPH_H5_LZF)
            p[2] = (unsigned)bytes;
    }
    return f;
}

/* The box of the values. */
static void expect_box(const rig_set *set, const size_t *start, const size_t *count, size_t size,
                       unsigned char *out)
{
    size_t total = 1;
    for (size_t d = 0; d < set->rank; d++)
        total *= count[d];
    for (size_t i = 0; i < total; i++) {
        size_t place = 0, rest = i, step = 1;
        for (size_t d = set->rank; d-- > 0; step *= set->dim[d]) {
            place += (start[d] + rest % count[d]) * step;
            rest /= count[d];
        }
        memcpy(out + i * size, set->value + place * size, size);
    }
}

static bool library_reads(const cph_h5_set *set, const rig_set *rig, unsigned char *out)
{
    memset(out, 0x5a, rig_elements(rig) * H5Tget_size(rig->type));
    return H5Dread(set->id, rig->type, H5S_ALL, H5S_ALL, H5P_DEFAULT, out) >= 0;
}

/* Whole, then boxes drawn: twice, so that what is kept of chunks is used. */
static void compare_boxes(const char *path, const rig_set *rig, size_t threads, cph_random *random)
{
    cph_error error = {CPH_OK, ""};
    cph_exec exec;
    cph_exec_openmp(&exec, threads);
    cph_h5 h5 = {.error = &error, .exec = threads > 0 ? &exec : NULL};
    cph_h5_set set = {.id = -1};
    CU_ASSERT_EQUAL_FATAL(cph_h5_open(path, &h5), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_h5_set_open(&h5, "/x", &set), CPH_OK);
    CU_ASSERT_PTR_NOT_NULL(set.raw);
    const size_t size = H5Tget_size(rig->type), bytes = rig_elements(rig) * size;
    unsigned char *const out = malloc(bytes + 1), *const wanted = malloc(bytes + 1);
    for (size_t turn = 0; turn < 7; turn++) {
        size_t start[RIG_RANK] = {0}, count[RIG_RANK], total = size;
        memcpy(count, rig->dim, sizeof count);
        for (size_t d = 0; d < rig->rank; d++) {
            if (turn > 0) {
                start[d] = cph_random_u64(random) % rig->dim[d];
                count[d] = 1 + cph_random_u64(random) % (rig->dim[d] - start[d]);
            }
            total *= count[d];
        }
        expect_box(rig, start, count, size, wanted);
        memset(out, 0xa5, bytes + 1);
        cph_status status = cph_h5_box_read(&h5, &set, rig->type, start, count, out);
        CU_ASSERT_EQUAL(status, CPH_OK);
        if (status != CPH_OK)
            printf("    %s\n", error.message);
        CU_ASSERT(memcmp(out, wanted, total) == 0);
        CU_ASSERT(out[total] == 0xa5);
    }
    CU_ASSERT(library_reads(&set, rig, out) && memcmp(out, rig->value, bytes) == 0);
    free(wanted);
    free(out);
    cph_h5_set_close(&set);
    cph_h5_close(&h5);
}

static void every_filter_type_and_shape(void)
{
    static const struct {
        size_t rank, dim[RIG_RANK], chunk[RIG_RANK];
    } shapes[] = {{1, {50}, {50}},
                  {1, {701}, {64}},
                  {2, {61, 7}, {16, 7}},
                  {2, {40, 11}, {7, 4}},
                  {3, {23, 3, 9}, {8, 2, 9}}};
    const char *path = fixture_path("chunks.h5");
    hid_t type[TYPES];
    cph_random random;
    cph_random_seed(&random, 42, 0);
    make_types(type);
    for (size_t r = 0; r < ROWS; r++)
        for (size_t t = 0; t < TYPES; t++) {
            rig_set set = {.type = type[t]};
            const size_t s = (r + t) % (sizeof shapes / sizeof shapes[0]);
            set.rank = shapes[s].rank;
            memcpy(set.dim, shapes[s].dim, sizeof set.dim);
            memcpy(set.chunk, shapes[s].chunk, sizeof set.chunk);
            set.filters = fitted(&rows[r], &set);
            rig_write(path, &set, &random);
            compare_boxes(path, &set, (r + t) % 4, &random);
            rig_free(&set);
        }
    for (size_t t = 0; t < TYPES; t++)
        H5Tclose(type[t]);
}

/* Each filter is left out of some chunk, alone and with others. */
static uint32_t mask_of(size_t chunk)
{
    return (uint32_t)(chunk % 8);
}

static bool every_third(size_t chunk)
{
    return chunk % 3 == 1;
}

static void masks_holes_and_edges(void)
{
    const char *path = fixture_path("chunks.h5");
    const float fill[2] = {1.5f, -2.25f};
    cph_random random;
    cph_random_seed(&random, 43, 0);
    for (size_t r = 0; r < ROWS; r++)
        for (unsigned how = 0; how < 4; how++) {
            rig_set set = {.type = fixture_pair(H5T_IEEE_F32LE, "r", "i"),
                           .rank = 2,
                           .dim = {95, 10},
                           .chunk = {12, 4},
                           .mask = how == 3 ? NULL : mask_of,
                           .absent = how == 0 ? NULL : every_third,
                           .fill = how == 2 ? fill : NULL,
                           .plain_edges = how == 3};
            set.filters = fitted(&rows[r], &set);
            rig_write(path, &set, &random);
            compare_boxes(path, &set, r % 3, &random);
            rig_free(&set);
            H5Tclose(set.type);
        }
}

/* What is kept of chunks makes room for others; rows in turn, and back again. */
static void kept_chunks_make_room(void)
{
    const char *path = fixture_path("chunks.h5");
    cph_random random;
    cph_random_seed(&random, 44, 0);
    rig_set rig = {.type = H5Tcopy(H5T_STD_I16LE), .rank = 2, .dim = {64, 6}, .chunk = {16, 2}};
    rig.filters = fitted(&rows[2], &rig);
    rig_write(path, &rig, &random);
    cph_h5 h5 = {0};
    cph_h5_set set = {.id = -1};
    CU_ASSERT_EQUAL_FATAL(cph_h5_open(path, &h5), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_h5_set_open(&h5, "/x", &set), CPH_OK);
    for (size_t i = 0; i < 200; i++) {
        const size_t start[2] = {i * 11 % 63, 0}, count[2] = {2, 6};
        int16_t out[12];
        CU_ASSERT_EQUAL(cph_h5_box_read(&h5, &set, H5T_NATIVE_SHORT, start, count, out), CPH_OK);
        CU_ASSERT(memcmp(out, rig.value + start[0] * 12, sizeof out) == 0);
    }
    cph_h5_set_close(&set);
    cph_h5_close(&h5);
    rig_free(&rig);
    H5Tclose(rig.type);
}

/* ---- numbers ---- */

/* Equal, or both no number; where bytes are swapped HDF5 converts by itself and rounds floats too
 * small to be normal down. */
static bool same_numbers(hid_t type, const void *a, const void *b, size_t bytes)
{
    const size_t size = H5Tget_size(type);
    for (size_t i = 0; H5Tget_class(type) == H5T_FLOAT && i < bytes; i += size) {
        float f[2] = {0};
        double d[2] = {0};
        memcpy(size == sizeof(float) ? (void *)&f[0] : &d[0], (const char *)a + i, size);
        memcpy(size == sizeof(float) ? (void *)&f[1] : &d[1], (const char *)b + i, size);
        const double x = (double)f[0] + d[0], y = (double)f[1] + d[1];
        if (isnan(x) != isnan(y) || (x != y && fabs(x - y) > 0x1p-149))
            return false;
    }
    return H5Tget_class(type) == H5T_FLOAT || memcmp(a, b, bytes) == 0;
}

/* Every number of files as every number in memory that is made here, as HDF5 makes it. */
static void numbers_as_the_library_makes_them(void)
{
    enum { COUNT = 96 };
    const hid_t file[] = {H5T_STD_I8LE,   H5T_STD_U8BE,   H5T_STD_I16LE,  H5T_STD_I16BE,
                          H5T_STD_U16LE,  H5T_STD_I32LE,  H5T_STD_I32BE,  H5T_STD_U32BE,
                          H5T_IEEE_F32LE, H5T_IEEE_F32BE, H5T_IEEE_F64LE, H5T_IEEE_F64BE,
                          H5T_STD_I64LE};
    const hid_t memory[] = {H5T_NATIVE_SCHAR, H5T_NATIVE_UCHAR, H5T_NATIVE_SHORT, H5T_NATIVE_FLOAT,
                            H5T_NATIVE_DOUBLE};
    size_t made = 0;
    cph_random random;
    cph_random_seed(&random, 45, 0);
    for (size_t i = 0; i < 2 * (sizeof file / sizeof file[0]); i++)
        for (size_t k = 0; k < sizeof memory / sizeof memory[0]; k++) {
            const bool pair = i % 2 == 1;
            const hid_t from = pair ? fixture_pair(file[i / 2], "r", "i") : H5Tcopy(file[i / 2]);
            const hid_t to = pair ? fixture_pair(memory[k], "r", "i") : H5Tcopy(memory[k]);
            _Alignas(8) unsigned char in[COUNT * 16], out[COUNT * 16], all[COUNT * 16];
            unsigned char between[COUNT * 16] = {0};
            cph_h5_cast cast;
            for (size_t b = 0; b < sizeof in; b++)
                in[b] = (unsigned char)cph_random_u64(&random);
            memcpy(all, in, sizeof in);
            memset(out, 0, sizeof out);
            const size_t count = COUNT - k % 2; /* odd numbers of plain ones, too */
            if (cph_h5_cast_make(from, to, &cast)) {
                CU_ASSERT(H5Tconvert(from, to, count, all, between, H5P_DEFAULT) >= 0);
                cph_h5_cast_run(&cast, in, count, out);
                CU_ASSERT_EQUAL(cast.to, H5Tget_size(to));
                CU_ASSERT(same_numbers(memory[k], out, all, count * cast.to));
                made++;
            }
            H5Tclose(from);
            H5Tclose(to);
        }
    CU_ASSERT_EQUAL(made, (size_t)2 * (1 + 2 + 4 + 12 + 12));
}

/* A pair whose imaginary part comes first in the file, apart from the other. */
static void pairs_in_another_order(void)
{
    const hid_t from = H5Tcreate(H5T_COMPOUND, 12);
    const hid_t to = fixture_pair(H5T_NATIVE_FLOAT, "r", "i");
    cph_h5_cast cast;
    H5Tinsert(from, "r", 8, H5T_IEEE_F32LE);
    H5Tinsert(from, "i", 2, H5T_IEEE_F32LE);
    CU_ASSERT(cph_h5_cast_make(from, to, &cast));
    const float re[2] = {1.0f, 3.0f}, im[2] = {2.0f, -4.0f};
    char in[24];
    for (size_t i = 0; i < 2; i++) {
        memcpy(in + 12 * i + 8, &re[i], 4);
        memcpy(in + 12 * i + 2, &im[i], 4);
    }
    cph_c32 out[2];
    cph_h5_cast_run(&cast, in, 2, out);
    CU_ASSERT(out[0].re == 1.0f && out[0].im == 2.0f && out[1].re == 3.0f && out[1].im == -4.0f);
    H5Tclose(from);
    H5Tclose(to);
}

/* ---- contiguous ---- */

static void contiguous_boxes(void)
{
    const hsize_t dim[3] = {37, 5, 8};
    const char *path = fixture_path("contiguous.h5");
    int16_t value[37 * 5 * 8], out[37 * 5 * 8];
    cph_random random;
    cph_random_seed(&random, 46, 0);
    for (size_t i = 0; i < sizeof value / sizeof value[0]; i++)
        value[i] = (int16_t)cph_random_u64(&random);
    for (unsigned big = 0; big < 2; big++) {
        hid_t file = fixture_raw(path, NULL);
        H5Dclose(fixture_set(file, "x", 3, dim, big ? H5T_STD_I16BE : H5T_STD_I16LE,
                             H5T_NATIVE_SHORT, value));
        H5Fclose(file);
        cph_exec exec;
        cph_exec_openmp(&exec, 2);
        cph_h5 h5 = {.exec = &exec};
        cph_h5_set set = {.id = -1};
        rig_set rig = {.rank = 3, .dim = {37, 5, 8}, .value = (unsigned char *)value};
        int16_t wanted[37 * 5 * 8];
        CU_ASSERT_EQUAL_FATAL(cph_h5_open(path, &h5), CPH_OK);
        CU_ASSERT_EQUAL_FATAL(cph_h5_set_open(&h5, "/x", &set), CPH_OK);
        CU_ASSERT_PTR_NOT_NULL_FATAL(set.raw);
        CU_ASSERT_PTR_NULL(set.raw->chunks);
        for (size_t turn = 0; turn < 60; turn++) {
            size_t start[3] = {0}, count[3] = {37, 5, 8}, total = sizeof(int16_t);
            for (size_t d = 0; d < 3; d++) {
                start[d] = turn % 4 <= d ? 0 : cph_random_u64(&random) % dim[d];
                count[d] =
                    turn % 4 <= d ? dim[d] : 1 + cph_random_u64(&random) % (dim[d] - start[d]);
                total *= count[d];
            }
            expect_box(&rig, start, count, sizeof(int16_t), (unsigned char *)wanted);
            memset(out, 0x11, sizeof out);
            CU_ASSERT_EQUAL(cph_h5_box_read(&h5, &set, H5T_NATIVE_SHORT, start, count, out),
                            CPH_OK);
            CU_ASSERT(memcmp(out, wanted, total) == 0);
            CU_ASSERT(total == sizeof out || ((unsigned char *)out)[total] == 0x11);
        }
        cph_h5_set_close(&set);
        cph_h5_close(&h5);
    }
}

CU_TestInfo cph_tests_data_chunks[] = {
    {"numbers of 1 to 16 bytes, any count", numbers_of_any_size_and_count},
    {"every filter, type and shape, any box", every_filter_type_and_shape},
    {"masks, chunks that were never written, edges", masks_holes_and_edges},
    {"kept chunks make room for others", kept_chunks_make_room},
    {"numbers as HDF5 makes them", numbers_as_the_library_makes_them},
    {"pairs in another order", pairs_in_another_order},
    {"contiguous boxes", contiguous_boxes},
    CU_TEST_INFO_NULL,
};
