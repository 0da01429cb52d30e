/* SPDX-License-Identifier: MIT */
#include "cli/simulate_faults.h"

#include <stdlib.h>

#include "cli/json.h"
#include "cophase/random.h"

/* A stream of the seed that neither samples (0, 1, ...) nor gains (the last) use. */
#define STREAM_FAULTS (UINT64_MAX - 1)

enum { GOOD, DEAD, WEAK };

static cph_status mark_listed(const cph_ranges *ranges, unsigned char fault, const char *name,
                              size_t elements, unsigned char *state, cph_error *error)
{
    size_t *index = NULL, count = 0;
    cph_error why;
    cph_status status = cph_ranges_expand(ranges, elements, &index, &count, &why);
    if (status != CPH_OK)
        return cph_fail(error, status, "--%s: %s", name, why.message);
    for (size_t i = 0; i < count && status == CPH_OK; i++) {
        if (state[index[i]] != GOOD)
            status = cph_fail(error, CPH_ERR_ARGUMENT, "--%s: element %zu is in --dead too", name,
                              index[i]);
        state[index[i]] = fault;
    }
    free(index);
    return status;
}

static size_t count_of(const unsigned char *state, size_t elements, unsigned char fault)
{
    size_t count = 0;
    for (size_t n = 0; n < elements; n++)
        count += state[n] == fault;
    return count;
}

static cph_status mark_random(size_t more, unsigned char fault, const char *name, size_t elements,
                              cph_random *random, unsigned char *state, cph_error *error)
{
    size_t good = count_of(state, elements, GOOD);
    if (more > good)
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "--%s-count: expected at most the %zu elements "
                        "that are left",
                        name, good);
    while (more > 0) {
        size_t n = (size_t)(cph_random_uniform(random) * (double)elements);
        if (state[n] != GOOD)
            continue;
        state[n] = fault;
        more--;
    }
    return CPH_OK;
}

static cph_status collect(const unsigned char *state, size_t elements, unsigned char fault,
                          size_t **list, size_t *count)
{
    size_t used = 0;
    *count = count_of(state, elements, fault);
    *list = calloc(*count + 1, sizeof **list);
    if (*list == NULL)
        return CPH_ERR_MEMORY;
    for (size_t n = 0; n < elements; n++)
        if (state[n] == fault)
            (*list)[used++] = n;
    return CPH_OK;
}

cph_status cph_faults_pick(const cph_fault_words *words, size_t elements, uint64_t seed,
                           cph_faults *faults, cph_error *error)
{
    unsigned char *state = calloc(elements, 1);
    if (state == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    cph_random random;
    cph_random_seed(&random, seed, STREAM_FAULTS);
    cph_faults made = {0};
    cph_status status = mark_listed(&words->dead, DEAD, "dead", elements, state, error);
    if (status == CPH_OK)
        status = mark_listed(&words->weak, WEAK, "weak", elements, state, error);
    if (status == CPH_OK)
        status = mark_random(words->dead_more, DEAD, "dead", elements, &random, state, error);
    if (status == CPH_OK)
        status = mark_random(words->weak_more, WEAK, "weak", elements, &random, state, error);
    if (status == CPH_OK &&
        (collect(state, elements, DEAD, &made.dead, &made.dead_count) != CPH_OK ||
         collect(state, elements, WEAK, &made.weak, &made.weak_count) != CPH_OK))
        status = cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    free(state);
    if (status == CPH_OK)
        *faults = made;
    else
        cph_faults_free(&made);
    return status;
}

void cph_faults_free(cph_faults *faults)
{
    free(faults->dead);
    free(faults->weak);
    *faults = (cph_faults){0};
}

json_t *cph_faults_json(const size_t *list, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        cph_json_append(array, cph_json_count(list[i]));
    return array;
}
