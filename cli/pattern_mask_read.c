/* SPDX-License-Identifier: MIT */
/* Masks by name, and tables of angles and levels for masks and elements. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/parse_internal.h"
#include "cli/pattern_mask.h"
#include "datasets/import/text_table.h"

static cph_status read_keys(const char *rest, cph_mask_choice *made, cph_error *error)
{
    const cph_key keys[] = {{"density", CPH_NUMBER, &made->density, NULL}, {0}};
    return cph_parse_keys(rest, made->kind == CPH_MASK_25_218 ? keys : NULL, error);
}

cph_status cph_parse_mask(const char *text, cph_mask_choice *choice, cph_error *error)
{
    cph_mask_choice made = *choice;
    const char *rest = NULL;
    size_t kind = 0;
    for (; kind < CPH_MASK_COUNT; kind++) {
        const char *name = cph_mask_name((cph_mask_kind)kind);
        rest = cph_parse_after_name(text, name);
        if (rest != NULL || strcmp(text, name) == 0)
            break;
    }
    if (text[0] == '\0')
        return cph_fail(
            error, CPH_ERR_ARGUMENT,
            "'': expected 25.209 25.218:density=DBW S.465 S.580 S.1528 S.1855 or a file");
    made.text = text;
    made.kind = (cph_mask_kind)kind;
    const cph_status status = kind < CPH_MASK_COUNT ? read_keys(rest, &made, error) : CPH_OK;
    if (status != CPH_OK)
        return status;
    if (made.kind == CPH_MASK_25_218 && isnan(made.density))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "'%s' limits EIRP: give the density into the antenna in dBW/4 kHz, as in "
                        "25.218:density=-14",
                        text);
    *choice = made;
    return CPH_OK;
}

/* ---- files ---- */

typedef struct table {
    double last; /* degrees that angles may reach */
    size_t points;
    double angle[CPH_MASK_SEGMENTS + 1], level[CPH_MASK_SEGMENTS + 1];
} table;

/* "angle,level" with blanks around either; false when it is not that. */
static bool read_pair(const char *line, double *angle, double *level)
{
    size_t length = cph_text_decimal(line, angle);
    if (length == 0)
        return false;
    length += strspn(line + length, " \t");
    if (line[length] != ',')
        return false;
    const char *second = line + length + 1;
    length = cph_text_decimal(second, level);
    return length > 0 && second[length + strspn(second + length, " \t\r\n")] == '\0' &&
           isfinite(*angle) && isfinite(*level);
}

static cph_status take_line(const char *path, size_t number, const char *line, table *t,
                            cph_error *error)
{
    const char *text = line + strspn(line, " \t\r\n");
    double angle, level;
    if (*text == '\0' || *text == '#' || (t->points == 0 && isalpha((unsigned char)*text)))
        return CPH_OK;
    if (!read_pair(text, &angle, &level))
        return cph_fail(error, CPH_ERR_FORMAT, "%s: line %zu: expected angle,level", path, number);
    if (angle < 0.0 || angle > t->last || (t->points > 0 && angle <= t->angle[t->points - 1]))
        return cph_fail(error, CPH_ERR_FORMAT,
                        "%s: line %zu: expected rising angles from 0 to %g degrees", path, number,
                        t->last);
    if (t->points > CPH_MASK_SEGMENTS)
        return cph_fail(error, CPH_ERR_FORMAT, "%s: more than %d points", path,
                        CPH_MASK_SEGMENTS + 1);
    t->angle[t->points] = angle;
    t->level[t->points++] = level;
    return CPH_OK;
}

/* `what` completes "and no ... is called that". */
static cph_status read_table(const char *path, const char *what, table *t, cph_error *error)
{
    char line[CPH_TEXT_LINE];
    bool got = true;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return cph_fail(error, CPH_ERR_IO, "%s: %s (and no %s)", path, strerror(errno), what);
    cph_status status = CPH_OK;
    for (size_t number = 1; status == CPH_OK && got; number++) {
        status = cph_text_line(file, path, number, line, sizeof line, &got, error);
        if (status == CPH_OK && got)
            status = take_line(path, number, line, t, error);
    }
    if (status == CPH_OK && t->points < 2)
        status =
            cph_fail(error, CPH_ERR_FORMAT, "%s: expected two lines of angle,level or more", path);
    fclose(file);
    return status;
}

cph_status cph_mask_read(const char *path, cph_mask *mask, cph_error *error)
{
    table t = {.last = 180.0};
    const cph_status status =
        read_table(path, "mask is called that: 25.209 25.218 S.465 S.580 S.1528 S.1855", &t, error);
    return status == CPH_OK ? cph_mask_from_points(t.points, t.angle, t.level, mask) : status;
}

cph_status cph_element_read(const char *path, cph_element_table *element, cph_error *error)
{
    /* Elements radiate forward. */
    table t = {.last = 90.0};
    const cph_status status = read_table(
        path, "element is called that: isotropic, cos:q=1, dipole:height=0.25,axis=x", &t, error);
    if (status != CPH_OK)
        return status;
    for (size_t i = 0; i < t.points; i++)
        t.angle[i] *= M_PI / 180.0;
    return cph_element_table_make(t.points, t.angle, t.level, element);
}
