/* SPDX-License-Identifier: MIT */
#include "cli/coupled.h"

#include <stdlib.h>

#include "calib/invert.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

static cph_c64 *room(size_t a, size_t b)
{
    size_t count;
    return cph_size_mul(a, b, &count) ? calloc(count + 1, sizeof(cph_c64)) : NULL;
}

cph_status cph_coupled_read(const cph_calibration *calibration, const cph_array *array,
                            double freq_hz, size_t time, cph_c64 **coupling, cph_error *error)
{
    *coupling = NULL;
    if (calibration->coupling == NULL)
        return CPH_OK;
    cph_c64 *const made = room(array->elements, array->elements);
    const cph_status status =
        made == NULL ? cph_fail(error, CPH_ERR_MEMORY, "out of memory")
                     : cph_calibration_coupling(calibration, array, freq_hz, time, made, error);
    if (status == CPH_OK)
        *coupling = made;
    else
        free(made);
    return status;
}

cph_exit cph_coupled_input(const cph_input *input, const cph_selection *selection,
                           cph_c64 **coupling)
{
    const cph_data_header *const header = input->header;
    const size_t n = selection->elements;
    size_t square;
    *coupling = NULL;
    if (!input->has_calibration || input->calibration.coupling == NULL)
        return CPH_EXIT_DONE;
    size_t time = 0;
    cph_c64 *const all = cph_size_mul(n, n, &square) ? room(header->channels, square) : NULL;
    cph_c64 *one = NULL;
    cph_error error = {.status = CPH_OK};
    cph_status status = all != NULL ? CPH_OK : CPH_ERR_MEMORY;
    if (status == CPH_OK)
        status = cph_input_solution(input, cph_input_begin(input), &time, &error);
    for (size_t c = 0; c < header->channels && status == CPH_OK; c++) {
        status = cph_coupled_read(&input->calibration, &selection->array,
                                  header->channel_freq_hz[c], time, &one, &error);
        for (size_t i = 0; status == CPH_OK && i < square; i++) {
            const bool out = selection->flag[i / n] != CPH_FLAG_NONE &&
                             selection->flag[i / n] != CPH_FLAG_LISTED;
            all[c * square + i] = out ? (cph_c64){0.0, 0.0} : one[i];
        }
        free(one);
        one = NULL;
    }
    if (status == CPH_OK) {
        *coupling = all;
        return CPH_EXIT_DONE;
    }
    free(all);
    return status == CPH_ERR_MEMORY
               ? cph_report_memory(input->cli->name)
               : cph_report_line(input->cli->name, cph_exit_of(status), "%s: %s",
                                 input->cli->calibration, error.message);
}

void cph_coupled_seen(size_t n, const cph_c64 *coupling, const cph_c64 *w, cph_c64 *seen)
{
    for (size_t m = 0; m < n; m++)
        seen[m] = (cph_c64){0.0, 0.0};
    for (size_t i = 0; i < n; i++)
        for (size_t m = 0; m < n; m++)
            seen[m] = cph_c64_add(seen[m], cph_c64_mulc(w[i], coupling[i * n + m]));
}

static bool is_live(size_t n, const cph_c64 *row)
{
    for (size_t m = 0; m < n; m++)
        if (!cph_c64_is_zero(row[m]))
            return true;
    return false;
}

cph_status cph_coupled_undo(size_t n, const cph_c64 *coupling, cph_c64 **undo)
{
    cph_c64 *const a = room(n, n), *const inverse = room(n, n), *const made = room(n, n);
    size_t *const row = calloc(n + 1, sizeof *row);
    size_t live = 0;
    cph_status status =
        a != NULL && inverse != NULL && made != NULL && row != NULL ? CPH_OK : CPH_ERR_MEMORY;
    for (size_t i = 0; status == CPH_OK && i < n; i++)
        if (is_live(n, coupling + i * n))
            row[live++] = i;
    if (status == CPH_OK && live == 0)
        status = CPH_ERR_TOO_FEW;
    for (size_t m = 0; status == CPH_OK && m < n; m++)
        for (size_t k = 0; k < live; k++)
            a[m * live + k] = cph_c64_conj(coupling[row[k] * n + m]);
    if (status == CPH_OK)
        status = cph_pseudo_inverse(n, live, a, inverse, NULL);
    for (size_t k = 0; status == CPH_OK && k < live; k++)
        for (size_t m = 0; m < n; m++)
            made[row[k] * n + m] = inverse[k * n + m];
    free(a);
    free(inverse);
    free(row);
    if (status == CPH_OK)
        *undo = made;
    else
        free(made);
    return status;
}
