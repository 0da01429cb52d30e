/* SPDX-License-Identifier: MIT */
/* calibrate --method receiver: offset and image of each receiver, and the capture without them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/calibrate_method.h"
#include "cli/flagged.h"
#include "cli/history.h"
#include "cli/progress.h"
#include "cophase/receiver.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

static const double degree = 0.017453292519943295769;

typedef struct work {
    const cph_calibrate_options *o;
    const cph_input *input;
    const cph_data_header *header;
    size_t elements, channels;
    /* [channels][elements], in units of the samples: */
    cph_c64 *offset, *image;
    double *offset_sigma, *image_sigma;
    unsigned char *flag;
    unsigned char *lost; /* [elements] why in the first channel, of those without any correction */
} work;

static cph_iq_correction correction_of(const work *w, size_t channel, size_t element)
{
    const size_t at = channel * w->elements + element;
    return (cph_iq_correction){.offset = w->offset + at,
                               .offset_sigma = w->offset_sigma + at,
                               .image = w->image + at,
                               .image_sigma = w->image_sigma + at,
                               .flag = w->flag + at};
}

/* ---- solving ---- */

static bool make_room(work *w)
{
    size_t all = 0;
    if (!cph_size_mul(w->channels, w->elements, &all))
        return false;
    w->offset = calloc(all + 1, sizeof *w->offset);
    w->image = calloc(all + 1, sizeof *w->image);
    w->offset_sigma = calloc(all + 1, sizeof *w->offset_sigma);
    w->image_sigma = calloc(all + 1, sizeof *w->image_sigma);
    w->flag = calloc(all + 1, 1);
    w->lost = calloc(w->elements + 1, 1);
    return w->offset != NULL && w->image != NULL && w->offset_sigma != NULL &&
           w->image_sigma != NULL && w->flag != NULL && w->lost != NULL;
}

static void work_free(work *w)
{
    free(w->offset);
    free(w->image);
    free(w->offset_sigma);
    free(w->image_sigma);
    free(w->flag);
    free(w->lost);
}

/* Elements that were not chosen are left as they are. */
static void take_flags(work *w)
{
    memset(w->flag, CPH_FLAG_EXCLUDED, w->channels * w->elements);
    for (size_t i = 0; i < w->input->selections; i++) {
        const cph_selection *s = &w->input->selection[i];
        for (size_t c = 0; c < w->channels; c++)
            for (size_t n = 0; n < s->elements; n++)
                /* A receiver needs no place. */
                w->flag[c * w->elements + s->index[n]] =
                    s->flag[n] == CPH_FLAG_UNSOLVED ? (unsigned char)CPH_FLAG_NONE : s->flag[n];
    }
}

/* Elements [first, first + count) of a channel, all times. */
static cph_exit solve_some(work *w, size_t channel, size_t first, size_t count, void *raw,
                           cph_c32 *sample, size_t *index)
{
    const size_t times = w->input->times;
    const char *name = w->o->cli.name;
    cph_error error = {.status = CPH_OK};
    for (size_t i = 0; i < count; i++)
        index[i] = first + i;
    if (cph_data_read_samples(w->input->data, w->input->start, times, channel, index, count, raw,
                              &error) != CPH_OK)
        return cph_report_input(name, &error);
    cph_status status = cph_convert_to_c32(w->header->type, raw, times * count, 1.0F, sample);
    if (status != CPH_OK)
        return cph_report_line(name, cph_exit_of(status), "%s: samples: %s", w->o->cli.input,
                               cph_status_name(status));
    cph_iq_correction correction = correction_of(w, channel, first);
    size_t live = 0;
    for (size_t i = 0; i < count; i++)
        live += correction.flag[i] == CPH_FLAG_NONE;
    if (live == 0) /* none of these was chosen */
        return CPH_EXIT_DONE;
    status = cph_iq_solve(times, count, sample, count, &correction, &error);
    return status == CPH_OK
               ? CPH_EXIT_DONE
               : cph_report_line(name, CPH_EXIT_INPUT, "%s: %s", w->o->cli.input, error.message);
}

/* As many elements at a time as --max-memory has room for. */
static cph_exit solve(work *w)
{
    const cph_cli *cli = &w->o->cli;
    const size_t times = w->input->times, item = sizeof(cph_c32) + cph_type_size(w->header->type);
    size_t bytes = 0;
    if (!cph_size_mul(times, item, &bytes) || bytes > cli->max_memory)
        return cph_report_line(cli->name, CPH_EXIT_LIMIT,
                               "--max-memory %zu is too small for %zu samples of an element of %s; "
                               "take less by --duration",
                               cli->max_memory, times, cli->input);
    const size_t most = cph_size_min(bytes > 0 ? cli->max_memory / bytes : 1, w->elements);
    void *raw = malloc(most * times * cph_type_size(w->header->type) + 1);
    cph_c32 *sample = malloc(most * times * sizeof *sample + 1);
    size_t *index = calloc(most + 1, sizeof *index);
    cph_exit code = raw != NULL && sample != NULL && index != NULL ? CPH_EXIT_DONE
                                                                   : cph_report_memory(cli->name);
    for (size_t c = 0; c < w->channels && code == CPH_EXIT_DONE; c++)
        for (size_t n = 0; n < w->elements && code == CPH_EXIT_DONE; n += most)
            code = cph_interrupted() ? cph_report_line(cli->name, CPH_EXIT_FAILED, "interrupted")
                                     : solve_some(w, c, n, cph_size_min(most, w->elements - n), raw,
                                                  sample, index);
    free(raw);
    free(sample);
    free(index);
    return code;
}

/* Nothing of use is a failure. */
static cph_exit check_use(work *w)
{
    size_t good = 0;
    for (size_t n = 0; n < w->elements; n++) {
        bool any = false;
        for (size_t c = 0; c < w->channels; c++)
            any = any || w->flag[c * w->elements + n] == CPH_FLAG_NONE;
        w->lost[n] = any ? (unsigned char)CPH_FLAG_NONE : w->flag[n];
        good += any;
    }
    return good > 0
               ? CPH_EXIT_DONE
               : cph_report_line(w->o->cli.name, CPH_EXIT_INPUT,
                                 "%s: all %zu elements are flagged (the first as %s): "
                                 "--method receiver needs noise or another circular signal",
                                 w->o->cli.input, w->elements, cph_flag_name((cph_flag)w->lost[0]));
}

/* ---- the corrected capture ---- */

static cph_exit put_block(const work *w, cph_writer *writer, size_t done, size_t times, void *raw,
                          cph_c32 *part, cph_c32 *out)
{
    const char *name = w->o->cli.name;
    const size_t n = w->elements, row = w->channels * n;
    cph_error error = {.status = CPH_OK};
    for (size_t c = 0; c < w->channels; c++) {
        if (cph_data_read_samples(w->input->data, w->input->start + done, times, c, NULL, n, raw,
                                  &error) != CPH_OK)
            return cph_report_input(name, &error);
        cph_status status = cph_convert_to_c32(w->header->type, raw, times * n, 1.0F, part);
        const cph_iq_correction correction = correction_of(w, c, 0);
        if (status == CPH_OK)
            status = cph_iq_apply(times, n, &correction, part, n);
        if (status != CPH_OK)
            return cph_report_line(name, cph_exit_of(status), "%s: samples: %s", w->o->cli.input,
                                   cph_status_name(status));
        for (size_t t = 0; t < times; t++)
            memcpy(out + t * row + c * n, part + t * n, n * sizeof *out);
    }
    return cph_capture_append(writer, out, times, &error) == CPH_OK ? CPH_EXIT_DONE
                                                                    : cph_report(name, &error);
}

static cph_exit put_all(const work *w, cph_writer *writer)
{
    const cph_cli *cli = &w->o->cli;
    const size_t times = w->input->times, raw_size = cph_type_size(w->header->type);
    size_t row = 0;
    if (!cph_size_mul(w->elements, (w->channels + 1) * sizeof(cph_c32) + raw_size, &row) ||
        row == 0 || row > cli->max_memory)
        return cph_report_line(cli->name, CPH_EXIT_LIMIT, "--max-memory %zu is too small for %s",
                               cli->max_memory, cli->input);
    const size_t most = cph_size_min(cli->max_memory / row, times);
    void *raw = malloc(most * w->elements * raw_size + 1);
    cph_c32 *part = malloc(most * w->elements * sizeof *part + 1);
    cph_c32 *out = malloc(most * w->elements * w->channels * sizeof *out + 1);
    cph_exit code =
        raw != NULL && part != NULL && out != NULL ? CPH_EXIT_DONE : cph_report_memory(cli->name);
    cph_progress progress;
    cph_progress_start(&progress, cli, cli->name, times);
    for (size_t done = 0; done < times && code == CPH_EXIT_DONE; done += most) {
        const size_t now = cph_size_min(most, times - done);
        code = cph_interrupted() ? cph_report_line(cli->name, CPH_EXIT_FAILED, "interrupted")
                                 : put_block(w, writer, done, now, raw, part, out);
        cph_progress_update(&progress, done + now);
    }
    cph_progress_end(&progress);
    free(raw);
    free(part);
    free(out);
    return code;
}

static cph_exit write_file(const work *w)
{
    const cph_cli *cli = &w->o->cli;
    const char *path[CPH_HISTORY_INPUTS];
    cph_history history;
    cph_error error = {.status = CPH_OK};
    cph_writer *writer = NULL;
    cph_data_header header = *w->header;
    header.type = CPH_C32;
    header.times = w->input->times;
    cph_data_gap *gap = calloc(header.gaps + 1, sizeof *gap);
    if (gap == NULL)
        return cph_report_memory(cli->name);
    cph_input_cut(w->input, &header, gap);
    cph_exit code = cph_history_make(cli, path, cph_input_paths(w->input, path), &history);
    if (code != CPH_EXIT_DONE) {
        free(gap);
        return code;
    }
    if (cph_capture_create(cli->output, &header, &history.options, &writer, &error) != CPH_OK) {
        code = cph_report(cli->name, &error);
    } else {
        code = put_all(w, writer);
        if (code != CPH_EXIT_DONE)
            cph_writer_abort(writer);
        else if (cph_writer_commit(writer, &error) != CPH_OK)
            code = cph_report(cli->name, &error);
    }
    free(gap);
    cph_history_free(&history);
    return code;
}

/* ---- what is said ---- */

/* In units of the signal. */
static json_t *one_json(const work *w, size_t channel, size_t n)
{
    const size_t at = channel * w->elements + n;
    const cph_element *element = &w->header->array.element[n];
    const char polarization[] = {element->polarization, '\0'};
    const double scale = w->header->scale;
    json_t *object = json_object();
    cph_json_set_count(object, "element", element->number);
    cph_json_set_text(object, "polarization", polarization[0] != '\0' ? polarization : NULL);
    cph_json_set_number(object, "offset_re", scale * w->offset[at].re);
    cph_json_set_number(object, "offset_im", scale * w->offset[at].im);
    cph_json_set_number(object, "offset_sigma", scale * w->offset_sigma[at]);
    cph_json_set_number(object, "image_re", w->image[at].re);
    cph_json_set_number(object, "image_im", w->image[at].im);
    cph_json_set_number(object, "image_sigma", w->image_sigma[at]);
    cph_json_set_number(object, "image_db", 20.0 * log10(hypot(w->image[at].re, w->image[at].im)));
    return object;
}

static cph_exit print_json(const work *w, json_t *flagged)
{
    json_t *object = json_object(), *channels = json_array();
    for (size_t c = 0; c < w->channels; c++) {
        json_t *channel = json_object(), *list = json_array();
        for (size_t n = 0; n < w->elements; n++)
            if (w->flag[c * w->elements + n] == CPH_FLAG_NONE)
                cph_json_append(list, one_json(w, c, n));
        cph_json_set_count(channel, "channel", c);
        cph_json_set_number(channel, "freq_hz", w->header->channel_freq_hz[c]);
        cph_json_set(channel, "receivers", list);
        cph_json_append(channels, channel);
    }
    cph_json_set_text(object, "method", "receiver");
    cph_json_set_count(object, "elements", w->elements);
    cph_json_set_count(object, "times", w->input->times);
    cph_json_set(object, "flagged", flagged);
    cph_json_set(object, "channels", channels);
    cph_json_set_text(object, "output", w->o->cli.output);
    return cph_json_print(&w->o->cli, object);
}

static cph_exit print_text(const work *w, json_t *flagged)
{
    printf("%s: %zu elements (%zu flagged), %zu times, %zu channels\n", w->o->cli.output,
           w->elements, json_array_size(flagged), w->input->times, w->channels);
    cph_flagged_print(flagged);
    json_decref(flagged);
    puts("pol  element  channel   offset re   offset im       sigma  image dB  phase deg  sigma "
         "(of 1)");
    for (size_t c = 0; c < w->channels; c++)
        for (size_t n = 0; n < w->elements; n++) {
            const size_t at = c * w->elements + n;
            const cph_element *element = &w->header->array.element[n];
            const char polarization[] = {element->polarization, '\0'};
            const double scale = w->header->scale;
            if (w->flag[at] != CPH_FLAG_NONE)
                continue;
            printf("%-3s  %7u  %7zu  %10.4g  %10.4g  %10.3g  %8.2f  %9.2f  %.3g\n", polarization,
                   element->number, c, scale * w->offset[at].re, scale * w->offset[at].im,
                   scale * w->offset_sigma[at],
                   20.0 * log10(hypot(w->image[at].re, w->image[at].im)),
                   atan2(w->image[at].im, w->image[at].re) / degree, w->image_sigma[at]);
        }
    return cph_stdout_check(&w->o->cli);
}

static cph_exit say(const work *w)
{
    json_t *flagged = json_array();
    (void)cph_flagged_append(flagged, &w->header->array, w->lost);
    return w->o->cli.json ? print_json(w, flagged) : print_text(w, flagged);
}

/* ---- the method ---- */

static cph_exit run(const cph_calibrate_options *o, const cph_input *input)
{
    work w = {.o = o,
              .input = input,
              .header = input->header,
              .elements = input->header->array.elements,
              .channels = input->header->channels};
    if (input->header->real_sampling)
        return cph_report_line(
            o->cli.name, CPH_EXIT_INPUT,
            "%s: has real samples, of one part alone; --method receiver compares "
            "I and Q",
            o->cli.input);
    if (!make_room(&w)) {
        work_free(&w);
        return cph_report_memory(o->cli.name);
    }
    cph_interrupt_catch();
    take_flags(&w);
    cph_exit code = solve(&w);
    if (code == CPH_EXIT_DONE)
        code = check_use(&w);
    if (code == CPH_EXIT_DONE)
        code = write_file(&w);
    if (code == CPH_EXIT_DONE)
        code = say(&w);
    work_free(&w);
    return code;
}

static cph_exit check(const cph_calibrate_options *o)
{
    return o->cli.plot == NULL ? CPH_EXIT_DONE
                               : cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                                                 "--plot: is not for --method receiver");
}

const cph_calibrate_method cph_calibrate_receiver = {.name = "receiver",
                                                     .input = CPH_TAKES_CAPTURE | CPH_TAKES_REAL,
                                                     .options = "",
                                                     .check = check,
                                                     .run = run};
