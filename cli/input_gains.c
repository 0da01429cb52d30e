/* SPDX-License-Identifier: MIT */
/* Gains and flags of a selection, of --calibration where there is one. */
#include <math.h>
#include <stdlib.h>

#include "cli/input.h"
#include "cli/report.h"
#include "kernels/core/fail.h"

cph_status cph_input_once(const cph_input *input, cph_error *error)
{
    const char *const applied = input->header->applied;
    return applied == NULL ? CPH_OK
                           : cph_fail(error, CPH_ERR_FORMAT,
                                      "is calibrated already (calibration_applied: %s)", applied);
}

static size_t nearest(const cph_calibration *calibration, double time_unix_s)
{
    size_t best = 0;
    for (size_t t = 1; t < calibration->times; t++)
        if (fabs(calibration->time_unix_s[t] - time_unix_s) <
            fabs(calibration->time_unix_s[best] - time_unix_s))
            best = t;
    return best;
}

cph_status cph_input_solution(const cph_input *input, double time_unix_s, size_t *solution,
                              cph_error *error)
{
    const cph_calibration *const c = &input->calibration;
    const cph_kind kind = input->header->kind;
    *solution = nearest(c, time_unix_s);
    if (input->data == NULL || (kind != CPH_KIND_CAPTURE && kind != CPH_KIND_COVARIANCE))
        return CPH_OK;
    return cph_solution_find(c->time_unix_s, c->times, time_unix_s, solution, error);
}

cph_exit cph_input_gains(const cph_input *input, const cph_selection *selection, double freq_hz,
                         double time_unix_s, cph_c64 *gain, unsigned char *flag)
{
    for (size_t n = 0; n < selection->elements; n++) {
        gain[n] = (cph_c64){1, 0};
        flag[n] = CPH_FLAG_NONE;
    }
    if (input->has_calibration) {
        const cph_calibration *calibration = &input->calibration;
        cph_error error = {.status = CPH_OK};
        size_t solution;
        if (cph_input_solution(input, time_unix_s, &solution, &error) != CPH_OK ||
            cph_calibration_lookup(calibration, &selection->array, freq_hz, solution, gain, flag,
                                   &error) != CPH_OK)
            return cph_report_line(input->cli->name, cph_exit_of(error.status), "%s: %s",
                                   input->cli->calibration, error.message);
    }
    /* Who calibrated a listed element chose to use it. */
    for (size_t n = 0; n < selection->elements; n++)
        if (selection->flag[n] != CPH_FLAG_NONE &&
            !(input->has_calibration && flag[n] == CPH_FLAG_NONE &&
              selection->flag[n] == CPH_FLAG_LISTED))
            flag[n] = selection->flag[n];
    return CPH_EXIT_DONE;
}

double cph_input_begin(const cph_input *input)
{
    const cph_data_header *const h = input->header;
    if (h->kind == CPH_KIND_COVARIANCE)
        return h->time_unix_s != NULL && h->times > 0 ? h->time_unix_s[0] : NAN;
    return input->start == 0 ? h->time_start_unix_s
                             : h->time_start_unix_s +
                                   (double)cph_data_global(h, input->start) / h->sample_rate_hz;
}

cph_exit cph_input_channel_gains(const cph_input *input, const cph_selection *selection,
                                 cph_c64 **gain, unsigned char **flag)
{
    const cph_data_header *header = input->header;
    const size_t n = selection->elements;
    cph_c64 *g = reallocarray(NULL, header->channels * n, sizeof *g);
    unsigned char *f = calloc(header->channels, n);
    if (g == NULL || f == NULL) {
        free(g);
        free(f);
        return cph_report_memory(input->cli->name);
    }
    cph_exit code = CPH_EXIT_DONE;
    for (size_t c = 0; code == CPH_EXIT_DONE && c < header->channels; c++)
        code = cph_input_gains(input, selection, header->channel_freq_hz[c], cph_input_begin(input),
                               g + c * n, f + c * n);
    if (code != CPH_EXIT_DONE) {
        free(g);
        free(f);
        return code;
    }
    *gain = g;
    *flag = f;
    return CPH_EXIT_DONE;
}

bool cph_input_wanted(const cph_input *input, const cph_selection *selection)
{
    const cph_array *calibrated = &input->calibration.array;
    if (!input->has_calibration || input->selections == 1)
        return true;
    bool has[2] = {false, false};
    for (size_t n = 0; n < calibrated->elements; n++)
        for (size_t i = 0; i < 2; i++)
            has[i] |= calibrated->element[n].polarization == input->selection[i].polarization;
    return has[0] == has[1] || has[selection - input->selection];
}
