/* SPDX-License-Identifier: MIT */
/* Pattern metrics in directions that tell signs apart, and where lobes hide. */
#include <stdio.h>

#include "cophase/random.h"
#include "tests/unit/pattern_rig.h"

/* |response|^2 in double by the definition, for oracles. */
static double power(const rig *r, double u, double v, double w)
{
    double re = 0.0, im = 0.0;
    for (size_t n = 0; n < r->n; n++) {
        const double *p = r->position + 3 * n;
        const double phase = 2.0 * M_PI / wl * (p[0] * u + p[1] * v + p[2] * w);
        re += r->w[n].re * cos(phase) + r->w[n].im * sin(phase);
        im += r->w[n].re * sin(phase) - r->w[n].im * cos(phase);
    }
    return re * re + im * im;
}

/* A binomial line has no sidelobe at half a wavelength. */
static void no_sidelobe_is_nan(void)
{
    rig r = ula(3, 0.5);
    r.w[1].re = 2.0;
    CU_ASSERT(isnan(analyse(&r).psll_db));
    release(&r);
    rig one = ula(1, 0.5);
    const cph_pattern_metrics m = analyse(&one);
    CU_ASSERT(isnan(m.psll_db) && isnan(m.hpbw_rad[0]) && m.planes == 0);
    CU_ASSERT_DOUBLE_EQUAL(m.directivity_db, 0.0, 1e-12);
    release(&one);
}

static void peak_stands_where_the_beam_looks(void)
{
    static const double uv[][2] = {{0.31, -0.22}, {-0.05, 0.62}, {0.7, 0.4}};
    for (size_t i = 0; i < 3; i++) {
        rig r = ura(7, 5, 0.5);
        steer(&r, uv[i][0], uv[i][1]);
        /* The search must come from a slope of the lobe, not from its top. */
        CU_ASSERT_EQUAL_FATAL(cph_direction_from_uv(uv[i][0] + 0.07, uv[i][1] - 0.05, r.look),
                              CPH_OK);
        cph_pattern_metrics m = analyse(&r);
        CU_ASSERT_DOUBLE_EQUAL(m.peak[0], uv[i][0], 1e-7);
        CU_ASSERT_DOUBLE_EQUAL(m.peak[1], uv[i][1], 1e-7);
        CU_ASSERT_DOUBLE_EQUAL(m.peak_power_db, 0.0, 1e-9);
        CU_ASSERT(m.look_power_db < -0.05 && m.look_power_db > -3.0);
        /* Conjugated weights point to the other side, and the search finds them there. */
        for (size_t n = 0; n < r.n; n++)
            r.w[n].im = -r.w[n].im;
        m = analyse(&r);
        CU_ASSERT_DOUBLE_EQUAL(m.peak[0], -uv[i][0], 1e-7);
        CU_ASSERT_DOUBLE_EQUAL(m.peak[1], -uv[i][1], 1e-7);
        release(&r);
    }
}

/* A beam that misses its look direction by more than a lobe is found all the same. */
static void displaced_main_lobe_is_found(void)
{
    rig r = ula(10, 0.5);
    steer(&r, 0.3, 0.0);
    memcpy(r.look, (double[]){0, 0, 1}, sizeof r.look);
    const cph_pattern_metrics m = analyse(&r);
    CU_ASSERT_DOUBLE_EQUAL(m.peak[0], 0.3, 1e-7);
    CU_ASSERT_DOUBLE_EQUAL(m.psll_db, -12.966, 1e-3);
    CU_ASSERT(m.look_power_db < -12.0);
    release(&r);
}

/* Width along the great circles: by a line scan of the definition, one lobe wide. */
static void widths_are_those_of_the_definition(void)
{
    rig r = ura(12, 5, 0.5);
    steer(&r, 0.6, 0.3);
    const cph_pattern_metrics m = analyse(&r);
    const double *p = m.peak, along = hypot(p[1], p[2]);
    const double t[2][3] = {{along, -p[0] * p[1] / along, -p[0] * p[2] / along},
                            {0.0, p[2] / along, -p[1] / along}};
    for (int k = 0; k < 2; k++) {
        for (int i = 0; i < 3; i++)
            CU_ASSERT_DOUBLE_EQUAL(m.tangent[k][i], t[k][i], 1e-9);
        double edge[2];
        for (int side = 0; side < 2; side++) {
            double x = 0.0;
            const double sign = side == 0 ? 1.0 : -1.0;
            do {
                x += 2e-6;
                const double c = cos(x), s = sign * sin(x);
                edge[side] = power(&r, c * p[0] + s * t[k][0], c * p[1] + s * t[k][1],
                                   c * p[2] + s * t[k][2]);
            } while (edge[side] > 0.5);
            edge[side] = x;
        }
        CU_ASSERT_DOUBLE_EQUAL(m.hpbw_rad[k], edge[0] + edge[1], 5e-6);
    }
    release(&r);
}

/* Ordinary end-fire at a quarter wavelength: directivity N exactly (sin(2 n k d) = 0), and a lobe
 * that is whole around the axis. */
static void endfire_line_has_a_whole_lobe_around_its_axis(void)
{
    enum { N = 10 };
    rig r = ula(N, 0.25);
    steer(&r, 1.0, 0.0);
    const cph_pattern_metrics m = analyse(&r);
    CU_ASSERT_DOUBLE_EQUAL(m.peak[0], 1.0, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(m.directivity_db, 10.0, 1e-9);
    double low = 1e-3, high = 0.3; /* of psi / 2 where |sin(N x) / (N sin x)|^2 = 1/2 */
    for (int i = 0; i < 60; i++) {
        const double x = 0.5 * (low + high), f = sin(N * x) / (N * sin(x));
        if (f * f > 0.5)
            low = x;
        else
            high = x;
    }
    CU_ASSERT_DOUBLE_EQUAL(m.hpbw_rad[0], 2.0 * acos(1.0 - low / (0.25 * M_PI)), 1e-7);
    release(&r);
    r = ula(N, 0.25);
    steer(&r, -0.95, 0.0);
    CU_ASSERT_DOUBLE_EQUAL(analyse(&r).peak[0], -0.95, 1e-7);
    release(&r);
}

/* At 0.8 wavelength a beam at u = 0.5 has its twin at u = 0.5 - 1.25; v has none in sight. */
static void grating_lobe_is_a_sidelobe_of_full_height(void)
{
    rig r = ura(6, 4, 0.8);
    steer(&r, 0.5, 0.1);
    cph_pattern_metrics m = analyse(&r);
    CU_ASSERT_DOUBLE_EQUAL(m.peak[0], 0.5, 1e-7);
    CU_ASSERT_DOUBLE_EQUAL(m.psll_db, 0.0, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(m.psll_at[0], -0.75, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(m.psll_at[1], 0.1, 1e-6);
    release(&r);
    /* Part of a grating lobe at the horizon counts too: 0.97 wavelength, twins at u = +-1.031. */
    r = ula(16, 0.97);
    m = analyse(&r);
    CU_ASSERT_DOUBLE_EQUAL(m.psll_db, 10.0 * log10(power(&r, 1, 0, 0) / 256.0), 1e-6);
    CU_ASSERT(m.psll_db > -6.0);
    release(&r);
}

/* A narrow scattered array, with its highest sidelobe at the horizon; a dense grid is the oracle.
 */
static void sidelobe_at_the_horizon_is_found(void)
{
    enum { N = 24, SEED = 208, GRID = 301 };
    static double image[GRID][GRID];
    rig r = ula(N, 0.5);
    cph_random random;
    printf("seed %d ", SEED);
    cph_random_seed(&random, SEED, 0);
    for (size_t n = 0; n < N; n++) {
        r.position[3 * n] = 6.2 * wl * cph_random_uniform(&random);
        r.position[3 * n + 1] = 0.9 * wl * cph_random_uniform(&random);
    }
    steer(&r, 0.534, -0.54);
    const cph_pattern_metrics m = analyse(&r);
    for (int i = 0; i < GRID * GRID; i++) {
        const double u = i % GRID / 150.0 - 1.0, v = i / GRID / 150.0 - 1.0;
        const double w2 = 1.0 - u * u - v * v;
        image[i / GRID][i % GRID] = w2 < 0.0 ? -1.0 : power(&r, u, v, sqrt(w2));
    }
    double best = 1e-6;
    for (int j = 1; j < GRID - 1; j++)
        for (int i = 1; i < GRID - 1; i++) {
            bool top = hypot(i / 150.0 - 1.0 - m.peak[0], j / 150.0 - 1.0 - m.peak[1]) > 0.1;
            for (int k = 0; k < 9; k++)
                top = top && image[j][i] >= image[j - 1 + k / 3][i - 1 + k % 3];
            best = top ? fmax(best, image[j][i]) : best;
        }
    CU_ASSERT_DOUBLE_EQUAL(m.psll_db, 10.0 * log10(best), 0.05);
    CU_ASSERT(hypot(m.psll_at[0], m.psll_at[1]) > 0.98);
    release(&r);
}

/* Two elements a quarter wavelength apart in quadrature: a cardioid along +z. */
static void cardioid_points_up(void)
{
    const double position[] = {0, 0, 0, 0, 0, 0.25 * wl};
    const cph_c64 w[] = {{1, 0}, {0, 1}};
    const cph_pattern_input input = {.elements = 2,
                                     .position = position,
                                     .freq_hz = freq_hz,
                                     .weights = w,
                                     .look = {0.6, 0.0, 0.8}};
    cph_pattern_metrics m;
    CU_ASSERT_EQUAL_FATAL(cph_pattern_analyse(&input, &m), CPH_OK);
    /* Its top is flat to third order, which costs the direction accuracy. */
    CU_ASSERT_DOUBLE_EQUAL(m.peak[2], 1.0, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(m.directivity_db, 10.0 * log10(2.0), 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(m.peak_power_db, 20.0 * log10(2.0), 1e-9);
    CU_ASSERT(isnan(m.psll_db));
}

/* A cube of elements looks at every side of the sphere; the oracle samples it. */
static void volume_has_its_sidelobe_anywhere_on_the_sphere(void)
{
    rig r = ura(3, 9, 0.5);
    for (size_t n = 0; n < r.n; n++) {
        r.position[3 * n + 1] = (double)(n / 9 % 3) * 0.4 * wl;
        r.position[3 * n + 2] = (double)(n / 3 % 3) * 0.35 * wl;
        r.position[3 * n] = (double)(n % 3) * 0.45 * wl;
    }
    steer(&r, 0.25, -0.4);
    const cph_pattern_metrics m = analyse(&r);
    CU_ASSERT_DOUBLE_EQUAL(m.peak[0], 0.25, 1e-7);
    CU_ASSERT_DOUBLE_EQUAL(m.peak[1], -0.4, 1e-7);
    CU_ASSERT(m.peak[2] > 0.0);
    enum { RINGS = 120, SPOKES = 240 };
    static double image[RINGS + 1][SPOKES];
    for (int i = 0; i <= RINGS; i++)
        for (int j = 0; j < SPOKES; j++) {
            const double theta = M_PI * i / RINGS, phi = 2.0 * M_PI * j / SPOKES;
            image[i][j] = power(&r, sin(theta) * cos(phi), sin(theta) * sin(phi), cos(theta));
        }
    double best = 1e-6;
    for (int i = 1; i < RINGS; i++)
        for (int j = 0; j < SPOKES; j++) {
            bool top = image[i][j] < 0.99;
            for (int k = 0; k < 9; k++)
                top = top && image[i][j] >= image[i - 1 + k / 3][(j + SPOKES - 1 + k % 3) % SPOKES];
            if (top)
                best = fmax(best, image[i][j]);
        }
    CU_ASSERT_DOUBLE_EQUAL(m.psll_db, 10.0 * log10(best), 0.05);
    release(&r);
}

static void response_is_w_hermitian_times_g_a(void)
{
    const double position[] = {0.25 * wl, 0, 0};
    const cph_c64 w = {0.0, 2.0}, gain = {0.0, 3.0};
    const cph_pattern_input input = {
        .elements = 1, .position = position, .freq_hz = freq_hz, .weights = &w, .gain = &gain};
    const double direction[] = {1, 0, 0, 0, 0, 1};
    cph_c64 y[2];
    CU_ASSERT_EQUAL_FATAL(cph_pattern_response(&input, 2, direction, y), CPH_OK);
    /* conj(2j) 3j exp(j pi/2) = 6j; toward z it is 6. */
    CU_ASSERT_DOUBLE_EQUAL(y[0].re, 0.0, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(y[0].im, 6.0, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(y[1].re, 6.0, 1e-12);
}

static void weights_made_for_the_gains_undo_them(void)
{
    rig r = ura(5, 4, 0.5);
    cph_c64 gain[20];
    for (size_t n = 0; n < r.n; n++)
        gain[n] = (cph_c64){1.0 + 0.02 * (double)n, sin((double)(n * n))};
    gain[7] = (cph_c64){NAN, NAN};
    const unsigned char flag[20] = {[7] = 1};
    steer(&r, -0.2, 0.35);
    cph_c64 a[20];
    CU_ASSERT_EQUAL_FATAL(cph_steer_c64(r.n, r.position, freq_hz, r.look, a), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_weights_conventional(r.n, a, gain, flag, NULL, r.w), CPH_OK);
    cph_pattern_input input = input_of(&r);
    input.gain = gain;
    cph_pattern_metrics m;
    CU_ASSERT_EQUAL_FATAL(cph_pattern_analyse(&input, &m), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(m.peak_power_db, 0.0, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(m.look_power_db, 0.0, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(m.peak[1], 0.35, 1e-6);
    release(&r);
}

static void results_do_not_depend_on_threads(void)
{
    cph_array array;
    CU_ASSERT_EQUAL_FATAL(cph_array_disc(150, 0.5 * wl, &array), CPH_OK);
    rig r = rig_of(&array);
    steer(&r, 0.4, -0.2);
    r.w[3] = (cph_c64){0, 0};
    cph_exec exec;
    cph_exec_openmp(&exec, 3);
    cph_pattern_input input = input_of(&r);
    cph_pattern_metrics serial, threaded;
    CU_ASSERT_EQUAL_FATAL(cph_pattern_analyse(&input, &serial), CPH_OK);
    input.exec = &exec;
    CU_ASSERT_EQUAL_FATAL(cph_pattern_analyse(&input, &threaded), CPH_OK);
    CU_ASSERT(serial.directivity_db == threaded.directivity_db);
    CU_ASSERT(serial.psll_db == threaded.psll_db);
    CU_ASSERT(serial.hpbw_rad[1] == threaded.hpbw_rad[1]);
    CU_ASSERT(serial.psll_db > -18.5 && serial.psll_db < -15.0);
    release(&r);
}

static void map_has_its_top_where_the_beam_points(void)
{
    enum { GRID = 41 };
    static float map[GRID][GRID];
    rig r = ura(6, 5, 0.5);
    steer(&r, 0.3, -0.6);
    const cph_pattern_input input = input_of(&r);
    CU_ASSERT_EQUAL_FATAL(cph_pattern_map(&input, GRID, map[0]), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(map[8][26], 0.0, 1e-4); /* v = -0.6, u = 0.3 */
    CU_ASSERT(isnan(map[0][0]) && isnan(map[40][1]) && !isnan(map[20][0]));
    CU_ASSERT_DOUBLE_EQUAL(map[10][20], 10.0 * log10(power(&r, 0.0, -0.5, sqrt(0.75))), 1e-3);
    /* Azimuth 45, elevation -27 degrees; the poles are one place each. */
    CU_ASSERT_EQUAL_FATAL(cph_pattern_map_azel(&input, GRID, map[0]), CPH_OK);
    const double el = -27.0 * M_PI / 180, u = cos(el) * M_SQRT1_2;
    float top = -INFINITY;
    for (size_t i = 0; i < (size_t)GRID * GRID; i++)
        top = fmaxf(top, map[i / GRID][i % GRID]);
    CU_ASSERT_EQUAL(top, 0.0f);
    CU_ASSERT_DOUBLE_EQUAL(map[14][30] - map[20][20],
                           10.0 * log10(power(&r, u, sin(el), u) / power(&r, 0.0, 0.0, 1.0)), 1e-3);
    CU_ASSERT_DOUBLE_EQUAL(map[40][7], map[40][29], 1e-3);
    release(&r);
}

static void bad_input_is_refused(void)
{
    rig r = ula(4, 0.5);
    cph_pattern_input input = input_of(&r);
    cph_pattern_metrics m = {.planes = 77};
    /* Three numbers a direction: a product that wraps to 2. */
    cph_c64 response = {5.0, 6.0};
    CU_ASSERT_EQUAL(cph_pattern_response(&input, SIZE_MAX / 3 + 1, input.look, &response),
                    CPH_ERR_OVERFLOW);
    CU_ASSERT(response.re == 5.0 && response.im == 6.0);
    r.w[2].im = NAN;
    CU_ASSERT_EQUAL(cph_pattern_analyse(&input, &m), CPH_ERR_NOT_FINITE);
    memset(r.w, 0, r.n * sizeof *r.w);
    CU_ASSERT_EQUAL(cph_pattern_analyse(&input, &m), CPH_ERR_TOO_FEW);
    input.look[2] = 0.5;
    CU_ASSERT_EQUAL(cph_pattern_analyse(&input, &m), CPH_ERR_ARGUMENT);
    input.look[2] = 1.0;
    input.freq_hz = 0.0;
    CU_ASSERT_EQUAL(cph_pattern_analyse(&input, &m), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(m.planes, 77);
    release(&r);
}

CU_TestInfo cph_tests_pattern[] = {
    {"no sidelobe is NaN", no_sidelobe_is_nan},
    {"the peak stands where the beam looks", peak_stands_where_the_beam_looks},
    {"a displaced main lobe is found", displaced_main_lobe_is_found},
    {"widths are those of the definition", widths_are_those_of_the_definition},
    {"an end-fire line has a whole lobe around its axis",
     endfire_line_has_a_whole_lobe_around_its_axis},
    {"a grating lobe is a sidelobe of full height", grating_lobe_is_a_sidelobe_of_full_height},
    {"a sidelobe at the horizon is found", sidelobe_at_the_horizon_is_found},
    {"a cardioid points up", cardioid_points_up},
    {"a volume has its sidelobe anywhere on the sphere",
     volume_has_its_sidelobe_anywhere_on_the_sphere},
    {"the response is w^H (g a)", response_is_w_hermitian_times_g_a},
    {"weights made for the gains undo them", weights_made_for_the_gains_undo_them},
    {"results do not depend on threads", results_do_not_depend_on_threads},
    {"a map has its top where the beam points", map_has_its_top_where_the_beam_points},
    {"bad input is refused", bad_input_is_refused},
    CU_TEST_INFO_NULL,
};
