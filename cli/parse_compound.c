/* SPDX-License-Identifier: MIT */
/* Directions and element patterns: `KIND:VALUES[,key=value...]`. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/parse.h"
#include "cli/parse_internal.h"

enum { MAX_KEYS = 12 };

const char *cph_parse_after_name(const char *text, const char *name)
{
    size_t length = strlen(name);
    return strncmp(text, name, length) == 0 && text[length] == ':' ? text + length + 1 : NULL;
}

/* ---- key=value lists ---- */

static size_t find_key(const cph_key *keys, const char *name)
{
    size_t i = 0;
    while (keys[i].name != NULL && strcmp(keys[i].name, name) != 0)
        i++;
    return i;
}

static cph_status unknown_key(const cph_key *keys, const char *piece, cph_error *error)
{
    char known[400] = "";
    for (; keys->name != NULL; keys++) {
        size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, " %s=VALUE", keys->name);
    }
    if (known[0] == '\0')
        return cph_fail(error, CPH_ERR_ARGUMENT, "'%s': nothing more was expected", piece);
    return cph_fail(error, CPH_ERR_ARGUMENT, "'%s': expected%s", piece, known);
}

static cph_status parse_value(const cph_key *key, const char *text, double *value, cph_error *error)
{
    size_t words = 0, index = 0;
    if (key->words == NULL)
        return cph_parse_quantity(key->quantity, text, value, error);
    while (key->words[words] != NULL)
        words++;
    const cph_status status = cph_parse_choice(text, key->words, words, &index, error);
    if (status == CPH_OK)
        *value = (double)index;
    return status;
}

cph_status cph_parse_keys(const char *text, const cph_key *keys, cph_error *error)
{
    static const cph_key none[] = {{0}};
    double value[MAX_KEYS] = {0};
    bool seen[MAX_KEYS] = {false};
    if (keys == NULL)
        keys = none;
    while (text != NULL) {
        char piece[CPH_PIECE_SIZE];
        cph_status status = cph_parse_piece(&text, piece, sizeof piece, error);
        if (status != CPH_OK)
            return status;
        char *equals = strchr(piece, '=');
        if (equals == NULL)
            return unknown_key(keys, piece, error);
        *equals = '\0';
        size_t k = find_key(keys, piece);
        *equals = '=';
        if (keys[k].name == NULL)
            return unknown_key(keys, piece, error);
        if (seen[k])
            return cph_fail(error, CPH_ERR_ARGUMENT, "'%s' was given before", piece);
        status = parse_value(&keys[k], equals + 1, &value[k], error);
        if (status != CPH_OK)
            return status;
        seen[k] = true;
    }
    for (size_t k = 0; keys[k].name != NULL; k++)
        if (seen[k])
            *keys[k].value = value[k];
    return CPH_OK;
}

/* ---- directions ---- */

static const struct {
    const char *name;
    cph_quantity quantity;
    double least[2], most[2]; /* degrees, or cosines */
    const char *range;
} directions[] = {
    [CPH_DIRECTION_SKY] =
        {"sky", CPH_ANGLE, {-360, -90}, {360, 90}, "azimuth within +-360, elevation within +-90"},
    [CPH_DIRECTION_AZEL] =
        {"azel", CPH_ANGLE, {-360, -90}, {360, 90}, "azimuth within +-360, elevation within +-90"},
    [CPH_DIRECTION_THETAPHI] =
        {"thetaphi", CPH_ANGLE, {0, -360}, {180, 360}, "theta from 0 to 180, phi within +-360"},
    [CPH_DIRECTION_UV] = {"uv", CPH_NUMBER, {-1, -1}, {1, 1}, "u^2 + v^2 at most 1"},
};
enum { DIRECTIONS = sizeof directions / sizeof directions[0] };

#define DIRECTION_FORMS "sky:AZ,EL azel:AZ,EL thetaphi:THETA,PHI or uv:U,V"

static bool in_range(size_t kind, const double angle[2])
{
    double unit = directions[kind].quantity == CPH_ANGLE ? M_PI / 180 : 1;
    /* A unit that is not degrees may round just over the end. */
    double slack = 1e-12;
    for (size_t i = 0; i < 2; i++)
        if (angle[i] < directions[kind].least[i] * unit - slack ||
            angle[i] > directions[kind].most[i] * unit + slack)
            return false;
    return kind != CPH_DIRECTION_UV || hypot(angle[0], angle[1]) <= 1;
}

static cph_status read_angles(const char *text, size_t kind, const char **rest, double angle[2],
                              cph_error *error)
{
    for (size_t i = 0; i < 2; i++) {
        char piece[CPH_PIECE_SIZE];
        if (*rest == NULL)
            return cph_fail(error, CPH_ERR_ARGUMENT, "'%s': expected two values, as in %s", text,
                            DIRECTION_FORMS);
        cph_status status = cph_parse_piece(rest, piece, sizeof piece, error);
        if (status == CPH_OK)
            status = cph_parse_quantity(directions[kind].quantity, piece, &angle[i], error);
        if (status != CPH_OK)
            return status;
    }
    if (!in_range(kind, angle))
        return cph_fail(error, CPH_ERR_ARGUMENT, "'%s' is out of range: expected %s", text,
                        directions[kind].range);
    return CPH_OK;
}

cph_status cph_parse_direction(const char *text, const cph_key *keys, cph_direction *direction,
                               cph_error *error)
{
    const char *rest = NULL;
    size_t kind = 0;
    while (kind < DIRECTIONS && (rest = cph_parse_after_name(text, directions[kind].name)) == NULL)
        kind++;
    if (kind == DIRECTIONS)
        return cph_fail(error, CPH_ERR_ARGUMENT, "'%s': expected a direction, %s", text,
                        DIRECTION_FORMS);
    double angle[2] = {0, 0};
    cph_status status = read_angles(text, kind, &rest, angle, error);
    if (status == CPH_OK)
        status = cph_parse_keys(rest, keys, error);
    if (status != CPH_OK)
        return status;
    *direction = (cph_direction){
        .kind = (cph_direction_kind)kind, .angle = {angle[0], angle[1]}, .text = text};
    return CPH_OK;
}

cph_status cph_directions_add(cph_directions *list, const char *text, const cph_key *keys,
                              cph_error *error)
{
    cph_direction direction;
    cph_status status = cph_parse_direction(text, keys, &direction, error);
    if (status != CPH_OK)
        return status;
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 8 : 2 * list->capacity;
        cph_direction *item = reallocarray(list->item, capacity, sizeof *item);
        if (item == NULL)
            return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
        list->item = item;
        list->capacity = capacity;
    }
    list->item[list->count++] = direction;
    return CPH_OK;
}

void cph_directions_free(cph_directions *list)
{
    free(list->item);
    *list = (cph_directions){0};
}

/* ---- element patterns ---- */

cph_status cph_parse_element(const char *text, cph_element_pattern *element, cph_error *error)
{
    static const char *const axes[] = {"x", "y", NULL};
    double q = 1.0, height = 0.25, axis = 0.0;
    const cph_key keys[CPH_ELEMENT_COUNT][3] = {
        [CPH_ELEMENT_COSINE] = {{"q", CPH_NUMBER, &q, NULL}},
        [CPH_ELEMENT_DIPOLE] = {{"height", CPH_NUMBER, &height, NULL},
                                {"axis", CPH_NUMBER, &axis, axes}},
    };
    for (size_t kind = 0; kind < CPH_ELEMENT_TABLE; kind++) {
        const char *name = cph_element_name((cph_element_kind)kind);
        const char *rest = cph_parse_after_name(text, name);
        if (rest == NULL && strcmp(text, name) != 0)
            continue;
        cph_status status = cph_parse_keys(rest, keys[kind], error);
        if (status != CPH_OK)
            return status;
        const cph_element_pattern made = {
            .kind = (cph_element_kind)kind, .q = q, .height_wl = height, .axis = (size_t)axis};
        cph_error why;
        status = cph_element_check(&made, &why);
        if (status != CPH_OK)
            return cph_fail(error, status, "'%s': %s", text, why.message);
        *element = made;
        return CPH_OK;
    }
    if (text[0] != '\0') {
        *element = (cph_element_pattern){.kind = CPH_ELEMENT_TABLE};
        return CPH_OK;
    }
    return cph_fail(
        error, CPH_ERR_ARGUMENT,
        "'%s': expected an element, isotropic, cos:q=1 or dipole:height=0.25,axis=x, or a file",
        text);
}
