/* SPDX-License-Identifier: MIT */
/** @file track_bench.h
 *  Beams of `cophase track`, one at a time: where nulls are, weights and what they give
 *  (track_beam.c). */
#ifndef CPH_CLI_TRACK_BENCH_H
#define CPH_CLI_TRACK_BENCH_H

#include "cli/eirp_density.h"
#include "cli/track_scene.h"
#include "cli/track_table.h"
#include "cophase/jammer.h"
#include "cophase/quiet.h"
#include "cophase/schedule.h"
#include "kernels/track/look.h"

enum { CPH_TRACK_NULL_TIMES = 3, CPH_TRACK_NULL_POINTS = 512 };

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

/** Chances of the nulls of bench->weights, column k, toward u (track_chance.c). */
cph_status cph_track_chances(cph_track_bench *bench, size_t k, const double u[3]);

/** Of the beam toward u whose coefficients bench->c has, of column k (track_duty.c). Takes
 * bench->steering. */
cph_status cph_track_duty(cph_track_bench *bench, size_t k, double time_unix_s, const double u[3],
                          cph_track_radiated *radiated, cph_error *error);

#endif
