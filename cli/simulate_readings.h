/* SPDX-License-Identifier: MIT */
/** @file simulate_readings.h
 *  Readings of calibrations that `cophase simulate --kind rev|coded|near-field|coupling` makes. */
#ifndef CPH_CLI_SIMULATE_READINGS_H
#define CPH_CLI_SIMULATE_READINGS_H

#include "cli/simulate_options.h"

/** Whether readings were asked for. */
bool cph_simulate_readings_asked(const cph_simulate_options *options);

/** Makes and writes them, says so. inputs [count]: what the array came from. */
cph_exit cph_simulate_readings(const cph_simulate_options *options, const char **inputs,
                               size_t count);

/** --kind near-field or coupling; called by that one. */
cph_exit cph_simulate_scan(const cph_simulate_options *options, const char **inputs, size_t count);

/** The array asked for, its faults and true gains [N] on the heap. Free all three in every case;
 *  they start out zeroed. */
cph_status cph_simulate_truth(const cph_simulate_options *options, cph_array *array,
                              cph_faults *faults, cph_c64 **gain, cph_error *error);

/** Gains of such an array by another seed, on the heap. */
cph_status cph_simulate_draw(const cph_simulate_options *options, const cph_array *array,
                             const cph_faults *faults, uint64_t seed, cph_c64 **gain,
                             cph_error *error);

/** Whether -o and --csv may be written. */
cph_exit cph_simulate_outputs_check(const cph_simulate_options *options, const char *const *inputs,
                                    size_t count);

/** What was made; for the text table (readings_csv.c). */
typedef struct cph_made_readings {
    bool coded;
    cph_rev_readings rev;
    cph_coded_readings codes;
} cph_made_readings;

/** Writes the text table of FORMAT.md, 17 digits. ARGUMENT where codes are more than signs; IO. */
cph_status cph_readings_csv(const char *path, const char *const *inputs,
                            const cph_made_readings *made, cph_error *error);
/** The same of a field, missing samples left out. */
cph_status cph_near_field_csv(const char *path, const char *const *inputs,
                              const cph_near_field_readings *readings, cph_error *error);
/** The same of pairs of elements. */
cph_status cph_coupling_csv(const char *path, const char *const *inputs,
                            const cph_coupling_readings *readings, cph_error *error);

#endif
