/* SPDX-License-Identifier: MIT */
#include "cli/calibrate_grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/calibrate_options.h"
#include "cophase/interference.h"

/* ---- the options ---- */

enum { LEAST_SIGMAS = 3 };
enum { KEY_TIME = CPH_KEY_VERB, KEY_CHANNELS, KEY_INTERVAL, KEY_INTERFERENCE };

static const struct argp_option options_list[] = {
    {"time", KEY_TIME, "LIST", 0, "Dumps of a covariance file, as in 0,4-7 (default: all)", 0},
    {"channels", KEY_CHANNELS, "LIST", 0, "Channels, as in 3,17,20-25 (default: all)", 0},
    {"solution-interval", KEY_INTERVAL, "TIME|N", 0,
     "Average so much time, or N dumps, for each solution (default: a solution a dump, and one of "
     "all of a capture)",
     0},
    {"flag-interference", KEY_INTERFERENCE, "SIGMA", OPTION_ARG_OPTIONAL,
     "Leave out dumps and channels whose power stands out from their neighbours in time and "
     "frequency by so many standard deviations (default: 6)",
     0},
    {0}};

static error_t add_ranges(const char *arg, cph_ranges *ranges, const struct argp_state *state)
{
    cph_error error;
    if (strcmp(arg, "all") == 0) {
        cph_ranges_free(ranges);
        return 0;
    }
    return cph_parsed(state, cph_ranges_add(ranges, arg, &error), &error);
}

static error_t parse_interval(cph_grid_choice *o, const char *arg, const struct argp_state *state)
{
    cph_error error;
    const bool counted = arg[strspn(arg, "0123456789")] == '\0';
    const cph_status status = counted ? cph_parse_count(arg, 1, UINT32_MAX, &o->dumps, &error)
                                      : cph_parse_quantity(CPH_SPAN, arg, &o->seconds, &error);
    if (status == CPH_OK && counted)
        o->seconds = 0.0;
    else if (status == CPH_OK)
        o->dumps = 0;
    return cph_parsed(state, status, &error);
}

static error_t parse_threshold(cph_grid_choice *o, const char *arg, const struct argp_state *state)
{
    cph_error error;
    double threshold = cph_interference_defaults().threshold;
    if (arg != NULL) {
        const cph_status status = cph_parse_quantity(CPH_NUMBER, arg, &threshold, &error);
        if (status != CPH_OK)
            return cph_parsed(state, status, &error);
        if (!(threshold >= LEAST_SIGMAS))
            return cph_usage(state, "--flag-interference=%s: expected at least %d", arg,
                             LEAST_SIGMAS);
    }
    o->threshold = threshold;
    return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_calibrate_options *o = state->input;
    cph_calibrate_note(o, options_list, key);
    switch (key) {
    case KEY_TIME:
        return add_ranges(arg, &o->grid.time, state);
    case KEY_CHANNELS:
        return add_ranges(arg, &o->grid.channel, state);
    case KEY_INTERVAL:
        return parse_interval(&o->grid, arg, state);
    case KEY_INTERFERENCE:
        return parse_threshold(&o->grid, arg, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp cph_argp_calibrate_grid = {options_list, parse, NULL, NULL, NULL, NULL, NULL};

void cph_grid_choice_free(cph_grid_choice *choice)
{
    cph_ranges_free(&choice->time);
    cph_ranges_free(&choice->channel);
}

/* ---- what they make of an input ---- */

/* Solutions of a capture: a shorter rest is in none, as in `cophase covariance`. */
static cph_exit cut_capture(const cph_calibrate_options *o, const cph_input *input,
                            cph_calibrate_grid *grid)
{
    const double rate = input->header->sample_rate_hz;
    double length = (double)input->times;
    if (o->grid.dumps > 0)
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                               "--solution-interval %zu: %s is a capture without dumps; expected a "
                               "time as in 10ms",
                               o->grid.dumps, o->cli.input);
    if (o->grid.seconds > 0.0) {
        if (!(rate > 0.0))
            return cph_report_line(o->cli.name, CPH_EXIT_INPUT,
                                   "%s: no attribute sample_rate_hz; --solution-interval needs it",
                                   o->cli.input);
        length = round(o->grid.seconds * rate);
    }
    if (length < 1.0 || length > (double)input->times)
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                               "--solution-interval %g s: expected from one sample (%g s) to the "
                               "range of %g s",
                               o->grid.seconds, 1.0 / rate, (double)input->times / rate);
    grid->samples = true;
    grid->times = input->times / (size_t)length;
    grid->first = calloc(grid->times + 1, sizeof *grid->first);
    if (grid->first == NULL)
        return cph_report_memory(o->cli.name);
    for (size_t t = 0; t <= grid->times; t++)
        grid->first[t] = input->start + t * (size_t)length;
    return CPH_EXIT_DONE;
}

/* Whether a dump begins another solution than the one that began with `first`. */
static bool begins(const cph_grid_choice *o, const double *time, const size_t *item, size_t first,
                   size_t at)
{
    if (o->seconds > 0.0)
        return !(time[item[at]] - time[item[first]] < o->seconds * (1.0 - 1e-9));
    return at - first >= (o->dumps > 0 ? o->dumps : 1);
}

static cph_exit group_dumps(const cph_calibrate_options *o, const cph_input *input,
                            cph_calibrate_grid *grid)
{
    const double *time = input->header->time_unix_s;
    const cph_exit code = cph_report_ranges(o->cli.name, "--time", &o->grid.time, o->cli.input,
                                            cph_input_dumps(input), &grid->item, &grid->items);
    if (code != CPH_EXIT_DONE)
        return code;
    grid->first = calloc(grid->items + 1, sizeof *grid->first);
    if (grid->first == NULL)
        return cph_report_memory(o->cli.name);
    for (size_t i = 0; i < grid->items && o->grid.seconds > 0.0; i++)
        if (time == NULL || !isfinite(time[grid->item[i]]))
            return cph_report_line(o->cli.name, CPH_EXIT_INPUT,
                                   "%s: no time of dump %zu (/time_unix_s); --solution-interval "
                                   "in seconds needs it",
                                   o->cli.input, grid->item[i]);
    for (size_t i = 0, first = 0; i < grid->items; i++)
        if (i == 0 || begins(&o->grid, time, grid->item, first, i)) {
            first = i;
            grid->first[grid->times++] = i;
        }
    grid->first[grid->times] = grid->items;
    return CPH_EXIT_DONE;
}

cph_exit cph_calibrate_grid_make(const cph_calibrate_options *o, const cph_input *input,
                                 cph_calibrate_grid *grid)
{
    const bool capture = input->header->kind == CPH_KIND_CAPTURE;
    if (cph_input_dumps(input) == 0 || input->times == 0 || input->selections == 0)
        return cph_report_line(o->cli.name, CPH_EXIT_INPUT, "%s: %zu times of %zu elements",
                               o->cli.input, input->times, input->header->array.elements);
    if (capture && o->grid.time.count > 0)
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                               "--time: %s is a capture without dumps; --start and --duration "
                               "choose from it",
                               o->cli.input);
    const cph_exit code =
        cph_report_ranges(o->cli.name, "--channels", &o->grid.channel, o->cli.input,
                          input->header->channels, &grid->channel, &grid->channels);
    if (code != CPH_EXIT_DONE)
        return code;
    return capture ? cut_capture(o, input, grid) : group_dumps(o, input, grid);
}

void cph_calibrate_grid_free(cph_calibrate_grid *grid)
{
    free(grid->channel);
    free(grid->item);
    free(grid->first);
    free(grid->skip);
    *grid = (cph_calibrate_grid){0};
}

/* ---- reading ---- */

/* sum += r */
static void add(size_t count, const cph_c64 *r, cph_c64 *sum)
{
    for (size_t i = 0; i < count; i++) {
        sum[i].re += r[i].re;
        sum[i].im += r[i].im;
    }
}

/* Whether an item of a solution is left out. */
static bool is_skipped(const cph_calibrate_grid *grid, const cph_input *input,
                       const cph_selection *selection, size_t item, size_t channel)
{
    const size_t which = (size_t)(selection - input->selection);
    size_t slot = 0;
    while (grid->channel[slot] != channel)
        slot++;
    return grid->skip != NULL &&
           grid->skip[(which * grid->items + item) * grid->channels + slot] != 0;
}

/* The mean of items [from, to), or of those that are not left out. */
static cph_exit average(const cph_calibrate_grid *grid, const cph_input *input,
                        const cph_selection *selection, size_t time, size_t channel, bool all,
                        cph_dump *dump)
{
    const size_t n = selection->elements;
    double start = NAN;
    size_t count = 0;
    cph_c64 *sum = calloc(n, n * sizeof *sum);
    cph_exit code = CPH_EXIT_DONE;
    if (sum == NULL)
        return cph_report_memory(input->cli->name);
    for (size_t i = grid->first[time]; i < grid->first[time + 1] && code == CPH_EXIT_DONE; i++) {
        if (!all && is_skipped(grid, input, selection, i, channel))
            continue;
        code = cph_input_covariance(input, selection, grid->item[i], channel, dump);
        if (code != CPH_EXIT_DONE)
            break;
        add(n * n, dump->r, sum);
        start = count++ == 0 ? dump->time_unix_s : start;
    }
    if (code == CPH_EXIT_DONE) {
        for (size_t i = 0; i < n * n; i++)
            dump->r[i] = (cph_c64){sum[i].re / (double)count, sum[i].im / (double)count};
        for (size_t i = 0; i < n && dump->has_diagonal; i++)
            dump->power[i] = dump->r[i * n + i].re;
        dump->time_unix_s = 0.5 * (start + dump->time_unix_s);
    }
    free(sum);
    return code;
}

cph_exit cph_calibrate_grid_read(const cph_calibrate_grid *grid, const cph_input *input,
                                 const cph_selection *selection, size_t time, size_t channel,
                                 double samples, cph_dump *dump, bool *spoilt)
{
    const size_t from = grid->first[time], to = grid->first[time + 1];
    size_t kept = 0;
    *spoilt = false;
    if (grid->samples) {
        const cph_exit code = cph_input_integrate(input, selection, from, to - from, channel, dump);
        dump->samples = samples > 0.0 ? samples : dump->samples;
        return code;
    }
    for (size_t i = from; i < to; i++)
        kept += !is_skipped(grid, input, selection, i, channel);
    *spoilt = kept == 0;
    kept = *spoilt ? to - from : kept;
    const cph_exit code =
        to - from == 1 ? cph_input_covariance(input, selection, grid->item[from], channel, dump)
                       : average(grid, input, selection, time, channel, *spoilt, dump);
    dump->samples = (samples > 0.0 ? samples : dump->samples) * (double)kept;
    return code;
}

size_t cph_calibrate_grid_number(const cph_calibrate_grid *grid, size_t time)
{
    return grid->samples ? time : grid->item[grid->first[time]];
}
