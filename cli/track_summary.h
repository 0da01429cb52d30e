/* SPDX-License-Identifier: MIT */
/** @file track_summary.h
 *  The run of `cophase track` (track_run.c), what it comes to (track_summary.c), and how that is
 *  told and drawn. */
#ifndef CPH_CLI_TRACK_SUMMARY_H
#define CPH_CLI_TRACK_SUMMARY_H

#include "cli/json.h"
#include "cli/track_bench.h"
#include "cophase/pointing.h"

/** How often a value was how large; percentiles are right within `step`. */
typedef struct cph_track_tally {
    double low, step;
    uint64_t count, *bin; /**< [CPH_TRACK_BINS]; what is above the last one, or below the first,
                               makes all twice as wide that way */
    double least, most;
} cph_track_tally;
enum { CPH_TRACK_BINS = 40000 }; /* even */

cph_status cph_track_tally_make(double low, double step, cph_track_tally *tally, cph_error *error);
/** Not finite: is not counted. */
void cph_track_tally_add(cph_track_tally *tally, double value);
/** The value that a share of all do not exceed; NaN without any. */
double cph_track_tally_quantile(const cph_track_tally *tally, double share);

/** What goes toward the horizon while a satellite is served, seconds of all power. */
typedef struct cph_track_pass {
    uint32_t satellite;
    double start_unix_s, end_unix_s, on_s, energy_s[CPH_TRACK_BEAMS];
} cph_track_pass;
enum { CPH_TRACK_PASSES_MAX = 1000 };

/** What looks at a transmit column come to (track_sent.c), beams as in cph_track_looked. */
typedef struct cph_track_sent {
    double on_s, energy_s[CPH_TRACK_BEAMS];  /**< served and looked at; that times the share */
    double level_s[CPH_TRACK_BEAMS];         /**< that over the gain toward the look */
    double most_gain[CPH_TRACK_BEAMS];       /**< under the elevation */
    cph_density density[CPH_TRACK_BEAMS];    /**< the most and the least of all looks */
    uint64_t passes;                         /**< satellites in a row */
    uint32_t last;                           /**< of the last one */
    double last_unix_s;                      /**< its end */
    cph_track_pass *pass;                    /**< [CPH_TRACK_PASSES_MAX] the first ones */
    cph_track_tally relative, loss, limited; /**< of --quiet-below, dB */
    cph_track_quiet_count count;             /**< the same */
} cph_track_sent;

typedef struct cph_track_sum {
    cph_track_tally gain, loss, pointing;
    cph_track_tally sinr, apart; /**< of all; of those with all nulls two beamwidths off or more */
    cph_track_tally *null;       /**< [nulls] */
    cph_track_tally price;       /**< of gain, for nulls */
    cph_track_tally *likely, *model; /**< [places] chances: of 95 % of draws; in closed form */
    cph_track_sent sent;             /**< of transmit columns */
    double worst_time, doppler[2];   /**< of the most loss; least and most */
    uint32_t worst_satellite;
} cph_track_sum;

/** A hand-over or the begin of service, or a gap. */
typedef struct cph_track_event {
    cph_schedule_piece piece;
    uint32_t before; /**< CPH_SCHEDULE_NONE: none */
} cph_track_event;

/** Points of pictures: at most CPH_TRACK_POINTS_MAX rows that serve, evenly chosen. */
enum {
    CPH_TRACK_POINTS_MAX = 16384,
    CPH_TRACK_EVENTS_MAX = 1000,
    CPH_TRACK_DRAWN_MAX = 2,
    CPH_TRACK_NULLS_DRAWN = 4
};
typedef struct cph_track_point {
    double time_unix_s, end_unix_s, az_deg, el_deg;
    uint32_t satellite;
    bool after_gap; /**< between it and the point before nobody was served for a while */
    double null_db[CPH_TRACK_NULLS_DRAWN],
        null_off_deg[CPH_TRACK_NULLS_DRAWN]; /**< the first ones, of null_column */
    double gain_db[CPH_TRACK_DRAWN_MAX],
        ideal_db[CPH_TRACK_DRAWN_MAX]; /**< a path's first column */
} cph_track_point;

typedef struct cph_track_summary {
    const cph_track_scene *scene;
    bool logged; /**< of a log that was read: of the scene, columns' paths and frequencies, names of
                      nulls and the schedule are known alone */
    cph_track_sum *column; /**< [columns] */
    size_t null_column;    /**< whose nulls are drawn */
    uint64_t rows, slots, updates, standbys, handovers, gaps;
    double start_unix_s, end_unix_s, served_s, gap_s, gap_reason_s[CPH_SCHEDULE_REASONS];
    double interval_s[2], turn_rad_s;         /**< between updates; the fastest */
    uint64_t lonely, yielded, dimmed, silent; /**< the last: slots that serve nobody */
    uint64_t crowded, narrowed, beside;
    uint64_t unheard[CPH_TRACK_CAPTURES_MAX]; /**< as of cph_track_jammers */
    double oldest_s[CPH_TRACK_CAPTURES_MAX];
    uint64_t far[CPH_TRACK_CAPTURES_MAX];
    size_t images;
    size_t satellites, events;            /**< the first ones of them */
    cph_track_event *event;               /**< [CPH_TRACK_EVENTS_MAX] */
    cph_schedule_piece last;              /**< before any: a satellite's */
    bool last_told;                       /**< the last event is of it */
    char (*name)[CPH_POINTING_NAME_SIZE]; /**< [satellites] */
    cph_track_point *point;               /**< [points] */
    size_t points, stride, skipped;
    double last_unix_s; /**< when the last row that serves ended; NaN: none */
    bool broken;        /**< a gap since the last point */
} cph_track_summary;

cph_status cph_track_summary_make(const cph_track_scene *scene, cph_track_summary *summary,
                                  cph_error *error);
void cph_track_summary_free(cph_track_summary *summary);
void cph_track_summary_row(cph_track_summary *summary, const cph_track_row *row);
/** Where chances of nulls were looked at: those in closed form, and of waves that are not told. */
void cph_track_summary_nulls(cph_track_summary *summary, const cph_track_bench *bench);
/** A piece of a slot, which one look [columns] stands for. */
void cph_track_summary_look(cph_track_summary *summary, const cph_track_looked *look,
                            const cph_schedule_piece *piece);
void cph_track_summary_piece(cph_track_summary *summary, const cph_schedule_piece *piece,
                             uint32_t before);

/** The whole table into the log, whose writer it ends, and the images. */
cph_exit cph_track_run(const cph_track_scene *scene, cph_track_writer *writer,
                       cph_track_summary *summary);

/** ---- what is sent toward the horizon (track_sent.c) ---- */

cph_status cph_track_sent_make(const cph_track_scene *scene, cph_track_sent *sent,
                               cph_error *error);
void cph_track_sent_free(cph_track_sent *sent);
void cph_track_sent_add(const cph_track_scene *scene, const cph_track_looked *look,
                        const cph_schedule_piece *piece, cph_track_sent *sent);
/** Without a minus of what is 0 when printed with so many decimals. */
double cph_track_plain(double value, int decimals);
/** Sets "duty" and "quiet" of a column, as far as they were asked for. */
void cph_track_sent_json(const cph_track_summary *summary, const cph_track_sent *sent,
                         json_t *object);
void cph_track_sent_print(const cph_track_summary *summary, const cph_track_sent *sent);
/** Name of a satellite, NULL for none (track_report.c). */
const char *cph_track_name(const cph_track_summary *summary, uint32_t satellite);
/** "median", "p95", "p99", "worst" of levels of which the highest are bad (track_report.c). */
json_t *cph_track_losses(const cph_track_tally *tally);

/** Prints what was done (track_report.c). */
cph_exit cph_track_tell(const cph_track_summary *summary);

/** --plot-sky and --plot-gain (track_picture.c). */
cph_exit cph_track_draw(const cph_track_summary *summary);

/** What is drawn, of what: FILE.svg or FILE.png with the line under its head; words where nobody is
 *  served, NULL: that is NOT_FINITE. */
typedef struct cph_track_picture {
    const char *path, *subtitle, *empty;
} cph_track_picture;
typedef cph_status cph_track_drawing(const cph_track_summary *summary,
                                     const cph_track_picture *picture, cph_error *error);
cph_track_drawing cph_track_draw_sky;
cph_track_drawing cph_track_draw_gain;
/** Depths of nulls and how far they are from the look. MISSING: there is none. */
cph_track_drawing cph_track_draw_nulls;

#endif
