/* SPDX-License-Identifier: MIT */
#include "cli/known_waveform.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/calibrate_options.h"
#include "cli/history.h"
#include "datasets/import/text_table.h"

enum { KEY_WAVEFORM = CPH_KEY_VERB, KEY_MAX_LAG };

static const struct argp_option options_list[] = {
    {NULL, 0, NULL, 0, "With --method waveform:", 3},
    {"waveform", KEY_WAVEFORM, "FILE", 0,
     "What was sent: a capture of one element, or FILE.csv with a line re,im a sample, at the "
     "sample rate of the input",
     3},
    {"max-lag", KEY_MAX_LAG, "TIME", 0, "Search delays up to this, either way (default: all)", 3},
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_calibrate_options *o = state->input;
    cph_error error;
    cph_calibrate_note(o, options_list, key);
    switch (key) {
    case KEY_WAVEFORM:
        o->waveform.path = arg;
        return 0;
    case KEY_MAX_LAG:
        return cph_parsed(state, cph_parse_quantity(CPH_SPAN, arg, &o->waveform.max_lag_s, &error),
                          &error);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp cph_argp_waveform = {options_list, parse, NULL, NULL, NULL, NULL, NULL};

/* ---- a table ---- */

typedef struct reader {
    const char *path;
    cph_known_waveform *waveform;
    size_t room;
    cph_error *error;
} reader;

static cph_status take_line(void *context, size_t line, char *field[], size_t fields)
{
    reader *r = context;
    cph_known_waveform *w = r->waveform;
    double part[2] = {0.0, 0.0};
    bool good = fields == 1 || fields == 2;
    for (size_t i = 0; good && i < fields; i++)
        good = cph_text_number(field[i], &part[i]);
    if (!good)
        return cph_fail(r->error, CPH_ERR_FORMAT, "%s:%zu: expected re,im of a sample", r->path,
                        line);
    if (w->length == r->room) {
        const size_t room = r->room > 0 ? 2 * r->room : 1024;
        cph_c32 *grown = reallocarray(w->sample, room, sizeof *grown);
        if (grown == NULL)
            return cph_fail(r->error, CPH_ERR_MEMORY, "%s: out of memory", r->path);
        w->sample = grown;
        r->room = room;
    }
    w->sample[w->length++] = (cph_c32){(float)part[0], (float)part[1]};
    return CPH_OK;
}

/* ---- a capture ---- */

static cph_exit check_capture(const cph_input *input, const char *path,
                              const cph_data_header *header)
{
    const char *name = input->cli->name;
    const double rate = header->sample_rate_hz, wanted = input->header->sample_rate_hz;
    if (header->kind != CPH_KIND_CAPTURE || header->array.elements != 1 || header->channels != 1)
        return cph_report_line(name, CPH_EXIT_INPUT,
                               "%s: %s of %zu elements, %zu channels; --waveform expects a capture "
                               "of one",
                               path, cph_kind_name(header->kind), header->array.elements,
                               header->channels);
    if (fabs(rate - wanted) > 1e-9 * wanted)
        return cph_report_line(name, CPH_EXIT_INPUT,
                               "%s: sample_rate_hz is %.9g; expected %.9g, that of %s", path, rate,
                               wanted, input->cli->input);
    return CPH_EXIT_DONE;
}

static cph_exit read_capture(const cph_input *input, const char *path, cph_data *data,
                             cph_known_waveform *waveform)
{
    const cph_data_header *header = cph_data_header_of(data);
    cph_error error = {.status = CPH_OK};
    const cph_exit code = check_capture(input, path, header);
    if (code != CPH_EXIT_DONE)
        return code;
    if (cph_check_unbroken(path, header, 0, header->times, "--waveform", &error) != CPH_OK)
        return cph_report_input(input->cli->name, &error);
    void *raw = calloc(header->times + 1, sizeof(cph_c32)); /* the widest */
    waveform->sample = calloc(header->times + 1, sizeof *waveform->sample);
    cph_status status = raw != NULL && waveform->sample != NULL ? CPH_OK : CPH_ERR_MEMORY;
    if (status == CPH_OK)
        status = cph_data_read_samples(data, 0, header->times, 0, NULL, 1, raw, &error);
    if (status == CPH_OK)
        status = cph_convert_to_c32(header->type, raw, header->times, (float)header->scale,
                                    waveform->sample);
    free(raw);
    waveform->length = header->times;
    if (status == CPH_ERR_MEMORY)
        return cph_report_memory(input->cli->name);
    return status == CPH_OK ? CPH_EXIT_DONE : cph_report_input(input->cli->name, &error);
}

cph_exit cph_known_waveform_read(const char *path, const cph_input *input,
                                 cph_known_waveform *waveform)
{
    const char *name = input->cli->name, *dot = strrchr(path, '.');
    cph_error error = {.status = CPH_OK};
    reader r = {.path = path, .waveform = waveform, .error = &error};
    cph_data *data = NULL;
    *waveform = (cph_known_waveform){0};
    cph_exit code = cph_output_check(input->cli, &path, 1);
    if (code != CPH_EXIT_DONE)
        return code;
    if (dot != NULL && strcmp(dot, ".csv") == 0) {
        if (cph_text_each(path, take_line, &r, &error) != CPH_OK)
            return cph_report_input(name, &error);
        return waveform->length > 0
                   ? CPH_EXIT_DONE
                   : cph_report_line(name, CPH_EXIT_INPUT,
                                     "%s: holds no sample; expected a line re,im for each", path);
    }
    if (cph_data_open(path, NULL, &data, &error) != CPH_OK)
        return cph_report_input(name, &error);
    code = read_capture(input, path, data, waveform);
    cph_data_close(data);
    return code;
}

void cph_known_waveform_free(cph_known_waveform *waveform)
{
    free(waveform->sample);
    *waveform = (cph_known_waveform){0};
}
