/* SPDX-License-Identifier: MIT */
#include "cli/simulate_cover.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cli/parse_internal.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

/* A key that says how another one is, and does nothing without it. */
typedef struct companion {
    const char *name;
    double *value; /* NaN: not given */
    const char *beside, *or_beside;
    bool above; /* 0 is none */
} companion;

/* Whether one of the two keys was given, and is not 0. */
static bool is_given(const cph_key *keys, const char *name, const char *other, bool *works)
{
    bool given = false;
    for (*works = false; keys->name != NULL; keys++)
        if (strcmp(keys->name, name) == 0 || (other != NULL && strcmp(keys->name, other) == 0)) {
            given = given || !isnan(*keys->value);
            *works = *works || *keys->value > 0.0;
        }
    return given;
}

static cph_status check_companions(const char *text, const cph_key *keys,
                                   const companion *companions, size_t count, cph_error *error)
{
    for (size_t i = 0; i < count; i++) {
        const companion *const c = &companions[i];
        bool works;
        const bool beside = is_given(keys, c->beside, c->or_beside, &works);
        if (!isnan(*c->value) && !beside)
            return cph_fail(error, CPH_ERR_ARGUMENT, "'%s': %s goes with %s%s%s", text, c->name,
                            c->beside, c->or_beside != NULL ? " or " : "",
                            c->or_beside != NULL ? c->or_beside : "");
        if (c->above && works && !(*c->value > 0.0))
            return cph_fail(error, CPH_ERR_ARGUMENT, "'%s': expected %s above 0 beside %s", text,
                            c->name, c->beside);
    }
    return CPH_OK;
}

cph_status cph_cover_parse(const char *text, cph_sim_cover *cover, cph_error *error)
{
    cph_sim_cover made = {{NAN, NAN}, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, 0};
    const cph_key keys[] = {{"loss", CPH_DECIBEL, &made.loss_db[0], NULL},
                            {"loss-to", CPH_DECIBEL, &made.loss_db[1], NULL},
                            {"phase", CPH_ANGLE, &made.phase_rad, NULL},
                            {"grain", CPH_METRES, &made.grain_m, NULL},
                            {"tilt", CPH_ANGLE, &made.tilt_rad, NULL},
                            {"toward", CPH_ANGLE, &made.toward_rad, NULL},
                            {"ripple", CPH_DECIBEL, &made.ripple_db, NULL},
                            {"ripple-length", CPH_METRES, &made.ripple_m, NULL},
                            {"wet", CPH_DECIBEL, &made.wet_db, NULL},
                            {"wet-phase", CPH_ANGLE, &made.wet_rad, NULL},
                            {"wet-share", CPH_NUMBER, &made.wet_share, NULL},
                            {0}};
    const companion companions[] = {{"grain", &made.grain_m, "phase", "wet-share", false},
                                    {"toward", &made.toward_rad, "tilt", "ripple", false},
                                    {"ripple-length", &made.ripple_m, "ripple", NULL, true},
                                    {"wet-share", &made.wet_share, "wet", "wet-phase", true}};
    cph_status status = cph_parse_keys(text, keys, error);
    if (status == CPH_OK)
        status = check_companions(text, keys, companions, sizeof companions / sizeof companions[0],
                                  error);
    if (status != CPH_OK)
        return status;
    if (isnan(made.loss_db[0]))
        made.loss_db[0] = 0.0;
    if (isnan(made.loss_db[1]))
        made.loss_db[1] = made.loss_db[0];
    for (const cph_key *key = keys; key->name != NULL; key++)
        if (isnan(*key->value))
            *key->value = 0.0;
    const double place[3] = {0.0, 0.0, 0.0};
    cph_c64 factor = {0.0, 0.0};
    if (cph_simulate_cover(&made, 1, place, 1.0, 1.0, &factor) == CPH_ERR_ARGUMENT)
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "'%s': expected losses from 0 to 100 dB (loss-to no less than loss), a "
                        "phase from 0 on, a tilt from 0 to 90 degrees, a share from 0 to 1",
                        text);
    *cover = made;
    return CPH_OK;
}

static json_t *measured(size_t elements, const cph_c64 *factor)
{
    double powers = 0.0, level = 0.0, level2 = 0.0, turn2 = 0.0;
    cph_c64 sum = {0.0, 0.0};
    for (size_t n = 0; n < elements; n++) {
        const double p = cph_c64_power(factor[n]), db = 10.0 * log10(p);
        powers += p;
        level += db / (double)elements;
        level2 += db * db / (double)elements;
        sum = cph_c64_add(sum, factor[n]);
    }
    for (size_t n = 0; n < elements; n++) {
        const cph_c64 turned = cph_c64_mulc(factor[n], sum);
        const double phase = atan2(turned.im, turned.re);
        turn2 += phase * phase / (double)elements;
    }
    json_t *object = json_object();
    cph_json_set_number(object, "loss_mean_db", 10.0 * log10((double)elements / powers));
    cph_json_set_number(object, "loss_rms_db", sqrt(fmax(0.0, level2 - level * level)));
    cph_json_set_number(object, "phase_rms_deg", sqrt(turn2) * 180.0 / M_PI);
    return object;
}

json_t *cph_cover_json(const cph_sim_cover *cover, const cph_array *array, double freq_hz)
{
    const size_t n = array->elements;
    size_t places;
    json_t *object = NULL;
    if (cover == NULL)
        return json_null();
    double *const position = cph_size_mul(n, 3, &places) ? calloc(places, sizeof *position) : NULL;
    cph_c64 *const factor = calloc(n, sizeof *factor);
    if (position != NULL && factor != NULL && cph_array_positions(array, position) == CPH_OK &&
        cph_simulate_cover(cover, n, position, freq_hz, freq_hz, factor) == CPH_OK)
        object = measured(n, factor);
    free(position);
    free(factor);
    return object;
}
