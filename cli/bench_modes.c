/* SPDX-License-Identifier: MIT */
/* cophase bench --latency and --scaling. */
#include <stdlib.h>

#include "bench/json.h"
#include "bench/latency.h"
#include "bench/scaling.h"
#include "cli/bench_report.h"
#include "cli/json.h"

/* Prints and writes a run without cases whose rows stand under `key`; takes over the rows. */
static cph_exit conclude(const cph_cli *cli, const cph_bench_report *options,
                         const bench_options *with, const bench_roof *roof, const char *key,
                         json_t *rows, size_t wrong)
{
    json_t *const run = bench_json(with, roof, json_array());
    cph_json_set(run, key, rows);
    cph_exit code = cph_bench_write(cli, options, run);
    if (code == CPH_EXIT_DONE)
        code = cli->json ? cph_json_print(cli, json_incref(run)) : cph_stdout_check(cli);
    json_decref(run);
    if (code == CPH_EXIT_DONE && wrong > 0)
        code = cph_report_line(cli->name, CPH_EXIT_LIMIT, "%zu of them %s not within %s bound",
                               wrong, wrong == 1 ? "is" : "are", wrong == 1 ? "its" : "their");
    return code;
}

cph_exit cph_bench_latency(const cph_cli *cli, const cph_bench_report *options,
                           const bench_options *with)
{
    bench_latency result[BENCH_LATENCIES];
    bench_roof *const roof = calloc(1, sizeof *roof);
    size_t wrong = 0;
    if (roof == NULL || !bench_roof_open(roof, with->isa, 1)) {
        free(roof);
        return cph_report_memory(cli->name);
    }
    cph_exit code = CPH_EXIT_FAILED;
    if (bench_latency_run(with, result)) {
        for (size_t i = 0; i < BENCH_LATENCIES; i++)
            wrong += result[i].wrong;
        if (!cli->json)
            bench_print_latency(with, result, BENCH_LATENCIES);
        code = conclude(cli, options, with, roof, "latency",
                        bench_json_latency(with, result, BENCH_LATENCIES), wrong);
    } else {
        code = cph_report_memory(cli->name);
    }
    bench_roof_close(roof);
    free(roof);
    return code;
}

/* All cases on one thread and on several: a roof of that thread count is measured among them. */
static bool run_count(const bench_options *with, size_t threads, bench_roof *roof,
                      bench_scaling *scaling, size_t count)
{
    bench_roof_close(roof);
    if (!bench_roof_open(roof, with->isa, threads))
        return false;
    for (size_t i = 0; i < count; i++)
        bench_scaling_run(&scaling[i], with, roof);
    return true;
}

cph_exit cph_bench_scaling(const cph_cli *cli, const cph_bench_report *options,
                           const bench_options *with, const bench_case *cases, size_t count)
{
    size_t threads[BENCH_STEPS], wrong = 0;
    const size_t steps = bench_scaling_counts(with->threads, threads);
    bench_roof *const roof = calloc(1, sizeof *roof);
    bench_scaling *const scaling = calloc(count + 1, sizeof *scaling);
    bool able = roof != NULL && scaling != NULL;
    for (size_t i = 0; able && i < count; i++)
        scaling[i].c = cases[i];
    for (size_t i = steps > 1 ? 1 : 0; able && i < steps; i++)
        able = run_count(with, threads[i], roof, scaling, count);
    json_t *const rows = json_array();
    for (size_t i = 0; able && i < count; i++) {
        wrong += scaling[i].wrong;
        if (!cli->json)
            bench_print_scaling(with, &scaling[i]);
        cph_json_append(rows, bench_json_scaling(with, &scaling[i]));
    }
    const cph_exit code = able ? conclude(cli, options, with, roof, "scaling", rows, wrong)
                               : cph_report_memory(cli->name);
    if (!able)
        json_decref(rows);
    if (roof != NULL)
        bench_roof_close(roof);
    free(roof);
    free(scaling);
    return code;
}
