/* SPDX-License-Identifier: MIT */
/* Readings as text tables. */
#include <math.h>
#include <stdio.h>

#include "cli/simulate_readings.h"
#include "cli/text_output.h"
#include "kernels/core/c64.h"

static double phase_of(cph_c64 state)
{
    return atan2(state.im, state.re) * 180.0 / M_PI;
}

static double db_of(cph_c64 state)
{
    return 10.0 * log10(cph_c64_power(state));
}

static void put_members(FILE *file, const cph_rev_readings *r, size_t sweep)
{
    const size_t n = r->array.elements;
    const char *between = "";
    for (size_t e = 0; e < n; e++) {
        if (r->member != NULL ? r->member[sweep * n + e] == 0 : e != sweep)
            continue;
        fprintf(file, "%s%u", between, r->array.element[e].number);
        between = "+";
    }
}

static void put_rev(FILE *file, const cph_rev_readings *r)
{
    fprintf(file, "sweep,element,phase_deg,power,state_db%s\n",
            r->setting != NULL ? ",setting" : "");
    for (size_t c = 0; c < r->sweeps; c++)
        for (size_t m = 0; m < r->steps; m++) {
            const size_t at = r->tables == 1 ? m : c * r->steps + m;
            fprintf(file, "%zu,", c);
            put_members(file, r, c);
            fprintf(file, ",%.17g,%.17g,%.17g", phase_of(r->state[at]), r->power[c * r->steps + m],
                    db_of(r->state[at]));
            if (r->setting != NULL)
                fprintf(file, ",%u", r->setting[at]);
            putc('\n', file);
        }
}

/* '+', '-', '0'; 0 for any other coefficient. */
static char letter_of(cph_c64 code)
{
    if (code.im != 0.0)
        return '\0';
    return code.re == 1.0 ? '+' : code.re == -1.0 ? '-' : code.re == 0.0 ? '0' : '\0';
}

static void put_pattern(FILE *file, const cph_coded_readings *r, size_t k, size_t sign)
{
    const size_t n = r->array.elements;
    for (size_t e = 0; e < n; e++)
        putc(letter_of(r->code[(k * r->signs + sign) * n + e]), file);
}

static void put_coded(FILE *file, const cph_coded_readings *r)
{
    size_t at = 0;
    fprintf(file, "code,sign,repeat,re,im%s%s\n", r->code != NULL ? ",pattern" : "",
            r->states > 1 ? ",setting,phase_deg,state_db" : "");
    for (size_t s = 0; s < r->states; s++)
        for (size_t k = 0; k < r->codes; k++)
            for (size_t i = 0; i < r->signs * r->repeats; i++, at++) {
                fprintf(file, "%zu,%d,%zu,%.17g,%.17g", k, i < r->repeats ? 1 : -1, i % r->repeats,
                        r->reading[at].re, r->reading[at].im);
                if (r->code != NULL) {
                    putc(',', file);
                    put_pattern(file, r, k, i / r->repeats);
                }
                if (r->states > 1)
                    fprintf(file, ",%u,%.17g,%.17g",
                            r->setting != NULL ? r->setting[s] : (unsigned)s, phase_of(r->state[s]),
                            db_of(r->state[s]));
                putc('\n', file);
            }
}

static cph_status check_codes(const cph_coded_readings *r, const char *path, cph_error *error)
{
    const size_t count = r->code != NULL ? r->codes * r->signs * r->array.elements : 0;
    for (size_t i = 0; i < count; i++)
        if (letter_of(r->code[i]) == '\0')
            return cph_fail(
                error, CPH_ERR_ARGUMENT,
                "%s: a table has +, - and 0 for codes, not the coefficients of --states", path);
    return CPH_OK;
}

cph_status cph_readings_csv(const char *path, const char *const *inputs,
                            const cph_made_readings *made, cph_error *error)
{
    cph_text_output output;
    cph_status status = made->coded ? check_codes(&made->codes, path, error) : CPH_OK;
    if (status == CPH_OK)
        status = cph_text_open(&output, path, inputs, error);
    if (status != CPH_OK)
        return status;
    if (made->coded)
        put_coded(output.file, &made->codes);
    else
        put_rev(output.file, &made->rev);
    return cph_text_commit(&output, error);
}

cph_status cph_coupling_csv(const char *path, const char *const *inputs,
                            const cph_coupling_readings *readings, cph_error *error)
{
    const cph_coupling_readings *const r = readings;
    const size_t n = r->array.elements;
    cph_text_output output;
    const cph_status status = cph_text_open(&output, path, inputs, error);
    if (status != CPH_OK)
        return status;
    fprintf(output.file, "receiver,transmitter,re,im\n");
    for (size_t i = 0; i < n * n; i++)
        if (cph_c64_finite(r->s[i]))
            fprintf(output.file, "%u,%u,%.17g,%.17g\n", r->array.element[i / n].number,
                    r->array.element[i % n].number, r->s[i].re, r->s[i].im);
    return cph_text_commit(&output, error);
}

cph_status cph_near_field_csv(const char *path, const char *const *inputs,
                              const cph_near_field_readings *readings, cph_error *error)
{
    const cph_near_field_readings *const r = readings;
    cph_text_output output;
    const cph_status status = cph_text_open(&output, path, inputs, error);
    if (status != CPH_OK)
        return status;
    fprintf(output.file, "x_m,y_m,re,im\n");
    for (size_t i = 0; i < r->rows * r->columns; i++)
        if (cph_c64_finite(r->field[i]))
            fprintf(output.file, "%.17g,%.17g,%.17g,%.17g\n",
                    r->origin_m[0] + (double)(i % r->columns) * r->spacing_m[0],
                    r->origin_m[1] + (double)(i / r->columns) * r->spacing_m[1], r->field[i].re,
                    r->field[i].im);
    return cph_text_commit(&output, error);
}
