/* SPDX-License-Identifier: MIT */
#include "cli/simulate_cover.h"

#include <math.h>

#include "cli/parse_internal.h"
#include "kernels/core/c64.h"

cph_status cph_cover_parse(const char *text, cph_sim_cover *cover, cph_error *error)
{
    cph_sim_cover made = {.loss_db = {0.0, NAN}};
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
    const cph_status status = cph_parse_keys(text, keys, error);
    if (status != CPH_OK)
        return status;
    if (isnan(made.loss_db[1]))
        made.loss_db[1] = made.loss_db[0];
    const cph_c64 still = {0.0, 0.0};
    const double place[3] = {0.0, 0.0, 0.0};
    cph_c64 factor = still;
    if (made.ripple_db > 0.0 && made.ripple_m == 0.0)
        return cph_fail(error, CPH_ERR_ARGUMENT, "'%s': expected ripple-length beside ripple",
                        text);
    if ((made.wet_db > 0.0 || made.wet_rad > 0.0) && made.wet_share == 0.0)
        return cph_fail(error, CPH_ERR_ARGUMENT, "'%s': expected wet-share beside wet", text);
    if (cph_simulate_cover(&made, 1, place, 1.0, 1.0, &factor) == CPH_ERR_ARGUMENT)
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "'%s': expected losses from 0 to 100 dB (loss-to no less than loss), a "
                        "phase from 0 on, a tilt from 0 to 90 degrees, a share from 0 to 1",
                        text);
    *cover = made;
    return CPH_OK;
}

json_t *cph_cover_json(size_t elements, const cph_c64 *factor)
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
