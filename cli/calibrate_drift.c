/* SPDX-License-Identifier: MIT */
/* calibrate --method drift: calibrations of many times, smoothed over time. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/calibrate_method.h"
#include "cli/drift_temperatures.h"
#include "cli/history.h"
#include "cophase/drift.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

static const double degree = 0.017453292519943295769, hour = 3600.0;

/* One polarisation at one frequency. */
typedef struct part {
    const cph_selection *selection;
    size_t channel;
    cph_drift_solution found; /* [T][n], slopes [n] */
    void *memory;
} part;

typedef struct work {
    const cph_calibrate_options *o;
    const cph_input *input;
    cph_calibration before, after;
    double *time_s;      /* [times of after] */
    double *temperature; /* [times of after] or NULL */
    part *part;
    size_t parts;
} work;

/* ---- solving ---- */

/* Room for the arrays of a solution, and the readings [T][n] of its elements. */
typedef struct readings {
    cph_c64 *gain;
    double *sigma[2];
    unsigned char *flag;
} readings;

static bool make_room(size_t times, size_t n, part *p, readings *r)
{
    const size_t all = times * n, gains = 2 * all * sizeof(cph_c64);
    const size_t numbers = (4 * all + 4 * n) * sizeof(double);
    void *memory = calloc(1, gains + numbers + 2 * all + 1);
    if (memory == NULL)
        return false;
    double *number = cph_size_at(memory, gains);
    unsigned char *mark = cph_size_at(memory, gains + numbers);
    p->memory = memory;
    p->found = (cph_drift_solution){.gain = memory,
                                    .phase_sigma = number,
                                    .amplitude_sigma = number + all,
                                    .mark = mark,
                                    .phase_slope = number + 4 * all,
                                    .phase_slope_sigma = number + 4 * all + n,
                                    .amplitude_slope = number + 4 * all + 2 * n,
                                    .amplitude_slope_sigma = number + 4 * all + 3 * n};
    *r = (readings){.gain = p->found.gain + all,
                    .sigma = {number + 2 * all, number + 3 * all},
                    .flag = p->found.mark + all};
    return true;
}

/* Where the calibration has a selection's element at a time. */
static size_t place(const cph_calibration *c, const part *p, size_t t, size_t n)
{
    return (t * c->channels + p->channel) * c->array.elements + p->selection->index[n];
}

static void take(const work *w, const part *p, const readings *r)
{
    const size_t n = p->selection->elements;
    for (size_t t = 0; t < w->after.times; t++)
        for (size_t k = 0; k < n; k++) {
            const size_t to = t * n + k;
            r->flag[to] = 1;
            if (t >= w->before.times || p->selection->flag[k] == CPH_FLAG_EXCLUDED)
                continue;
            const size_t from = place(&w->before, p, t, k);
            r->gain[to] = w->before.gain[from];
            r->sigma[0][to] = w->before.phase_sigma[from];
            r->sigma[1][to] = w->before.amplitude_sigma[from];
            r->flag[to] = w->before.flag[from];
        }
}

static void give(work *w, const part *p)
{
    const size_t n = p->selection->elements;
    for (size_t t = 0; t < w->after.times; t++)
        for (size_t k = 0; k < n; k++) {
            const size_t from = t * n + k, to = place(&w->after, p, t, k);
            const size_t last = t < w->before.times ? t : w->before.times - 1;
            const bool known = !isnan(p->found.gain[from].re);
            w->after.gain[to] = p->found.gain[from];
            w->after.phase_sigma[to] = p->found.phase_sigma[from];
            w->after.amplitude_sigma[to] = p->found.amplitude_sigma[from];
            w->after.flag[to] = known ? CPH_FLAG_NONE
                                : p->selection->flag[k] == CPH_FLAG_EXCLUDED
                                    ? (unsigned char)CPH_FLAG_EXCLUDED
                                    : w->before.flag[place(&w->before, p, last, k)];
        }
}

static cph_status solve_part(work *w, part *p, cph_error *error)
{
    readings r;
    const size_t n = p->selection->elements;
    if (!make_room(w->after.times, n, p, &r))
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    cph_drift_config config = cph_drift_defaults();
    config.times = w->after.times;
    config.elements = n;
    config.time_s = w->time_s;
    config.gain = r.gain;
    config.phase_sigma = r.sigma[0];
    config.amplitude_sigma = r.sigma[1];
    config.flag = r.flag;
    config.temperature = w->temperature;
    config.absolute_amplitude = strstr(w->before.gauge, "given powers") != NULL;
    take(w, p, &r);
    const cph_status status = cph_drift_solve(&config, &p->found, error);
    if (status == CPH_OK)
        give(w, p);
    return status;
}

/* When solutions are: as the calibration says, or counted; and the one ahead. */
static cph_status set_times(work *w, cph_error *error)
{
    const cph_calibration *before = &w->before;
    const cph_drift_choice *choice = &w->o->drift;
    w->time_s = calloc(w->after.times, sizeof *w->time_s);
    if (w->time_s == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    for (size_t t = 0; t < before->times; t++) {
        w->after.time_unix_s[t] = before->time_unix_s[t];
        w->time_s[t] =
            choice->interval_s > 0.0 ? (double)t * choice->interval_s : before->time_unix_s[t];
        if (isnan(w->time_s[t]))
            return cph_fail(error, CPH_ERR_MISSING,
                            "%s: does not tell the time of solution %zu; expected --interval",
                            w->o->cli.input, t);
    }
    if (w->after.times > before->times) {
        const size_t last = before->times - 1;
        w->time_s[last + 1] = w->time_s[last] + choice->ahead_s;
        w->after.time_unix_s[last + 1] = w->after.time_unix_s[last] + choice->ahead_s;
    }
    return CPH_OK;
}

static cph_status prepare(work *w, cph_error *error)
{
    const cph_calibration *before = &w->before;
    const cph_drift_choice *choice = &w->o->drift;
    cph_status status =
        cph_calibration_create(&before->array, before->times + (choice->ahead_s > 0.0 ? 1 : 0),
                               before->channels, &w->after);
    if (status != CPH_OK)
        return cph_fail(error, status, "%s", cph_status_name(status));
    memcpy(w->after.channel_freq_hz, before->channel_freq_hz,
           before->channels * sizeof *before->channel_freq_hz);
    snprintf(w->after.gauge, sizeof w->after.gauge, "%.38s, of the first time", before->gauge);
    w->after.path = before->path;
    w->parts = w->input->selections * before->channels;
    w->part = calloc(w->parts, sizeof *w->part);
    if (w->part == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < w->parts; i++)
        w->part[i] = (part){.selection = &w->input->selection[i / before->channels],
                            .channel = i % before->channels};
    status = set_times(w, error);
    double *temperature = NULL;
    if (status == CPH_OK && choice->temperatures != NULL)
        status = cph_drift_temperatures(choice->temperatures, w->time_s, w->after.times,
                                        &temperature, error);
    w->temperature = temperature;
    return status;
}

/* ---- what is said ---- */

static size_t count_marks(const work *w, cph_drift_mark mark)
{
    size_t count = 0;
    for (size_t i = 0; i < w->parts; i++)
        count += mark == CPH_DRIFT_JUMP ? w->part[i].found.jumps : w->part[i].found.outliers;
    return count;
}

static json_t *list_marks(const work *w, const part *p, cph_drift_mark mark)
{
    json_t *list = json_array();
    const size_t n = p->selection->elements;
    for (size_t i = 0; i < w->after.times * n; i++) {
        if (p->found.mark[i] != mark)
            continue;
        json_t *item = json_object();
        cph_json_set_count(item, "element", p->selection->array.element[i % n].number);
        cph_json_set_count(item, "time", i / n);
        cph_json_set_number(item, "time_unix_s", w->after.time_unix_s[i / n]);
        cph_json_append(list, item);
    }
    return list;
}

static json_t *list_slopes(const part *p)
{
    json_t *list = json_array();
    for (size_t k = 0; k < p->selection->elements; k++) {
        if (isnan(p->found.phase_slope[k]))
            continue;
        json_t *item = json_object();
        cph_json_set_count(item, "element", p->selection->array.element[k].number);
        cph_json_set_number(item, "phase_deg_per_kelvin", p->found.phase_slope[k] / degree);
        cph_json_set_number(item, "phase_sigma_deg_per_kelvin",
                            p->found.phase_slope_sigma[k] / degree);
        cph_json_set_number(item, "amplitude_per_kelvin", p->found.amplitude_slope[k]);
        cph_json_set_number(item, "amplitude_sigma_per_kelvin", p->found.amplitude_slope_sigma[k]);
        cph_json_append(list, item);
    }
    return list;
}

static json_t *part_json(const work *w, const part *p)
{
    json_t *object = json_object();
    const char polarization[] = {p->selection->polarization, '\0'};
    cph_json_set_number(object, "freq_hz", w->after.channel_freq_hz[p->channel]);
    cph_json_set_count(object, "channel", p->channel);
    cph_json_set_text(object, "polarization", polarization[0] != '\0' ? polarization : NULL);
    cph_json_set_number(object, "phase_rate_deg_per_root_hour",
                        p->found.phase_rate * sqrt(hour) / degree);
    cph_json_set_number(object, "amplitude_rate_per_root_hour",
                        p->found.amplitude_rate * sqrt(hour));
    cph_json_set_number(object, "phase_chi2_dof", p->found.phase_chi2);
    cph_json_set_number(object, "amplitude_chi2_dof", p->found.amplitude_chi2);
    cph_json_set(object, "outliers", list_marks(w, p, CPH_DRIFT_OUTLIER));
    cph_json_set(object, "jumps", list_marks(w, p, CPH_DRIFT_JUMP));
    if (w->temperature != NULL)
        cph_json_set(object, "slopes", list_slopes(p));
    return object;
}

static cph_exit print_json(const work *w)
{
    json_t *object = json_object(), *channels = json_array();
    for (size_t i = 0; i < w->parts; i++)
        cph_json_append(channels, part_json(w, &w->part[i]));
    cph_json_set_text(object, "method", "drift");
    cph_json_set_count(object, "elements", w->after.array.elements);
    cph_json_set_count(object, "times", w->after.times);
    cph_json_set(object, "channels", channels);
    cph_json_set_text(object, "gauge", w->after.gauge);
    cph_json_set_text(object, "output", w->o->cli.output);
    return cph_json_print(&w->o->cli, object);
}

static cph_exit print_text(const work *w)
{
    printf("%s: %zu elements, %zu times, %zu channels; %zu outliers left out, %zu jumps\n",
           w->o->cli.output, w->after.array.elements, w->after.times, w->after.channels,
           count_marks(w, CPH_DRIFT_OUTLIER), count_marks(w, CPH_DRIFT_JUMP));
    puts("pol  channel          MHz  phase deg/root h  chi2/dof  amplitude %/root h  chi2/dof");
    for (size_t i = 0; i < w->parts; i++) {
        const part *p = &w->part[i];
        const char polarization[] = {p->selection->polarization, '\0'};
        printf("%-3s  %7zu  %11.4f  %16.3f  %8.3f  %18.3f  %8.3f\n", polarization, p->channel,
               w->after.channel_freq_hz[p->channel] * 1e-6,
               p->found.phase_rate * sqrt(hour) / degree, p->found.phase_chi2,
               100.0 * p->found.amplitude_rate * sqrt(hour), p->found.amplitude_chi2);
    }
    return cph_stdout_check(&w->o->cli);
}

/* ---- the method ---- */

static cph_exit fail(const work *w, const part *p, const cph_error *error)
{
    if (p == NULL)
        return cph_report_input(w->o->cli.name, error);
    const cph_exit code = error->status == CPH_ERR_MEMORY ? CPH_EXIT_FAILED : CPH_EXIT_INPUT;
    return cph_report_line(w->o->cli.name, code, "%s: %s%.1s%schannel %zu: %s", w->o->cli.input,
                           p->selection->polarization != 0 ? "polarisation " : "",
                           &p->selection->polarization, p->selection->polarization != 0 ? ", " : "",
                           p->channel, error->message);
}

static cph_exit solve(work *w)
{
    cph_error error = {.status = CPH_OK};
    if (cph_calibration_read(w->o->cli.input, &w->before, &error) != CPH_OK)
        return cph_report(w->o->cli.name, &error);
    if (w->o->cli.has_path && w->o->cli.path != w->before.path)
        return cph_report_line(w->o->cli.name, CPH_EXIT_USAGE,
                               "--path %s: %s holds gains of the %s path, expected that or no "
                               "--path",
                               cph_gain_path_name(w->o->cli.path), w->o->cli.input,
                               cph_gain_path_name(w->before.path));
    if (prepare(w, &error) != CPH_OK)
        return fail(w, NULL, &error);
    for (size_t i = 0; i < w->parts; i++)
        if (solve_part(w, &w->part[i], &error) != CPH_OK)
            return fail(w, &w->part[i], &error);
    return CPH_EXIT_DONE;
}

static cph_exit write_file(const work *w)
{
    const char *path[CPH_HISTORY_INPUTS];
    cph_history history;
    cph_error error = {.status = CPH_OK};
    size_t paths = cph_input_paths(w->input, path);
    if (w->o->drift.temperatures != NULL)
        path[paths++] = w->o->drift.temperatures;
    cph_exit code = cph_output_check(&w->o->cli, path, paths);
    if (code == CPH_EXIT_DONE)
        code = cph_history_make(&w->o->cli, path, paths, &history);
    if (code != CPH_EXIT_DONE)
        return code;
    if (cph_calibration_write(w->o->cli.output, &w->after, &history.options, &error) != CPH_OK)
        code = cph_report(w->o->cli.name, &error);
    cph_history_free(&history);
    return code;
}

static cph_exit run(const cph_calibrate_options *o, const cph_input *input)
{
    work w = {.o = o, .input = input};
    cph_exit code = solve(&w);
    if (code == CPH_EXIT_DONE)
        code = write_file(&w);
    if (code == CPH_EXIT_DONE)
        code = o->cli.json ? print_json(&w) : print_text(&w);
    for (size_t i = 0; w.part != NULL && i < w.parts; i++)
        free(w.part[i].memory);
    free(w.part);
    free(w.temperature);
    free(w.time_s);
    cph_calibration_free(&w.before);
    cph_calibration_free(&w.after);
    return code;
}

static cph_exit check(const cph_calibrate_options *o)
{
    if (o->cli.plot != NULL)
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE, "--plot: is not for --method drift");
    if (cph_cli_has_part(&o->cli))
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                               "--start, --duration and --elements: are not for --method drift");
    return CPH_EXIT_DONE;
}

const cph_calibrate_method cph_calibrate_drift = {.name = "drift",
                                                  .input = CPH_TAKES_CALIBRATION,
                                                  .options = "temperatures ahead interval",
                                                  .check = check,
                                                  .run = run};
