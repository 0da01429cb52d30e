/* SPDX-License-Identifier: MIT */
/* Power over time, of channels or of elements. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calib/median.h"
#include "cli/convert.h"
#include "cli/picture.h"
#include "cli/plot/plot.h"
#include "kernels/core/size.h"

enum { COLUMNS = 1024 };

/* Mean powers: cell [rows][columns]; several times fall into a row, several channels into a
 * column. */
typedef struct fall {
    const cph_picture_options *o;
    const cph_input *input;
    cph_conversion chosen;
    bool by_element;
    size_t across; /* channels or elements of the input */
    size_t *slot;  /* [times] of a covariance: where dumps stand on an even grid of times */
    uint64_t span; /* times, those that were lost among them */
    size_t rows, columns;
    double *sum, *count; /* [rows][columns] */
    size_t at;           /* samples handed over so far */
} fall;

/* A grid whose step is the median of what lies between two dumps: those that were lost leave places
 * free. One after the other where times are not known, do not rise, or lie too far apart to count;
 * NULL: no memory. */
static size_t *place_dumps(const cph_data_header *h)
{
    size_t *slot = calloc(h->times + 1, sizeof *slot);
    double *step = calloc(h->times + 1, sizeof *step);
    const double *t = h->time_unix_s;
    bool known = slot != NULL && step != NULL;
    for (size_t i = 0; known && i + 1 < h->times; i++) {
        step[i] = t[i + 1] - t[i];
        known = isfinite(step[i]) && step[i] > 0.0;
    }
    const double usual = known && h->times > 1 ? cph_median(step, h->times - 1) : NAN;
    const bool even = known && (t[h->times - 1] - t[0]) / usual < 1e9;
    for (size_t i = 0; slot != NULL && i < h->times; i++)
        slot[i] = even ? (size_t)((t[i] - t[0]) / usual + 0.5) : i;
    free(step);
    return slot;
}

/* Times from the first to the last, those that were lost among them. */
static uint64_t lasts(const fall *f)
{
    const cph_input *input = f->input;
    if (f->slot != NULL)
        return input->header->times > 0 ? f->slot[input->header->times - 1] + 1 : 0;
    return input->times == 0 ? 0
                             : cph_data_global(input->header, input->start + input->times - 1) + 1 -
                                   cph_data_global(input->header, input->start);
}

static cph_exit fall_make(fall *f)
{
    const cph_data_header *h = f->input->header;
    size_t cells = 0;
    f->by_element = f->o->has_across ? f->o->by_element : h->channels == 1;
    f->across = f->by_element ? f->chosen.elements : h->channels;
    if (h->kind == CPH_KIND_COVARIANCE && (f->slot = place_dumps(h)) == NULL)
        return cph_report_memory(f->o->cli.name);
    f->span = lasts(f);
    f->rows = cph_size_min((size_t)f->span, f->o->rows);
    f->columns = cph_size_min(f->across, COLUMNS);
    if (f->rows == 0 || f->columns == 0)
        return cph_report_line(f->o->cli.name, CPH_EXIT_INPUT, "%s: holds no time or no element",
                               f->o->cli.input);
    if (!cph_size_mul(f->rows, f->columns, &cells))
        return cph_report_memory(f->o->cli.name);
    f->sum = calloc(cells, sizeof *f->sum);
    f->count = calloc(cells, sizeof *f->count);
    return f->sum != NULL && f->count != NULL ? CPH_EXIT_DONE : cph_report_memory(f->o->cli.name);
}

static void fall_free(fall *f)
{
    cph_conversion_free(&f->chosen);
    free(f->slot);
    free(f->sum);
    free(f->count);
}

static void add(fall *f, size_t row, size_t channel, size_t element, double power)
{
    const size_t place = f->by_element ? element : channel;
    const size_t cell = row * f->columns + place * f->columns / f->across;
    if (!isfinite(power))
        return;
    f->sum[cell] += power;
    f->count[cell] += 1.0;
}

/* ---- captures and beams ---- */

static cph_status add_block(void *context, const void *samples, size_t times, cph_error *error)
{
    fall *f = context;
    const cph_c32 *x = samples;
    const size_t channels = f->input->header->channels, elements = f->chosen.elements;
    const uint64_t first = cph_data_global(f->input->header, f->input->start);
    (void)error;
    for (size_t t = 0; t < times; t++) {
        const uint64_t at = cph_data_global(f->input->header, f->input->start + f->at++) - first;
        const size_t row = (size_t)(at * f->rows / f->span); /* of 2^54 samples at most */
        for (size_t c = 0; c < channels; c++)
            for (size_t e = 0; e < elements; e++, x++)
                add(f, row, c, e, (double)x->re * (double)x->re + (double)x->im * (double)x->im);
    }
    return CPH_OK;
}

/* ---- covariances ---- */

static cph_exit add_dumps(fall *f)
{
    const cph_input *input = f->input;
    const size_t dumps = input->header->times;
    cph_exit code = CPH_EXIT_DONE;
    for (size_t s = 0, base = 0; s < input->selections; s++) {
        const cph_selection *selection = &input->selection[s];
        cph_dump dump = {.elements = 0};
        for (size_t i = 0; i < dumps * input->header->channels && code == CPH_EXIT_DONE; i++) {
            const size_t time = i / input->header->channels, channel = i % input->header->channels;
            size_t kept = base;
            code = cph_input_covariance(input, selection, time, channel, &dump);
            if (code == CPH_EXIT_DONE && !dump.has_diagonal)
                code = cph_report_line(f->o->cli.name, CPH_EXIT_INPUT,
                                       "%s: /covariance has no diagonal; a waterfall is of powers",
                                       f->o->cli.input);
            for (size_t e = 0; e < selection->elements && code == CPH_EXIT_DONE; e++)
                if (selection->flag[e] != CPH_FLAG_EXCLUDED)
                    add(f, (size_t)(f->slot[time] * f->rows / f->span), channel, kept++,
                        dump.power[e]);
        }
        for (size_t e = 0; e < selection->elements; e++)
            base += selection->flag[e] != CPH_FLAG_EXCLUDED;
        cph_dump_free(&dump);
    }
    return code;
}

/* ---- drawn ---- */

/* Frequencies along the picture where they rise in even steps, else numbers. */
static bool even(const cph_data_header *h)
{
    const double *f = h->channel_freq_hz;
    const double step =
        h->channels > 1 ? (f[h->channels - 1] - f[0]) / (double)(h->channels - 1) : NAN;
    for (size_t c = 0; c < h->channels; c++)
        if (!(fabs(f[c] - f[0] - step * (double)c) <= 0.01 * step))
            return false;
    return step > 0.0;
}

/* The unit in which where a range ends is 1 or more. */
static const char *time_label(double range[2])
{
    static const char *const label[] = {"Time (s)", "Time (ms)", "Time (\u00b5s)"};
    size_t unit = 0;
    for (; unit < 2 && range[1] < 1.0; unit++) {
        range[0] *= 1e3;
        range[1] *= 1e3;
    }
    return label[unit];
}

/* Along time, from the file's first sample or dump on; returns what it is counted in. */
static const char *time_axis(const fall *f, double range[2])
{
    const cph_data_header *h = f->input->header;
    const bool dumps = h->kind == CPH_KIND_COVARIANCE;
    range[0] = dumps ? 0.0 : (double)(cph_data_global(h, f->input->start) - cph_data_global(h, 0));
    range[1] = range[0] + (double)f->span;
    if (dumps || !(h->sample_rate_hz > 0.0))
        return dumps ? "Dump" : "Sample";
    range[0] /= h->sample_rate_hz;
    range[1] /= h->sample_rate_hz;
    return time_label(range);
}

static cph_waterfall_plot plot_of(const fall *f)
{
    const cph_data_header *h = f->input->header;
    double range[2];
    const char *label = time_axis(f, range);
    cph_waterfall_plot plot = {.rows = f->rows,
                               .columns = f->columns,
                               .value = f->sum,
                               .x_low = -0.5,
                               .x_high = (double)f->across - 0.5,
                               .x_label = h->kind == CPH_KIND_BEAMS ? "Beam"
                                          : f->by_element           ? "Element, as read"
                                                                    : "Channel",
                               .y_low = range[0],
                               .y_high = range[1],
                               .y_label = label,
                               .unit = "Power (dB)",
                               .x_counts = true,
                               .y_counts = strncmp(label, "Time", strlen("Time")) != 0};
    if (!f->by_element)
        plot.x_label = "Channel";
    if (!f->by_element && even(h)) {
        const double half = 0.5 * (h->channel_freq_hz[h->channels - 1] - h->channel_freq_hz[0]) /
                            (double)(h->channels - 1);
        plot.x_low = 1e-6 * (h->channel_freq_hz[0] - half);
        plot.x_high = 1e-6 * (h->channel_freq_hz[h->channels - 1] + half);
        plot.x_label = "Frequency (MHz)";
        plot.x_counts = false;
    }
    return plot;
}

/* Mean powers in dB over the other axis: of a row, or of a column. */
static json_t *means(const fall *f, bool rows)
{
    const size_t list = rows ? f->rows : f->columns, each = rows ? f->columns : f->rows;
    const size_t step = rows ? f->columns : 1, next = rows ? 1 : f->columns;
    json_t *made = json_array();
    for (size_t i = 0; i < list; i++) {
        double sum = 0.0, count = 0.0;
        for (size_t k = 0; k < each; k++) {
            sum += f->sum[i * step + k * next];
            count += f->count[i * step + k * next];
        }
        cph_json_append(made, cph_json_number(count > 0.0 ? 10.0 * log10(sum / count) : NAN));
    }
    return made;
}

/* Sums become decibels. */
static cph_exit draw(fall *f, json_t *object)
{
    double low = INFINITY, high = -INFINITY;
    cph_error error = {.status = CPH_OK};
    cph_json_set(object, "rows_db", means(f, true));
    cph_json_set(object, "columns_db", means(f, false));
    for (size_t i = 0; i < f->rows * f->columns; i++) {
        f->sum[i] = f->count[i] > 0.0 ? 10.0 * log10(f->sum[i] / f->count[i]) : NAN;
        if (isfinite(f->sum[i])) {
            low = fmin(low, f->sum[i]);
            high = fmax(high, f->sum[i]);
        }
    }
    cph_waterfall_plot plot = plot_of(f);
    plot.title = f->by_element ? "Power of each over time" : "Power of each channel over time";
    plot.subtitle = cph_picture_subject(f->o);
    if (cph_plot_waterfall(f->o->cli.output, &plot, &error) != CPH_OK)
        return cph_report(f->o->cli.name, &error);
    cph_json_set_text(object, "across", f->by_element ? "element" : "channel");
    cph_json_set_number(object, "least_db", low);
    cph_json_set_number(object, "most_db", high);
    if (!f->o->cli.json)
        printf("%zu rows (%s, %.6g to %.6g), %zu columns (%s), %.2f to %.2f dB\n", f->rows,
               plot.y_label, plot.y_low, plot.y_high, f->columns, plot.x_label, low, high);
    return CPH_EXIT_DONE;
}

cph_exit cph_picture_waterfall(const cph_picture_options *o, const cph_input *input, json_t *object)
{
    const bool dumps = input->header->kind == CPH_KIND_COVARIANCE;
    fall f = {.o = o,
              .input = input,
              .chosen = {.input = input, .has_type = true, .type = CPH_C32, .scale = 1.0}};
    cph_exit code = cph_conversion_make(&f.chosen);
    if (code == CPH_EXIT_DONE)
        code = fall_make(&f);
    if (code == CPH_EXIT_DONE)
        code = dumps ? add_dumps(&f) : cph_conversion_stream(&f.chosen, add_block, &f);
    if (code == CPH_EXIT_DONE)
        code = draw(&f, object);
    fall_free(&f);
    return code;
}
