/* SPDX-License-Identifier: MIT */
#include "cli/pattern_subject.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/coupled.h"
#include "cli/geometry.h"
#include "cli/steering.h"
#include "cophase/data.h"
#include "cophase/solutions.h"
#include "kernels/core/fail.h"
#include "kernels/core/vec3.h"

void cph_pattern_subject_free(cph_pattern_subject *subject)
{
    cph_array_free(&subject->array);
    free(subject->position);
    free(subject->axes);
    free(subject->w);
    free(subject->gain);
    free(subject->coupling);
    free(subject->flag);
    free(subject->in_use);
}

/* Axes are told in those of the positions, which are kept but for earth-centred ones. */
static cph_status take_axes(cph_pattern_subject *s, const char *what, cph_error *error)
{
    static const double identity[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    const size_t n = s->array.elements;
    bool turned = false;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < 9; k++)
            turned = turned || s->array.element[i].axes[k] != identity[k];
    if (!turned)
        return CPH_OK;
    if (s->array.frame == CPH_FRAME_ECEF)
        return cph_fail(error, CPH_ERR_UNSUPPORTED,
                        "%s: elements are turned, in earth-centred axes: expected positions in "
                        "axes of the array or the site",
                        what);
    s->axes = calloc(n, sizeof identity);
    if (s->axes == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < n; i++)
        memcpy(s->axes + 9 * i, s->array.element[i].axes, sizeof identity);
    return CPH_OK;
}

static cph_status reserve(cph_pattern_subject *s, const char *what, cph_error *error)
{
    const size_t n = s->array.elements;
    s->position = calloc(n, 3 * sizeof *s->position);
    s->w = calloc(n, sizeof *s->w);
    s->gain = calloc(n, sizeof *s->gain);
    s->flag = calloc(n, 1);
    s->in_use = calloc(n, sizeof *s->in_use);
    if (s->position == NULL || s->w == NULL || s->gain == NULL || s->flag == NULL ||
        s->in_use == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    const cph_status status = cph_array_positions(&s->array, s->position);
    return status == CPH_OK ? take_axes(s, what, error)
                            : cph_fail(error, status, "%s: no usable /array/position: %s", what,
                                       cph_status_name(status));
}

/* A calibration at the one frequency of the subject; *made is freed by the caller on success. */
static cph_status make_truth(const cph_array *from, const cph_c64 *truth, double freq_hz,
                             cph_calibration *made)
{
    const cph_status status = cph_calibration_create(from, 1, 1, made);
    if (status != CPH_OK)
        return status;
    made->channel_freq_hz[0] = freq_hz;
    for (size_t n = 0; n < from->elements; n++) {
        const bool dead = !isfinite(truth[n].re) || !isfinite(truth[n].im);
        made->gain[n] = dead ? (cph_c64){0.0, 0.0} : truth[n];
        made->flag[n] = dead ? CPH_FLAG_DEAD : CPH_FLAG_NONE;
    }
    return CPH_OK;
}

/* Gains that a simulation has written beside its samples; dead elements are silent. */
static cph_status take_truth(const char *path, const cph_array *from, const cph_c64 *truth,
                             cph_pattern_subject *s, cph_error *error)
{
    cph_calibration made;
    cph_error why;
    cph_status status = make_truth(from, truth, s->freq_hz, &made);
    if (status != CPH_OK)
        return cph_fail(error, status, "%s: /truth: %s", path, cph_status_name(status));
    status = cph_calibration_lookup(&made, &s->array, s->freq_hz, 0, s->gain, s->flag, &why);
    cph_calibration_free(&made);
    if (status != CPH_OK)
        return cph_fail(error, status, "%s: %s", path, why.message);
    for (size_t i = 0; i < s->array.elements; i++) {
        if (s->flag[i] == CPH_FLAG_UNSOLVED)
            return cph_fail(error, CPH_ERR_FORMAT, "%s: no element %u, which the array has", path,
                            s->array.element[i].number);
        if (s->flag[i] == CPH_FLAG_DEAD)
            s->gain[i] = (cph_c64){0.0, 0.0};
    }
    return CPH_OK;
}

static cph_status load_truth(const char *path, cph_pattern_subject *s, cph_error *error)
{
    cph_data *data = NULL;
    cph_status status = cph_data_open(path, NULL, &data, error);
    if (status != CPH_OK)
        return status;
    const cph_array *from = &cph_data_header_of(data)->array;
    cph_c64 *truth = calloc(from->elements + 1, sizeof *truth);
    status = truth == NULL ? cph_fail(error, CPH_ERR_MEMORY, "out of memory")
                           : cph_data_read_truth(data, s->freq_hz, truth, error);
    if (truth != NULL && status == CPH_OK)
        status = take_truth(path, from, truth, s, error);
    free(truth);
    cph_data_close(data);
    return status;
}

static cph_status load_gains(const cph_pattern_request *request, cph_pattern_subject *s,
                             cph_error *error)
{
    return request->truth != NULL
               ? load_truth(request->truth, s, error)
               : cph_steering_gains(request->calibration, request->path, &s->array, s->freq_hz,
                                    s->gain, s->flag, &s->coupling, error);
}

/* As for `weights`: who calibrated a listed element chose to use it. */
static void leave_out_listed(const cph_pattern_request *request, cph_pattern_subject *s)
{
    if (request->ignore_listed || request->calibration != NULL)
        return;
    for (size_t i = 0; i < s->array.elements; i++)
        if (s->array.element[i].listed && s->flag[i] == CPH_FLAG_NONE)
            s->flag[i] = CPH_FLAG_LISTED;
}

/* Weights in double of one beam and channel, none for flagged elements; and what they say. */
static cph_status take_weights(const cph_weights *weights, size_t beam, size_t channel,
                               const char *path, cph_pattern_subject *s, cph_error *error)
{
    const size_t n = weights->array.elements;
    const cph_c32 *w = weights->weights + (beam * weights->channels + channel) * n;
    double sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < n; i++) {
        if (s->flag[i] != CPH_FLAG_NONE || (w[i].re == 0.0f && w[i].im == 0.0f))
            continue;
        s->w[i] = (cph_c64){(double)w[i].re, (double)w[i].im};
        s->in_use[i] = true;
        const double c = hypot(s->w[i].re, s->w[i].im) * hypot(s->gain[i].re, s->gain[i].im);
        sum += c;
        squares += c * c;
        s->used++;
    }
    s->taper_loss_db = 10.0 * log10(fmax((double)s->used * squares / (sum * sum), 1.0));
    memcpy(s->look, weights->direction + 3 * beam, sizeof s->look);
    if (s->used == 0)
        return cph_fail(error, CPH_ERR_TOO_FEW, "%s: beam %zu: all weights are 0", path, beam);
    if (!(fabs(cph_norm3(s->look) - 1.0) < 1e-6))
        return cph_fail(error, CPH_ERR_FORMAT, "%s: /direction of beam %zu is no unit vector", path,
                        beam);
    cph_unit3(s->look);
    return CPH_OK;
}

static cph_status check_index(const char *path, const char *option, size_t index, size_t count,
                              cph_error *error)
{
    return index < count ? CPH_OK
                         : cph_fail(error, CPH_ERR_ARGUMENT, "%s %zu: %s has %zu", option, index,
                                    path, count);
}

static cph_status load_weights(const cph_pattern_request *request, cph_pattern_subject *s,
                               cph_error *error)
{
    cph_weights weights;
    cph_status status = cph_weights_read(request->weights, &weights, error);
    if (status != CPH_OK)
        return status;
    status = check_index(request->weights, "--beam", request->beam, weights.beams, error);
    if (status == CPH_OK)
        status =
            check_index(request->weights, "--channel", request->channel, weights.channels, error);
    if (status == CPH_OK) {
        s->freq_hz = weights.channel_freq_hz[request->channel];
        if (!(s->freq_hz > 0.0 && isfinite(s->freq_hz)))
            status = cph_fail(error, CPH_ERR_FORMAT,
                              "%s: /channel_freq_hz: channel %zu is %g Hz: expected one above 0",
                              request->weights, request->channel, s->freq_hz);
    }
    if (status == CPH_OK) {
        status = cph_array_select(&weights.array, NULL, weights.array.elements, &s->array);
        if (status != CPH_OK)
            (void)cph_fail(error, status, "%s: %s", request->weights, cph_status_name(status));
    }
    if (status == CPH_OK)
        status = reserve(s, request->weights, error);
    if (status == CPH_OK)
        status = load_gains(request, s, error);
    if (status == CPH_OK)
        status =
            take_weights(&weights, request->beam, request->channel, request->weights, s, error);
    cph_weights_free(&weights);
    return status;
}

/* Of a file's channel; without a frequency of its own, a regular array is built at one metre a
 * wavelength, which no result depends on. */
static cph_status find_frequency(const cph_pattern_request *request, double *freq_hz,
                                 cph_error *error)
{
    *freq_hz = isnan(request->freq_hz) ? CPH_SPEED_OF_LIGHT : request->freq_hz;
    if (request->array->kind != CPH_ARRAY_FILE || !isnan(request->freq_hz))
        return CPH_OK;
    cph_data *data = NULL;
    cph_status status = cph_data_open(request->array->text, NULL, &data, error);
    if (status != CPH_OK)
        return status;
    const cph_data_header *header = cph_data_header_of(data);
    status =
        check_index(request->array->text, "--channel", request->channel, header->channels, error);
    if (status == CPH_OK && !isfinite(header->channel_freq_hz[request->channel]))
        status = cph_fail(error, CPH_ERR_MISSING, "%s: no frequency of channel %zu: give --freq",
                          request->array->text, request->channel);
    if (status == CPH_OK)
        *freq_hz = header->channel_freq_hz[request->channel];
    cph_data_close(data);
    return status;
}

static cph_status load_array(const cph_pattern_request *request, cph_pattern_subject *s,
                             cph_error *error)
{
    cph_status status = find_frequency(request, &s->freq_hz, error);
    if (status == CPH_OK)
        status = cph_array_build(request->array,
                                 request->built_hz > 0.0 ? request->built_hz : s->freq_hz,
                                 &s->array, error);
    if (status == CPH_OK)
        status = reserve(s, request->array->text, error);
    if (status == CPH_OK)
        status = load_gains(request, s, error);
    if (status != CPH_OK)
        return status;
    leave_out_listed(request, s);
    const cph_steering steering = {.array = &s->array,
                                   .position = s->position,
                                   .directions = request->steer,
                                   .taper = request->taper,
                                   .channels = 1,
                                   .freq_hz = &s->freq_hz,
                                   .gain = s->gain,
                                   .flag = s->flag,
                                   .coupling = s->coupling};
    cph_weights weights;
    status = cph_steering_weights(&steering, &weights, NULL, error);
    if (status != CPH_OK)
        return status;
    status = take_weights(&weights, 0, 0, request->array->text, s, error);
    cph_weights_free(&weights);
    return status;
}

cph_status cph_pattern_subject_load(const cph_pattern_request *request,
                                    cph_pattern_subject *subject, cph_error *error)
{
    return request->weights != NULL ? load_weights(request, subject, error)
                                    : load_array(request, subject, error);
}

cph_status cph_pattern_subject_couple(cph_pattern_subject *s, cph_error *error)
{
    const size_t n = s->array.elements;
    if (s->coupling == NULL)
        return CPH_OK;
    cph_c64 *const seen = calloc(n, sizeof *seen);
    if (seen == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    cph_coupled_seen(n, s->coupling, s->w, seen);
    for (size_t i = 0; i < n; i++) {
        s->w[i] = seen[i];
        s->gain[i] = (cph_c64){1.0, 0.0};
    }
    free(seen);
    return CPH_OK;
}
