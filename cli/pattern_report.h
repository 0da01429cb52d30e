/* SPDX-License-Identifier: MIT */
/** @file pattern_report.h
 *  What `cophase pattern` is asked for, and what it says. */
#ifndef CPH_CLI_PATTERN_REPORT_H
#define CPH_CLI_PATTERN_REPORT_H

#include "cli/coupling.h"
#include "cli/described.h"
#include "cli/element_choice.h"
#include "cli/pattern_detail.h"
#include "cli/pattern_mask.h"
#include "cli/pattern_subject.h"

/** What the command line of `cophase pattern` says. */
typedef struct cph_pattern_command {
    cph_cli cli;
    const char *array, *weights, *truth, *plot_uv;
    cph_element_choice element;
    cph_coupling_choice coupling;
    cph_mask_choice mask;
    cph_pattern_options more;
    cph_array_spec spec;
    cph_array_file file; /* of an array described in text; else empty */
    double freq_hz;      /* NaN: not given */
    size_t beam, channel;
} cph_pattern_command;

/** The subject's frequency; NaN where one metre a wavelength is only a stand-in. */
double cph_pattern_frequency(const cph_pattern_command *command,
                             const cph_pattern_subject *subject);

/** On stdout: one JSON object or lines; `mask` may be NULL. */
cph_exit cph_pattern_tell(const cph_pattern_command *command, const cph_pattern_subject *subject,
                          const cph_pattern_input *input, const cph_pattern_metrics *metrics,
                          const cph_pattern_detail *detail, const cph_mask_report *mask);

#endif
