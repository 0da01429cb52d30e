/* SPDX-License-Identifier: MIT */
/* How the array stands: as --attitude says, else as a file of the run does. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/attitude_word.h"
#include "cli/report.h"
#include "cli/track_scene.h"

/* Attitudes are one within this, the norm of the difference of their matrices, which are rotations
 * to 1e-6 in nine entries each. */
static const double rounding = 1e-5;

enum { MOST = 1 + CPH_TRACK_CAPTURES_MAX + CPH_GAIN_PATHS };

typedef struct statement {
    const char *path;
    double turn[9];
    double time_unix_s; /* that it is of; NaN: no one time */
    bool elsewhere;     /* gains are the array's wherever they were measured */
} statement;

typedef struct statements {
    statement item[MOST];
    size_t count;
} statements;

/* What cannot be read is said where it is needed. */
static void take_file(const char *path, bool elsewhere, statements *s)
{
    cph_data *data = NULL;
    cph_error unsaid = {.status = CPH_OK};
    if (path == NULL || cph_data_open(path, NULL, &data, &unsaid) != CPH_OK)
        return;
    const cph_data_header *const h = cph_data_header_of(data);
    if (h->array.has_array_to_enu && h->array.frame == CPH_FRAME_ARRAY) {
        statement *const to = &s->item[s->count++];
        *to = (statement){.path = path,
                          .time_unix_s = elsewhere ? NAN : h->time_start_unix_s,
                          .elsewhere = elsewhere};
        memcpy(to->turn, h->array.array_to_enu, sizeof to->turn);
    }
    cph_data_close(data);
}

/* The array's own first, then what was recorded beside the run. */
static void gather(const cph_track_scene *scene, statements *s)
{
    const cph_track_options *const o = scene->options;
    if (scene->array->has_array_to_enu) {
        s->item[s->count] = (statement){.path = o->array, .time_unix_s = NAN};
        memcpy(s->item[s->count++].turn, scene->array->array_to_enu, sizeof s->item[0].turn);
    }
    for (size_t i = 0; i < o->null.captures; i++)
        take_file(o->null.capture[i], false, s);
    for (size_t path = 0; path < CPH_GAIN_PATHS; path++)
        take_file(o->calibration[path], true, s);
}

static bool is_other(const double a[9], const double b[9])
{
    double sum = 0.0;
    for (size_t i = 0; i < 9; i++)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return !(sqrt(sum) <= rounding);
}

enum { ANGLES = 96 };

static void word(const double turn[9], char text[ANGLES])
{
    double angle[3];
    cph_attitude_angles(turn, &angle[0], &angle[1], &angle[2]);
    for (size_t i = 0; i < 3; i++) /* to 1e-4 degrees, without -0 */
        angle[i] = round(angle[i] * 180e4 / M_PI) / 1e4 + 0.0;
    (void)snprintf(text, ANGLES, "%.7g,%.7g,%.7g", angle[0], angle[1], angle[2]);
}

/* One line for the first file that says something else than what is used. */
static void remark(const cph_track_scene *scene, const statements *s)
{
    const bool asked = scene->options->attitude != NULL;
    for (size_t i = asked ? 0 : 1; i < s->count && !scene->options->cli.quiet; i++) {
        const statement *const of = &s->item[i];
        const bool fixed = scene->attitude.time_unix_s == NULL;
        double used[9];
        char own[ANGLES], other[ANGLES];
        if ((asked && of->elsewhere) ||
            cph_attitude_at(&scene->attitude, fixed ? 0.0 : of->time_unix_s, used) != CPH_OK ||
            !is_other(of->turn, used))
            continue;
        word(of->turn, other);
        word(used, own);
        (void)cph_report_line(scene->options->cli.name, CPH_EXIT_DONE,
                              "%s: has an attitude of %s (roll, pitch, yaw); %s of %s is used",
                              of->path, other, asked ? "--attitude" : scene->attitude_from, own);
        return;
    }
}

static cph_status choose(cph_track_scene *scene, const statements *s, cph_error *error)
{
    static const double identity[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    const char *const asked = scene->options->attitude;
    if (asked != NULL)
        return cph_attitude_choose(asked, scene->array, &scene->attitude, error);
    scene->assumed = s->count == 0;
    scene->attitude_from = scene->assumed ? NULL : s->item[0].path;
    const cph_status status =
        cph_attitude_fixed(scene->assumed ? identity : s->item[0].turn, &scene->attitude);
    return status == CPH_OK ? status
                            : cph_fail(error, status, "%s: /array: array_to_enu is no rotation",
                                       scene->assumed ? scene->options->array : s->item[0].path);
}

cph_status cph_track_attitude_find(cph_track_scene *scene, cph_error *error)
{
    statements s = {.count = 0};
    gather(scene, &s);
    const cph_status status = choose(scene, &s, error);
    if (status == CPH_OK)
        remark(scene, &s);
    return status;
}

void cph_track_attitude_print(const cph_track_scene *scene)
{
    double turn[9];
    char text[ANGLES];
    if (scene->assumed)
        printf("attitude: assumed, x east, y north, boresight up\n");
    if (scene->attitude_from == NULL || cph_attitude_at(&scene->attitude, 0.0, turn) != CPH_OK)
        return;
    word(turn, text);
    printf("attitude: %s (roll, pitch, yaw in degrees), of %s\n", text, scene->attitude_from);
}
