/* SPDX-License-Identifier: MIT */
/** @file html_parts.h
 *  Pieces of the page that several sections use. Colours are classes of the style sheet, so that
 *  light, dark and print have their own. */
#ifndef COPHASE_BENCH_HTML_PARTS_H
#define COPHASE_BENCH_HTML_PARTS_H

#include "bench/report/report.h"

extern const char report_style[];

/** Text with what HTML reads as markup escaped; NULL is a dash. */
void html_text(FILE *file, const char *text);
/** A figure by `format` (of one double), or a dash when it is not finite. */
__attribute__((format(printf, 2, 0))) void html_number(FILE *file, const char *format,
                                                       double value);
/** Three digits, all of them before the point: 3.14, 1260. */
void html_three(FILE *file, double value);
/** A time in a unit that suits it. */
void html_seconds(FILE *file, double seconds);
/** A size in KiB, MiB or GiB. */
void html_bytes(FILE *file, size_t bytes);
/** The colour class of a path: its instruction set, or "compiler" for what vectorisers made. */
const char *html_isa_class(const char *isa);
/** <h2> with an anchor. */
void html_heading(FILE *file, const char *id, const char *title);

/** Whether enough cases differ in elements and beams alone for a map of them. */
bool html_in_grid(const report *r, const report_case *c);
bool html_same_kind(const report_case *a, const report_case *b);
/** Whether c is the first of its kind in the report. */
bool html_first_of_kind(const report *r, size_t c);

/* Sections, in the order of the page. */
void html_roofline(const report *r, FILE *file);
void html_versus(const report *r, FILE *file);
void html_grids(const report *r, FILE *file);
void html_cases(const report *r, FILE *file);
void html_latency(const report *r, FILE *file);
void html_scaling(const report *r, FILE *file);
void html_noise(const report *r, FILE *file);
void html_figures(const report *r, FILE *file);

#endif
