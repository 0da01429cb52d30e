/* SPDX-License-Identifier: MIT */
/* A capture of which some inputs and channels are shown, as if its file had no others. */
#include <stdlib.h>
#include <string.h>

#include "datasets/data.h"
#include "datasets/real_samples.h"
#include "kernels/core/size.h"

void cph_view_free(cph_data_view *view)
{
    if (view == NULL)
        return;
    cph_array_free(&view->header.array);
    free(view->header.channel_freq_hz);
    if (view->real != NULL)
        free(view->header.gap);
    cph_real_free(view->real);
    free(view->element);
    free(view->channel);
    free(view);
}

/* A list of indices below `limit`, copied; NULL: all of them. */
static cph_status take_list(const size_t *index, size_t count, size_t limit, size_t **list)
{
    if (index != NULL && count == 0)
        return CPH_ERR_ARGUMENT;
    for (size_t i = 0; index != NULL && i < count; i++)
        if (index[i] >= limit)
            return CPH_ERR_ARGUMENT;
    const size_t length = index != NULL ? count : limit;
    size_t *made = calloc(length + 1, sizeof *made);
    if (made == NULL)
        return CPH_ERR_MEMORY;
    for (size_t i = 0; i < length; i++)
        made[i] = index != NULL ? index[i] : i;
    *list = made;
    return CPH_OK;
}

/* The header of what is shown: its own array and frequencies, the rest is the file's. */
static cph_status make_header(const cph_data_header *from, cph_data_view *view, size_t elements,
                              size_t channels)
{
    cph_data_header *h = &view->header;
    *h = *from;
    h->array = (cph_array){0};
    h->channels = channels;
    h->axis_elements = elements;
    h->sample_bytes = h->times * channels * elements * cph_type_size(h->type); /* less than all */
    h->channel_freq_hz = calloc(channels + 1, sizeof *h->channel_freq_hz);
    if (h->channel_freq_hz == NULL)
        return CPH_ERR_MEMORY;
    for (size_t c = 0; c < channels; c++)
        h->channel_freq_hz[c] = from->channel_freq_hz[view->channel[c]];
    if (channels < from->channels)
        h->center_freq_hz = 0.5 * (h->channel_freq_hz[0] + h->channel_freq_hz[channels - 1]);
    return cph_array_select(&from->array, view->element, elements, &h->array);
}

cph_status cph_data_select(cph_data *data, const size_t *element, size_t elements,
                           const size_t *channel, size_t channels, cph_error *error)
{
    if (data == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_data_select", NULL, "null argument");
    const cph_data_header *h = &data->header;
    if (h->kind != CPH_KIND_CAPTURE || data->view != NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, data->path, NULL,
                            "expected a capture of which nothing was selected yet");
    if (element == NULL)
        elements = h->axis_elements;
    if (channel == NULL)
        channels = h->channels;
    cph_data_view *view = calloc(1, sizeof *view);
    cph_status status = view == NULL ? CPH_ERR_MEMORY : CPH_OK;
    if (status == CPH_OK)
        status = take_list(element, elements, h->axis_elements, &view->element);
    if (status == CPH_OK)
        status = take_list(channel, channels, h->channels, &view->channel);
    if (status == CPH_OK)
        status = make_header(h, view, elements, channels);
    if (status != CPH_OK) {
        cph_view_free(view);
        return cph_h5_error(error, status, data->path, NULL,
                            "cannot select %zu of %zu inputs, %zu of %zu channels: %s", elements,
                            h->axis_elements, channels, h->channels, cph_status_name(status));
    }
    data->view = view;
    return CPH_OK;
}

cph_status cph_view_elements(const cph_data_view *view, const size_t *element, size_t elements,
                             size_t **list)
{
    size_t *made = calloc(elements + 1, sizeof *made);
    if (made == NULL)
        return CPH_ERR_MEMORY;
    for (size_t i = 0; i < elements; i++)
        made[i] = view->element[element != NULL ? element[i] : i];
    *list = made;
    return CPH_OK;
}
