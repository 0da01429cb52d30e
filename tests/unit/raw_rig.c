/* SPDX-License-Identifier: MIT */
#include "raw_rig.h"

#include <stdlib.h>
#include <string.h>

enum { RAW_ELEMENTS = 8, RAW_MOST = 1024 };

FILE *raw_create(const char *name)
{
    FILE *file = fopen(fixture_path(name), "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    return file;
}

void raw_text(const char *name, const char *text)
{
    FILE *file = raw_create(name);
    fputs(text, file);
    CU_ASSERT_EQUAL(fclose(file), 0);
}

static uint64_t bits_of(const char *type, int value)
{
    const float single = (float)value;
    const double both = value;
    const int bits = (int)strtol(type + 2, NULL, 10);
    uint64_t word = 0;
    uint32_t half;
    if (type[1] == 'f' && bits == 64)
        memcpy(&word, &both, sizeof word);
    else if (type[1] == 'f') {
        memcpy(&half, &single, sizeof half);
        word = half;
    } else
        word = (uint64_t)value + (type[1] == 'u' ? (uint64_t)1 << (bits - 1) : 0);
    return word;
}

void raw_put(FILE *file, const char *type, size_t time, size_t element)
{
    const size_t bytes = (size_t)strtol(type + 2, NULL, 10) / 8;
    const bool big = strstr(type, "_be") != NULL;
    for (int part = 0; part < (type[0] == 'c' ? 2 : 1); part++) {
        const uint64_t word = bits_of(type, fixture_value(time, 0, element, part));
        for (size_t i = 0; i < bytes; i++)
            fputc((int)(word >> 8 * (big ? bytes - 1 - i : i) & 0xff), file);
    }
}

void raw_put_rows(FILE *file, const char *type, size_t first, size_t times, size_t elements)
{
    for (size_t t = first; t < first + times; t++)
        for (size_t n = 0; n < elements; n++)
            raw_put(file, type, t, n);
}

static double part_at(cph_type type, const void *samples, size_t i)
{
    return type == CPH_C8    ? ((const int8_t *)samples)[i]
           : type == CPH_C16 ? ((const int16_t *)samples)[i]
                             : (double)((const float *)samples)[i];
}

/* samples[times][count] are elements element[] from `start` on. */
static void check_box(cph_type type, bool real, const void *samples, size_t start, size_t times,
                      const size_t *element, size_t count)
{
    bool same = true;
    for (size_t i = 0; i < times * count * 2; i++) {
        const size_t t = start + i / 2 / count, n = element[i / 2 % count];
        const int part = (int)(i % 2);
        const double wanted = real && part == 1 ? 0.0 : fixture_value(t, 0, n, part);
        same = same && part_at(type, samples, i) == wanted;
    }
    CU_ASSERT(same);
}

static void check_stream(cph_data *data, bool real, size_t elements, const size_t *all)
{
    const cph_data_header *h = cph_data_header_of(data);
    const cph_stream_config config = {.max_memory = 7 * elements * cph_type_size(h->type)};
    cph_stream *stream = NULL;
    cph_block block = {.times = 1};
    size_t next = 0;
    CU_ASSERT_EQUAL_FATAL(cph_stream_open(data, &config, &stream, NULL), CPH_OK);
    for (; block.times > 0; next += block.times) {
        CU_ASSERT_EQUAL_FATAL(cph_stream_next(stream, &block, NULL), CPH_OK);
        CU_ASSERT_EQUAL(block.start, next);
        check_box(h->type, real, block.samples, next, block.times, all, elements);
    }
    CU_ASSERT_EQUAL(next, h->times);
    cph_stream_close(stream);
}

void raw_check(const char *path, cph_type type, bool real, size_t times, size_t elements)
{
    static const size_t some[] = {2, 0};
    cph_data *data = fixture_open(path, NULL);
    const cph_data_header *h = cph_data_header_of(data);
    static cph_c32 samples[RAW_MOST];
    size_t all[RAW_ELEMENTS];
    CU_ASSERT_FATAL(times * elements <= RAW_MOST && elements <= RAW_ELEMENTS);
    CU_ASSERT_EQUAL(h->kind, CPH_KIND_CAPTURE);
    CU_ASSERT_EQUAL(h->type, type);
    CU_ASSERT_EQUAL(h->real_sampling, real);
    CU_ASSERT_EQUAL_FATAL(h->times, times);
    CU_ASSERT_EQUAL(h->channels, 1);
    CU_ASSERT_EQUAL_FATAL(h->array.elements, elements);
    CU_ASSERT_EQUAL(h->sample_bytes, times * elements * cph_type_size(type));
    for (size_t n = 0; n < elements; n++)
        all[n] = n;
    CU_ASSERT_EQUAL(cph_data_read_samples(data, 0, times, 0, NULL, elements, samples, NULL),
                    CPH_OK);
    check_box(type, real, samples, 0, times, all, elements);
    CU_ASSERT_EQUAL(cph_data_read_samples(data, 1, times - 2, 0, some, 2, samples, NULL), CPH_OK);
    check_box(type, real, samples, 1, times - 2, some, 2);
    CU_ASSERT_EQUAL(cph_data_read_samples(data, 3, 1, 0, all + 1, 2, samples, NULL), CPH_OK);
    check_box(type, real, samples, 3, 1, all + 1, 2);
    check_stream(data, real, elements, all);
    cph_data_close(data);
}
