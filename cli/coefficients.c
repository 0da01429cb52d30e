/* SPDX-License-Identifier: MIT */
#include "cli/coefficients.h"

#include <inttypes.h>
#include <math.h>

#include "cli/gain_path.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"

cph_exit cph_coefficients_kind(const cph_cli *cli, const char *file, bool *weights)
{
    cph_data *data = NULL;
    cph_error error = {.status = CPH_OK};
    if (cph_data_open(file, NULL, &data, &error) != CPH_OK)
        return cph_report_input(cli->name, &error);
    const cph_kind kind = cph_data_header_of(data)->kind;
    cph_data_close(data);
    if (kind != CPH_KIND_WEIGHTS && kind != CPH_KIND_CALIBRATION)
        return cph_report_line(cli->name, CPH_EXIT_INPUT,
                               "%s: is a %s file, expected a calibration or weights", file,
                               cph_kind_name(kind));
    *weights = kind == CPH_KIND_WEIGHTS;
    return CPH_EXIT_DONE;
}

cph_exit cph_coefficients_read(const cph_cli *cli, const char *file, size_t time, size_t channel,
                               cph_calibration *calibration)
{
    cph_error error = {.status = CPH_OK};
    if (cph_calibration_read(file, calibration, &error) != CPH_OK)
        return cph_report_input(cli->name, &error);
    cph_exit code = cph_gains_settle(cli, file, calibration);
    if (code == CPH_EXIT_DONE)
        code = cph_report_index(cli->name, "--time", time, file, calibration->times);
    if (code == CPH_EXIT_DONE)
        code = cph_report_index(cli->name, "--channel", channel, file, calibration->channels);
    return code;
}

cph_c64 cph_coefficient(const cph_calibration *calibration, size_t at)
{
    return calibration->flag[at] != CPH_FLAG_NONE ? (cph_c64){0.0, 0.0}
                                                  : cph_c64_inverse(calibration->gain[at]);
}

/* Floats hold less than doubles do. */
static bool fits(cph_c64 z)
{
    static const double most = 3.4e38, least = 1.2e-38;
    const double size = fmax(fabs(z.re), fabs(z.im));
    return size == 0.0 || (size < most && size > least);
}

static size_t base_of(const cph_calibration *c, size_t time, size_t channel)
{
    return (time * c->channels + channel) * c->array.elements;
}

cph_status cph_coefficients_check(const char *file, const cph_calibration *calibration, size_t time,
                                  size_t channel, cph_error *error)
{
    const size_t base = base_of(calibration, time, channel);
    for (size_t n = 0; n < calibration->array.elements; n++)
        if (!fits(cph_coefficient(calibration, base + n)))
            return cph_fail(error, CPH_ERR_FORMAT,
                            "%s: the gain of element %" PRIu32 " has no inverse in a float", file,
                            calibration->array.element[n].number);
    return CPH_OK;
}

cph_status cph_coefficients_beam(const char *file, const cph_calibration *calibration, size_t time,
                                 size_t channel, cph_weights *weights, cph_error *error)
{
    const size_t base = base_of(calibration, time, channel);
    cph_status status = cph_coefficients_check(file, calibration, time, channel, error);
    if (status != CPH_OK)
        return status;
    status = cph_weights_create(&calibration->array, 1, 1, weights);
    if (status != CPH_OK)
        return cph_fail(error, status, "%s: %s", file, cph_status_name(status));
    for (size_t n = 0; n < calibration->array.elements; n++) {
        const cph_c64 c = cph_coefficient(calibration, base + n);
        weights->weights[n] = (cph_c32){(float)c.re, -(float)c.im};
    }
    weights->direction[2] = 1.0;
    weights->channel_freq_hz[0] = calibration->channel_freq_hz[channel];
    weights->path = calibration->path;
    return CPH_OK;
}
