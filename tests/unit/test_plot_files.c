/* SPDX-License-Identifier: MIT */
/* Pictures as files: formats, places, errors that leave nothing behind. */
#include <CUnit/CUnit.h>
#include <dirent.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/plot/plot.h"
#include "tests/unit/plot_rig.h"

static cph_status draw_gains(const char *path, const plot_sample *s, cph_error *error)
{
    return cph_plot_gains(path,
                          &(cph_gain_plot){.title = "gains",
                                           .elements = PLOT_ELEMENTS,
                                           .position = s->position,
                                           .gain = s->gain,
                                           .flag = s->flag},
                          1, error);
}

static cph_status draw_scan(const char *path, const plot_sample *s, cph_error *error)
{
    return cph_plot_scan(path,
                         &(cph_scan_plot){.title = "scan",
                                          .subtitle = "of a test",
                                          .grid = PLOT_GRID,
                                          .image = s->image,
                                          .deviation = 0.1,
                                          .peaks = 1,
                                          .peak = &s->peak,
                                          .array_to_enu = plot_rig_upright},
                         error);
}

static cph_status draw_map(const char *path, const plot_sample *s, cph_error *error)
{
    return cph_plot_pattern_map(
        path,
        &(cph_pattern_plot){
            .grid = PLOT_GRID, .power_db = s->map, .range_db = 60, .metrics = &s->metrics},
        error);
}

static cph_status draw_cut(const char *path, const plot_sample *s, cph_error *error)
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

static cph_status (*const pictures[])(const char *, const plot_sample *,
                                      cph_error *) = {draw_gains, draw_scan, draw_map, draw_cut};
enum { PICTURES = sizeof pictures / sizeof pictures[0] };

static size_t entries(const plot_place *p)
{
    size_t count = 0;
    DIR *d = opendir(p->directory);
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
        count += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    if (d != NULL)
        closedir(d);
    return count;
}

static const char *const nothing[] = {NULL};

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
    plot_place p;
    char head[16], tail[16];
    plot_rig_enter(&p);
    for (size_t i = 0; i < PICTURES; i++) {
        CU_ASSERT_EQUAL(pictures[i](plot_rig_in(&p, "x.png"), &p.data, &p.error), CPH_OK);
        CU_ASSERT_EQUAL_FATAL(ends_of(p.path, 12, head, tail), 12);
        CU_ASSERT_EQUAL(memcmp(head, "\x89PNG\r\n\x1a\n", 8), 0);
        CU_ASSERT_EQUAL(memcmp(tail + 4, "IEND", 4), 0);
        CU_ASSERT_EQUAL(pictures[i](plot_rig_in(&p, "x.SVG"), &p.data, &p.error), CPH_OK);
        CU_ASSERT_EQUAL_FATAL(ends_of(p.path, 7, head, tail), 7);
        CU_ASSERT_EQUAL(memcmp(head, "<?xml v", 7), 0);
        CU_ASSERT_EQUAL(memcmp(tail, "</svg>\n", 7), 0);
        CU_ASSERT_EQUAL(entries(&p), 2);
    }
    plot_rig_leave(&p, names);
}

static void other_suffixes_are_refused(void)
{
    static const char *const names[] = {"x", "x.pdf", "png", "x.png.partial", "x.svg~", ""};
    plot_place p;
    plot_rig_enter(&p);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        CU_ASSERT_EQUAL(draw_cut(plot_rig_in(&p, names[i]), &p.data, &p.error), CPH_ERR_ARGUMENT);
        CU_ASSERT_EQUAL(cph_plot_check_path(p.path, &p.error), CPH_ERR_ARGUMENT);
        CU_ASSERT_PTR_NOT_NULL(strstr(p.error.message, ".svg or .png"));
    }
    plot_rig_leave(&p, nothing);
}

static void what_is_not_a_regular_file_stays(void)
{
    static const char *const names[] = {"x.png", "y.png", NULL};
    plot_place p;
    struct stat st;
    plot_rig_enter(&p);
    CU_ASSERT_EQUAL_FATAL(mkdir(plot_rig_in(&p, "x.png"), 0700), 0);
    CU_ASSERT_EQUAL(draw_gains(p.path, &p.data, &p.error), CPH_ERR_EXISTS);
    CU_ASSERT_PTR_NOT_NULL(strstr(p.error.message, p.path));
    CU_ASSERT_EQUAL_FATAL(symlink("/dev/null", plot_rig_in(&p, "y.png")), 0);
    CU_ASSERT_EQUAL(draw_gains(p.path, &p.data, &p.error), CPH_ERR_EXISTS);
    CU_ASSERT(stat(p.path, &st) == 0 && S_ISCHR(st.st_mode));
    plot_rig_leave(&p, names);
}

static void a_place_that_cannot_be_written_is_named(void)
{
    plot_place p;
    plot_rig_enter(&p);
    CU_ASSERT_EQUAL(draw_map(plot_rig_in(&p, "missing/x.svg"), &p.data, &p.error), CPH_ERR_IO);
    CU_ASSERT_PTR_NOT_NULL(strstr(p.error.message, "missing/x.svg"));
    CU_ASSERT_EQUAL(p.error.status, CPH_ERR_IO);
    plot_rig_leave(&p, nothing);
}

/* A limit on the size of files stands for a full disk. */
static void a_full_disk_leaves_the_old_picture(void)
{
    static const char *const names[] = {"x.png", "x.svg", NULL};
    plot_place p;
    char head[4], tail[4];
    struct rlimit old, small;
    plot_rig_enter(&p);
    for (size_t i = 0; names[i] != NULL; i++) {
        FILE *f = fopen(plot_rig_in(&p, names[i]), "wb");
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
            cph_status status = pictures[k](plot_rig_in(&p, names[i]), &p.data, &p.error);
            int restored = setrlimit(RLIMIT_FSIZE, &old);
            signal(SIGXFSZ, handler);
            CU_ASSERT(limited == 0 && restored == 0);
            CU_ASSERT_EQUAL(status, CPH_ERR_IO);
            CU_ASSERT_PTR_NOT_NULL(strstr(p.error.message, "too large"));
            CU_ASSERT_EQUAL(ends_of(p.path, 4, head, tail), 4);
            CU_ASSERT_EQUAL(memcmp(head, "old!", 4), 0);
            CU_ASSERT_EQUAL(entries(&p), 2);
        }
    plot_rig_leave(&p, names);
}

static void values_that_are_not_finite_are_left_out(void)
{
    const double infinities[] = {INFINITY, -INFINITY, NAN};
    plot_place p;
    plot_rig_enter(&p);
    for (size_t i = 0; i < 3; i++) {
        p.data.image[200 + i] = infinities[i];
        p.data.map[300 + i] = (float)infinities[i];
        p.data.power[20 + i] = infinities[i == 0 ? 1 : i];
        p.data.gain[1].im = infinities[i];
        p.data.peak.u = 2; /* outside the visible region: no azimuth */
        p.data.metrics.psll_db = NAN;
        for (size_t k = 0; k < PICTURES; k++)
            CU_ASSERT_EQUAL(pictures[k](plot_rig_in(&p, "x.png"), &p.data, &p.error), CPH_OK);
    }
    for (size_t i = 0; i < PLOT_ELEMENTS; i++)
        p.data.flag[i] = CPH_FLAG_WEAK;
    CU_ASSERT_EQUAL(draw_gains(p.path, &p.data, &p.error), CPH_OK);
    plot_rig_leave(&p, plot_rig_one);
}

static void nothing_finite_is_an_error(void)
{
    plot_place p;
    plot_rig_enter(&p);
    p.data.position[4] = NAN;
    p.data.curve.power_db = p.data.image; /* its corner of the grid is NaN throughout */
    p.data.curve.points = 5;
    for (size_t i = 0; i < PLOT_CELLS; i++) {
        p.data.image[i] = NAN;
        p.data.map[i] = -INFINITY;
    }
    for (size_t k = 0; k < PICTURES; k++) {
        CU_ASSERT_EQUAL(pictures[k](plot_rig_in(&p, "x.png"), &p.data, &p.error),
                        CPH_ERR_NOT_FINITE);
        CU_ASSERT_EQUAL(p.error.status, CPH_ERR_NOT_FINITE);
    }
    plot_rig_leave(&p, nothing);
}

CU_TestInfo cph_tests_plot_files[] = {
    {"each picture is a whole file of its suffix", each_picture_is_a_whole_file_of_its_suffix},
    {"other suffixes are refused", other_suffixes_are_refused},
    {"what is not a regular file stays", what_is_not_a_regular_file_stays},
    {"a place that cannot be written is named", a_place_that_cannot_be_written_is_named},
    {"a full disk leaves the old picture", a_full_disk_leaves_the_old_picture},
    {"values that are not finite are left out", values_that_are_not_finite_are_left_out},
    {"nothing finite is an error", nothing_finite_is_an_error},
    CU_TEST_INFO_NULL,
};
