/* SPDX-License-Identifier: MIT */
/* What a Digital RF channel says of its receiver: CHANNEL/metadata/DATE/NAME@SECONDS.h5, a group
 * for each sample at which something changed. Of that only the frequencies are used. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/import/digital_rf.h"

enum { ENTRY_SIZE = 32 };

/* One frequency of all sub-channels that does not change, or none. */
static cph_status take(cph_data *data, const cph_h5 *h5, const char *name)
{
    cph_data_header *h = &data->header;
    cph_h5_set set;
    cph_status status = cph_h5_set_open(h5, name, &set);
    if (status != CPH_OK)
        return status;
    const size_t rank = set.rank, count = rank == 1 ? set.dim[0] : 1;
    cph_h5_set_close(&set);
    if (rank > 1 || count > CPH_ELEMENTS_MAX)
        return cph_h5_fail(h5, CPH_ERR_FORMAT, name, "has %zu axes, expected a list of numbers",
                           rank);
    double *value = calloc(count + 1, sizeof *value);
    if (value == NULL)
        return cph_h5_fail(h5, CPH_ERR_MEMORY, name, "no memory");
    status = cph_h5_doubles(h5, name, rank, &count, value);
    for (size_t i = 0; status == CPH_OK && i < count; i++) {
        if (!(value[i] > 0.0) || isinf(value[i]))
            continue; /* baseband, or unknown */
        if (isnan(h->center_freq_hz))
            h->center_freq_hz = value[i];
        else if (value[i] != h->center_freq_hz)
            status = cph_h5_fail(h5, CPH_ERR_UNSUPPORTED, name,
                                 "is %.9g Hz after %.9g Hz: expected one frequency, of all "
                                 "sub-channels and times",
                                 value[i], h->center_freq_hz);
    }
    free(value);
    return status;
}

static cph_status read_file(cph_data *data, const char *path)
{
    static const char *const names[] = {"center_frequencies", "center_frequency"};
    cph_h5 h5 = {.file = -1, .error = data->h5.error};
    cph_status status = cph_h5_open(path, &h5);
    H5G_info_t about = {.nlinks = 0};
    if (status == CPH_OK && H5Gget_info(h5.file, &about) < 0)
        status = cph_h5_fail_call(&h5, NULL, "cannot be listed");
    for (hsize_t i = 0; status == CPH_OK && i < about.nlinks; i++) {
        char entry[ENTRY_SIZE] = "", name[2 * ENTRY_SIZE];
        if (H5Lget_name_by_idx(h5.file, "/", H5_INDEX_NAME, H5_ITER_INC, i, entry, sizeof entry,
                               H5P_DEFAULT) < 0)
            status = cph_h5_fail_call(&h5, NULL, "cannot be listed");
        for (size_t k = 0; status == CPH_OK && k < sizeof names / sizeof names[0]; k++) {
            snprintf(name, sizeof name, "/%s/%s", entry, names[k]);
            if (cph_h5_exists(&h5, name))
                status = take(data, &h5, name);
        }
    }
    cph_h5_close(&h5);
    return status;
}

cph_status cph_drf_metadata(cph_data *data)
{
    static const char folder_name[] = "/metadata", properties_name[] = "/dmd_properties.h5";
    char prefix[64] = "", **file = NULL;
    size_t files = 0;
    const size_t size = strlen(data->path) + sizeof folder_name;
    char *folder = malloc(size), *properties = malloc(size + sizeof properties_name);
    cph_status status = CPH_OK;
    cph_h5 h5 = {.file = -1, .error = NULL};
    if (folder == NULL || properties == NULL) {
        status = cph_h5_fail(&data->h5, CPH_ERR_MEMORY, NULL, "no memory");
    } else {
        snprintf(folder, size, "%s%s", data->path, folder_name);
        snprintf(properties, size + sizeof properties_name, "%s%s", folder, properties_name);
        if (cph_h5_open(properties, &h5) == CPH_OK) { /* else there is no metadata */
            h5.error = data->h5.error;
            status = cph_h5_text(&h5, "/", "file_name", prefix, sizeof prefix);
            cph_h5_close(&h5);
            if (status == CPH_OK)
                status = cph_drf_list(data, folder, prefix[0] != '\0' ? prefix : "metadata", &file,
                                      &files);
        }
    }
    for (size_t i = 0; status == CPH_OK && i < files; i++)
        status = read_file(data, file[i]);
    cph_drf_list_free(file, files);
    free(folder);
    free(properties);
    return status;
}
