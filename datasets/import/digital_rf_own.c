/* SPDX-License-Identifier: MIT */
/* What drf_properties.h5 says beside Digital RF where Cophase wrote it: scale, array, truth,
 * which calibration was applied. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/import/digital_rf.h"
#include "datasets/native/native.h"

char *cph_drf_properties(const char *path)
{
    char *name = NULL;
    return asprintf(&name, "%s/drf_properties.h5", path) < 0 ? NULL : name;
}

/* The start to its last bit, of which the layout has the nearest sample; what is another sample's
 * was said of a channel whose first files are gone. */
static cph_status read_start(const cph_h5 *h5, cph_data_header *h)
{
    double whole = NAN, part = NAN;
    cph_status status = cph_h5_number(h5, "/cophase", "time_start_unix_s", &whole);
    if (status == CPH_OK)
        status = cph_h5_number(h5, "/cophase", "time_start_frac_s", &part);
    const double away = (whole - h->time_start_unix_s) + (part - h->time_start_rest_s);
    if (status == CPH_OK && fabs(away) * h->sample_rate_hz < 0.501 && whole == floor(whole))
        cph_data_begin(h, whole, part);
    return status;
}

static cph_status read_numbers(const cph_h5 *h5, cph_data_header *h)
{
    double scale = NAN;
    cph_status status = cph_h5_number(h5, "/cophase", "scale", &scale);
    if (status == CPH_OK)
        status = cph_h5_number(h5, "/cophase", "if_freq_hz", &h->if_freq_hz);
    double speed = NAN, share = NAN;
    if (status == CPH_OK)
        status = cph_h5_number(h5, "/cophase", "wave_speed_m_s", &speed);
    if (status == CPH_OK)
        status = cph_h5_number(h5, "/cophase", "independent", &share);
    if (status == CPH_OK)
        status = read_start(h5, h);
    if (status != CPH_OK)
        return status;
    if (!isnan(scale) && (!(scale > 0.0) || isinf(scale)))
        return cph_h5_fail(h5, CPH_ERR_FORMAT, "/cophase",
                           "attribute scale is %g, expected a positive number", scale);
    h->scale = isnan(scale) ? h->scale : scale;
    h->independent = share > 0.0 && share <= 1.0 ? share : h->independent;
    h->wave_speed_m_s = speed > 0.0 && isfinite(speed) ? speed : h->wave_speed_m_s;
    return CPH_OK;
}

/* What was made of the samples before they were written: of calibrated ones by which gains. */
static cph_status read_marks(cph_data *data, bool *beams)
{
    char kind[16] = "";
    cph_status status = cph_h5_text_all(&data->h5, "/cophase", CPH_APPLIED, &data->applied);
    if (status == CPH_OK)
        status = cph_native_read_gain_factor(data, "/cophase");
    if (status == CPH_OK)
        status = cph_h5_text(&data->h5, "/cophase", "kind", kind, sizeof kind);
    *beams = status == CPH_OK && strcmp(kind, cph_kind_name(CPH_KIND_BEAMS)) == 0;
    return status;
}

/* Opens the properties in place of the folder, which is *folder then; close_in_place undoes it. */
static cph_status open_in_place(cph_data *data, char **name, cph_h5 *folder)
{
    cph_h5 h5 = {.file = -1, .error = data->h5.error};
    *folder = data->h5;
    *name = cph_drf_properties(data->path);
    if (*name == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, NULL, "no memory");
    const cph_status status = cph_h5_open(*name, &h5);
    if (status == CPH_OK)
        data->h5 = h5;
    return status;
}

static void close_in_place(cph_data *data, char *name, const cph_h5 *folder)
{
    if (data->h5.path == name)
        cph_h5_close(&data->h5);
    data->h5 = *folder;
    free(name);
}

cph_status cph_drf_own(cph_data *data)
{
    char *name;
    cph_h5 folder;
    bool beams = false;
    cph_status status = open_in_place(data, &name, &folder);
    const bool own = status == CPH_OK && cph_h5_exists(&data->h5, "/cophase");
    if (own)
        status = read_numbers(&data->h5, &data->header);
    if (own && status == CPH_OK)
        status = read_marks(data, &beams);
    if (status == CPH_OK)
        status = cph_native_read_array(data);
    if (status == CPH_OK && beams)
        cph_data_make_beams(data);
    close_in_place(data, name, &folder);
    return status;
}

cph_status cph_drf_truth(cph_data *data, cph_c64 *gain)
{
    char *name;
    cph_h5 folder;
    cph_status status = open_in_place(data, &name, &folder);
    if (status == CPH_OK)
        status = cph_native_truth(data, gain);
    close_in_place(data, name, &folder);
    return status;
}

cph_status cph_drf_truth_delays(cph_data *data, double *delay_s)
{
    char *name;
    cph_h5 folder;
    cph_status status = open_in_place(data, &name, &folder);
    if (status == CPH_OK)
        status = cph_native_truth_delays(data, delay_s);
    close_in_place(data, name, &folder);
    return status;
}

cph_status cph_drf_truth_sources(cph_data *data, char ***source, size_t *sources)
{
    char *name;
    cph_h5 folder;
    cph_status status = open_in_place(data, &name, &folder);
    if (status == CPH_OK)
        status = cph_native_truth_sources(data, source, sources);
    close_in_place(data, name, &folder);
    return status;
}
