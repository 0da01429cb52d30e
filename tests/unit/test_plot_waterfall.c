/* SPDX-License-Identifier: MIT */
/* Waterfalls, by the pixels of the PNG. */
#include <CUnit/CUnit.h>
#include <cairo.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/plot/colormap.h"
#include "cli/plot/plot.h"

typedef struct sheet {
    char directory[256], path[300];
} sheet;

static void open_sheet(sheet *s)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(s->directory, sizeof s->directory, "%s/plot.XXXXXX", tmp != NULL ? tmp : "/tmp");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(s->directory));
    snprintf(s->path, sizeof s->path, "%s/fall.png", s->directory);
}

static void close_sheet(const sheet *s)
{
    unlink(s->path);
    rmdir(s->directory);
}

/* Whether the pixel is of that colour, to the rounding of 8 bits. */
static bool is_colour(const char *path, size_t x, size_t y, cph_rgb wanted)
{
    cairo_surface_t *image = cairo_image_surface_create_from_png(path);
    const unsigned char *data = cairo_image_surface_get_data(image);
    uint32_t pixel = 0;
    if (data != NULL)
        memcpy(&pixel, data + y * (size_t)cairo_image_surface_get_stride(image) + 4 * x,
               sizeof pixel);
    cairo_surface_destroy(image);
    return fabs((double)(pixel >> 16 & 255) - 255.0 * wanted.r) <= 1.0 &&
           fabs((double)(pixel >> 8 & 255) - 255.0 * wanted.g) <= 1.0 &&
           fabs((double)(pixel & 255) - 255.0 * wanted.b) <= 1.0;
}

/* Three columns of 240 px from 76 on, two rows of 240 px from 64 on, the second row above. */
static void time_goes_upward(void)
{
    static const double value[] = {0.0, 1.0, 2.0, 3.0, NAN, 4.0};
    const cph_waterfall_plot plot = {.title = "title",
                                     .rows = 2,
                                     .columns = 3,
                                     .value = value,
                                     .x_low = -0.5,
                                     .x_high = 2.5,
                                     .y_low = 0.0,
                                     .y_high = 1.0,
                                     .x_label = "x",
                                     .y_label = "y",
                                     .unit = "unit"};
    sheet s;
    open_sheet(&s);
    CU_ASSERT_EQUAL(cph_plot_waterfall(s.path, &plot, NULL), CPH_OK);
    CU_ASSERT(is_colour(s.path, 76 + 120, 64 + 360, cph_colormap_sequential(0.0)));
    CU_ASSERT(is_colour(s.path, 76 + 360, 64 + 360, cph_colormap_sequential(0.25)));
    CU_ASSERT(is_colour(s.path, 76 + 600, 64 + 360, cph_colormap_sequential(0.5)));
    CU_ASSERT(is_colour(s.path, 76 + 120, 64 + 120, cph_colormap_sequential(0.75)));
    CU_ASSERT(is_colour(s.path, 76 + 600, 64 + 120, cph_colormap_sequential(1.0)));
    CU_ASSERT(
        is_colour(s.path, 76 + 360, 64 + 120, (cph_rgb){0xe0 / 255.0, 0xe0 / 255.0, 0xe0 / 255.0}));
    close_sheet(&s);
}

static void what_cannot_be_drawn(void)
{
    static const double none[] = {NAN, INFINITY};
    cph_waterfall_plot plot = {
        .rows = 1, .columns = 2, .value = none, .x_high = 1.0, .y_high = 1.0, .unit = "dB"};
    cph_error error = {.message = ""};
    sheet s;
    open_sheet(&s);
    CU_ASSERT_EQUAL(cph_plot_waterfall(s.path, &plot, &error), CPH_ERR_NOT_FINITE);
    plot.rows = 0;
    CU_ASSERT_EQUAL(cph_plot_waterfall(s.path, &plot, &error), CPH_ERR_ARGUMENT);
    CU_ASSERT(error.message[0] != '\0' && access(s.path, F_OK) != 0);
    close_sheet(&s);
}

CU_TestInfo cph_tests_plot_waterfall[] = {
    {"time goes upward", time_goes_upward},
    {"what cannot be drawn", what_cannot_be_drawn},
    CU_TEST_INFO_NULL,
};
