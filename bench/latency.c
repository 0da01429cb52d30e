/* SPDX-License-Identifier: MIT */
#include "bench/latency.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/clock.h"
#include "bench/latency_track.h"
#include "bench/roof.h"
#include "bench/subject.h"
#include "cophase/retarget.h"
#include "cophase/steer.h"

enum { ELEMENTS = 1280, BEAMS = 2, LEAST = 2000, MOST = 50000, TURN = 50 };
static const double freq_hz = 11.7e9;

/* One thing to be called again and again. */
typedef struct client {
    bench_latency *result;
    bench_data data;
    bench_subject subject; /* samples to beams; else an update: */
    cph_beamform_plan *plan;
    cph_retarget_plan *retarget;
    bench_track track;
    double *seconds;
} client;

/* A call with directions that differ from the last one's. */
static cph_status call(client *c)
{
    if (c->result->kind == BENCH_LATENCY_SAMPLES)
        return bench_subject_run(&c->subject);
    if (c->result->kind == BENCH_LATENCY_TRACK)
        return bench_track_update(&c->track);
    for (size_t b = 0; b < BEAMS; b++)
        c->data.direction[3 * b] = -c->data.direction[3 * b];
    return cph_retarget_run(c->retarget, c->plan, 0, BEAMS, c->data.direction);
}

/* ---- verification ---- */

/* A plane wave from each direction is seen by its beam: samples are off by sqrt(1/2) at most,
 * weights, of size 1 / N, by sqrt(1/2) / 127 of that where they have 8 bits; with room for the
 * sum's own. */
static bool sees_its_wave(client *c, size_t beam, void *workspace)
{
    const double size = 100.0, limit = 1.3;
    cph_c64 wave[ELEMENTS];
    cph_c8 sample[ELEMENTS];
    cph_c32 y[BEAMS];
    if (cph_steer_c64(ELEMENTS, c->data.position, freq_hz, c->data.direction + 3 * beam, wave) !=
        CPH_OK)
        return false;
    for (size_t n = 0; n < ELEMENTS; n++)
        sample[n] = (cph_c8){(int8_t)rint(size * wave[n].re), (int8_t)rint(size * wave[n].im)};
    return cph_beamform_run(c->plan, workspace, sample, ELEMENTS, 1, y, BEAMS) == CPH_OK &&
           hypot((double)y[beam].re - size, (double)y[beam].im) <= limit;
}

static bool verified(client *c)
{
    if (c->result->kind == BENCH_LATENCY_SAMPLES)
        return bench_subject_error(&c->subject, true) <= 1.0;
    if (c->result->kind == BENCH_LATENCY_TRACK)
        return bench_track_verified(&c->track);
    void *const workspace =
        aligned_alloc(64, (cph_beamform_workspace_size(c->plan) + 127) / 64 * 64);
    bool right = workspace != NULL && call(c) == CPH_OK;
    for (size_t b = 0; b < BEAMS && right; b++)
        right = sees_its_wave(c, b, workspace);
    free(workspace);
    return right;
}

/* ---- set-up ---- */

static bool open_update(client *c, const bench_options *options)
{
    const bench_case *const like = &c->result->c;
    const bench_case steering = {.kernel = BENCH_STEER,
                                 .type = CPH_C32,
                                 .elements = ELEMENTS,
                                 .beams = BEAMS,
                                 .channels = 1,
                                 .times = 1};
    const cph_beamform_config config = {.elements = ELEMENTS,
                                        .beams = BEAMS,
                                        .channels = 1,
                                        .type = like->type,
                                        .weight_bits = like->weight_bits};
    const size_t bytes = (size_t)BEAMS * ELEMENTS * sizeof(cph_c32);
    if (!bench_data_open(&c->data, &steering, 0, options->seed))
        return false;
    if (c->result->kind == BENCH_LATENCY_TRACK)
        return bench_track_open(&c->track, ELEMENTS, c->data.position, options->seed);
    const cph_retarget_config follow = {
        .elements = ELEMENTS, .position = c->data.position, .freq_hz = &freq_hz};
    cph_c32 *const none = calloc(1, bytes);
    const bool open = none != NULL &&
                      cph_beamform_create(&config, none, ELEMENTS, &c->plan) == CPH_OK &&
                      cph_retarget_create(&follow, &c->retarget) == CPH_OK;
    free(none);
    return open;
}

static bool open_client(client *c, const bench_options *options, size_t ring)
{
    c->seconds = calloc(MOST, sizeof *c->seconds);
    if (c->seconds == NULL)
        return false;
    if (c->result->kind != BENCH_LATENCY_SAMPLES)
        return open_update(c, options);
    if (!bench_data_open(&c->data, &c->result->c, ring, options->seed))
        return false;
    c->subject =
        (bench_subject){.data = &c->data, .isa = options->isa, .times = c->result->c.times};
    return bench_subject_open(&c->subject) == CPH_OK;
}

static void close_client(client *c)
{
    bench_subject_close(&c->subject);
    cph_beamform_destroy(c->plan);
    cph_retarget_destroy(c->retarget);
    bench_track_close(&c->track);
    bench_data_close(&c->data);
    free(c->seconds);
}

/* ---- timing ---- */

/* A first call is not counted: it finds the caches full of what another client left. */
static double take_turn(client *c)
{
    const double begin = bench_now();
    bool works = call(c) == CPH_OK;
    for (size_t i = 0; i < TURN && works && c->result->runs < MOST; i++) {
        const double start = bench_now();
        works = call(c) == CPH_OK;
        c->seconds[c->result->runs++] = bench_now() - start;
    }
    c->result->wrong = !works;
    return bench_now() - begin;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void sum_up(client *c)
{
    bench_latency *const r = c->result;
    r->p50_s = r->p99_s = r->p999_s = r->worst_s = NAN;
    if (r->wrong || r->runs == 0)
        return;
    qsort(c->seconds, r->runs, sizeof *c->seconds, ascending);
    r->p50_s = c->seconds[r->runs / 2];
    r->p99_s = c->seconds[r->runs * 99 / 100];
    r->p999_s = c->seconds[r->runs * 999 / 1000];
    r->worst_s = c->seconds[r->runs - 1];
}

static void time_all(client *c, double seconds)
{
    double spent[BENCH_LATENCIES] = {0};
    for (bool busy = true; busy;) {
        busy = false;
        for (size_t i = 0; i < BENCH_LATENCIES; i++) {
            const size_t runs = c[i].result->runs;
            if (c[i].result->wrong || runs == MOST || (spent[i] > seconds && runs >= LEAST))
                continue;
            spent[i] += take_turn(&c[i]);
            busy = true;
        }
    }
}

bool bench_latency_run(const bench_options *options, bench_latency result[BENCH_LATENCIES])
{
    static const struct {
        cph_type type;
        unsigned weight_bits;
        size_t times;
        bench_latency_kind kind;
    } row[BENCH_LATENCIES] = {{CPH_C8, 8, 64, BENCH_LATENCY_SAMPLES},
                              {CPH_C8, 8, 256, BENCH_LATENCY_SAMPLES},
                              {CPH_C8, 8, 0, BENCH_LATENCY_RETARGET},
                              {CPH_C8, 16, 64, BENCH_LATENCY_SAMPLES},
                              {CPH_C8, 16, 256, BENCH_LATENCY_SAMPLES},
                              {CPH_C8, 16, 0, BENCH_LATENCY_RETARGET},
                              {CPH_C32, BENCH_TRACK_BITS, 0, BENCH_LATENCY_TRACK}};
    bench_machine machine;
    client *const c = calloc(BENCH_LATENCIES, sizeof *c);
    bench_machine_read(&machine);
    bool open = c != NULL;
    for (size_t i = 0; i < BENCH_LATENCIES; i++) {
        result[i] = (bench_latency){.c = {.name = "latency",
                                          .source = "",
                                          .kernel = BENCH_BEAMFORM,
                                          .type = row[i].type,
                                          .weight_bits = row[i].weight_bits,
                                          .elements = ELEMENTS,
                                          .beams = BEAMS,
                                          .channels = 1,
                                          .times = row[i].times,
                                          .cold = true},
                                    .kind = row[i].kind};
        if (open)
            c[i].result = &result[i];
        open = open && open_client(&c[i], options, bench_cold_bytes(&machine) / 4);
        result[i].wrong = open && !verified(&c[i]);
    }
    if (open)
        time_all(c, options->seconds);
    for (size_t i = 0; c != NULL && i < BENCH_LATENCIES; i++) {
        sum_up(&c[i]);
        close_client(&c[i]);
    }
    free(c);
    return open;
}

/* ---- output ---- */

void bench_print_latency(const bench_options *options, const bench_latency *result, size_t count)
{
    printf("# single calls on one thread, tier %s, samples from beyond the caches; times in us\n"
           "%-40s %8s %9s %9s %9s %9s\n",
           cph_isa_name(options->isa), "call", "runs", "p50", "p99", "p99.9", "worst");
    for (size_t i = 0; i < count; i++) {
        const bench_latency *const r = &result[i];
        char what[80], label[120];
        bench_describe(&r->c, what, sizeof what);
        if (r->kind == BENCH_LATENCY_RETARGET)
            snprintf(label, sizeof label, "new weights, %s", what);
        else if (r->kind == BENCH_LATENCY_TRACK)
            snprintf(label, sizeof label, "new states, two nulls, %s", what);
        else
            snprintf(label, sizeof label, "%s, T=%zu", what, r->c.times);
        if (r->wrong)
            printf("%-40s wrong: not within its bound\n", label);
        else
            printf("%-40s %8zu %9.2f %9.2f %9.2f %9.2f\n", label, r->runs, 1e6 * r->p50_s,
                   1e6 * r->p99_s, 1e6 * r->p999_s, 1e6 * r->worst_s);
    }
}

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static const char *kind_name(const bench_latency *r)
{
    static const char *const name[] = {
        [BENCH_LATENCY_RETARGET] = "retarget", [BENCH_LATENCY_TRACK] = "track"};
    return r->kind == BENCH_LATENCY_SAMPLES ? bench_kernel_name(r->c.kernel) : name[r->kind];
}

json_t *bench_json_latency(const bench_options *options, const bench_latency *result, size_t count)
{
    json_t *const rows = json_array();
    for (size_t i = 0; i < count; i++) {
        const bench_latency *const r = &result[i];
        json_array_append_new(
            rows,
            json_pack("{s:s, s:s, s:I, s:I, s:I, s:o, s:s, s:i, s:I, s:o, s:o, s:o, s:o, s:b}",
                      "kernel", kind_name(r), "type", bench_type_name(r->c.type), "weight_bits",
                      (json_int_t)r->c.weight_bits, "elements", (json_int_t)r->c.elements, "beams",
                      (json_int_t)r->c.beams, "times",
                      r->c.times == 0 ? json_null() : json_integer((json_int_t)r->c.times), "isa",
                      cph_isa_name(options->isa), "threads", 1, "runs", (json_int_t)r->runs,
                      "p50_s", number(r->p50_s), "p99_s", number(r->p99_s), "p999_s",
                      number(r->p999_s), "worst_s", number(r->worst_s), "wrong", (int)r->wrong));
    }
    return rows;
}
