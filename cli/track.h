/* SPDX-License-Identifier: MIT */
/** @file track.h
 *  `cophase track`: from a table of satellites to weights that follow them. A column is a path at a
 *  frequency. */
#ifndef CPH_CLI_TRACK_H
#define CPH_CLI_TRACK_H

#include "cli/described.h"
#include "cli/eirp_density.h"
#include "cli/image_options.h"
#include "cli/json.h"
#include "cli/options.h"
#include "cli/pattern_subject.h"
#include "cli/quiet_options.h"
#include "cli/states_options.h"
#include "cli/track_null_options.h"
#include "cli/track_table.h"
#include "cli/track_waves.h"
#include "cophase/attitude.h"
#include "cophase/horizon.h"
#include "cophase/jammer.h"
#include "cophase/pointing.h"
#include "cophase/quiet.h"
#include "cophase/schedule.h"
#include "cophase/steer.h"
#include "cophase/track.h"
#include "cophase/track_log.h"
#include "kernels/track/look.h"

enum { CPH_TRACK_COLUMNS_MAX = 64, CPH_TRACK_NULL_TIMES = 3, CPH_TRACK_NULL_POINTS = 512 };
enum { CPH_TRACK_NAMES_MAX = 4096 }; /* of nulls */

/** ---- the command line (track_options.c) ---- */

typedef struct cph_track_options {
    cph_cli cli; /**< input: the table; calibration: of receive gains */
    const char *array;
    cph_array_spec spec;
    cph_array_file file; /**< of an array described in text; else empty */
    cph_element_choice element;
    cph_states_options states;
    size_t columns;
    struct {
        cph_gain_path path;
        double freq_hz;
    } column[CPH_TRACK_COLUMNS_MAX];                                 /**< receive first */
    const char *calibration[CPH_GAIN_PATHS], *truth[CPH_GAIN_PATHS]; /**< files or NULL */
    cph_taper taper[CPH_GAIN_PATHS];
    const char *taper_text[CPH_GAIN_PATHS]; /**< NULL: uniform */
    const char *attitude, *horizon;         /**< as written, or NULL */
    cph_schedule_config schedule;
    cph_track_null_options null;
    cph_quiet_choice quiet;
    double duty_below; /**< radians: what is radiated under it is told; 0: is not */
    double rate_hz;    /**< updates a second; 0: as seldom as a tenth of a beamwidth allows */
    const char *images, *target; /**< a folder, and which chips; or NULL */
    size_t target_format;        /**< of cph_export_image_format */
    const char *plot_sky, *plot_gain;
} cph_track_options;

/** Everything given on the command line checked as far as it can be without a file. */
cph_exit cph_track_parse(int argc, char **argv, cph_track_options *options);

/** Settings of the chips of --target. */
cph_image_options cph_track_image(const cph_track_options *options);

/** ---- what does not change (track_scene.c) ---- */

/** Zero-initialise; free with cph_track_scene_free. */
typedef struct cph_track_column {
    cph_gain_path path;
    double freq_hz;
    cph_pattern_subject subject; /**< gains and flags as they are known */
    cph_c64 *truth;              /**< [N] gains as they are, 0 where dead; NULL: as known */
    double ideal;                /**< gain of all elements without errors over one element */
    double element_db;           /**< directivity of an element less its pattern's level */
    double width_rad;            /**< narrowest width at half power */
    cph_track_plan *plan;
    cph_track_plan *plain; /**< the same without nulls; NULL where there are none ever */
    void *workspace;       /**< of either */
    double *sigma[2];      /**< [N] of its gains as the calibration states them, amplitude
                                (relative) and phase (rad); NULL: it does not */
    size_t capture;        /**< of the scene, whose waves it nulls; SIZE_MAX: none */
} cph_track_column;

/** What a null is toward, in the order of places. */
typedef enum cph_track_null_kind {
    CPH_TRACK_FIXED, /**< --null */
    CPH_TRACK_KNOWN, /**< a name of --jammers */
    CPH_TRACK_TRUTH, /**< a name of --jammer-truth: told, not nulled */
    CPH_TRACK_WAVE,  /**< learned; told where there is no truth */
    CPH_TRACK_NULL_KINDS
} cph_track_null_kind;

typedef struct cph_track_scene {
    const cph_track_options *options;
    cph_exec exec;
    size_t elements;
    double *position; /**< [N][3], the first column's */
    const cph_array *array;
    cph_steer_plan *steer;
    cph_states states; /**< count 0: floats */
    cph_attitude attitude;
    cph_horizon horizon;
    bool assumed;              /**< nobody said how the array stands: attitude zero */
    const char *attitude_from; /**< the file that said; NULL: none, or --attitude did */
    size_t columns;
    cph_track_column *column;               /**< [columns] */
    size_t first[CPH_TRACK_NULL_KINDS + 1]; /**< places of each kind of null */
    size_t places, nulls;                   /**< all; the first ones are told */
    char (*null)[CPH_TRACK_NAME_SIZE];      /**< [places] */
    size_t captures;
    struct {
        cph_track_waves *waves;
        size_t first; /**< its first place */
    } capture[CPH_TRACK_CAPTURES_MAX];
} cph_track_scene;

/** Takes what an array described in text says besides, into *options. */
cph_exit cph_track_scene_open(cph_track_options *options, cph_track_scene *scene);
void cph_track_scene_free(cph_track_scene *scene);

/** Files that were read, into path[CPH_TRACK_PATHS_MAX]; how many. */
enum { CPH_TRACK_PATHS_MAX = 18 + CPH_TRACK_CAPTURES_MAX };
size_t cph_track_paths(const cph_track_options *options, const char **path);

/** ---- beams (track_beam.c) ---- */

/** Where nulls are while a beam stands (track_nulls.c). */
typedef struct cph_track_jammers {
    const cph_track_scene *scene;
    cph_track_table table[CPH_TRACK_NULL_KINDS]; /**< of KNOWN and TRUTH */
    double (*u)[CPH_TRACK_NULL_TIMES][3]; /**< [places] array frame, at start, middle and end */
    bool *there;                          /**< [places] */
    bool *placed;    /**< [places] there is a direction: u; else a wave that is nulled as it came */
    bool *left_out;  /**< [places] of the column at hand: in its beam */
    double *part;    /**< [places] of its width and way that it covers; 0: its middle alone */
    cph_c64 *vector; /**< [CPH_TRACK_NULLS_MAX][N] */
    cph_c64 *wave;   /**< [N] */
    double inr[CPH_TRACK_NULLS_MAX];
    double *du;        /**< changes of direction that a null covers, [CPH_TRACK_NULL_POINTS][3] */
    uint64_t crowded;  /**< waves left out for want of room, over all updates */
    uint64_t narrowed; /**< nulls made narrower, over all updates */
    uint64_t beside;   /**< left out beside the lobe, as nothing would be left of the beam */
    uint64_t unheard[CPH_TRACK_CAPTURES_MAX]; /**< updates before a burst had ended */
    double oldest_s[CPH_TRACK_CAPTURES_MAX];  /**< the oldest burst that an update had */
    uint64_t far[CPH_TRACK_CAPTURES_MAX];     /**< updates with a wave a beamwidth on from it */
    uint64_t updates;                         /**< beams */
    double last_unix_s;                       /**< when the last one began */
} cph_track_jammers;

/** The pointing table of places of a kind, or NULL. */
const char *cph_track_table_of(const cph_track_scene *scene, int kind);
/** Names of all nulls, which read the tables once, and captures, whose bursts are counted. */
cph_status cph_track_nulls_name(cph_track_scene *scene, cph_error *error);
cph_status cph_track_jammers_make(const cph_track_scene *scene, cph_track_jammers *jammers,
                                  cph_error *error);
void cph_track_jammers_free(cph_track_jammers *jammers);
/** Rows of the tables around [start, end]. */
cph_status cph_track_jammers_follow(cph_track_jammers *jammers, double start, double end,
                                    cph_error *error);
/** Learns what had been heard by the first time; fills u, there and placed. */
cph_status cph_track_jammers_place(cph_track_jammers *jammers,
                                   const double time[CPH_TRACK_NULL_TIMES], cph_error *error);
/** Whether the column's beams null a place, or a jammer is told of there. */
bool cph_track_jammers_nulls(const cph_track_jammers *jammers, const cph_track_column *column,
                             size_t place);
bool cph_track_jammers_tells(const cph_track_jammers *jammers, const cph_track_column *column,
                             size_t place);
/** The vector of a wave in the middle or at another of the three times, as it was learned. */
cph_status cph_track_jammers_wave(cph_track_jammers *jammers, size_t place, size_t time,
                                  cph_c64 *v);
/** The wave of a place of that kind. */
const cph_track_wave *cph_track_wave_of(const cph_track_scene *scene, size_t place);
/** For another beam: nothing is left out or narrower yet. */
void cph_track_jammers_begin(cph_track_jammers *jammers);
/** The column's plan nulls what is there for it and is not left out; of learned waves those that
 *  there is room for. TOO_FEW: the array cannot null so much, said. */
cph_status cph_track_jammers_set(cph_track_jammers *jammers, const cph_track_column *column,
                                 cph_error *error);
/** Leaves out what is in the main lobe of a beam toward u; false: nothing was. */
bool cph_track_jammers_yield(cph_track_jammers *jammers, const cph_track_column *column,
                             const double u[3]);
/** Nothing is in the main lobe, yet nulls take the beam toward u: the one next to it covers half as
 *  much, at last its middle alone; where all do, the weakest wave is left out, at last the null
 * next to it. False: there is none. */
bool cph_track_jammers_narrow(cph_track_jammers *jammers, const cph_track_column *column,
                              const double u[3]);
/** Of a run that is done: captures and tables of another time (FORMAT); says what tables were of no
 * use. */
cph_status cph_track_jammers_check(const cph_track_jammers *jammers, cph_error *error);

typedef struct cph_track_images cph_track_images; /* track_images.h */

/** What a beam radiates. */
typedef struct cph_track_radiated {
    double share;        /**< of all power, between the horizon and --duty-below */
    double gain;         /**< the most there, over an isotropic antenna */
    double look;         /**< toward the look, the same */
    cph_density density; /**< with --eirp-density, there */
} cph_track_radiated;

/** What a look at a transmit column tells: of its beam, and where that is to be quiet of the plain
 *  one beside. */
enum { CPH_TRACK_OWN, CPH_TRACK_PLAIN, CPH_TRACK_BEAMS };
typedef struct cph_track_looked {
    cph_track_radiated radiated[CPH_TRACK_BEAMS]; /**< with --duty-below */
    cph_quiet_level quiet[CPH_TRACK_BEAMS];       /**< with --quiet-below */
} cph_track_looked;

typedef struct cph_track_quiet cph_track_quiet; /* track_quiet.h */

typedef struct cph_track_quiet_count {
    uint64_t plans;    /**< made: of the region, for a place of up */
    uint64_t updates;  /**< of the column */
    uint64_t searches; /**< of those: not from the last update's beam */
    uint64_t within;   /**< of those: plain, as they point into the region */
} cph_track_quiet_count;

/** Memory for one row at a time. */
typedef struct cph_track_bench {
    const cph_track_scene *scene;
    cph_c32 *weights;  /**< [N] */
    cph_c32 *steering; /**< [CPH_LOOKS][N] */
    cph_c64 *c;        /**< [N] conj(w) g */
    cph_track_jammers *jammers;
    cph_track_images *images;       /**< where beams go, too */
    double *null_db, *null_off_deg; /**< the row's */
    cph_track_quiet *quiet;         /**< [columns]; NULL: beams are plain */
    double duty_unix_s;             /**< when what is radiated is looked at; NaN: never */
    bool looked;                    /**< the last row's beams were */
    cph_track_looked *look;         /**< [columns] then, of transmit columns */
    double *price_db, *likely_db; /**< [columns] gain that the row's nulls cost; [columns][nulls] */
    double middle_unix_s;         /**< when chances of nulls are looked at; NaN: never */
    bool judged;                  /**< the last row's were */
    cph_jammer_chance *chance;    /**< [columns][places] then; NaN: not known */
    cph_c64 *judge;               /**< [4][N] */
    cph_c32 *room;                /**< [CPH_DENSITY_BATCH][N] with --eirp-density */
    uint64_t yielded; /**< updates of a column in which a null was left out: in the main lobe */
    uint64_t dimmed;  /**< in which nulls cost it more than half of its power */
    double *value;    /**< what the row's columns point to */
    cph_track_row row;
} cph_track_bench;

cph_status cph_track_bench_make(const cph_track_scene *scene, cph_track_jammers *jammers,
                                cph_track_bench *bench, cph_error *error);
void cph_track_bench_free(cph_track_bench *bench);

/** --attitude, else what files state (track_attitude.c): the array's, captures of jammers,
 *  calibrations, the first of them; says where they differ. Needs scene->array. */
cph_status cph_track_attitude_find(cph_track_scene *scene, cph_error *error);
void cph_track_attitude_print(const cph_track_scene *scene);

/** From east, north, up into the array's frame. MISSING: the attitude does not say. */
cph_status cph_track_turn(const cph_track_scene *scene, double time_unix_s, const double enu[3],
                          double u[3]);

/** Where a satellite is in the array's frame. MISSING: the table, or the attitude, does not say. */
cph_status cph_track_direction(const cph_track_scene *scene, const cph_schedule *schedule,
                               uint32_t satellite, double time_unix_s, double u[3],
                               cph_schedule_place *place, cph_error *error);

/** Weights toward the satellite in the middle of [start, end] and what they give: bench->row but
 *  for slot and standby. */
cph_status cph_track_beam(cph_track_bench *bench, const cph_schedule *schedule, uint32_t satellite,
                          double start, double end, cph_error *error);

/** c [N] = conj(w) g, through the gains as they are. */
void cph_track_coefficients(const cph_track_column *column, size_t n, const cph_c32 *w, cph_c64 *c);

/** Of the beam of column k: levels toward nulls and jammers, the most while it stands, what they
 *  cost, chances (track_levels.c). Takes bench->steering. */
cph_status cph_track_levels(cph_track_bench *bench, size_t k, const double u[CPH_LOOKS][3],
                            const cph_look *look, double *sinr_loss_db);

/** Column's sigmas as its calibration states them (track_chance.c). */
cph_status cph_track_sigmas(const cph_track_scene *scene, cph_track_column *column,
                            cph_error *error);
/** Chances of the nulls of bench->weights, column k, toward u. */
cph_status cph_track_chances(cph_track_bench *bench, size_t k, const double u[3]);

/** Of the beam toward u whose coefficients bench->c has, of column k (track_duty.c). Takes
 * bench->steering. */
cph_status cph_track_duty(cph_track_bench *bench, size_t k, double time_unix_s, const double u[3],
                          cph_track_radiated *radiated, cph_error *error);

/** ---- the run (track_run.c) and what it comes to (track_summary.c) ---- */

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
