/* SPDX-License-Identifier: MIT */
/* Calibrated captures, covariances and visibilities. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/apply_jones.h"
#include "cli/history.h"
#include "cli/progress.h"
#include "kernels/core/size.h"

/* v / (g conj(h)) */
static cph_c64 divide(cph_c64 v, cph_c64 g, cph_c64 h)
{
    const cph_c64 both = {g.re * h.re + g.im * h.im, g.im * h.re - g.re * h.im};
    const double power = both.re * both.re + both.im * both.im;
    return (cph_c64){(v.re * both.re + v.im * both.im) / power,
                     (v.im * both.re - v.re * both.im) / power};
}

static cph_exit interrupted(const cph_applier *a)
{
    return cph_report_line(a->input->cli->name, CPH_EXIT_FAILED, "interrupted");
}

/* ---- visibilities ---- */

/* The products of one row and channel, from `first` on in the block. Without one of those that an
 * inverse takes, leakage stays. */
static void divide_products(cph_applier *a, size_t at, size_t products, const size_t *input,
                            size_t first, const cph_visibility_block *b)
{
    cph_c64 *const visibility = b->visibility + first;
    const unsigned char *const flag = a->flag + at;
    const cph_jones_inverse inverse = cph_apply_jones_at(a, at);
    const bool mixed =
        a->mix != NULL &&
        cph_jones_undo_products(&inverse, products, input, visibility, b->flag + first) == CPH_OK;
    for (size_t k = 0; k < products; k++) {
        const size_t p = input[2 * k], q = input[2 * k + 1];
        if (!mixed)
            visibility[k] = divide(visibility[k], a->gain[at + p], a->gain[at + q]);
        if (flag[p] != CPH_FLAG_NONE || flag[q] != CPH_FLAG_NONE)
            b->flag[first + k] = 1;
        else if (a->mix != NULL && !mixed)
            a->part[p] = a->part[q] = CPH_JONES_GAIN;
    }
}

/* Flagged entries are divided too, and stay or become flagged. */
static cph_exit divide_rows(cph_applier *a, const cph_visibility_block *b)
{
    for (size_t row = 0; row < b->rows; row++) {
        size_t solution = 0;
        const cph_exit code =
            cph_applier_solution(a, a->input->header->time_unix_s[b->time[row]], &solution);
        if (code != CPH_EXIT_DONE)
            return code;
        const size_t *input = b->input + row * b->products * 2;
        for (size_t c = 0; c < b->channels; c++)
            divide_products(a, cph_applier_place(a, solution, c), b->products, input,
                            (row * b->channels + c) * b->products, b);
    }
    return CPH_EXIT_DONE;
}

/* What the copy refuses is in the input. */
static cph_exit report_copy(const cph_cli *cli, const cph_error *error)
{
    return error->status == CPH_ERR_UNSUPPORTED ? cph_report_input(cli->name, error)
                                                : cph_report(cli->name, error);
}

static cph_exit write_visibilities(cph_applier *a, const char *applied,
                                   const cph_write_options *options)
{
    const cph_cli *cli = a->input->cli;
    cph_error error = {.status = CPH_OK};
    cph_writer *writer = NULL;
    cph_visibility_block block = {0};
    cph_progress progress;
    if (cph_visibility_create(cli->output, a->input->data, applied, cli->max_memory, options,
                              &writer, &error) != CPH_OK)
        return report_copy(cli, &error);
    cph_exit code = CPH_EXIT_DONE;
    cph_progress_start(&progress, cli, cli->name, a->input->header->times);
    do {
        if (cph_interrupted())
            code = interrupted(a);
        else if (cph_visibility_next(writer, &block, &error) != CPH_OK)
            code = report_copy(cli, &error);
        else
            code = divide_rows(a, &block);
        if (code == CPH_EXIT_DONE && block.rows > 0)
            cph_progress_update(&progress, block.time[0]);
    } while (code == CPH_EXIT_DONE && block.rows > 0);
    cph_progress_end(&progress);
    return cph_output_end(a->input->cli, writer, code);
}

/* ---- native files ---- */

/* The header of the output; inputs that are flagged everywhere are listed. */
static cph_status make_header(const cph_applier *a, const char *applied, cph_data_header *header)
{
    *header = *a->input->header;
    header->applied = applied;
    header->times = a->input->cli->follow ? 0 : a->input->times;
    const cph_status status = cph_array_select(&a->input->header->array, NULL, 0, &header->array);
    for (size_t n = 0; status == CPH_OK && n < a->elements; n++)
        if (a->lost[n] != CPH_FLAG_NONE)
            header->array.element[n].listed = true;
    return status;
}

/* Entries of flagged inputs become NaN. */
static void divide_matrix(const cph_applier *a, size_t solution, size_t channel, cph_c64 *r)
{
    const size_t n = a->elements, at = cph_applier_place(a, solution, channel);
    const cph_c64 *gain = a->gain + at;
    const unsigned char *flag = a->flag + at;
    const cph_jones_inverse inverse = cph_apply_jones_at(a, at);
    size_t unmixed = 0;
    while (a->mix != NULL && unmixed < n && !cph_jones_is_mixed(&inverse, unmixed))
        unmixed++;
    const bool mixed = a->mix != NULL && unmixed < n &&
                       cph_jones_undo_matrix(&inverse, a->input->header->has_diagonal, r) == CPH_OK;
    for (size_t p = 0; p < n; p++)
        for (size_t q = 0; q < n; q++) {
            cph_c64 *entry = &r[p * n + q];
            if (flag[p] != CPH_FLAG_NONE || flag[q] != CPH_FLAG_NONE)
                *entry = (cph_c64){NAN, NAN};
            else if (!mixed)
                *entry = divide(*entry, gain[p], gain[q]);
        }
}

static cph_exit put_covariances(cph_applier *a, cph_writer *writer, cph_c64 *r)
{
    const cph_data_header *h = a->input->header;
    const cph_cli *cli = a->input->cli;
    cph_error error = {.status = CPH_OK};
    cph_exit code = CPH_EXIT_DONE;
    cph_progress progress;
    cph_progress_start(&progress, cli, cli->name, h->times * h->channels);
    for (size_t i = 0; code == CPH_EXIT_DONE && i < h->times * h->channels; i++) {
        const size_t time = i / h->channels, channel = i % h->channels;
        size_t solution = 0;
        code = cph_interrupted() ? interrupted(a)
                                 : cph_applier_solution(a, h->time_unix_s[time], &solution);
        if (code != CPH_EXIT_DONE)
            break;
        if (cph_data_read_covariance(a->input->data, time, channel, NULL, a->elements, r, &error) !=
            CPH_OK) {
            code = cph_report_input(cli->name, &error);
            break;
        }
        divide_matrix(a, solution, channel, r);
        if (cph_covariance_put(writer, time, channel, r, &error) != CPH_OK)
            code = cph_report(cli->name, &error);
        cph_progress_update(&progress, i + 1);
    }
    cph_progress_end(&progress);
    return code;
}

static cph_exit write_covariance(cph_applier *a, const cph_data_header *header,
                                 const cph_write_options *options)
{
    const cph_cli *cli = a->input->cli;
    cph_error error = {.status = CPH_OK};
    cph_writer *writer = NULL;
    size_t entries = 0;
    cph_c64 *r =
        cph_size_mul(a->elements, a->elements, &entries) ? calloc(entries + 1, sizeof *r) : NULL;
    if (r == NULL)
        return cph_report_memory(cli->name);
    cph_exit code = CPH_EXIT_DONE;
    if (cph_covariance_create_file(cli->output, header, options, &writer, &error) != CPH_OK)
        code = cph_report(cli->name, &error);
    else
        code = cph_output_end(a->input->cli, writer, put_covariances(a, writer, r));
    free(r);
    return code;
}

cph_exit cph_apply_write(cph_applier *a, const char *applied, const cph_write_options *options)
{
    cph_data_header header;
    cph_interrupt_catch();
    if (a->input->cli->resume && a->input->header->kind != CPH_KIND_CAPTURE)
        return cph_report_line(a->input->cli->name, CPH_EXIT_USAGE,
                               "%s: is a %s; --resume is for captures", a->input->cli->input,
                               cph_kind_name(a->input->header->kind));
    if (strcmp(a->input->header->format, "uvh5") == 0)
        return write_visibilities(a, applied, options);
    if (make_header(a, applied, &header) != CPH_OK)
        return cph_report_memory(a->input->cli->name);
    const cph_exit code = header.kind == CPH_KIND_CAPTURE ? cph_apply_capture(a, &header, options)
                                                          : write_covariance(a, &header, options);
    cph_array_free(&header.array);
    return code;
}
