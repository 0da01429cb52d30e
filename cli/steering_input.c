/* SPDX-License-Identifier: MIT */
/* Weights with the gains and the coupling of an input or of a calibration. */
#include <stdlib.h>
#include <string.h>

#include "cli/coupled.h"
#include "cli/gain_path.h"
#include "cli/steering.h"

cph_exit cph_steering_input(const cph_input *input, const cph_selection *selection,
                            const cph_directions *directions, const cph_taper *taper,
                            cph_weights *weights, cph_nulls *nulls, unsigned char *flag)
{
    const cph_data_header *header = input->header;
    cph_c64 *gain = NULL;
    unsigned char *made = NULL;
    cph_c64 *coupling = NULL;
    cph_exit code = cph_input_channel_gains(input, selection, &gain, &made);
    if (code != CPH_EXIT_DONE)
        return code;
    memcpy(flag, made, header->channels * selection->elements);
    free(made);
    code = cph_coupled_input(input, selection, &coupling);
    const cph_steering steering = {.array = &selection->array,
                                   .position = selection->position,
                                   .directions = directions,
                                   .taper = taper,
                                   .channels = header->channels,
                                   .freq_hz = header->channel_freq_hz,
                                   .gain = gain,
                                   .flag = flag,
                                   .coupling = coupling,
                                   .method = &input->cli->method};
    cph_error error = {.status = CPH_OK};
    if (code == CPH_EXIT_DONE && cph_steering_weights(&steering, weights, nulls, &error) != CPH_OK)
        code = cph_report_line(input->cli->name, cph_exit_of(error.status), "%s: %s",
                               input->cli->input, error.message);
    free(gain);
    free(coupling);
    return code;
}

cph_status cph_steering_gains(const char *file, cph_gain_path path, const cph_array *array,
                              double freq_hz, cph_c64 *gain, unsigned char *flag,
                              cph_c64 **coupling, cph_error *error)
{
    *coupling = NULL;
    for (size_t n = 0; n < array->elements; n++) {
        gain[n] = (cph_c64){1.0, 0.0};
        flag[n] = CPH_FLAG_NONE;
    }
    if (file == NULL)
        return CPH_OK;
    cph_calibration calibration;
    cph_status status = cph_gains_read(file, path, &calibration, error);
    if (status != CPH_OK)
        return status;
    cph_error why;
    status = cph_calibration_lookup(&calibration, array, freq_hz, 0, gain, flag, &why);
    if (status == CPH_OK)
        status = cph_coupled_read(&calibration, array, freq_hz, 0, coupling, &why);
    if (status != CPH_OK)
        (void)cph_fail(error, status, "%s: %s", file, why.message);
    cph_calibration_free(&calibration);
    return status;
}
