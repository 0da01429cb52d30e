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
        /* The block that is used and two that are read, but for the last time that fits. */
        CU_ASSERT(block.times == 1 ||
                  3 * block.times * count * sizeof(cph_c16) <= config->max_memory);
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
        if (config->max_memory >= 3 * CHUNK * count * sizeof(cph_c16) && next > config->start &&
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
    for (size_t i = 0; i < 2 * sizeof memory / sizeof memory[0]; i++) {
        const size_t limit = memory[i / 2];
        const bool serial = i % 2 != 0;
        run_stream(data, &(cph_stream_config){.max_memory = limit, .serial = serial}, &longest);
        CU_ASSERT(longest <= limit / 12);
        run_stream(data,
                   &(cph_stream_config){.max_memory = limit,
                                        .serial = serial,
                                        .start = 37,
                                        .times = 500,
                                        .element = list,
                                        .elements = 2},
                   &longest);
    }
    run_stream(data, &(cph_stream_config){.max_memory = 3 * (CHUNK * 12 * 2 + 50)}, &longest);
    CU_ASSERT_EQUAL(longest, 2 * CHUNK);
    cph_data_close(data);
}

/* A capture [TIMES][3][2] of int16 whose every number is another, in chunks of CHUNK times. */
static void write_channels(const char *path, int16_t *value)
{
    for (size_t i = 0; i < (size_t)TIMES * 3 * 2 * 2; i++)
        value[i] = (int16_t)(i % 32749);
    const hsize_t dim[3] = {TIMES, 3, 2}, chunk[3] = {CHUNK, 3, 2};
    hid_t file = fixture_raw(path, "capture"), type = fixture_pair(H5T_NATIVE_SHORT, "r", "i");
    hid_t plist = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(3, dim, NULL);
    H5Pset_chunk(plist, 3, chunk);
    hid_t set = H5Dcreate2(file, "samples", type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    CU_ASSERT(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, value) >= 0);
    H5Dclose(set);
    H5Sclose(space);
    H5Pclose(plist);
    H5Tclose(type);
    H5Fclose(file);
}

static void channels_stand_one_behind_the_other(void)
{
    static int16_t value[TIMES * 3 * 2 * 2];
    const char *path = fixture_path("channels.h5");
    write_channels(path, value);
    cph_data *data = fixture_open(path, NULL);
    for (size_t i = 0; i < 4; i++) {
        const cph_stream_config config = {.start = 5,
                                          .channel = 1,
                                          .channels = 2,
                                          .serial = i % 2 != 0,
                                          .max_memory = i < 2 ? 1000 : 6000};
        cph_stream *stream = NULL;
        cph_block block = {.times = 1};
        size_t next = config.start, wrong = 0;
        CU_ASSERT_EQUAL_FATAL(cph_stream_open(data, &config, &stream, NULL), CPH_OK);
        for (; block.times > 0; next += block.times) {
            CU_ASSERT_EQUAL_FATAL(cph_stream_next(stream, &block, NULL), CPH_OK);
            CU_ASSERT_EQUAL(block.start, next);
            for (size_t k = 0; k < block.times * 2; k++) {
                const size_t c = k / block.times, t = k % block.times;
                wrong += memcmp((const cph_c16 *)block.samples + 2 * k,
                                value + ((next + t) * 3 + c + 1) * 4, 2 * sizeof(cph_c16)) != 0;
            }
        }
        CU_ASSERT_EQUAL(next, TIMES);
        CU_ASSERT_EQUAL(wrong, 0);
        cph_stream_close(stream);
    }
    cph_data_close(data);
}

/* Channels 2 and 0, input 1, as if the file had no others, and in that order. */
static void a_selection_is_all_there_is(void)
{
    static int16_t value[TIMES * 3 * 2 * 2];
    static const size_t channel[] = {2, 0}, element[] = {1}, beyond[] = {3};
    const char *path = fixture_path("channels.h5");
    write_channels(path, value);
    cph_data *data = fixture_open(path, NULL);
    cph_error error = {CPH_OK, ""};
    CU_ASSERT_EQUAL(cph_data_select(data, NULL, 0, beyond, 1, &error), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_data_select(data, beyond, 1, NULL, 0, &error), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_data_select(data, element, 0, NULL, 0, &error), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_data_header_of(data)->channels, 3);
    CU_ASSERT_EQUAL_FATAL(cph_data_select(data, element, 1, channel, 2, &error), CPH_OK);
    CU_ASSERT_EQUAL(cph_data_select(data, element, 1, channel, 2, &error), CPH_ERR_ARGUMENT);
    const cph_data_header *h = cph_data_header_of(data);
    CU_ASSERT_EQUAL_FATAL(h->channels, 2);
    CU_ASSERT_EQUAL_FATAL(h->array.elements, 1);
    CU_ASSERT_EQUAL(h->axis_elements, 1);
    CU_ASSERT_EQUAL(h->array.element[0].number, 1);
    CU_ASSERT_EQUAL(h->sample_bytes, sizeof(cph_c16[TIMES][2]));
    cph_c16 one = {0, 0};
    CU_ASSERT_EQUAL(cph_data_read_samples(data, 9, 1, 2, NULL, 1, &one, &error), CPH_ERR_ARGUMENT);
    for (size_t c = 0; c < 2; c++) {
        CU_ASSERT_EQUAL(cph_data_read_samples(data, 9, 1, c, NULL, 1, &one, &error), CPH_OK);
        CU_ASSERT_EQUAL(memcmp(&one, value + ((27 + channel[c]) * 2 + 1) * 2, sizeof one), 0);
    }
    cph_stream *stream = NULL;
    cph_block block = {.times = 0};
    const cph_stream_config config = {.channels = 2, .max_memory = 1 << 20};
    CU_ASSERT_EQUAL_FATAL(cph_stream_open(data, &config, &stream, NULL), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_stream_next(stream, &block, NULL), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(block.times, TIMES);
    size_t wrong = 0;
    for (size_t k = 0; k < 2 * (size_t)TIMES; k++)
        wrong +=
            memcmp((const cph_c16 *)block.samples + k,
                   value + ((k % TIMES * 3 + channel[k / TIMES]) * 2 + 1) * 2, sizeof one) != 0;
    CU_ASSERT_EQUAL(wrong, 0);
    cph_stream_close(stream);
    cph_data_close(data);
}

/* A capture of 64 deflated chunks of 64 KiB, one of which is overwritten. */
enum { DAMAGED = 40, DEFLATED = 64, DEFLATED_TIMES = 16384 };

static void write_damaged(const char *path)
{
    static int8_t value[DEFLATED_TIMES * 4];
    const hsize_t dim[2] = {(hsize_t)DEFLATED * DEFLATED_TIMES, 2}, chunk[2] = {DEFLATED_TIMES, 2};
    const unsigned char noise[16] = {0x5a, 0xa5};
    hid_t file = fixture_raw(path, "capture"), type = fixture_pair(H5T_NATIVE_SCHAR, "r", "i");
    hid_t plist = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(2, dim, NULL);
    H5Pset_chunk(plist, 2, chunk);
    H5Pset_deflate(plist, 1);
    hid_t set = H5Dcreate2(file, "samples", type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    hid_t memory = H5Screate_simple(2, chunk, NULL);
    for (hsize_t c = 0; c < DEFLATED; c++) {
        const hsize_t from[2] = {c * DEFLATED_TIMES, 0};
        memset(value, (int)c, sizeof value);
        H5Sselect_hyperslab(space, H5S_SELECT_SET, from, NULL, chunk, NULL);
        CU_ASSERT(H5Dwrite(set, type, memory, space, H5P_DEFAULT, value) >= 0);
    }
    const hsize_t at[2] = {(hsize_t)DAMAGED * DEFLATED_TIMES, 0};
    CU_ASSERT(H5Dwrite_chunk(set, H5P_DEFAULT, 0, at, sizeof noise, noise) >= 0);
    H5Sclose(memory);
    H5Dclose(set);
    H5Sclose(space);
    H5Pclose(plist);
    H5Tclose(type);
    H5Fclose(file);
}

static void what_cannot_be_read_is_said_in_its_turn(void)
{
    const char *path = fixture_path("damaged.h5");
    write_damaged(path);
    cph_data *data = fixture_open(path, NULL);
    for (size_t i = 0; i < 2; i++) {
        const cph_stream_config config = {.serial = i != 0,
                                          .max_memory = (size_t)3 * 4 * DEFLATED_TIMES};
        cph_stream *stream = NULL;
        cph_block block = {.times = 0};
        cph_error error = {CPH_OK, ""}, again = {CPH_OK, ""};
        size_t blocks = 0, wrong = 0;
        CU_ASSERT_EQUAL_FATAL(cph_stream_open(data, &config, &stream, NULL), CPH_OK);
        while (cph_stream_next(stream, &block, &error) == CPH_OK && block.times > 0) {
            const cph_c8 *samples = block.samples;
            for (size_t k = 0; k < 2 * block.times; k++)
                wrong += samples[k].re != (int8_t)blocks || samples[k].im != (int8_t)blocks;
            blocks++;
        }
        CU_ASSERT_EQUAL(blocks, DAMAGED);
        CU_ASSERT_EQUAL(wrong, 0);
        CU_ASSERT_EQUAL(error.status, CPH_ERR_FORMAT);
        CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "damaged.h5: /samples: chunk at [655360, 0]"));
        CU_ASSERT_EQUAL(cph_stream_next(stream, &block, &again), CPH_ERR_FORMAT);
        CU_ASSERT_STRING_EQUAL(error.message, again.message);
        cph_stream_close(stream);
    }
    cph_data_close(data);
    unlink(path);
}

/* At any moment: before the first block, in the middle, after the end. */
static void streams_may_be_closed_early(void)
{
    const char *path = fixture_path("early.h5");
    write_chunked(path);
    cph_data *data = fixture_open(path, NULL);
    for (size_t taken = 0; taken < 24; taken++) {
        cph_stream *stream = NULL;
        cph_block block = {.times = 0};
        CU_ASSERT_EQUAL_FATAL(cph_stream_open(data,
                                              &(cph_stream_config){.max_memory = 3 * CHUNK * 12},
                                              &stream, NULL),
                              CPH_OK);
        for (size_t i = 0; i < taken; i++)
            CU_ASSERT_EQUAL(cph_stream_next(stream, &block, NULL), CPH_OK);
        CU_ASSERT_EQUAL(block.times == 0, taken == 0 || taken > (TIMES + CHUNK - 1) / CHUNK);
        cph_stream_close(stream);
    }
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
    config = (cph_stream_config){.max_memory = 1000, .channels = 2};
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
    CU_ASSERT_EQUAL(block.times, limit / 3 / 2 / sizeof(cph_c8));
    CU_ASSERT(heap_bytes() < before + 8 * limit);
    cph_stream_close(stream);
    cph_data_close(data);
    unlink(path);
}

CU_TestInfo cph_tests_data_stream[] = {
    {"every sample once, in order, within the limit", every_sample_once},
    {"channels stand one behind the other", channels_stand_one_behind_the_other},
    {"a selection is all there is", a_selection_is_all_there_is},
    {"what cannot be read is said in its turn", what_cannot_be_read_is_said_in_its_turn},
    {"streams may be closed early", streams_may_be_closed_early},
    {"streams that cannot be", impossible_streams},
    {"a huge chunk without a filter is read in pieces", a_huge_plain_chunk_is_read_in_pieces},
    CU_TEST_INFO_NULL,
};
