/* SPDX-License-Identifier: MIT */
/** @file track_scene.h
 *  What a run of `cophase track` starts from and does not change (track_scene.c). */
#ifndef CPH_CLI_TRACK_SCENE_H
#define CPH_CLI_TRACK_SCENE_H

#include "cli/pattern_subject.h"
#include "cli/track_options.h"
#include "cli/track_waves.h"
#include "cophase/attitude.h"
#include "cophase/horizon.h"
#include "cophase/steer.h"
#include "cophase/track.h"
#include "cophase/track_log.h"

enum { CPH_TRACK_NAMES_MAX = 4096 }; /* of nulls */

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

/** --attitude, else what files state (track_attitude.c): the array's, captures of jammers,
 *  calibrations, the first of them; says where they differ. Needs scene->array. */
cph_status cph_track_attitude_find(cph_track_scene *scene, cph_error *error);
void cph_track_attitude_print(const cph_track_scene *scene);

/** Column's sigmas as its calibration states them (track_chance.c). */
cph_status cph_track_sigmas(const cph_track_scene *scene, cph_track_column *column,
                            cph_error *error);

/** ---- nulls by name (track_names.c) ---- */

/** The pointing table of places of a kind, or NULL. */
const char *cph_track_table_of(const cph_track_scene *scene, int kind);
/** Names of all nulls, which read the tables once, and captures, whose bursts are counted. */
cph_status cph_track_nulls_name(cph_track_scene *scene, cph_error *error);

#endif
