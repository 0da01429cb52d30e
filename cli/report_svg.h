/* SPDX-License-Identifier: MIT */
/** @file report_svg.h
 *  Pictures of cli/plot inside a page: their ids are of one picture alone, their sheet, ink and
 *  lines take the colours of the page's theme, and numbers are as long as can be seen. */
#ifndef CPH_CLI_REPORT_SVG_H
#define CPH_CLI_REPORT_SVG_H

#include <stdbool.h>
#include <stdio.h>

/** Texts, each once. */
typedef struct cph_report_pool {
    size_t count;
    char **text; /**< [count] */
} cph_report_pool;

/** What pictures of a page have in common. Zero-initialise. */
typedef struct cph_report_styles {
    cph_report_pool style; /**< declarations of CSS, the class .pN each */
    cph_report_pool glyph; /**< outlines of characters, the id yN each */
} cph_report_styles;

void cph_report_styles_free(cph_report_styles *styles);
/** The rules of all classes. */
void cph_report_styles_put(FILE *out, const cph_report_styles *styles);
/** An element without size that holds the glyphs. */
void cph_report_glyphs_put(FILE *out, const cph_report_styles *styles);

/** Who reads a picture that cannot be seen hears these; ids begin with the prefix. */
typedef struct cph_report_svg {
    const char *prefix, *title, *description;
} cph_report_svg;

/** Puts the text of an SVG file as cairo writes it. False: it is none, or memory ran out. */
bool cph_report_svg_put(FILE *out, const char *svg, const cph_report_svg *as,
                        cph_report_styles *styles);

/** Copies markup, prefixing ids and the references to them. */
void cph_report_ids_put(FILE *out, const char *markup, const char *prefix);

/** Text of files and users with what is markup escaped, bytes that are no text as '?'. */
void cph_report_text(FILE *out, const char *text);

#endif
