/* SPDX-License-Identifier: MIT */
#include "cli/bench_options.h"

#include <string.h>

#include "cli/option_values.h"

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
    KEY_SEED,
    KEY_PIPELINE,
    KEY_CHANNELIZER,
    KEY_SIZE,
    KEY_CAPTURE
};

static error_t parse_kernel(cph_bench_options *o, const char *arg, const struct argp_state *state)
{
    o->has_own = true;
    for (unsigned k = 0; bench_kernel_name((bench_kernel)k) != NULL; k++)
        if (strcmp(arg, bench_kernel_name((bench_kernel)k)) == 0) {
            o->own.kernel = (bench_kernel)k;
            return 0;
        }
    return cph_usage(
        state, "--kernel '%s': expected beamform, covariance, steer, convert, mvdr or stefcal",
        arg);
}

static error_t parse_type(cph_bench_options *o, const char *arg, const struct argp_state *state)
{
    o->has_size = true;
    for (unsigned k = 0; bench_type_name((cph_type)k) != NULL; k++)
        if (strcmp(arg, bench_type_name((cph_type)k)) == 0) {
            o->own.type = (cph_type)k;
            return 0;
        }
    return cph_usage(state, "--type '%s': expected c8, c16 or c32", arg);
}

static error_t parse_weight_bits(cph_bench_options *o, const char *arg,
                                 const struct argp_state *state)
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

static error_t parse_size(cph_bench_options *o, int key, const char *arg,
                          const struct argp_state *state)
{
    /* elements, beams, channels, times: as the keys follow each other */
    static const size_t most[] = {4096, 65536, 65536, 1u << 28};
    size_t *const value[] = {&o->own.elements, &o->own.beams, &o->own.channels, &o->own.times};
    const size_t at = (size_t)(key - KEY_ELEMENTS);
    cph_error error;
    o->has_size = true;
    return cph_parsed(state, cph_parse_count(arg, 1, most[at], value[at], &error), &error);
}

static error_t parse_pipeline(cph_bench_options *o, int key, const char *arg,
                              const struct argp_state *state)
{
    cph_error error;
    if (key == KEY_SIZE)
        return cph_parsed(state, cph_parse_quantity(CPH_SIZE, arg, &o->pipeline.bytes, &error),
                          &error);
    if (key == KEY_CAPTURE)
        o->pipeline.capture = arg;
    else
        o->pipeline.on = true;
    return 0;
}

static error_t check_pipeline(const cph_bench_options *o, const struct argp_state *state)
{
    if (!o->pipeline.on && (o->pipeline.bytes > 0.0 || o->pipeline.capture != NULL))
        return cph_usage(state, "--size and --capture go with --pipeline");
    if (o->pipeline.bytes > 0.0 && o->pipeline.capture != NULL)
        return cph_usage(state, "expected --size SIZE or --capture FILE, not both");
    if (o->pipeline.on && o->channelizer)
        return cph_usage(state, "expected --pipeline or --channelizer, not both");
    if ((o->pipeline.on || o->channelizer) &&
        (o->has_own || o->filter != NULL || o->report.latency || o->report.scaling ||
         o->report.compare != NULL || o->report.from != NULL || o->report.csv != NULL ||
         o->report.html != NULL))
        return cph_usage(state, "%s goes alone", o->channelizer ? "--channelizer" : "--pipeline");
    return 0;
}

static error_t check(const cph_bench_options *o, const struct argp_state *state)
{
    if (o->has_own && o->filter != NULL)
        return cph_usage(state, "--filter chooses named cases; --kernel makes one of its own");
    if (o->has_size && !o->has_own)
        return cph_usage(state, "sizes and types go with --kernel FAMILY");
    if (o->has_own && o->own.elements == 0)
        return cph_usage(state, "--kernel needs --elements N");
    if ((o->own.kernel == BENCH_COVARIANCE || o->own.kernel == BENCH_CONVERT) &&
        o->own.channels > 1)
        return cph_usage(state, "--channels goes with --kernel beamform, steer, mvdr or stefcal");
    return check_pipeline(o, state);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    static const char *const peers[] = {"openblas", "none"}, *const paths[] = {"all", "best"};
    static const char *const regimes[] = {"auto", "rows", "columns"};
    cph_bench_options *const o = state->input;
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
        return cph_chosen_second(state, arg, peers, &o->no_peer);
    case KEY_PATHS:
        return cph_chosen_second(state, arg, paths, &o->best_only);
    case KEY_REGIME:
        return cph_chosen(state, arg, regimes, 3, &o->regime);
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
    case KEY_CHANNELIZER:
        o->channelizer = true;
        return 0;
    case KEY_PIPELINE:
    case KEY_SIZE:
    case KEY_CAPTURE:
        return parse_pipeline(o, key, arg, state);
    case ARGP_KEY_END:
        return check(o, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option own[] = {
    {"kernel", KEY_KERNEL, "FAMILY", 0,
     "Time one case of your own: beamform, covariance, steer, convert, mvdr or stefcal", 0},
    {"type", KEY_TYPE, "TYPE", 0, "Its samples: c8 (default), c16 or c32", 0},
    {"weight-bits", KEY_WEIGHT_BITS, "BITS", 0, "Least precision of weights: 8, 16 (default), 32",
     0},
    {"elements", KEY_ELEMENTS, "N", 0, "Its elements", 0},
    {"beams", KEY_BEAMS, "B", 0, "Its beams, or directions to steer to (default: 1)", 0},
    {"channels", KEY_CHANNELS, "C", 0,
     "Its channels (default: 1); frequencies of steer; matrices of mvdr (default: 2 MB of them) "
     "and "
     "stefcal",
     0},
    {"times", KEY_TIMES, "T", 0,
     "Times of a call (default: what takes about a millisecond); iterations of stefcal (default: "
     "20)",
     0},
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
    {"pipeline", KEY_PIPELINE, NULL, 0,
     "Time covariance, beamform and calibrate as whole processes on a capture in the page cache, "
     "beside reading alone and computing alone",
     0},
    {"channelizer", KEY_CHANNELIZER, NULL, 0,
     "Time the channelizer beside FFTW's bare transforms of the same batch, and liquid-dsp's where "
     "libliquid.so.1 is installed",
     0},
    {"size", KEY_SIZE, "SIZE", 0, "Of that capture (default: 4G), made in TMPDIR", 0},
    {"capture", KEY_CAPTURE, "FILE", 0, "A capture that is there, instead", 0},
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

/* What the command line leaves open of a case of its own. */
static void complete(bench_case *c)
{
    c->name = "own";
    c->source = "";
    c->beams = c->beams == 0 ? 1 : c->beams;
    if (c->kernel == BENCH_MVDR)
        c->beams = c->times = 1;
    else if (c->channels == 0)
        c->channels = 1;
    if (c->kernel != BENCH_BEAMFORM)
        c->weight_bits = 0;
    else if (c->type == CPH_C32)
        c->weight_bits = 32;
    else if (c->weight_bits == 0)
        c->weight_bits = 16;
    if (c->kernel == BENCH_STEER || bench_takes_matrices(c->kernel))
        c->type = CPH_C32;
    if (c->kernel == BENCH_STEER || c->kernel == BENCH_STEFCAL)
        c->cold = false;
}

cph_exit cph_bench_parse(int argc, char **argv, cph_bench_options *o)
{
    *o = (cph_bench_options){.seconds = 1.0, .seed = 1, .own = {.cold = true}};
    const cph_exit status = cph_cli_parse(&argp, argc, argv, o);
    complete(&o->own);
    return status;
}
