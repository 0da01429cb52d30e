/* SPDX-License-Identifier: MIT */
/* Pictures of a log of track: those that the run itself draws, and its nulls. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "cli/picture.h"
#include "cli/track_digest.h"
#include "cophase/pointing.h"

static void set_nulls(const cph_track_digest *d, json_t *object)
{
    const cph_track_column *const column = &d->scene.column[d->null_column];
    json_t *list = json_array();
    for (size_t j = 0; j < d->scene.nulls && j < CPH_TRACK_NULLS_DRAWN; j++)
        cph_json_append(list, cph_json_text(d->scene.null[j]));
    cph_json_set_text(object, "path", cph_gain_path_name(column->path));
    cph_json_set_number(object, "freq_hz", column->freq_hz);
    cph_json_set(object, "nulls", list);
}

static void tell(const cph_picture_options *o, const cph_track_digest *d, json_t *object)
{
    const cph_track_summary *const s = &d->summary;
    cph_json_set_count(object, "points", s->points);
    cph_json_set_count(object, "updates", s->updates);
    cph_json_set_count(object, "handovers", s->handovers);
    cph_json_set_number(object, "start_unix_s", s->start_unix_s);
    cph_json_set_number(object, "end_unix_s", s->end_unix_s);
    if (o->kind == CPH_PICTURE_TRACK_NULLS)
        set_nulls(d, object);
    if (!o->cli.json)
        printf("%zu points of %" PRIu64 " updates, %" PRIu64 " hand-overs\n", s->points, s->updates,
               s->handovers);
}

static cph_exit draw(const cph_picture_options *o, cph_track_drawing *drawing, json_t *object)
{
    cph_error error = {.status = CPH_OK};
    cph_track_digest digest;
    char subtitle[300];
    cph_exit code = cph_track_digest_read(&o->cli, o->channel, &digest);
    if (code == CPH_EXIT_DONE && digest.summary.points == 0)
        code = cph_report_line(o->cli.name, CPH_EXIT_INPUT,
                               "%s: serves no satellite at any time: expected some to draw",
                               o->cli.input);
    if (code == CPH_EXIT_DONE) {
        const char *const label = digest.scene.array->label;
        snprintf(subtitle, sizeof subtitle, "%s%s%s, floor %.4g\u00b0", cph_picture_subject(o),
                 label[0] != '\0' ? ", " : "", label,
                 digest.options.schedule.floor_rad * (180.0 / M_PI));
        const cph_track_picture picture = {.path = o->cli.output, .subtitle = subtitle};
        if (drawing(&digest.summary, &picture, &error) != CPH_OK)
            code = cph_report(o->cli.name, &error);
    }
    if (code == CPH_EXIT_DONE)
        tell(o, &digest, object);
    cph_track_digest_free(&digest);
    return code;
}

cph_exit cph_picture_sky(const cph_picture_options *o, json_t *object)
{
    return cph_pointing_probe(o->cli.input) ? cph_picture_pointing(o, object)
                                            : draw(o, cph_track_draw_sky, object);
}

cph_exit cph_picture_track_gain(const cph_picture_options *o, json_t *object)
{
    return draw(o, cph_track_draw_gain, object);
}

cph_exit cph_picture_track_nulls(const cph_picture_options *o, json_t *object)
{
    return draw(o, cph_track_draw_nulls, object);
}
