/* SPDX-License-Identifier: MIT */
/* What every method of `cophase calibrate` finds ready. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/calibrate_interference.h"
#include "cli/calibrate_method.h"
#include "cli/geometry.h"
#include "kernels/core/size.h"

/* ---- what there is to solve ---- */

static cph_exit resolve_sources(const cph_calibrate_options *o, const cph_input *input,
                                double *direction)
{
    cph_error error = {.status = CPH_OK};
    for (size_t i = 0; i < o->sources; i++)
        if (cph_direction_resolve(&o->direction[i], &input->header->array, direction + 3 * i,
                                  &error) != CPH_OK)
            return cph_report_input(o->cli.name, &error);
    return CPH_EXIT_DONE;
}

/* The inputs of all selections in the order of the file. */
static cph_status merge(const cph_input *input, cph_calibrated *made)
{
    const cph_array *all = &input->header->array;
    size_t *index = calloc(all->elements + 1, sizeof *index), count = 0;
    cph_array array = {0};
    made->place = calloc(all->elements + 1, sizeof *made->place);
    if (index == NULL || made->place == NULL) {
        free(index);
        return CPH_ERR_MEMORY;
    }
    for (size_t i = 0; i < input->selections; i++)
        for (size_t n = 0; n < input->selection[i].elements; n++)
            made->place[input->selection[i].index[n]] = 1; /* wanted */
    for (size_t n = 0; n < all->elements; n++)
        if (made->place[n] != 0) {
            made->place[n] = count;
            index[count++] = n;
        }
    cph_status status = cph_array_select(all, index, count, &array);
    if (status == CPH_OK)
        status = cph_calibration_create(&array, made->times, made->channels, &made->calibration);
    if (status == CPH_OK)
        made->calibration.path = input->cli->path;
    cph_array_free(&array);
    free(index);
    return status;
}

static cph_status make_rows(const cph_calibrate_bench *b, cph_calibrated *made)
{
    const cph_input *input = b->input;
    size_t grid, flux;
    if (!cph_size_mul(made->times, made->channels, &grid) ||
        !cph_size_mul(grid, input->selections, &made->rows) ||
        !cph_size_mul(made->rows, b->o->sources, &flux))
        return CPH_ERR_OVERFLOW;
    made->row = calloc(made->rows + 1, sizeof *made->row);
    made->flux = calloc(flux + 1, sizeof *made->flux);
    if (made->row == NULL || made->flux == NULL)
        return CPH_ERR_MEMORY;
    for (size_t i = 0; i < made->rows; i++) {
        const size_t time = i % grid / made->channels, channel = i % made->channels;
        made->row[i] = (cph_calibrate_row){.selection = &input->selection[i / grid],
                                           .base = i % grid * made->calibration.array.elements,
                                           .slot = {time, channel},
                                           .time = cph_calibrate_grid_number(&made->grid, time),
                                           .channel = made->grid.channel[channel],
                                           .found = {.flux = made->flux + i * b->o->sources}};
    }
    return CPH_OK;
}

/* The reference element in each selection. */
static cph_exit find_reference(cph_calibrate_bench *b)
{
    for (size_t i = 0; i < b->input->selections; i++) {
        const cph_selection *selection = &b->input->selection[i];
        b->reference[i] = SIZE_MAX;
        if (b->o->reference == SIZE_MAX)
            continue;
        size_t n = 0;
        while (n < selection->elements && selection->array.element[n].number != b->o->reference)
            n++;
        if (n == selection->elements)
            return cph_report_line(b->o->cli.name, CPH_EXIT_USAGE,
                                   "--reference: %s has no element %zu%.1s", b->o->cli.input,
                                   b->o->reference, &selection->polarization);
        b->reference[i] = n;
    }
    return CPH_EXIT_DONE;
}

cph_exit cph_calibrate_prepare(cph_calibrate_bench *b, cph_calibrated *made)
{
    const cph_calibrate_options *o = b->o;
    cph_exit code = cph_calibrate_grid_make(o, b->input, &made->grid);
    if (code == CPH_EXIT_DONE)
        code = cph_calibrate_interference(o, b->input, &made->grid);
    if (code == CPH_EXIT_DONE)
        code = find_reference(b);
    if (code != CPH_EXIT_DONE)
        return code;
    made->times = made->grid.times;
    made->channels = made->grid.channels;
    cph_status status = merge(b->input, made);
    if (status == CPH_OK)
        status = make_rows(b, made);
    if (status != CPH_OK)
        return cph_report_line(o->cli.name, cph_exit_of(status), "%s: %zu dumps x %zu channels: %s",
                               o->cli.input, made->times, made->channels, cph_status_name(status));
    const size_t n = made->calibration.array.elements;
    b->flag = calloc(n, sizeof *b->flag);
    b->gain = calloc(n, sizeof *b->gain);
    b->sigma = calloc(n, 2 * sizeof *b->sigma);
    b->scratch = calloc(n, sizeof *b->scratch);
    made->direction = calloc(o->sources, 3 * sizeof *made->direction);
    if (b->flag == NULL || b->gain == NULL || b->sigma == NULL || b->scratch == NULL ||
        made->direction == NULL)
        return cph_report_memory(o->cli.name);
    cph_calibrate_gauge_name(o, cph_calibrate_has_flux(o) ? "|g| by given powers" : "mean |g| 1",
                             sizeof made->calibration.gauge, made->calibration.gauge);
    return resolve_sources(o, b->input, made->direction);
}

void cph_calibrate_bench_free(cph_calibrate_bench *b)
{
    cph_dump_free(&b->dump);
    free(b->flag);
    free(b->gain);
    free(b->sigma);
    free(b->scratch);
}
