/* SPDX-License-Identifier: MIT */
/* Captures in which times were lost: which sample is which, and which hold nothing. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/convert.h"
#include "datasets/data.h"

/* Gaps that begin at or before `sample`. */
static size_t gaps_before(const cph_data_header *h, uint64_t sample)
{
    size_t low = 0, high = h->gaps;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (h->gap[middle].sample <= sample)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

double cph_data_independent(const cph_data_header *header, double times)
{
    return header->independent > 0.0 ? header->independent * times : times;
}

uint64_t cph_data_global(const cph_data_header *header, size_t sample)
{
    const size_t before = gaps_before(header, sample);
    if (before == 0)
        return sample;
    const cph_data_gap *gap = &header->gap[before - 1];
    return gap->global + (sample - gap->sample);
}

size_t cph_data_sample_at(const cph_data_header *header, uint64_t global)
{
    size_t low = 0, high = header->times;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (cph_data_global(header, middle) < global)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint64_t cph_data_span(const cph_data_header *header)
{
    return header->times == 0 ? 0 : cph_data_global(header, header->times - 1) + 1;
}

double cph_data_middle(const cph_data_header *header, size_t start, size_t times)
{
    const double first = (double)cph_data_global(header, start);
    const double last = (double)cph_data_global(header, start + times - 1);
    return header->time_start_unix_s + 0.5 * (first + last + 1.0) / header->sample_rate_hz;
}

void cph_data_begin(cph_data_header *header, double whole_s, double rest_s)
{
    /* Knuth's sum of two: what rounding took away is exact. */
    const double sum = whole_s + rest_s, back = sum - whole_s;
    const double lost = (whole_s - (sum - back)) + (rest_s - back);
    header->time_start_unix_s = sum;
    header->time_start_rest_s = isfinite(lost) ? lost : 0.0;
}

void cph_data_begin_later(cph_data_header *header, double seconds)
{
    const double start = header->time_start_unix_s, whole = floor(start);
    cph_data_begin(header, whole, (start - whole) + header->time_start_rest_s + seconds);
}

size_t cph_data_unbroken(const cph_data_header *header, size_t sample, size_t most)
{
    const size_t next = gaps_before(header, sample);
    return next < header->gaps && header->gap[next].sample - sample < most
               ? header->gap[next].sample - sample
               : most;
}

size_t cph_data_gaps_cut(const cph_data_header *header, size_t start, size_t times,
                         cph_data_gap *gap)
{
    const uint64_t first = cph_data_global(header, start);
    size_t count = 0;
    for (size_t i = gaps_before(header, start); i < header->gaps; i++) {
        if (header->gap[i].sample - start >= times)
            break;
        if (gap != NULL)
            gap[count] = (cph_data_gap){.sample = header->gap[i].sample - start,
                                        .global = header->gap[i].global - first};
        count++;
    }
    return count;
}

/* ---- values that stand for what was lost ---- */

/* Of real samples {x, 0}, x alone. */
static bool lost_c32(const cph_c32 *x, size_t elements, bool real)
{
    for (size_t n = 0; n < elements; n++)
        if (!isnan(x[n].re) || (!real && !isnan(x[n].im)))
            return false;
    return true;
}

static bool lost_c16(const cph_c16 *x, size_t elements, double value, bool real)
{
    for (size_t n = 0; n < elements; n++)
        if (x[n].re != value || (!real && x[n].im != value))
            return false;
    return true;
}

static bool lost_c8(const cph_c8 *x, size_t elements, double value, bool real)
{
    for (size_t n = 0; n < elements; n++)
        if (x[n].re != value || (!real && x[n].im != value))
            return false;
    return true;
}

static bool is_lost(const cph_data_header *h, const char *row, size_t elements)
{
    const bool real = h->real_sampling;
    return h->type == CPH_C32   ? lost_c32((const void *)row, elements, real)
           : h->type == CPH_C16 ? lost_c16((const void *)row, elements, h->lost_value, real)
                                : lost_c8((const void *)row, elements, h->lost_value, real);
}

size_t cph_data_run(const cph_data_header *header, const void *samples, size_t times,
                    size_t elements, bool *lost)
{
    const size_t row = elements * cph_type_size(header->type);
    const char *at = samples;
    *lost = false;
    if (header->type != CPH_C32 && !header->has_lost_value)
        return times;
    *lost = is_lost(header, at, elements);
    size_t t = 1;
    while (t < times && is_lost(header, at + t * row, elements) == *lost)
        t++;
    return t;
}

cph_status cph_data_floats(const cph_data_header *header, const void *samples, size_t times,
                           size_t elements, cph_c32 *out)
{
    const size_t row = elements * cph_type_size(header->type);
    const cph_status status =
        cph_convert_to_c32(header->type, samples, times * elements, 1.0F, out);
    for (size_t t = 0, run; status == CPH_OK && t < times; t += run) {
        bool lost = false;
        run = cph_data_run(header, (const char *)samples + t * row, times - t, elements, &lost);
        for (size_t i = t * elements; lost && i < (t + run) * elements; i++)
            out[i] = (cph_c32){NAN, NAN};
    }
    return status;
}

/* ---- while opening ---- */

cph_status cph_data_add_gap(cph_data *data, const char *name, uint64_t sample, uint64_t global)
{
    cph_data_header *h = &data->header;
    const cph_data_gap none = {0, 0};
    const cph_data_gap *last = h->gaps > 0 ? &h->gap[h->gaps - 1] : &none;
    const bool behind = sample >= last->sample && sample <= h->times && global >= sample &&
                        global - sample >= last->global - last->sample;
    if (!behind)
        return cph_h5_fail(&data->h5, CPH_ERR_FORMAT, name,
                           "says that sample %llu is number %llu of all, behind sample %llu and "
                           "number %llu; of %zu samples",
                           (unsigned long long)sample, (unsigned long long)global,
                           (unsigned long long)last->sample, (unsigned long long)last->global,
                           h->times);
    if (global - sample == last->global - last->sample)
        return CPH_OK;
    if ((h->gaps & (h->gaps + 1)) == 0) { /* full: room for twice as many */
        cph_data_gap *more = reallocarray(h->gap, 2 * h->gaps + 1, sizeof *more);
        if (more == NULL)
            return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, name, "no memory for gaps");
        h->gap = more;
    }
    h->gap[h->gaps++] = (cph_data_gap){.sample = sample, .global = global};
    return CPH_OK;
}
