/* SPDX-License-Identifier: MIT */
/* HFSS .ffd: a line start stop points of theta, one of phi, then a field's lines Re(Etheta)
 * Im(Etheta) Re(Ephi) Im(Ephi), phi fastest; with several frequencies `Frequencies N` and, before
 * each field, `Frequency HZ`. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "datasets/import/field_file.h"

enum { COLUMNS = 4, ANGLES_MAX = CPH_FIELD_PHIS_MAX + 1 /* 360 beside 0 */ };

typedef struct range {
    double start, step;
    size_t points;
} range;

static cph_status take_range(cph_field_file *f, const char *what, range *r)
{
    double v[3];
    cph_status status = CPH_OK;
    const bool there = cph_field_next_line(f, &status);
    if (status != CPH_OK)
        return status;
    if (!there || cph_field_numbers(f->line, 3, v) != 3 || !(v[2] >= 2.0) ||
        !(v[2] <= ANGLES_MAX) || v[2] != floor(v[2]) || !(v[1] > v[0]))
        return cph_field_fail(f, CPH_ERR_FORMAT,
                              "expected start, stop and number of angles %s, 2 to %d", what,
                              ANGLES_MAX);
    *r = (range){v[0], (v[1] - v[0]) / (v[2] - 1.0), (size_t)v[2]};
    return CPH_OK;
}

/* `Frequencies N` has no field behind it. */
static cph_status take_word(cph_field_file *f, const char *text, size_t at, size_t points)
{
    static const char many[] = "Frequencies", one[] = "Frequency";
    double value = NAN;
    if (strncasecmp(text, many, strlen(many)) == 0)
        return cph_field_numbers(text + strlen(many), 1, &value) == 1
                   ? CPH_OK
                   : cph_field_fail(f, CPH_ERR_FORMAT, "expected Frequencies N");
    if (strncasecmp(text, one, strlen(one)) != 0 ||
        cph_field_numbers(text + strlen(one), 1, &value) != 1 || !(value > 0.0))
        return cph_field_fail(f, CPH_ERR_FORMAT,
                              "expected E theta and E phi as real and imaginary parts, or "
                              "Frequency HZ");
    if (at % points != 0)
        return cph_field_fail(f, CPH_ERR_FORMAT, "after %zu of %zu points of a field", at % points,
                              points);
    cph_field_begin(f, value);
    return CPH_OK;
}

cph_status cph_field_read_ffd(cph_field_file *f)
{
    range theta = {0}, phi = {0};
    cph_status status = take_range(f, "theta", &theta);
    if (status == CPH_OK)
        status = take_range(f, "phi", &phi);
    const size_t points = theta.points * phi.points;
    if (status != CPH_OK || theta.points == 0 || phi.points == 0)
        return status;
    size_t at = 0;
    bool announced = false;
    cph_field_begin(f, NAN);
    while (status == CPH_OK && cph_field_next_line(f, &status)) {
        double v[COLUMNS];
        const char *text = f->line + strspn(f->line, " \t\r\n");
        if (*text == '\0')
            continue;
        if (cph_field_numbers(text, COLUMNS, v) != COLUMNS) {
            status = take_word(f, text, at, points);
            announced = true;
            continue;
        }
        if (at > 0 && at % points == 0 && !announced)
            return cph_field_fail(f, CPH_ERR_FORMAT,
                                  "more than the %zu points of a field: expected Frequency HZ",
                                  points);
        announced = false;
        const size_t index = at++ % points;
        const cph_field_sample sample = {theta.start + theta.step * (double)(index / phi.points),
                                         phi.start + phi.step * (double)(index % phi.points),
                                         {v[0], v[1]},
                                         {v[2], v[3]}};
        status = cph_field_add(f, &sample);
    }
    if (status == CPH_OK && (at == 0 || at % points != 0))
        status = cph_field_fail(f, CPH_ERR_FORMAT, "the file ends after %zu of %zu points",
                                at % points, points);
    return status;
}
