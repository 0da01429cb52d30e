/* SPDX-License-Identifier: MIT */
/* Tapers: `NAME[:key=value,...]`. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/parse.h"
#include "cli/parse_internal.h"

/* A key and what it is when it is not given, as written. */
typedef struct taper_key {
    const char *name, *fallback;
} taper_key;

enum { MOST_KEYS = 4, FORMS = 512 };

/* Checks are the library's: cph_taper_check. */
static const taper_key taper_keys[CPH_TAPER_COUNT][MOST_KEYS] = {
    [CPH_TAPER_TAYLOR] = {{"nbar", "4"}, {"sll", "-30"}, {"shape", "separable"}},
    [CPH_TAPER_CIRCULAR_TAYLOR] = {{"nbar", "4"}, {"sll", "-30"}},
    [CPH_TAPER_CHEBYSHEV] = {{"sll", "-30"}, {"shape", "separable"}},
    [CPH_TAPER_BAYLISS] = {{"nbar", "4"}, {"sll", "-30"}, {"axis", "x"}},
    [CPH_TAPER_HAMMING] = {{"shape", "separable"}},
    [CPH_TAPER_HANN] = {{"shape", "separable"}},
    [CPH_TAPER_COSINE] = {{"pedestal", "0.3"}, {"power", "1"}, {"shape", "separable"}},
    [CPH_TAPER_GAUSSIAN] = {{"edge", "-12"}, {"shape", "separable"}},
    [CPH_TAPER_BINOMIAL] = {{"shape", "separable"}},
};

void cph_taper_forms(char *forms, size_t size)
{
    size_t used = 0;
    for (size_t kind = 0; kind < CPH_TAPER_COUNT && used < size; kind++) {
        used += (size_t)snprintf(forms + used, size - used, "%s%s", kind > 0 ? " " : "",
                                 cph_taper_name((cph_taper_kind)kind));
        const taper_key *key = taper_keys[kind];
        for (size_t k = 0; k < MOST_KEYS && key[k].name != NULL && used < size; k++)
            used += (size_t)snprintf(forms + used, size - used, "%c%s=%s", k > 0 ? ',' : ':',
                                     key[k].name, key[k].fallback);
    }
}

/* Values as numbers, where the keys of all tapers put them. */
typedef struct taper_values {
    double nbar, sll_db, pedestal, power, edge_db, shape, axis;
} taper_values;

static const char *const shapes[] = {
    [CPH_TAPER_SEPARABLE] = "separable", [CPH_TAPER_RADIAL] = "radial", NULL};
static const char *const axes[] = {"x", "y", NULL};

/* The keys of one kind, defaults already in place. */
static cph_status choose_keys(cph_taper_kind kind, taper_values *v, cph_key keys[MOST_KEYS + 1],
                              cph_error *error)
{
    const cph_key all[] = {
        {"nbar", CPH_NUMBER, &v->nbar, NULL},         {"sll", CPH_DECIBEL, &v->sll_db, NULL},
        {"pedestal", CPH_NUMBER, &v->pedestal, NULL}, {"power", CPH_NUMBER, &v->power, NULL},
        {"edge", CPH_DECIBEL, &v->edge_db, NULL},     {"shape", CPH_NUMBER, &v->shape, shapes},
        {"axis", CPH_NUMBER, &v->axis, axes}};
    cph_status status = CPH_OK;
    size_t count = 0;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        for (size_t k = 0; k < MOST_KEYS && taper_keys[kind][k].name != NULL; k++) {
            char fallback[CPH_PIECE_SIZE];
            if (status != CPH_OK || strcmp(all[i].name, taper_keys[kind][k].name) != 0)
                continue;
            keys[count++] = all[i];
            keys[count] = (cph_key){0};
            snprintf(fallback, sizeof fallback, "%s=%s", all[i].name, taper_keys[kind][k].fallback);
            status = cph_parse_keys(fallback, keys + count - 1, error);
        }
    return status;
}

/* The kind whose name stands before a colon or the end; *rest is what follows the colon. */
static size_t find_kind(const char *text, const char **rest)
{
    size_t kind = 0;
    for (; kind < CPH_TAPER_COUNT; kind++) {
        const char *name = cph_taper_name((cph_taper_kind)kind);
        *rest = cph_parse_after_name(text, name);
        if (*rest != NULL || strcmp(text, name) == 0)
            break;
    }
    return kind;
}

cph_status cph_parse_taper(const char *text, cph_taper *taper, cph_error *error)
{
    const char *rest = NULL;
    const size_t kind = find_kind(text, &rest);
    cph_key keys[MOST_KEYS + 1] = {{0}};
    taper_values v = {0};
    cph_error why;
    if (kind == CPH_TAPER_COUNT) {
        char forms[FORMS];
        cph_taper_forms(forms, sizeof forms);
        return cph_fail(error, CPH_ERR_ARGUMENT, "'%s': expected a taper: %s", text, forms);
    }
    cph_status status = choose_keys((cph_taper_kind)kind, &v, keys, error);
    if (status == CPH_OK)
        status = cph_parse_keys(rest, keys, error);
    if (status != CPH_OK)
        return status;
    const bool whole = v.nbar == floor(v.nbar) && fabs(v.nbar) <= CPH_TAYLOR_NBAR_MAX;
    const cph_taper made = {.kind = (cph_taper_kind)kind,
                            .nbar = whole ? (int)v.nbar : -1,
                            .sll_db = v.sll_db,
                            .pedestal = v.pedestal,
                            .power = v.power,
                            .edge_db = v.edge_db,
                            .shape = (cph_taper_shape)(int)v.shape,
                            .axis = (size_t)v.axis};
    status = cph_taper_check(&made, &why);
    if (status != CPH_OK)
        return cph_fail(error, status, "'%s': %s", text, why.message);
    *taper = made;
    return CPH_OK;
}
