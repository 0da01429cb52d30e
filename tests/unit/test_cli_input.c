/* SPDX-License-Identifier: MIT */
/* Inputs of verbs: who is selected and flagged, covariances of parts, gains in time. */
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/beamer.h"
#include "cli/input.h"
#include "cli/progress.h"
#include "cli/verbs.h"
#include "data_fixture.h"

/* Elements 0..4 are X Y X Y X; 1 is listed. */
enum { CHANNELS = 2, ELEMENTS = 5, TIMES = 40 };
static const double rate = 2e6; /* of fixture_header */

static void write_capture(const char *path)
{
    cph_data_header header;
    cph_writer *writer = NULL;
    cph_error error;
    fixture_header(CPH_KIND_CAPTURE, CPH_C16, CHANNELS, ELEMENTS, &header);
    CU_ASSERT_EQUAL_FATAL(cph_capture_create(path, &header, NULL, &writer, &error), CPH_OK);
    for (size_t t = 0; t < TIMES; t++) {
        cph_c16 row[CHANNELS][ELEMENTS];
        for (size_t c = 0; c < CHANNELS; c++)
            for (size_t n = 0; n < ELEMENTS; n++)
                row[c][n] = (cph_c16){(int16_t)fixture_value(t, c, n, 0),
                                      (int16_t)fixture_value(t, c, n, 1)};
        CU_ASSERT_EQUAL_FATAL(cph_capture_append(writer, row, 1, &error), CPH_OK);
    }
    CU_ASSERT_EQUAL_FATAL(cph_writer_commit(writer, &error), CPH_OK);
    fixture_header_free(&header);
}

/* What cph_cli_parse would leave for `cophase test INPUT`. */
static cph_cli cli_for(const char *path)
{
    return (cph_cli){
        .name = "cophase test", .input = path, .quiet = true, .max_memory = (size_t)64 << 20};
}

/* R_pq of inputs p, q over [start, start + times), from the fixture's own numbers. */
static cph_c64 expected(size_t p, size_t q, size_t channel, size_t start, size_t times)
{
    const double factor = 0.25 * 0.25 / (double)times;
    cph_c64 sum = {0, 0};
    for (size_t t = start; t < start + times; t++) {
        double a = fixture_value(t, channel, p, 0), b = fixture_value(t, channel, p, 1);
        double c = fixture_value(t, channel, q, 0), d = fixture_value(t, channel, q, 1);
        sum.re += a * c + b * d;
        sum.im += b * c - a * d;
    }
    return (cph_c64){factor * sum.re, factor * sum.im};
}

static void polarisations_are_separate_selections(void)
{
    const char *path = fixture_path("input.h5");
    write_capture(path);
    cph_cli cli = cli_for(path);
    cph_input input;
    cph_error error;
    CU_ASSERT_EQUAL_FATAL(cph_ranges_add(&cli.exclude, "4", &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_input_open(&cli, CPH_TAKES_CAPTURE | CPH_NEEDS_POSITIONS, &input),
                          CPH_EXIT_DONE);
    CU_ASSERT_EQUAL_FATAL(input.selections, 2);
    const cph_selection *x = &input.selection[0], *y = &input.selection[1];
    CU_ASSERT_EQUAL(x->polarization, 'X');
    CU_ASSERT_EQUAL_FATAL(x->elements, 3);
    CU_ASSERT_EQUAL_FATAL(y->elements, 2);
    CU_ASSERT_EQUAL(x->index[2], 4);
    CU_ASSERT_EQUAL(y->index[1], 3);
    CU_ASSERT_EQUAL(y->array.element[1].number, 3);
    CU_ASSERT_EQUAL(y->position[3], 1.5);
    static const unsigned char flag_x[] = {CPH_FLAG_NONE, CPH_FLAG_NONE, CPH_FLAG_EXCLUDED};
    static const unsigned char flag_y[] = {CPH_FLAG_LISTED, CPH_FLAG_NONE};
    CU_ASSERT_EQUAL(memcmp(x->flag, flag_x, sizeof flag_x), 0);
    CU_ASSERT_EQUAL(memcmp(y->flag, flag_y, sizeof flag_y), 0);
    cph_input_close(&input);

    cli.polarization = 'Y';
    cli.ignore_listed = true;
    CU_ASSERT_EQUAL_FATAL(cph_input_open(&cli, CPH_TAKES_CAPTURE, &input), CPH_EXIT_DONE);
    CU_ASSERT_EQUAL(input.selections, 1);
    CU_ASSERT_EQUAL(input.selection[0].polarization, 'Y');
    CU_ASSERT_EQUAL(input.selection[0].flag[0], CPH_FLAG_NONE);
    cph_input_close(&input);
    cph_cli_free(&cli);
}

static void a_part_of_a_capture_has_its_own_covariance(void)
{
    const size_t start = 7, times = 20, channel = 1;
    const char *path = fixture_path("input.h5");
    write_capture(path);
    cph_cli cli = cli_for(path);
    cli.start.value = (double)start / rate;
    cli.duration.value = (double)times / rate;
    cph_input input;
    cph_dump dump = {0};
    CU_ASSERT_EQUAL_FATAL(cph_input_open(&cli, CPH_TAKES_CAPTURE, &input), CPH_EXIT_DONE);
    for (size_t s = 0; s < input.selections; s++) {
        const cph_selection *selection = &input.selection[s];
        const size_t n = selection->elements;
        CU_ASSERT_EQUAL_FATAL(cph_input_covariance(&input, selection, 0, channel, &dump),
                              CPH_EXIT_DONE);
        for (size_t p = 0; p < n; p++) {
            for (size_t q = 0; q < n; q++) {
                cph_c64 want =
                    expected(selection->index[p], selection->index[q], channel, start, times);
                CU_ASSERT_DOUBLE_EQUAL(dump.r[p * n + q].re, want.re, 1e-9);
                CU_ASSERT_DOUBLE_EQUAL(dump.r[p * n + q].im, want.im, 1e-9);
            }
            CU_ASSERT_DOUBLE_EQUAL(dump.power[p], dump.r[p * n + p].re, 1e-9);
            CU_ASSERT_EQUAL(dump.level[p].count, times);
        }
    }
    CU_ASSERT_EQUAL(dump.samples, (double)times);
    CU_ASSERT_EQUAL(dump.freq_hz, 11.7e9 + 1e6);
    CU_ASSERT_DOUBLE_EQUAL(dump.time_unix_s, 1704605037.25 + 17.0 / rate, 1e-6);
    cph_dump_free(&dump);
    cph_input_close(&input);
}

/* Element 1 of channel 1 in another place, under its own number and frequency. */
static void chosen_elements_and_channels_are_all_there_is(void)
{
    const char *path = fixture_path("input.h5");
    write_capture(path);
    cph_cli cli = cli_for(path);
    cph_input input;
    cph_dump dump = {0};
    cph_error error;
    CU_ASSERT_EQUAL_FATAL(cph_ranges_add(&cli.elements, "1,3", &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_ranges_add(&cli.channels, "1", &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_input_open(&cli, CPH_TAKES_CAPTURE, &input), CPH_EXIT_DONE);
    CU_ASSERT_EQUAL(input.header->channels, 1);
    CU_ASSERT_EQUAL(input.header->center_freq_hz, 11.7e9 + 1e6);
    CU_ASSERT_EQUAL_FATAL(input.selections, 1);
    CU_ASSERT_EQUAL(input.selection[0].array.element[0].number, 1);
    CU_ASSERT_EQUAL(input.selection[0].array.element[1].number, 3);
    CU_ASSERT_EQUAL_FATAL(cph_input_covariance(&input, &input.selection[0], 0, 0, &dump),
                          CPH_EXIT_DONE);
    const cph_c64 want = expected(1, 3, 1, 0, TIMES);
    CU_ASSERT_DOUBLE_EQUAL(dump.r[1].re, want.re, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(dump.r[1].im, want.im, 1e-9);
    cph_dump_free(&dump);
    cph_input_close(&input);
    cph_cli_free(&cli);
}

static void what_is_asked_for_must_be_there(void)
{
    const char *path = fixture_path("input.h5");
    write_capture(path);
    cph_cli cli = cli_for(path);
    cph_input input;
    CU_ASSERT_EQUAL(cph_input_open(&cli, CPH_TAKES_COVARIANCE | CPH_TAKES_BEAMS, &input),
                    CPH_EXIT_INPUT);
    cli.start.value = (double)(TIMES + 1) / rate;
    CU_ASSERT_EQUAL(cph_input_open(&cli, CPH_TAKES_CAPTURE, &input), CPH_EXIT_USAGE);
    cli.start.value = 0;
    cli.output = path;
    CU_ASSERT_EQUAL(cph_input_open(&cli, CPH_TAKES_CAPTURE, &input), CPH_EXIT_USAGE);
    cli.output = NULL;
    cli.calibration = path;
    CU_ASSERT_EQUAL(cph_input_open(&cli, CPH_TAKES_CAPTURE, &input), CPH_EXIT_INPUT);
    cli.calibration = NULL;
    cli.max_memory = 100;
    cph_dump dump = {0};
    CU_ASSERT_EQUAL_FATAL(cph_input_open(&cli, CPH_TAKES_CAPTURE, &input), CPH_EXIT_DONE);
    CU_ASSERT_EQUAL(cph_input_covariance(&input, &input.selection[0], 0, 0, &dump), CPH_EXIT_LIMIT);
    cph_dump_free(&dump);
    cph_input_close(&input);
}

/* Two solutions, one and two hours after the epoch; g = (number + 1) (time + 1) at every channel.
 */
static void write_calibration(const char *path)
{
    cph_array array;
    cph_calibration calibration;
    cph_error error;
    fixture_array(ELEMENTS, &array);
    CU_ASSERT_EQUAL_FATAL(cph_calibration_create(&array, 2, 1, &calibration), CPH_OK);
    calibration.channel_freq_hz[0] = 11.7e9;
    for (size_t t = 0; t < 2; t++) {
        calibration.time_unix_s[t] = 3600.0 * (double)(t + 1);
        for (size_t n = 0; n < ELEMENTS; n++) {
            calibration.gain[t * ELEMENTS + n] = (cph_c64){(double)((n + 1) * (t + 1)), 0};
            calibration.flag[t * ELEMENTS + n] = n == 2 ? CPH_FLAG_HOT : CPH_FLAG_NONE;
        }
    }
    CU_ASSERT_EQUAL_FATAL(cph_calibration_write(path, &calibration, NULL, &error), CPH_OK);
    cph_calibration_free(&calibration);
    cph_array_free(&array);
}

static void gains_are_those_nearest_in_time(void)
{
    const char *path = fixture_path("input.h5"), *solutions = fixture_path("input-cal.h5");
    write_capture(path);
    write_calibration(solutions);
    cph_cli cli = cli_for(path);
    cph_error error;
    cli.calibration = solutions;
    cli.polarization = 'X';
    CU_ASSERT_EQUAL_FATAL(cph_ranges_add(&cli.exclude, "0", &error), CPH_OK);
    cph_input input;
    cph_c64 gain[ELEMENTS];
    unsigned char flag[ELEMENTS];
    CU_ASSERT_EQUAL_FATAL(cph_input_open(&cli, CPH_TAKES_CAPTURE, &input), CPH_EXIT_DONE);
    const cph_selection *x = &input.selection[0];
    static const struct {
        double time_unix_s, factor;
    } row[] = {{1801, 1}, {5399, 1}, {5401, 2}, {8999, 2}};
    static const double none_s[] = {0, 1799, 9001, 1e9, NAN};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        CU_ASSERT_EQUAL_FATAL(cph_input_gains(&input, x, 11.7e9, row[i].time_unix_s, gain, flag),
                              CPH_EXIT_DONE);
        CU_ASSERT_EQUAL(gain[2].re, 5 * row[i].factor);
        CU_ASSERT_EQUAL(flag[0], CPH_FLAG_EXCLUDED);
        CU_ASSERT_EQUAL(flag[1], CPH_FLAG_HOT);
        CU_ASSERT_EQUAL(flag[2], CPH_FLAG_NONE);
    }
    for (size_t i = 0; i < sizeof none_s / sizeof none_s[0]; i++)
        CU_ASSERT_EQUAL(cph_input_gains(&input, x, 11.7e9, none_s[i], gain, flag), CPH_EXIT_INPUT);
    CU_ASSERT_EQUAL(cph_input_gains(&input, x, 14e9, 3600, gain, flag), CPH_EXIT_INPUT);
    cph_input_close(&input);
    cph_cli_free(&cli);
}

/* Beams of a capture that says when it starts, but not its rate, start when it does. */
static void beams_start_with_their_capture(void)
{
    const char *path = fixture_path("input.h5"), *output = fixture_path("input-beams.h5");
    const cph_c8 row[2] = {{3, -1}, {2, 5}};
    const size_t index[2] = {0, 1};
    const cph_write_options options = {.inputs = NULL};
    cph_data_header header;
    cph_writer *writer = NULL;
    cph_weights weights;
    fixture_header(CPH_KIND_CAPTURE, CPH_C8, 1, 2, &header);
    header.sample_rate_hz = NAN;
    CU_ASSERT_EQUAL_FATAL(cph_capture_create(path, &header, NULL, &writer, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_capture_append(writer, row, 1, NULL), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_writer_commit(writer, NULL), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_weights_create(&header.array, 1, 1, &weights), CPH_OK);
    weights.channel_freq_hz[0] = header.channel_freq_hz[0];
    cph_cli cli = cli_for(path);
    cli.output = output;
    cph_input input;
    cph_beamer beamer;
    CU_ASSERT_EQUAL_FATAL(cph_input_open(&cli, CPH_TAKES_CAPTURE, &input), CPH_EXIT_DONE);
    CU_ASSERT_EQUAL_FATAL(cph_beamer_run(&input, index, &weights, 0, &options, &beamer),
                          CPH_EXIT_DONE);
    cph_data *beams = fixture_open(output, NULL);
    CU_ASSERT_EQUAL(cph_data_header_of(beams)->time_start_unix_s, 1704605037.25);
    cph_data_close(beams);
    cph_beamer_free(&beamer);
    cph_input_close(&input);
    cph_weights_free(&weights);
    fixture_header_free(&header);
}

/* In a process of its own, since the wish to stop lasts. */
static int beamform_after_sigint(char **words, int count)
{
    pid_t child = fork();
    if (child == 0) {
        cph_interrupt_catch();
        raise(SIGINT);
        _exit(cph_verb_beamform(count, words));
    }
    int status = 0;
    return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void an_interrupted_run_leaves_a_marked_partial_file(void)
{
    const char *path = fixture_path("input.h5"), *out = fixture_path("beams.h5");
    const char *partial = fixture_path("beams.h5.partial");
    write_capture(path);
    unlink(out); /* of a run before */
    const char *words[] = {"cophase beamform", path, "--pol", "X", "--steer", "uv:0,0",
                           "--threads",        "1",  "-o",    out, NULL};
    CU_ASSERT_EQUAL(beamform_after_sigint((char **)words, 10), CPH_EXIT_FAILED);
    CU_ASSERT_EQUAL(fixture_size(out), SIZE_MAX);
    hid_t file = H5Fopen(partial, H5F_ACC_RDONLY, H5P_DEFAULT);
    CU_ASSERT_TRUE_FATAL(file >= 0);
    CU_ASSERT_TRUE(H5Aexists(file, "partial") > 0);
    H5Fclose(file);
    unlink(partial);
}

/* Whether the system or this version cannot read a file: it is the input that will not do. */
static void unreadable_input_is_bad_input(void)
{
    static const cph_status status[] = {CPH_ERR_IO, CPH_ERR_UNSUPPORTED, CPH_ERR_FORMAT,
                                        CPH_ERR_MISSING};
    for (size_t i = 0; i < sizeof status / sizeof status[0]; i++) {
        const cph_error error = {.status = status[i], .message = "in.h5: will not do"};
        CU_ASSERT_EQUAL(cph_report_input("cophase test", &error), CPH_EXIT_INPUT);
    }
    const cph_error memory = {.status = CPH_ERR_MEMORY, .message = "out of memory"};
    CU_ASSERT_EQUAL(cph_report_input("cophase test", &memory), CPH_EXIT_FAILED);
}

static void progress_tells_rate_and_time_left(void)
{
    char line[CPH_PROGRESS_SIZE];
    cph_progress p = {.label = "cophase test", .total = 1000};
    cph_progress_line(&p, 0, 0.0, line);
    CU_ASSERT_STRING_EQUAL(line, "cophase test [................................]   0 %");
    cph_progress_line(&p, 250, 10.0, line);
    CU_ASSERT_STRING_EQUAL(line,
                           "cophase test [########........................]  25 %  30 s left");
    p.unit_bytes = 2e6;
    cph_progress_line(&p, 500, 100.0, line);
    CU_ASSERT_PTR_NOT_NULL(strstr(line, "  50 %  10.0 MB/s  1:40 left"));
    cph_progress_line(&p, 1000, 0.5, line);
    CU_ASSERT_PTR_NOT_NULL(strstr(line, "################] 100 %  4.00 GB/s  0 s left"));
    p.unit_bytes = 1.0;
    cph_progress_line(&p, 1, 10.0, line);
    CU_ASSERT_PTR_NOT_NULL(strstr(line, "  0.0 MB/s  2:46:30 left"));
}

/* A channel at 0 Hz may be there, but no direction is looked for in it. */
static void directions_need_a_frequency(void)
{
    double freq_hz[] = {0.0, 1e9, -1.0, NAN};
    const cph_data_header header = {
        .kind = CPH_KIND_COVARIANCE, .times = 1, .channels = 4, .channel_freq_hz = freq_hz};
    const cph_cli cli = cli_for("cov.h5");
    const cph_input input = {.cli = &cli, .header = &header};
    static const cph_exit wanted[] = {CPH_EXIT_INPUT, CPH_EXIT_DONE, CPH_EXIT_INPUT, CPH_EXIT_INPUT,
                                      CPH_EXIT_USAGE};
    for (size_t c = 0; c < sizeof wanted / sizeof wanted[0]; c++)
        CU_ASSERT_EQUAL(cph_input_check_look(&input, 0, c), wanted[c]);
    CU_ASSERT_EQUAL(cph_input_check_look(&input, 1, 1), CPH_EXIT_USAGE);
    CU_ASSERT_EQUAL(cph_input_check_indices(&input, 0, 0), CPH_EXIT_DONE);
}

CU_TestInfo cph_tests_cli_input[] = {
    {"directions need a frequency", directions_need_a_frequency},
    {"progress tells rate and time left", progress_tells_rate_and_time_left},
    {"chosen elements and channels are all there is",
     chosen_elements_and_channels_are_all_there_is},
    {"unreadable input is bad input", unreadable_input_is_bad_input},
    {"an interrupted run leaves a marked partial file",
     an_interrupted_run_leaves_a_marked_partial_file},
    {"polarisations are separate selections", polarisations_are_separate_selections},
    {"a part of a capture has its own covariance", a_part_of_a_capture_has_its_own_covariance},
    {"what is asked for must be there", what_is_asked_for_must_be_there},
    {"gains are those nearest in time", gains_are_those_nearest_in_time},
    {"beams start with their capture", beams_start_with_their_capture},
    CU_TEST_INFO_NULL,
};
