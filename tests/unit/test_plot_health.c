/* SPDX-License-Identifier: MIT */
/* Pictures of elements' samples, by the pixels of the PNG. */
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
#include "cli/plot/style_cairo.h"

/* px: the image, 3 rows of 100; the box of the only strip behind it, or without an image. */
enum { LEFT = 66, TOP = 64, ROW = 100, IMAGE = 360, STRIP = 536, STRIP_WIDTH = 92 };

typedef struct sheet {
    char directory[256], path[300];
    cairo_surface_t *image;
} sheet;

static void open_sheet(sheet *s)
{
    const char *tmp = getenv("TMPDIR");
    *s = (sheet){.image = NULL};
    snprintf(s->directory, sizeof s->directory, "%s/plot.XXXXXX", tmp != NULL ? tmp : "/tmp");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(s->directory));
    snprintf(s->path, sizeof s->path, "%s/health.png", s->directory);
}

static void close_sheet(const sheet *s)
{
    cairo_surface_destroy(s->image);
    unlink(s->path);
    rmdir(s->directory);
}

static uint32_t pixel(const sheet *s, size_t x, size_t y)
{
    const unsigned char *data = cairo_image_surface_get_data(s->image);
    uint32_t value = 0;
    if (data != NULL)
        memcpy(&value, data + y * (size_t)cairo_image_surface_get_stride(s->image) + 4 * x,
               sizeof value);
    return value & 0xffffffU;
}

static uint32_t rgb(cph_rgb c)
{
    return (uint32_t)lround(255 * c.r) << 16 | (uint32_t)lround(255 * c.g) << 8 |
           (uint32_t)lround(255 * c.b);
}

/* To the rounding of 8 bits. */
static bool alike(uint32_t a, uint32_t b)
{
    for (unsigned shift = 0; shift < 24; shift += 8)
        if (abs((int)(a >> shift & 255) - (int)(b >> shift & 255)) > 1)
            return false;
    return true;
}

static const double value[3] = {-1.0, 3.0, 9.0}; /* the last one is outside */
static const double spectrum[6] = {0.0, 1.0, 2.0, 3.0, 4.0, NAN};
static const uint32_t number[3] = {4, 7, 9};
static const char *const words[3] = {NULL, "dead", NULL};

static cph_health_plot plot_of(const cph_health_strip *strip)
{
    return (cph_health_plot){.title = "title",
                             .elements = 3,
                             .number = number,
                             .columns = 2,
                             .spectrum = spectrum,
                             .x_low = 0.0,
                             .x_high = 1.0,
                             .x_label = "x",
                             .strips = 1,
                             .strip = strip,
                             .words = words};
}

static cph_health_strip strip_of(void)
{
    return (cph_health_strip){
        .label = "dB", .low = -5.0, .high = 5.0, .value = {value, NULL}, .limit = {NAN, NAN}};
}

static void the_first_element_is_on_top(void)
{
    const cph_health_strip strip = strip_of();
    const cph_health_plot plot = plot_of(&strip);
    sheet s;
    open_sheet(&s);
    CU_ASSERT_EQUAL_FATAL(cph_plot_health(s.path, &plot, NULL), CPH_OK);
    s.image = cairo_image_surface_create_from_png(s.path);
    for (size_t n = 0; n < 3; n++)
        for (size_t k = 0; k < 2; k++) {
            const uint32_t wanted = isnan(spectrum[2 * n + k])
                                        ? 0xe0e0e0U
                                        : rgb(cph_colormap_sequential(spectrum[2 * n + k] / 4.0));
            CU_ASSERT(
                alike(pixel(&s, LEFT + IMAGE * (2 * k + 1) / 4, TOP + ROW * n + ROW / 2), wanted));
        }
    close_sheet(&s);
}

/* Blue, orange where something stands out, at the edge what is outside. */
static void dots_stand_at_their_values(void)
{
    const cph_health_strip strip = strip_of();
    cph_health_plot plot = plot_of(&strip);
    for (size_t columns = 0; columns <= 2; columns += 2) {
        const double left = columns > 0 ? STRIP : LEFT;
        sheet s;
        open_sheet(&s);
        plot.columns = columns;
        CU_ASSERT_EQUAL_FATAL(cph_plot_health(s.path, &plot, NULL), CPH_OK);
        s.image = cairo_image_surface_create_from_png(s.path);
        for (size_t n = 0; n < 3; n++) {
            const double x = left + STRIP_WIDTH * (fmin(value[n], 5.0) + 5.0) / 10.0;
            const size_t at = (size_t)x - (n == 2 ? 2 : 0);
            CU_ASSERT(alike(pixel(&s, at, TOP + ROW * n + ROW / 2),
                            rgb(cph_style_colour(n == 1 ? 1 : 0))));
        }
        close_sheet(&s);
    }
}

static void what_cannot_be_drawn(void)
{
    static const double nothing[6] = {NAN, NAN, NAN, NAN, NAN, NAN};
    cph_health_strip strip = strip_of();
    cph_health_plot plot = plot_of(&strip);
    cph_error error = {.message = ""};
    sheet s;
    open_sheet(&s);
    plot.spectrum = nothing;
    CU_ASSERT_EQUAL(cph_plot_health(s.path, &plot, &error), CPH_ERR_NOT_FINITE);
    plot = plot_of(&strip);
    plot.elements = 0;
    CU_ASSERT_EQUAL(cph_plot_health(s.path, &plot, &error), CPH_ERR_ARGUMENT);
    plot = plot_of(&strip);
    strip.high = strip.low;
    CU_ASSERT_EQUAL(cph_plot_health(s.path, &plot, &error), CPH_ERR_ARGUMENT);
    CU_ASSERT(error.message[0] != '\0' && access(s.path, F_OK) != 0);
    close_sheet(&s);
}

CU_TestInfo cph_tests_plot_health[] = {
    {"the first element is on top", the_first_element_is_on_top},
    {"dots stand at their values", dots_stand_at_their_values},
    {"what cannot be drawn", what_cannot_be_drawn},
    CU_TEST_INFO_NULL,
};
