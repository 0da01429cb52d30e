/* SPDX-License-Identifier: MIT */
/* What surrounds the main lobe, against closed forms and lattice theory. */
#include "cophase/lobes.h"
#include "tests/unit/pattern_rig.h"

static cph_pattern_lobes measure(const rig *r)
{
    const cph_pattern_input input = input_of(r);
    const cph_pattern_metrics m = analyse(r);
    cph_pattern_lobes lobes = {.mean_db = 77};
    CU_ASSERT_EQUAL_FATAL(cph_pattern_lobes_measure(&input, &m, &lobes), CPH_OK);
    return lobes;
}

/* Cosine along the line at a null of the first plane. */
static double null_cosine(const rig *r, const cph_pattern_lobes *lobes, int side)
{
    const double look = asin(r->look[0]), away = lobes->null_rad[0][side];
    return sin(side == 0 ? look - away : look + away);
}

static void uniform_line_has_its_first_nulls_at_two_over_n(void)
{
    static const struct {
        size_t n;
        double u;
    } row[] = {{10, 0.0}, {16, 0.3}, {7, -0.45}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        rig r = ula(row[i].n, 0.5);
        steer(&r, row[i].u, 0.0);
        const cph_pattern_lobes lobes = measure(&r);
        const double step = 2.0 / (double)row[i].n;
        CU_ASSERT_DOUBLE_EQUAL(null_cosine(&r, &lobes, 0), row[i].u - step, 1e-7);
        CU_ASSERT_DOUBLE_EQUAL(null_cosine(&r, &lobes, 1), row[i].u + step, 1e-7);
        CU_ASSERT(lobes.null_db[0][0] < -120.0 && lobes.null_db[0][1] < -120.0);
        CU_ASSERT(isnan(lobes.null_rad[1][0]) && isnan(lobes.null_db[1][1]));
        release(&r);
    }
}

/* Two elements half a wavelength apart have their nulls at the ends of the line; nearer ones have
 * none, and nothing but a main lobe. */
static void nulls_end_with_the_visible_region(void)
{
    rig r = ula(2, 0.5), near = ula(2, 0.3), one = ula(1, 0.5);
    cph_pattern_lobes lobes = measure(&r);
    CU_ASSERT_DOUBLE_EQUAL(degrees(lobes.null_rad[0][0]), 90.0, 1e-5);
    CU_ASSERT_DOUBLE_EQUAL(degrees(lobes.null_rad[0][1]), 90.0, 1e-5);
    CU_ASSERT(isnan(lobes.mean_db) && isnan(lobes.mean_sphere_db));
    lobes = measure(&near);
    CU_ASSERT(isnan(lobes.null_rad[0][0]) && isnan(lobes.null_rad[0][1]) && isnan(lobes.mean_db));
    lobes = measure(&one);
    CU_ASSERT(isnan(lobes.null_rad[0][0]) && isnan(lobes.mean_db));
    release(&r);
    release(&near);
    release(&one);
}

static void rectangle_has_the_nulls_of_its_sides(void)
{
    rig r = ura(8, 5, 0.5);
    const cph_pattern_lobes lobes = measure(&r);
    for (int side = 0; side < 2; side++) {
        CU_ASSERT_DOUBLE_EQUAL(sin(lobes.null_rad[0][side]), 2.0 / 8, 1e-7);
        CU_ASSERT_DOUBLE_EQUAL(sin(lobes.null_rad[1][side]), 2.0 / 5, 1e-7);
    }
    release(&r);
}

/* 1.2197 wavelengths over the diameter of a disc that has as much area as the elements' cells: the
 * rim is rough by half a pitch in 9 at random, 1 % of the diameter. */
static void disc_has_its_first_null_where_airy_says(void)
{
    cph_array array;
    CU_ASSERT_EQUAL_FATAL(cph_array_disc(1280, 0.5 * wl, &array), CPH_OK);
    rig r = rig_of(&array);
    const cph_pattern_lobes lobes = measure(&r);
    const double cell = 0.25 * sqrt(0.75), diameter = sqrt(1280.0 * cell * 4.0 / M_PI);
    for (int plane = 0; plane < 2; plane++)
        for (int side = 0; side < 2; side++)
            CU_ASSERT_DOUBLE_EQUAL(sin(lobes.null_rad[plane][side]) * diameter / 1.2196699, 1.0,
                                   0.01);
    release(&r);
}

/* Response of a uniform line at x half wavelengths of phase from its beam. */
static double line_power(size_t n, double u)
{
    const double half = M_PI_2 * u, bottom = sin(half);
    const double sum = fabs(bottom) < 1e-9 ? (double)n : sin((double)n * half) / bottom;
    return sum * sum / (double)(n * n);
}

/* Solid angle around a line goes with the cosine along it. */
static double line_mean_db(size_t n, double u0)
{
    enum { STEPS = 200000 };
    double sum = 0.0, area = 0.0;
    for (int i = 0; i < STEPS; i++) {
        const double u = -1.0 + 2.0 * (i + 0.5) / STEPS;
        if (fabs(u - u0) < 2.0 / (double)n)
            continue;
        sum += line_power(n, u - u0);
        area += 1.0;
    }
    return 10.0 * log10(sum / area);
}

static void line_has_the_mean_sidelobe_of_its_integral(void)
{
    static const struct {
        size_t n;
        double u;
    } row[] = {{6, 0.0}, {8, 0.0}, {10, 0.0}, {20, 0.0}, {32, 0.0}, {33, -0.4}, {64, 0.7}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        rig r = ula(row[i].n, 0.5);
        steer(&r, row[i].u, 0.0);
        const cph_pattern_lobes lobes = measure(&r);
        const double expected = line_mean_db(row[i].n, row[i].u);
        CU_ASSERT_DOUBLE_EQUAL(lobes.mean_db, expected, 1e-3);
        CU_ASSERT_DOUBLE_EQUAL(lobes.mean_sphere_db, expected, 1e-3);
        release(&r);
    }
}

/* Sums over the hemisphere before a rectangle: of all of the power, of that in the main lobe
 * (between the zeros of the two lines), and the solid angle of it. */
static void rectangle_sums(const size_t n[2], const double beam[2], double *power, double *main,
                           double *area)
{
    enum { RINGS = 700, POINTS = 2000 };
    *power = *main = *area = 0.0;
    for (int i = 0; i < RINGS; i++)
        for (int k = 0; k < POINTS; k++) {
            const double theta = M_PI_2 * (i + 0.5) / RINGS, phi = 2 * M_PI * k / POINTS;
            const double u = sin(theta) * cos(phi) - beam[0], v = sin(theta) * sin(phi) - beam[1];
            const double cell = sin(theta) * M_PI_2 / RINGS * 2 * M_PI / POINTS;
            const double there = line_power(n[0], u) * line_power(n[1], v) * cell;
            const bool inside = fabs(u) < 2.0 / (double)n[0] && fabs(v) < 2.0 / (double)n[1];
            *power += there;
            *main += inside ? there : 0.0;
            *area += inside ? cell : 0.0;
        }
}

static void rectangle_has_the_mean_sidelobe_of_its_integral(void)
{
    static const size_t n[2] = {12, 7};
    static const double beam[][2] = {{0.0, 0.0}, {0.3, -0.25}};
    for (size_t i = 0; i < 2; i++) {
        double power, main, area;
        rig r = ura(n[0], n[1], 0.5);
        steer(&r, beam[i][0], beam[i][1]);
        rectangle_sums(n, beam[i], &power, &main, &area);
        const cph_pattern_lobes lobes = measure(&r);
        CU_ASSERT_DOUBLE_EQUAL(lobes.mean_db, 10 * log10((power - main) / (2 * M_PI - area)), 0.05);
        /* Behind stands the mirror image, main lobe and all. */
        CU_ASSERT_DOUBLE_EQUAL(lobes.mean_sphere_db,
                               10 * log10((2 * power - main) / (4 * M_PI - area)), 0.05);
        release(&r);
    }
}

/* What radiates nothing behind has the same power over twice the directions. */
static void elements_without_a_back_have_a_lower_mean_over_the_sphere(void)
{
    rig r = ura(12, 7, 0.5);
    double power, main, area;
    const cph_element_pattern cosine = {.kind = CPH_ELEMENT_COSINE, .q = 1.0};
    cph_pattern_input input = input_of(&r);
    cph_pattern_metrics m;
    cph_pattern_lobes lobes;
    input.element = &cosine;
    rectangle_sums((const size_t[2]){12, 7}, (const double[2]){0, 0}, &power, &main, &area);
    CU_ASSERT_EQUAL_FATAL(cph_pattern_analyse(&input, &m), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_pattern_lobes_measure(&input, &m, &lobes), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(lobes.mean_db - lobes.mean_sphere_db,
                           10 * log10((4 * M_PI - area) / (2 * M_PI - area)), 0.02);
    release(&r);
}

/* cos of the angle to the normal is sqrt(1 - u^2) cos phi: 2 / pi of that on the half around a
 * line, half as much on all of it; alike, and each by itself. */
static void line_of_elements_has_the_mean_sidelobe_of_its_integral(void)
{
    enum { N = 9, STEPS = 200000 };
    rig r = ula(N, 0.5);
    const cph_element_pattern cosine = {.kind = CPH_ELEMENT_COSINE, .q = 1.0};
    const cph_element_pattern *each[N];
    double sum = 0.0, area = 0.0;
    for (int i = 0; i < N; i++)
        each[i] = &cosine;
    for (int i = 0; i < STEPS; i++) {
        const double u = -1.0 + 2.0 * (i + 0.5) / STEPS;
        if (fabs(u) >= 2.0 / N) {
            sum += line_power(N, u) * sqrt(1.0 - u * u) * 2.0 / M_PI;
            area += 1.0;
        }
    }
    for (int different = 0; different < 2; different++) {
        cph_pattern_input input = input_of(&r);
        cph_pattern_metrics m;
        cph_pattern_lobes lobes;
        input.element = &cosine;
        input.embedded = different ? each : NULL;
        CU_ASSERT_EQUAL_FATAL(cph_pattern_analyse(&input, &m), CPH_OK);
        CU_ASSERT_EQUAL_FATAL(cph_pattern_lobes_measure(&input, &m, &lobes), CPH_OK);
        /* Midpoints over half a turn: (pi / 64)^2 / 6 too much of 32, 0.0017 dB. */
        CU_ASSERT_DOUBLE_EQUAL(lobes.mean_db, 10 * log10(sum / area), different ? 3e-3 : 1e-3);
        CU_ASSERT_DOUBLE_EQUAL(lobes.mean_sphere_db, lobes.mean_db - 10 * log10(2.0), 1e-9);
    }
    release(&r);
}

/* Odd weights: neither of the two lobes counts. */
static void difference_beam_leaves_both_lobes_out(void)
{
    rig r = ula(40, 0.5);
    const cph_taper bayliss = {.kind = CPH_TAPER_BAYLISS, .nbar = 5, .sll_db = -30};
    double t[40];
    CU_ASSERT_EQUAL_FATAL(cph_taper_line(&bayliss, r.n, t), CPH_OK);
    for (size_t i = 0; i < r.n; i++)
        r.w[i].re = t[i];
    const cph_pattern_lobes lobes = measure(&r);
    CU_ASSERT(lobes.mean_db < -33.0 && lobes.mean_db > -40.0);
    /* One of the first nulls is the one between the lobes. */
    CU_ASSERT_DOUBLE_EQUAL(fmin(fabs(lobes.null_rad[0][0] - analyse(&r).peak[0]),
                                fabs(lobes.null_rad[0][1] + analyse(&r).peak[0])),
                           0.0, 1e-3);
    release(&r);
}

enum { MOST = 8 };

static size_t list(const rig *r, double above_db, cph_pattern_lobe lobe[MOST])
{
    const cph_pattern_input input = input_of(r);
    const cph_pattern_metrics m = analyse(r);
    size_t count = 77;
    CU_ASSERT_EQUAL_FATAL(cph_pattern_lobes_list(&input, &m, above_db, MOST, lobe, &count), CPH_OK);
    return count;
}

/* At a pitch of one wavelength the lobes of a line are one cosine apart. */
static void line_has_the_grating_lobes_of_its_pitch(void)
{
    cph_pattern_lobe lobe[MOST];
    rig r = ula(8, 1.0);
    CU_ASSERT_EQUAL(list(&r, -3.0, lobe), 2);
    CU_ASSERT_DOUBLE_EQUAL(fabs(lobe[0].at[0]), 1.0, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(lobe[0].at[0] + lobe[1].at[0], 0.0, 1e-6);
    steer(&r, 0.3, 0.0);
    CU_ASSERT_EQUAL(list(&r, -3.0, lobe), 1);
    CU_ASSERT_DOUBLE_EQUAL(lobe[0].at[0], -0.7, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(lobe[0].power_db, 0.0, 1e-4);
    release(&r);
    r = ula(8, 0.5);
    CU_ASSERT_EQUAL(list(&r, -3.0, lobe), 0);
    CU_ASSERT_EQUAL(list(&r, -14.0, lobe), 2); /* the first sidelobes, -12.8 dB */
    CU_ASSERT_DOUBLE_EQUAL(lobe[1].power_db, analyse(&r).psll_db, 1e-4);
    release(&r);
}

/* The lattice that has rows of pitch d along x has lobes at (0, +-2/sqrt 3) and (+-1, +-1/sqrt 3)
 * wavelengths over d from the main one: 12.8 mm at 14.5 GHz is 0.619 of them, good to 60 degrees.
 */
static void triangular_lattice_has_the_grating_lobes_of_its_reciprocal(void)
{
    cph_array array;
    cph_pattern_lobe lobe[MOST];
    const double pitch = 12.8e-3 * 14.5e9 / CPH_SPEED_OF_LIGHT;
    CU_ASSERT_EQUAL_FATAL(cph_array_tri(331, pitch * wl, &array), CPH_OK);
    rig r = rig_of(&array);
    steer(&r, 0.0, 0.8);
    CU_ASSERT_EQUAL(list(&r, -3.0, lobe), 0);
    steer(&r, 0.0, 0.92);
    CU_ASSERT_EQUAL(list(&r, -3.0, lobe), 1);
    CU_ASSERT_DOUBLE_EQUAL(lobe[0].at[0], 0.0, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(lobe[0].at[1], 0.92 - 2.0 / sqrt(3.0) / pitch, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(lobe[0].power_db, 0.0, 1e-4);
    steer(&r, 0.8, 0.45);
    CU_ASSERT_EQUAL(list(&r, -3.0, lobe), 1);
    CU_ASSERT_DOUBLE_EQUAL(lobe[0].at[0], 0.8 - 1.0 / pitch, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(lobe[0].at[1], 0.45 - 1.0 / sqrt(3.0) / pitch, 1e-6);
    release(&r);
}

static void bad_input_is_refused(void)
{
    rig r = ula(4, 0.5);
    const cph_pattern_input input = input_of(&r);
    cph_pattern_metrics m = analyse(&r);
    cph_pattern_lobes lobes = {.mean_db = 77};
    size_t count = 77;
    CU_ASSERT_EQUAL(cph_pattern_lobes_measure(&input, NULL, &lobes), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_pattern_lobes_list(&input, &m, 1.0, 0, NULL, &count), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_pattern_lobes_list(&input, &m, -3.0, 1, NULL, &count), CPH_ERR_ARGUMENT);
    m.peak[0] = 2.0;
    CU_ASSERT_EQUAL(cph_pattern_lobes_measure(&input, &m, &lobes), CPH_ERR_ARGUMENT);
    CU_ASSERT(lobes.mean_db == 77 && count == 77);
    release(&r);
}

CU_TestInfo cph_tests_lobes[] = {
    {"a uniform line has its first nulls at two over N",
     uniform_line_has_its_first_nulls_at_two_over_n},
    {"nulls end with the visible region", nulls_end_with_the_visible_region},
    {"a rectangle has the nulls of its sides", rectangle_has_the_nulls_of_its_sides},
    {"a disc has its first null where Airy says", disc_has_its_first_null_where_airy_says},
    {"a line has the mean sidelobe of its integral", line_has_the_mean_sidelobe_of_its_integral},
    {"a line of elements has the mean sidelobe of its integral",
     line_of_elements_has_the_mean_sidelobe_of_its_integral},
    {"a rectangle has the mean sidelobe of its integral",
     rectangle_has_the_mean_sidelobe_of_its_integral},
    {"elements without a back have a lower mean over the sphere",
     elements_without_a_back_have_a_lower_mean_over_the_sphere},
    {"a difference beam leaves both lobes out", difference_beam_leaves_both_lobes_out},
    {"a line has the grating lobes of its pitch", line_has_the_grating_lobes_of_its_pitch},
    {"a triangular lattice has the grating lobes of its reciprocal",
     triangular_lattice_has_the_grating_lobes_of_its_reciprocal},
    {"bad input is refused", bad_input_is_refused},
    CU_TEST_INFO_NULL,
};
