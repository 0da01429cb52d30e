/* SPDX-License-Identifier: MIT */
/* Digital RF, the layout of MIT Haystack's recorders, read in place: the folder of one channel,
 * whose sub-channels are the elements. drf_properties.h5 says what all files share; each file holds
 * /rf_data [row, sub-channel] and /rf_data_index [stretch] {sample since the epoch, row}. Files or
 * rows that are missing are gaps; recorders that write on over a loss fill it with NaN or the
 * lowest integer. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "datasets/import/digital_rf.h"
#include "datasets/import/raw.h"
#include "kernels/core/size.h"

bool cph_digital_rf_probe(const char *path)
{
    char *name = cph_drf_properties(path);
    const bool there = name != NULL && access(name, F_OK) == 0;
    free(name);
    return there;
}

/* ---- reading ---- */

void cph_drf_forget(cph_drf *drf)
{
    cph_h5_set_close(&drf->samples.set);
    cph_h5_close(&drf->open);
    drf->open_at = SIZE_MAX;
}

cph_status cph_drf_use(const cph_data *data, cph_drf *drf, size_t index)
{
    const size_t expect[2] = {0, drf->subchannels};
    drf->open.error = data->h5.error;
    drf->open.exec = data->h5.exec;
    drf->open.by_hdf5 = data->h5.by_hdf5;
    drf->open.damaged = data->h5.damaged;
    if (drf->open_at == index)
        return CPH_OK;
    cph_drf_forget(drf);
    cph_status status = cph_h5_open(drf->file[index], &drf->open);
    if (status == CPH_OK)
        status = cph_h5_complex_open(&drf->open, CPH_DRF_SAMPLES, drf->real, &drf->samples);
    if (status == CPH_OK)
        status = cph_h5_set_shape(&drf->open, &drf->samples.set, 2, expect, "sample, sub-channel");
    if (status == CPH_OK)
        drf->open_at = index;
    return status;
}

/* The stretch that holds a sample. */
static size_t stretch_of(const cph_drf *drf, size_t sample)
{
    size_t low = 0, high = drf->stretches;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (drf->stretch[middle].first <= sample)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static cph_status read_samples(cph_data *data, size_t start, size_t times, size_t channel,
                               size_t first, size_t count, void *samples)
{
    cph_drf *drf = data->layout;
    const size_t row = count * cph_type_size(data->header.type);
    cph_status status = CPH_OK;
    (void)channel;
    for (size_t done = 0, at = stretch_of(drf, start); status == CPH_OK && done < times; at++) {
        const cph_drf_stretch *s = &drf->stretch[at];
        const size_t skip = start + done - s->first;
        const size_t from[2] = {s->row + skip, first};
        const size_t box[2] = {cph_size_min(s->times - skip, times - done), count};
        status = cph_drf_use(data, drf, s->file);
        if (status == CPH_OK)
            status =
                cph_h5_complex_read(&drf->open, &drf->samples, cph_data_part(data->header.type),
                                    from, box, (char *)samples + done * row);
        done += box[0];
    }
    return status;
}

static void close_layout(cph_data *data)
{
    cph_drf *drf = data->layout;
    cph_drf_forget(drf);
    cph_drf_list_free(drf->file, drf->files);
    free(drf->stretch);
    free(drf);
    data->layout = NULL;
}

/* ---- opening ---- */

/* Numbers of drf_properties.h5. */
typedef struct properties {
    double numerator, denominator, rate; /* the rate is theirs; older files have it as one number */
    double subchannels, is_complex, is_continuous;
} properties;

static cph_status read_numbers(const cph_h5 *h5, properties *p)
{
    const struct {
        const char *name;
        double *value;
    } rows[] = {
        {"sample_rate_numerator", &p->numerator}, {"sample_rate_denominator", &p->denominator},
        {"samples_per_second", &p->rate},         {"num_subchannels", &p->subchannels},
        {"is_complex", &p->is_complex},           {"is_continuous", &p->is_continuous},
    };
    cph_status status = CPH_OK;
    for (size_t i = 0; status == CPH_OK && i < sizeof rows / sizeof rows[0]; i++)
        status = cph_h5_number(h5, "/", rows[i].name, rows[i].value);
    if (status != CPH_OK)
        return status;
    if (p->numerator > 0.0 && p->denominator > 0.0)
        p->rate = p->numerator / p->denominator;
    if (!(p->rate > 0.0) || isinf(p->rate))
        return cph_h5_fail(h5, CPH_ERR_MISSING, "/",
                           "has no sample rate, expected attributes sample_rate_numerator and "
                           "sample_rate_denominator");
    if (!(p->subchannels >= 1.0 && p->subchannels <= CPH_ELEMENTS_MAX))
        return cph_h5_fail(h5, CPH_ERR_FORMAT, "/",
                           "attribute num_subchannels is %g, expected 1 to %d", p->subchannels,
                           CPH_ELEMENTS_MAX);
    return CPH_OK;
}

static cph_status read_properties(cph_data *data, cph_drf *drf, properties *p)
{
    char *name = cph_drf_properties(data->path);
    cph_h5 h5 = {.file = -1, .error = data->h5.error};
    if (name == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, NULL, "no memory");
    cph_status status = cph_h5_open(name, &h5);
    if (status == CPH_OK)
        status = read_numbers(&h5, p);
    cph_h5_close(&h5);
    free(name);
    if (status != CPH_OK)
        return status;
    data->header.sample_rate_hz = p->rate;
    drf->subchannels = (size_t)p->subchannels;
    drf->real = p->is_complex == 0.0;
    return CPH_OK;
}

static size_t all_times(const cph_drf *drf)
{
    const cph_drf_stretch *last = drf->stretches > 0 ? &drf->stretch[drf->stretches - 1] : NULL;
    return last != NULL ? last->first + last->times : 0;
}

/* Gaps before stretches from `from` on. */
static cph_status note_gaps(cph_data *data, const cph_drf *drf, size_t from)
{
    cph_status status = CPH_OK;
    for (size_t i = from; status == CPH_OK && i < drf->stretches; i++)
        status = cph_data_add_gap(data, CPH_DRF_INDEX, drf->stretch[i].first,
                                  drf->stretch[i].since_epoch - drf->stretch[0].since_epoch);
    return status;
}

static cph_status read_index(cph_data *data, cph_drf *drf)
{
    size_t times = 0;
    cph_status status = cph_drf_list(data, data->path, "rf", &drf->file, &drf->files);
    if (status == CPH_OK)
        status = cph_drf_index(data, drf, 0, false, &times);
    if (drf->files == 0 && data->h5.empty != NULL)
        *data->h5.empty = true;
    if (status == CPH_OK && drf->stretches == 0)
        status = cph_h5_fail(&data->h5, CPH_ERR_MISSING, NULL,
                             "holds no samples, expected files DATE/rf@SECONDS.h5");
    if (status == CPH_OK && data->h5.damaged) /* the last file may be one that cannot be read */
        status = cph_drf_use(data, drf, drf->stretch[0].file);
    if (status == CPH_OK)
        status = cph_data_make_axes(data, times, 1);
    return status == CPH_OK ? note_gaps(data, drf, 0) : status;
}

/* ---- folders that grow ---- */

/* Hands paths behind the last one that is known over to drf->file; recorders that keep the latest
 * alone may have removed others. The rest of the list is freed. A file that got its name after
 * later ones were read cannot be told any more: its times remain a gap, which is said. */
static cph_status take_new_files(cph_data *data, cph_drf *drf, char **file, size_t files)
{
    size_t known = 0, at = 0;
    const size_t had = drf->files;
    for (; known < files && had > 0 && strcmp(file[known], drf->file[had - 1]) <= 0; known++) {
        while (at < had && strcmp(drf->file[at], file[known]) < 0)
            at++;
        if (drf->late || strcmp(drf->file[at], file[known]) == 0)
            continue;
        drf->late = true;
        cph_data_remark(data,
                        "%s got its name after later ones were read: it is left out, and others "
                        "like it",
                        strrchr(file[known], '/') + 1);
    }
    const size_t more = files - known;
    char **longer = reallocarray(drf->file, had + more + 1, sizeof *longer);
    if (longer != NULL) {
        drf->file = longer;
        memcpy(longer + had, file + known, more * sizeof *file);
        drf->files += more;
    }
    cph_drf_list_free(file, longer != NULL ? known : files);
    return longer != NULL ? CPH_OK
                          : cph_h5_fail(&data->h5, CPH_ERR_MEMORY, NULL, "no memory for names");
}

static cph_status grow(cph_data *data, bool last)
{
    cph_drf *drf = data->layout;
    char **file = NULL;
    const size_t known = drf->files, stretches = drf->stretches;
    size_t files = 0, times = all_times(drf);
    cph_status status = cph_drf_list(data, data->path, "rf", &file, &files);
    if (status == CPH_OK)
        status = take_new_files(data, drf, file, files);
    if (status == CPH_OK)
        status = cph_drf_index(data, drf, known, last, &times);
    if (status == CPH_OK)
        status = cph_data_set_times(data, times);
    return status == CPH_OK ? note_gaps(data, drf, stretches) : status;
}

static const cph_reader reader = {.samples = read_samples,
                                  .truth = cph_drf_truth,
                                  .truth_delays = cph_drf_truth_delays,
                                  .truth_sources = cph_drf_truth_sources,
                                  .grow = grow,
                                  .close = close_layout};

/* Samples since the epoch, over the rate as the file has it: a ratio of whole numbers. */
static void begin(cph_data_header *h, const cph_drf *drf, const properties *p)
{
    const bool ratio = p->numerator > 0.0 && p->denominator > 0.0;
    const long double over = ratio ? (long double)p->numerator : (long double)p->rate;
    const long double since =
        (long double)drf->stretch[0].since_epoch * (ratio ? (long double)p->denominator : 1.0L);
    const long double whole_s = floorl(since / over);
    cph_data_begin(h, (double)whole_s, (double)((since - whole_s * over) / over));
}

static cph_status fill_header(cph_data *data, cph_drf *drf, const properties *p)
{
    cph_data_header *h = &data->header;
    begin(h, drf, p);
    h->type = cph_data_sample_type(&drf->samples);
    h->real_sampling = drf->real;
    /* A file that goes on without what was lost holds the lowest integer there. */
    h->has_lost_value = p->is_continuous == 1.0 && h->type != CPH_C32;
    h->lost_value =
        drf->samples.part_signed ? -ldexp(1.0, 8 * (int)drf->samples.part_size - 1) : 0.0;
    data->bulk.set.name = CPH_DRF_SAMPLES;
    data->bulk.set.chunk[0] = 1;
    size_t bytes;
    if (!cph_size_mul(h->times, drf->subchannels, &bytes) ||
        !cph_size_mul(bytes, cph_type_size(h->type), &bytes))
        return cph_h5_fail(&data->h5, CPH_ERR_OVERFLOW, CPH_DRF_SAMPLES, "is too large");
    h->sample_bytes = bytes;
    return cph_data_make_array(data, CPH_DRF_SAMPLES, drf->subchannels, drf->subchannels);
}

cph_status cph_digital_rf_open(cph_data *data)
{
    properties p = {NAN, NAN, NAN, NAN, NAN, NAN};
    cph_drf *drf = calloc(1, sizeof *drf);
    if (drf == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, NULL, "no memory");
    drf->open.file = -1;
    drf->open_at = SIZE_MAX;
    drf->samples.set.id = -1;
    data->header.kind = CPH_KIND_CAPTURE;
    data->layout = drf;
    data->reader = &reader;
    cph_status status = read_properties(data, drf, &p);
    if (status == CPH_OK)
        status = read_index(data, drf);
    if (status == CPH_OK)
        status = fill_header(data, drf, &p);
    if (status == CPH_OK)
        status = cph_drf_own(data);
    return status == CPH_OK ? cph_drf_metadata(data) : status;
}
