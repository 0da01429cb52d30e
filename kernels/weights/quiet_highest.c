/* SPDX-License-Identifier: MIT */
/* The highest EIRP in a region: samples, then a climb from their tops. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/c64.h"
#include "kernels/pattern/pattern_model.h"
#include "kernels/weights/quiet.h"

enum { TOPS = 8 };

typedef struct samples {
    const cph_quiet *plan;
    cph_quiet_grid grid;
    float *power; /* [count] */
} samples;

static bool direction(const void *context, size_t i, double u[3])
{
    const samples *s = context;
    cph_quiet_sample(s->plan, &s->grid, i, u);
    return true;
}

static bool is_top(const samples *s, size_t i)
{
    const size_t turns = s->grid.turns, ring = i / turns, turn = i % turns;
    const float own = s->power[i];
    if (i >= s->grid.even)
        return true;
    const size_t beside[2] = {ring * turns + (turn + 1) % turns,
                              ring * turns + (turn + turns - 1) % turns};
    return own >= s->power[beside[0]] && own >= s->power[beside[1]] &&
           (ring == 0 || own >= s->power[i - turns]) &&
           (ring + 1 == s->grid.rings || own >= s->power[i + turns]);
}

/* The highest tops from one sample to before another, top [TOPS] by falling power; returns how
 * many. */
static size_t find_tops(const samples *s, size_t from, size_t to, size_t top[TOPS])
{
    size_t count = 0;
    for (size_t i = from; i < to; i++) {
        if (!is_top(s, i) || (count == TOPS && s->power[i] <= s->power[top[TOPS - 1]]))
            continue;
        size_t at = count < TOPS ? count++ : TOPS - 1;
        for (; at > 0 && s->power[top[at - 1]] < s->power[i]; at--)
            top[at] = top[at - 1];
        top[at] = i;
    }
    return count;
}

/* Compass search within the region: halves its steps where no neighbour is higher. */
static double climb(const samples *s, const cph_pattern_model *model, size_t from, double u[3])
{
    static const double way[4][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
    const cph_quiet *plan = s->plan;
    double step[2] = {(plan->below - plan->from) / (double)(s->grid.rings - 1),
                      2.0 * M_PI / (double)s->grid.turns};
    double at[2];
    const double enough = 1e-3 * step[1];
    cph_quiet_place(plan, &s->grid, from, at);
    cph_quiet_direction(plan, at[0], at[1], u);
    double power = cph_pattern_power(model, u);
    while (step[1] > enough) {
        bool moved = false;
        for (int i = 0; i < 4; i++) {
            double to[3];
            const double elevation =
                fmin(fmax(at[0] + way[i][0] * step[0], plan->from), plan->below);
            cph_quiet_direction(plan, elevation, at[1] + way[i][1] * step[1], to);
            const double found = cph_pattern_power(model, to);
            if (!(found > power))
                continue;
            at[0] = elevation;
            at[1] += way[i][1] * step[1];
            power = found;
            memcpy(u, to, 3 * sizeof *u);
            moved = true;
        }
        step[0] *= moved ? 1.0 : 0.5;
        step[1] *= moved ? 1.0 : 0.5;
    }
    return power;
}

cph_status cph_quiet_highest(const cph_quiet *plan, const cph_c64 *y, double toward,
                             cph_quiet_level *level)
{
    samples s = {.plan = plan, .grid = cph_quiet_samples(plan)};
    cph_c64 *w = calloc(plan->used, sizeof *w);
    cph_pattern_model model = {0};
    s.power = calloc(s.grid.count, sizeof *s.power);
    cph_status status = w != NULL && s.power != NULL ? CPH_OK : CPH_ERR_MEMORY;
    for (size_t i = 0; i < plan->used && status == CPH_OK; i++)
        w[i] = cph_c64_conj(y[i]);
    const cph_pattern_input input = {.elements = plan->used,
                                     .position = plan->position,
                                     .freq_hz = plan->freq_hz,
                                     .weights = w,
                                     .look = {0.0, 0.0, 1.0},
                                     .element = cph_quiet_element(plan),
                                     .exec = plan->exec};
    if (status == CPH_OK)
        status = cph_pattern_model_init(&input, &model);
    if (status == CPH_OK)
        status = cph_pattern_sample(&model, direction, &s, s.grid.count, s.power);
    if (status == CPH_OK) {
        size_t top[2 * TOPS];
        double highest = -1.0;
        size_t tops = find_tops(&s, 0, s.grid.even, top);
        tops += find_tops(&s, s.grid.even, s.grid.count, top + tops);
        for (size_t i = 0; i < tops; i++) {
            double u[3];
            const double power = climb(&s, &model, top[i], u);
            if (power > highest) {
                highest = power;
                memcpy(level->worst_at, u, sizeof u);
            }
        }
        level->worst_db = 10.0 * log10(highest * model.scale * model.scale / toward);
    }
    cph_pattern_model_free(&model);
    free(w);
    free(s.power);
    return status;
}
