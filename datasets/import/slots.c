/* SPDX-License-Identifier: MIT */
#include "datasets/import/slots.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/core/size.h"

/* `size` is a constant of each call below, so that the copy is one move. */
static inline void turn_sized(const char *planar, size_t times, size_t count, char *to, size_t size)
{
    for (size_t t = 0; t < times; t++)
        for (size_t n = 0; n < count; n++, to += size)
            memcpy(to, planar + (n * times + t) * size, size);
}

/* [count][times] to [times][count] */
static void turn(const char *planar, size_t times, size_t count, char *to, size_t size)
{
    switch (size) {
    case sizeof(cph_c8):
        turn_sized(planar, times, count, to, sizeof(cph_c8));
        break;
    case sizeof(cph_c16):
        turn_sized(planar, times, count, to, sizeof(cph_c16));
        break;
    default:
        turn_sized(planar, times, count, to, sizeof(cph_c32));
        break;
    }
}

cph_status cph_slots_read(cph_data *data, size_t start, size_t times, size_t channel, size_t first,
                          size_t count, void *samples)
{
    const cph_slots *s = data->layout;
    const size_t size = cph_type_size(data->header.type);
    char *to = samples,
         *planar = reallocarray(NULL, cph_size_min(s->length, times) * count + 1, size);
    (void)channel;
    if (planar == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, data->bulk.set.name, "no memory for a slot");
    cph_status status = CPH_OK;
    for (size_t done = 0; status == CPH_OK && done < times;) {
        const size_t at = (start + done) % s->length;
        const size_t now = cph_size_min(s->length - at, times - done);
        status = s->read(data, (start + done) / s->length, at, now, first, count, planar);
        if (status == CPH_OK)
            turn(planar, now, count, to, size);
        to += now * count * size;
        done += now;
    }
    free(planar);
    return status;
}

cph_status cph_slots_header(cph_data *data, const char *name, size_t elements)
{
    const cph_slots *s = data->layout;
    cph_data_header *h = &data->header;
    size_t times, bytes;
    if (!cph_size_mul(s->count, s->length, &times) || !cph_size_mul(times, elements, &bytes) ||
        !cph_size_mul(bytes, cph_type_size(h->type), &bytes) ||
        !cph_size_mul(s->length, elements * sizeof(cph_c32), &(size_t){0}))
        return cph_h5_fail(&data->h5, CPH_ERR_OVERFLOW, name, "is too large");
    if (times == 0)
        return cph_h5_fail(&data->h5, CPH_ERR_FORMAT, name, "holds no samples");
    h->sample_bytes = bytes;
    data->bulk.set.name = name;
    data->bulk.set.chunk[0] = s->length;
    cph_status status = cph_data_make_axes(data, times, 1);
    return status == CPH_OK ? cph_data_make_array(data, name, elements, elements) : status;
}
