/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/contender.h"
#include "bench/pages.h"
#include "bench/plain.h"
#include "bench/roof.h"

/* A case while it is timed. */
typedef struct arena {
    const bench_options *options;
    const bench_roof *roof;
    bench_openblas *openblas;
    bench_result *result;
    bench_data data, floats; /* floats: what the conversion for a peer writes */
    cph_exec exec;
    bench_subject subject[BENCH_PATHS], conversion[2];
    bench_series conversion_series[2];
    size_t conversions;
    bench_reader reader[BENCH_ROOF_THREADS];
    bench_series reader_series[BENCH_ROOF_THREADS];
    bench_contender contender[BENCH_CONTENDERS];
    size_t contenders;
} arena;

/* Whether a kernel of the family is one that a plan for the case would take: of its type, or of
 * floats in panels; beamform plans that keep weights of 32 bits, as those of int16 samples do for
 * 16, have kernels of floats, others not. */
static bool suits(const bench_case *c, const char *name)
{
    char type[8];
    snprintf(type, sizeof type, "_%s", bench_type_name(c->type));
    const bool typed = strstr(name, type) != NULL, floats = strstr(name, "_f32") != NULL;
    if (c->kernel == BENCH_BEAMFORM)
        return typed &&
               floats == (c->weight_bits == 32 || (c->type == CPH_C16 && c->weight_bits == 16));
    if (c->kernel == BENCH_COVARIANCE && c->type == CPH_C32)
        return typed || strcmp(name, "covariance_f32") == 0;
    return typed;
}

/* Whether a tier has a kernel of its own for the case's family, type and precision. */
static bool has_kernel(const bench_case *c, cph_isa isa)
{
    const char *const family = bench_family_of(c->kernel)->rows;
    cph_kernel_info info;
    for (size_t i = 0; cph_kernel_describe(i, &info) == CPH_OK; i++)
        if (strncmp(info.name, family, strlen(family)) == 0 && suits(c, info.name) &&
            info.has[isa] && cph_isa_available(isa))
            return true;
    return false;
}

static void complain(bench_result *r, const bench_path *path, const char *what)
{
    r->wrong = true;
    snprintf(r->complaint, sizeof r->complaint, "%s, %zu threads: %s", path->isa, path->threads,
             what);
}

/* Times of a call that does not take too long: the case's, unless its rate in `seconds` for `times`
 * says otherwise. */
static size_t bearable_times(const arena *a, double seconds, size_t times)
{
    const size_t all = a->data.c.times, least = bench_verified_times(&a->data.c);
    const double limit = 0.1 * a->options->seconds;
    const double whole = seconds / (double)times * (double)all;
    const size_t fewer = (size_t)((double)all * limit / whole);
    return !(whole > limit) ? all : fewer < least ? least : fewer;
}

/* Opens a subject, holds all of a short call to its bound, then a part of the call that is timed.
 * False, and nothing open, where it cannot be had or is wrong. */
static bool open_path(arena *a, cph_isa isa, bool automatic, size_t threads)
{
    bench_result *const r = a->result;
    bench_subject *const s = &a->subject[r->paths];
    bench_path *const path = &r->path[r->paths];
    const cph_exec *const exec = threads > 1 ? &a->exec : NULL;
    const size_t few = bench_verified_times(&a->data.c);
    *path = (bench_path){.threads = threads};
    snprintf(path->isa, sizeof path->isa, "%s%s", automatic ? "auto-" : "", cph_isa_name(isa));
    const bench_subject asked = {.data = &a->data,
                                 .isa = isa,
                                 .automatic = automatic,
                                 .exec = exec,
                                 .regime = a->options->regime};
    *s = asked;
    s->times = few;
    cph_status status = bench_subject_open(s);
    if (status != CPH_OK) {
        if (r->paths == 0)
            r->refused = cph_status_name(status);
        return false;
    }
    path->error_of_bound = bench_subject_error(s, true);
    const double seconds = bench_time(&(bench_contender){.subject = s}, 1);
    bench_subject_close(s);
    path->times = bearable_times(a, seconds, few);
    *s = asked;
    s->times = path->times;
    status = bench_subject_open(s);
    if (status == CPH_OK)
        path->error_of_bound = fmax(path->error_of_bound, bench_subject_error(s, false));
    if (status != CPH_OK || !(path->error_of_bound <= 1.0)) {
        complain(r, path, status != CPH_OK ? cph_status_name(status) : "not within its bound");
        bench_subject_close(s);
        return false;
    }
    a->contender[a->contenders++] =
        (bench_contender){.subject = s,
                          .threaded = threads > 1,
                          .factor = (double)a->data.c.times / (double)path->times,
                          .series = &path->series};
    r->paths++;
    return true;
}

/* The tier whose path was the fastest of three runs each. */
static cph_isa fastest(const arena *a, const cph_isa *isa)
{
    double best = INFINITY;
    cph_isa found = CPH_ISA_SCALAR;
    for (size_t i = 0; i < a->result->paths; i++) {
        double seconds[3];
        for (size_t k = 0; k < 3; k++)
            seconds[k] = a->contender[i].factor * bench_time(&a->contender[i], 1);
        const double median = bench_spread_of(seconds, 3).median;
        if (a->subject[i].automatic || !(median < best))
            continue;
        best = median;
        found = isa[i];
    }
    return found;
}

static void open_paths(arena *a)
{
    const bench_case *const c = &a->data.c;
    cph_isa isa[BENCH_PATHS];
    bench_result *const r = a->result;
    unsigned top = 0;
    for (unsigned i = 0; i <= (unsigned)a->options->isa; i++)
        top = has_kernel(c, (cph_isa)i) ? i : top;
    for (unsigned i = a->options->best_only ? top : 0; i <= top; i++) {
        const bool loops = c->kernel != BENCH_STEER && c->kernel != BENCH_MVDR &&
                           c->kernel != BENCH_STEFCAL && !a->options->best_only &&
                           cph_isa_available((cph_isa)i) && bench_plain_loops((cph_isa)i) != NULL;
        isa[r->paths] = (cph_isa)i;
        if (has_kernel(c, (cph_isa)i) && !open_path(a, (cph_isa)i, false, 1) && r->refused != NULL)
            return;
        isa[r->paths] = (cph_isa)i;
        if (loops)
            (void)open_path(a, (cph_isa)i, true, 1);
    }
    if (a->options->threads > 1 && r->paths > 0)
        (void)open_path(a, fastest(a, isa), false, a->options->threads);
}

/* ---- peers ---- */

static void open_libm(arena *a)
{
    bench_peer *const peer = &a->result->peer[a->result->peers++];
    *peer = (bench_peer){.name = "libm", .call = "sin, cos", .threads = 1};
    a->contender[a->contenders++] =
        (bench_contender){.data = &a->data, .factor = 1.0, .series = &peer->series};
}

/* The samples of a call to fp32, by the library's best kernel, as it would be done for the peer. */
static void open_conversion(arena *a, size_t row, size_t threads)
{
    const bench_case *const c = &a->data.c;
    bench_subject *const s = &a->conversion[row];
    const cph_exec *const exec = threads > 1 ? &a->exec : NULL;
    for (size_t r = 0; r < BENCH_ROUNDS; r++)
        a->conversion_series[row].seconds[r] = c->type == CPH_C32 ? 0.0 : NAN;
    *s = (bench_subject){
        .data = &a->floats, .isa = a->options->isa, .exec = exec, .times = c->times};
    if (c->type == CPH_C32 || bench_subject_open(s) != CPH_OK)
        return;
    a->conversions++;
    a->contender[a->contenders++] = (bench_contender){
        .subject = s, .threaded = threads > 1, .factor = 1.0, .series = &a->conversion_series[row]};
}

static void open_openblas(arena *a)
{
    const bench_case *const c = &a->data.c;
    const size_t ring = c->cold ? bench_cold_bytes(&a->roof->machine) : 0;
    a->floats = a->data;
    a->floats.c.kernel = BENCH_CONVERT;
    a->floats.c.elements = c->elements * c->channels;
    a->floats.c.channels = 1;
    a->floats.output = bench_memory((size_t)bench_samples(c) * sizeof(cph_c32));
    if (a->floats.output == NULL || !bench_openblas_prepare(a->openblas, c, ring))
        return;
    for (size_t row = 0; row < a->openblas->rows; row++) {
        const bench_choice *const choice = &a->openblas->choice[row];
        if (choice->child == NULL)
            continue;
        bench_peer *const peer = &a->result->peer[a->result->peers++];
        *peer = (bench_peer){.name = "openblas", .threads = a->openblas->threads[row]};
        snprintf(peer->core, sizeof peer->core, "%s", choice->child->core);
        snprintf(peer->call, sizeof peer->call, "%s", choice->name);
        a->contender[a->contenders++] = (bench_contender){.openblas = a->openblas,
                                                          .row = row,
                                                          .threaded = row > 0,
                                                          .factor = 1.0,
                                                          .series = &peer->series};
        open_conversion(a, row, peer->threads);
    }
}

/* ---- memory ---- */

static void open_readers(arena *a)
{
    if (!a->data.c.cold || a->data.c.kernel == BENCH_STEER)
        return;
    for (size_t row = 0; row < a->roof->counts; row++)
        a->contender[a->contenders++] =
            bench_reader_open(&a->reader[row], a->roof, &a->data, row, &a->reader_series[row]);
}

/* ---- figures ---- */

static void sum_up_roof(arena *a)
{
    bench_result *const r = a->result;
    for (size_t row = 0; row < BENCH_ROOF_THREADS; row++)
        r->read_bytes_per_s[row] = bench_reader_rate(&a->reader[row]);
    r->roof_gflops = bench_roof_of(a->roof, &r->c, 0, r->read_bytes_per_s[0], &r->roof);
}

static void sum_up_paths(arena *a)
{
    bench_result *const r = a->result;
    const bench_series *scalar = NULL;
    r->best = BENCH_PATHS;
    for (size_t i = 0; i < r->paths; i++) {
        bench_path *const p = &r->path[i];
        const double seconds = p->series.spread.median;
        const size_t row = p->threads > 1 ? a->roof->counts - 1 : 0;
        if (strcmp(p->isa, "scalar") == 0 && p->threads == 1)
            scalar = &p->series;
        p->gflops = 1e-9 * r->operations / seconds;
        p->samples_per_s = r->samples / seconds;
        p->bytes_per_s = r->bytes / seconds;
        p->roof_gflops = bench_roof_of(a->roof, &r->c, row, r->read_bytes_per_s[row], &p->roof);
        p->roof_share = p->gflops / p->roof_gflops;
        p->ratio_to_scalar =
            scalar != NULL ? bench_ratio_of(scalar->seconds, p->series.seconds, BENCH_ROUNDS).median
                           : NAN;
        if (p->threads == 1 && !a->subject[i].automatic &&
            (r->best == BENCH_PATHS || seconds < r->path[r->best].series.spread.median))
            r->best = i;
    }
}

static double with_conversion(const bench_peer *peer, const bench_series *conversion,
                              double sum[BENCH_ROUNDS])
{
    for (size_t i = 0; i < BENCH_ROUNDS; i++)
        sum[i] = peer->series.seconds[i] + conversion->seconds[i];
    return bench_spread_of(sum, BENCH_ROUNDS).median;
}

static void sum_up_peers(arena *a)
{
    bench_result *const r = a->result;
    r->best_peer = BENCH_PEERS;
    r->ratio_to_peer = r->ratio_with_conversion = NAN;
    r->verdict = "no peer";
    for (size_t i = 0; i < r->peers; i++) {
        bench_peer *const p = &r->peer[i];
        const bench_series *const conversion = &a->conversion_series[p->threads > 1];
        double sum[BENCH_ROUNDS];
        p->gflops = 1e-9 * r->operations / p->series.spread.median;
        p->conversion = conversion->spread;
        p->median_with_conversion_s = with_conversion(p, conversion, sum);
        if (p->threads > 1 || r->best == BENCH_PATHS)
            continue;
        const double *const ours = r->path[r->best].series.seconds;
        r->best_peer = i;
        r->peer_ratio = bench_ratio_of(p->series.seconds, ours, BENCH_ROUNDS);
        r->ratio_to_peer = r->peer_ratio.median;
        r->ratio_with_conversion = bench_ratio_of(sum, ours, BENCH_ROUNDS).median;
        r->verdict = bench_verdict(&r->peer_ratio);
    }
}

static void close_arena(arena *a)
{
    for (size_t i = 0; i < a->result->paths; i++)
        bench_subject_close(&a->subject[i]);
    for (size_t i = 0; i < 2; i++)
        bench_subject_close(&a->conversion[i]);
    free(a->floats.output);
    bench_data_close(&a->data);
    free(a);
}

void bench_run(const bench_case *c, const bench_options *options, bench_roof *roof,
               bench_openblas *openblas, bench_result *result)
{
    arena *const a = calloc(1, sizeof *a);
    *result = (bench_result){.c = *c,
                             .operations = bench_operations(c),
                             .bytes = bench_bytes(c),
                             .samples = bench_samples(c),
                             .roof_gflops = NAN,
                             .read_bytes_per_s = {NAN, NAN}};
    if (a == NULL ||
        !bench_data_open(&a->data, c, bench_cold_bytes(&roof->machine), options->seed)) {
        result->refused = "out of memory";
        free(a);
        return;
    }
    a->options = options;
    a->roof = roof;
    a->openblas = openblas;
    a->result = result;
    cph_exec_openmp(&a->exec, options->threads);
    open_paths(a);
    if (options->peers && c->kernel == BENCH_STEER)
        open_libm(a);
    else if (options->peers && openblas != NULL && c->kernel != BENCH_CONVERT && result->paths > 0)
        open_openblas(a);
    if (result->paths > 0) {
        open_readers(a);
        bench_time_all(a->contender, a->contenders, options->seconds);
    }
    sum_up_roof(a);
    sum_up_paths(a);
    sum_up_peers(a);
    close_arena(a);
}
