/* SPDX-License-Identifier: MIT */
/* Images of the sky: against the definition in double, and with sources that tell signs apart. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cophase/array.h"
#include "cophase/random.h"
#include "cophase/scan.h"
#include "cophase/steer.h"

enum { N = 70, SEED = 11 }; /* more than one panel of rows */

static const double freq_hz = 150e6;

/* A scattered planar station and whatever covariance a test puts in. */
typedef struct station {
    double position[N][3];
    cph_c64 r[N][N + 2], gain[N];
    unsigned char flag[N];
} station;

static station *make_station(void)
{
    station *s = calloc(1, sizeof *s);
    cph_random random;
    printf("seed %d ", SEED);
    cph_random_seed(&random, SEED, 0);
    for (size_t n = 0; n < N; n++) {
        s->position[n][0] = 30.0 * cph_random_uniform(&random) - 15.0;
        s->position[n][1] = 20.0 * cph_random_uniform(&random) - 10.0;
        s->position[n][2] = 0.5 * cph_random_uniform(&random);
        const double size = 0.6 + cph_random_uniform(&random);
        const double phase = 2.0 * M_PI * cph_random_uniform(&random);
        s->gain[n].re = size * cos(phase);
        s->gain[n].im = size * sin(phase);
    }
    return s;
}

static cph_scan_config config_of(const station *s, size_t grid)
{
    return (cph_scan_config){.elements = N,
                             .position = s->position[0],
                             .freq_hz = freq_hz,
                             .grid = grid,
                             .radius = 0.98};
}

static cph_c64 times(cph_c64 a, cph_c64 b)
{
    return (cph_c64){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

static cph_c64 conjugate(cph_c64 a)
{
    return (cph_c64){a.re, -a.im};
}

/* R += power v v^H of a wave from (u, v) through the gains where `through`, R += noise on the
 * diagonal. */
static void add_source(station *s, double u, double v, double power, bool through)
{
    double direction[3];
    cph_c64 a[N];
    CU_ASSERT_EQUAL_FATAL(cph_direction_from_uv(u, v, direction), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_steer_c64(N, s->position[0], freq_hz, direction, a), CPH_OK);
    for (size_t n = 0; n < N && through; n++)
        a[n] = times(a[n], s->gain[n]);
    for (size_t p = 0; p < N; p++)
        for (size_t q = 0; q < N; q++) {
            const cph_c64 m = times(a[p], conjugate(a[q]));
            s->r[p][q].re += power * m.re + (p == q ? 2.0 : 0.0);
            s->r[p][q].im += power * m.im;
        }
}

static void fill_random(station *s)
{
    cph_random random;
    cph_random_seed(&random, SEED, 1);
    for (size_t p = 0; p < N; p++)
        for (size_t q = p; q < N; q++) {
            s->r[p][q] = cph_random_normal(&random);
            s->r[q][p] = conjugate(s->r[p][q]);
        }
    for (size_t p = 0; p < N; p++)
        s->r[p][p] = (cph_c64){0.5 + cph_random_uniform(&random), 0.0};
}

/* The image's value toward (u, v) by its definition; *mean is the mean |C|. */
static double definition(const station *s, double u, double v, bool use_gain, bool normalise,
                         double *mean)
{
    const double direction[3] = {u, v, sqrt(1.0 - u * u - v * v)};
    cph_c64 a[N], sum = {0};
    size_t live = 0;
    CU_ASSERT_EQUAL_FATAL(cph_steer_c64(N, s->position[0], freq_hz, direction, a), CPH_OK);
    *mean = 0.0;
    for (size_t p = 0; p < N; p++) {
        live += !s->flag[p];
        for (size_t q = 0; q < N; q++) {
            if (p == q || s->flag[p] || s->flag[q])
                continue;
            double scale = 1.0;
            cph_c64 c = s->r[p][q];
            const double gp = hypot(s->gain[p].re, s->gain[p].im);
            const double gq = hypot(s->gain[q].re, s->gain[q].im);
            if (use_gain) {
                c = times(times(c, conjugate(s->gain[p])), s->gain[q]);
                scale /= gp * gp * gq * gq;
            }
            if (normalise)
                scale /= sqrt(s->r[p][p].re * s->r[q][q].re) / (use_gain ? gp * gq : 1.0);
            const cph_c64 term = times(times(c, conjugate(a[p])), a[q]);
            sum.re += scale * term.re;
            *mean += scale * hypot(c.re, c.im);
        }
    }
    *mean /= (double)(live * live);
    return sum.re / (double)(live * live);
}

static void image_is_the_quadratic_form_within_its_bound(void)
{
    enum { GRID = 13 };
    station *s = make_station();
    const cph_scan_config config = config_of(s, GRID);
    fill_random(s);
    s->flag[5] = 1;
    s->flag[N - 1] = 4;
    s->gain[5] = s->r[5][6] = s->r[3][5] = s->r[5][5] = (cph_c64){NAN, NAN};
    for (int variant = 0; variant < 4; variant++) {
        const bool use_gain = variant & 1, normalise = variant & 2;
        double image[GRID][GRID];
        CU_ASSERT_EQUAL_FATAL(cph_scan_image(&config, s->r[0], N + 2, use_gain ? s->gain : NULL,
                                             s->flag, normalise, false, image[0]),
                              CPH_OK);
        for (size_t i = 0; i < (size_t)GRID * GRID; i++) {
            const double u = -1.0 + (double)(i % GRID) / 6.0, v = -1.0 + (double)(i / GRID) / 6.0;
            const double value = image[i / GRID][i % GRID];
            double mean;
            if (u * u + v * v >= 0.98 * 0.98) {
                CU_ASSERT(isnan(value));
                continue;
            }
            const double truth = definition(s, u, v, use_gain, normalise, &mean);
            CU_ASSERT_DOUBLE_EQUAL(value, truth, (2 * N + 20) * 0x1p-23 * mean);
        }
    }
    free(s);
}

/* Peaks of a scan with these gains; the strongest in *top. */
static void scan(const station *s, const cph_c64 *gain, cph_scan_peak *top)
{
    enum { GRID = 101 };
    static double image[GRID * GRID];
    const cph_scan_config config = config_of(s, GRID);
    cph_scan_peak peaks[3];
    size_t count;
    CU_ASSERT_EQUAL_FATAL(
        cph_scan_image(&config, s->r[0], N + 2, gain, s->flag, true, false, image), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_scan_peaks(&config, image, 3, peaks, &count), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(count, 3);
    CU_ASSERT(peaks[0].snr >= peaks[1].snr && peaks[1].snr >= peaks[2].snr);
    *top = peaks[0];
}

static void source_is_found_where_it_stands(void)
{
    static const double uv[][2] = {{0.313, -0.227}, {-0.05, 0.71}, {-0.6, -0.48}};
    for (size_t i = 0; i < 3; i++) {
        station *s = make_station();
        cph_scan_peak top;
        add_source(s, uv[i][0], uv[i][1], 1.0, false);
        scan(s, NULL, &top);
        CU_ASSERT_DOUBLE_EQUAL(top.u, uv[i][0], 2e-3);
        CU_ASSERT_DOUBLE_EQUAL(top.v, uv[i][1], 2e-3);
        CU_ASSERT(top.snr > 15.0);
        free(s);
    }
}

static void gains_restore_what_they_scrambled(void)
{
    station *s = make_station();
    cph_scan_peak plain, top;
    cph_c64 wrong[N];
    add_source(s, 0.313, -0.227, 1.0, true);
    s->flag[8] = 1;
    s->gain[8] = (cph_c64){NAN, NAN};
    scan(s, NULL, &plain);
    CU_ASSERT(plain.snr < 8.0);
    scan(s, s->gain, &top);
    CU_ASSERT_DOUBLE_EQUAL(top.u, 0.313, 2e-3);
    CU_ASSERT_DOUBLE_EQUAL(top.v, -0.227, 2e-3);
    CU_ASSERT(top.snr > 15.0);
    for (size_t n = 0; n < N; n++)
        wrong[n] = conjugate(s->gain[n]);
    scan(s, wrong, &top);
    CU_ASSERT(top.snr < 8.0);
    free(s);
}

static void images_add_up(void)
{
    enum { GRID = 5 };
    station *s = make_station();
    const cph_scan_config config = config_of(s, GRID);
    double one[GRID * GRID], sum[GRID * GRID];
    add_source(s, 0.1, 0.4, 1.0, false);
    CU_ASSERT_EQUAL_FATAL(cph_scan_image(&config, s->r[0], N + 2, NULL, NULL, false, false, one),
                          CPH_OK);
    for (int i = 0; i < 2; i++)
        CU_ASSERT_EQUAL_FATAL(
            cph_scan_image(&config, s->r[0], N + 2, NULL, NULL, false, i == 1, sum), CPH_OK);
    CU_ASSERT(isnan(sum[0]) && isnan(one[0]));
    CU_ASSERT(one[17] != 0.0 && sum[17] == 2.0 * one[17]);
    free(s);
}

static void threads_do_not_change_an_image(void)
{
    enum { GRID = 31 };
    static double serial[GRID * GRID], threaded[GRID * GRID];
    station *s = make_station();
    cph_scan_config config = config_of(s, GRID);
    cph_exec exec;
    fill_random(s);
    CU_ASSERT_EQUAL_FATAL(cph_scan_image(&config, s->r[0], N + 2, NULL, NULL, true, false, serial),
                          CPH_OK);
    cph_exec_openmp(&exec, 3);
    config.exec = &exec;
    CU_ASSERT_EQUAL_FATAL(
        cph_scan_image(&config, s->r[0], N + 2, NULL, NULL, true, false, threaded), CPH_OK);
    for (size_t i = 0; i < (size_t)GRID * GRID; i++)
        CU_ASSERT(serial[i] == threaded[i] || (isnan(serial[i]) && isnan(threaded[i])));
    free(s);
}

static void unusable_input_is_refused_and_the_image_kept(void)
{
    station *s = make_station();
    cph_scan_config config = config_of(s, 3);
    double image[9] = {7.0};
    fill_random(s);
    for (size_t n = 0; n < N; n++)
        s->flag[n] = n != 2 && n != 3;
    s->r[2][3].im = NAN;
    CU_ASSERT_EQUAL(cph_scan_image(&config, s->r[0], N + 2, NULL, s->flag, true, false, image),
                    CPH_ERR_NOT_FINITE);
    s->r[2][3].im = 0.0;
    s->gain[3] = (cph_c64){0.0, 0.0};
    CU_ASSERT_EQUAL(cph_scan_image(&config, s->r[0], N + 2, s->gain, s->flag, true, false, image),
                    CPH_ERR_NOT_FINITE);
    s->r[3][3].re = 0.0;
    CU_ASSERT_EQUAL(cph_scan_image(&config, s->r[0], N + 2, NULL, s->flag, true, false, image),
                    CPH_ERR_NOT_FINITE);
    s->position[2][1] = INFINITY;
    CU_ASSERT_EQUAL(cph_scan_image(&config, s->r[0], N + 2, NULL, s->flag, false, false, image),
                    CPH_ERR_NOT_FINITE);
    s->flag[2] = 1;
    CU_ASSERT_EQUAL(cph_scan_image(&config, s->r[0], N + 2, NULL, s->flag, false, false, image),
                    CPH_ERR_TOO_FEW);
    CU_ASSERT_EQUAL(cph_scan_image(&config, s->r[0], N - 1, NULL, NULL, false, false, image),
                    CPH_ERR_ARGUMENT);
    config.grid = SIZE_MAX / 2;
    CU_ASSERT_EQUAL(cph_scan_image(&config, s->r[0], N + 2, NULL, NULL, false, false, image),
                    CPH_ERR_OVERFLOW);
    CU_ASSERT_EQUAL(image[0], 7.0);
    free(s);
}

/* A tilted paraboloid's top lies between the points; neighbours of it are no peaks. */
static void peaks_are_refined_by_the_paraboloid(void)
{
    enum { GRID = 11 };
    const cph_scan_config config = {.grid = GRID};
    double image[GRID][GRID];
    for (int iv = 0; iv < GRID; iv++)
        for (int iu = 0; iu < GRID; iu++) {
            const double x = -1.0 + 0.2 * iu - 0.27, y = -1.0 + 0.2 * iv + 0.48;
            image[iv][iu] = 5.0 - 2.0 * x * x - 3.0 * y * y + 1.5 * x * y;
        }
    cph_scan_peak peak[4];
    size_t count;
    CU_ASSERT_EQUAL_FATAL(cph_scan_peaks(&config, image[0], 4, peak, &count), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(count, 1);
    CU_ASSERT_DOUBLE_EQUAL(peak[0].u, 0.27, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(peak[0].v, -0.48, 1e-12);
    CU_ASSERT_EQUAL(peak[0].value, image[3][6]); /* v = -0.4, u = 0.2 */
}

static void strongest_peaks_come_first(void)
{
    enum { GRID = 6 };
    const cph_scan_config config = {.grid = GRID};
    double image[GRID * GRID] = {[7] = 2.0, [24] = 9.0, [10] = 5.0, [27] = 1.0};
    image[28] = 1.0; /* a plateau of two is one peak */
    image[30] = NAN; /* no neighbour: the peak beside it stays on the grid */
    const double mean = 18.0 / 35.0;
    double squares = 0.0;
    for (size_t i = 0; i < (size_t)GRID * GRID; i++)
        if (!isnan(image[i]))
            squares += (image[i] - mean) * (image[i] - mean);
    cph_scan_peak peak[3];
    size_t count;
    CU_ASSERT_EQUAL_FATAL(cph_scan_peaks(&config, image, 3, peak, &count), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(count, 3);
    CU_ASSERT(peak[0].value == 9.0 && peak[1].value == 5.0 && peak[2].value == 2.0);
    CU_ASSERT_DOUBLE_EQUAL(peak[0].snr, 9.0 / sqrt(squares / 35.0), 1e-12);
    CU_ASSERT(peak[0].u == -1.0);
    CU_ASSERT_DOUBLE_EQUAL(peak[0].v, 0.6, 1e-12);
    CU_ASSERT_EQUAL_FATAL(cph_scan_peaks(&config, image, 1, peak, &count), CPH_OK);
    CU_ASSERT(count == 1 && peak[0].value == 9.0);
}

/* Lines along x, along y and oblique: the image is constant across, the peak stands on the line. */
static void line_of_elements_is_read_along_the_line(void)
{
    enum { GRID = 101, LINE = 12 };
    static const double axis[][2] = {{1.0, 0.0}, {0.0, 1.0}, {0.8, -0.6}, {-0.28, 0.96}};
    static double image[GRID * GRID];
    for (size_t k = 0; k < sizeof axis / sizeof axis[0]; k++) {
        double position[LINE][3] = {{0}};
        cph_c64 a[LINE], r[LINE * LINE];
        for (int n = 0; n < LINE; n++)
            for (int i = 0; i < 2; i++)
                position[n][i] = (n - 0.5 * (LINE - 1)) * 0.15 * axis[k][i];
        const double source[3] = {0.37 * axis[k][0], 0.37 * axis[k][1], sqrt(1.0 - 0.37 * 0.37)};
        CU_ASSERT_EQUAL_FATAL(cph_steer_c64(LINE, position[0], 1e9, source, a), CPH_OK);
        for (size_t p = 0; p < LINE; p++)
            for (size_t q = 0; q < LINE; q++)
                r[p * LINE + q] = (cph_c64){a[p].re * a[q].re + a[p].im * a[q].im,
                                            a[p].im * a[q].re - a[p].re * a[q].im};
        const cph_scan_config config = {.elements = LINE,
                                        .position = position[0],
                                        .freq_hz = 1e9,
                                        .grid = GRID,
                                        .radius = 0.98};
        cph_scan_peak peak[2];
        size_t count;
        CU_ASSERT_EQUAL_FATAL(cph_scan_image(&config, r, LINE, NULL, NULL, false, false, image),
                              CPH_OK);
        CU_ASSERT_EQUAL_FATAL(cph_scan_peaks(&config, image, 2, peak, &count), CPH_OK);
        CU_ASSERT_EQUAL_FATAL(count, 2);
        CU_ASSERT_DOUBLE_EQUAL(peak[0].u, source[0], 2e-3);
        CU_ASSERT_DOUBLE_EQUAL(peak[0].v, source[1], 2e-3);
        CU_ASSERT(peak[1].value < 0.2 * peak[0].value);
    }
}

CU_TestInfo cph_tests_scan[] = {
    {"the image is the quadratic form, within its bound",
     image_is_the_quadratic_form_within_its_bound},
    {"a source is found where it stands", source_is_found_where_it_stands},
    {"gains restore what they scrambled", gains_restore_what_they_scrambled},
    {"images add up", images_add_up},
    {"threads do not change an image", threads_do_not_change_an_image},
    {"unusable input is refused and the image kept", unusable_input_is_refused_and_the_image_kept},
    {"peaks are refined by the paraboloid", peaks_are_refined_by_the_paraboloid},
    {"the strongest peaks come first", strongest_peaks_come_first},
    {"a line of elements is read along the line", line_of_elements_is_read_along_the_line},
    CU_TEST_INFO_NULL,
};
