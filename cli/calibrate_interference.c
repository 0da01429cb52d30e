/* SPDX-License-Identifier: MIT */
#include "cli/calibrate_interference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/calibrate_options.h"
#include "cli/progress.h"
#include "cophase/interference.h"
#include "kernels/core/size.h"

typedef struct search {
    const cph_calibrate_options *o;
    const cph_input *input;
    const cph_selection *selection;
    cph_calibrate_grid *grid;
    cph_dump dump;
    double *power;     /* [items][channels] */
    double *reference; /* [channels][elements] powers of the first dump */
    double *level;     /* [channels] of the first dump, which the references take out of power */
    unsigned char *mark;
} search;

static bool make_room(search *s)
{
    const size_t channels = s->grid->channels;
    size_t all, elements;
    if (!cph_size_mul(s->grid->items, channels, &all) ||
        !cph_size_mul(channels, s->selection->elements, &elements))
        return false;
    s->power = calloc(all + 1, sizeof *s->power);
    s->reference = calloc(elements + 1, sizeof *s->reference);
    s->level = calloc(channels + 1, sizeof *s->level);
    s->mark = calloc(all + 1, 1);
    return s->power != NULL && s->reference != NULL && s->level != NULL && s->mark != NULL;
}

/* Median power of the elements of a first dump. Zero where none has any. */
static cph_status find_level(const search *s, size_t channel)
{
    const size_t n = s->selection->elements;
    double *one = calloc(n + 1, sizeof *one);
    if (one == NULL)
        return CPH_ERR_MEMORY;
    for (size_t i = 0; i < n; i++)
        one[i] = 1.0;
    const cph_status status =
        cph_interference_power(1, n, s->dump.r, n, one, s->selection->flag, &s->level[channel]);
    free(one);
    return status;
}

/* The power of one dump of a channel: over the first one's element by element, so that unequal
 * elements count alike, times the level of that one, so that channels compare with each other. */
static cph_exit read_power(search *s, size_t item, size_t channel)
{
    const size_t n = s->selection->elements;
    double *reference = s->reference + channel * n;
    double *power = &s->power[item * s->grid->channels + channel];
    cph_status status = CPH_OK;
    const cph_exit code = cph_input_covariance(s->input, s->selection, s->grid->item[item],
                                               s->grid->channel[channel], &s->dump);
    if (code != CPH_EXIT_DONE)
        return code;
    if (!s->dump.has_diagonal)
        return cph_report_line(s->o->cli.name, CPH_EXIT_INPUT,
                               "--flag-interference: %s has no autocorrelations", s->o->cli.input);
    if (item == 0) {
        memcpy(reference, s->dump.power, n * sizeof *reference);
        status = find_level(s, channel);
    }
    if (status == CPH_OK)
        status = cph_interference_power(1, n, s->dump.r, n, reference, s->selection->flag, power);
    if (status != CPH_OK)
        return cph_report_memory(s->o->cli.name);
    *power *= s->level[channel];
    return CPH_EXIT_DONE;
}

static cph_exit find(search *s, size_t selection)
{
    cph_calibrate_grid *grid = s->grid;
    const size_t all = grid->items * grid->channels;
    cph_error error = {.status = CPH_OK};
    cph_interference_config config = cph_interference_defaults();
    cph_interference_result result = {.mark = s->mark};
    config.times = grid->items;
    config.channels = config.ld = grid->channels;
    config.power = s->power;
    config.threshold = s->o->grid.threshold;
    if (cph_interference_find(&config, &result, &error) != CPH_OK)
        return cph_report_line(s->o->cli.name, CPH_EXIT_INPUT, "%s: --flag-interference: %s",
                               s->o->cli.input, error.message);
    for (size_t i = 0; i < all; i++) {
        grid->skip[selection * all + i] = s->mark[i] > CPH_INTERFERENCE_ABSENT;
        grid->skipped += s->mark[i] > CPH_INTERFERENCE_ABSENT;
    }
    return CPH_EXIT_DONE;
}

static cph_exit look_at(search *s, size_t selection)
{
    const cph_calibrate_grid *grid = s->grid;
    cph_progress progress;
    cph_exit code = CPH_EXIT_DONE;
    if (!make_room(s)) {
        (void)cph_report_memory(s->o->cli.name);
        code = CPH_EXIT_FAILED;
    }
    cph_interrupt_catch();
    cph_progress_start(&progress, &s->o->cli, "interference", grid->items);
    for (size_t i = 0; i < grid->items && code == CPH_EXIT_DONE; i++) {
        if (cph_interrupted())
            code = cph_report_line(s->o->cli.name, CPH_EXIT_FAILED, "interrupted");
        for (size_t c = 0; c < grid->channels && code == CPH_EXIT_DONE; c++)
            code = read_power(s, i, c);
        cph_progress_update(&progress, i + 1);
    }
    cph_progress_end(&progress);
    if (code == CPH_EXIT_DONE)
        code = find(s, selection);
    free(s->power);
    free(s->reference);
    free(s->level);
    free(s->mark);
    cph_dump_free(&s->dump);
    return code;
}

cph_exit cph_calibrate_interference(const cph_calibrate_options *o, const cph_input *input,
                                    cph_calibrate_grid *grid)
{
    size_t all;
    if (!(o->grid.threshold > 0.0))
        return CPH_EXIT_DONE;
    if (grid->samples)
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                               "--flag-interference: %s is a capture without dumps; make them with "
                               "cophase covariance --integration",
                               o->cli.input);
    if (!cph_size_mul(grid->items, grid->channels, &all) ||
        !cph_size_mul(all, input->selections, &all))
        return cph_report_memory(o->cli.name);
    grid->skip = calloc(all + 1, 1);
    if (grid->skip == NULL)
        return cph_report_memory(o->cli.name);
    cph_exit code = CPH_EXIT_DONE;
    for (size_t i = 0; i < input->selections && code == CPH_EXIT_DONE; i++) {
        search s = {.o = o, .input = input, .selection = &input->selection[i], .grid = grid};
        code = look_at(&s, i);
    }
    return code;
}
