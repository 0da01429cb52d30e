/* SPDX-License-Identifier: MIT */
/* Pictures of beams over azimuth and elevation, and of monopulse pairs. */
#include <CUnit/CUnit.h>
#include <cairo.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/plot/plot.h"

enum { GRID = 37, POINTS = 101 }; /* 5 degrees a cell */

static void in_directory(char directory[256], char path[300], const char *name)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(directory, 256, "%s/plot.XXXXXX", tmp != NULL ? tmp : "/tmp");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(directory));
    snprintf(path, 300, "%s/%s", directory, name);
}

/* Middle of the light yellow pixels left of the colour bar, and how many there are. */
static size_t bright_place(const char *path, double *x, double *y)
{
    enum { BAR = 600 };
    size_t count = 0;
    cairo_surface_t *image = cairo_image_surface_create_from_png(path);
    const unsigned char *data = cairo_image_surface_get_data(image);
    const size_t rows = (size_t)cairo_image_surface_get_height(image);
    const size_t stride = (size_t)cairo_image_surface_get_stride(image);
    *x = *y = 0.0;
    for (size_t row = 0; data != NULL && row < rows; row++)
        for (size_t column = 0; column < BAR; column++) {
            uint32_t pixel;
            memcpy(&pixel, data + row * stride + 4 * column, sizeof pixel);
            if ((pixel >> 16 & 255) > 200 && (pixel >> 8 & 255) > 200 && (pixel & 255) < 100) {
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

/* The box is 520 px a side from (64, 62): azimuth to the right, elevation upward. */
static void azimuth_grows_to_the_right_and_elevation_upward(void)
{
    float map[GRID * GRID];
    char directory[256], path[300];
    double x, y;
    for (size_t i = 0; i < (size_t)GRID * GRID; i++)
        map[i] = -60.0f;
    map[23 * GRID + 9] = 0.0f; /* azimuth -45, elevation 25 */
    const cph_pattern_plot plot = {.grid = GRID, .angles = true, .power_db = map, .range_db = 60};
    in_directory(directory, path, "x.png");
    CU_ASSERT_EQUAL_FATAL(cph_plot_pattern_map(path, &plot, NULL), CPH_OK);
    CU_ASSERT(bright_place(path, &x, &y) > 5);
    CU_ASSERT_DOUBLE_EQUAL(x, 64 + 520 * (90.0 - 45.0) / 180, 2);
    CU_ASSERT_DOUBLE_EQUAL(y, 62 + 520 * (90.0 - 25.0) / 180, 2);
    CU_ASSERT_EQUAL(remove(path), 0);
    CU_ASSERT_EQUAL(rmdir(directory), 0);
}

static void monopulse_pairs_are_drawn_or_refused(void)
{
    double angle[POINTS], sum[POINTS], difference[POINTS], ratio[POINTS];
    char directory[256], path[300];
    for (size_t i = 0; i < POINTS; i++) {
        angle[i] = 0.002 * ((double)i - 50);
        sum[i] = -300 * angle[i] * angle[i];
        difference[i] = i == 50 ? -INFINITY : 20 * log10(20 * fabs(angle[i]));
        ratio[i] = i == 5 ? (double)NAN : 20 * angle[i];
    }
    cph_monopulse_curve plane[2] = {{.name = "one",
                                     .points = POINTS,
                                     .angle = angle,
                                     .sum_db = sum,
                                     .difference_db = difference,
                                     .ratio = ratio,
                                     .slope_per_rad = 20,
                                     .ratio_range = 1}};
    cph_monopulse_plot plot = {.title = "pair", .planes = 2, .plane = plane, .range_db = 50};
    plane[1] = plane[0];
    in_directory(directory, path, "x.svg");
    CU_ASSERT_EQUAL(cph_plot_monopulse(path, &plot, NULL), CPH_OK);
    CU_ASSERT_EQUAL(remove(path), 0);
    plot.planes = 3;
    CU_ASSERT_EQUAL(cph_plot_monopulse(path, &plot, NULL), CPH_ERR_ARGUMENT);
    plot.planes = 1;
    plane[0].slope_per_rad = NAN;
    CU_ASSERT_EQUAL(cph_plot_monopulse(path, &plot, NULL), CPH_ERR_NOT_FINITE);
    plane[0].slope_per_rad = 20;
    plane[0].points = 1;
    CU_ASSERT_EQUAL(cph_plot_monopulse(path, &plot, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(rmdir(directory), 0); /* nothing was left there */
}

CU_TestInfo cph_tests_plot_beams[] = {
    {"azimuth grows to the right and elevation upward",
     azimuth_grows_to_the_right_and_elevation_upward},
    {"monopulse pairs are drawn or refused", monopulse_pairs_are_drawn_or_refused},
    CU_TEST_INFO_NULL,
};
