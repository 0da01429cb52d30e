/* SPDX-License-Identifier: MIT */
/* usage: cophase-bench [KERNEL] [--threads N] [--seconds S] [--seed N] [--json] */
#include <argp.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"

/* What is met in the field: a small array with many times, a station, a panel of a terminal. */
static const bench_shape shapes[] = {
    {"steer_", 1, 256, 64},          {"steer_", 1, 1280, 64},      {"beamform_", 2048, 64, 16},
    {"beamform_", 512, 256, 64},     {"beamform_", 512, 1280, 2},  {"convert_", 64, 256, 1},
    {"convert_", 2048, 1280, 1},     {"covariance_", 2048, 16, 1}, {"covariance_", 1024, 128, 1},
    {"covariance_pack_", 512, 8, 1},
};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

typedef struct command {
    bench_options options;
    const char *kernel; /* its name begins like this */
    bool json;
} command;

enum { KEY_JSON = 0x100, KEY_SECONDS, KEY_SEED };
static const struct argp_option option_list[] = {
    {"threads", 't', "N", 0, "Time N threads too (default: OpenMP's number)", 0},
    {"seconds", KEY_SECONDS, "S", 0, "Time every variant for S seconds (default: 0.1)", 0},
    {"seed", KEY_SEED, "N", 0, "Seed of the inputs (default: 1)", 0},
    {"json", KEY_JSON, NULL, 0, "Print one JSON object", 0},
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    command *const c = state->input;
    char *end = NULL;
    switch (key) {
    case ARGP_KEY_ARG:
        c->kernel = arg;
        return state->arg_num == 0 ? 0 : ARGP_ERR_UNKNOWN;
    case 't':
        c->options.threads = strtoul(arg, &end, 10);
        break;
    case KEY_SECONDS:
        c->options.seconds = strtod(arg, &end);
        break;
    case KEY_SEED:
        c->options.seed = strtoull(arg, &end, 10);
        break;
    case KEY_JSON:
        c->json = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    if (end == arg || *end != '\0')
        argp_error(state, "'%s' is not a number", arg);
    return 0;
}

static void print_row(const check_kernel *kernel, const bench_shape *s, const bench_result *r)
{
    printf("%-20s %-7s %3zu %5zu %5zu %4zu %10.2f %10.2f %10.2f %8.2f %7.2f %7.2f\n", kernel->name,
           cph_isa_name(r->isa), r->threads, s->times, s->elements, s->beams, 1e6 * r->median_s,
           1e6 * r->p10_s, 1e6 * r->p90_s, r->gflops, r->gbytes_per_s, r->ratio);
    fflush(stdout);
}

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *json_row(const check_kernel *kernel, const bench_shape *s, const bench_result *r)
{
    return json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
                     "kernel", kernel->name, "isa", cph_isa_name(r->isa), "threads",
                     (json_int_t)r->threads, "times", (json_int_t)s->times, "elements",
                     (json_int_t)s->elements, "beams", (json_int_t)s->beams, "rounds",
                     (json_int_t)r->rounds, "repeats", (json_int_t)r->repeats, "median_s",
                     number(r->median_s), "p10_s", number(r->p10_s), "p90_s", number(r->p90_s),
                     "gflops", number(r->gflops), "gbytes_per_s", number(r->gbytes_per_s),
                     "ratio_to_scalar", number(r->ratio), "error_of_bound", number(r->error));
}

static bool begins(const char *name, const char *with)
{
    return strncmp(name, with, strlen(with)) == 0;
}

/* A shape is for the kernels with the longest family that their names begin with. */
static bool meant_for(const bench_shape *shape, const char *name)
{
    if (!begins(name, shape->family))
        return false;
    for (size_t i = 0; i < SHAPES; i++)
        if (begins(name, shapes[i].family) && strlen(shapes[i].family) > strlen(shape->family))
            return false;
    return true;
}

/* Returns how many rows there are. */
static size_t bench_all(const command *c, json_t *rows)
{
    size_t count = 0;
    for (size_t k = 0; k < CPH_KERNEL_ROWS; k++)
        for (size_t i = 0; i < SHAPES; i++) {
            const check_kernel *const kernel = &check_kernels[k];
            if (!begins(kernel->name, c->kernel) || !meant_for(&shapes[i], kernel->name))
                continue;
            bench_result result[BENCH_VARIANTS];
            const size_t variants = bench_kernel(kernel, &shapes[i], &c->options, result);
            for (size_t v = 0; v < variants; v++, count++)
                if (rows != NULL)
                    json_array_append_new(rows, json_row(kernel, &shapes[i], &result[v]));
                else
                    print_row(kernel, &shapes[i], &result[v]);
        }
    return count;
}

static size_t bench_json(const command *c)
{
    json_t *const rows = json_array();
    const size_t count = bench_all(c, rows);
    json_t *const object =
        json_pack("{s:s, s:f, s:I, s:o}", "version", cph_version(), "seconds", c->options.seconds,
                  "seed", (json_int_t)c->options.seed, "results", rows);
    if (object == NULL || json_dumpf(object, stdout, JSON_INDENT(1)) != 0)
        return 0;
    printf("\n");
    json_decref(object);
    return count;
}

static size_t bench_text(const command *c)
{
    printf("# a variant is timed for %g s in rounds that alternate between variants, after its "
           "output was compared with the double oracle\n"
           "%-20s %-7s %3s %5s %5s %4s %10s %10s %10s %8s %7s %7s\n",
           c->options.seconds, "kernel", "isa", "thr", "times", "elem", "beam", "median_us",
           "p10_us", "p90_us", "GFLOP/s", "GB/s", "scalar");
    return bench_all(c, NULL);
}

int main(int argc, char **argv)
{
    static const struct argp argp = {
        option_list,
        parse,
        "[KERNEL]",
        "Times every variant of the kernels whose names begin with KERNEL (default: all) and "
        "compares their outputs with the double oracle.",
        NULL,
        NULL,
        NULL};
    cph_exec machine;
    cph_exec_openmp(&machine, 0);
    command c = {.options = {.seconds = 0.1, .threads = machine.threads, .seed = 1}, .kernel = ""};
    argp_err_exit_status = 2;
    argp_parse(&argp, argc, argv, 0, NULL, &c);
    const size_t rows = c.json ? bench_json(&c) : bench_text(&c);
    if (rows == 0)
        fprintf(stderr, "cophase-bench: nothing was timed; is '%s' the name of a kernel?\n",
                c.kernel);
    return rows > 0 && check_counted().failed == 0 && fflush(stdout) == 0 ? 0 : 1;
}
