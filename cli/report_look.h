/* SPDX-License-Identifier: MIT */
/** @file report_look.h
 *  The look of an element of a picture: what it shares with others, and colours of its own. */
#ifndef CPH_CLI_REPORT_LOOK_H
#define CPH_CLI_REPORT_LOOK_H

#include <stdbool.h>
#include <stddef.h>

/** A piece of text that is not ended by NUL. */
typedef struct cph_piece {
    const char *at;
    size_t length;
} cph_piece;

bool cph_piece_is(cph_piece piece, const char *text);
bool cph_piece_begins(cph_piece piece, const char *text);
bool cph_piece_holds(cph_piece piece, const char *text);
/** From `from` up to `to` without blanks at the ends. */
cph_piece cph_piece_trim(const char *from, const char *to);

enum { CPH_LOOK_STYLE = 400 };

/** What is shared goes into a class, colours of values stay with the element. */
typedef struct cph_look {
    bool group;   /**< of glyphs: white and blackish ones are on a value's colour, which no theme
                       changes */
    bool partial; /**< not opaque: on an image; but the rim of text is of the theme, as the text */
    bool rim;
    char style[CPH_LOOK_STYLE]; /**< declarations */
    char own[CPH_LOOK_STYLE];   /**< attributes */
} cph_look;

/** The look of a tag ("<path style=..." up to its end), nothing declared. */
cph_look cph_look_of(cph_piece tag);
/** Adds what a style attribute declares, or one declaration; references get the prefix. */
void cph_look_add_style(cph_look *look, cph_piece style, const char *prefix);
void cph_look_add(cph_look *look, cph_piece name, cph_piece value, const char *prefix);

#endif
