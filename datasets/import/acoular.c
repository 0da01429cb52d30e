/* SPDX-License-Identifier: MIT */
/* Microphone arrays: Acoular's /time_data [sample, microphone], and the files of the array
 * benchmark of the AIAA (/MetaData/ArrayAttributes), which hold samples /MicrophoneData or a cross
 * spectral matrix /CsmData. Samples are real, of all frequencies from 0 on. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/import/slots.h"
#include "kernels/core/size.h"

static const char acoular_name[] = "/time_data",
                  samples_name[] = "/MicrophoneData/microphoneDataPa";
static const char array_name[] = "/MetaData/ArrayAttributes", csm_group[] = "/CsmData";
static const char place_name[] = "/MetaData/ArrayAttributes/microphonePositionsM";
static const char bins_name[] = "/CsmData/binCenterFrequenciesHz";
static const char *const part_names[2] = {"/CsmData/csmReal", "/CsmData/csmImaginary"};

bool cph_acoular_probe(const cph_h5 *h5)
{
    return cph_h5_exists(h5, acoular_name) && cph_h5_has_attr(h5, acoular_name, "sample_freq");
}

bool cph_aiaa_probe(const cph_h5 *h5)
{
    return cph_h5_exists(h5, place_name) &&
           (cph_h5_exists(h5, samples_name) || cph_h5_exists(h5, part_names[0]));
}

/* ---- samples ---- */

/* Samples that lie [sample, microphone]. */
static cph_status read_rows(cph_data *data, size_t start, size_t times, size_t channel,
                            size_t first, size_t count, void *samples)
{
    const size_t from[2] = {start, first}, box[2] = {times, count};
    (void)channel;
    return cph_h5_complex_read(&data->h5, &data->bulk, cph_data_part(data->header.type), from, box,
                               samples);
}

/* Samples that lie [microphone, sample]: one slot. */
static cph_status read_columns(cph_data *data, size_t slot, size_t start, size_t times,
                               size_t first, size_t count, void *planar)
{
    const size_t from[2] = {first, start}, box[2] = {count, times};
    (void)slot;
    return cph_h5_complex_read(&data->h5, &data->bulk, cph_data_part(data->header.type), from, box,
                               planar);
}

static void close_layout(cph_data *data)
{
    free(data->layout);
    data->layout = NULL;
}

static const cph_reader row_reader = {.samples = read_rows, .grow = cph_data_grow_rows};
static const cph_reader column_reader = {.samples = cph_slots_read, .close = close_layout};

static cph_status check_rate(cph_data *data, const char *object, const char *name)
{
    cph_data_header *h = &data->header;
    const cph_status status = cph_h5_number(&data->h5, object, name, &h->sample_rate_hz);
    if (status != CPH_OK || (h->sample_rate_hz > 0.0 && isfinite(h->sample_rate_hz)))
        return status;
    return cph_h5_fail(&data->h5, isnan(h->sample_rate_hz) ? CPH_ERR_MISSING : CPH_ERR_FORMAT,
                       object, "attribute %s is %g, expected samples a second", name,
                       h->sample_rate_hz);
}

/* Opens a data set of samples; of `microphones` (0: the last axis). */
static cph_status open_samples(cph_data *data, const char *name, size_t microphones)
{
    static const size_t any[2] = {0, 0};
    cph_data_header *h = &data->header;
    const cph_h5_set *set = &data->bulk.set;
    h->kind = CPH_KIND_CAPTURE;
    h->real_sampling = true;
    data->reader = &row_reader;
    cph_status status = cph_h5_complex_open(&data->h5, name, true, &data->bulk);
    if (status == CPH_OK)
        status = cph_h5_set_shape(&data->h5, set, 2, any, "sample, microphone");
    if (status != CPH_OK)
        return status;
    if (data->bulk.form != CPH_H5_REAL)
        return cph_h5_fail(&data->h5, CPH_ERR_FORMAT, name, "is complex, expected real samples");
    h->type = cph_data_sample_type(&data->bulk);
    const size_t last = microphones > 0 ? microphones : set->dim[1];
    if (set->dim[1] != last && set->dim[0] != last)
        return cph_h5_fail(&data->h5, CPH_ERR_FORMAT, name,
                           "has axes %zu and %zu, expected one of %zu microphones", set->dim[0],
                           set->dim[1], last);
    const bool rows = set->dim[1] == last;
    const size_t times = set->dim[rows ? 0 : 1];
    h->sample_bytes = set->dim[0] * set->dim[1] * cph_type_size(h->type); /* at most 16 times the
                                                                              claimed size */
    if (!rows) {
        cph_slots *slot = calloc(1, sizeof *slot);
        if (slot == NULL)
            return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, name, "no memory");
        *slot = (cph_slots){.length = times, .count = 1, .read = read_columns};
        data->layout = slot;
        data->reader = &column_reader;
        data->bulk.set.chunk[0] = 1; /* the axis of the elements */
    }
    status = cph_data_make_axes(data, times, 1);
    return status == CPH_OK ? cph_data_make_array(data, name, last, last) : status;
}

cph_status cph_acoular_open(cph_data *data)
{
    data->header.wave_speed_m_s = NAN;
    const cph_status status = open_samples(data, acoular_name, 0);
    return status == CPH_OK ? check_rate(data, acoular_name, "sample_freq") : status;
}

/* ---- the benchmark's arrays ---- */

/* Written by Matlab the axes stand the other way round. */
static cph_status read_places(cph_data *data, const cph_h5_set *set, double *place)
{
    cph_array *array = &data->header.array;
    const size_t n = array->elements;
    const bool turned = set->dim[0] == 3 && set->dim[1] == n && n != 3;
    const cph_status status = cph_h5_doubles(&data->h5, place_name, 2, set->dim, place);
    for (size_t i = 0; status == CPH_OK && i < n; i++)
        for (size_t k = 0; k < 3; k++)
            array->element[i].position[k] = turned ? place[k * n + i] : place[3 * i + k];
    array->has_positions = status == CPH_OK;
    array->frame = CPH_FRAME_ARRAY;
    return status;
}

static cph_status count_microphones(cph_data *data, cph_h5_set *set, size_t *count)
{
    static const size_t any[2] = {0, 0};
    double said = NAN;
    cph_status status = cph_h5_set_open(&data->h5, place_name, set);
    if (status != CPH_OK)
        return status;
    status = cph_h5_set_shape(&data->h5, set, 2, any, "microphone, x y z");
    if (status == CPH_OK)
        status = cph_h5_number(&data->h5, array_name, "microphoneCount", &said);
    *count = set->dim[set->dim[1] == 3 ? 0 : 1];
    if (status == CPH_OK &&
        ((set->dim[0] != 3 && set->dim[1] != 3) || (!isnan(said) && said != (double)*count)))
        status = cph_h5_fail(&data->h5, CPH_ERR_FORMAT, place_name,
                             "has axes %zu and %zu, expected x, y, z of %g microphones",
                             set->dim[0], set->dim[1], said);
    cph_h5_set_close(set);
    return status;
}

static cph_status read_array(cph_data *data, const cph_h5_set *set)
{
    cph_data_header *h = &data->header;
    double *place = cph_data_unknown(3 * h->array.elements);
    if (place == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, place_name, "no memory");
    cph_status status = read_places(data, set, place);
    free(place);
    if (status == CPH_OK)
        status =
            cph_h5_number(&data->h5, "/MeasurementData", "speedOfSoundMPerS", &h->wave_speed_m_s);
    if (status == CPH_OK && !isnan(h->wave_speed_m_s) && !(h->wave_speed_m_s > 0.0))
        status = cph_h5_fail(&data->h5, CPH_ERR_FORMAT, "/MeasurementData",
                             "attribute speedOfSoundMPerS is %g, expected metres a second",
                             h->wave_speed_m_s);
    return status;
}

/* ---- cross spectral matrices ---- */

typedef struct spectra {
    cph_h5_set part[2];
    bool turned; /* [bin, column, row] */
    double sign; /* of the imaginary part in a covariance */
} spectra;

static void close_spectra(cph_data *data)
{
    spectra *s = data->layout;
    for (size_t k = 0; k < 2; k++)
        cph_h5_set_close(&s->part[k]);
    free(s);
    data->layout = NULL;
}

static cph_status read_covariance(cph_data *data, size_t time, size_t channel,
                                  const size_t *element, size_t elements, cph_c64 *r)
{
    const spectra *s = data->layout;
    const size_t n = data->header.array.elements;
    const size_t from[3] = {s->turned ? channel : 0, 0, s->turned ? 0 : channel};
    const size_t box[3] = {s->turned ? 1 : n, n, s->turned ? n : 1};
    double *part = calloc(n * n, 2 * sizeof *part);
    (void)time;
    if (part == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, part_names[0], "no memory");
    cph_status status = CPH_OK;
    for (size_t k = 0; status == CPH_OK && k < 2; k++)
        status =
            cph_h5_set_read(&data->h5, &s->part[k], H5T_NATIVE_DOUBLE, from, box, part + k * n * n);
    for (size_t i = 0; status == CPH_OK && i < elements; i++)
        for (size_t j = 0; j < elements; j++) {
            const size_t p = element == NULL ? i : element[i], q = element == NULL ? j : element[j];
            const size_t at = s->turned ? q * n + p : p * n + q;
            r[i * elements + j] = (cph_c64){part[at], s->sign * part[n * n + at]};
        }
    free(part);
    return status;
}

static const cph_reader spectra_reader = {.covariance = read_covariance, .close = close_spectra};

static cph_status open_parts(cph_data *data, spectra *s, size_t microphones, size_t *bins)
{
    size_t expect[3] = {0, 0, 0};
    cph_status status = CPH_OK;
    for (size_t k = 0; status == CPH_OK && k < 2; k++) {
        status = cph_h5_set_open(&data->h5, part_names[k], &s->part[k]);
        if (status == CPH_OK)
            status =
                cph_h5_set_shape(&data->h5, &s->part[k], 3, expect, "microphone, microphone, bin");
        memcpy(expect, s->part[k].dim, sizeof expect);
    }
    if (status != CPH_OK)
        return status;
    const bool plain = expect[0] == microphones && expect[1] == microphones;
    s->turned = !plain;
    *bins = expect[plain ? 2 : 0];
    if (plain || (expect[1] == microphones && expect[2] == microphones))
        return CPH_OK;
    return cph_h5_fail(&data->h5, CPH_ERR_FORMAT, part_names[0],
                       "has axes %zu, %zu, %zu, expected two of %zu microphones", expect[0],
                       expect[1], expect[2], microphones);
}

/* Recorded samples and matrices of one measurement agree: of fftSign 1 they are E[x x^H] of what
 * exp(-j w t) transforms. */
static cph_status read_sign(cph_data *data, spectra *s)
{
    const cph_status status = cph_h5_number(&data->h5, csm_group, "fftSign", &s->sign);
    if (status != CPH_OK || fabs(s->sign) == 1.0)
        return status;
    return cph_h5_fail(&data->h5, isnan(s->sign) ? CPH_ERR_MISSING : CPH_ERR_FORMAT, csm_group,
                       "attribute fftSign is %g, expected 1 or -1", s->sign);
}

static cph_status open_spectra(cph_data *data, size_t microphones)
{
    cph_data_header *h = &data->header;
    size_t bins = 0;
    spectra *s = calloc(1, sizeof *s);
    if (s == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, NULL, "no memory");
    s->part[0].id = s->part[1].id = -1;
    data->layout = s;
    data->reader = &spectra_reader;
    h->kind = CPH_KIND_COVARIANCE;
    h->has_diagonal = true;
    cph_status status = open_parts(data, s, microphones, &bins);
    if (status == CPH_OK)
        status = read_sign(data, s);
    if (status == CPH_OK)
        status = cph_data_make_axes(data, 1, bins);
    if (status == CPH_OK)
        status = cph_h5_doubles(&data->h5, bins_name, 1, &bins, h->channel_freq_hz);
    if (status == CPH_OK)
        status = cph_data_make_array(data, part_names[0], microphones, microphones);
    h->sample_bytes = microphones * microphones * bins * 2 * s->part[0].type_size;
    return status;
}

cph_status cph_aiaa_open(cph_data *data)
{
    cph_h5_set places;
    size_t microphones = 0;
    cph_status status = count_microphones(data, &places, &microphones);
    if (status != CPH_OK)
        return status;
    if (cph_h5_exists(&data->h5, samples_name)) {
        status = open_samples(data, samples_name, microphones);
        if (status == CPH_OK)
            status = check_rate(data, samples_name, "sampleRateHz");
    } else {
        status = open_spectra(data, microphones);
    }
    return status == CPH_OK ? read_array(data, &places) : status;
}
