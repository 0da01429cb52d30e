/* SPDX-License-Identifier: MIT */
/* SuperDARN's Borealis, array files, read in place. Samples (bfiq: of the main and the
 * interferometer array, beamformed; antennas_iq: of each antenna): /data [record, array, sequence,
 * beam, sample] or without beams, one sequence of pulses a slot, gaps between them. Lag products
 * (rawacf): the covariance of the two arrays at lag 0, a dump a record, beam and range. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/import/slots.h"
#include "kernels/core/size.h"

enum { AXIS_RECORD, AXIS_ARRAY, AXIS_SEQUENCE, AXIS_BEAM, RANK_BEAMS = 5, RANK_ANTENNAS = 4 };
static const char data_name[] = "/data", order_name[] = "/antenna_arrays_order";
static const char stamps_name[] = "/sqn_timestamps", sequences_name[] = "/num_sequences";

typedef struct borealis {
    cph_slots slots;                                   /* first */
    size_t records, arrays, sequences, beams, samples; /* of /data */
    size_t *slot; /* [slots.count] record * sequences + sequence */
} borealis;

bool cph_borealis_probe(const cph_h5 *h5)
{
    return cph_h5_exists(h5, data_name) && cph_h5_exists(h5, stamps_name) &&
           cph_h5_exists(h5, sequences_name);
}

static void close_layout(cph_data *data)
{
    borealis *b = data->layout;
    free(b->slot);
    free(b);
    data->layout = NULL;
}

/* Element n is beam n % beams of array n / beams. */
static cph_status read_slot(cph_data *data, size_t slot, size_t start, size_t times, size_t first,
                            size_t count, void *planar)
{
    const borealis *b = data->layout;
    const size_t record = b->slot[slot] / b->sequences, sequence = b->slot[slot] % b->sequences;
    const bool beams = data->bulk.set.rank == RANK_BEAMS;
    cph_c32 *to = planar;
    cph_status status = CPH_OK;
    for (size_t n = first; status == CPH_OK && n < first + count; n++, to += times) {
        const size_t from[RANK_BEAMS] = {record, n / b->beams, sequence,
                                         beams ? n % b->beams : start, start};
        const size_t box[RANK_BEAMS] = {1, 1, 1, beams ? 1 : times, times};
        status = cph_h5_complex_read(&data->h5, &data->bulk, H5T_NATIVE_FLOAT, from, box, to);
    }
    return status;
}

static const cph_reader reader = {.samples = cph_slots_read, .close = close_layout};

/* ---- samples ---- */

static cph_status open_bulk(cph_data *data, borealis *b)
{
    static const size_t any[RANK_BEAMS] = {0};
    cph_h5_complex *c = &data->bulk;
    cph_status status = cph_h5_complex_open(&data->h5, data_name, false, c);
    const bool beams = c->set.rank == RANK_BEAMS;
    if (status == CPH_OK)
        status = cph_h5_set_shape(&data->h5, &c->set, beams ? RANK_BEAMS : RANK_ANTENNAS, any,
                                  beams ? "record, array, sequence, beam, sample"
                                        : "record, antenna, sequence, sample");
    if (status != CPH_OK)
        return status;
    b->records = c->set.dim[AXIS_RECORD];
    b->arrays = c->set.dim[AXIS_ARRAY];
    b->sequences = c->set.dim[AXIS_SEQUENCE];
    b->beams = beams ? c->set.dim[AXIS_BEAM] : 1;
    b->samples = c->set.dim[c->set.rank - 1];
    b->slots.length = b->samples;
    return CPH_OK;
}

static cph_status take_sequences(cph_data *data, borealis *b, const double *held)
{
    for (size_t r = 0; r < b->records; r++) {
        if (!(held[r] >= 0.0 && held[r] <= (double)b->sequences))
            return cph_h5_fail(&data->h5, CPH_ERR_FORMAT, sequences_name,
                               "record %zu has %g, expected 0 to %zu", r, held[r], b->sequences);
        for (size_t s = 0; s < (size_t)held[r]; s++)
            b->slot[b->slots.count++] = r * b->sequences + s;
    }
    return CPH_OK;
}

/* Sequences that a record holds; the rest of the axis is padding. */
static cph_status list_slots(cph_data *data, borealis *b)
{
    b->slot = calloc(b->records * b->sequences + 1, sizeof *b->slot);
    double *held = b->slot != NULL ? cph_data_unknown(b->records + 1) : NULL;
    if (held == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, sequences_name, "no memory");
    cph_status status = cph_h5_doubles(&data->h5, sequences_name, 1, &b->records, held);
    if (status == CPH_OK)
        status = take_sequences(data, b, held);
    free(held);
    return status;
}

/* Gaps by the times of the sequences; one begins where the one before ends, or later. */
static cph_status take_times(cph_data *data, const borealis *b, const double *stamp)
{
    cph_data_header *h = &data->header;
    cph_status status = CPH_OK;
    h->time_start_unix_s = stamp[b->slot[0]];
    for (size_t i = 0; status == CPH_OK && i < b->slots.count; i++) {
        const double at = stamp[b->slot[i]] - stamp[b->slot[0]];
        const double global = round(at * h->sample_rate_hz);
        if (!(global >= 0.0 && global < 9e15))
            return cph_h5_fail(&data->h5, CPH_ERR_FORMAT, stamps_name,
                               "sequence %zu begins %g s after the first, expected rising times", i,
                               at);
        status = cph_data_add_gap(data, stamps_name, i * b->slots.length, (uint64_t)global);
    }
    return status;
}

static cph_status read_times(cph_data *data, const borealis *b)
{
    const size_t dim[2] = {b->records, b->sequences};
    double *stamp = cph_data_unknown(b->records * b->sequences + 1);
    if (stamp == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, stamps_name, "no memory");
    cph_status status = cph_h5_doubles(&data->h5, stamps_name, 2, dim, stamp);
    if (status == CPH_OK)
        status = take_times(data, b, stamp);
    free(stamp);
    return status;
}

/* Code points of `each` characters an array, to names of its elements. */
static cph_status take_names(cph_data *data, const borealis *b, const uint32_t *code, size_t each)
{
    char *text = malloc(4 * each + 1);
    if (text == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, order_name, "no memory");
    for (size_t n = 0; n < data->header.array.elements; n++) {
        cph_element *element = &data->header.array.element[n];
        cph_h5_text_ucs4(code + n / b->beams * each, each, text);
        cph_h5_text_line(element->name, sizeof element->name, text, strlen(text));
    }
    free(text);
    return CPH_OK;
}

/* UCS-4 text as bytes, as many for each array; other texts give no names. */
static cph_status read_codes(cph_data *data, const borealis *b, const cph_h5_set *set)
{
    const size_t origin[1] = {0}, each = set->dim[0] / (b->arrays * sizeof(uint32_t));
    if (set->rank != 1 || !set->is_number || set->type_size != 1 || each == 0 ||
        set->dim[0] != each * b->arrays * sizeof(uint32_t))
        return CPH_OK;
    uint32_t *code = calloc(b->arrays * each, sizeof *code);
    if (code == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, order_name, "no memory");
    cph_status status = cph_h5_set_read(&data->h5, set, H5T_NATIVE_UCHAR, origin, set->dim, code);
    if (status == CPH_OK)
        status = take_names(data, b, code, each);
    free(code);
    return status;
}

static cph_status read_names(cph_data *data, const borealis *b)
{
    cph_h5_set set;
    if (!cph_h5_exists(&data->h5, order_name))
        return CPH_OK;
    cph_status status = cph_h5_set_open(&data->h5, order_name, &set);
    if (status != CPH_OK)
        return status;
    status = read_codes(data, b, &set);
    cph_h5_set_close(&set);
    return status;
}

/* The radar's frequency is in kHz. */
static cph_status read_numbers(cph_data *data)
{
    cph_data_header *h = &data->header;
    cph_status status = cph_h5_number(&data->h5, "/", "rx_sample_rate", &h->sample_rate_hz);
    if (status == CPH_OK)
        status = cph_h5_number(&data->h5, "/", "freq", &h->center_freq_hz);
    h->center_freq_hz *= 1e3;
    if (status == CPH_OK && (!(h->sample_rate_hz > 0.0) || isinf(h->sample_rate_hz)))
        status = cph_h5_fail(&data->h5, CPH_ERR_FORMAT, "/",
                             "attribute rx_sample_rate is %g, expected samples a second",
                             h->sample_rate_hz);
    return status;
}

cph_status cph_borealis_open(cph_data *data)
{
    borealis *b = calloc(1, sizeof *b);
    if (b == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, NULL, "no memory");
    b->slots.read = read_slot;
    data->header.kind = CPH_KIND_CAPTURE;
    data->header.type = CPH_C32;
    data->layout = b;
    data->reader = &reader;
    cph_status status = open_bulk(data, b);
    if (status == CPH_OK)
        status = list_slots(data, b);
    if (status == CPH_OK)
        status = cph_slots_header(data, data_name, b->arrays * b->beams);
    if (status == CPH_OK)
        status = read_names(data, b);
    if (status == CPH_OK)
        status = read_numbers(data);
    return status == CPH_OK ? read_times(data, b) : status;
}
