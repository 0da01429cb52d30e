/* SPDX-License-Identifier: MIT */
/** @file report_page.h
 *  `cophase report`: a page of files. Every figure and number of it is what another run of this
 *  command says of a file, told with its command line.
 *
 *  A new kind of file, KIND: a function here that fills page->body, and a row in
 *  report_sections.def. */
#ifndef CPH_CLI_REPORT_PAGE_H
#define CPH_CLI_REPORT_PAGE_H

#include <stdio.h>

#include "cli/json.h"
#include "cli/pattern_mask.h"
#include "cli/report_svg.h"

typedef struct cph_report_options {
    cph_cli cli;
    const char *title;      /**< --title or NULL */
    const char *mask;       /**< --mask or NULL */
    cph_mask_choice choice; /**< the same, understood */
    bool strict;
    size_t inputs;
    const char **input; /**< [inputs] files and folders */
} cph_report_options;

typedef struct cph_report_file {
    char *path;       /**< as words of the command line have it */
    const char *name; /**< in path: the end of it that no other file has */
    char id[16];      /**< anchor of what is said of it, "f3" */
    const char *kind; /**< of report_sections.def */
    json_t *info;     /**< of `cophase info`; of a benchmark the run. NULL: it cannot be read */
    char *why;        /**< why not, a line */
} cph_report_file;

typedef struct cph_report_page {
    const cph_report_options *options;
    char *folder;                 /**< of its own, for what children write */
    char *picture, *words, *line; /**< in there: picture.svg, stdout and stderr of a child */
    size_t files, others;         /**< others: files of folders that are of no layout known here */
    char other_names[400];        /**< the first ones of them, */
    size_t others_told;           /**< so many */
    cph_report_file *file;        /**< [files] */
    FILE *body;
    char *body_text;
    size_t body_size;
    cph_report_styles styles;
    json_t *summary;  /**< objects of text, tone and anchor */
    json_t *sections; /**< objects of id, title and figures */
    size_t figures;
    json_t *undrawn;    /**< objects of figure, reason and anchor: figures that failed */
    const char *anchor; /**< of what is being put: a section, a file, two files */
    char why[600];      /**< of the child that failed last */
    bool failed;        /**< memory or the system gave out */
} cph_report_page;

/* ---- what sections call ---- */

/** Words of a command line without "cophase"; those behind the last one that fits are left out. */
enum { CPH_REPORT_WORDS = 40 };
typedef struct cph_report_words {
    const char *word[CPH_REPORT_WORDS + 1];
    size_t count;
} cph_report_words;

/** Adds words, those before a NULL. They are not copied. */
#define cph_report_add(words, ...)                                                                 \
    cph_report_add_list(words, (const char *const[]){__VA_ARGS__, NULL})
void cph_report_add_list(cph_report_words *words, const char *const *list);
/** Adds the file and, where the page has them, its --positions. */
void cph_report_add_input(const cph_report_page *page, cph_report_words *words,
                          const cph_report_file *file);

/** What `cophase WORDS --json` says, or NULL: page->why then tells why not. Exit status 4 (a limit
 *  is violated) counts as done. */
json_t *cph_report_run(cph_report_page *page, const cph_report_words *words);

typedef struct cph_report_figure {
    const char *title;       /**< heads the figure and names it for who cannot see it */
    const char *description; /**< what it shows, a sentence or two, in words */
    const char *note;        /**< shown below; NULL: none */
} cph_report_figure;

/** The same, then puts the figure of page->picture, which the words must name as their output. A
 *  line instead of it, and one of the summary, where that fails. */
json_t *cph_report_draw(cph_report_page *page, const cph_report_figure *figure,
                        const cph_report_words *words);

typedef enum cph_report_tone {
    CPH_REPORT_PLAIN,
    CPH_REPORT_GOOD,
    CPH_REPORT_BAD,
    CPH_REPORT_TONES
} cph_report_tone;

/** A line of the summary, which leads to the anchor. */
CPH_PRINTF(4, 5)
void cph_report_say(cph_report_page *page, cph_report_tone tone, const char *anchor,
                    const char *format, ...);

/** A paragraph of remarks. */
CPH_PRINTF(2, 3)
void cph_report_remark(cph_report_page *page, const char *format, ...);

/** The value, 0 where so many decimals would show the sign of a rounding error ("-0.00"). */
double cph_report_tidy(double value, int decimals);

/** "of the sky" or "of the array": what azimuths and elevations of that JSON are in. */
const char *cph_report_frame(const json_t *said);

/** A list of facts: open, facts, close. Facts whose text is NULL or whose number is not finite are
 *  left out. */
void cph_report_facts_open(cph_report_page *page);
void cph_report_fact(cph_report_page *page, const char *name, const char *text);
CPH_PRINTF(3, 4)
void cph_report_factf(cph_report_page *page, const char *name, const char *format, ...);
__attribute__((format(printf, 3, 0))) void
cph_report_fact_number(cph_report_page *page, const char *name, const char *format, double value);
void cph_report_facts_close(cph_report_page *page);

/** What `info` says of a file of any kind: its sizes, and elements that are not good. */
void cph_report_facts_of(cph_report_page *page, const cph_report_file *file);
/** "1248 of 1280 elements good: 20 dead, 12 weak", into text of that size. */
void cph_report_health_words(const json_t *info, size_t size, char *text);
/** GOOD: all are good; PLAIN: but for 3 %; else BAD. */
cph_report_tone cph_report_health_tone(const json_t *info);
void cph_report_health_table(cph_report_page *page, const cph_report_file *file);

/** Members of JSON: NaN, NULL and 0 where there is none. */
double cph_report_number(const json_t *object, const char *key);
const char *cph_report_string(const json_t *object, const char *key);
size_t cph_report_count(const json_t *object, const char *key);

/** "2026-11-23 10:00:07 UTC" of a time in seconds since 1970; "" where that cannot be. */
void cph_report_utc(double unix_s, size_t size, char *text);

/** Tables: cph_report_table_open(page, "heads, the first one of rows"...), rows of cells, close. A
 *  head that begins with '<' is of words and stands at the left, without that sign. */
void cph_report_table_open(cph_report_page *page, const char *const *head, size_t heads);
void cph_report_row_open(cph_report_page *page);
void cph_report_cell(cph_report_page *page, const char *text);
__attribute__((format(printf, 2, 0))) void cph_report_cell_number(cph_report_page *page,
                                                                  const char *format, double value);
void cph_report_row_close(cph_report_page *page);
void cph_report_table_close(cph_report_page *page);
/** Whether a calibration is for the inputs, positions and frequencies of a file, by the rule of the
 *  verbs that divide by it; data that are calibrated already are for none. What a file does not say
 *  is no reason against it. */
bool cph_report_is_for(const cph_report_page *page, const cph_report_file *calibration,
                       const cph_report_file *file);
/** Whether it is a calibration, and of the path. */
bool cph_report_is_calibration(const cph_report_file *file, const char *path);

/* ---- sections ---- */

typedef void cph_report_each(cph_report_page *page, const cph_report_file *file);
typedef void cph_report_all(cph_report_page *page);

#define CPH_REPORT_SECTION(kind, title, each, together)                                            \
    cph_report_each each;                                                                          \
    cph_report_all together;
#include "cli/report_sections.def"
#undef CPH_REPORT_SECTION

/** Arrays that files are of: their map and baselines. */
cph_report_all cph_report_arrays;
/** Commands that made the files, and files that could not be read. */
cph_report_all cph_report_provenance;
cph_report_all cph_report_nothing;
cph_report_each cph_report_any;

/* ---- the page as a whole ---- */

/** Rules of the page beside those of bench/report. */
extern const char cph_report_style[];

/** Files of the command line and of its folders, told apart by kind. False: cannot go on, said. */
bool cph_report_gather(cph_report_page *page);

/** Fills body, summary and sections. */
void cph_report_fill(cph_report_page *page);

/** Writes it. */
void cph_report_put(cph_report_page *page, FILE *out);

#endif
