/* SPDX-License-Identifier: MIT */
/* Streams: blocks in order, all samples once, within the memory limit, from chunk to chunk. */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "data_fixture.h"

enum { TIMES = 1000 };
#define CHUNK    ((size_t)64)
#define ELEMENTS ((size_t)3)

static int16_t value_at(size_t time, size_t element, int part)
{
    return (int16_t)(fixture_value(time, 0, element, part) * 100 + (int)(time % 97));
}

/* A capture in chunks of CHUNK times by 2 elements. */
static void write_chunked(const char *path)
{
    static int16_t value[TIMES * 3 * 2];
    for (size_t i = 0; i < TIMES * ELEMENTS * 2; i++)
        value[i] = value_at(i / 2 / ELEMENTS, i / 2 % ELEMENTS, (int)(i % 2));
    const hsize_t dim[2] = {TIMES, ELEMENTS}, chunk[2] = {CHUNK, 2};
    hid_t file = fixture_raw(path, "capture"), type = fixture_pair(H5T_NATIVE_SHORT, "r", "i");
    hid_t plist = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(2, dim, NULL);
    H5Pset_chunk(plist, 2, chunk);
    hid_t set = H5Dcreate2(file, "samples", type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    CU_ASSERT(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, value) >= 0);
    H5Dclose(set);
    H5Sclose(space);
    H5Pclose(plist);
    H5Tclose(type);
    H5Fclose(file);
}

/* Reads a whole stream; *longest is the most times a block had. */
static void run_stream(cph_data *data, const cph_stream_config *config, size_t *longest)
{
    size_t count = config->element != NULL ? config->elements : ELEMENTS;
    size_t next = config->start, end = config->times > 0 ? next + config->times : TIMES;
    cph_stream *stream = NULL;
    cph_block block = {.times = 1};
    CU_ASSERT_EQUAL_FATAL(cph_stream_open(data, config, &stream, NULL), CPH_OK);
    for (*longest = 0; block.times > 0; next += block.times) {
        CU_ASSERT_EQUAL_FATAL(cph_stream_next(stream, &block, NULL), CPH_OK);
        CU_ASSERT_EQUAL(block.start, next);
        CU_ASSERT_EQUAL((uintptr_t)block.samples % 64, 0);
        CU_ASSERT(block.times * count * sizeof(cph_c16) <= config->max_memory);
        *longest = block.times > *longest ? block.times : *longest;
        const cph_c16 *samples = block.samples;
        bool same = true;
        for (size_t i = 0; i < block.times * count; i++) {
            size_t t = next + i / count, n = i % count;
            n = config->element != NULL ? config->element[n] : n;
            same = same && samples[i].re == value_at(t, n, 0) && samples[i].im == value_at(t, n, 1);
        }
        CU_ASSERT(same);
        /* Blocks that can hold chunks start where chunks do. */
        if (config->max_memory >= CHUNK * count * sizeof(cph_c16) && next > config->start &&
            block.times > 0)
            CU_ASSERT_EQUAL(block.start % CHUNK, 0);
    }
    CU_ASSERT_EQUAL(next, end);
    cph_stream_close(stream);
}

static void every_sample_once(void)
{
    static const size_t list[] = {2, 0}, memory[] = {12, 100, CHUNK * 12, 3000, 1 << 20};
    const char *path = fixture_path("stream.h5");
    size_t longest = 0;
    write_chunked(path);
    cph_data *data = fixture_open(path, NULL);
    for (size_t i = 0; i < sizeof memory / sizeof memory[0]; i++) {
        run_stream(data, &(cph_stream_config){.max_memory = memory[i]}, &longest);
        CU_ASSERT(longest <= memory[i] / 12);
        run_stream(
            data,
            &(cph_stream_config){
                .max_memory = memory[i], .start = 37, .times = 500, .element = list, .elements = 2},
            &longest);
    }
    run_stream(data, &(cph_stream_config){.max_memory = CHUNK * 12 * 2 + 50}, &longest);
    CU_ASSERT_EQUAL(longest, 2 * CHUNK);
    cph_data_close(data);
}

static void impossible_streams(void)
{
    const char *path = fixture_path("stream.h5");
    cph_stream *stream = NULL;
    cph_error error = {CPH_OK, ""};
    write_chunked(path);
    cph_data *data = fixture_open(path, NULL);
    cph_stream_config config = {.max_memory = 11};
    CU_ASSERT_EQUAL(cph_stream_open(data, &config, &stream, &error), CPH_ERR_MEMORY);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "takes 12 bytes, the memory limit is 11"));
    config = (cph_stream_config){.max_memory = 1000, .start = 999, .times = 2};
    CU_ASSERT_EQUAL(cph_stream_open(data, &config, &stream, &error), CPH_ERR_ARGUMENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "1000 samples"));
    config = (cph_stream_config){.max_memory = 1000, .channel = 1};
    CU_ASSERT_EQUAL(cph_stream_open(data, &config, &stream, &error), CPH_ERR_ARGUMENT);
    CU_ASSERT_PTR_NULL(stream);
    cph_stream_close(NULL);
    cph_data_close(data);
}

/* A capture in one chunk without a filter, its bytes left as the file system makes them. */
static void write_one_chunk(const char *path, hsize_t times)
{
    const hsize_t dim[2] = {times, 2};
    hid_t file = fixture_raw(path, "capture"), type = fixture_pair(H5T_NATIVE_SCHAR, "r", "i");
    hid_t plist = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(2, dim, NULL);
    H5Pset_chunk(plist, 2, dim);
    H5Pset_alloc_time(plist, H5D_ALLOC_TIME_EARLY);
    H5Pset_fill_time(plist, H5D_FILL_TIME_NEVER);
    hid_t set = H5Dcreate2(file, "samples", type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    CU_ASSERT(set >= 0);
    H5Dclose(set);
    H5Sclose(space);
    H5Pclose(plist);
    H5Tclose(type);
    H5Fclose(file);
}

static size_t heap_bytes(void)
{
    const struct mallinfo2 now = mallinfo2();
    return now.hblkhd + now.uordblks;
}

static void a_huge_plain_chunk_is_read_in_pieces(void)
{
    const size_t chunk = (size_t)96 << 20, limit = (size_t)1 << 20;
    const char *path = fixture_path("huge.h5");
    cph_stream *stream = NULL;
    cph_block block;
    write_one_chunk(path, chunk / 2 / sizeof(cph_c8));
    size_t before = heap_bytes();
    cph_data *data = fixture_open(path, NULL);
    CU_ASSERT_EQUAL_FATAL(
        cph_stream_open(data, &(cph_stream_config){.max_memory = limit}, &stream, NULL), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_stream_next(stream, &block, NULL), CPH_OK);
    CU_ASSERT_EQUAL(block.times, limit / 2 / sizeof(cph_c8));
    CU_ASSERT(heap_bytes() < before + 8 * limit);
    cph_stream_close(stream);
    cph_data_close(data);
    unlink(path);
}

CU_TestInfo cph_tests_data_stream[] = {
    {"every sample once, in order, within the limit", every_sample_once},
    {"streams that cannot be", impossible_streams},
    {"a huge chunk without a filter is read in pieces", a_huge_plain_chunk_is_read_in_pieces},
    CU_TEST_INFO_NULL,
};
