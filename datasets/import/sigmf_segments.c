/* SPDX-License-Identifier: MIT */
/* Segments of a SigMF recording: captures, their headers, and what was lost between them. */
#include <math.h>
#include <string.h>

#include "datasets/import/sigmf.h"
#include "datasets/import/utc.h"
#include "kernels/core/size.h"

/* YYYY-MM-DDThh:mm:ss.sssZ */
static bool parse_time(const char *text, double *unix_s, double *rest_s)
{
    const size_t length = strlen(text);
    return length > 0 && text[length - 1] == 'Z' && cph_utc_parse(text, unix_s, rest_s);
}

/* Samples [from, to) stand behind the headers so far, and behind `lost` that were lost. Of a
 * collection all files have the same. */
static cph_status add_segment(cph_sigmf *r, uint64_t from, uint64_t to, uint64_t lost)
{
    const cph_raw *raw = r->data->layout;
    const uint64_t offset = r->headers + from * r->row;
    if (to <= from)
        return CPH_OK;
    const size_t at = r->segments++;
    if (r->index == 0)
        return cph_raw_add(r->data, (size_t)(to - from), offset, lost);
    if (r->data->h5.follow && at + 1 == raw->segments && raw->segment[at].offset == offset) {
        raw->segment[at].times = cph_size_min(raw->segment[at].times, (size_t)(to - from));
        return CPH_OK;
    }
    if (at < raw->segments && raw->segment[at].times == to - from &&
        raw->segment[at].offset == offset)
        return CPH_OK;
    return cph_sigmf_fail(r, "captures",
                          "has other segments or another length than %s, expected the same",
                          raw->path[0]);
}

/* What a capture says that must hold for all; `since` samples, those that were lost among them, lie
 * between the first one and its. */
static cph_status take_capture(cph_sigmf *r, const json_t *capture, uint64_t since)
{
    double frequency = NAN;
    const char *time = NULL;
    cph_status status = cph_sigmf_number(r, capture, "core:frequency", &frequency);
    if (status == CPH_OK)
        status = cph_json_file_text(capture, "core:datetime", r->path, &time, r->data->h5.error);
    if (status != CPH_OK)
        return status;
    if (isnan(r->frequency_hz))
        r->frequency_hz = frequency;
    if (!isnan(frequency) && frequency != r->frequency_hz)
        return cph_sigmf_fail(r, "core:frequency",
                              "changes from %.12g to %.12g, expected one frequency",
                              r->frequency_hz, frequency);
    if (time == NULL || !isnan(r->start_unix_s))
        return CPH_OK;
    if (!parse_time(time, &r->start_unix_s, &r->start_rest_s))
        return cph_sigmf_fail(r, "core:datetime",
                              "is \"%.40s\", expected as 2024-01-31T12:00:00.5Z", time);
    r->start_rest_s -= since > 0 ? (double)since / r->rate_hz : 0.0;
    return CPH_OK;
}

/* Bytes of all headers; what is no number is refused where its capture is looked at. Of a file that
 * is followed, of those that are there, and *most times before the next one. */
static double all_headers(const cph_sigmf *r, double *most)
{
    const cph_raw *raw = r->data->layout;
    double sum = 0.0;
    *most = INFINITY;
    for (size_t i = 0; i < json_array_size(r->captures); i++) {
        const json_t *capture = json_array_get(r->captures, i);
        const double own =
            fmax(0.0, json_number_value(json_object_get(capture, "core:header_bytes")));
        const double start =
            json_number_value(json_object_get(capture, "core:sample_start")) - (double)r->offset;
        if (r->data->h5.follow && i > 0 &&
            sum + start * (double)r->row + own >= (double)raw->bytes[r->index]) {
            *most = start;
            return sum;
        }
        sum += own;
    }
    return sum;
}

/* Whole times that the file holds; what is behind them is told. */
static cph_status count_times(cph_sigmf *r)
{
    cph_raw *raw = r->data->layout;
    double most;
    const double headers = all_headers(r, &most);
    const uint64_t bytes = raw->bytes[r->index];
    if (headers + (double)r->trailing > (double)bytes)
        return cph_sigmf_fail(r, "core:header_bytes",
                              "and trailing bytes are more than the %llu of %s",
                              (unsigned long long)bytes, raw->path[r->index]);
    const uint64_t samples = bytes - (uint64_t)headers - r->trailing;
    r->times = (size_t)fmin((double)(samples / r->row), most);
    r->left = samples % r->row;
    raw->trailing = r->trailing;
    if (!r->data->h5.follow)
        cph_raw_remark_end(r->data, r->index, r->left);
    return CPH_OK;
}

/* A capture's place, counted from the first sample. */
typedef struct place {
    uint64_t start, header, global; /* global: UINT64_MAX where it is not said */
} place;

static cph_status read_place(const cph_sigmf *r, const json_t *capture, uint64_t before, place *p)
{
    *p = (place){.start = r->offset, .header = 0, .global = UINT64_MAX};
    const bool numbered = json_object_get(capture, "core:global_index") != NULL;
    cph_status status = cph_sigmf_count(r, capture, "core:sample_start", &p->start);
    if (status == CPH_OK)
        status = cph_sigmf_count(r, capture, "core:header_bytes", &p->header);
    if (status == CPH_OK && numbered)
        status = cph_sigmf_count(r, capture, "core:global_index", &p->global);
    if (status != CPH_OK)
        return status;
    p->start -= r->offset;
    if (p->start < before || (p->start > r->times && !r->data->h5.follow))
        return cph_sigmf_fail(r, "core:sample_start",
                              "is %llu behind %llu, expected them to rise, up to %zu",
                              (unsigned long long)(p->start + r->offset),
                              (unsigned long long)(before + r->offset), r->times);
    return CPH_OK;
}

cph_status cph_sigmf_take_segments(cph_sigmf *r)
{
    uint64_t begun = 0, before = 0, ahead = 0, lost = 0, since = 0; /* since: all lost so far */
    cph_status status = count_times(r);
    for (size_t i = 0; status == CPH_OK && i < json_array_size(r->captures); i++) {
        const json_t *capture = json_array_get(r->captures, i);
        uint64_t jump = 0;
        place p;
        status = read_place(r, capture, before, &p);
        r->ahead = r->data->h5.follow && i > 0 && p.start >= r->times;
        if (r->ahead)
            break;
        if (status == CPH_OK && p.global != UINT64_MAX) {
            if (i > 0 && p.global < p.start + ahead) /* `ahead` may have wrapped */
                return cph_sigmf_fail(
                    r, "core:global_index", "is %llu at sample %llu, which is number %llu or later",
                    (unsigned long long)p.global, (unsigned long long)(p.start + r->offset),
                    (unsigned long long)(p.start + ahead));
            jump = i > 0 ? p.global - p.start - ahead : 0;
            ahead = p.global - p.start;
            since += jump;
        }
        if (status == CPH_OK)
            status = take_capture(r, capture, p.start + since);
        if (status == CPH_OK && (p.header > 0 || jump > 0)) {
            status = add_segment(r, begun, p.start, lost);
            lost = p.start > begun ? jump : lost + jump;
            begun = p.start;
            r->headers += p.header;
        }
        before = p.start;
    }
    return status == CPH_OK ? add_segment(r, begun, r->times, lost) : status;
}
