/* SPDX-License-Identifier: MIT */
/* Coded readings: codes of signs, and what shifters and their faults make of them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/simulate_scene.h"
#include "cophase/coded.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

/* Beside the streams of gains, faults and readings. */
#define STREAM_STATES (UINT64_MAX - 3)

/* The smallest Hadamard matrix for so many elements; NULL with *error set. */
static signed char *make_codes(size_t elements, size_t *order, cph_error *error)
{
    enum { EVERY = 4 };
    size_t k = elements <= 2 ? elements : (elements + EVERY - 1) / EVERY * EVERY, count;
    for (;; k += EVERY) {
        signed char *const code = cph_size_mul(k, k, &count) && count > 0 ? malloc(count) : NULL;
        if (code == NULL) {
            (void)cph_scene_no_memory(error);
            return NULL;
        }
        *order = k;
        if (cph_hadamard_fill(k, code) == CPH_OK)
            return code;
        free(code);
    }
}

/* Coefficients of signs: those of shifters at rest and half a turn on. */
static void fill_codes(const signed char *sign, size_t elements, const cph_c64 half, size_t codes,
                       size_t signs, cph_c64 *code)
{
    for (size_t k = 0; k < codes; k++)
        for (size_t i = 0; i < signs; i++)
            for (size_t n = 0; n < elements; n++)
                code[(k * signs + i) * elements + n] =
                    (sign[k * codes + n] > 0) == (i == 0) ? (cph_c64){1.0, 0.0} : half;
}

static size_t find_code(const cph_states *states, uint32_t code)
{
    size_t i = 0;
    while (i < states->count && states->code[i] != code)
        i++;
    return i;
}

/* What element n does in state k: as all do, or as its stuck bits let it. */
static cph_status respond(const cph_simulate_scene *s, size_t n, size_t k, cph_c64 *value,
                          cph_error *error)
{
    const cph_readings_choice *c = s->c;
    uint32_t code = s->shifter.setting[k];
    *value = s->shifter.state[k];
    for (size_t i = 0; i < c->stuck_count; i++) {
        const uint32_t bit = 1u << c->stuck[i].bit;
        if (c->stuck[i].element == n)
            code = (code & ~bit) | (c->stuck[i].value != 0 ? bit : 0);
    }
    if (code == s->shifter.setting[k])
        return CPH_OK;
    const size_t at = find_code(&s->states, code),
                 rest = find_code(&s->states, s->shifter.setting[0]);
    if (at == s->states.count)
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "--stuck-bit: element %zu would be in state %u, which there is not", n,
                        code);
    const cph_c64 unit = s->states.value[rest];
    *value = cph_c64_scale(1.0 / cph_c64_power(unit), cph_c64_mulc(s->states.value[at], unit));
    return CPH_OK;
}

/* Bits of the shifters' codes, and elements that there are. */
static cph_status check_stuck(const cph_simulate_scene *s, cph_error *error)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < s->states.count; i++)
        bits |= s->states.code[i];
    for (size_t i = 0; i < s->c->stuck_count; i++) {
        const cph_stuck_bit *const stuck = &s->c->stuck[i];
        if (stuck->element >= s->array.elements)
            return cph_fail(error, CPH_ERR_ARGUMENT, "--stuck-bit: there are %zu elements",
                            s->array.elements);
        if ((bits >> stuck->bit & 1u) == 0)
            return cph_fail(error, CPH_ERR_ARGUMENT,
                            "--stuck-bit %zu:%u=%u: no state of the shifters has bit %u",
                            stuck->element, stuck->bit, stuck->value, stuck->bit);
    }
    return CPH_OK;
}

static cph_status make_responses(cph_simulate_scene *s, cph_error *error)
{
    const size_t n = s->array.elements, states = s->shifter.steps;
    const double *rms = s->c->state_errors;
    size_t count;
    cph_status status = check_stuck(s, error);
    if (status != CPH_OK)
        return status;
    s->response =
        cph_size_mul(n, states, &count) && count > 0 ? calloc(count, sizeof *s->response) : NULL;
    if (s->response == NULL)
        return cph_scene_no_memory(error);
    cph_random random;
    cph_random_seed(&random, s->o->seed, STREAM_STATES);
    for (size_t k = 0; k < states; k++)
        for (size_t e = 0; e < n; e++) {
            cph_c64 value;
            status = respond(s, e, k, &value, error);
            if (status != CPH_OK)
                return status;
            const cph_c64 z = cph_random_normal(&random); /* parts of variance 1/2 */
            const double size = pow(10.0, M_SQRT2 * z.re * rms[0] / 20.0);
            const double angle = M_SQRT2 * z.im * rms[1];
            const cph_c64 off = {size * cos(angle), size * sin(angle)};
            s->response[k * n + e] = cph_c64_mul(value, off);
        }
    return CPH_OK;
}

/* Codes of the readings, and as they are where shifters make them and the readings don't know: else
 * *actual stays NULL. */
static cph_status put_codes(cph_simulate_scene *s, const signed char *sign, cph_c64 **actual,
                            cph_error *error)
{
    cph_coded_readings *const r = &s->made.codes;
    const size_t n = s->array.elements, count = r->codes * r->signs * n;
    cph_c64 half = {-1.0, 0.0};
    cph_shifter two = {0};
    if (!s->c->all_states) { /* else switches of their own make the codes */
        const cph_status status = cph_shifter_pick(&s->states, 2, &two, error);
        if (status != CPH_OK)
            return status;
        half = cph_states_asked(&s->c->states) ? two.state[1] : half;
        cph_shifter_free(&two);
    }
    fill_codes(sign, n, s->c->unknown ? (cph_c64){-1.0, 0.0} : half, r->codes, r->signs, r->code);
    if (!s->c->unknown)
        return CPH_OK;
    *actual = calloc(count, sizeof **actual);
    if (*actual == NULL)
        return cph_scene_no_memory(error);
    fill_codes(sign, n, half, r->codes, r->signs, *actual);
    return CPH_OK;
}

static cph_status put_states(cph_simulate_scene *s, cph_error *error)
{
    cph_coded_readings *const r = &s->made.codes;
    r->setting = calloc(r->states, sizeof *r->setting);
    if (r->setting == NULL)
        return cph_scene_no_memory(error);
    memcpy(r->setting, s->shifter.setting, r->states * sizeof *r->setting);
    if (r->state != NULL)
        memcpy(r->state, s->c->unknown ? s->shifter.nominal : s->shifter.state,
               r->states * sizeof *r->state);
    return make_responses(s, error);
}

/* Readings of a code a state, or of codes in every state; *actual as put_codes leaves it. */
static cph_status read_codes(cph_simulate_scene *s, const signed char *sign, size_t order,
                             cph_c64 **actual, cph_error *error)
{
    const cph_readings_choice *c = s->c;
    cph_coded_readings *const r = &s->made.codes;
    const size_t n = s->array.elements;
    const cph_sim_meter meter = {.noise = sqrt(c->noise), .leak = c->leak, .seed = s->o->seed};
    cph_status status = cph_coded_readings_create(&s->array, c->all_states ? s->shifter.steps : 1,
                                                  order, c->pairs ? 2 : 1, c->repeats, true, r);
    if (status != CPH_OK)
        return cph_fail(error, status, "%zu codes: %s", order, cph_status_name(status));
    status = put_codes(s, sign, actual, error);
    if (status == CPH_OK && c->all_states)
        status = put_states(s, error);
    if (status != CPH_OK)
        return status;
    r->truth = cph_scene_copy(s->gain, n);
    r->signal = cph_scene_copy(s->signal, n);
    if (r->truth == NULL || (s->signal != NULL && r->signal == NULL))
        return cph_scene_no_memory(error);
    r->freq_hz = s->o->freq_hz;
    status = cph_simulate_codes(&meter, *actual, s->response, r);
    /* A gain is that of the state of rest, with that state's own error. */
    for (size_t e = 0; s->response != NULL && e < n; e++)
        r->truth[e] = cph_c64_mul(r->truth[e], s->response[e]);
    return status == CPH_OK ? CPH_OK
                            : cph_fail(error, status, "readings: %s", cph_status_name(status));
}

cph_status cph_scene_make_coded(cph_simulate_scene *s, cph_error *error)
{
    cph_c64 *actual = NULL;
    size_t order = 0;
    if (s->c->all_states && cph_shifter_pick(&s->states, 0, &s->shifter, error) != CPH_OK)
        return error->status;
    signed char *const sign = make_codes(s->array.elements, &order, error);
    if (sign == NULL)
        return CPH_ERR_MEMORY;
    const cph_status status = read_codes(s, sign, order, &actual, error);
    free(actual);
    free(sign);
    return status;
}
