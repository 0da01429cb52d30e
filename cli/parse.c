/* SPDX-License-Identifier: MIT */
/* Numbers and quantities. */
#include "cli/parse.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/parse_internal.h"
#include "datasets/import/text_table.h"
#include "datasets/import/utc.h"

/* A unit of a quantity. */
typedef struct unit {
    const char *name; /* "" for a bare number */
    double factor;    /* to SI; 0: decibel, to a power ratio */
} unit;

#define DEGREE (M_PI / 180)

static const unit number_units[] = {{"", 1}, {NULL, 0}};
static const unit angle_units[] = {{"", DEGREE}, {"deg", DEGREE}, {"rad", 1}, {NULL, 0}};
static const unit time_units[] = {{"s", 1},      {"ms", 1e-3},  {"us", 1e-6}, {"ns", 1e-9},
                                  {"min", 60.0}, {"h", 3600.0}, {NULL, 0}};
static const unit frequency_units[] = {{"", 1},      {"Hz", 1},    {"kHz", 1e3},
                                       {"MHz", 1e6}, {"GHz", 1e9}, {NULL, 0}};
static const unit power_units[] = {{"", 1}, {"dB", 0}, {NULL, 0}};
static const unit decibel_units[] = {{"", 1}, {"dB", 1}, {NULL, 0}};
static const unit density_units[] = {{"", 1}, {"dBW", 1}, {"dBW/4kHz", 1}, {NULL, 0}};
static const unit size_units[] = {{"", 1},         {"K", 0x1p10},   {"M", 0x1p20},
                                  {"G", 0x1p30},   {"T", 0x1p40},   {"KiB", 0x1p10},
                                  {"MiB", 0x1p20}, {"GiB", 0x1p30}, {NULL, 0}};
static const unit length_units[] = {{"wl", 1},    {"m", 1},    {"mm", 1e-3},
                                    {"cm", 1e-2}, {"km", 1e3}, {NULL, 0}};

/* What a quantity is, with which units, from where on. */
typedef struct rule {
    const char *expected; /* completes "... expected" */
    const unit *units;
    double least;
    bool above; /* least itself is refused */
} rule;

static const rule rules[CPH_QUANTITY_COUNT] = {
    [CPH_NUMBER] = {"a number such as 0.25", number_units, -INFINITY, false},
    [CPH_ANGLE] = {"an angle such as 20, 20deg or 0.3rad", angle_units, -INFINITY, false},
    [CPH_TIME] = {"a time such as 10ms or 2s", time_units, 0, false},
    [CPH_SPAN] = {"a time above 0 such as 10ms or 2s", time_units, 0, true},
    [CPH_FREQUENCY] = {"a frequency such as 11.7e9 or 11.7GHz", frequency_units, 0, true},
    [CPH_POWER] = {"a power such as -3dB or 0.5", power_units, 0, false},
    [CPH_DECIBEL] = {"a level such as -30dB", decibel_units, -INFINITY, false},
    [CPH_EIRP_DENSITY] = {"an EIRP density such as 14dBW/4kHz", density_units, -INFINITY, false},
    [CPH_METRES] = {"a length such as 20mm or 2.5m", length_units + 1, 0, false},
    [CPH_SIZE] = {"a size such as 256M or 4096", size_units, 1, false},
};

static const rule length_rule = {"a length such as 0.5wl, 12.8mm or 2.5m", length_units, 0, true};

/* A decimal number and where it ends; no blanks before it, no inf or nan. */
static bool read_number(const char *text, double *value, const char **end)
{
    const char *p = text;
    p += *p == '+' || *p == '-';
    if (!isdigit((unsigned char)*p) && !(*p == '.' && isdigit((unsigned char)p[1])))
        return false;
    const size_t length = cph_text_decimal(text, value);
    *end = text + length;
    return length > 0 && isfinite(*value);
}

static const unit *find_unit(const unit *units, const char *name)
{
    for (; units->name != NULL; units++)
        if (strcmp(units->name, name) == 0)
            return units;
    return NULL;
}

/* value and unit of a word under a rule. */
static cph_status read_rule(const rule *r, const char *text, double *value, const unit **found,
                            cph_error *error)
{
    double x = 0;
    const char *end = text;
    const unit *u = read_number(text, &x, &end) ? find_unit(r->units, end) : NULL;
    if (u == NULL && end > text && *end == '\0' && x == 0.0 && !r->above)
        u = r->units; /* 0 is that in every unit */
    if (u == NULL)
        return cph_fail(error, CPH_ERR_ARGUMENT, "'%s': expected %s", text, r->expected);
    x = u->factor == 0 ? pow(10, x / 10) : x * u->factor;
    if (!isfinite(x) || x < r->least || (r->above && x == r->least))
        return cph_fail(error, CPH_ERR_ARGUMENT, "'%s' is out of range: expected %s", text,
                        r->expected);
    *value = x;
    *found = u;
    return CPH_OK;
}

cph_status cph_parse_quantity(cph_quantity quantity, const char *text, double *value,
                              cph_error *error)
{
    const unit *found = NULL;
    return read_rule(&rules[quantity], text, value, &found, error);
}

cph_status cph_parse_within(cph_quantity quantity, const char *text, const double range[2],
                            const char *expected, double *value, cph_error *error)
{
    double made = 0.0;
    if (cph_parse_quantity(quantity, text, &made, error) != CPH_OK ||
        !(made >= range[0] && made <= range[1]))
        return cph_fail(error, CPH_ERR_ARGUMENT, "'%s': expected %s", text, expected);
    *value = made;
    return CPH_OK;
}

cph_status cph_parse_moment(const char *text, double *unix_s, cph_error *error)
{
    static const double most_s = 1e11; /* as pointing tables have it */
    double whole = 0.0, rest = 0.0;
    if (cph_utc_parse(text, &whole, &rest)) {
        *unix_s = whole + rest;
        return CPH_OK;
    }
    if (cph_parse_quantity(CPH_NUMBER, text, &whole, error) != CPH_OK || fabs(whole) > most_s)
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "'%s': expected a time such as 2026-11-23T10:00:00Z or Unix seconds", text);
    *unix_s = whole;
    return CPH_OK;
}

cph_status cph_parse_length(const char *text, cph_length *length, cph_error *error)
{
    double value = 0;
    const unit *found = NULL;
    cph_status status = read_rule(&length_rule, text, &value, &found, error);
    if (status == CPH_OK)
        *length = (cph_length){.value = value, .wavelengths = strcmp(found->name, "wl") == 0};
    return status;
}

double cph_length_metres(cph_length length, double freq_hz)
{
    return length.wavelengths ? length.value * CPH_SPEED_OF_LIGHT / freq_hz : length.value;
}

double cph_length_wavelengths(cph_length length, double freq_hz)
{
    return length.wavelengths ? length.value : length.value * freq_hz / CPH_SPEED_OF_LIGHT;
}

/* Decimal digits only: strtoull alone would take blanks and a minus sign. */
static bool read_u64(const char *text, uint64_t *value)
{
    if (text[0] == '\0' || text[strspn(text, "0123456789")] != '\0')
        return false;
    errno = 0;
    unsigned long long x = strtoull(text, NULL, 10);
    *value = x;
    return errno == 0;
}

cph_status cph_parse_u64(const char *text, uint64_t *value, cph_error *error)
{
    uint64_t x = 0;
    if (!read_u64(text, &x))
        return cph_fail(error, CPH_ERR_ARGUMENT, "'%s': expected a whole number below 2^64", text);
    *value = x;
    return CPH_OK;
}

cph_status cph_parse_count(const char *text, size_t min, size_t max, size_t *value,
                           cph_error *error)
{
    uint64_t x = 0;
    if (!read_u64(text, &x) || x < min || x > max)
        return cph_fail(error, CPH_ERR_ARGUMENT, "'%s': expected a whole number from %zu to %zu",
                        text, min, max);
    *value = (size_t)x;
    return CPH_OK;
}

cph_status cph_parse_span(cph_quantity quantity, const char *text, cph_span *span, cph_error *error)
{
    static const uint64_t most = (uint64_t)1 << 53; /* exact as a double */
    cph_span made = {0};
    uint64_t count = 0;
    made.samples = read_u64(text, &count) && count <= most && (count > 0 || quantity == CPH_TIME);
    made.value = (double)count;
    if (!made.samples && cph_parse_quantity(quantity, text, &made.value, error) != CPH_OK)
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "'%s': expected a time such as 10ms or 2s, or a number of samples%s", text,
                        quantity == CPH_SPAN ? ", above 0" : "");
    *span = made;
    return CPH_OK;
}

cph_status cph_parse_choice(const char *text, const char *const *names, size_t count, size_t *index,
                            cph_error *error)
{
    char known[200] = "";
    for (size_t i = 0; i < count; i++) {
        if (strcmp(text, names[i]) == 0) {
            *index = i;
            return CPH_OK;
        }
        size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s", i == 0 ? "" : " ", names[i]);
    }
    return cph_fail(error, CPH_ERR_ARGUMENT, "'%s': expected one of: %s", text, known);
}

static const char *const type_names[CPH_TYPE_COUNT] = {
    [CPH_C8] = "c8", [CPH_C16] = "c16", [CPH_C32] = "c32"};

const char *cph_type_name(cph_type type)
{
    return type_names[type];
}

cph_status cph_parse_type(const char *text, cph_type *type, cph_error *error)
{
    size_t index = 0;
    cph_status status = cph_parse_choice(text, type_names, CPH_TYPE_COUNT, &index, error);
    if (status == CPH_OK)
        *type = (cph_type)index;
    return status;
}

cph_status cph_parse_piece(const char **text, char *piece, size_t size, cph_error *error)
{
    size_t length = strcspn(*text, ",");
    if (length >= size)
        return cph_fail(error, CPH_ERR_ARGUMENT, "'%.40s...' is too long", *text);
    memcpy(piece, *text, length);
    piece[length] = '\0';
    *text = (*text)[length] == ',' ? *text + length + 1 : NULL;
    return CPH_OK;
}

cph_status cph_parse_pair(cph_quantity first, cph_quantity second, const char *text,
                          double value[2], cph_error *error)
{
    const cph_quantity kind[2] = {first, second};
    double x[2] = {0, 0};
    const char *rest = text;
    for (size_t i = 0; i < 2; i++) {
        char piece[CPH_PIECE_SIZE] = "";
        if (rest == NULL)
            return cph_fail(error, CPH_ERR_ARGUMENT, "'%s': expected two values, A,B", text);
        cph_status status = cph_parse_piece(&rest, piece, sizeof piece, error);
        if (status == CPH_OK)
            status = cph_parse_quantity(kind[i], piece, &x[i], error);
        if (status != CPH_OK)
            return status;
    }
    if (rest != NULL)
        return cph_fail(error, CPH_ERR_ARGUMENT, "'%s': expected two values, A,B", text);
    value[0] = x[0];
    value[1] = x[1];
    return CPH_OK;
}

cph_status cph_parse_gain_errors(const char *text, double rms[2], cph_error *error)
{
    double x[2] = {0.0, 0.0};
    const cph_status status = cph_parse_pair(CPH_DECIBEL, CPH_ANGLE, text, x, error);
    if (status != CPH_OK)
        return status;
    if (x[0] < 0.0 || x[1] < 0.0)
        return cph_fail(error, CPH_ERR_ARGUMENT, "'%s': an rms is not negative", text);
    memcpy(rms, x, sizeof x);
    return CPH_OK;
}
