/* SPDX-License-Identifier: MIT */
/* What is written in the project's own layout is read back, every kind; values tell every axis and
 * part apart, so that a transpose, a conjugate or a wrong row shows. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/data_write.h"
#include "data_fixture.h"

enum { TIMES = 7, CHANNELS = 3 };
#define ELEMENTS ((size_t)5)

/* Stores fixture values of one sample type, and gives one part back. */
static void store(cph_type type, void *samples, size_t index, int re, int im)
{
    if (type == CPH_C8)
        ((cph_c8 *)samples)[index] = (cph_c8){(int8_t)re, (int8_t)im};
    else if (type == CPH_C16)
        ((cph_c16 *)samples)[index] = (cph_c16){(int16_t)(re * 200), (int16_t)(im * 200)};
    else
        ((cph_c32 *)samples)[index] = (cph_c32){(float)re * 1.5f, (float)im * 1.5f};
}

static void fill(cph_type type, size_t start, size_t times, size_t channels, size_t elements,
                 void *samples)
{
    for (size_t t = 0, i = 0; t < times; t++)
        for (size_t c = 0; c < channels; c++)
            for (size_t n = 0; n < elements; n++, i++)
                store(type, samples, i, fixture_value(start + t, c, n, 0),
                      fixture_value(start + t, c, n, 1));
}

static void write_capture(const char *path, cph_data_header *header, size_t times,
                          const cph_write_options *options)
{
    cph_writer *writer = NULL;
    size_t last = header->kind == CPH_KIND_BEAMS ? header->beams : header->array.elements;
    void *samples = calloc(times * header->channels * last + 1, sizeof(cph_c32));
    header->times = times;
    CU_ASSERT_EQUAL_FATAL(cph_capture_create(path, header, options, &writer, NULL), CPH_OK);
    /* In two pieces, the second one starting inside a chunk. */
    for (size_t done = 0, now = 2; done < times; done += now, now = times - done) {
        fill(header->type, done, now, header->channels, last, samples);
        CU_ASSERT_EQUAL(cph_capture_append(writer, samples, now, NULL), CPH_OK);
    }
    CU_ASSERT_EQUAL_FATAL(cph_writer_commit(writer, NULL), CPH_OK);
    free(samples);
}

/* Reads a box of one channel with a list of elements and compares with what was stored. */
static void check_block(cph_data *data, size_t start, size_t times, size_t channel,
                        const size_t *element, size_t elements)
{
    cph_type type = cph_data_header_of(data)->type;
    unsigned char is[TIMES * ELEMENTS * sizeof(cph_c32)] = {0}, wanted[sizeof is] = {0};
    for (size_t t = 0; t < times; t++)
        for (size_t i = 0; i < elements; i++) {
            size_t n = element != NULL ? element[i] : i;
            store(type, wanted, t * elements + i, fixture_value(start + t, channel, n, 0),
                  fixture_value(start + t, channel, n, 1));
        }
    CU_ASSERT_EQUAL(cph_data_read_samples(data, start, times, channel, element, elements, is, NULL),
                    CPH_OK);
    CU_ASSERT_EQUAL(memcmp(is, wanted, times * elements * cph_type_size(type)), 0);
}

static void capture_of(cph_type type, size_t channels)
{
    static const size_t swapped[] = {4, 1, 1}, run[] = {1, 2, 3};
    const char *path = fixture_path("capture.h5");
    cph_data_header header;
    fixture_header(CPH_KIND_CAPTURE, type, channels, ELEMENTS, &header);
    write_capture(path, &header, TIMES, NULL);
    cph_data *data = fixture_open(path, NULL);
    const cph_data_header *h = cph_data_header_of(data);
    CU_ASSERT_EQUAL(h->kind, CPH_KIND_CAPTURE);
    CU_ASSERT_STRING_EQUAL(h->format, "cophase");
    CU_ASSERT_STRING_EQUAL(cph_data_path(data), path);
    CU_ASSERT_EQUAL(h->times, TIMES);
    CU_ASSERT_EQUAL(h->channels, channels);
    CU_ASSERT_EQUAL(h->axis_elements, ELEMENTS);
    CU_ASSERT_EQUAL(h->type, type);
    CU_ASSERT_EQUAL(h->scale, 0.25);
    CU_ASSERT_EQUAL(h->sample_rate_hz, 2e6);
    CU_ASSERT_EQUAL(h->center_freq_hz, 11.7e9);
    CU_ASSERT(isnan(h->if_freq_hz) && !h->real_sampling);
    CU_ASSERT_EQUAL(h->time_start_unix_s, 1704605037.25);
    CU_ASSERT_EQUAL(h->channel_freq_hz[channels - 1], 11.7e9 + 1e6 * (double)(channels - 1));
    CU_ASSERT_EQUAL(h->sample_bytes, TIMES * channels * ELEMENTS * cph_type_size(type));
    fixture_same_array(&h->array, &header.array);
    for (size_t c = 0; c < channels; c++) {
        check_block(data, 0, TIMES, c, NULL, ELEMENTS);
        check_block(data, 3, 2, c, swapped, 3);
        check_block(data, 1, 4, c, run, 3);
        check_block(data, TIMES, 0, c, NULL, ELEMENTS);
    }
    cph_data_close(data);
    fixture_header_free(&header);
}

static void captures_come_back(void)
{
    for (unsigned type = 0; type < CPH_TYPE_COUNT; type++) {
        capture_of((cph_type)type, 1);
        capture_of((cph_type)type, CHANNELS);
    }
}

static void beams_come_back(void)
{
    const char *path = fixture_path("beams.h5");
    cph_data_header header;
    fixture_header(CPH_KIND_BEAMS, CPH_C32, CHANNELS, ELEMENTS, &header);
    header.beams = 2;
    write_capture(path, &header, TIMES, NULL);
    cph_data *data = fixture_open(path, NULL);
    const cph_data_header *h = cph_data_header_of(data);
    CU_ASSERT_EQUAL(h->kind, CPH_KIND_BEAMS);
    CU_ASSERT_EQUAL(h->beams, 2);
    CU_ASSERT_EQUAL(h->times, TIMES);
    check_block(data, 2, 3, 1, NULL, 2);
    cph_data_close(data);
    fixture_header_free(&header);
}

/* Real samples are stored as such and come back as {x, 0}. */
static void real_samples_stay_real(void)
{
    const char *path = fixture_path("real.h5");
    const cph_c8 in[6] = {{1, 0}, {-2, 0}, {3, 0}, {-4, 0}, {127, 0}, {-128, 0}};
    cph_c8 out[6];
    cph_writer *writer = NULL;
    cph_data_header header;
    fixture_header(CPH_KIND_CAPTURE, CPH_C8, 1, 2, &header);
    header.real_sampling = true;
    header.if_freq_hz = 4.092e6;
    CU_ASSERT_EQUAL_FATAL(cph_capture_create(path, &header, NULL, &writer, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_capture_append(writer, in, 3, NULL), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_writer_commit(writer, NULL), CPH_OK);
    cph_data *data = fixture_open(path, NULL);
    CU_ASSERT(cph_data_header_of(data)->real_sampling);
    CU_ASSERT_EQUAL(cph_data_header_of(data)->if_freq_hz, 4.092e6);
    CU_ASSERT_EQUAL(cph_data_header_of(data)->type, CPH_C8);
    CU_ASSERT_EQUAL(cph_data_read_samples(data, 0, 3, 0, NULL, 2, out, NULL), CPH_OK);
    CU_ASSERT_EQUAL(memcmp(in, out, sizeof in), 0);
    cph_data_close(data);
    fixture_header_free(&header);
}

static cph_c64 covariance_value(size_t time, size_t channel, size_t i, size_t j)
{
    return (cph_c64){(double)(1000 * time + 100 * channel + 10 * i + j) + DBL_EPSILON,
                     -1.0 - (double)(1000 * i + 10 * j + time)};
}

static void covariances_come_back(void)
{
    static const size_t list[] = {3, 0, 4};
    const char *path = fixture_path("covariance.h5");
    cph_c64 r[ELEMENTS * ELEMENTS];
    cph_writer *writer = NULL;
    cph_data_header header;
    fixture_header(CPH_KIND_COVARIANCE, CPH_C32, CHANNELS, ELEMENTS, &header);
    header.times = 2;
    header.has_diagonal = false;
    header.time_unix_s = calloc(2, sizeof(double));
    header.time_unix_s[0] = 1e9 + 0.5;
    header.time_unix_s[1] = 1e9 + 1.5;
    CU_ASSERT_EQUAL_FATAL(cph_covariance_create_file(path, &header, NULL, &writer, NULL), CPH_OK);
    for (size_t t = 2; t-- > 0;) /* any order */
        for (size_t c = 0; c < CHANNELS; c++) {
            for (size_t k = 0; k < ELEMENTS * ELEMENTS; k++)
                r[k] = covariance_value(t, c, k / ELEMENTS, k % ELEMENTS);
            CU_ASSERT_EQUAL(cph_covariance_put(writer, t, c, r, NULL), CPH_OK);
        }
    CU_ASSERT_EQUAL_FATAL(cph_writer_commit(writer, NULL), CPH_OK);
    cph_data *data = fixture_open(path, NULL);
    const cph_data_header *h = cph_data_header_of(data);
    CU_ASSERT_EQUAL(h->kind, CPH_KIND_COVARIANCE);
    CU_ASSERT(h->times == 2 && h->channels == CHANNELS && !h->has_diagonal);
    CU_ASSERT_EQUAL(h->time_unix_s[1], 1e9 + 1.5);
    CU_ASSERT_EQUAL(h->integration_s, 0.5);
    CU_ASSERT_EQUAL(h->n_samples, 1e6);
    fixture_same_array(&h->array, &header.array);
    CU_ASSERT_EQUAL(cph_data_read_covariance(data, 1, 2, NULL, ELEMENTS, r, NULL), CPH_OK);
    cph_c64 one = covariance_value(1, 2, 3, 1);
    CU_ASSERT(r[3 * ELEMENTS + 1].re == one.re && r[3 * ELEMENTS + 1].im == one.im);
    CU_ASSERT_EQUAL(cph_data_read_covariance(data, 0, 1, list, 3, r, NULL), CPH_OK);
    for (size_t k = 0; k < 9; k++) {
        one = covariance_value(0, 1, list[k / 3], list[k % 3]);
        CU_ASSERT(r[k].re == one.re && r[k].im == one.im);
    }
    cph_data_close(data);
    fixture_header_free(&header);
}

static void truth_comes_back(void)
{
    static const char *const source[] = {"azel:20,10 snr=0dB", "jammer azel:-40,5"};
    const char *path = fixture_path("truth.h5");
    const cph_c64 gain[3] = {{1.0, -0.25}, {NAN, NAN}, {0.5, 2.0}};
    const cph_c8 sample[3] = {{1, 2}, {3, 4}, {5, 6}};
    static const double delay[3] = {1e-9, 0.0, -2e-9};
    cph_c64 out[3];
    cph_writer *writer = NULL;
    cph_data_header header;
    cph_error error;
    fixture_header(CPH_KIND_CAPTURE, CPH_C8, 1, 3, &header);
    CU_ASSERT_EQUAL_FATAL(cph_capture_create(path, &header, NULL, &writer, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_capture_truth_delays(writer, delay, &error), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_capture_truth(writer, gain, source, 2, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_capture_truth_delays(writer, delay, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_capture_append(writer, sample, 1, NULL), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_writer_commit(writer, NULL), CPH_OK);
    cph_data *data = fixture_open(path, NULL);
    CU_ASSERT_EQUAL(cph_data_read_truth(data, NAN, out, NULL), CPH_OK);
    CU_ASSERT(out[0].re == 1.0 && out[0].im == -0.25 && isnan(out[1].re) && out[2].im == 2.0);
    cph_data_close(data);
    write_capture(path, &header, 2, NULL);
    data = fixture_open(path, NULL);
    CU_ASSERT_EQUAL(cph_data_read_truth(data, NAN, out, &error), CPH_ERR_MISSING);
    cph_data_close(data);
    fixture_header_free(&header);
}

static void read_history(const char *path, char *text, size_t size)
{
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t attr = H5Aopen(file, "history", H5P_DEFAULT), type = H5Aget_type(attr);
    char *value = NULL;
    CU_ASSERT(H5Aread(attr, type, (void *)&value) >= 0);
    CU_ASSERT_FATAL(value != NULL && strlen(value) < size);
    snprintf(text, size, "%s", value);
    H5free_memory(value);
    H5Tclose(type);
    H5Aclose(attr);
    H5Fclose(file);
}

/* A file made of two files that share an ancestor tells of all three, each once, in order. */
static void history_is_handed_on(void)
{
    const char *a = fixture_path("a.h5"), *b = fixture_path("b.h5"), *c = fixture_path("c.h5");
    const char *text_file = fixture_path("no.h5");
    const char *const of_b[] = {a, NULL}, *const of_c[] = {a, b, text_file, NULL};
    char text[200];
    cph_data_header header;
    fixture_header(CPH_KIND_CAPTURE, CPH_C8, 1, 2, &header);
    write_capture(a, &header, 3, &(cph_write_options){.history = "{\"command\":\"one\"}"});
    write_capture(b, &header, 3,
                  &(cph_write_options){.history = "{\"command\":\"two\"}", .inputs = of_b});
    write_capture(c, &header, 3,
                  &(cph_write_options){.history = "{\"command\":\"three\"}", .inputs = of_c});
    read_history(c, text, sizeof text);
    CU_ASSERT_STRING_EQUAL(text,
                           "{\"command\":\"one\"}\n{\"command\":\"two\"}\n{\"command\":\"three\"}");
    fixture_header_free(&header);
}

/* The same content gives the same bytes, whenever it is written. */
static void files_are_reproducible(void)
{
    const char *path[2] = {fixture_path("same-a.h5"), fixture_path("same-b.h5")};
    char *bytes[2];
    size_t size[2];
    cph_data_header header;
    fixture_header(CPH_KIND_CAPTURE, CPH_C16, 1, 3, &header);
    for (size_t i = 0; i < 2; i++) {
        write_capture(path[i], &header, 5, NULL);
        size[i] = fixture_size(path[i]);
        bytes[i] = calloc(size[i], 1);
        FILE *file = fopen(path[i], "rb");
        CU_ASSERT_EQUAL(fread(bytes[i], 1, size[i], file), size[i]);
        fclose(file);
    }
    CU_ASSERT_EQUAL(size[0], size[1]);
    CU_ASSERT_EQUAL(memcmp(bytes[0], bytes[1], size[0]), 0);
    free(bytes[0]);
    free(bytes[1]);
    fixture_header_free(&header);
}

CU_TestInfo cph_tests_data_native[] = {
    {"captures come back, every type", captures_come_back},
    {"beams come back", beams_come_back},
    {"real samples stay real", real_samples_stay_real},
    {"covariances come back", covariances_come_back},
    {"truth comes back, or is missing", truth_comes_back},
    {"history is handed on, each line once", history_is_handed_on},
    {"the same content gives the same bytes", files_are_reproducible},
    CU_TEST_INFO_NULL,
};
