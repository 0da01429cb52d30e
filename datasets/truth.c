/* SPDX-License-Identifier: MIT */
/* What a simulated file says of its truth, of the elements and channels that are shown. */
#include <math.h>
#include <stdlib.h>

#include "datasets/data.h"
#include "kernels/core/c64.h"

static cph_status no_truth(const cph_data *data)
{
    return cph_h5_fail(&data->h5, CPH_ERR_MISSING, NULL, "holds no truth");
}

static cph_status no_memory(const cph_data *data)
{
    return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, NULL, "no memory");
}

/* Delays of all elements of the file. */
static cph_status all_delays(cph_data *data, double **delay_s)
{
    if (data->reader->truth_delays == NULL)
        return no_truth(data);
    double *made = cph_data_unknown(data->header.array.elements + 1);
    if (made == NULL)
        return no_memory(data);
    const cph_status status = data->reader->truth_delays(data, made);
    if (status == CPH_OK)
        *delay_s = made;
    else
        free(made);
    return status;
}

/* Gains are said at the centre of the file. */
static cph_status turn_to(cph_data *data, double freq_hz, cph_c64 *all)
{
    const double away_hz = freq_hz - data->header.center_freq_hz;
    double *delay_s = NULL;
    if (!(fabs(away_hz) > 0.0))
        return CPH_OK;
    const cph_status status = all_delays(data, &delay_s);
    for (size_t n = 0; delay_s != NULL && n < data->header.array.elements; n++) {
        const double phase = -2.0 * acos(-1.0) * remainder(away_hz * delay_s[n], 1.0);
        all[n] = cph_c64_mul(all[n], (cph_c64){cos(phase), sin(phase)});
    }
    free(delay_s);
    return status == CPH_ERR_MISSING ? CPH_OK : status;
}

static cph_status read_truth(cph_data *data, double freq_hz, cph_c64 *gain)
{
    const cph_data_view *view = data->view;
    const size_t shown = view != NULL ? view->header.array.elements : data->header.array.elements;
    if (data->reader->truth == NULL)
        return no_truth(data);
    cph_c64 *all = calloc(data->header.array.elements + 1, sizeof *all);
    if (all == NULL)
        return no_memory(data);
    cph_status status = data->reader->truth(data, all);
    if (status == CPH_OK)
        status = turn_to(data, freq_hz, all);
    for (size_t i = 0; status == CPH_OK && i < shown; i++)
        gain[i] = all[view != NULL ? view->element[i] : i];
    free(all);
    return status;
}

cph_status cph_data_read_truth(cph_data *data, double freq_hz, cph_c64 *gain, cph_error *error)
{
    if (data == NULL || gain == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_data_read_truth", NULL, "null argument");
    cph_h5_quiet();
    data->h5.error = error;
    const cph_status status = read_truth(data, freq_hz, gain);
    data->h5.error = NULL;
    return status;
}

cph_status cph_data_read_truth_delays(cph_data *data, double *delay_s, cph_error *error)
{
    if (data == NULL || delay_s == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_data_read_truth_delays", NULL,
                            "null argument");
    double *all = NULL;
    cph_h5_quiet();
    data->h5.error = error;
    const cph_status status = all_delays(data, &all);
    const cph_data_view *view = data->view;
    const size_t shown = view != NULL ? view->header.array.elements : data->header.array.elements;
    for (size_t i = 0; all != NULL && i < shown; i++)
        delay_s[i] = all[view != NULL ? view->element[i] : i];
    free(all);
    data->h5.error = NULL;
    return status;
}

cph_status cph_data_read_truth_sources(cph_data *data, char ***source, size_t *sources,
                                       cph_error *error)
{
    if (data == NULL || source == NULL || sources == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_data_read_truth_sources", NULL,
                            "null argument");
    *source = NULL;
    *sources = 0;
    if (data->reader->truth_sources == NULL)
        return CPH_OK;
    cph_h5_quiet();
    data->h5.error = error;
    const cph_status status = data->reader->truth_sources(data, source, sources);
    data->h5.error = NULL;
    return status;
}
