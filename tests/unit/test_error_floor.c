/* SPDX-License-Identifier: MIT */
/* The floor that random errors of the elements raise, against draws of them; what the command line
 * predicts of rounded phases. */
#include <stdio.h>
#include <unistd.h>

#include "cli/pattern_budget.h"
#include "cophase/data.h"
#include "cophase/lobes.h"
#include "cophase/random.h"
#include "cophase/solutions.h"
#include "cophase/states.h"
#include "tests/unit/pattern_rig.h"

enum { ELEMENTS = 300, SEED = 20 };
static const double decibel = 0.11512925464970228420;

/* exp(amplitude z + j phase z') for each element. */
static void draw_errors(cph_random *random, double phase, double amplitude, cph_c64 *gain)
{
    for (size_t n = 0; n < ELEMENTS; n++) {
        const cph_c64 z = cph_random_normal(random);
        const double size = exp(M_SQRT2 * amplitude * z.re), angle = M_SQRT2 * phase * z.im;
        gain[n].re = size * cos(angle);
        gain[n].im = size * sin(angle);
    }
}

/* A disc with a taper, its beam off boresight; taper_loss_db as the command line has it. */
static rig tapered_disc(double *taper_loss_db)
{
    cph_array array;
    const cph_taper taper = {.kind = CPH_TAPER_CIRCULAR_TAYLOR, .nbar = 4, .sll_db = -30.0};
    double t[ELEMENTS], sum = 0.0, squares = 0.0;
    CU_ASSERT_EQUAL_FATAL(cph_array_disc(ELEMENTS, 0.5 * wl, &array), CPH_OK);
    rig r = rig_of(&array);
    CU_ASSERT_EQUAL_FATAL(cph_taper_array(&taper, r.n, r.position, 0.5 * wl, t), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_direction_from_uv(0.3, -0.2, r.look), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_steer_c64(r.n, r.position, freq_hz, r.look, r.w), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_weights_conventional(r.n, r.w, NULL, NULL, t, r.w), CPH_OK);
    for (size_t n = 0; n < r.n; n++) {
        sum += t[n];
        squares += t[n] * t[n];
    }
    *taper_loss_db = 10.0 * log10(ELEMENTS * squares / (sum * sum));
    return r;
}

/* The mean of |y - y0|^2 over draws and directions is exponentially distributed in each: of K
 * independent ones it scatters by 1 / sqrt K, five times that is allowed. Directions further apart
 * than a lobe are independent; half of them are counted. Second order: E|g - 1|^2 is off phase^2 +
 * amplitude^2 by less than their sum, relatively. */
static void floor_is_that_of_draws(void)
{
    enum { DRAWS = 200, DIRECTIONS = 60 };
    static const double errors[][2] = {{5.0, 0.5}, {10.0, 1.0}, {0.0, 1.0}, {8.0, 0.0}};
    double loss_db, u[DIRECTIONS][3];
    cph_c64 exact[DIRECTIONS], y[DIRECTIONS], gain[ELEMENTS];
    cph_random random;
    rig r = tapered_disc(&loss_db);
    cph_pattern_input input = input_of(&r);
    printf("seed %d ", SEED);
    cph_random_seed(&random, SEED, 0);
    for (size_t d = 0; d < DIRECTIONS; d++) { /* a spiral with as many points everywhere */
        const double w = 1.0 - ((double)d + 0.5) / DIRECTIONS, turn = 2.399963 * (double)d;
        u[d][0] = sqrt(1.0 - w * w) * cos(turn);
        u[d][1] = sqrt(1.0 - w * w) * sin(turn);
        u[d][2] = w;
    }
    CU_ASSERT_EQUAL_FATAL(cph_pattern_response(&input, DIRECTIONS, u[0], exact), CPH_OK);
    for (size_t k = 0; k < sizeof errors / sizeof errors[0]; k++) {
        const double phase = errors[k][0] * M_PI / 180.0, amplitude = decibel * errors[k][1];
        double mean = 0.0;
        for (size_t draw = 0; draw < DRAWS; draw++) {
            draw_errors(&random, phase, amplitude, gain);
            input.gain = gain;
            CU_ASSERT_EQUAL_FATAL(cph_pattern_response(&input, DIRECTIONS, u[0], y), CPH_OK);
            for (size_t d = 0; d < DIRECTIONS; d++)
                mean += (pow(y[d].re - exact[d].re, 2) + pow(y[d].im - exact[d].im, 2)) /
                        (DRAWS * DIRECTIONS);
        }
        const double predicted =
            pow(10.0, (cph_states_floor_db(ELEMENTS, phase, amplitude) + loss_db) / 10.0);
        const double scatter = 5.0 / sqrt(0.5 * DRAWS * DIRECTIONS);
        printf("%.2f dB (%.2f) ", 10 * log10(mean), 10 * log10(predicted));
        CU_ASSERT_DOUBLE_EQUAL(mean / predicted, 1.0,
                               scatter + phase * phase + amplitude * amplitude);
    }
    release(&r);
}

/* The mean sidelobe level of beams with errors is what the design has, and the floor. The errors of
 * N elements fill some N / 4 lobes of the hemisphere independently. */
static void mean_sidelobe_rises_by_the_floor(void)
{
    enum { DRAWS = 25 };
    const double phase = 10.0 * M_PI / 180.0, amplitude = decibel * 1.0;
    double loss_db, mean = 0.0;
    cph_c64 gain[ELEMENTS];
    cph_random random;
    cph_pattern_lobes lobes;
    rig r = tapered_disc(&loss_db);
    cph_pattern_input input = input_of(&r);
    cph_pattern_metrics m = analyse(&r);
    printf("seed %d ", SEED);
    cph_random_seed(&random, SEED, 1);
    CU_ASSERT_EQUAL_FATAL(cph_pattern_lobes_measure(&input, &m, &lobes), CPH_OK);
    const double design = pow(10.0, lobes.mean_db / 10.0);
    for (size_t draw = 0; draw < DRAWS; draw++) {
        draw_errors(&random, phase, amplitude, gain);
        input.gain = gain;
        CU_ASSERT_EQUAL_FATAL(cph_pattern_analyse(&input, &m), CPH_OK);
        CU_ASSERT_EQUAL_FATAL(cph_pattern_lobes_measure(&input, &m, &lobes), CPH_OK);
        mean += pow(10.0, lobes.mean_db / 10.0) / DRAWS;
    }
    const double risen =
        pow(10.0, (cph_states_floor_db(ELEMENTS, phase, amplitude) + loss_db) / 10);
    printf("%.2f dB (%.2f, %.2f without errors) ", 10 * log10(mean), 10 * log10(design + risen),
           10 * log10(design));
    CU_ASSERT_DOUBLE_EQUAL((mean - design) / risen, 1.0,
                           5.0 / sqrt(DRAWS * ELEMENTS / 4.0) +
                               2.0 * (phase * phase + amplitude * amplitude));
    release(&r);
}

/* 1280 equal elements, 5 degrees and 0.5 dB, 10 degrees and 1 dB. */
static void floor_is_that_of_the_terminal(void)
{
    CU_ASSERT_DOUBLE_EQUAL(cph_states_floor_db(1280, 5 * M_PI / 180, decibel * 0.5), -50.7, 0.05);
    CU_ASSERT_DOUBLE_EQUAL(cph_states_floor_db(1280, 10 * M_PI / 180, decibel * 1.0), -44.7, 0.05);
}

static void rounded_phases_cost_what_the_table_says(void)
{
    static const struct {
        size_t bits;
        double rms_deg, rms_unit, loss_db, loss_unit;
    } row[] = {{3, 12.99, 0.01, 0.224, 0.001},
               {4, 6.495, 0.001, 0.056, 0.001},
               {5, 3.248, 0.001, 0.014, 0.001},
               {6, 1.624, 0.001, 0.0035, 0.0001}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        CU_ASSERT_DOUBLE_EQUAL(degrees(cph_budget_phase_rms(row[i].bits)), row[i].rms_deg,
                               row[i].rms_unit);
        CU_ASSERT_DOUBLE_EQUAL(cph_budget_phase_loss_db(row[i].bits), row[i].loss_db,
                               row[i].loss_unit);
    }
}

/* A calibration of four elements, the last of them flagged, its standard errors in `sigma`. */
static void write_calibration(const char *path, const cph_array *array, const double sigma[4])
{
    cph_calibration calibration;
    cph_error error = {.message = ""};
    CU_ASSERT_EQUAL_FATAL(cph_calibration_create(array, 1, 2, &calibration), CPH_OK);
    for (size_t i = 0; i < 8; i++) {
        calibration.gain[i] = (cph_c64){1.0, 0.0};
        calibration.flag[i] = i % 4 == 3 ? CPH_FLAG_DEAD : CPH_FLAG_NONE;
        calibration.phase_sigma[i] = i < 4 ? 9.0 : sigma[i % 4];
        calibration.amplitude_sigma[i] = i < 4 ? 9.0 : 2.0 * sigma[i % 4];
    }
    calibration.channel_freq_hz[0] = 1e9;
    calibration.channel_freq_hz[1] = 1.1e9;
    calibration.time_unix_s[0] = 0.0;
    CU_ASSERT_EQUAL(cph_calibration_write(path, &calibration, NULL, &error), CPH_OK);
    cph_calibration_free(&calibration);
}

/* Of the channel nearest to the beam's, over the elements in use; errors that are not known are
 * left out of the sum. */
static void calibration_errors_are_those_of_the_elements_in_use(void)
{
    const char *tmp = getenv("TMPDIR");
    char path[300];
    cph_array array;
    cph_c64 w[4] = {{0.5, 0.0}, {0.1, 0.0}, {0.0, -0.5}, {0.1, 0.0}}; /* with what couples over */
    bool in_use[4] = {true, false, true, false};
    cph_budget budget;
    cph_error error = {.message = ""};
    snprintf(path, sizeof path, "%s/cph-budget-%d.h5", tmp != NULL ? tmp : "/tmp", (int)getpid());
    CU_ASSERT_EQUAL_FATAL(cph_array_ula(4, 0.1, &array), CPH_OK);
    const cph_pattern_subject subject = {.array = array,
                                         .w = w,
                                         .in_use = in_use,
                                         .freq_hz = 1.09e9,
                                         .used = 2,
                                         .taper_loss_db = 0.5};
    const cph_pattern_options options = {
        .bits = 3, .has_errors = true, .error_phase = 0.02, .error_db = 1.0};
    write_calibration(path, &array, (const double[]){0.01, NAN, 0.03, NAN});
    CU_ASSERT_EQUAL_FATAL(cph_budget_make(&options, path, &subject, &budget, &error), CPH_OK);
    CU_ASSERT_EQUAL(budget.sources, 3);
    CU_ASSERT_DOUBLE_EQUAL(budget.source[0].phase_rms_rad, sqrt(5e-4), 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(budget.source[0].amplitude_rms, 2 * sqrt(5e-4), 1e-12);
    const double step = M_PI / 4.0, phase = 5e-4 + step * step / 12.0 + 4e-4;
    const double amplitude = 4 * 5e-4 + decibel * decibel;
    CU_ASSERT_DOUBLE_EQUAL(budget.total.floor_db, 10 * log10((phase + amplitude) / 2) + 0.5, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(budget.loss_db, 10 * log10(1 + phase + amplitude), 1e-9);
    write_calibration(path, &array, (const double[]){0.01, 0.01, NAN, 0.01});
    CU_ASSERT_EQUAL_FATAL(cph_budget_make(&options, path, &subject, &budget, &error), CPH_OK);
    CU_ASSERT(isnan(budget.source[0].floor_db));
    CU_ASSERT_DOUBLE_EQUAL(budget.total.amplitude_rms, decibel, 1e-12);
    CU_ASSERT_EQUAL(cph_budget_make(&(cph_pattern_options){0}, NULL, &subject, &budget, &error),
                    CPH_OK);
    CU_ASSERT_EQUAL(budget.sources, 0);
    CU_ASSERT_EQUAL(remove(path), 0);
    cph_array_free(&array);
}

CU_TestInfo cph_tests_error_floor[] = {
    {"calibration errors are those of the elements in use",
     calibration_errors_are_those_of_the_elements_in_use},
    {"the floor is that of draws", floor_is_that_of_draws},
    {"the mean sidelobe rises by the floor", mean_sidelobe_rises_by_the_floor},
    {"the floor is that of the terminal", floor_is_that_of_the_terminal},
    {"rounded phases cost what the table says", rounded_phases_cost_what_the_table_says},
    CU_TEST_INFO_NULL,
};
