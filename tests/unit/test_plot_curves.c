/* SPDX-License-Identifier: MIT */
/* Pictures of curves, dots and numbered places, by the pixels of the PNG. */
#include <CUnit/CUnit.h>
#include <cairo.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/plot/plot.h"

typedef struct sheet {
    char directory[256], path[300];
} sheet;

static void open_sheet(sheet *s, const char *name)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(s->directory, sizeof s->directory, "%s/plot.XXXXXX", tmp != NULL ? tmp : "/tmp");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(s->directory));
    snprintf(s->path, sizeof s->path, "%s/%s", s->directory, name);
}

static void close_sheet(const sheet *s)
{
    unlink(s->path);
    rmdir(s->directory);
}

/* Mean place of pixels within 40 of a colour, of columns [from, to) below the legend. */
static size_t find_colour(const char *path, int r, int g, int b, size_t from, size_t to, double *x,
                          double *y)
{
    size_t count = 0;
    cairo_surface_t *image = cairo_image_surface_create_from_png(path);
    const unsigned char *data = cairo_image_surface_get_data(image);
    const size_t rows = (size_t)cairo_image_surface_get_height(image);
    const size_t stride = (size_t)cairo_image_surface_get_stride(image);
    *x = *y = 0.0;
    for (size_t row = 80; data != NULL && row < rows; row++)
        for (size_t column = from; column < to; column++) {
            uint32_t pixel;
            memcpy(&pixel, data + row * stride + 4 * column, sizeof pixel);
            if (abs((int)(pixel >> 16 & 255) - r) < 40 && abs((int)(pixel >> 8 & 255) - g) < 40 &&
                abs((int)(pixel & 255) - b) < 40) {
                *x += (double)column + 0.5;
                *y += (double)row + 0.5;
                count++;
            }
        }
    cairo_surface_destroy(image);
    *x /= (double)count;
    *y /= (double)count;
    return count;
}

/* Two dots, the right one 10 higher, on an axis from 0 to 10: at a quarter and three quarters of
 * its 780 px; a place at 5 in the middle; 10 units are 1 / 1.08 of 380 px. */
static void dots_and_places_stand_where_they_should(void)
{
    static const double x[] = {2.5, 7.5}, y[] = {-3.0, 7.0}, mark[] = {5.0};
    const cph_curve curve = {.name = "dots", .points = 2, .x = x, .y = y, .dots = true};
    const cph_curve_plot plot = {.title = "title",
                                 .x_label = "x",
                                 .y_label = "y",
                                 .x_low = 0.0,
                                 .x_high = 10.0,
                                 .y_least = 100.0,
                                 .curves = 1,
                                 .curve = &curve,
                                 .marks = 1,
                                 .mark = mark,
                                 .level = NAN};
    sheet s;
    double px[2], py[2], mx, my;
    open_sheet(&s, "dots.png");
    CU_ASSERT_EQUAL(cph_plot_curves(s.path, &plot, NULL), CPH_OK);
    CU_ASSERT(find_colour(s.path, 0, 115, 178, 64, 454, &px[0], &py[0]) > 10);
    CU_ASSERT(find_colour(s.path, 0, 115, 178, 454, 844, &px[1], &py[1]) > 10);
    CU_ASSERT_DOUBLE_EQUAL(px[0], 64.0 + 195.0, 1.0);
    CU_ASSERT_DOUBLE_EQUAL(px[1], 64.0 + 585.0, 1.0);
    CU_ASSERT_DOUBLE_EQUAL(py[0] - py[1], 380.0 / 1.08, 1.5);
    CU_ASSERT(find_colour(s.path, 214, 94, 0, 64, 844, &mx, &my) > 100);
    CU_ASSERT_DOUBLE_EQUAL(mx, 64.0 + 390.0, 1.0);
    close_sheet(&s);
}

static void curves_that_are_none_are_refused(void)
{
    static const double x[] = {0.0, 1.0}, none[] = {NAN, INFINITY};
    const cph_curve curve = {.points = 2, .x = x, .y = none};
    cph_curve_plot plot = {
        .x_low = 0.0, .x_high = 1.0, .y_least = 60.0, .curves = 1, .curve = &curve, .level = NAN};
    cph_error error = {.message = ""};
    sheet s;
    open_sheet(&s, "none.png");
    CU_ASSERT_EQUAL(cph_plot_curves(s.path, &plot, &error), CPH_ERR_NOT_FINITE);
    plot.x_high = 0.0;
    CU_ASSERT_EQUAL(cph_plot_curves(s.path, &plot, &error), CPH_ERR_ARGUMENT);
    CU_ASSERT(error.message[0] != '\0');
    CU_ASSERT(access(s.path, F_OK) != 0);
    close_sheet(&s);
}

/* Grey of letters in the middle of the box, where without words there is none. */
static void a_box_of_none_has_words(void)
{
    static const double x[] = {0.0, 1.0}, none[] = {NAN, INFINITY};
    const cph_curve curve = {.points = 2, .x = x, .y = none};
    const cph_curve_plot plot = {.x_low = 0.0,
                                 .x_high = 1.0,
                                 .y_least = 60.0,
                                 .curves = 1,
                                 .curve = &curve,
                                 .level = NAN,
                                 .empty = "nothing"};
    sheet s;
    double px, py;
    open_sheet(&s, "words.png");
    CU_ASSERT_EQUAL(cph_plot_curves(s.path, &plot, NULL), CPH_OK);
    CU_ASSERT(find_colour(s.path, 110, 110, 110, 380, 520, &px, &py) > 10);
    CU_ASSERT_DOUBLE_EQUAL(px, 64.0 + 390.0, 40.0);
    CU_ASSERT_DOUBLE_EQUAL(py, 104.0 + 190.0, 20.0);
    close_sheet(&s);
}

CU_TestInfo cph_tests_plot_curves[] = {
    {"dots and places stand where they should", dots_and_places_stand_where_they_should},
    {"curves that are none are refused", curves_that_are_none_are_refused},
    {"a box of none has words", a_box_of_none_has_words},
    CU_TEST_INFO_NULL,
};
