/* SPDX-License-Identifier: MIT */
/** @file doctor_rig.h
 *  Scenes whose data or descriptions are spoilt in known ways. */
#ifndef CPH_TESTS_DOCTOR_RIG_H
#define CPH_TESTS_DOCTOR_RIG_H

#include "cophase/doctor.h"
#include "tests/unit/calib_scene.h"

enum { RIG_ROWS = 500, RIG_READINGS = 3, RIG_MISTAKES = 15 };

/** A scene, what is told of it, and what was found. */
typedef struct doctor_rig {
    scene scene;
    double position[3 * SCENE_ELEMENTS], direction[RIG_READINGS * 3 * SCENE_SOURCES];
    cph_c64 gain[SCENE_ELEMENTS];
    cph_doctor_problem problem;
    cph_doctor_row row[RIG_ROWS];
    cph_doctor_result result;
    cph_doctor_swap swap[SCENE_ELEMENTS];
    cph_doctor_swaps swaps;
    cph_error error;
} doctor_rig;

/** Elements in phase to `radian` rms, noise of 5 times a source's power, 2000 samples; directions
 * as they are, with u and v exchanged, and with u mirrored. */
void doctor_rig_open(doctor_rig *r, size_t n, size_t sources, double radian, uint64_t seed);

/** Gives the true gains to the doctor. */
void doctor_rig_calibrate(doctor_rig *r);

/** cph_doctor_run, which must succeed. */
void doctor_rig_examine(doctor_rig *r);

/** The row of a convention, and the row that stands for all of its model. */
const cph_doctor_row *doctor_rig_row(const doctor_rig *r, const cph_convention *wanted);
size_t doctor_rig_group(const doctor_rig *r, const cph_convention *wanted);

/** R conjugated; x of the positions to the other side; the place of element n moved to line n + by,
 *  or N - 1 - n, of the table. */
void doctor_rig_conjugate(doctor_rig *r);
void doctor_rig_mirror_x(doctor_rig *r);
void doctor_rig_shift(doctor_rig *r, size_t by);
void doctor_rig_reverse(doctor_rig *r);

/** A way to spoil a scene, and what mends it; the first is none. */
typedef struct doctor_mistake {
    void (*spoil)(doctor_rig *r);
    cph_convention convention;
} doctor_mistake;
extern const doctor_mistake doctor_mistakes[RIG_MISTAKES];

#endif
