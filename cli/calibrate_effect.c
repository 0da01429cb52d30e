/* SPDX-License-Identifier: MIT */
#include "cli/calibrate_effect.h"

#include <math.h>

#include "cli/pattern_budget.h"
#include "cophase/states.h"

static const double neper_db = 8.68588963806503655302; /* 20 / ln 10 */

cph_calibrate_effect cph_calibrate_effect_of(const cph_calibrated *made,
                                             const cph_calibrate_row *row)
{
    const cph_calibration *const c = &made->calibration;
    double phase = 0.0, amplitude = 0.0;
    size_t good = 0;
    for (size_t n = 0; n < row->selection->elements; n++) {
        const size_t at = row->base + made->place[row->selection->index[n]];
        if (c->flag[at] != CPH_FLAG_NONE)
            continue;
        phase += c->phase_sigma[at] * c->phase_sigma[at];
        amplitude += c->amplitude_sigma[at] * c->amplitude_sigma[at];
        good++;
    }
    const double unknown = good == 0 || isnan(phase + amplitude) ? (double)NAN : 0.0;
    const double count = good > 0 ? (double)good : 1.0;
    cph_calibrate_effect e = {.phase_rms_rad = sqrt(phase / count) + unknown,
                              .amplitude_rms = sqrt(amplitude / count) + unknown};
    e.floor_db = cph_states_floor_db(good, e.phase_rms_rad, e.amplitude_rms);
    e.loss_db = cph_budget_loss_db(e.phase_rms_rad, e.amplitude_rms);
    return e;
}

json_t *cph_calibrate_effect_json(const cph_calibrate_effect *effect)
{
    json_t *object = json_object();
    cph_json_set_number(object, "phase_rms_deg", effect->phase_rms_rad * 180.0 / M_PI);
    cph_json_set_number(object, "amplitude_rms_db", effect->amplitude_rms * neper_db);
    cph_json_set_number(object, "floor_db", effect->floor_db);
    cph_json_set_number(object, "loss_db", effect->loss_db);
    return object;
}
