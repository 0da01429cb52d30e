/* SPDX-License-Identifier: MIT */
#include "cli/bench_pipeline.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/clock.h"
#include "cli/bench_calibrate.h"
#include "cli/bench_reading.h"
#include "cli/progress.h"
#include "cophase/beamform.h"
#include "cophase/covariance.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

enum { ROUNDS = CPH_BENCH_ROUNDS, BEAMS = 2, STEP = 4096 };
/* Samples that are computed on stand in memory, more of them than any cache holds. */
static const size_t held_bytes = (size_t)256 << 20;

/* ---- what is measured ---- */

typedef struct bench {
    const cph_cli *cli;
    cph_data *data;
    const cph_data_header *header;
    char folder[CPH_BENCH_PATH - 32], capture[CPH_BENCH_PATH], output[CPH_BENCH_PATH];
    char memory[32], threads[32];
    cph_bench_reading reading[CPH_BENCH_READINGS];
    size_t held; /* times in memory */
    void *samples, *workspace;
    cph_covariance_plan *covariance;
    cph_covariance_sums *sums;
    cph_beamform_plan *beams;
    cph_c32 *out; /* [STEP][BEAMS] */
    bool has_source;
    double source[3]; /* direction */
} bench;

static cph_status covariance_alone(const bench *b, const char *samples, size_t times)
{
    return cph_covariance_add(b->covariance, b->workspace, samples, b->header->axis_elements, times,
                              b->sums);
}

static cph_status beams_alone(const bench *b, const char *samples, size_t times)
{
    const size_t n = b->header->axis_elements, row = n * cph_type_size(b->header->type);
    cph_status status = CPH_OK;
    for (size_t t = 0; status == CPH_OK && t < times; t += STEP)
        status = cph_beamform_run(b->beams, b->workspace, samples + t * row, n,
                                  cph_size_min(STEP, times - t), b->out, BEAMS);
    return status;
}

typedef cph_status compute(const bench *b, const char *samples, size_t times);

/* A verb's case. */
typedef struct timing {
    const char *verb;
    compute *task;
    bool solves;                             /* gains, once it has computed */
    double read_s, compute_s, whole_s, peak; /* medians; the largest */
} timing;

/* As many times as the capture has, in blocks as streams give them. */
static cph_status compute_alone(const bench *b, const timing *of, cph_error *error)
{
    const size_t row = b->header->axis_elements * cph_type_size(b->header->type);
    const size_t block = cph_size_min(((size_t)16 << 20) / (row + 1) + 1, b->held);
    cph_status status = CPH_OK;
    for (size_t t = 0, at = 0; status == CPH_OK && t < b->header->times;) {
        at = at + block > b->held ? 0 : at;
        const size_t times = cph_size_min(block, b->header->times - t);
        status = of->task(b, (const char *)b->samples + at * row, times);
        t += times;
        at += times;
    }
    if (status != CPH_OK)
        return cph_fail(error, status, "%s: %s", of->verb, cph_status_name(status));
    return of->solves ? cph_bench_gains(b->header, b->covariance, b->sums, b->source, error)
                      : CPH_OK;
}

/* ---- making ready ---- */

static bool aligned(void **memory, size_t bytes)
{
    return posix_memalign(memory, CPH_ALIGNMENT, bytes + 1) == 0;
}

static cph_status make_plans(bench *b)
{
    const size_t n = b->header->axis_elements;
    const cph_covariance_config sums = {
        .elements = n, .type = b->header->type, .exec = &b->cli->exec};
    const cph_beamform_config beams = {
        .elements = n, .beams = BEAMS, .type = b->header->type, .exec = &b->cli->exec};
    cph_c32 *w = calloc(BEAMS * n, sizeof *w);
    for (size_t i = 0; w != NULL && i < BEAMS * n; i++)
        w[i] = (cph_c32){cosf((float)i), sinf((float)i)};
    cph_status status = w == NULL ? CPH_ERR_MEMORY : cph_covariance_create(&sums, &b->covariance);
    if (status == CPH_OK)
        status = cph_beamform_create(&beams, w, n, &b->beams);
    free(w);
    if (status != CPH_OK)
        return status;
    const size_t one = cph_covariance_workspace_size(b->covariance);
    const size_t other = cph_beamform_workspace_size(b->beams);
    void *memory = NULL;
    b->out = reallocarray(NULL, STEP, BEAMS * sizeof *b->out);
    if (b->out == NULL || !aligned(&b->workspace, one > other ? one : other) ||
        !aligned(&memory, cph_covariance_sums_size(b->covariance)))
        return CPH_ERR_MEMORY;
    b->sums = memory;
    return cph_covariance_reset(b->covariance, b->sums);
}

static cph_status make_ready(bench *b, cph_error *error)
{
    cph_status status = cph_data_open(b->capture, NULL, &b->data, error);
    if (status != CPH_OK)
        return status;
    cph_data_set_exec(b->data, &b->cli->exec);
    b->header = cph_data_header_of(b->data);
    const size_t n = b->header->axis_elements, row = n * cph_type_size(b->header->type);
    if (b->header->kind != CPH_KIND_CAPTURE || b->header->channels != 1)
        return cph_fail(error, CPH_ERR_FORMAT, "%s: expected a capture of one channel", b->capture);
    b->held = cph_size_min(held_bytes / (row + 1) + 1, b->header->times);
    if (!aligned(&b->samples, b->held * row) || make_plans(b) != CPH_OK)
        return cph_fail(error, CPH_ERR_MEMORY, "no memory for plans and %zu samples", b->held);
    return cph_data_read_samples(b->data, 0, b->held, 0, NULL, n, b->samples, error);
}

static void bench_free(bench *b)
{
    cph_data_close(b->data);
    cph_covariance_destroy(b->covariance);
    cph_beamform_destroy(b->beams);
    free(b->samples);
    free(b->workspace);
    free(b->sums);
    free(b->out);
}

/* ---- cases ---- */

static cph_exit time_parts(const bench *b, timing *t)
{
    double read_s[ROUNDS] = {0}, compute_s[ROUNDS] = {0};
    cph_error error = {.status = CPH_OK};
    for (size_t i = 0; i < ROUNDS; i++) {
        bench_settle();
        double start = bench_now();
        if (cph_bench_stream(b->cli, b->data, &error) != CPH_OK)
            return cph_report_input(b->cli->name, &error);
        read_s[i] = bench_now() - start;
        start = bench_now();
        const cph_status status = compute_alone(b, t, &error);
        compute_s[i] = bench_now() - start;
        if (status != CPH_OK)
            return cph_report(b->cli->name, &error);
    }
    t->read_s = cph_bench_median(read_s);
    t->compute_s = cph_bench_median(compute_s);
    return CPH_EXIT_DONE;
}

static cph_exit print(const bench *b, const timing *t, size_t count)
{
    const double bytes = (double)b->header->sample_bytes;
    json_t *object = json_object(), *list = json_array();
    if (!b->cli->json)
        printf("%zu elements x %zu samples of %s, %.2f GB; %zu threads\n%-12s %8s %10s %8s %7s "
               "%10s\n",
               b->header->axis_elements, b->header->times, cph_type_name(b->header->type),
               1e-9 * bytes, b->cli->exec.threads, "", "reading", "computing", "whole s", "ratio",
               "peak MiB");
    for (size_t i = 0; i < count; i++) {
        const double ratio = t[i].whole_s / fmax(t[i].read_s, t[i].compute_s);
        if (!b->cli->json)
            printf("%-12s %8.3f %10.3f %8.3f %7.2f %10.1f\n", t[i].verb, t[i].read_s,
                   t[i].compute_s, t[i].whole_s, ratio, t[i].peak / 0x1p20);
        json_t *row = json_object();
        cph_json_set_text(row, "verb", t[i].verb);
        cph_json_set_number(row, "read_s", t[i].read_s);
        cph_json_set_number(row, "compute_s", t[i].compute_s);
        cph_json_set_number(row, "whole_s", t[i].whole_s);
        cph_json_set_number(row, "ratio_to_longer", ratio);
        cph_json_set_number(row, "peak_bytes", t[i].peak);
        cph_json_append(list, row);
    }
    cph_json_set_count(object, "elements", b->header->axis_elements);
    cph_json_set_count(object, "times", b->header->times);
    cph_json_set_number(object, "bytes", bytes);
    cph_json_set_count(object, "threads", b->cli->exec.threads);
    cph_json_set_count(object, "max_memory", b->cli->max_memory);
    cph_json_set(object, "pipeline", list);
    cph_json_set(object, "compressed", cph_bench_reading_json(b->reading));
    if (b->cli->json)
        return cph_json_print(b->cli, object);
    json_decref(object);
    cph_bench_reading_print(b->reading);
    return cph_stdout_check(b->cli);
}

/* A capture that is not open stays so: whole processes are timed while this one is small. */
static cph_exit find_source(bench *b)
{
    cph_error error = {.status = CPH_OK};
    cph_data *data = NULL;
    if (cph_data_open(b->capture, NULL, &data, &error) != CPH_OK)
        return cph_report_input(b->cli->name, &error);
    b->has_source = cph_bench_source(data, b->source);
    cph_data_close(data);
    return CPH_EXIT_DONE;
}

/* Calibration last: it is a case of captures with a source that is known. */
enum { COVARIANCE, BEAMFORM, CALIBRATE, VERBS };

static cph_exit time_whole(const bench *b, timing *t)
{
    char source[80];
    snprintf(source, sizeof source, "uv:%.17g,%.17g", b->source[0], b->source[1]);
    const char *const own[VERBS][4] = {[BEAMFORM] = {"--steer", "uv:0,0", "--steer", "uv:0.3,0.1"},
                                       [CALIBRATE] = {"--source", source}};
    cph_exit code = CPH_EXIT_DONE;
    for (size_t i = 0; i < (b->has_source ? VERBS : CALIBRATE) && code == CPH_EXIT_DONE; i++) {
        const char *word[CPH_BENCH_WORDS] = {"cophase",   t[i].verb, b->capture,     "-q",
                                             "-o",        b->output, "--max-memory", b->memory,
                                             "--threads", b->threads};
        for (size_t k = 0; k < 4; k++)
            word[10 + k] = own[i][k];
        code = cph_bench_child_median(b->cli, word, &t[i].whole_s, &t[i].peak);
    }
    return code;
}

static cph_exit time_all(bench *b)
{
    timing t[VERBS] = {
        [COVARIANCE] = {.verb = "covariance", .task = covariance_alone},
        [BEAMFORM] = {.verb = "beamform", .task = beams_alone},
        [CALIBRATE] = {.verb = "calibrate", .task = covariance_alone, .solves = true}};
    cph_error error = {.status = CPH_OK};
    cph_exit code = find_source(b);
    const size_t verbs = b->has_source ? VERBS : CALIBRATE;
    /* While this process is small: Linux counts its memory into the peak of what it starts. */
    if (code == CPH_EXIT_DONE)
        code = time_whole(b, t);
    if (code == CPH_EXIT_DONE)
        code = cph_bench_reading_whole(b->cli, b->capture, b->folder, b->reading);
    if (code == CPH_EXIT_DONE && make_ready(b, &error) != CPH_OK)
        code = cph_report_input(b->cli->name, &error);
    for (size_t i = 0; i < verbs && code == CPH_EXIT_DONE; i++)
        code = time_parts(b, &t[i]);
    if (code == CPH_EXIT_DONE)
        code = cph_bench_reading_alone(b->cli, b->reading);
    return code == CPH_EXIT_DONE ? print(b, t, verbs) : code;
}

/* ---- the capture ---- */

/* The terminal of the benchmark's cases. */
static cph_exit simulate(const bench *b, double bytes)
{
    enum { ELEMENTS = 1280 };
    char samples[32];
    double seconds = 0.0, peak = 0.0;
    snprintf(samples, sizeof samples, "%.0f", fmax(1.0, floor(bytes / 2 / ELEMENTS)));
    const char *const word[CPH_BENCH_WORDS] = {
        "cophase",   "simulate", "--array",  "disc:1280,12.8mm",
        "--freq",    "11.7GHz",  "--source", "uv:0,0",
        "--samples", samples,    "-q",       "-o",
        b->capture,  NULL};
    return cph_bench_child(b->cli, word, &seconds, &peak);
}

cph_exit cph_bench_pipeline_run(const cph_cli *cli, const cph_bench_pipeline *options)
{
    const char *base = getenv("TMPDIR");
    bench b = {.cli = cli};
    snprintf(b.folder, sizeof b.folder, "%s/cophase-bench-XXXXXX",
             base != NULL && base[0] != '\0' ? base : "/tmp");
    if (mkdtemp(b.folder) == NULL)
        return cph_report_line(cli->name, CPH_EXIT_FAILED, "%s: %s", b.folder, strerror(errno));
    cph_interrupt_catch();
    snprintf(b.memory, sizeof b.memory, "%zu", cli->max_memory);
    snprintf(b.threads, sizeof b.threads, "%zu", cli->exec.threads);
    snprintf(b.output, sizeof b.output, "%s/output.h5", b.folder);
    snprintf(b.capture, sizeof b.capture, "%s/capture.h5", b.folder);
    cph_exit code = CPH_EXIT_DONE;
    if (options->capture != NULL)
        snprintf(b.capture, sizeof b.capture, "%s", options->capture);
    else
        code = simulate(&b, options->bytes);
    if (code == CPH_EXIT_DONE)
        code = time_all(&b);
    bench_free(&b);
    cph_bench_reading_remove(b.reading);
    if (options->capture == NULL)
        unlink(b.capture);
    unlink(b.output);
    rmdir(b.folder);
    return code;
}
