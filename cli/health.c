/* SPDX-License-Identifier: MIT */
#include "cli/health.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/median.h"
#include "cophase/calib.h"
#include "kernels/core/fail.h"

/* What was measured of some elements, [elements] each. */
typedef struct measure {
    const cph_input *input;
    size_t elements;
    double *power;
    cph_level *level; /* of samples, else NULL */
    unsigned char *flag;
} measure;

static bool measure_make(const cph_input *input, size_t elements, bool samples, measure *m)
{
    *m = (measure){.input = input, .elements = elements};
    m->power = calloc(elements, sizeof *m->power);
    m->flag = calloc(elements, sizeof *m->flag);
    m->level = samples ? calloc(elements, sizeof *m->level) : NULL;
    return m->power != NULL && m->flag != NULL && (!samples || m->level != NULL);
}

static void measure_free(measure *m)
{
    free(m->power);
    free(m->level);
    free(m->flag);
}

/* ---- samples ---- */

/* Where element i of a selection, or beam i, stands among what was looked at. */
static size_t place_of(const cph_selection *selection, bool all, size_t i)
{
    return selection != NULL && all ? selection->index[i] : i;
}

static void take_samples(measure *m, const cph_selection *selection, bool all, const cph_look *look)
{
    const double scale = m->input->header->scale;
    for (size_t i = 0; i < m->elements; i++) {
        const cph_vitals *v = &look->vitals[place_of(selection, all, i)];
        m->power[i] = scale * scale * v->power;
        m->level[i] = (cph_level){
            .count = v->count, .full_scale = v->full_scale, .not_finite = v->not_finite};
    }
}

/* ---- covariances ---- */

/* What the dumps of a covariance show of its elements. */
typedef struct tally {
    size_t dumps;        /* that hold anything */
    size_t *finite;      /* [N] dumps with a power */
    size_t *bad;         /* [N] dumps in which the element is not finite */
    unsigned char *flag; /* [N] of one dump */
} tally;

/* Dumps of which nothing is left (flagged channels) say nothing of an element. */
static cph_status count_dump(measure *m, const cph_dump *dump, tally *t)
{
    const size_t n = m->elements;
    size_t good = 0;
    memcpy(t->flag, m->flag, n);
    const cph_status status = cph_health_finite(n, dump->r, n, dump->has_diagonal, t->flag);
    for (size_t i = 0; i < n; i++)
        good += t->flag[i] == CPH_FLAG_NONE;
    if (status != CPH_OK || good == 0 || (good == 1 && !dump->has_diagonal))
        return status;
    t->dumps++;
    for (size_t i = 0; i < n; i++) {
        t->bad[i] += t->flag[i] != CPH_FLAG_NONE;
        if (isnan(dump->power[i]))
            continue;
        t->finite[i]++;
        m->power[i] += dump->power[i];
    }
    return CPH_OK;
}

/* Mean powers; not finite is what is so in half of the dumps, or in those that hold nothing where
 * there are no others. */
static void judge_dumps(measure *m, const tally *t)
{
    for (size_t i = 0; i < m->elements; i++) {
        m->power[i] = t->finite[i] > 0 ? m->power[i] / (double)t->finite[i] : NAN;
        const bool bad = t->dumps == 0 ? t->flag[i] != CPH_FLAG_NONE
                                       : t->bad[i] > 0 && 2 * t->bad[i] >= t->dumps;
        if (m->flag[i] == CPH_FLAG_NONE && bad)
            m->flag[i] = CPH_FLAG_NOT_FINITE;
    }
}

static cph_exit measure_covariance(measure *m, const cph_selection *selection)
{
    const cph_data_header *header = m->input->header;
    const size_t dumps = header->times * header->channels;
    cph_dump dump = {0};
    tally t = {.finite = calloc(m->elements, sizeof *t.finite),
               .bad = calloc(m->elements, sizeof *t.bad),
               .flag = calloc(m->elements, 1)};
    cph_exit code = CPH_EXIT_DONE;
    if (t.finite == NULL || t.bad == NULL || t.flag == NULL) {
        code = cph_report_memory(m->input->cli->name);
    } else {
        for (size_t i = 0; code == CPH_EXIT_DONE && i < dumps; i++) {
            code = cph_input_covariance(m->input, selection, i / header->channels,
                                        i % header->channels, &dump);
            if (code == CPH_EXIT_DONE && count_dump(m, &dump, &t) != CPH_OK)
                code = cph_report_memory(m->input->cli->name);
        }
        judge_dumps(m, &t);
    }
    cph_dump_free(&dump);
    free(t.finite);
    free(t.bad);
    free(t.flag);
    return code;
}

/* ---- calibrations and weights ---- */

/* An element is flagged with the reason of its first solution when no solution has its gain. */
static void measure_gains(measure *m, const cph_selection *selection, const cph_calibration *c)
{
    for (size_t i = 0; i < m->elements; i++) {
        const size_t n = selection->index[i], stride = c->array.elements;
        size_t good = 0;
        for (size_t k = 0; k < c->times * c->channels; k++) {
            const cph_c64 g = c->gain[k * stride + n];
            if (c->flag[k * stride + n] != CPH_FLAG_NONE)
                continue;
            m->power[i] += g.re * g.re + g.im * g.im;
            good++;
        }
        m->power[i] = good > 0 ? m->power[i] / (double)good : NAN;
        if (good == 0)
            m->flag[i] = c->flag[n];
    }
}

static void measure_weights(measure *m, const cph_selection *selection, const cph_weights *w)
{
    const size_t sets = w->beams * w->channels;
    for (size_t i = 0; i < m->elements; i++) {
        for (size_t k = 0; k < sets; k++) {
            const cph_c32 v = w->weights[k * w->array.elements + selection->index[i]];
            m->power[i] += ((double)v.re * v.re + (double)v.im * v.im) / (double)sets;
        }
        if (m->power[i] == 0.0)
            m->power[i] = NAN; /* no beam uses it */
    }
}

/* ---- rows ---- */

static double median_of(const measure *m)
{
    double *value = malloc((m->elements + 1) * sizeof *value);
    size_t count = 0;
    for (size_t n = 0; value != NULL && n < m->elements; n++)
        if (m->flag[n] == CPH_FLAG_NONE && m->power[n] > 0.0)
            value[count++] = m->power[n];
    double median = count > 0 ? cph_median(value, count) : NAN;
    free(value);
    return median;
}

static double decibels(double power)
{
    return power > 0.0 ? 10.0 * log10(power) : NAN;
}

static double share_of(const measure *m, size_t n)
{
    if (m->level == NULL || m->input->header->type == CPH_C32 || m->level[n].count == 0)
        return NAN;
    return (double)m->level[n].full_scale / (double)m->level[n].count;
}

/* What its samples show of a row beside their power; flagged ones need no suspicion. */
static void put_vitals(const cph_look *look, size_t at, cph_type type, cph_health_row *row)
{
    const cph_suspect_limits limits = cph_suspect_defaults();
    row->vitals = &look->vitals[at];
    row->spectrum = look->columns > 0 ? look->spectrum + at * look->columns : NULL;
    row->unjudged = !cph_health_judged(row->vitals, &limits);
    row->suspects = row->flag == CPH_FLAG_NONE ? cph_health_suspect(row->vitals, type, &limits) : 0;
}

/* Rows of one selection; NULL: beams, which have numbers alone. `all` rows stand in the file's
 * order, else in the selection's. */
static void put_rows(const measure *m, const cph_selection *selection, bool all, cph_health *health)
{
    const double median = median_of(m);
    for (size_t i = 0; i < m->elements; i++) {
        cph_health_row *row = &health->row[place_of(selection, all, i)];
        row->number = (uint32_t)i;
        if (selection != NULL) {
            const cph_element *element = &selection->array.element[i];
            row->number = element->number;
            row->polarization = element->polarization;
            memcpy(row->name, element->name, sizeof row->name);
        }
        row->power_db = decibels(m->power[i]);
        row->relative_db = decibels(m->power[i] / median);
        row->full_scale_share = share_of(m, i);
        row->flag = m->flag[i];
        row->unused = m->input->header->kind == CPH_KIND_WEIGHTS && isnan(m->power[i]);
        if (m->level != NULL)
            put_vitals(&health->look, place_of(selection, all, i), m->input->header->type, row);
    }
}

/* ---- the kinds ---- */

/* What gains the whole input gave, before they are shared out among the selections. */
typedef struct source {
    cph_calibration calibration;
    cph_weights weights;
} source;

bool cph_health_has_samples(const cph_input *input)
{
    return input->header->kind == CPH_KIND_CAPTURE || input->header->kind == CPH_KIND_BEAMS;
}

static cph_exit read_source(const cph_input *input, source *s)
{
    cph_error error = {.status = CPH_OK};
    cph_status status = CPH_OK;
    if (input->header->kind == CPH_KIND_CALIBRATION)
        status = cph_calibration_read(input->cli->input, &s->calibration, &error);
    if (input->header->kind == CPH_KIND_WEIGHTS)
        status = cph_weights_read(input->cli->input, &s->weights, &error);
    return status == CPH_OK ? CPH_EXIT_DONE : cph_report_input(input->cli->name, &error);
}

static bool enough(const cph_look *look)
{
    const cph_suspect_limits limits = cph_suspect_defaults();
    return look->elements > 0 && cph_health_judged(&look->vitals[0], &limits);
}

static cph_exit measure_selection(measure *m, const cph_selection *selection, bool all,
                                  const source *s, const cph_look *look)
{
    cph_health_limits limits = cph_health_defaults();
    cph_exit code = CPH_EXIT_DONE;
    memcpy(m->flag, selection->flag, m->elements);
    switch (m->input->header->kind) {
    case CPH_KIND_CAPTURE:
        take_samples(m, selection, all, look);
        if (!enough(look)) { /* a few samples of noise scatter by more than that */
            limits.weak_below = 0.0;
            limits.hot_above = INFINITY;
        }
        break;
    case CPH_KIND_COVARIANCE:
        code = measure_covariance(m, selection);
        break;
    case CPH_KIND_CALIBRATION:
        measure_gains(m, selection, &s->calibration);
        return CPH_EXIT_DONE; /* judged when it was solved */
    case CPH_KIND_REV:
    case CPH_KIND_CODED:
    case CPH_KIND_NEAR_FIELD:
    case CPH_KIND_COUPLING: /* readings are of all elements together */
        for (size_t i = 0; i < m->elements; i++)
            m->power[i] = NAN;
        return CPH_EXIT_DONE;
    default:
        measure_weights(m, selection, &s->weights);
        return CPH_EXIT_DONE;
    }
    if (code == CPH_EXIT_DONE &&
        cph_health_check(m->elements, m->power, m->level, &limits, m->flag) != CPH_OK)
        code = cph_report_memory(m->input->cli->name);
    return code;
}

/* Beams are judged by nobody. */
static cph_exit measure_beams(const cph_input *input, cph_health *health)
{
    measure m;
    cph_exit code = CPH_EXIT_DONE;
    if (measure_make(input, health->rows, true, &m)) {
        take_samples(&m, NULL, true, &health->look);
        put_rows(&m, NULL, true, health);
    } else {
        code = cph_report_memory(input->cli->name);
    }
    measure_free(&m);
    return code;
}

/* `all`: rows are those of the whole file. */
static cph_exit measure_rows(const cph_input *input, bool all, const source *s, cph_health *health)
{
    if (input->header->kind == CPH_KIND_BEAMS)
        return measure_beams(input, health);
    cph_exit code = CPH_EXIT_DONE;
    for (size_t k = 0; code == CPH_EXIT_DONE && k < input->selections; k++) {
        const cph_selection *selection = &input->selection[k];
        measure m;
        if (!measure_make(input, selection->elements, cph_health_has_samples(input), &m))
            code = cph_report_memory(input->cli->name);
        else if ((code = measure_selection(&m, selection, all, s, &health->look)) == CPH_EXIT_DONE)
            put_rows(&m, selection, all, health);
        measure_free(&m);
    }
    return code;
}

cph_exit cph_health_measure(const cph_input *input, bool all, cph_health *health)
{
    const cph_data_header *header = input->header;
    *health = (cph_health){.rows = header->kind == CPH_KIND_BEAMS ? header->beams : 0};
    for (size_t k = 0; k < input->selections; k++)
        health->rows += input->selection[k].elements;
    health->row = calloc(health->rows + 1, sizeof *health->row);
    if (health->row == NULL)
        return cph_report_memory(input->cli->name);
    const bool whole = header->kind == CPH_KIND_BEAMS || health->rows == header->array.elements;
    source s = {.weights = {.beams = 0}};
    cph_exit code = read_source(input, &s);
    if (code == CPH_EXIT_DONE && cph_health_has_samples(input))
        code = cph_look_at(input, whole ? NULL : input->selection[0].index, health->rows, all,
                           &health->look);
    if (code == CPH_EXIT_DONE)
        code = measure_rows(input, whole, &s, health);
    cph_calibration_free(&s.calibration);
    cph_weights_free(&s.weights);
    if (code != CPH_EXIT_DONE)
        cph_health_free(health);
    return code;
}

void cph_health_free(cph_health *health)
{
    free(health->row);
    cph_look_free(&health->look);
    *health = (cph_health){0};
}

size_t cph_health_good(const cph_health *health)
{
    size_t good = 0;
    for (size_t i = 0; i < health->rows; i++)
        good += cph_health_reason(&health->row[i]) == NULL;
    return good;
}

size_t cph_health_suspected(const cph_health *health)
{
    size_t count = 0;
    for (size_t i = 0; i < health->rows; i++)
        count += health->row[i].suspects != 0;
    return count;
}

bool cph_health_too_few(const cph_health *health)
{
    return health->look.vitals != NULL && !enough(&health->look);
}

const char *cph_health_reason(const cph_health_row *row)
{
    if (row->unused)
        return "weight 0";
    return row->flag == CPH_FLAG_NONE ? NULL : cph_flag_name((cph_flag)row->flag);
}
