/* SPDX-License-Identifier: MIT */
/* What flags and weights leave of a layout. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calib/redundant.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

/* Of live elements, and of those that redundancy says something of. */
enum { LEAST = 4 };

void cph_redundant_set_free(cph_redundant_set *set)
{
    free(set->element);
    free(set->baseline);
    free(set->start);
    free(set->origin);
    free(set->position);
    free(set->amplitude_null);
    free(set->phase_null);
    free(set->open);
    *set = (cph_redundant_set){0};
}

static bool is_used(const cph_redundant_set *all, const cph_redundant_baseline *b,
                    const size_t *place, const double *weight)
{
    const size_t p = b->first < b->second ? b->first : b->second, q = b->first + b->second - p;
    return place[p] != SIZE_MAX && place[q] != SIZE_MAX &&
           (weight == NULL || weight[p * all->elements + q] > 0.0);
}

/* place [N]: index among the live elements, or SIZE_MAX. */
static void take_elements(const cph_redundant_set *all, const unsigned char *flag, size_t *place,
                          cph_redundant_set *set)
{
    for (size_t i = 0; i < all->elements; i++) {
        place[i] = SIZE_MAX;
        if (flag != NULL && flag[i] != CPH_FLAG_NONE)
            continue;
        memcpy(set->position + 3 * set->n, all->position + 3 * i, 3 * sizeof *set->position);
        set->element[set->n] = i;
        place[i] = set->n++;
    }
}

static void take_baselines(const cph_redundant_set *all, const size_t *place, const double *weight,
                           cph_redundant_set *set)
{
    for (size_t k = 0; k < all->groups; k++) {
        const size_t first = set->baselines;
        for (size_t b = all->start[k]; b < all->start[k + 1]; b++)
            if (is_used(all, &all->baseline[b], place, weight))
                set->baseline[set->baselines++] = (cph_redundant_baseline){
                    (uint32_t)place[all->baseline[b].first],
                    (uint32_t)place[all->baseline[b].second], (uint32_t)set->groups};
        if (set->baselines > first) {
            set->origin[set->groups++] = k;
            set->start[set->groups] = set->baselines;
        }
    }
}

static cph_status allocate(const cph_redundant_set *all, cph_redundant_set *set)
{
    set->element = calloc(all->elements, sizeof *set->element);
    set->position = calloc(all->elements, 3 * sizeof *set->position);
    set->baseline = calloc(all->baselines + 1, sizeof *set->baseline);
    set->start = calloc(all->groups + 1, sizeof *set->start);
    set->origin = calloc(all->groups + 1, sizeof *set->origin);
    set->open = calloc(all->elements, sizeof *set->open);
    return set->element == NULL || set->position == NULL || set->baseline == NULL ||
                   set->start == NULL || set->origin == NULL || set->open == NULL
               ? CPH_ERR_MEMORY
               : CPH_OK;
}

static cph_status check(const cph_redundant_set *set, cph_error *error)
{
    size_t known = 0;
    for (size_t p = 0; p < set->n; p++)
        known += !set->open[p];
    if (known < LEAST)
        return cph_fail(error, CPH_ERR_TOO_FEW,
                        "redundancy says something of %zu of %zu elements: expected at least %d",
                        known, set->n, (int)LEAST);
    return CPH_OK;
}

cph_status cph_redundant_select(const cph_redundant_set *all, const unsigned char *flag,
                                const double *weight, cph_redundant_set *set, cph_error *error)
{
    size_t *place = calloc(all->elements, sizeof *place);
    *set = (cph_redundant_set){.elements = all->elements, .tolerance = all->tolerance};
    cph_status status = place == NULL ? CPH_ERR_MEMORY : allocate(all, set);
    if (status == CPH_OK) {
        take_elements(all, flag, place, set);
        take_baselines(all, place, weight, set);
    }
    free(place);
    if (status != CPH_OK)
        return cph_fail(error, status, "no memory for %zu baselines", all->baselines);
    if (set->n < LEAST)
        return cph_fail(error, CPH_ERR_TOO_FEW,
                        "%zu of %zu elements are live: expected at least %d", set->n, set->elements,
                        (int)LEAST);
    if (set->baselines == set->groups)
        return cph_fail(error, CPH_ERR_TOO_FEW,
                        "no two of %zu baselines are alike within %g m: there is no redundancy to "
                        "calibrate with",
                        set->baselines, set->tolerance);
    status = cph_redundant_nulls(set);
    if (status != CPH_OK)
        return cph_fail(error, status, "degeneracies of %zu elements: %s", set->n,
                        cph_status_name(status));
    return check(set, error);
}

void cph_redundant_count(const cph_redundant_set *set, cph_redundant_info *info)
{
    *info = (cph_redundant_info){.elements = set->n,
                                 .baselines = set->baselines,
                                 .groups = set->groups,
                                 .amplitude = set->amplitude_nulls,
                                 .phase = set->phase_nulls,
                                 .slopes = set->slopes};
    for (size_t k = 0; k < set->groups; k++)
        info->redundant_groups += set->start[k + 1] - set->start[k] > 1;
    for (size_t p = 0; p < set->n; p++)
        info->open += set->open[p];
    info->dof = (double)set->baselines - (double)set->groups - (double)set->n +
                0.5 * (double)(set->amplitude_nulls + set->phase_nulls);
}

void cph_redundant_words(const cph_redundant_info *info, size_t size, char *text)
{
    static const char *const slopes[] = {"", ", phase slope", ", 2 phase slopes",
                                         ", 3 phase slopes"};
    const size_t more = info->amplitude - (info->amplitude > 0),
                 turns = info->phase - (info->phase > 0) - info->slopes;
    char others[80] = "";
    if (more + turns > 0)
        snprintf(others, sizeof others, ", %zu more of amplitude and %zu of phase", more, turns);
    snprintf(text, size, "overall amplitude, overall phase%s%s",
             slopes[info->slopes < 4 ? info->slopes : 3], others);
}
