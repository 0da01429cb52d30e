/* SPDX-License-Identifier: MIT */
/* Pictures: what is drawn stands where it should. */
#include <CUnit/CUnit.h>
#include <cairo.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/plot/plot.h"
#include "cli/plot/uv_cairo.h"
#include "tests/unit/plot_rig.h"

static void titles_may_hold_any_bytes(void)
{
    char title[600];
    plot_place p;
    plot_rig_enter(&p);
    for (size_t i = 0; i < sizeof title - 1; i++)
        title[i] = (char)(1 + i % 255);
    title[sizeof title - 1] = 0;
    cph_cut_plot plot = {.title = title,
                         .subtitle = "\xed\xa0\x80 \xc0\x80 \xf8 \xe2\x82",
                         .angle_name = title,
                         .curves = 1,
                         .curve = &p.data.curve,
                         .range_db = 60};
    CU_ASSERT_EQUAL(cph_plot_cut(plot_rig_in(&p, "x.png"), &plot, &p.error), CPH_OK);
    plot_rig_leave(&p, plot_rig_one);
}

/* Middle of the pixels of a colour in columns below `right`; how many there are. */
static size_t centroid(const char *path, cph_rgb colour, size_t right, double *x, double *y)
{
    size_t count = 0;
    cairo_surface_t *image = cairo_image_surface_create_from_png(path);
    const unsigned char *data = cairo_image_surface_get_data(image);
    *x = *y = 0;
    size_t rows = (size_t)cairo_image_surface_get_height(image);
    size_t stride = (size_t)cairo_image_surface_get_stride(image);
    for (size_t row = 0; data != NULL && row < rows; row++)
        for (size_t column = 0; column < right; column++) {
            uint32_t pixel;
            memcpy(&pixel, data + row * stride + 4 * column, 4);
            double r = (pixel >> 16 & 255) / 255.0 - colour.r;
            double g = (pixel >> 8 & 255) / 255.0 - colour.g, b = (pixel & 255) / 255.0 - colour.b;
            if (r * r + g * g + b * b < 0.02) {
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

/* u grows to the right, v upward, at any size of the grid, also where cells are joined. */
static void the_brightest_direction_is_where_it_should_be(void)
{
    static const size_t grids[] = {21, 201, 1001};
    const cph_axes axes = cph_uv_axes();
    const double unit = fabs(cph_axes_px(&axes, 1) - cph_axes_px(&axes, 0));
    plot_place p;
    plot_rig_enter(&p);
    for (size_t k = 0; k < sizeof grids / sizeof grids[0]; k++) {
        size_t grid = grids[k];
        double *image = calloc(grid * grid, sizeof *image), x, y;
        CU_ASSERT_PTR_NOT_NULL_FATAL(image);
        for (size_t i = 0; image != NULL && i < grid * grid; i++) {
            double u = 2 * (double)(i % grid) / (double)(grid - 1) - 1;
            double v = 2 * (double)(i / grid) / (double)(grid - 1) - 1;
            image[i] = hypot(u - 0.5, v - 0.2) < 0.03;
        }
        const cph_scan_plot plot = {.grid = grid, .image = image, .deviation = 0.01};
        CU_ASSERT_EQUAL_FATAL(cph_plot_scan(plot_rig_in(&p, "x.png"), &plot, &p.error), CPH_OK);
        free(image);
        size_t count =
            centroid(p.path, cph_colormap_sequential(1), (size_t)(axes.left + axes.width), &x, &y);
        CU_ASSERT(count > 0);
        CU_ASSERT_DOUBLE_EQUAL(x, axes.left + axes.width / 2 + 0.5 * unit, 1.5);
        CU_ASSERT_DOUBLE_EQUAL(y, axes.top + axes.height / 2 - 0.2 * unit, 1.5);
    }
    plot_rig_leave(&p, plot_rig_one);
}

/* The strongest of three elements is the right and upper one; the colour bar is further right. */
static void elements_stand_where_they_are(void)
{
    const double position[9] = {0, 0, 0, 0, 1, 0, 2, 1, 0};
    const cph_c64 gain[3] = {{1, 0}, {1, 0}, {9, 0}}, other[3] = {{9, 0}, {1, 0}, {1, 0}};
    cph_gain_plot plot = {.elements = 3, .position = position, .gain = gain};
    double right[2], left[2];
    plot_place p;
    plot_rig_enter(&p);
    CU_ASSERT_EQUAL(cph_plot_gains(plot_rig_in(&p, "x.png"), &plot, 1, &p.error), CPH_OK);
    CU_ASSERT(centroid(p.path, cph_colormap_sequential(1), 524, &right[0], &right[1]) > 300);
    plot.gain = other;
    CU_ASSERT_EQUAL(cph_plot_gains(p.path, &plot, 1, &p.error), CPH_OK);
    CU_ASSERT(centroid(p.path, cph_colormap_sequential(1), 524, &left[0], &left[1]) > 300);
    CU_ASSERT(right[0] > left[0] + 100);
    CU_ASSERT_DOUBLE_EQUAL(left[1] - right[1], (right[0] - left[0]) / 2, 2);
    plot_rig_leave(&p, plot_rig_one);
}

/* The left element is the strongest of the first part, the right one of the second. */
static void parts_stand_below_each_other(void)
{
    const double position[9] = {0, 0, 0, 0, 1, 0, 2, 1, 0};
    const cph_c64 gain[2][3] = {{{9, 0}, {1, 0}, {1, 0}}, {{1, 0}, {1, 0}, {9, 0}}};
    cph_gain_plot plot[2] = {{.elements = 3, .position = position, .gain = gain[0]},
                             {.elements = 3, .position = position, .gain = gain[1]}};
    double first[2], second[2], both[2];
    plot_place p;
    plot_rig_enter(&p);
    CU_ASSERT_EQUAL(cph_plot_gains(plot_rig_in(&p, "x.png"), &plot[0], 1, &p.error), CPH_OK);
    CU_ASSERT(centroid(p.path, cph_colormap_sequential(1), 524, &first[0], &first[1]) > 300);
    CU_ASSERT_EQUAL(cph_plot_gains(p.path, &plot[1], 1, &p.error), CPH_OK);
    CU_ASSERT(centroid(p.path, cph_colormap_sequential(1), 524, &second[0], &second[1]) > 300);
    CU_ASSERT_EQUAL(cph_plot_gains(p.path, plot, 2, &p.error), CPH_OK);
    CU_ASSERT(centroid(p.path, cph_colormap_sequential(1), 524, &both[0], &both[1]) > 600);
    CU_ASSERT_DOUBLE_EQUAL(both[0], (first[0] + second[0]) / 2, 2);
    CU_ASSERT(both[1] > (first[1] + second[1]) / 2 + 100);
    CU_ASSERT_EQUAL(cph_plot_gains(p.path, plot, 0, &p.error), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_plot_gains(p.path, plot, CPH_GAIN_PLOTS + 1, &p.error), CPH_ERR_ARGUMENT);
    plot_rig_leave(&p, plot_rig_one);
}

CU_TestInfo cph_tests_plot_places[] = {
    {"titles may hold any bytes", titles_may_hold_any_bytes},
    {"the brightest direction is where it should be",
     the_brightest_direction_is_where_it_should_be},
    {"elements stand where they are", elements_stand_where_they_are},
    {"parts stand below each other", parts_stand_below_each_other},
    CU_TEST_INFO_NULL,
};
