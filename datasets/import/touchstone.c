/* SPDX-License-Identifier: MIT */
/* Touchstone files of version 1: `!` remarks, a line `# HZ S MA R 50`, then sets of a frequency and
 * N x N pairs by rows, wrapped as they may be; only two-ports have S11 S21 S12 S22. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cophase/data.h"
#include "cophase/data_text.h"
#include "datasets/import/field_file.h"
#include "kernels/core/size.h"

enum { PORTS_MAX = 4096, NOISE_NUMBERS = 5 };

typedef enum parameter_kind { PARAMETER_S, PARAMETER_Y, PARAMETER_Z } parameter_kind;
typedef enum number_form { FORM_MA, FORM_DB, FORM_RI } number_form;

typedef struct touchstone {
    cph_field_file lines;
    size_t ports, values; /* numbers of a set, the frequency among them */
    double unit, reference;
    parameter_kind parameter;
    number_form form;
    bool options;  /* the option line was there */
    double *value; /* [values] of the set being read */
    size_t count;
    size_t sets;
    double first_hz, last_hz;  /* of the file so far */
    double below_hz, above_hz; /* of the sets that are kept; NaN: none */
    cph_c64 *below, *above;    /* [N][N] */
    cph_c64 *room;             /* [N][2 N] for equations */
} touchstone;

#define wrong(t, status, ...) cph_field_report(&(t)->lines, status, __VA_ARGS__)

/* N of ".sNp", or 0. */
static size_t ports_of(const char *path)
{
    const char *dot = strrchr(path, '.');
    char *end = NULL;
    if (dot == NULL || tolower((unsigned char)dot[1]) != 's' || !isdigit((unsigned char)dot[2]))
        return 0;
    const unsigned long ports = strtoul(dot + 2, &end, 10);
    return tolower((unsigned char)*end) == 'p' && end[1] == '\0' && ports <= PORTS_MAX
               ? (size_t)ports
               : 0;
}

/* ---- the option line ---- */

static size_t index_of(const char *word, const char *const *names, size_t count)
{
    size_t i = 0;
    while (i < count && strcasecmp(word, names[i]) != 0)
        i++;
    return i;
}

static cph_status take_option(touchstone *t, const char *word, bool *reference)
{
    static const char *const units[] = {"Hz", "kHz", "MHz", "GHz"};
    static const char *const parameters[] = {"S", "Y", "Z"}, *const other[] = {"H", "G"};
    static const char *const forms[] = {"MA", "DB", "RI"};
    static const double unit[] = {1.0, 1e3, 1e6, 1e9};
    double value = 0.0;
    const size_t u = index_of(word, units, 4), p = index_of(word, parameters, 3);
    const size_t f = index_of(word, forms, 3);
    if (*reference) {
        if (cph_field_numbers(word, 1, &value) != 1 || !(value > 0.0))
            return wrong(t, CPH_ERR_FORMAT, "R %s: expected an impedance in ohms", word);
        t->reference = value;
        *reference = false;
    } else if (u < 4) {
        t->unit = unit[u];
    } else if (p < 3) {
        t->parameter = (parameter_kind)p;
    } else if (f < 3) {
        t->form = (number_form)f;
    } else if (strcasecmp(word, "R") == 0) {
        *reference = true;
    } else if (index_of(word, other, 2) < 2) {
        return wrong(t, CPH_ERR_UNSUPPORTED, "%s parameters: expected S, Y or Z", word);
    } else {
        return wrong(t, CPH_ERR_FORMAT, "'%s': expected # Hz|kHz|MHz|GHz S|Y|Z MA|DB|RI R ohms",
                     word);
    }
    return CPH_OK;
}

static cph_status take_options(touchstone *t, char *text)
{
    bool reference = false;
    char *rest = NULL;
    cph_status status = CPH_OK;
    if (t->options) /* more than one: the first counts */
        return CPH_OK;
    t->options = true;
    for (char *word = strtok_r(text, " \t\r\n", &rest); word != NULL && status == CPH_OK;
         word = strtok_r(NULL, " \t\r\n", &rest))
        status = take_option(t, word, &reference);
    if (status == CPH_OK && reference)
        status = wrong(t, CPH_ERR_FORMAT, "R without an impedance");
    return status;
}

/* ---- parameters ---- */

static cph_c64 pair_of(number_form form, double first, double second)
{
    static const double degree = M_PI / 180.0;
    if (form == FORM_RI)
        return (cph_c64){first, second};
    const double size = form == FORM_DB ? pow(10.0, first / 20.0) : first;
    const double re = size * cos(second * degree), im = size * sin(second * degree);
    return (cph_c64){re, im};
}

static cph_c64 times(cph_c64 a, cph_c64 b)
{
    return (cph_c64){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

static double power(cph_c64 a)
{
    return a.re * a.re + a.im * a.im;
}

/* Solves X A = B in place of A and B, rows of both in m[N][2 N] as columns: A^T X^T = B^T. By
 * Gaussian elimination with partial pivoting; false when A is singular. */
static bool eliminate(size_t n, cph_c64 *m)
{
    const size_t width = 2 * n;
    for (size_t k = 0; k < n; k++) {
        size_t best = k;
        for (size_t i = k + 1; i < n; i++)
            if (power(m[i * width + k]) > power(m[best * width + k]))
                best = i;
        const cph_c64 pivot = m[best * width + k];
        if (!(power(pivot) > 0.0))
            return false;
        const cph_c64 inverse = {pivot.re / power(pivot), -pivot.im / power(pivot)};
        for (size_t j = 0; j < width; j++) {
            const cph_c64 swap = m[best * width + j];
            m[best * width + j] = m[k * width + j];
            m[k * width + j] = times(swap, inverse);
        }
        for (size_t i = 0; i < n; i++) {
            const cph_c64 by = m[i * width + k];
            for (size_t j = 0; j < width && i != k; j++) {
                const cph_c64 part = times(by, m[k * width + j]);
                m[i * width + j].re -= part.re;
                m[i * width + j].im -= part.im;
            }
        }
    }
    return true;
}

/* Normalised z or y to S: (z - I)(z + I)^-1, (I - y)(I + y)^-1. */
static cph_status to_scattering(touchstone *t, cph_c64 *s)
{
    const size_t n = t->ports, width = 2 * n;
    cph_c64 *m = t->room;
    const double sign = t->parameter == PARAMETER_Z ? 1.0 : -1.0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            const cph_c64 v = s[j * n + i];
            const double one = i == j ? 1.0 : 0.0;
            m[i * width + j] = (cph_c64){v.re + one, v.im};
            m[i * width + n + j] = (cph_c64){sign * (v.re - one), sign * v.im};
        }
    if (!eliminate(n, m))
        return wrong(t, CPH_ERR_FORMAT, "these parameters have no scattering matrix");
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            s[j * n + i] = m[i * width + n + j];
    return CPH_OK;
}

static bool are_finite(const cph_c64 *s, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(s[i].re) || !isfinite(s[i].im))
            return false;
    return true;
}

/* A whole set: kept where it is the last at or below the frequency wanted, or the first above. */
static cph_status take_set(touchstone *t)
{
    const size_t n = t->ports;
    const double freq_hz = t->value[0] * t->unit, wanted = t->lines.wanted_hz;
    t->count = 0;
    if (!(freq_hz >= 0.0) || (t->sets > 0 && !(freq_hz > t->last_hz)))
        return wrong(t, CPH_ERR_FORMAT, "%g Hz: expected rising frequencies", freq_hz);
    if (t->sets > 0 && isnan(wanted))
        return wrong(t, CPH_ERR_FORMAT, "more than one frequency: the array's is not known");
    if (t->sets++ == 0)
        t->first_hz = freq_hz;
    t->last_hz = freq_hz;
    if (!isnan(t->above_hz))
        return CPH_OK;
    const bool below = isnan(wanted) || freq_hz <= wanted;
    cph_c64 *s = below ? t->below : t->above;
    for (size_t i = 0; i < n * n; i++) {
        const size_t at = n == 2 ? 2 * (i % 2) + i / 2 : i;
        s[at] = pair_of(t->form, t->value[1 + 2 * i], t->value[2 + 2 * i]);
    }
    *(below ? &t->below_hz : &t->above_hz) = freq_hz;
    if (are_finite(s, n * n)) {
        const cph_status status = t->parameter == PARAMETER_S ? CPH_OK : to_scattering(t, s);
        if (status != CPH_OK || are_finite(s, n * n))
            return status;
    }
    return wrong(t, CPH_ERR_FORMAT, "%g Hz: expected finite parameters", freq_hz);
}

/* ---- lines ---- */

static cph_status take_numbers(touchstone *t, const char *text, bool *noise)
{
    cph_status status = CPH_OK;
    size_t here = 0;
    double first = 0.0;
    const char *rest = text;
    for (double v; *rest != '\0'; here++) {
        rest = cph_field_number(rest, &v);
        if (rest == NULL)
            return wrong(t, CPH_ERR_FORMAT, "expected numbers");
        rest += strspn(rest, " \t\r\n");
        first = here == 0 ? v : first;
    }
    /* Of two-ports, noise parameters follow from a lower frequency on. */
    *noise = t->ports == 2 && here == NOISE_NUMBERS && t->count == 0 && t->sets > 0 &&
             first * t->unit <= t->last_hz;
    if (*noise)
        return CPH_OK;
    if (here > t->values - t->count || (t->count == 0 && here % 2 == 0) ||
        (t->count > 0 && here % 2 == 1))
        return wrong(t, CPH_ERR_FORMAT,
                     "%zu numbers after %zu of a set: expected a frequency and %zu pairs", here,
                     t->count, t->ports * t->ports);
    for (rest = text; *rest != '\0'; rest += strspn(rest, " \t\r\n")) {
        rest = cph_field_number(rest, &t->value[t->count]);
        if (rest == NULL)
            break;
        t->count++;
    }
    if (t->count == t->values)
        status = take_set(t);
    return status;
}

static cph_status read_lines(touchstone *t)
{
    cph_status status = CPH_OK;
    bool noise = false;
    while (status == CPH_OK && !noise && cph_field_next_line(&t->lines, &status)) {
        char *text = t->lines.line;
        text[strcspn(text, "!")] = '\0';
        text += strspn(text, " \t\r\n");
        if (*text == '#')
            status = take_options(t, text + 1);
        else if (*text == '[')
            status = wrong(t, CPH_ERR_UNSUPPORTED, "a keyword of version 2: expected version 1");
        else if (*text != '\0' && !t->options)
            status = wrong(t, CPH_ERR_FORMAT, "expected a line # Hz S MA R 50 before the numbers");
        else if (*text != '\0')
            status = take_numbers(t, text, &noise);
    }
    if (status == CPH_OK && t->count > 0)
        status = wrong(t, CPH_ERR_FORMAT, "the file ends after %zu of %zu numbers of a set",
                       t->count, t->values);
    return status;
}

/* ---- the frequency ---- */

static cph_status cover(const touchstone *t, cph_network *network)
{
    static const double single = 0.01;
    const double wanted = t->lines.wanted_hz;
    const size_t count = t->ports * t->ports;
    double share = 0.0;
    if (t->sets == 0)
        return cph_fail(t->lines.error, CPH_ERR_FORMAT, "%s: no parameters", t->lines.path);
    const bool one =
        t->sets == 1 && (isnan(wanted) || fabs(wanted - t->first_hz) <= single * wanted);
    if (!one && !(wanted >= t->first_hz && wanted <= t->last_hz))
        return cph_fail(t->lines.error, CPH_ERR_FORMAT,
                        "%s: is for %g to %g Hz, and the array for %g", t->lines.path, t->first_hz,
                        t->last_hz, wanted);
    if (isnan(t->below_hz))
        share = 1.0;
    else if (!isnan(t->above_hz))
        share = (wanted - t->below_hz) / (t->above_hz - t->below_hz);
    for (size_t i = 0; i < count; i++)
        network->s[i] = (cph_c64){(1.0 - share) * t->below[i].re + share * t->above[i].re,
                                  (1.0 - share) * t->below[i].im + share * t->above[i].im};
    network->ports = t->ports;
    network->freq_hz = one ? t->first_hz : wanted;
    network->reference_ohm = t->reference;
    return CPH_OK;
}

static cph_status read_network(touchstone *t, cph_network *made)
{
    const size_t n = t->ports, count = n * n;
    t->values = 1 + 2 * count;
    t->value = calloc(t->values, sizeof *t->value);
    t->below = calloc(count, sizeof *t->below);
    t->above = calloc(count, sizeof *t->above);
    t->room = calloc(count, 2 * sizeof *t->room);
    made->s = calloc(count, sizeof *made->s);
    if (t->value == NULL || t->below == NULL || t->above == NULL || t->room == NULL ||
        made->s == NULL)
        return cph_fail(t->lines.error, CPH_ERR_MEMORY, "%s: out of memory", t->lines.path);
    const cph_status status = read_lines(t);
    return status == CPH_OK ? cover(t, made) : status;
}

cph_status cph_network_read(const char *path, double freq_hz, cph_network *network,
                            cph_error *error)
{
    touchstone t = {.lines = {.path = path, .error = error, .wanted_hz = freq_hz},
                    .ports = ports_of(path),
                    .unit = 1e9,
                    .reference = 50.0,
                    .below_hz = NAN,
                    .above_hz = NAN};
    cph_network made = {0};
    if (t.ports == 0)
        return cph_fail(error, CPH_ERR_FORMAT,
                        "%s: expected a Touchstone file, named .sNp for N ports", path);
    t.lines.file = fopen(path, "re");
    if (t.lines.file == NULL)
        return cph_fail(error, CPH_ERR_IO, "%s: %s", path, strerror(errno));
    const cph_status status = read_network(&t, &made);
    if (status == CPH_OK)
        *network = made;
    else
        free(made.s);
    free(t.value);
    free(t.below);
    free(t.above);
    free(t.room);
    free(t.lines.line);
    fclose(t.lines.file);
    return status;
}

void cph_network_free(cph_network *network)
{
    free(network->s);
    *network = (cph_network){0};
}
