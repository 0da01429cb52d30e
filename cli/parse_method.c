/* SPDX-License-Identifier: MIT */
/* Methods of adaptive weights: `NAME[:key=value,...]`. */
#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "cli/method.h"
#include "cli/parse_internal.h"

enum { MOST_KEYS = 3, FORMS = 512 };

static const char *const names[CPH_METHOD_COUNT] = {[CPH_METHOD_CONVENTIONAL] = "conventional",
                                                    [CPH_METHOD_MVDR] = "mvdr",
                                                    [CPH_METHOD_LCMV] = "lcmv",
                                                    [CPH_METHOD_GSC] = "gsc",
                                                    [CPH_METHOD_ROBUST_CAPON] = "robust-capon",
                                                    [CPH_METHOD_WHITE_NOISE] = "white-noise",
                                                    [CPH_METHOD_SUBSPACE] = "subspace",
                                                    [CPH_METHOD_NLMS] = "nlms",
                                                    [CPH_METHOD_QRD] = "qrd-rls",
                                                    [CPH_METHOD_INVERSE_QRD] = "inverse-qrd-rls"};

static const char *const no_or_yes[] = {"0", "1", NULL};

typedef struct key_row {
    const char *name;
    cph_quantity quantity;
    size_t offset;        /* in cph_method_keys */
    const char *fallback; /* NULL: NaN, not given */
    const char *const *words;
    double above, below; /* the limits themselves are out */
    const char *range;
} key_row;

#define DERIVATIVE                                                                                 \
    {                                                                                              \
        "derivative", CPH_NUMBER, offsetof(cph_method_keys, derivative), "0", no_or_yes, -1.0,     \
            2.0, "0 or 1"                                                                          \
    }
#define FORGET                                                                                     \
    {                                                                                              \
        "forget", CPH_NUMBER, offsetof(cph_method_keys, forget), "0.999", NULL, 0.0,               \
            1.0 + DBL_EPSILON, "above 0, at most 1"                                                \
    }
#define REGULAR                                                                                    \
    {                                                                                              \
        "regular", CPH_POWER, offsetof(cph_method_keys, regular), "-20dB", NULL, 0.0, DBL_MAX,     \
            "a power above 0"                                                                      \
    }

static const key_row rows[CPH_METHOD_COUNT][MOST_KEYS] = {
    [CPH_METHOD_LCMV] = {DERIVATIVE},
    [CPH_METHOD_GSC] = {DERIVATIVE},
    [CPH_METHOD_ROBUST_CAPON] = {{"uncertainty", CPH_NUMBER, offsetof(cph_method_keys, uncertainty),
                                  "0.1", NULL, 0.0, 1.0, "between 0 and 1"}},
    [CPH_METHOD_WHITE_NOISE] = {{"gain", CPH_POWER, offsetof(cph_method_keys, gain), "-3dB", NULL,
                                 0.0, 1.0, "below 0dB"}},
    [CPH_METHOD_SUBSPACE] = {{"waves", CPH_NUMBER, offsetof(cph_method_keys, waves), NULL, NULL,
                              -1.0, 1e9, "0 or more"},
                             {"threshold", CPH_POWER, offsetof(cph_method_keys, threshold), NULL,
                              NULL, 1.0, DBL_MAX, "above 0dB"},
                             {"protect", CPH_NUMBER, offsetof(cph_method_keys, protect), "0.5",
                              NULL, 0.0, 1.0 + DBL_EPSILON, "above 0, at most 1"}},
    [CPH_METHOD_NLMS] = {{"step", CPH_NUMBER, offsetof(cph_method_keys, step), "0.1", NULL, 0.0,
                          2.0, "between 0 and 2"},
                         REGULAR},
    [CPH_METHOD_QRD] = {FORGET, REGULAR},
    [CPH_METHOD_INVERSE_QRD] = {FORGET, REGULAR},
};

const char *cph_method_name(cph_method_kind kind)
{
    return names[kind];
}

bool cph_method_tracks(cph_method_kind kind)
{
    return kind >= CPH_METHOD_NLMS && kind <= CPH_METHOD_INVERSE_QRD;
}

static void list_forms(char *forms)
{
    size_t used = 0;
    forms[0] = '\0';
    for (size_t kind = 0; kind < CPH_METHOD_COUNT && used < FORMS; kind++) {
        used += (size_t)snprintf(forms + used, FORMS - used, " %s", names[kind]);
        for (size_t k = 0; k < MOST_KEYS && rows[kind][k].name != NULL && used < FORMS; k++)
            used += (size_t)snprintf(
                forms + used, FORMS - used, "%c%s=%s", k > 0 ? ',' : ':', rows[kind][k].name,
                rows[kind][k].fallback != NULL ? rows[kind][k].fallback : "VALUE");
    }
}

static size_t find_kind(const char *text, const char **rest)
{
    size_t kind = 0;
    for (; kind < CPH_METHOD_COUNT; kind++) {
        *rest = cph_parse_after_name(text, names[kind]);
        if (*rest != NULL || strcmp(text, names[kind]) == 0)
            break;
    }
    return kind;
}

static double *place_of(cph_method_keys *keys, const key_row *row)
{
    return (double *)(void *)((char *)keys + row->offset);
}

static cph_status read_keys(const key_row *row, const char *rest, cph_method_keys *keys,
                            cph_error *error)
{
    cph_key taken[MOST_KEYS + 1] = {{0}};
    cph_status status = CPH_OK;
    for (size_t k = 0; status == CPH_OK && k < MOST_KEYS && row[k].name != NULL; k++) {
        double *const place = place_of(keys, &row[k]);
        taken[k] = (cph_key){row[k].name, row[k].quantity, place, row[k].words};
        *place = NAN;
        if (row[k].fallback != NULL)
            status = cph_parse_quantity(row[k].quantity, row[k].fallback, place, error);
    }
    if (status == CPH_OK)
        status = cph_parse_keys(rest, taken, error);
    return status;
}

cph_status cph_parse_method(const char *text, cph_method *method, cph_error *error)
{
    const char *rest = NULL;
    const size_t kind = find_kind(text, &rest);
    cph_method_keys keys = {0};
    if (kind == CPH_METHOD_COUNT) {
        char forms[FORMS];
        list_forms(forms);
        return cph_fail(error, CPH_ERR_ARGUMENT, "'%s': expected%s", text, forms);
    }
    const key_row *row = rows[kind];
    const cph_status status = read_keys(row, rest, &keys, error);
    if (status != CPH_OK)
        return status;
    for (size_t k = 0; k < MOST_KEYS && row[k].name != NULL; k++) {
        const double value = *place_of(&keys, &row[k]);
        if (value <= row[k].above || value >= row[k].below)
            return cph_fail(error, CPH_ERR_ARGUMENT, "'%s': expected %s %s", text, row[k].name,
                            row[k].range);
    }
    if (kind == CPH_METHOD_SUBSPACE && !isnan(keys.waves) &&
        (!isnan(keys.threshold) || keys.waves != floor(keys.waves)))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "'%s': expected a whole number of waves, or a threshold", text);
    method->kind = (cph_method_kind)kind;
    method->keys = keys;
    return CPH_OK;
}

cph_status cph_parse_subarrays(const char *text, size_t grid[2], cph_error *error)
{
    size_t made[2] = {0, 0};
    const char *const cross = strchr(text, 'x');
    char columns[CPH_PIECE_SIZE];
    cph_error why;
    cph_status status = CPH_OK;
    if (strcmp(text, "array") != 0 && cross == NULL)
        status = cph_parse_count(text, 1, SIZE_MAX, &made[0], &why);
    if (strcmp(text, "array") != 0 && cross != NULL) {
        snprintf(columns, sizeof columns, "%.*s", (int)(cross - text), text);
        status = cph_parse_count(columns, 1, UINT32_MAX, &made[0], &why);
        if (status == CPH_OK)
            status = cph_parse_count(cross + 1, 1, UINT32_MAX, &made[1], &why);
    }
    if (status != CPH_OK)
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "'%s': expected AxB or N subarrays, or array, for those it has", text);
    grid[0] = made[0];
    grid[1] = made[1];
    return CPH_OK;
}
