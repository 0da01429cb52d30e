/* SPDX-License-Identifier: MIT */
/* Arrays: `KIND:SIZE,d[,radius]`. */
#include <string.h>

#include "cli/parse.h"
#include "cli/parse_internal.h"
#include "cophase/data.h"

static const struct {
    const char *name;
    bool two;    /* the size is AxB */
    bool curved; /* a radius follows */
    size_t least;
} arrays[] = {[CPH_ARRAY_ULA] = {"ula", false, false, 1},
              [CPH_ARRAY_URA] = {"ura", true, false, 1},
              [CPH_ARRAY_TRI] = {"tri", false, false, 1},
              [CPH_ARRAY_DISC] = {"disc", false, false, 1},
              [CPH_ARRAY_CIRCLE] = {"circle", false, false, 2},
              [CPH_ARRAY_CYLINDER] = {"cylinder", true, true, 1},
              [CPH_ARRAY_SPHERE] = {"sphere", false, true, 1}};
enum { ARRAYS = sizeof arrays / sizeof arrays[0] };

/* "N", or "AxB" into count[2]. */
static cph_status read_shape(char *shape, size_t kind, size_t count[2], cph_error *error)
{
    const bool two = arrays[kind].two;
    char *x = strchr(shape, 'x');
    if (two && x == NULL)
        return cph_fail(error, CPH_ERR_ARGUMENT, "'%s': expected AxB, as in 8x8", shape);
    if (two)
        *x = '\0';
    const size_t most = CPH_ELEMENTS_MAX; /* as files hold */
    cph_status status = cph_parse_count(shape, arrays[kind].least, most, &count[0], error);
    if (status == CPH_OK && two)
        status = cph_parse_count(x + 1, 1, most, &count[1], error);
    if (status == CPH_OK && count[1] > most / count[0])
        status = cph_fail(error, CPH_ERR_ARGUMENT, "'%zux%zu': expected at most %zu elements",
                          count[0], count[1], most);
    return status;
}

/* The next of the lengths behind the size. */
static cph_status read_length(const char *text, const char **rest, const char *what,
                              const char *example, cph_length *length, cph_error *error)
{
    char piece[CPH_PIECE_SIZE];
    if (*rest == NULL)
        return cph_fail(error, CPH_ERR_ARGUMENT, "'%s': expected a %s, as in %s,%s", text, what,
                        text, example);
    const cph_status status = cph_parse_piece(rest, piece, sizeof piece, error);
    return status == CPH_OK ? cph_parse_length(piece, length, error) : status;
}

cph_status cph_parse_array(const char *text, cph_array_spec *spec, cph_error *error)
{
    const char *rest = NULL;
    size_t kind = 0;
    while (kind < ARRAYS && (rest = cph_parse_after_name(text, arrays[kind].name)) == NULL)
        kind++;
    cph_array_spec made = {.kind = (cph_array_kind)kind, .count = {0, 1}, .text = text};
    if (kind == ARRAYS && text[0] == '\0')
        return cph_fail(error, CPH_ERR_ARGUMENT, "'': expected an array, %s", CPH_ARRAY_FORMS);
    if (kind != ARRAYS) {
        char shape[CPH_PIECE_SIZE];
        cph_status status = cph_parse_piece(&rest, shape, sizeof shape, error);
        if (status == CPH_OK)
            status = read_shape(shape, kind, made.count, error);
        if (status == CPH_OK)
            status = read_length(text, &rest, "pitch", "0.5wl", &made.pitch, error);
        if (status == CPH_OK && arrays[kind].curved)
            status = read_length(text, &rest, "radius", "0.25m", &made.radius, error);
        if (status == CPH_OK && rest != NULL)
            status = cph_fail(error, CPH_ERR_ARGUMENT, "'%s': nothing was expected behind %.*s",
                              text, (int)(rest - text - 1), text);
        if (status != CPH_OK)
            return status;
    }
    *spec = made;
    return CPH_OK;
}

bool cph_array_spec_metric(const cph_array_spec *spec)
{
    return spec->kind != CPH_ARRAY_FILE &&
           (!spec->pitch.wavelengths || (arrays[spec->kind].curved && !spec->radius.wavelengths));
}
