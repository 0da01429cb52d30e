/* SPDX-License-Identifier: MIT */
/* Directions where a mask holds: a lattice over the visible region, the horizon, and the edge from
 * which the mask holds. */
#include "kernels/weights/synthesis_field.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/size.h"
#include "kernels/core/vec3.h"

/* Samples over a wavelength / extent: on the lattice, and along edges, which are not climbed. */
enum { LATTICE_SAMPLES = 6, EDGE_SAMPLES = 32, EDGE_LEAST = 72 };

void cph_synthesis_field_free(cph_synthesis_field *field)
{
    free(field->u);
    free(field->limit);
    free(field->power);
    free(field->top);
    free(field->trial);
}

/* ---- angles ---- */

static double angle_from_peak(const cph_synthesis_field *f, const double u[3])
{
    double chord[3];
    cph_add3(u, -1.0, f->centre.peak, chord);
    return 2.0 * asin(fmin(0.5 * cph_norm3(chord), 1.0));
}

static double turn_of(const cph_synthesis_field *f, const double u[3])
{
    return atan2(cph_dot3(u, f->centre.tangent[1]), cph_dot3(u, f->centre.tangent[0]));
}

static void direction_at(const cph_pattern_metrics *m, double angle, double turn, double u[3])
{
    for (int i = 0; i < 3; i++)
        u[i] = cos(angle) * m->peak[i] +
               sin(angle) * (cos(turn) * m->tangent[0][i] + sin(turn) * m->tangent[1][i]);
}

static bool is_visible(const cph_aperture *aperture, const double u[3])
{
    static const double within = -1e-12;
    return aperture->dims == 3 || cph_dot3(u, aperture->axis[aperture->dims]) >= within;
}

/* A line has the two half planes of its own plane: turns 0 and half. */
static double edge_at(const cph_synthesis_field *f, double turn)
{
    const double place = turn / (2.0 * M_PI) * CPH_SYNTHESIS_TURNS + CPH_SYNTHESIS_TURNS;
    if (f->aperture.dims == 1)
        return f->edge[fabs(turn) < 0.5 * M_PI ? 0 : CPH_SYNTHESIS_TURNS / 2] - f->slack;
    const double low = floor(place), part = place - low;
    const size_t i = (size_t)low % CPH_SYNTHESIS_TURNS, j = (i + 1) % CPH_SYNTHESIS_TURNS;
    return (1.0 - part) * f->edge[i] + part * f->edge[j] - f->slack;
}

/* The lowest of what the mask may mean where the peak is within the slack. */
static double level_at(const cph_synthesis_field *f, double angle, double turn)
{
    const cph_synthesis_config *c = f->config;
    const double level = c->level(c->context, &f->metrics, angle, turn);
    if (!(f->slack > 0.0))
        return level;
    return fmin(fmin(level, c->level(c->context, &f->metrics, fmax(angle - f->slack, 0.0), turn)),
                c->level(c->context, &f->metrics, fmin(angle + f->slack, M_PI), turn));
}

/* |response| at a level. */
static double amplitude_at(const cph_synthesis_field *f, double level_db)
{
    const double reference = f->config->relative ? 0.0 : f->metrics.directivity_db;
    return pow(10.0, (level_db - reference + f->metrics.peak_power_db) / 20.0);
}

void cph_synthesis_field_place(const cph_synthesis_field *f, const double u[3], double place[2])
{
    place[1] = turn_of(f, u);
    place[0] = angle_from_peak(f, u) - edge_at(f, place[1]);
}

void cph_synthesis_field_direction(const cph_synthesis_field *f, const double place[2], double u[3])
{
    direction_at(&f->centre, place[0] + edge_at(f, place[1]), place[1], u);
}

double cph_synthesis_field_limit(const cph_synthesis_field *f, const double u[3])
{
    static const double within = 1e-9;
    const double angle = angle_from_peak(f, u), turn = turn_of(f, u);
    if (!is_visible(&f->aperture, u) || angle < edge_at(f, turn) - within)
        return INFINITY;
    const double level = level_at(f, angle, turn);
    return isnan(level) ? INFINITY : amplitude_at(f, level) * (1.0 - CPH_SYNTHESIS_RESERVE);
}

cph_synthesis_margin cph_synthesis_field_margin(const cph_synthesis_field *f,
                                                const cph_synthesis_top *top)
{
    const double angle = angle_from_peak(f, top->u);
    cph_synthesis_margin margin = {.margin_db =
                                       -20.0 * log10(top->ratio * (1.0 - CPH_SYNTHESIS_RESERVE)),
                                   .limit_db = level_at(f, angle, turn_of(f, top->u)),
                                   .angle_rad = angle};
    memcpy(margin.at, top->u, sizeof margin.at);
    return margin;
}

/* ---- edges ---- */

/* Where the power first rises again along a half plane, or the visible region ends. */
static double first_null(const cph_synthesis_field *f, const cph_pattern_model *model, double turn)
{
    const double step = cph_aperture_lobe(&f->aperture) / 64.0;
    double angle = 0.0, last = INFINITY, u[3];
    while (angle < M_PI) {
        direction_at(&f->centre, angle, turn, u);
        const double power = cph_pattern_power(model, u);
        if (power > last || !is_visible(&f->aperture, u))
            break;
        last = power;
        angle += step;
    }
    return fmin(angle, M_PI);
}

/* From `angle` on, where the mask begins to speak. */
static double first_level(const cph_synthesis_field *f, double angle, double turn)
{
    static const double step = 0.002;
    double low = angle;
    while (angle < M_PI && isnan(level_at(f, angle, turn))) {
        low = angle;
        angle = fmin(angle + step, M_PI);
    }
    while (angle - low > 1e-10) {
        const double middle = 0.5 * (low + angle);
        if (isnan(level_at(f, middle, turn)))
            low = middle;
        else
            angle = middle;
    }
    return angle;
}

static void find_edges(cph_synthesis_field *f, const cph_pattern_model *model)
{
    for (size_t i = 0; i < CPH_SYNTHESIS_TURNS; i++) {
        const double turn = 2.0 * M_PI * (double)i / CPH_SYNTHESIS_TURNS;
        const bool used = f->aperture.dims > 1 || i % (CPH_SYNTHESIS_TURNS / 2) == 0;
        const double from =
            isnan(f->config->from_rad) && used ? first_null(f, model, turn) : f->config->from_rad;
        f->edge[i] = used ? first_level(f, from, turn) : NAN;
    }
}

/* ---- directions ---- */

/* NaN where the lattice leaves the visible region. A line and a volume are sampled by angles: in
 * projection samples would be far apart toward the rim. */
static void lattice_direction(const cph_synthesis_field *f, size_t index, double u[3])
{
    const cph_aperture *a = &f->aperture;
    const size_t column = index % f->columns, row = index / f->columns;
    double at[3] = {0.0, 0.0, 0.0};
    if (a->dims == 1) {
        const double theta = M_PI * (double)column / (double)(f->columns - 1);
        at[0] = -cos(theta);
        at[1] = sin(theta);
    } else if (a->dims == 2) {
        at[0] = -1.0 + 2.0 * (double)column / (double)(f->columns - 1);
        at[1] = -1.0 + 2.0 * (double)row / (double)(f->rows - 1);
        at[2] = sqrt(1.0 - at[0] * at[0] - at[1] * at[1]); /* NaN beyond the horizon */
    } else {
        const double theta = M_PI * ((double)row + 0.5) / (double)f->rows;
        const double phi = 2.0 * M_PI * (double)column / (double)f->columns;
        at[0] = sin(theta) * cos(phi);
        at[1] = sin(theta) * sin(phi);
        at[2] = cos(theta);
    }
    for (int i = 0; i < 3; i++)
        u[i] = at[0] * a->axis[0][i] + at[1] * a->axis[1][i] + at[2] * a->axis[2][i];
}

static void rim_direction(const cph_synthesis_field *f, size_t index, double u[3])
{
    const double phi = 2.0 * M_PI * (double)index / (double)f->rim;
    for (int i = 0; i < 3; i++)
        u[i] = cos(phi) * f->aperture.axis[0][i] + sin(phi) * f->aperture.axis[1][i];
}

static void ring_direction(const cph_synthesis_field *f, size_t index, double u[3])
{
    const double turn = 2.0 * M_PI * (double)index / (double)f->ring;
    direction_at(&f->centre, edge_at(f, turn > M_PI ? turn - 2.0 * M_PI : turn), turn, u);
}

/* The ring's length is at most that of the largest circle at any of its angles. */
static cph_status count_directions(cph_synthesis_field *f)
{
    const cph_aperture *a = &f->aperture;
    const double longest = 1.0 / cph_aperture_lobe(a);
    double widest = 0.0;
    for (size_t i = 0; i < CPH_SYNTHESIS_TURNS; i++)
        widest = fmax(widest, sin(isnan(f->edge[i]) ? 0.0 : fmin(f->edge[i], 0.5 * M_PI)));
    const bool line = a->dims == 1, volume = a->dims == 3;
    const double wide =
        volume ? 2.0 * M_PI * fmax(longest, 1.0) : (line ? M_PI : 2.0) * fmax(a->extent_wl[0], 1.0);
    const double high = volume ? M_PI * fmax(longest, 1.0) : 2.0 * fmax(a->extent_wl[1], 1.0);
    const double columns = ceil(LATTICE_SAMPLES * wide) + 1.0;
    const double rows = ceil(LATTICE_SAMPLES * high) + 1.0;
    const double around = 2.0 * M_PI * EDGE_SAMPLES * longest;
    if (!(columns * rows + around < 1e9))
        return CPH_ERR_OVERFLOW;
    f->columns = (size_t)columns;
    f->rows = line ? 1 : (size_t)rows;
    f->lattice = f->columns * f->rows;
    f->rim = line ? 0 : (size_t)around + EDGE_LEAST;
    f->ring = line ? 2 : (size_t)(around * widest) + EDGE_LEAST;
    f->count = f->lattice + f->rim + f->ring;
    return CPH_OK;
}

cph_status cph_synthesis_field_init(cph_synthesis_field *f, const cph_pattern_model *model)
{
    f->aperture = model->aperture;
    if (f->aperture.dims == 0)
        return CPH_ERR_ARGUMENT;
    find_edges(f, model);
    const cph_status status = count_directions(f);
    if (status != CPH_OK)
        return status;
    f->u = calloc(f->count, 3 * sizeof *f->u);
    f->limit = calloc(f->count, sizeof *f->limit);
    f->power = calloc(f->count, sizeof *f->power);
    if (f->u == NULL || f->limit == NULL || f->power == NULL)
        return CPH_ERR_MEMORY;
    for (size_t i = 0; i < f->lattice; i++)
        lattice_direction(f, i, f->u + 3 * i);
    for (size_t i = 0; i < f->rim; i++)
        rim_direction(f, i, f->u + 3 * (f->lattice + i));
    return CPH_OK;
}

void cph_synthesis_field_refer(cph_synthesis_field *f)
{
    for (size_t i = 0; i < f->ring; i++)
        ring_direction(f, i, f->u + 3 * (f->lattice + f->rim + i));
    for (size_t i = 0; i < f->count; i++)
        f->limit[i] = isnan(f->u[3 * i]) ? INFINITY : cph_synthesis_field_limit(f, f->u + 3 * i);
}

/* Between where the mask begins to speak and the edge of half plane i. */
static void inner_along(const cph_synthesis_field *f, const cph_pattern_model *model, size_t i,
                        cph_synthesis_margin *worst)
{
    enum { STEPS = 64 };
    const double turn = 2.0 * M_PI * (double)i / CPH_SYNTHESIS_TURNS;
    const double start = first_level(f, 0.0, turn);
    for (int k = 0; k < STEPS && start < f->edge[i]; k++) {
        const double angle = start + (f->edge[i] - start) * k / STEPS;
        const double level = level_at(f, angle, turn);
        double u[3];
        direction_at(&f->centre, angle, turn, u);
        const double margin = 20.0 * log10(amplitude_at(f, level) / model->scale) -
                              10.0 * log10(cph_pattern_power(model, u));
        if (!is_visible(&f->aperture, u) || isnan(margin) || margin >= worst->margin_db)
            continue;
        *worst = (cph_synthesis_margin){.margin_db = margin, .limit_db = level, .angle_rad = angle};
        memcpy(worst->at, u, sizeof worst->at);
    }
}

void cph_synthesis_field_inner(const cph_synthesis_field *f, const cph_pattern_model *model,
                               cph_synthesis_margin *inner)
{
    cph_synthesis_margin worst = {.margin_db = INFINITY, .limit_db = NAN, .angle_rad = NAN};
    const size_t stride = f->aperture.dims == 1 ? CPH_SYNTHESIS_TURNS / 2 : 1;
    for (size_t i = 0; i < CPH_SYNTHESIS_TURNS; i += stride)
        inner_along(f, model, i, &worst);
    if (isinf(worst.margin_db))
        worst.margin_db = NAN;
    *inner = worst;
}
