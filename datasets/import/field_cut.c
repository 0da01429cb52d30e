/* SPDX-License-Identifier: MIT */
/* GRASP .cut: cuts one after the other, each a line of text, a line V_INI V_INC V_NUM C ICOMP ICUT
 * NCOMP and V_NUM lines of NCOMP complex components. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/import/field_file.h"

enum { COMPONENTS_LINEAR = 1, COMPONENTS_CIRCULAR, COMPONENTS_LUDWIG3, COMPONENTS_COUNT };
enum { CUT_POLAR = 1, CUT_CONICAL };
enum { PARAMETERS = 7, CUT_POINTS_MAX = 100000, CUTS_MAX = 4096 };

typedef struct cut {
    double first, step, constant;
    size_t points, components;
    int kind, polar;
} cut;

static cph_c64 mix(cph_c64 a, double by_a, cph_c64 b, double by_b)
{
    return (cph_c64){a.re * by_a + b.re * by_b, a.im * by_a + b.im * by_b};
}

/* F1, F2 to the components along theta^ and phi^: circular ones are E = R (x' - j y') / sqrt 2 + L
 * (x' + j y') / sqrt 2, x' = theta^ cos phi - phi^ sin phi, y' = theta^ sin phi + phi^ cos phi. */
static void to_linear(int kind, const cph_c64 f[2], cph_field_sample *sample)
{
    const double phi = sample->phi * M_PI / 180.0;
    cph_c64 co = f[0], cross = f[1];
    if (kind == COMPONENTS_LINEAR) {
        sample->e_theta = f[0];
        sample->e_phi = f[1];
        return;
    }
    if (kind == COMPONENTS_CIRCULAR) {
        const cph_c64 apart = mix(f[0], M_SQRT1_2, f[1], -M_SQRT1_2);
        co = mix(f[0], M_SQRT1_2, f[1], M_SQRT1_2);
        cross = (cph_c64){apart.im, -apart.re};
    }
    sample->e_theta = mix(co, cos(phi), cross, sin(phi));
    sample->e_phi = mix(co, -sin(phi), cross, cos(phi));
}

static bool whole(double value, double least, double most)
{
    return value >= least && value <= most && value == floor(value);
}

static cph_status take_parameters(const cph_field_file *f, cut *c)
{
    double v[PARAMETERS];
    if (cph_field_numbers(f->line, PARAMETERS, v) != PARAMETERS)
        return cph_field_fail(f, CPH_ERR_FORMAT,
                              "expected V_INI V_INC V_NUM C ICOMP ICUT NCOMP of a cut");
    if (!whole(v[2], 1, CUT_POINTS_MAX) || !(fabs(v[1]) > 0.0))
        return cph_field_fail(f, CPH_ERR_FORMAT,
                              "V_INC %g, V_NUM %g: expected a step and a number of points", v[1],
                              v[2]);
    if (!whole(v[4], COMPONENTS_LINEAR, COMPONENTS_LUDWIG3))
        return cph_field_fail(f, CPH_ERR_FORMAT,
                              "ICOMP %g: expected 1 (E theta, E phi), 2 (rhc, lhc) or 3 (co, cx)",
                              v[4]);
    if (!whole(v[5], CUT_POLAR, CUT_CONICAL))
        return cph_field_fail(f, CPH_ERR_FORMAT, "ICUT %g: expected 1 (polar) or 2 (conical)",
                              v[5]);
    if (!whole(v[6], 2, 3))
        return cph_field_fail(f, CPH_ERR_FORMAT, "NCOMP %g: expected 2 or 3 components", v[6]);
    *c = (cut){.first = v[0],
               .step = v[1],
               .points = (size_t)v[2],
               .constant = v[3],
               .kind = (int)v[4],
               .polar = (int)v[5] == CUT_POLAR,
               .components = (size_t)v[6]};
    return CPH_OK;
}

static cph_status take_points(cph_field_file *f, const cut *c)
{
    cph_status status = CPH_OK;
    for (size_t i = 0; i < c->points && status == CPH_OK; i++) {
        double v[6];
        if (!cph_field_next_line(f, &status))
            return status != CPH_OK ? status
                                    : cph_field_fail(f, CPH_ERR_FORMAT,
                                                     "the file ends at point %zu of %zu of "
                                                     "a cut",
                                                     i, c->points);
        if (cph_field_numbers(f->line, 2 * c->components, v) != 2 * c->components)
            return cph_field_fail(f, CPH_ERR_FORMAT, "expected %zu numbers: %zu complex components",
                                  2 * c->components, c->components);
        const double moves = c->first + c->step * (double)i;
        cph_field_sample sample = {.theta = c->polar ? moves : c->constant,
                                   .phi = c->polar ? c->constant : moves};
        to_linear(c->kind, (const cph_c64[2]){{v[0], v[1]}, {v[2], v[3]}}, &sample);
        status = cph_field_add(f, &sample);
    }
    return status;
}

/* Files of several frequencies or beams have the same cuts again, and don't say of what. */
static cph_status check_new(const cph_field_file *f, const cut *c, double *constants, size_t *cuts)
{
    for (size_t i = 0; i < *cuts; i++)
        if (constants[i] == c->constant)
            return cph_field_fail(f, CPH_ERR_FORMAT,
                                  "a second cut at %g degrees: expected one field in the file",
                                  c->constant);
    if (*cuts == CUTS_MAX)
        return cph_field_fail(f, CPH_ERR_FORMAT, "more than %d cuts", CUTS_MAX);
    constants[(*cuts)++] = c->constant;
    return CPH_OK;
}

static bool blank(const char *line)
{
    return line[strspn(line, " \t\r\n")] == '\0';
}

cph_status cph_field_read_cut(cph_field_file *f)
{
    cph_status status = CPH_OK;
    size_t cuts = 0;
    double *constants = calloc(CUTS_MAX, sizeof *constants);
    if (constants == NULL)
        return cph_fail(f->error, CPH_ERR_MEMORY, "%s: out of memory", f->path);
    cph_field_begin(f, NAN);
    while (status == CPH_OK && cph_field_next_line(f, &status)) {
        cut c = {0};
        const bool end = blank(f->line);
        if (!cph_field_next_line(f, &status)) {
            if (status == CPH_OK && !end)
                status = cph_field_fail(f, CPH_ERR_FORMAT, "the file ends where a cut begins");
            break;
        }
        if (end && blank(f->line))
            continue;
        status = take_parameters(f, &c);
        if (status == CPH_OK)
            status = check_new(f, &c, constants, &cuts);
        if (status == CPH_OK)
            status = take_points(f, &c);
    }
    free(constants);
    return status;
}
