/* SPDX-License-Identifier: MIT */
#include "cli/sky_model.h"

#include <math.h>
#include <stdlib.h>

#include "cli/history.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

cph_exit cph_sky_model_open(const char *path, const cph_input *input, cph_sky_model *model)
{
    const cph_cli *cli = input->cli;
    const cph_array *wanted = &input->header->array;
    cph_error error = {.status = CPH_OK};
    const cph_exit code = cph_output_check(cli, &path, 1);
    if (code != CPH_EXIT_DONE)
        return code;
    model->path = path;
    if (cph_data_open(path, NULL, &model->data, &error) != CPH_OK)
        return cph_report_input(cli->name, &error);
    const cph_data_header *header = cph_data_header_of(model->data);
    const cph_array *array = &header->array;
    if (header->kind != CPH_KIND_COVARIANCE || header->times == 0)
        return cph_report_line(cli->name, CPH_EXIT_INPUT,
                               "%s: attribute kind is %s; --model expects a covariance", path,
                               cph_kind_name(header->kind));
    if (array->elements != wanted->elements)
        return cph_report_line(cli->name, CPH_EXIT_INPUT,
                               "%s: %zu elements; --model expects the %zu of %s", path,
                               array->elements, wanted->elements, cli->input);
    for (size_t n = 0; n < array->elements; n++)
        if (array->element[n].number != wanted->element[n].number ||
            array->element[n].polarization != wanted->element[n].polarization)
            return cph_report_line(cli->name, CPH_EXIT_INPUT,
                                   "%s: input %zu is element %u; expected %u, as in %s", path, n,
                                   array->element[n].number, wanted->element[n].number, cli->input);
    return CPH_EXIT_DONE;
}

void cph_sky_model_close(cph_sky_model *model)
{
    if (model->data != NULL)
        cph_data_close(model->data);
    free(model->r);
    *model = (cph_sky_model){0};
}

static size_t nearest_time(const cph_data_header *header, double time_unix_s)
{
    size_t best = 0;
    for (size_t t = 1; t < header->times && header->time_unix_s != NULL; t++)
        if (fabs(header->time_unix_s[t] - time_unix_s) <
            fabs(header->time_unix_s[best] - time_unix_s))
            best = t;
    return best;
}

cph_status cph_sky_model_read(cph_sky_model *model, const cph_selection *selection, double freq_hz,
                              double time_unix_s, cph_error *error)
{
    const cph_data_header *header = cph_data_header_of(model->data);
    size_t channel = 0, entries = 0;
    cph_error why = {.status = CPH_OK};
    const cph_status status =
        cph_channel_find(header->channel_freq_hz, header->channels, freq_hz, &channel, &why);
    if (status != CPH_OK)
        return cph_fail(error, status, "%s: %s", model->path, why.message);
    cph_c64 *grown = cph_size_mul(selection->elements, selection->elements, &entries)
                         ? reallocarray(model->r, entries + 1, sizeof *grown)
                         : NULL;
    if (grown == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "%s: out of memory", model->path);
    model->r = grown;
    return cph_data_read_covariance(model->data, nearest_time(header, time_unix_s), channel,
                                    selection->index, selection->elements, model->r, error);
}
