/* SPDX-License-Identifier: MIT */
/* Pictures as files: formats, places, orientation, errors that leave nothing behind. */
#include <CUnit/CUnit.h>
#include <cairo.h>
#include <dirent.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/plot/plot.h"
#include "cli/plot/uv_cairo.h"

/* Small data for one picture of each kind. */
enum { GRID = 41, CELLS = GRID * GRID, POINTS = 181, ELEMENTS = 4 };

typedef struct sample {
    double image[CELLS], position[3 * ELEMENTS], angle[POINTS], power[POINTS];
    float map[CELLS];
    cph_c64 gain[ELEMENTS];
    unsigned char flag[ELEMENTS];
    cph_scan_peak peak;
    cph_pattern_metrics metrics;
    cph_cut_curve curve;
} sample;

static const double east_north_up[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};

static void fill(sample *s)
{
    *s = (sample){.position = {0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1.5, 0},
                  .gain = {{1, 0}, {0, 1}, {NAN, NAN}, {-0.5, 0.5}},
                  .flag = {0, 0, CPH_FLAG_DEAD, 0},
                  .peak = {.u = 0.5, .v = -0.25, .value = 1, .snr = 12},
                  .metrics = {.peak = {0, 0, 1},
                              .directivity_db = 12,
                              .planes = 2,
                              .hpbw_rad = {0.2, 0.3},
                              .psll_db = -13,
                              .psll_at = {0.4, 0.1, 0.9}}};
    for (size_t i = 0; i < CELLS; i++) {
        double u = 2.0 * (double)(i % GRID) / (GRID - 1) - 1;
        double v = 2.0 * (double)(i / GRID) / (GRID - 1) - 1;
        s->image[i] = u * u + v * v < 0.96 ? exp(-9 * (u * u + v * v)) : NAN;
        s->map[i] = (float)(10 * log10(s->image[i]));
    }
    for (size_t i = 0; i < POINTS; i++) {
        s->angle[i] = ((double)i - 90) * 3.14159265358979323846 / 180;
        s->power[i] = -60 * fabs(sin(s->angle[i]));
    }
    s->curve = (cph_cut_curve){.name = "along x",
                               .points = POINTS,
                               .angle = s->angle,
                               .power_db = s->power,
                               .hpbw_rad = 0.1};
}

static cph_status draw_gains(const char *path, const sample *s, cph_error *error)
{
    return cph_plot_gains(path,
                          &(cph_gain_plot){.title = "gains",
                                           .elements = ELEMENTS,
                                           .position = s->position,
                                           .gain = s->gain,
                                           .flag = s->flag},
                          1, error);
}

static cph_status draw_scan(const char *path, const sample *s, cph_error *error)
{
    return cph_plot_scan(path,
                         &(cph_scan_plot){.title = "scan",
                                          .subtitle = "of a test",
                                          .grid = GRID,
                                          .image = s->image,
                                          .deviation = 0.1,
                                          .peaks = 1,
                                          .peak = &s->peak,
                                          .array_to_enu = east_north_up},
                         error);
}

static cph_status draw_map(const char *path, const sample *s, cph_error *error)
{
    return cph_plot_pattern_map(
        path,
        &(cph_pattern_plot){
            .grid = GRID, .power_db = s->map, .range_db = 60, .metrics = &s->metrics},
        error);
}

static cph_status draw_cut(const char *path, const sample *s, cph_error *error)
{
    return cph_plot_cut(path,
                        &(cph_cut_plot){.title = "cut",
                                        .curves = 1,
                                        .curve = &s->curve,
                                        .range_db = 60,
                                        .psll_db = NAN,
                                        .directivity_db = 10},
                        error);
}

static cph_status (*const pictures[])(const char *, const sample *,
                                      cph_error *) = {draw_gains, draw_scan, draw_map, draw_cut};
enum { PICTURES = sizeof pictures / sizeof pictures[0] };

/* ---- a directory of its own ---- */

typedef struct place {
    char directory[256], path[300];
    sample data;
    cph_error error;
} place;

static const char *in(place *p, const char *name)
{
    snprintf(p->path, sizeof p->path, "%s/%s", p->directory, name);
    return p->path;
}

static void enter(place *p)
{
    const char *tmp = getenv("TMPDIR");
    memset(&p->error, 0, sizeof p->error);
    snprintf(p->directory, sizeof p->directory, "%s/plot.XXXXXX", tmp != NULL ? tmp : "/tmp");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(p->directory));
    fill(&p->data);
}

static size_t entries(const place *p)
{
    size_t count = 0;
    DIR *d = opendir(p->directory);
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
        count += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    if (d != NULL)
        closedir(d);
    return count;
}

/* Every file must be one the test named: a partial file left behind keeps the directory. */
static void leave(place *p, const char *const *names)
{
    for (; *names != NULL; names++)
        CU_ASSERT_EQUAL(remove(in(p, *names)), 0);
    CU_ASSERT_EQUAL(rmdir(p->directory), 0);
}

static const char *const nothing[] = {NULL}, *const one_png[] = {"x.png", NULL};

/* Bytes read, at most size. */
static size_t ends_of(const char *path, size_t size, char *head, char *tail)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return 0;
    size_t n = fread(head, 1, size, f);
    if (fseek(f, -(long)size, SEEK_END) != 0 || fread(tail, 1, size, f) != size)
        n = 0;
    fclose(f);
    return n;
}

/* ---- tests ---- */

static void each_picture_is_a_whole_file_of_its_suffix(void)
{
    static const char *const names[] = {"x.png", "x.SVG", NULL};
    place p;
    char head[16], tail[16];
    enter(&p);
    for (size_t i = 0; i < PICTURES; i++) {
        CU_ASSERT_EQUAL(pictures[i](in(&p, "x.png"), &p.data, &p.error), CPH_OK);
        CU_ASSERT_EQUAL_FATAL(ends_of(p.path, 12, head, tail), 12);
        CU_ASSERT_EQUAL(memcmp(head, "\x89PNG\r\n\x1a\n", 8), 0);
        CU_ASSERT_EQUAL(memcmp(tail + 4, "IEND", 4), 0);
        CU_ASSERT_EQUAL(pictures[i](in(&p, "x.SVG"), &p.data, &p.error), CPH_OK);
        CU_ASSERT_EQUAL_FATAL(ends_of(p.path, 7, head, tail), 7);
        CU_ASSERT_EQUAL(memcmp(head, "<?xml v", 7), 0);
        CU_ASSERT_EQUAL(memcmp(tail, "</svg>\n", 7), 0);
        CU_ASSERT_EQUAL(entries(&p), 2);
    }
    leave(&p, names);
}

static void other_suffixes_are_refused(void)
{
    static const char *const names[] = {"x", "x.pdf", "png", "x.png.partial", "x.svg~", ""};
    place p;
    enter(&p);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        CU_ASSERT_EQUAL(draw_cut(in(&p, names[i]), &p.data, &p.error), CPH_ERR_ARGUMENT);
        CU_ASSERT_EQUAL(cph_plot_check_path(p.path, &p.error), CPH_ERR_ARGUMENT);
        CU_ASSERT_PTR_NOT_NULL(strstr(p.error.message, ".svg or .png"));
    }
    leave(&p, nothing);
}

static void what_is_not_a_regular_file_stays(void)
{
    static const char *const names[] = {"x.png", "y.png", NULL};
    place p;
    struct stat st;
    enter(&p);
    CU_ASSERT_EQUAL_FATAL(mkdir(in(&p, "x.png"), 0700), 0);
    CU_ASSERT_EQUAL(draw_gains(p.path, &p.data, &p.error), CPH_ERR_EXISTS);
    CU_ASSERT_PTR_NOT_NULL(strstr(p.error.message, p.path));
    CU_ASSERT_EQUAL_FATAL(symlink("/dev/null", in(&p, "y.png")), 0);
    CU_ASSERT_EQUAL(draw_gains(p.path, &p.data, &p.error), CPH_ERR_EXISTS);
    CU_ASSERT(stat(p.path, &st) == 0 && S_ISCHR(st.st_mode));
    leave(&p, names);
}

static void a_place_that_cannot_be_written_is_named(void)
{
    place p;
    enter(&p);
    CU_ASSERT_EQUAL(draw_map(in(&p, "missing/x.svg"), &p.data, &p.error), CPH_ERR_IO);
    CU_ASSERT_PTR_NOT_NULL(strstr(p.error.message, "missing/x.svg"));
    CU_ASSERT_EQUAL(p.error.status, CPH_ERR_IO);
    leave(&p, nothing);
}

/* A limit on the size of files stands for a full disk. */
static void a_full_disk_leaves_the_old_picture(void)
{
    static const char *const names[] = {"x.png", "x.svg", NULL};
    place p;
    char head[4], tail[4];
    struct rlimit old, small;
    enter(&p);
    for (size_t i = 0; names[i] != NULL; i++) {
        FILE *f = fopen(in(&p, names[i]), "wb");
        CU_ASSERT_PTR_NOT_NULL_FATAL(f);
        fputs("old!", f);
        fclose(f);
    }
    CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    small.rlim_cur = 2000;
    for (size_t i = 0; names[i] != NULL; i++)
        for (size_t k = 0; k < PICTURES; k++) {
            void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
            int limited = setrlimit(RLIMIT_FSIZE, &small);
            cph_status status = pictures[k](in(&p, names[i]), &p.data, &p.error);
            int restored = setrlimit(RLIMIT_FSIZE, &old);
            signal(SIGXFSZ, handler);
            CU_ASSERT(limited == 0 && restored == 0);
            CU_ASSERT_EQUAL(status, CPH_ERR_IO);
            CU_ASSERT_PTR_NOT_NULL(strstr(p.error.message, "too large"));
            CU_ASSERT_EQUAL(ends_of(p.path, 4, head, tail), 4);
            CU_ASSERT_EQUAL(memcmp(head, "old!", 4), 0);
            CU_ASSERT_EQUAL(entries(&p), 2);
        }
    leave(&p, names);
}

static void values_that_are_not_finite_are_left_out(void)
{
    const double infinities[] = {INFINITY, -INFINITY, NAN};
    place p;
    enter(&p);
    for (size_t i = 0; i < 3; i++) {
        p.data.image[200 + i] = infinities[i];
        p.data.map[300 + i] = (float)infinities[i];
        p.data.power[20 + i] = infinities[i == 0 ? 1 : i];
        p.data.gain[1].im = infinities[i];
        p.data.peak.u = 2; /* outside the visible region: no azimuth */
        p.data.metrics.psll_db = NAN;
        for (size_t k = 0; k < PICTURES; k++)
            CU_ASSERT_EQUAL(pictures[k](in(&p, "x.png"), &p.data, &p.error), CPH_OK);
    }
    for (size_t i = 0; i < ELEMENTS; i++)
        p.data.flag[i] = CPH_FLAG_WEAK;
    CU_ASSERT_EQUAL(draw_gains(p.path, &p.data, &p.error), CPH_OK);
    leave(&p, one_png);
}

static void nothing_finite_is_an_error(void)
{
    place p;
    enter(&p);
    p.data.position[4] = NAN;
    p.data.curve.power_db = p.data.image; /* its corner of the grid is NaN throughout */
    p.data.curve.points = 5;
    for (size_t i = 0; i < CELLS; i++) {
        p.data.image[i] = NAN;
        p.data.map[i] = -INFINITY;
    }
    for (size_t k = 0; k < PICTURES; k++) {
        CU_ASSERT_EQUAL(pictures[k](in(&p, "x.png"), &p.data, &p.error), CPH_ERR_NOT_FINITE);
        CU_ASSERT_EQUAL(p.error.status, CPH_ERR_NOT_FINITE);
    }
    leave(&p, nothing);
}

static void titles_may_hold_any_bytes(void)
{
    char title[600];
    place p;
    enter(&p);
    for (size_t i = 0; i < sizeof title - 1; i++)
        title[i] = (char)(1 + i % 255);
    title[sizeof title - 1] = 0;
    cph_cut_plot plot = {.title = title,
                         .subtitle = "\xed\xa0\x80 \xc0\x80 \xf8 \xe2\x82",
                         .angle_name = title,
                         .curves = 1,
                         .curve = &p.data.curve,
                         .range_db = 60};
    CU_ASSERT_EQUAL(cph_plot_cut(in(&p, "x.png"), &plot, &p.error), CPH_OK);
    leave(&p, one_png);
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
    place p;
    enter(&p);
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
        CU_ASSERT_EQUAL_FATAL(cph_plot_scan(in(&p, "x.png"), &plot, &p.error), CPH_OK);
        free(image);
        size_t count =
            centroid(p.path, cph_colormap_sequential(1), (size_t)(axes.left + axes.width), &x, &y);
        CU_ASSERT(count > 0);
        CU_ASSERT_DOUBLE_EQUAL(x, axes.left + axes.width / 2 + 0.5 * unit, 1.5);
        CU_ASSERT_DOUBLE_EQUAL(y, axes.top + axes.height / 2 - 0.2 * unit, 1.5);
    }
    leave(&p, one_png);
}

/* The strongest of three elements is the right and upper one; the colour bar is further right. */
static void elements_stand_where_they_are(void)
{
    const double position[9] = {0, 0, 0, 0, 1, 0, 2, 1, 0};
    const cph_c64 gain[3] = {{1, 0}, {1, 0}, {9, 0}}, other[3] = {{9, 0}, {1, 0}, {1, 0}};
    cph_gain_plot plot = {.elements = 3, .position = position, .gain = gain};
    double right[2], left[2];
    place p;
    enter(&p);
    CU_ASSERT_EQUAL(cph_plot_gains(in(&p, "x.png"), &plot, 1, &p.error), CPH_OK);
    CU_ASSERT(centroid(p.path, cph_colormap_sequential(1), 524, &right[0], &right[1]) > 300);
    plot.gain = other;
    CU_ASSERT_EQUAL(cph_plot_gains(p.path, &plot, 1, &p.error), CPH_OK);
    CU_ASSERT(centroid(p.path, cph_colormap_sequential(1), 524, &left[0], &left[1]) > 300);
    CU_ASSERT(right[0] > left[0] + 100);
    CU_ASSERT_DOUBLE_EQUAL(left[1] - right[1], (right[0] - left[0]) / 2, 2);
    leave(&p, one_png);
}

/* The left element is the strongest of the first part, the right one of the second. */
static void parts_stand_below_each_other(void)
{
    const double position[9] = {0, 0, 0, 0, 1, 0, 2, 1, 0};
    const cph_c64 gain[2][3] = {{{9, 0}, {1, 0}, {1, 0}}, {{1, 0}, {1, 0}, {9, 0}}};
    cph_gain_plot plot[2] = {{.elements = 3, .position = position, .gain = gain[0]},
                             {.elements = 3, .position = position, .gain = gain[1]}};
    double first[2], second[2], both[2];
    place p;
    enter(&p);
    CU_ASSERT_EQUAL(cph_plot_gains(in(&p, "x.png"), &plot[0], 1, &p.error), CPH_OK);
    CU_ASSERT(centroid(p.path, cph_colormap_sequential(1), 524, &first[0], &first[1]) > 300);
    CU_ASSERT_EQUAL(cph_plot_gains(p.path, &plot[1], 1, &p.error), CPH_OK);
    CU_ASSERT(centroid(p.path, cph_colormap_sequential(1), 524, &second[0], &second[1]) > 300);
    CU_ASSERT_EQUAL(cph_plot_gains(p.path, plot, 2, &p.error), CPH_OK);
    CU_ASSERT(centroid(p.path, cph_colormap_sequential(1), 524, &both[0], &both[1]) > 600);
    CU_ASSERT_DOUBLE_EQUAL(both[0], (first[0] + second[0]) / 2, 2);
    CU_ASSERT(both[1] > (first[1] + second[1]) / 2 + 100);
    CU_ASSERT_EQUAL(cph_plot_gains(p.path, plot, 0, &p.error), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_plot_gains(p.path, plot, CPH_GAIN_PLOTS + 1, &p.error), CPH_ERR_ARGUMENT);
    leave(&p, one_png);
}

CU_TestInfo cph_tests_plot_files[] = {
    {"each picture is a whole file of its suffix", each_picture_is_a_whole_file_of_its_suffix},
    {"other suffixes are refused", other_suffixes_are_refused},
    {"what is not a regular file stays", what_is_not_a_regular_file_stays},
    {"a place that cannot be written is named", a_place_that_cannot_be_written_is_named},
    {"a full disk leaves the old picture", a_full_disk_leaves_the_old_picture},
    {"values that are not finite are left out", values_that_are_not_finite_are_left_out},
    {"nothing finite is an error", nothing_finite_is_an_error},
    {"titles may hold any bytes", titles_may_hold_any_bytes},
    {"the brightest direction is where it should be",
     the_brightest_direction_is_where_it_should_be},
    {"elements stand where they are", elements_stand_where_they_are},
    {"parts stand below each other", parts_stand_below_each_other},
    CU_TEST_INFO_NULL,
};
