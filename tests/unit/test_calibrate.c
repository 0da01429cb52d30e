/* SPDX-License-Identifier: MIT */
/* What `cophase calibrate` makes of a file with several polarisations, times and channels: each
 * gain where it belongs. */
#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/calibrate_method.h"
#include "data_fixture.h"

/* Elements are X Y X Y ...; 1 is listed. */
enum { TIMES = 2, CHANNELS = 3, ELEMENTS = 14 };
enum { CELLS = TIMES * CHANNELS, ROWS = 2 * CELLS, ENTRIES = ELEMENTS * ELEMENTS };
static const double freq = 11.7e9, step = 1e6; /* of fixture_header */
static const double source[3] = {0.6, 0.0, 0.8};

static double complex gain_of(size_t time, size_t channel, size_t n)
{
    const double k = (double)(3 * time + channel), x = (double)n;
    return (1.0 + 0.3 * sin(x + k)) * cexp(I * (0.7 * x * x + k));
}

static double complex steering(const cph_array *array, size_t channel, size_t n)
{
    const double *r = array->element[n].position;
    const double turns = (freq + step * (double)channel) / CPH_SPEED_OF_LIGHT *
                         (source[0] * r[0] + source[1] * r[1] + source[2] * r[2]);
    return cexp(2.0 * M_PI * I * turns);
}

/* Noise of half the source's power; in (time 1, channel 2) X receives nothing at all. */
static void write_covariance(const char *path)
{
    cph_data_header header;
    cph_writer *writer = NULL;
    cph_error error;
    cph_c64 r[ENTRIES];
    fixture_header(CPH_KIND_COVARIANCE, CPH_C32, CHANNELS, ELEMENTS, &header);
    header.times = TIMES;
    header.time_unix_s = calloc(TIMES, sizeof(double));
    for (size_t t = 0; t < TIMES; t++)
        header.time_unix_s[t] = 1e9 + 60.0 * (double)t;
    CU_ASSERT_EQUAL_FATAL(cph_covariance_create_file(path, &header, NULL, &writer, &error), CPH_OK);
    for (size_t i = 0; i < CELLS; i++) {
        const size_t t = i / CHANNELS, c = i % CHANNELS;
        for (size_t k = 0; k < ENTRIES; k++) {
            const size_t p = k / ELEMENTS, q = k % ELEMENTS;
            const bool silent = t == 1 && c == 2 && (p % 2 == 0 || q % 2 == 0);
            const double complex z = gain_of(t, c, p) * steering(&header.array, c, p) *
                                     conj(gain_of(t, c, q) * steering(&header.array, c, q));
            r[k] =
                silent ? (cph_c64){0.0, 0.0} : (cph_c64){creal(z) + (p == q ? 0.5 : 0.0), cimag(z)};
        }
        CU_ASSERT_EQUAL_FATAL(cph_covariance_put(writer, t, c, r, &error), CPH_OK);
    }
    CU_ASSERT_EQUAL_FATAL(cph_writer_commit(writer, &error), CPH_OK);
    fixture_header_free(&header);
}

/* What cph_calibrate_parse would leave; `word` and `flux` must outlive it. */
static cph_calibrate_options options_for(const char *path, cph_direction *word, double *flux)
{
    *word = (cph_direction){.kind = CPH_DIRECTION_UV, .angle = {source[0], source[1]}, .text = "a"};
    *flux = NAN;
    return (cph_calibrate_options){.cli = {.name = "cophase test",
                                           .input = path,
                                           .quiet = true,
                                           .max_memory = (size_t)64 << 20},
                                   .method = cph_calibrate_method_first(),
                                   .sources = 1,
                                   .direction = word,
                                   .flux = flux,
                                   .reference = SIZE_MAX,
                                   .weak_below = -1.0,
                                   .tolerance = 1e-10};
}

static void choose(cph_ranges *ranges, const char *list)
{
    cph_error error;
    cph_ranges_free(ranges);
    CU_ASSERT_EQUAL_FATAL(cph_ranges_add(ranges, list, &error), CPH_OK);
}

/* Gains of one polarisation are true but for the gauge: one factor of mean phase 0. */
static void expect_true(const cph_calibration *c, size_t base, size_t time, size_t channel,
                        size_t first)
{
    double complex factor = 0.0, sum = 0.0;
    for (size_t n = first; n < ELEMENTS; n += 2) {
        const double complex g = c->gain[base + n].re + I * c->gain[base + n].im;
        CU_ASSERT_EQUAL(c->flag[base + n], n == 1 ? CPH_FLAG_LISTED : CPH_FLAG_NONE);
        if (n == 1)
            continue;
        factor = factor == 0.0 ? g / gain_of(time, channel, n) : factor;
        sum += g / cabs(g);
        CU_ASSERT(cabs(g / gain_of(time, channel, n) - factor) < 1e-7 * cabs(factor));
        CU_ASSERT(c->phase_sigma[base + n] > 0.0 && c->phase_sigma[base + n] < 0.01);
        CU_ASSERT(c->amplitude_sigma[base + n] > 0.0 && c->amplitude_sigma[base + n] < 0.01);
    }
    /* The mean of phases that were turned by the mean direction: near, and not the same. */
    CU_ASSERT(fabs(carg(sum)) < 0.5);
}

static void each_gain_is_where_it_belongs(void)
{
    const char *path = fixture_path("calibrate.h5");
    write_covariance(path);
    cph_direction word;
    double flux;
    const cph_calibrate_options o = options_for(path, &word, &flux);
    cph_input input;
    cph_calibrated made;
    char name[80];
    CU_ASSERT_EQUAL_FATAL(
        cph_input_open(&o.cli, CPH_TAKES_COVARIANCE | CPH_NEEDS_POSITIONS, &input), CPH_EXIT_DONE);
    CU_ASSERT_EQUAL_FATAL(cph_calibrate_solve(&o, &input, &made), CPH_EXIT_DONE);
    const cph_calibration *c = &made.calibration;
    CU_ASSERT_EQUAL_FATAL(made.rows, ROWS);
    CU_ASSERT_EQUAL_FATAL(c->array.elements, ELEMENTS);
    CU_ASSERT_EQUAL(c->times, TIMES);
    CU_ASSERT_EQUAL(c->channels, CHANNELS);
    CU_ASSERT_EQUAL(c->time_unix_s[1], 1e9 + 60.0);
    CU_ASSERT_EQUAL(c->channel_freq_hz[2], freq + 2.0 * step);
    for (size_t i = 0; i < ROWS; i++) {
        const size_t first = i / CELLS, time = i / CHANNELS % TIMES, channel = i % CHANNELS;
        const cph_calibrate_row *row = &made.row[i];
        CU_ASSERT_EQUAL(row->selection->polarization, first == 0 ? 'X' : 'Y');
        CU_ASSERT_EQUAL(row->time, time);
        CU_ASSERT_EQUAL(row->channel, channel);
        if (first == 0 && time == 1 && channel == 2)
            continue;
        CU_ASSERT_EQUAL(row->error.status, CPH_OK);
        CU_ASSERT_EQUAL(row->flagged, first);
        CU_ASSERT_DOUBLE_EQUAL(row->found.explained_after, 1.0, 1e-9);
        expect_true(c, (time * CHANNELS + channel) * ELEMENTS, time, channel, first);
    }
    cph_calibrate_row_name(&made, &made.row[7], sizeof name, name);
    CU_ASSERT_STRING_EQUAL(name, "polarisation Y, time 0, channel 1");

    /* Where X has no signal Y is calibrated none the less. */
    const cph_calibrate_row *silent = &made.row[CELLS - 1];
    CU_ASSERT_EQUAL(silent->error.status, CPH_ERR_TOO_FEW);
    CU_ASSERT(silent->error.message[0] != '\0');
    CU_ASSERT_EQUAL(silent->flagged, ELEMENTS / 2);
    for (size_t n = 0; n < ELEMENTS; n += 2) {
        CU_ASSERT_EQUAL(c->flag[(CELLS - 1) * (size_t)ELEMENTS + n], CPH_FLAG_DEAD);
        CU_ASSERT(isnan(c->gain[(CELLS - 1) * (size_t)ELEMENTS + n].re));
    }
    cph_calibrated_free(&made);
    cph_input_close(&input);
}

static void a_part_is_solved_alone(void)
{
    const char *path = fixture_path("calibrate.h5");
    write_covariance(path);
    cph_direction word;
    double flux;
    cph_calibrate_options o = options_for(path, &word, &flux);
    o.cli.polarization = 'Y';
    choose(&o.grid.time, "1");
    choose(&o.grid.channel, "2");
    o.reference = 5;
    cph_input input;
    cph_calibrated made;
    char name[80];
    CU_ASSERT_EQUAL_FATAL(
        cph_input_open(&o.cli, CPH_TAKES_COVARIANCE | CPH_NEEDS_POSITIONS, &input), CPH_EXIT_DONE);
    CU_ASSERT_EQUAL_FATAL(cph_calibrate_solve(&o, &input, &made), CPH_EXIT_DONE);
    const cph_calibration *c = &made.calibration;
    CU_ASSERT_EQUAL_FATAL(made.rows, 1);
    CU_ASSERT_EQUAL_FATAL(c->array.elements, ELEMENTS / 2);
    CU_ASSERT_EQUAL(c->array.element[2].number, 5);
    CU_ASSERT_EQUAL(c->channel_freq_hz[0], freq + 2.0 * step);
    CU_ASSERT_EQUAL(c->time_unix_s[0], 1e9 + 60.0);
    CU_ASSERT_STRING_EQUAL(c->gauge, "phase of element 5 0, mean |g| 1");
    CU_ASSERT_DOUBLE_EQUAL(c->gain[2].im, 0.0, 1e-12);
    CU_ASSERT(c->gain[2].re > 0.0);
    const double complex ratio = gain_of(1, 2, 7) / gain_of(1, 2, 5);
    CU_ASSERT_DOUBLE_EQUAL(c->gain[3].re / c->gain[2].re, creal(ratio), 1e-7);
    CU_ASSERT_DOUBLE_EQUAL(c->gain[3].im / c->gain[2].re, cimag(ratio), 1e-7);
    cph_calibrate_row_name(&made, &made.row[0], sizeof name, name);
    CU_ASSERT_STRING_EQUAL(name, "");
    cph_calibrated_free(&made);
    cph_input_close(&input);
    cph_grid_choice_free(&o.grid);
}

/* Dumps are a minute apart. */
static void seconds_and_dumps_group_times(void)
{
    const char *path = fixture_path("calibrate.h5");
    write_covariance(path);
    static const struct {
        double seconds;
        size_t dumps, times;
        double middle;
    } want[] = {
        {60.0, 0, 2, 1e9}, {60.1, 0, 1, 1e9 + 30.0}, {0.0, 1, 2, 1e9}, {0.0, 3, 1, 1e9 + 30.0}};
    cph_direction word;
    double flux;
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        cph_calibrate_options o = options_for(path, &word, &flux);
        o.grid.seconds = want[i].seconds;
        o.grid.dumps = want[i].dumps;
        cph_input input;
        cph_calibrate_grid grid = {0};
        cph_dump dump = {0};
        bool spoilt = true;
        CU_ASSERT_EQUAL_FATAL(cph_input_open(&o.cli, CPH_TAKES_COVARIANCE, &input), CPH_EXIT_DONE);
        CU_ASSERT_EQUAL_FATAL(cph_calibrate_grid_make(&o, &input, &grid), CPH_EXIT_DONE);
        CU_ASSERT_EQUAL(grid.times, want[i].times);
        CU_ASSERT_EQUAL(cph_calibrate_grid_read(&grid, &input, &input.selection[0], 0, 0, 100.0,
                                                &dump, &spoilt),
                        CPH_EXIT_DONE);
        CU_ASSERT_FALSE(spoilt);
        CU_ASSERT_EQUAL(dump.time_unix_s, want[i].middle);
        CU_ASSERT_EQUAL(dump.samples, 200.0 / (double)want[i].times);
        cph_dump_free(&dump);
        cph_calibrate_grid_free(&grid);
        cph_input_close(&input);
    }
}

static void nothing_of_use_is_a_failure(void)
{
    const char *path = fixture_path("calibrate.h5");
    write_covariance(path);
    cph_direction word;
    double flux;
    cph_calibrate_options o = options_for(path, &word, &flux);
    o.cli.polarization = 'X';
    choose(&o.grid.time, "1");
    choose(&o.grid.channel, "2");
    cph_input input;
    cph_calibrated made;
    CU_ASSERT_EQUAL_FATAL(
        cph_input_open(&o.cli, CPH_TAKES_COVARIANCE | CPH_NEEDS_POSITIONS, &input), CPH_EXIT_DONE);
    CU_ASSERT_EQUAL(cph_calibrate_solve(&o, &input, &made), CPH_EXIT_INPUT);
    cph_calibrated_free(&made);
    choose(&o.grid.channel, "3");
    CU_ASSERT_EQUAL(cph_calibrate_solve(&o, &input, &made), CPH_EXIT_USAGE);
    cph_calibrated_free(&made);
    choose(&o.grid.channel, "0");
    o.reference = 5;
    CU_ASSERT_EQUAL(cph_calibrate_solve(&o, &input, &made), CPH_EXIT_USAGE);
    cph_calibrated_free(&made);
    cph_input_close(&input);
    cph_grid_choice_free(&o.grid);
}

CU_TestInfo cph_tests_calibrate[] = {
    {"each gain is where it belongs", each_gain_is_where_it_belongs},
    {"a part is solved alone", a_part_is_solved_alone},
    {"seconds and dumps group times", seconds_and_dumps_group_times},
    {"nothing of use is a failure", nothing_of_use_is_a_failure},
    CU_TEST_INFO_NULL,
};
