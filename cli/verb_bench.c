/* SPDX-License-Identifier: MIT */
/* usage: cophase bench [--filter TEXT] [--kernel FAMILY ...] [--json]
 *        cophase bench --compare OLD.json NEW.json */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/json.h"
#include "bench/openblas.h"
#include "bench/scaling.h"
#include "bench/table.h"
#include "cli/bench_channelizer.h"
#include "cli/bench_options.h"
#include "cli/json.h"
#include "cli/verbs.h"
#include "cophase/dispatch.h"

/* ---- cases ---- */

/* Whether name and description hold every word of the filter. */
static bool passes(const cph_bench_options *o, const bench_case *c)
{
    char what[100], text[200], words[200];
    if (o->filter == NULL)
        return o->report.scaling ? bench_scaling_is_default(c) : o->all || bench_is_default(c);
    bench_describe(c, what, sizeof what);
    snprintf(text, sizeof text, "%s %s", c->name, what);
    snprintf(words, sizeof words, "%s", o->filter);
    for (char *rest = words, *word; (word = strsep(&rest, " ,")) != NULL;)
        if (strstr(text, word) == NULL)
            return false;
    return true;
}

/* The index-th case that is asked for. */
static bool wanted(const cph_bench_options *o, size_t index, bench_case *c)
{
    if (o->has_own) {
        *c = o->own;
        bench_choose_times(c);
        return index == 0;
    }
    for (size_t i = 0; bench_case_at(i, c); i++)
        if (passes(o, c) && index-- == 0) {
            c->cold = o->has_temperature ? o->own.cold : c->cold;
            return true;
        }
    return false;
}

static cph_exit list(const cph_bench_options *o)
{
    json_t *const cases = json_array(), *const kernels = json_array(), *const isa = json_array();
    bench_case c;
    char what[100];
    for (unsigned k = 0; bench_kernel_name((bench_kernel)k) != NULL; k++)
        cph_json_append(kernels, cph_json_text(bench_kernel_name((bench_kernel)k)));
    for (unsigned k = 0; k < CPH_ISA_COUNT; k++)
        if (cph_isa_available((cph_isa)k))
            cph_json_append(isa, cph_json_text(cph_isa_name((cph_isa)k)));
    cph_bench_options any = *o;
    any.all = true;
    for (size_t i = 0; wanted(&any, i, &c); i++) {
        bench_describe(&c, what, sizeof what);
        if (!o->cli.json)
            printf("%-15s %-30s %6zu times  %s\n", c.name, what, c.times, c.source);
        json_t *const row = json_object();
        cph_json_set_text(row, "name", c.name);
        cph_json_set_text(row, "case", what);
        cph_json_set_count(row, "times", c.times);
        cph_json_set_text(row, "source", c.source);
        cph_json_append(cases, row);
    }
    json_t *const object = json_object();
    cph_json_set(object, "kernels", kernels);
    cph_json_set(object, "isa", isa);
    cph_json_set(object, "cases", cases);
    if (o->cli.json)
        return cph_json_print(&o->cli, object);
    char *const line = json_dumps(isa, JSON_COMPACT);
    printf("tiers of this machine: %s\n", line);
    free(line);
    json_decref(object);
    return cph_stdout_check(&o->cli);
}

/* ---- timing ---- */

typedef struct tally {
    size_t timed, compared, lost, wrong;
    double log_sum;
} tally;

static void count_in(tally *t, const bench_result *r)
{
    t->timed += r->paths > 0;
    t->wrong += r->wrong;
    if (!isfinite(r->ratio_to_peer))
        return;
    t->compared++;
    t->log_sum += log(r->ratio_to_peer);
    t->lost += r->ratio_to_peer < 0.97;
}

/* Whether a table is printed. */
static bool for_people(const cph_bench_options *o)
{
    return !o->cli.json && !cph_bench_csv_to_stdout(&o->report);
}

static void run_cases(const cph_bench_options *o, const bench_options *with, bench_roof *roof,
                      bench_openblas *openblas, json_t *cases, tally *t)
{
    enum { ROOF_EVERY = 3 }; /* cases, a few seconds */
    bench_result *const r = calloc(1, sizeof *r);
    bench_case c;
    for (size_t i = 0; r != NULL && wanted(o, i, &c); i++) {
        if (i > 0 && i % ROOF_EVERY == 0)
            bench_roof_measure(roof);
        bench_run(&c, with, roof, openblas, r);
        count_in(t, r);
        cph_json_append(cases, bench_json_case(r));
        if (for_people(o))
            bench_print_case(r);
    }
    free(r);
}

static cph_exit conclude(const cph_bench_options *o, const tally *t)
{
    const char *const name = o->cli.name;
    if (t->wrong > 0)
        return cph_report_line(name, CPH_EXIT_LIMIT,
                               "%zu cases have a kernel that is not within "
                               "its bound",
                               t->wrong);
    if (t->timed == 0)
        return cph_report_line(name, o->has_own ? CPH_EXIT_FAILED : CPH_EXIT_USAGE,
                               o->has_own ? "this case is not supported"
                                          : "no case matches; see cophase bench --list");
    return CPH_EXIT_DONE;
}

static cph_exit bench(const cph_bench_options *o, const bench_options *with)
{
    bench_roof *const roof = calloc(1, sizeof *roof);
    bench_openblas openblas = {0};
    tally t = {0};
    bench_case c;
    if (!wanted(o, 0, &c)) {
        free(roof);
        return conclude(o, &t);
    }
    if (with->peers) /* before this process is bound to its cores, which children would inherit */
        bench_openblas_open(&openblas, with->isa, with->threads);
    if (roof == NULL || !bench_roof_open(roof, with->isa, with->threads)) {
        bench_openblas_close(&openblas);
        free(roof);
        return cph_report_memory(o->cli.name);
    }
    json_t *const cases = json_array();
    if (for_people(o))
        bench_print_roof(with, roof);
    run_cases(o, with, roof, with->peers ? &openblas : NULL, cases, &t);
    bench_openblas_close(&openblas);
    json_t *const whole = bench_json(with, roof, cases);
    if (for_people(o))
        bench_print_end(roof, t.log_sum, t.compared, t.lost);
    bench_roof_close(roof);
    free(roof);
    cph_exit printed = cph_bench_write(&o->cli, &o->report, whole);
    if (printed == CPH_EXIT_DONE)
        printed =
            o->cli.json ? cph_json_print(&o->cli, json_incref(whole)) : cph_stdout_check(&o->cli);
    json_decref(whole);
    return printed != CPH_EXIT_DONE ? printed : conclude(o, &t);
}

static cph_exit scale(const cph_bench_options *o, const bench_options *with)
{
    enum { MOST = 64 };
    bench_case cases[MOST];
    size_t count = 0;
    while (count < MOST && wanted(o, count, &cases[count]))
        count++;
    return count > 0 ? cph_bench_scaling(&o->cli, &o->report, with, cases, count)
                     : conclude(o, &(tally){0});
}

static cph_exit run(const cph_bench_options *o)
{
    const bench_options with = {.seconds = o->seconds,
                                .threads = o->cli.exec.threads,
                                .isa = cph_dispatch_isa(),
                                .best_only = o->best_only,
                                .regime = (cph_beamform_regime)o->regime,
                                .peers = !o->no_peer,
                                .seed = o->seed};
    if (o->report.compare != NULL)
        return cph_bench_compare(&o->cli, &o->report);
    if (o->list)
        return list(o);
    if (o->channelizer)
        return cph_bench_channelizer(&o->cli, o->seconds, o->seed);
    if (o->pipeline.on) {
        cph_bench_pipeline pipeline = o->pipeline;
        if (pipeline.bytes == 0.0)
            pipeline.bytes = 0x1p32;
        return cph_bench_pipeline_run(&o->cli, &pipeline);
    }
    const cph_exit code = cph_bench_check_outputs(&o->cli, &o->report);
    if (code != CPH_EXIT_DONE)
        return code;
    return o->report.from != NULL ? cph_bench_render(&o->cli, &o->report)
           : o->report.latency    ? cph_bench_latency(&o->cli, &o->report, &with)
           : o->report.scaling    ? scale(o, &with)
                                  : bench(o, &with);
}

int cph_verb_bench(int argc, char **argv)
{
    cph_bench_options o;
    if (argc == 2 && strcmp(argv[1], BENCH_PEER_ARGUMENT) == 0)
        return bench_openblas_serve();
    cph_exit status = cph_bench_parse(argc, argv, &o);
    if (status == CPH_EXIT_DONE)
        status = run(&o);
    cph_cli_free(&o.cli);
    return status;
}
