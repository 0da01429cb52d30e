/* SPDX-License-Identifier: MIT */
/* Captures in which times were lost, through a filter bank or to complex baseband: what comes out
 * is what the whole capture gives, where nothing that it is made of was lost, and nothing else. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/channelizer.h"
#include "cophase/baseband.h"
#include "cophase/random.h"
#include "data_fixture.h"

enum { TIMES = 1500, N = 3, SEED = 77, LOST_VALUE = -32768 };

/* Runs [first, end) of the whole that were recorded: behind an odd loss, one that is too short for
 * a window, one that begins at a multiple of everything. */
static const size_t recorded[][2] = {{0, 301}, {334, 700}, {703, 708}, {960, TIMES}};
enum { RUNS = sizeof recorded / sizeof recorded[0] };

typedef enum what { WHOLE, GAPS, IN_PLACE } what;

static bool is_lost(size_t t)
{
    for (size_t i = 0; i < RUNS; i++)
        if (t >= recorded[i][0] && t < recorded[i][1])
            return false;
    return true;
}

static cph_data_gap gap[RUNS];

static void set_header(cph_data_header *h, cph_type type, bool real, what kind)
{
    fixture_header(CPH_KIND_CAPTURE, type, 1, N, h);
    h->center_freq_hz = 1e9;
    h->sample_rate_hz = 1e6;
    h->if_freq_hz = real ? 3e5 : NAN;
    h->real_sampling = real;
    h->channel_freq_hz[0] = h->center_freq_hz;
    for (size_t n = 0; n < N; n++)
        h->array.element[n].polarization = 0;
    if (kind == GAPS) {
        h->gap = gap;
        for (size_t i = 1, at = 0; i < RUNS; i++) {
            at += recorded[i - 1][1] - recorded[i - 1][0];
            gap[h->gaps++] = (cph_data_gap){at, recorded[i][0]};
        }
    }
    h->has_lost_value = kind == IN_PLACE && type != CPH_C32;
    h->lost_value = LOST_VALUE;
}

static void write_capture(const char *path, cph_type type, bool real, what kind)
{
    static cph_c16 narrow[TIMES][N];
    static cph_c32 wide[TIMES][N];
    const float lost = type == CPH_C32 ? (float)NAN : (float)LOST_VALUE;
    cph_data_header header;
    cph_writer *writer = NULL;
    cph_error error;
    cph_random random;
    size_t used = 0;
    cph_random_seed(&random, SEED, 0);
    for (size_t t = 0; t < TIMES; t++)
        for (size_t n = 0; n < N; n++) {
            const cph_c64 x = cph_random_normal(&random);
            const bool keep = kind != GAPS || !is_lost(t);
            cph_c32 y = {(float)lrint(900.0 * x.re), real ? 0.0F : (float)lrint(900.0 * x.im)};
            if (kind == IN_PLACE && is_lost(t))
                y = (cph_c32){lost, real ? 0.0F : lost};
            wide[used][n] = y;
            narrow[used][n] =
                type == CPH_C32 ? (cph_c16){0, 0} : (cph_c16){(int16_t)y.re, (int16_t)y.im};
            used += keep && n == N - 1;
        }
    static const cph_c64 truth[N] = {{1.0, 0.5}, {0.25, -1.0}, {NAN, NAN}};
    set_header(&header, type, real, kind);
    CU_ASSERT_EQUAL_FATAL(cph_capture_create(path, &header, NULL, &writer, &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(
        cph_capture_append(writer, type == CPH_C32 ? (const void *)wide : narrow, used, &error),
        CPH_OK);
    CU_ASSERT_EQUAL(cph_capture_truth(writer, truth, NULL, 0, &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_writer_commit(writer, &error), CPH_OK);
    header.gap = NULL;
    fixture_header_free(&header);
}

/* ---- what came out ---- */

typedef struct made {
    cph_data *data;
    const cph_data_header *h;
    cph_c32 *x; /* [times][channels][elements] */
} made;

static made read_all(const char *path)
{
    made m = {.data = fixture_open(path, NULL)};
    cph_error error;
    m.h = cph_data_header_of(m.data);
    const size_t channels = m.h->channels, n = m.h->axis_elements;
    m.x = calloc(m.h->times * channels * n + 1, sizeof *m.x);
    cph_c32 *const one = calloc(m.h->times * n + 1, sizeof *one);
    CU_ASSERT_FATAL(m.x != NULL && one != NULL);
    for (size_t c = 0; c < channels; c++) {
        CU_ASSERT_EQUAL_FATAL(cph_data_read_samples(m.data, 0, m.h->times, c, NULL, n, one, &error),
                              CPH_OK);
        for (size_t t = 0; one != NULL && t < m.h->times; t++)
            memcpy(m.x + (t * channels + c) * n, one + t * n, n * sizeof *one);
    }
    free(one);
    return m;
}

static void release(made *m)
{
    cph_data_close(m->data);
    free(m->x);
}

static void channelize(const char *in, const char *out, size_t channels, size_t oversample,
                       double start)
{
    const cph_cli cli = {.name = "cophase test",
                         .input = in,
                         .output = out,
                         .quiet = true,
                         .max_memory = (size_t)64 << 20,
                         .start = {.value = start, .samples = true}};
    const cph_channelize_config config = {
        .channels = channels, .oversample = oversample, .taps = 4, .quick = true};
    cph_input input;
    cph_channelizer c;
    CU_ASSERT_EQUAL_FATAL(
        cph_input_open(
            &cli, CPH_TAKES_CAPTURE | (channels > 1 ? CPH_TAKES_REAL : CPH_NEEDS_BASEBAND), &input),
        CPH_EXIT_DONE);
    CU_ASSERT_EQUAL_FATAL(cph_channelizer_run(&input, &config, &c), CPH_EXIT_DONE);
    cph_channelizer_free(&c);
    cph_input_close(&input);
}

/* Whether samples [first, first + length) of the whole were all recorded. */
static bool whole_window(size_t first, size_t length)
{
    for (size_t t = first; t < first + length; t++)
        if (is_lost(t))
            return false;
    return true;
}

/* Of `channels`, output m is made of samples [m step, m step + length). */
static void compare(const made *all, const made *part, what kind, size_t step, size_t length)
{
    const size_t row = all->h->channels * N;
    size_t used = 0, lost = 0;
    CU_ASSERT_EQUAL_FATAL(part->h->channels, all->h->channels);
    CU_ASSERT_EQUAL(part->h->time_start_unix_s, all->h->time_start_unix_s);
    for (size_t m = 0; m < all->h->times; m++) {
        const bool kept = whole_window(m * step, length);
        if (!kept && kind == GAPS)
            continue;
        CU_ASSERT_FATAL(used < part->h->times);
        CU_ASSERT_EQUAL(cph_data_global(part->h, used), m);
        const cph_c32 *const x = part->x + used++ * row;
        for (size_t i = 0; !kept && i < row; i++)
            CU_ASSERT_FATAL(isnan(x[i].re) && isnan(x[i].im));
        if (kept)
            CU_ASSERT_EQUAL_FATAL(memcmp(x, all->x + m * row, row * sizeof *x), 0);
        lost += !kept;
    }
    CU_ASSERT_EQUAL(used, part->h->times);
    CU_ASSERT(kind == GAPS ? part->h->gaps > 0 : lost > 0);
    printf("channelize_gaps: seed %d, %zu times, %zu gaps, %zu lost\n", SEED, used, part->h->gaps,
           lost);
}

static void one_shape(cph_type type, bool real, size_t channels, size_t oversample)
{
    const char *const whole = fixture_path("whole.h5"), *const out = fixture_path("whole_ch.h5");
    const size_t bank = real ? 2 * channels : channels;
    write_capture(whole, type, real, WHOLE);
    channelize(whole, out, channels, oversample, 0.0);
    made all = read_all(out);
    CU_ASSERT_EQUAL(all.h->gaps, 0);
    for (what kind = GAPS; kind <= IN_PLACE; kind++) {
        const char *const path = fixture_path("part.h5"), *const to = fixture_path("part_ch.h5");
        write_capture(path, type, real, kind);
        channelize(path, to, channels, oversample, 0.0);
        made part = read_all(to);
        if (channels == 1)
            compare(&all, &part, kind, 2, 127);
        else
            compare(&all, &part, kind, bank / oversample, 4 * bank);
        cph_c64 truth[N];
        cph_error error;
        CU_ASSERT_EQUAL(cph_data_read_truth(part.data,
                                            cph_data_header_of(part.data)->center_freq_hz, truth,
                                            &error),
                        CPH_OK);
        CU_ASSERT(truth[1].re == 0.25 && truth[1].im == -1.0 && isnan(truth[2].re));
        release(&part);
    }
    release(&all);
}

static void banks_leave_out_what_was_lost(void)
{
    if (!CPH_HAVE_FFTW)
        return;
    one_shape(CPH_C16, false, 6, 1);
    one_shape(CPH_C16, false, 6, 2);
    one_shape(CPH_C32, false, 5, 1);
    one_shape(CPH_C16, true, 6, 2);
    one_shape(CPH_C32, true, 6, 1);
}

static void baseband_leaves_out_what_was_lost(void)
{
    one_shape(CPH_C16, true, 1, 1);
    one_shape(CPH_C32, true, 1, 1);
}

/* From a lost sample on: the grid is that of the first one behind it. */
static void a_part_begins_its_own_grid(void)
{
    if (!CPH_HAVE_FFTW)
        return;
    const char *const path = fixture_path("part.h5"), *const to = fixture_path("part_ch.h5");
    write_capture(path, CPH_C16, false, GAPS);
    channelize(path, to, 6, 1, 305.0); /* lost: the next one is number 334 of all */
    made part = read_all(to);
    const double first = (334.0 + 12.0) / 1e6;
    cph_data *const data = fixture_open(path, NULL);
    CU_ASSERT_DOUBLE_EQUAL(part.h->time_start_unix_s - cph_data_header_of(data)->time_start_unix_s,
                           first, 1e-6);
    CU_ASSERT_EQUAL_FATAL(part.h->gaps, 1);
    /* (366 - 24)/6 + 1 outputs; 960 - 334 = 626 is followed by 630 = 105 times 6. */
    CU_ASSERT_EQUAL(part.h->gap[0].sample, 58);
    CU_ASSERT_EQUAL(part.h->gap[0].global, 105);
    cph_data_close(data);
    release(&part);
}

/* Frequencies, rate and start of what is shown of real samples; what is refused. */
static void baseband_is_a_view(void)
{
    const char *const path = fixture_path("whole.h5");
    cph_error error;
    write_capture(path, CPH_C16, true, WHOLE);
    cph_data *data = fixture_open(path, NULL);
    const cph_data_header before = *cph_data_header_of(data);
    const size_t element[2] = {2, 0};
    CU_ASSERT_EQUAL_FATAL(cph_data_select(data, element, 2, NULL, 0, &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_data_baseband(data, &error), CPH_OK);
    const cph_data_header *const h = cph_data_header_of(data);
    CU_ASSERT_EQUAL(h->times, (TIMES - 127) / 2 + 1);
    CU_ASSERT_FALSE(h->real_sampling);
    CU_ASSERT_EQUAL(h->type, CPH_C32);
    CU_ASSERT_EQUAL(h->sample_rate_hz, 5e5);
    CU_ASSERT_EQUAL(h->channel_freq_hz[0], 1e9 - 3e5 + 2.5e5);
    CU_ASSERT_DOUBLE_EQUAL(h->time_start_unix_s, before.time_start_unix_s + 63e-6, 1e-6);
    CU_ASSERT(h->baseband_error > 0.0 && h->baseband_error < 1e-3);
    CU_ASSERT_EQUAL(cph_data_baseband(data, &error), CPH_ERR_ARGUMENT);
    /* A list of a list, from an odd sample on: as the library makes it of the file's samples. */
    static cph_c16 raw[TIMES];
    cph_data *const file = fixture_open(path, NULL);
    const size_t zero = 0;
    CU_ASSERT_EQUAL(cph_data_read_samples(file, 0, TIMES, 0, &zero, 1, raw, &error), CPH_OK);
    const cph_baseband_config config = {.elements = 1, .type = CPH_C16};
    cph_baseband_plan *plan = NULL;
    static cph_c32 expected[TIMES], found[TIMES];
    CU_ASSERT_EQUAL_FATAL(cph_baseband_create(&config, &plan), CPH_OK);
    CU_ASSERT_EQUAL(cph_baseband_run(plan, raw, 1, TIMES, 0, expected, 1), CPH_OK);
    const size_t last = 1;
    CU_ASSERT_EQUAL(cph_data_read_samples(data, 7, 600, 0, &last, 1, found, &error), CPH_OK);
    CU_ASSERT_EQUAL(memcmp(found, expected + 7, 600 * sizeof *found), 0);
    cph_baseband_destroy(plan);
    cph_data_close(file);
    cph_data_close(data);
    write_capture(path, CPH_C16, false, WHOLE);
    data = fixture_open(path, NULL);
    CU_ASSERT_EQUAL(cph_data_baseband(data, &error), CPH_ERR_ARGUMENT);
    cph_data_close(data);
}

/* A tone of amplitude A at the samples' frequency f: what verbs read turns by f less a quarter of
 * the rate, keeps A, and comes late in later elements, not early; none of that is so of a mirror
 * image. */
static void phases_of_real_samples_count(void)
{
    enum { OUT = (TIMES - 127) / 2 + 1 };
    const char *const path = fixture_path("tone.h5");
    const double amplitude = 900.0, f = 0.29, late = 0.6;
    static cph_c16 x[TIMES][N];
    cph_data_header header;
    cph_writer *writer = NULL;
    cph_error error;
    set_header(&header, CPH_C16, true, WHOLE);
    for (size_t t = 0; t < TIMES; t++)
        for (size_t n = 0; n < N; n++)
            x[t][n].re = (int16_t)lrint(amplitude *
                                        cos(2.0 * M_PI * f * (double)t - late * (double)(n * n)));
    CU_ASSERT_EQUAL_FATAL(cph_capture_create(path, &header, NULL, &writer, &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_capture_append(writer, x, TIMES, &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_writer_commit(writer, &error), CPH_OK);
    fixture_header_free(&header);
    const cph_cli cli = {.name = "cophase test", .input = path, .quiet = true};
    cph_input input;
    CU_ASSERT_EQUAL_FATAL(cph_input_open(&cli, CPH_TAKES_CAPTURE, &input), CPH_EXIT_DONE);
    CU_ASSERT_EQUAL_FATAL(input.times, OUT);
    static cph_c32 z[OUT][N];
    CU_ASSERT_EQUAL_FATAL(cph_data_read_samples(input.data, 0, OUT, 0, NULL, N, z, &error), CPH_OK);
    /* Sample m stands at 2 m + 63; half a unit of rounding goes through 64 taps and the middle. */
    const double bound = amplitude * 2.0 * input.header->baseband_error + 0.5 * (1.0 + 3.5);
    CU_ASSERT(20.0 * log10(input.header->baseband_error) < -99.0);
    for (size_t m = 0; m < OUT; m++)
        for (size_t n = 0; n < N; n++) {
            const double at = (double)(2 * m);
            const double phase =
                2.0 * M_PI * (f * (at + 63.0) - 0.25 * at) - late * (double)(n * n);
            CU_ASSERT(hypot((double)z[m][n].re - amplitude * cos(phase),
                            (double)z[m][n].im - amplitude * sin(phase)) < bound);
        }
    cph_input_close(&input);
    CU_ASSERT_EQUAL_FATAL(cph_input_open(&cli, CPH_TAKES_CAPTURE | CPH_TAKES_REAL, &input),
                          CPH_EXIT_DONE);
    CU_ASSERT(input.header->real_sampling && input.times == TIMES);
    cph_input_close(&input);
}

CU_TestInfo cph_tests_channelize_gaps[] = {
    {"banks leave out what was lost", banks_leave_out_what_was_lost},
    {"baseband leaves out what was lost", baseband_leaves_out_what_was_lost},
    {"a part begins its own grid", a_part_begins_its_own_grid},
    {"complex baseband is another view of a file", baseband_is_a_view},
    {"phases of real samples count", phases_of_real_samples_count},
    CU_TEST_INFO_NULL};
