/* SPDX-License-Identifier: MIT */
#include "cli/steering.h"

#include <stdio.h>
#include <stdlib.h>

#include "cli/geometry.h"
#include "cophase/steer.h"

/* What all beams share, and room for one of them. */
typedef struct workshop {
    double *taper; /* [N], or NULL for uniform */
    cph_c64 *w;    /* [N] */
} workshop;

static void workshop_free(workshop *shop)
{
    free(shop->taper);
    free(shop->w);
}

static cph_status workshop_fill(const cph_steering *steering, workshop *shop, cph_error *error)
{
    const cph_array *array = steering->array;
    const size_t n = array->elements;
    const bool tapered = steering->taper != NULL && steering->taper->kind != CPH_TAPER_UNIFORM;
    shop->w = calloc(n, sizeof *shop->w);
    shop->taper = tapered ? calloc(n, sizeof *shop->taper) : NULL;
    if (shop->w == NULL || (tapered && shop->taper == NULL))
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    cph_status status = CPH_OK;
    if (tapered)
        status =
            cph_taper_array(steering->taper, n, steering->position, array->pitch_m, shop->taper);
    return status == CPH_OK
               ? CPH_OK
               : cph_fail(error, status, "taper %s: %s", cph_taper_name(steering->taper->kind),
                          cph_status_name(status));
}

/* One beam, one channel. */
static cph_status steer(const cph_steering *steering, const workshop *shop, const double u[3],
                        size_t channel, cph_c32 *weights, cph_error *error)
{
    const size_t n = steering->array->elements;
    const cph_c64 *gain = steering->gain != NULL ? steering->gain + channel * n : NULL;
    const unsigned char *flag = steering->flag != NULL ? steering->flag + channel * n : NULL;
    cph_status status =
        cph_steer_c64(n, steering->position, steering->freq_hz[channel], u, shop->w);
    if (status == CPH_OK)
        status = cph_weights_conventional(n, shop->w, gain, flag, shop->taper, shop->w);
    if (status == CPH_ERR_TOO_FEW)
        return cph_fail(error, status, "no beam at %.6g Hz: all %zu elements are flagged",
                        steering->freq_hz[channel], n);
    if (status != CPH_OK)
        return cph_fail(error, status, "weights at %.6g Hz: %s", steering->freq_hz[channel],
                        cph_status_name(status));
    for (size_t i = 0; i < n; i++)
        weights[i] = (cph_c32){(float)shop->w[i].re, (float)shop->w[i].im};
    return CPH_OK;
}

static cph_status steer_all(const cph_steering *steering, const workshop *shop,
                            cph_weights *weights, cph_error *error)
{
    const size_t n = steering->array->elements, channels = steering->channels;
    for (size_t b = 0; b < steering->directions->count; b++) {
        const cph_direction *direction = &steering->directions->item[b];
        double *u = weights->direction + 3 * b;
        cph_status status = cph_direction_resolve(direction, steering->array, u, error);
        for (size_t c = 0; status == CPH_OK && c < channels; c++)
            status = steer(steering, shop, u, c, weights->weights + (b * channels + c) * n, error);
        if (status != CPH_OK)
            return status;
        snprintf(weights->name[b], CPH_NAME_SIZE, "%s", direction->text);
    }
    for (size_t c = 0; c < channels; c++)
        weights->channel_freq_hz[c] = steering->freq_hz[c];
    return CPH_OK;
}

cph_status cph_steering_weights(const cph_steering *steering, cph_weights *weights,
                                cph_error *error)
{
    workshop shop = {0};
    cph_weights made;
    cph_status status = workshop_fill(steering, &shop, error);
    if (status == CPH_OK) {
        status = cph_weights_create(steering->array, steering->directions->count,
                                    steering->channels, &made);
        if (status != CPH_OK)
            (void)cph_fail(error, status, "weights: %s", cph_status_name(status));
        else if ((status = steer_all(steering, &shop, &made, error)) != CPH_OK)
            cph_weights_free(&made);
        else
            *weights = made;
    }
    workshop_free(&shop);
    return status;
}

cph_exit cph_steering_input(const cph_input *input, const cph_selection *selection,
                            const cph_directions *directions, const cph_taper *taper,
                            cph_weights *weights, unsigned char *flag)
{
    const cph_data_header *header = input->header;
    const size_t n = selection->elements;
    cph_c64 *gain = reallocarray(NULL, header->channels * n, sizeof *gain);
    if (gain == NULL)
        return cph_report_memory(input->cli->name);
    cph_exit code = CPH_EXIT_DONE;
    for (size_t c = 0; code == CPH_EXIT_DONE && c < header->channels; c++)
        code = cph_input_gains(input, selection, header->channel_freq_hz[c],
                               header->time_start_unix_s, gain + c * n, flag + c * n);
    const cph_steering steering = {.array = &selection->array,
                                   .position = selection->position,
                                   .directions = directions,
                                   .taper = taper,
                                   .channels = header->channels,
                                   .freq_hz = header->channel_freq_hz,
                                   .gain = gain,
                                   .flag = flag};
    cph_error error = {.status = CPH_OK};
    if (code == CPH_EXIT_DONE && cph_steering_weights(&steering, weights, &error) != CPH_OK)
        code = cph_report_line(input->cli->name, cph_exit_of(error.status), "%s: %s",
                               input->cli->input, error.message);
    free(gain);
    return code;
}

cph_status cph_steering_gains(const char *path, const cph_array *array, double freq_hz,
                              cph_c64 *gain, unsigned char *flag, cph_error *error)
{
    for (size_t n = 0; n < array->elements; n++) {
        gain[n] = (cph_c64){1.0, 0.0};
        flag[n] = CPH_FLAG_NONE;
    }
    if (path == NULL)
        return CPH_OK;
    cph_calibration calibration;
    cph_status status = cph_calibration_read(path, &calibration, error);
    if (status != CPH_OK)
        return status;
    cph_error why;
    status = cph_calibration_lookup(&calibration, array, freq_hz, 0, gain, flag, &why);
    if (status != CPH_OK)
        (void)cph_fail(error, status, "%s: %s", path, why.message);
    cph_calibration_free(&calibration);
    return status;
}
