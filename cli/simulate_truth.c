/* SPDX-License-Identifier: MIT */
/* A known array whose calibration is simulated: faults and gains. */
#include <stdlib.h>

#include "cli/geometry.h"
#include "cli/simulate_readings.h"

cph_status cph_simulate_draw(const cph_simulate_options *options, const cph_array *array,
                             const cph_faults *faults, uint64_t seed, cph_c64 **gain,
                             cph_error *error)
{
    const cph_simulate_options *const o = options;
    const cph_sim_config config = {.array = array,
                                   .freq_hz = o->freq_hz,
                                   .type = o->type,
                                   .gain_error_db = o->gain_errors[0],
                                   .gain_error_rad = o->gain_errors[1],
                                   .cover = cph_simulate_options_cover(o),
                                   .dead = faults->dead,
                                   .dead_count = faults->dead_count,
                                   .weak = faults->weak,
                                   .weak_count = faults->weak_count,
                                   .seed = seed};
    *gain = calloc(array->elements, sizeof **gain);
    if (*gain == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    const cph_status status = cph_simulate_gains(&config, *gain);
    return status == CPH_OK
               ? CPH_OK
               : cph_fail(error, status, "%s: %s", o->array.text, cph_status_name(status));
}

cph_status cph_simulate_truth(const cph_simulate_options *options, cph_array *array,
                              cph_faults *faults, cph_c64 **gain, cph_error *error)
{
    const cph_simulate_options *const o = options;
    cph_status status = cph_array_build(&o->array, o->freq_hz, array, error);
    if (status == CPH_OK)
        status = cph_faults_pick(&o->faults, array->elements, o->seed, faults, error);
    return status == CPH_OK ? cph_simulate_draw(o, array, faults, o->seed, gain, error) : status;
}
