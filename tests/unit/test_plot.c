/* SPDX-License-Identifier: MIT */
/* Parts of the pictures: ticks, colours, labels, and the numbers that the picture of gains shows.
 */
#include <CUnit/CUnit.h>
#include <cairo.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/plot/bar_cairo.h"
#include "cli/plot/gain_marks.h"
#include "cli/plot/labels_cairo.h"
#include "cli/plot/ticks.h"
#include "cophase/random.h"

enum { SEED = 20211113 };

/* ---- ticks ---- */

static void ticks_are_the_ones_a_person_would_draw(void)
{
    static const struct {
        cph_tick_kind kind;
        double low, high;
        size_t most;
        double first, step;
        size_t count;
        const char *label; /* of the first */
    } rows[] = {
        {CPH_TICKS_DECIMAL, 0, 1, 6, 0, 0.2, 6, "0.0"},
        {CPH_TICKS_DECIMAL, -1.13, 1.13, 5, -1, 0.5, 5, "-1.0"},
        {CPH_TICKS_DECIMAL, -60, 3, 9, -60, 10, 7, "-60"},
        {CPH_TICKS_DECIMAL, -0.0449, 0.0449, 5, -0.04, 0.02, 5, "-0.04"},
        {CPH_TICKS_DECIMAL, 1999, 31000, 4, 10000, 10000, 3, "10000"},
        {CPH_TICKS_DEGREES, -90, 90, 13, -90, 15, 13, "-90"},
        {CPH_TICKS_DEGREES, -180, 180, 9, -180, 45, 9, "-180"},
        {CPH_TICKS_DEGREES, 16, 24, 9, 16, 1, 9, "16"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char label[32];
        cph_ticks t = cph_ticks_make(rows[i].kind, rows[i].low, rows[i].high, rows[i].most);
        CU_ASSERT_DOUBLE_EQUAL(cph_ticks_at(&t, 0), rows[i].first, 1e-9);
        CU_ASSERT_DOUBLE_EQUAL(t.step, rows[i].step, 1e-9);
        CU_ASSERT_EQUAL(t.count, rows[i].count);
        cph_ticks_label(&t, 0, sizeof label, label);
        CU_ASSERT_STRING_EQUAL(label, rows[i].label);
    }
}

static void zero_has_no_sign(void)
{
    char label[32];
    cph_ticks t = cph_ticks_make(CPH_TICKS_DECIMAL, -0.3, 1, 6);
    cph_ticks_label(&t, 0, sizeof label, label);
    CU_ASSERT_STRING_EQUAL(label, "0.0");
}

static void any_range_has_few_ticks_inside_it_and_labels_that_differ(void)
{
    cph_random random;
    cph_random_seed(&random, SEED, 0);
    for (int trial = 0; trial < 2000; trial++) {
        double span = pow(10, 12 * cph_random_uniform(&random) - 6);
        double low = span * 20 * (cph_random_uniform(&random) - 0.5), high = low + span;
        size_t most = 6 + (size_t)(8 * cph_random_uniform(&random));
        cph_ticks t = cph_ticks_make(CPH_TICKS_DECIMAL, low, high, most);
        CU_ASSERT(t.count >= 2 && t.count <= most);
        char before[40] = "", label[40];
        for (size_t i = 0; i < t.count; i++) {
            double at = cph_ticks_at(&t, i);
            CU_ASSERT(at >= low - 1e-8 * span && at <= high + 1e-8 * span);
            cph_ticks_label(&t, i, sizeof label, label);
            CU_ASSERT_DOUBLE_EQUAL(strtod(label, NULL), at, 1e-6 * t.step);
            CU_ASSERT_STRING_NOT_EQUAL(label, before);
            memcpy(before, label, sizeof before);
        }
    }
}

static void ranges_without_ticks_are_empty(void)
{
    const double ends[][2] = {{1, 1},        {2, 1},          {NAN, 1},
                              {0, INFINITY}, {-1e308, 1e308}, {1, 1 + 1e-15}};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        CU_ASSERT_EQUAL(cph_ticks_make(CPH_TICKS_DECIMAL, ends[i][0], ends[i][1], 5).count, 0);
}

/* ---- colours ---- */

/* CIE values of sRGB colours as in any table. */
static void lightness_is_that_of_cie(void)
{
    CU_ASSERT_DOUBLE_EQUAL(cph_rgb_lightness((cph_rgb){1, 1, 1}), 100, 1e-3);
    CU_ASSERT_DOUBLE_EQUAL(cph_rgb_lightness((cph_rgb){0, 0, 0}), 0, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(cph_rgb_lightness((cph_rgb){0.5, 0.5, 0.5}), 53.39, 0.01);
    CU_ASSERT_DOUBLE_EQUAL(cph_rgb_lightness((cph_rgb){1, 0, 0}), 53.24, 0.01);
    CU_ASSERT_DOUBLE_EQUAL(cph_rgb_lightness((cph_rgb){0, 0, 1}), 32.30, 0.01);
}

static void sequential_colours_grow_lighter_in_even_steps(void)
{
    enum { STEPS = 100 };
    double first = cph_rgb_lightness(cph_colormap_sequential(0));
    double last = cph_rgb_lightness(cph_colormap_sequential(1)), mean = (last - first) / STEPS;
    CU_ASSERT(first < 15 && last > 85);
    for (int i = 0; i < STEPS; i++) {
        double step = cph_rgb_lightness(cph_colormap_sequential((i + 1.0) / STEPS)) -
                      cph_rgb_lightness(cph_colormap_sequential((double)i / STEPS));
        CU_ASSERT(step > 0.75 * mean && step < 1.4 * mean);
    }
}

static double distance(cph_rgb a, cph_rgb b)
{
    return sqrt((a.r - b.r) * (a.r - b.r) + (a.g - b.g) * (a.g - b.g) + (a.b - b.b) * (a.b - b.b));
}

static void cyclic_colours_close_and_tell_the_sign(void)
{
    CU_ASSERT(distance(cph_colormap_cyclic(0), cph_colormap_cyclic(1)) < 1e-6);
    for (int i = 1; i <= 180; i++) {
        cph_rgb below = cph_colormap_cyclic(0.5 - i / 360.0);
        cph_rgb above = cph_colormap_cyclic(0.5 + i / 360.0);
        CU_ASSERT(distance(below, cph_colormap_cyclic(0.5 - (i - 1) / 360.0)) < 0.03);
        CU_ASSERT(distance(above, cph_colormap_cyclic(0.5 + (i - 1) / 360.0)) < 0.03);
        /* Equal at the ends, where the curve turns. */
        CU_ASSERT(cph_rgb_lightness(above) <
                  cph_rgb_lightness(cph_colormap_cyclic(0.5 + (i - 1) / 360.0)) + 0.1);
        if (i < 180)
            CU_ASSERT(below.b > below.r && above.r > above.b);
    }
}

static void colours_stay_in_range_for_any_number(void)
{
    const double at[] = {-INFINITY, -1, 0, 0.3, 1, 2, INFINITY, NAN};
    static cph_colormap *const maps[] = {cph_colormap_sequential, cph_colormap_cyclic};
    for (size_t m = 0; m < 2; m++)
        for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
            cph_rgb c = maps[m](at[i]);
            CU_ASSERT(c.r >= 0 && c.r <= 1 && c.g >= 0 && c.g <= 1 && c.b >= 0 && c.b <= 1);
        }
    CU_ASSERT(distance(cph_colormap_sequential(-5), cph_colormap_sequential(0)) < 1e-12);
    CU_ASSERT(distance(cph_colormap_sequential(5), cph_colormap_sequential(1)) < 1e-12);
}

/* With a knee of 1, values a and b = sinh(2 asinh(a)) are as far apart as 0 and a. */
static void shades_span_their_range_with_and_without_a_knee(void)
{
    const cph_shades even = {cph_colormap_sequential, -60, 0, 0};
    const cph_shades knee = {cph_colormap_sequential, -2, 40, 1};
    CU_ASSERT_DOUBLE_EQUAL(cph_shades_share(&even, -60), 0, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(cph_shades_share(&even, -15), 0.75, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(cph_shades_share(&knee, -2), 0, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(cph_shades_share(&knee, 40), 1, 1e-12);
    double zero = cph_shades_share(&knee, 0), a = cph_shades_share(&knee, 3);
    CU_ASSERT(zero > 0.2 && zero < a);
    CU_ASSERT_DOUBLE_EQUAL(cph_shades_share(&knee, 2 * 3 * sqrt(10)) - a, a - zero, 1e-12);
    CU_ASSERT(distance(cph_shades_colour(&knee, 40), cph_colormap_sequential(1)) < 1e-12);
}

/* ---- labels ---- */

static void labels_do_not_overlap_or_leave_the_picture(void)
{
    enum { POINTS = 60, CAPACITY = 120 };
    cph_box taken[CAPACITY];
    cph_labels labels = {.limits = {0, 0, 300, 200}, .capacity = CAPACITY, .taken = taken};
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 300, 200);
    cairo_t *cr = cairo_create(surface);
    cph_random random;
    size_t written = 0;
    cph_random_seed(&random, SEED, 1);
    for (int i = 0; i < POINTS; i++) {
        double x = 300 * cph_random_uniform(&random), y = 200 * cph_random_uniform(&random);
        written += cph_labels_write(cr, &labels, x, y, 5, &(cph_text_style){0}, "1280");
    }
    /* Some find room, not all can. */
    CU_ASSERT(written > POINTS / 4 && written < POINTS);
    CU_ASSERT_EQUAL(labels.count, written);
    for (size_t i = 0; i < labels.count; i++) {
        const cph_box *a = &taken[i];
        CU_ASSERT(a->x0 >= 0 && a->y0 >= 0 && a->x1 <= 300 && a->y1 <= 200 && a->x0 < a->x1);
        for (size_t j = 0; j < i; j++) {
            const cph_box *b = &taken[j];
            CU_ASSERT(a->x1 <= b->x0 || b->x1 <= a->x0 || a->y1 <= b->y0 || b->y1 <= a->y0);
        }
    }
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
}

/* ---- what the picture of gains shows ---- */

/* Magnitudes 1, 2, 4 (median 2) at 170, -170 and 180 degrees: the spread is about the mean phase,
 * across the cut. Element 1 is flagged; 4 has no gain and no flag. */
static void gains_are_relative_to_the_median_of_the_good(void)
{
    const double a = 170 * 3.14159265358979323846 / 180;
    const cph_c64 gain[5] = {
        {cos(a), sin(a)}, {900, 0}, {2 * cos(a), -2 * sin(a)}, {-4, 0}, {NAN, 1}};
    const unsigned char flag[5] = {0, CPH_FLAG_HOT, 0, 0, 0};
    const double position[15] = {0, 0, 0, 3, 0, 0, 0, 4, 0, 3, 4, 0, 0, 4.5, 0};
    const cph_gain_plot plot = {.elements = 5, .position = position, .gain = gain, .flag = flag};
    cph_gain_marks m;
    CU_ASSERT_EQUAL_FATAL(cph_gain_marks_make(&plot, &m, NULL), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(m.db[0], -6.0206, 1e-4);
    CU_ASSERT_DOUBLE_EQUAL(m.db[2], 0, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(m.db[3], 6.0206, 1e-4);
    CU_ASSERT(isnan(m.db[1]) && isnan(m.db[4]) && isnan(m.phase_deg[1]));
    CU_ASSERT_EQUAL(m.flag[1], CPH_FLAG_HOT);
    CU_ASSERT_EQUAL(m.flag[4], CPH_FLAG_UNSOLVED);
    CU_ASSERT_EQUAL(m.count[CPH_FLAG_NONE], 3);
    CU_ASSERT_DOUBLE_EQUAL(m.db_min, -6.0206, 1e-4);
    CU_ASSERT_DOUBLE_EQUAL(m.db_max, 6.0206, 1e-4);
    CU_ASSERT_DOUBLE_EQUAL(m.db_rms, 6.0206 * sqrt(2.0 / 3), 1e-3);
    CU_ASSERT_DOUBLE_EQUAL(m.phase_deg[2], -170, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(m.phase_rms_deg, 10 * sqrt(2.0 / 3), 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(m.spacing, 0.5, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(m.high[0], 3, 0);
    CU_ASSERT_DOUBLE_EQUAL(m.high[1], 4.5, 0);
    cph_gain_marks_free(&m);

    /* Of an even number it is the middle of the two in the middle: 4, 2, 1, 1/2. */
    const cph_c64 even[4] = {{4, 0}, {0, 1}, {2, 0}, {0.5, 0}};
    const cph_gain_plot four = {.elements = 4, .position = position, .gain = even};
    CU_ASSERT_EQUAL_FATAL(cph_gain_marks_make(&four, &m, NULL), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(m.db[0], 9.0309, 1e-4);
    CU_ASSERT_DOUBLE_EQUAL(m.db[1], -3.0103, 1e-4);
    CU_ASSERT_DOUBLE_EQUAL(m.db_min, -9.0309, 1e-4);
    cph_gain_marks_free(&m);
}

CU_TestInfo cph_tests_plot[] = {
    {"ticks are the ones a person would draw", ticks_are_the_ones_a_person_would_draw},
    {"zero has no sign", zero_has_no_sign},
    {"any range has few ticks inside it, labels differ",
     any_range_has_few_ticks_inside_it_and_labels_that_differ},
    {"ranges without ticks are empty", ranges_without_ticks_are_empty},
    {"lightness is that of CIE", lightness_is_that_of_cie},
    {"sequential colours grow lighter in even steps",
     sequential_colours_grow_lighter_in_even_steps},
    {"cyclic colours close and tell the sign", cyclic_colours_close_and_tell_the_sign},
    {"colours stay in range for any number", colours_stay_in_range_for_any_number},
    {"shades span their range with and without a knee",
     shades_span_their_range_with_and_without_a_knee},
    {"labels do not overlap or leave the picture", labels_do_not_overlap_or_leave_the_picture},
    {"gains are relative to the median of the good", gains_are_relative_to_the_median_of_the_good},
    CU_TEST_INFO_NULL,
};
