/* SPDX-License-Identifier: MIT */
/* cophase calibrate --method receiver: offsets and images of a capture that has them. */
#include <CUnit/CUnit.h>
#include <complex.h>
#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/calibrate_method.h"
#include "cophase/random.h"
#include "tests/unit/data_fixture.h"

enum { N = 4, C = 2, T = 6000, SEED = 21, DEAD = 3 };
static const double scale = 0.5, rms = 2000.0;

/* In units of the samples; another in each channel. */
static double complex offset_of(size_t c, size_t n)
{
    return 300.0 * (double)n - 200.0 + I * (150.0 * (double)c - 70.0 * (double)n);
}

/* y = a x + b conj(x): of a gain and phase between I and Q. */
static double complex image_of(size_t c, size_t n)
{
    return 0.05 * (double)n * cexp(I * (1.0 + (double)n + 2.0 * (double)c));
}

static void write_faulty(const char *path, bool real)
{
    cph_data_header header;
    cph_writer *writer = NULL;
    cph_error error;
    cph_random random;
    static cph_c16 sample[T][C][N];
    cph_random_seed(&random, SEED, 0);
    fixture_header(CPH_KIND_CAPTURE, CPH_C16, C, N, &header);
    header.times = T;
    header.scale = scale;
    header.real_sampling = real;
    for (size_t n = 0; n < N; n++)
        header.array.element[n].listed = false;
    for (size_t t = 0; t < T; t++)
        for (size_t c = 0; c < C; c++)
            for (size_t n = 0; n < N; n++) {
                const cph_c64 s = cph_random_normal(&random);
                const double complex x = n == DEAD ? 0.0 : rms * (s.re + I * s.im);
                const double complex y = x + image_of(c, n) * conj(x) + offset_of(c, n);
                sample[t][c][n] = (cph_c16){(int16_t)lrint(creal(y)),
                                            real ? (int16_t)0 : (int16_t)lrint(cimag(y))};
            }
    CU_ASSERT_EQUAL_FATAL(cph_capture_create(path, &header, NULL, &writer, &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_capture_append(writer, sample, T, &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_writer_commit(writer, &error), CPH_OK);
    fixture_header_free(&header);
}

/* What the method prints as JSON, or NULL. */
static json_t *solve(const char *in, const char *out, size_t max_memory, cph_exit expected)
{
    const char *said = fixture_path("receiver.json");
    cph_calibrate_options o = {.cli = {.name = "cophase test",
                                       .input = in,
                                       .output = out,
                                       .json = true,
                                       .quiet = true,
                                       .max_memory = max_memory},
                               .reference = SIZE_MAX};
    cph_error error;
    cph_input input;
    CU_ASSERT_EQUAL_FATAL(cph_calibrate_method_find("receiver", &o.method, &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_input_open(&o.cli, o.method->input, &input), CPH_EXIT_DONE);
    fflush(stdout);
    const int keep = dup(STDOUT_FILENO), file = open(said, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CU_ASSERT_FATAL(keep >= 0 && file >= 0);
    (void)dup2(file, STDOUT_FILENO);
    const cph_exit code = o.method->run(&o, &input);
    (void)dup2(keep, STDOUT_FILENO);
    (void)close(file);
    (void)close(keep);
    cph_input_close(&input);
    CU_ASSERT_EQUAL(code, expected);
    return json_load_file(said, 0, NULL);
}

static double number(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

/* Errors of offsets and of w = -b/conj(a), a = 1, over their standard errors: mean of squares. */
static double errors_of(const json_t *said)
{
    double sum = 0.0, count = 0.0;
    for (size_t c = 0; c < C; c++) {
        const json_t *channel = json_array_get(json_object_get(said, "channels"), c);
        const json_t *list = json_object_get(channel, "receivers");
        CU_ASSERT_EQUAL_FATAL(json_array_size(list), N - 1);
        for (size_t n = 0; n + 1 < N; n++) {
            const json_t *one = json_array_get(list, n);
            const double complex offset = scale * offset_of(c, n), image = -image_of(c, n);
            CU_ASSERT_EQUAL(number(one, "element"),
                            (double)json_integer_value(json_object_get(one, "element")));
            sum +=
                pow((number(one, "offset_re") - creal(offset)) / number(one, "offset_sigma"), 2) +
                pow((number(one, "offset_im") - cimag(offset)) / number(one, "offset_sigma"), 2) +
                pow((number(one, "image_re") - creal(image)) / number(one, "image_sigma"), 2) +
                pow((number(one, "image_im") - cimag(image)) / number(one, "image_sigma"), 2);
            count += 4.0;
            CU_ASSERT(number(one, "offset_sigma") < 0.02 * rms * scale);
            CU_ASSERT(number(one, "image_sigma") < 0.01);
        }
    }
    return sum / count;
}

static void faults_are_found_and_taken_out(void)
{
    const char *in = fixture_path("faulty.h5"), *out = fixture_path("clean.h5");
    write_faulty(in, false);
    json_t *said = solve(in, out, (size_t)64 << 20, CPH_EXIT_DONE);
    const double found = errors_of(said);
    printf("seed %d, errors %.2f ", SEED, found);
    CU_ASSERT(found < 1.0 + 4.0 * sqrt(2.0 / (4 * C * (N - 1))));
    CU_ASSERT_EQUAL(json_array_size(json_object_get(said, "flagged")), 1);
    json_decref(said);
    /* The corrected capture: floats of the same unit, no mean and no E[y^2]; a dead one as it was.
     */
    cph_data *data = fixture_open(out, NULL);
    const cph_data_header *h = cph_data_header_of(data);
    static cph_c32 sample[T][N];
    cph_error error;
    CU_ASSERT(h->type == CPH_C32 && h->times == T && h->scale == scale && h->channels == C);
    for (size_t c = 0; c < C; c++) {
        CU_ASSERT_EQUAL_FATAL(cph_data_read_samples(data, 0, T, c, NULL, N, sample, &error),
                              CPH_OK);
        for (size_t n = 0; n < N; n++) {
            double complex mean = 0.0, square = 0.0;
            double power = 0.0;
            for (size_t t = 0; t < T; t++) {
                const double complex z = (double)sample[t][n].re + I * (double)sample[t][n].im;
                mean += z / T;
                square += z * z / T;
                power += creal(z * conj(z)) / T;
            }
            if (n == DEAD) {
                CU_ASSERT(cabs(mean - offset_of(c, n)) < 1.0);
            } else {
                CU_ASSERT(cabs(mean) < 1e-3 * rms && cabs(square) < 1e-3 * power);
            }
        }
    }
    cph_data_close(data);
}

static void little_memory_is_enough(void)
{
    const char *in = fixture_path("faulty.h5"), *out = fixture_path("clean.h5");
    write_faulty(in, false);
    json_t *most = solve(in, out, (size_t)64 << 20, CPH_EXIT_DONE);
    json_t *least = solve(in, out, (size_t)T * 12 * 2 + 5, CPH_EXIT_DONE); /* two at a time */
    CU_ASSERT_EQUAL(json_equal(most, least), 1);
    json_decref(most);
    json_decref(least);
    CU_ASSERT_PTR_NULL(solve(in, out, (size_t)T * 12 - 1, CPH_EXIT_LIMIT));
}

static void real_samples_are_refused(void)
{
    const char *in = fixture_path("real.h5"), *out = fixture_path("none.h5");
    write_faulty(in, true);
    CU_ASSERT_PTR_NULL(solve(in, out, (size_t)64 << 20, CPH_EXIT_INPUT));
    CU_ASSERT_EQUAL(fixture_size(out), SIZE_MAX);
}

CU_TestInfo cph_tests_calibrate_receiver[] = {
    {"faults are found and taken out", faults_are_found_and_taken_out},
    {"little memory is enough", little_memory_is_enough},
    {"real samples are refused", real_samples_are_refused},
    CU_TEST_INFO_NULL,
};
