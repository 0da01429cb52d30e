/* SPDX-License-Identifier: MIT */
/* The group /truth of simulated files. */
#include <stdlib.h>

#include "datasets/data.h"
#include "kernels/core/size.h"

cph_status cph_native_truth(cph_data *data, cph_c64 *gain)
{
    return cph_h5_complex_all(&data->h5, "/truth/gain", 1, &data->header.array.elements, gain);
}

cph_status cph_native_truth_delays(cph_data *data, double *delay_s)
{
    static const char name[] = "/truth/delay_s";
    return cph_h5_exists(&data->h5, name)
               ? cph_h5_doubles(&data->h5, name, 1, &data->header.array.elements, delay_s)
               : cph_h5_fail(&data->h5, CPH_ERR_MISSING, name, "is not there");
}

char **cph_data_lines(size_t count, size_t size)
{
    size_t bytes, pointers;
    if (!cph_size_mul(count, size, &bytes) || !cph_size_mul(count, sizeof(char *), &pointers) ||
        !cph_size_add(bytes, pointers, &bytes))
        return NULL;
    char **line = calloc(1, bytes + 1);
    for (size_t i = 0; line != NULL && i < count; i++)
        line[i] = (char *)line + pointers + i * size;
    return line;
}

cph_status cph_native_truth_sources(cph_data *data, char ***source, size_t *sources)
{
    enum { LINE_SIZE = 512 };
    static const char name[] = "/truth/source";
    const cph_h5 *h5 = &data->h5;
    cph_h5_set set;
    if (!cph_h5_exists(h5, name))
        return CPH_OK;
    cph_status status = cph_h5_set_open(h5, name, &set);
    if (status != CPH_OK)
        return status;
    const size_t count = set.rank == 1 ? set.dim[0] : 1;
    cph_h5_set_close(&set);
    if (count == 0)
        return CPH_OK;
    char **line = cph_data_lines(count, LINE_SIZE);
    if (line == NULL)
        return cph_h5_fail(h5, CPH_ERR_MEMORY, name, "no memory");
    status = cph_h5_strings(h5, name, count, LINE_SIZE, line[0]);
    if (status != CPH_OK) {
        free(line);
        return status;
    }
    *source = line;
    *sources = count;
    return CPH_OK;
}
