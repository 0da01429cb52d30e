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
#include "cli/bench_report.h"
#include "cli/json.h"
#include "cli/options.h"
#include "cli/verbs.h"
#include "cophase/dispatch.h"

typedef struct options {
    cph_cli cli;
    cph_bench_report report;
    bench_case own; /* a case of the command line, where `has_own` */
    bool has_own, has_size, list, all;
    bool has_temperature;                /* --cold or --hot */
    unsigned no_peer, best_only, regime; /* places in lists of words */
    const char *filter;
    double seconds;
    size_t seed;
} options;

enum {
    KEY_KERNEL = CPH_KEY_VERB,
    KEY_TYPE,
    KEY_WEIGHT_BITS,
    KEY_ELEMENTS,
    KEY_BEAMS,
    KEY_CHANNELS,
    KEY_TIMES,
    KEY_COLD,
    KEY_HOT,
    KEY_PEER,
    KEY_PATHS,
    KEY_REGIME,
    KEY_FILTER,
    KEY_ALL,
    KEY_LIST,
    KEY_SECONDS,
    KEY_SEED
};

static error_t parse_kernel(options *o, const char *arg, const struct argp_state *state)
{
    o->has_own = true;
    for (unsigned k = 0; bench_kernel_name((bench_kernel)k) != NULL; k++)
        if (strcmp(arg, bench_kernel_name((bench_kernel)k)) == 0) {
            o->own.kernel = (bench_kernel)k;
            return 0;
        }
    return cph_usage(state, "--kernel '%s': expected beamform, covariance, steer or convert", arg);
}

static error_t parse_type(options *o, const char *arg, const struct argp_state *state)
{
    o->has_size = true;
    for (unsigned k = 0; bench_type_name((cph_type)k) != NULL; k++)
        if (strcmp(arg, bench_type_name((cph_type)k)) == 0) {
            o->own.type = (cph_type)k;
            return 0;
        }
    return cph_usage(state, "--type '%s': expected c8, c16 or c32", arg);
}

static error_t parse_weight_bits(options *o, const char *arg, const struct argp_state *state)
{
    static const char *const words[] = {"8", "16", "32"};
    o->has_size = true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(arg, words[i]) == 0) {
            o->own.weight_bits = 8u << i;
            return 0;
        }
    return cph_usage(state, "--weight-bits '%s': expected 8, 16 or 32", arg);
}

/* One of the words, up to a NULL; *at is which. */
static error_t parse_choice(const char *option, const char *arg, const char *const *word,
                            unsigned *at, const struct argp_state *state)
{
    char all[80] = "";
    for (unsigned i = 0; word[i] != NULL; i++) {
        if (strcmp(arg, word[i]) == 0) {
            *at = i;
            return 0;
        }
        strncat(all, " ", sizeof all - strlen(all) - 1);
        strncat(all, word[i], sizeof all - strlen(all) - 1);
    }
    return cph_usage(state, "%s '%s': expected one of%s", option, arg, all);
}

static error_t parse_size(options *o, int key, const char *arg, const struct argp_state *state)
{
    static const size_t most[] = {[KEY_ELEMENTS - KEY_ELEMENTS] = 4096,
                                  [KEY_BEAMS - KEY_ELEMENTS] = 65536,
                                  [KEY_CHANNELS - KEY_ELEMENTS] = 65536,
                                  [KEY_TIMES - KEY_ELEMENTS] = 1u << 28};
    size_t *const value[] = {&o->own.elements, &o->own.beams, &o->own.channels, &o->own.times};
    const size_t at = (size_t)(key - KEY_ELEMENTS);
    cph_error error;
    o->has_size = true;
    return cph_parsed(state, cph_parse_count(arg, 1, most[at], value[at], &error), &error);
}

static error_t check(const options *o, const struct argp_state *state)
{
    if (o->has_own && o->filter != NULL)
        return cph_usage(state, "--filter chooses named cases; --kernel makes one of its own");
    if (o->has_size && !o->has_own)
        return cph_usage(state, "sizes and types go with --kernel FAMILY");
    if (o->has_own && o->own.elements == 0)
        return cph_usage(state, "--kernel needs --elements N");
    if (o->own.kernel != BENCH_BEAMFORM && o->own.kernel != BENCH_STEER && o->own.channels > 1)
        return cph_usage(state, "--channels goes with --kernel beamform or steer");
    return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    static const char *const peers[] = {"openblas", "none", NULL}, *const paths[] = {"all", "best",
                                                                                     NULL};
    static const char *const regimes[] = {"auto", "rows", "columns", NULL};
    options *const o = state->input;
    cph_error error;
    switch (key) {
    case ARGP_KEY_INIT:
        (void)cph_cli_children(state, &o->cli);
        state->child_inputs[0] = &o->report;
        return 0;
    case KEY_KERNEL:
        return parse_kernel(o, arg, state);
    case KEY_TYPE:
        return parse_type(o, arg, state);
    case KEY_WEIGHT_BITS:
        return parse_weight_bits(o, arg, state);
    case KEY_ELEMENTS:
    case KEY_BEAMS:
    case KEY_CHANNELS:
    case KEY_TIMES:
        return parse_size(o, key, arg, state);
    case KEY_COLD:
    case KEY_HOT:
        o->has_temperature = true;
        o->own.cold = key == KEY_COLD;
        return 0;
    case KEY_PEER:
        return parse_choice("--peer", arg, peers, &o->no_peer, state);
    case KEY_PATHS:
        return parse_choice("--paths", arg, paths, &o->best_only, state);
    case KEY_REGIME:
        return parse_choice("--regime", arg, regimes, &o->regime, state);
    case KEY_FILTER:
        o->filter = arg;
        return 0;
    case KEY_ALL:
        o->all = true;
        return 0;
    case KEY_LIST:
        o->list = true;
        return 0;
    case KEY_SECONDS:
        return cph_parsed(state, cph_parse_quantity(CPH_SPAN, arg, &o->seconds, &error), &error);
    case KEY_SEED:
        return cph_parsed(state, cph_parse_count(arg, 0, SIZE_MAX / 2, &o->seed, &error), &error);
    case ARGP_KEY_END:
        return check(o, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option own[] = {
    {"kernel", KEY_KERNEL, "FAMILY", 0,
     "Time one case of your own: beamform, covariance, steer or convert", 0},
    {"type", KEY_TYPE, "TYPE", 0, "Its samples: c8 (default), c16 or c32", 0},
    {"weight-bits", KEY_WEIGHT_BITS, "BITS", 0, "Least precision of weights: 8, 16 (default), 32",
     0},
    {"elements", KEY_ELEMENTS, "N", 0, "Its elements", 0},
    {"beams", KEY_BEAMS, "B", 0, "Its beams, or directions to steer to (default: 1)", 0},
    {"channels", KEY_CHANNELS, "C", 0, "Its channels; frequencies of steer (default: 1)", 0},
    {"times", KEY_TIMES, "T", 0, "Times of a call (default: what takes about a millisecond)", 0},
    {"cold", KEY_COLD, NULL, 0, "Samples come from beyond the last cache (default)", 0},
    {"hot", KEY_HOT, NULL, 0, "Samples stay where the call before left them", 0},
    {"filter", KEY_FILTER, "WORDS", 0,
     "Time the listed cases that hold each of these words, as in terminal,c8,x2", 0},
    {"all", KEY_ALL, NULL, 0, "Time the sweep too", 0},
    {"list", KEY_LIST, NULL, 0, "List families, tiers and cases; time nothing", 0},
    {"peer", KEY_PEER, "NAME", 0, "Compare with openblas (default) or none", 0},
    {"paths", KEY_PATHS, "WHICH", 0, "Time all paths (default) or the best tier alone", 0},
    {"regime", KEY_REGIME, "WHICH", 0, "Of beamform plans: auto (default), rows or columns", 0},
    {"seconds", KEY_SECONDS, "TIME", 0, "Of timing a case (default: 1s)", 0},
    {"seed", KEY_SEED, "N", 0, "Of the inputs (default: 1)", 0},
    {0}};
static const struct argp_child children[] = {
    {&cph_argp_bench_report, 0, NULL, 0}, {&cph_argp_common, 0, NULL, 0}, {0}};
static const struct argp argp = {
    .options = own,
    .parser = parse,
    .args_doc = "[--compare OLD.json NEW.json]",
    .children = children,
    .doc = "Times the kernels, verified in the same run, on cases of the field: scalar, "
           "compiler-vectorised and vector paths on one thread, the best on all, OpenBLAS beside "
           "them, as a share of the roof that this machine is measured to have. Exit status 4: a "
           "kernel is not within its bound, or --compare finds a path that is slower: beyond the "
           "scatter of both runs, and beyond what the machine's own roofs explain.\v"
           "Examples:\n"
           "  cophase bench --list\n"
           "  cophase bench --filter terminal,c8 --json\n"
           "  cophase bench --kernel beamform --type c8 --elements 97 --beams 7 --hot\n"
           "  cophase bench --from run.json --html run.html --csv run.csv\n"
           "  cophase bench --compare old.json new.json\n"
           "  cophase bench --latency\n",
};

/* ---- cases ---- */

/* Whether name and description hold every word of the filter. */
static bool passes(const options *o, const bench_case *c)
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
static bool wanted(const options *o, size_t index, bench_case *c)
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

static cph_exit list(const options *o)
{
    json_t *const cases = json_array(), *const kernels = json_array(), *const isa = json_array();
    bench_case c;
    char what[100];
    for (unsigned k = 0; bench_kernel_name((bench_kernel)k) != NULL; k++)
        cph_json_append(kernels, cph_json_text(bench_kernel_name((bench_kernel)k)));
    for (unsigned k = 0; k < CPH_ISA_COUNT; k++)
        if (cph_isa_available((cph_isa)k))
            cph_json_append(isa, cph_json_text(cph_isa_name((cph_isa)k)));
    options any = *o;
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
static bool for_people(const options *o)
{
    return !o->cli.json && !cph_bench_csv_to_stdout(&o->report);
}

static void run_cases(const options *o, const bench_options *with, bench_roof *roof,
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

static cph_exit conclude(const options *o, const tally *t)
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

static cph_exit bench(const options *o, const bench_options *with)
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

static cph_exit scale(const options *o, const bench_options *with)
{
    enum { MOST = 64 };
    bench_case cases[MOST];
    size_t count = 0;
    while (count < MOST && wanted(o, count, &cases[count]))
        count++;
    return count > 0 ? cph_bench_scaling(&o->cli, &o->report, with, cases, count)
                     : conclude(o, &(tally){0});
}

static cph_exit run(const options *o)
{
    const bench_options with = {.seconds = o->seconds,
                                .threads = o->cli.exec.threads,
                                .isa = cph_dispatch_isa(),
                                .best_only = o->best_only != 0,
                                .regime = (cph_beamform_regime)o->regime,
                                .peers = o->no_peer == 0,
                                .seed = o->seed};
    if (o->report.compare != NULL)
        return cph_bench_compare(&o->cli, &o->report);
    if (o->list)
        return list(o);
    const cph_exit code = cph_bench_check_outputs(&o->cli, &o->report);
    if (code != CPH_EXIT_DONE)
        return code;
    return o->report.from != NULL ? cph_bench_render(&o->cli, &o->report)
           : o->report.latency    ? cph_bench_latency(&o->cli, &o->report, &with)
           : o->report.scaling    ? scale(o, &with)
                                  : bench(o, &with);
}

/* What the command line leaves open of a case of its own. */
static void complete(bench_case *c)
{
    c->name = "own";
    c->source = "";
    c->beams = c->beams == 0 ? 1 : c->beams;
    c->channels = c->channels == 0 ? 1 : c->channels;
    if (c->kernel != BENCH_BEAMFORM)
        c->weight_bits = 0;
    else if (c->type == CPH_C32)
        c->weight_bits = 32;
    else if (c->weight_bits == 0)
        c->weight_bits = 16;
    if (c->kernel == BENCH_STEER)
        c->type = CPH_C32;
    if (c->kernel == BENCH_STEER)
        c->cold = false;
}

int cph_verb_bench(int argc, char **argv)
{
    options o = {.seconds = 1.0, .seed = 1, .own = {.cold = true}};
    if (argc == 2 && strcmp(argv[1], BENCH_PEER_ARGUMENT) == 0)
        return bench_openblas_serve();
    cph_exit status = cph_cli_parse(&argp, argc, argv, &o);
    complete(&o.own);
    if (status == CPH_EXIT_DONE)
        status = run(&o);
    cph_cli_free(&o.cli);
    return status;
}
