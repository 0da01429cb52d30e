/* SPDX-License-Identifier: MIT */
#include "cli/shifter.h"

#include <math.h>
#include <stdlib.h>

#include "kernels/core/c64.h"
#include "kernels/core/fail.h"

/* A coefficient this near to 1 is that of rest. */
static const double at_rest = 1e-9;

static double amplitude_of(const cph_states *states)
{
    double power = 0.0;
    for (size_t i = 0; i < states->count; i++)
        power += cph_c64_power(states->value[i]) / (double)states->count;
    return sqrt(power);
}

static size_t nearest(const cph_states *states, cph_c64 wanted)
{
    size_t best = 0;
    for (size_t i = 1; i < states->count; i++)
        if (cph_c64_power(cph_c64_sub(states->value[i], wanted)) <
            cph_c64_power(cph_c64_sub(states->value[best], wanted)))
            best = i;
    return best;
}

size_t cph_shifter_nearest(const cph_states *states, cph_c64 ratio)
{
    return nearest(states, cph_c64_scale(amplitude_of(states), ratio));
}

static cph_c64 over(cph_c64 a, cph_c64 b)
{
    return cph_c64_scale(1.0 / cph_c64_power(b), cph_c64_mulc(a, b));
}

static cph_c64 turn(double turns)
{
    const double re = cos(2.0 * M_PI * turns), im = sin(2.0 * M_PI * turns);
    return (cph_c64){re, im};
}

static void take(const cph_states *states, size_t rest, size_t from, size_t k, cph_shifter *s)
{
    s->state[k] =
        from == rest ? (cph_c64){1.0, 0.0} : over(states->value[from], states->value[rest]);
    s->setting[k] = states->code[from];
}

static void take_all(const cph_states *states, size_t rest, cph_shifter *s)
{
    const double count = (double)states->count;
    take(states, rest, rest, 0, s);
    for (size_t i = 0, k = 1; i < states->count; i++)
        if (i != rest)
            take(states, rest, i, k++, s);
    for (size_t k = 0; k < s->steps; k++) {
        const double turns = atan2(s->state[k].im, s->state[k].re) / (2.0 * M_PI);
        s->nominal[k] = turn(round(turns * count) / count);
    }
}

static cph_status take_even(const cph_states *states, size_t rest, cph_shifter *s, cph_error *error)
{
    for (size_t k = 0; k < s->steps; k++) {
        s->nominal[k] = turn((double)k / (double)s->steps);
        const size_t from = k == 0 ? rest : cph_shifter_nearest(states, s->nominal[k]);
        take(states, rest, from, k, s);
        for (size_t j = 0; j < k; j++)
            if (s->setting[j] == s->setting[k])
                return cph_fail(error, CPH_ERR_ARGUMENT,
                                "%zu states do not make %zu different steps of phase",
                                states->count, s->steps);
    }
    return CPH_OK;
}

cph_status cph_shifter_pick(const cph_states *states, size_t steps, cph_shifter *shifter,
                            cph_error *error)
{
    const size_t rest = cph_shifter_nearest(states, (cph_c64){1.0, 0.0});
    const size_t count = steps > 0 ? steps : states->count;
    if (!(cph_c64_power(states->value[rest]) > 0.0))
        return cph_fail(error, CPH_ERR_ARGUMENT, "the state of rest is 0");
    cph_shifter s = {.steps = count,
                     .state = calloc(count, sizeof *s.state),
                     .nominal = calloc(count, sizeof *s.nominal),
                     .setting = calloc(count, sizeof *s.setting)};
    cph_status status = CPH_OK;
    if (s.state == NULL || s.nominal == NULL || s.setting == NULL)
        status = cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    else if (steps > 0)
        status = take_even(states, rest, &s, error);
    else
        take_all(states, rest, &s);
    if (status == CPH_OK)
        *shifter = s;
    else
        cph_shifter_free(&s);
    return status;
}

void cph_shifter_free(cph_shifter *shifter)
{
    free(shifter->state);
    free(shifter->nominal);
    free(shifter->setting);
    *shifter = (cph_shifter){0};
}

/* By its code; states.count: none. */
static size_t find_setting(const cph_states *states, uint32_t setting)
{
    size_t i = 0;
    while (i < states->count && states->code[i] != setting)
        i++;
    return i;
}

cph_status cph_shifter_replace(const cph_states *states, size_t count, const uint32_t *setting,
                               cph_c64 *state, cph_error *error)
{
    size_t rest = cph_shifter_nearest(states, (cph_c64){1.0, 0.0});
    for (size_t i = 0; i < count && setting != NULL; i++) {
        const size_t at = find_setting(states, setting[i]);
        if (at == states->count)
            return cph_fail(error, CPH_ERR_FORMAT, "has setting %u, which --states lacks",
                            setting[i]);
        if (hypot(state[i].re - 1.0, state[i].im) < at_rest)
            rest = at;
    }
    const cph_c64 unit = states->value[rest];
    if (!(cph_c64_power(unit) > 0.0))
        return cph_fail(error, CPH_ERR_FORMAT, "rests in a state that is 0 in --states");
    for (size_t i = 0; i < count; i++) {
        if (setting == NULL && !(cph_c64_power(state[i]) > 0.0))
            continue;
        const size_t at = setting != NULL ? find_setting(states, setting[i])
                                          : nearest(states, cph_c64_mul(unit, state[i]));
        state[i] = at == rest ? (cph_c64){1.0, 0.0} : over(states->value[at], unit);
    }
    return CPH_OK;
}
