/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/compare_report.h"
#include "cli/plot/plot.h"
#include "kernels/core/c64.h"

/* A picture's part: a polarisation. */
typedef struct part {
    char subtitle[400];
    uint32_t *number;    /* [N] */
    cph_c64 *gain;       /* [N] B / A, the common phase taken out */
    unsigned char *flag; /* [N] of B, else of A */
} part;

static const char *name_of(const char *path)
{
    const char *const slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static bool fill(const cph_compare_options *o, const cph_compare_row *row, bool has_scale, part *p,
                 cph_gain_plot *plot)
{
    static const double neper_db = 8.68588963806503655302;
    const cph_compare_group *const g = row->group;
    const char polarization[] = {g->polarization, '\0'};
    const double common = row->change.phase.term[CPH_COMPARE_COMMON];
    p->number = calloc(g->elements, sizeof *p->number);
    p->gain = calloc(g->elements, sizeof *p->gain);
    p->flag = calloc(g->elements, sizeof *p->flag);
    if (p->number == NULL || p->gain == NULL || p->flag == NULL)
        return false;
    for (size_t n = 0; n < g->elements; n++) {
        const cph_c64 a = row->estimate[0].gain[n], b = row->estimate[1].gain[n];
        const unsigned char before = row->estimate[0].flag[n], after = row->estimate[1].flag[n];
        const cph_c64 turn = {cos(common), sin(common)};
        p->number[n] = g->array.element[n].number;
        p->flag[n] = after != CPH_FLAG_NONE ? after : before;
        p->gain[n] = cph_c64_scale(1.0 / cph_c64_power(a), cph_c64_mulc(cph_c64_mulc(b, a), turn));
    }
    snprintf(p->subtitle, sizeof p->subtitle, "%s over %s, %s%s%s%.6g MHz", name_of(o->after),
             name_of(o->cli.input), polarization[0] != '\0' ? "polarisation " : "", polarization,
             polarization[0] != '\0' ? ", " : "", row->freq_hz * 1e-6);
    const size_t length = strlen(p->subtitle);
    if (has_scale) /* colours are relative to the median */
        snprintf(p->subtitle + length, sizeof p->subtitle - length, ", common loss %.3f dB",
                 -row->change.amplitude.term[CPH_COMPARE_COMMON] * neper_db);
    *plot = (cph_gain_plot){.title = "Change of the gains",
                            .subtitle = p->subtitle,
                            .elements = g->elements,
                            .position = g->position,
                            .number = p->number,
                            .gain = p->gain,
                            .flag = p->flag,
                            .wavelength_m = CPH_SPEED_OF_LIGHT / row->freq_hz};
    return true;
}

/* The first comparison of a polarisation that there is one of. */
static const cph_compare_row *find(const cph_compare_pair *pair, const cph_compare_group *group)
{
    for (size_t i = 0; i < pair->rows; i++)
        if (pair->row[i].group == group && pair->row[i].error.status == CPH_OK)
            return &pair->row[i];
    return NULL;
}

cph_exit cph_compare_draw(const cph_compare_options *options, const cph_compare_pair *pair)
{
    part parts[sizeof pair->group / sizeof pair->group[0]] = {0};
    cph_gain_plot plots[sizeof parts / sizeof parts[0]] = {{.title = NULL}};
    cph_error error = {.status = CPH_OK};
    size_t count = 0;
    bool ok = true;
    for (size_t i = 0; i < pair->groups && ok; i++) {
        const cph_compare_row *const row = find(pair, &pair->group[i]);
        if (row != NULL) {
            ok = fill(options, row, pair->has_scale, &parts[count], &plots[count]);
            count++;
        }
    }
    cph_exit code = CPH_EXIT_DONE;
    if (!ok)
        code = cph_report_memory(options->cli.name);
    else if (cph_plot_gains(options->cli.plot, plots, count, &error) != CPH_OK)
        code = cph_report(options->cli.name, &error);
    for (size_t i = 0; i < count; i++) {
        free(parts[i].number);
        free(parts[i].gain);
        free(parts[i].flag);
    }
    return code;
}
