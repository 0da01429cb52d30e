/* SPDX-License-Identifier: MIT */
#include "cli/bench_channelizer.h"

#include <math.h>
#include <stdio.h>

#include "bench/bank.h"
#include "cli/json.h"
#include "cli/wisdom.h"

static const struct shape {
    size_t elements, channels;
} shapes[] = {{16, 256}, {64, 1024}};

/* Of a batch: as much as the last cache holds, and no more. */
enum { POINTS = 1 << 22 };

/* Time a batch over that of the transforms alone. */
static const double bar = 1.3;

static json_t *describe(const bench_bank *b)
{
    json_t *const row = json_object();
    cph_json_set_text(row, "type", cph_type_name(b->type));
    cph_json_set_count(row, "elements", b->elements);
    cph_json_set_count(row, "channels", b->channels);
    cph_json_set_count(row, "oversample", b->oversample);
    cph_json_set_count(row, "taps", b->info.taps);
    cph_json_set_count(row, "times", b->times);
    cph_json_set_number(row, "error_of_bound", b->error_of_bound);
    cph_json_set_number(row, "median_s", b->ours.median);
    cph_json_set_number(row, "fftw_median_s", b->fftw.median);
    cph_json_set_number(row, "ratio_to_fftw", b->ratio.median);
    cph_json_set_number(row, "ratio_to_fftw_p10", b->ratio.p10);
    cph_json_set_number(row, "ratio_to_fftw_p90", b->ratio.p90);
    cph_json_set(row, "within_bar", json_boolean(b->ratio.median <= bar));
    cph_json_set_number(row, "liquid_median_s", b->liquid.median);
    cph_json_set_number(row, "liquid_over_ours", b->liquid_ratio.median);
    cph_json_set_number(row, "ripple_db", b->info.ripple_db);
    cph_json_set_number(row, "alias_db", b->info.alias_db);
    return row;
}

static void print_row(const bench_bank *b)
{
    const double points = (double)(b->times * b->elements * b->channels);
    printf("%-4s %3zu x %-5zu %zux %8.3f %8.3f %7.2f %5.2f-%-5.2f", cph_type_name(b->type),
           b->elements, b->channels, b->oversample, 1e9 * b->ours.median / points,
           1e9 * b->fftw.median / points, b->ratio.median, b->ratio.p10, b->ratio.p90);
    if (b->liquid.count > 0)
        printf(" %8.2f", b->liquid_ratio.median);
    else
        printf(" %8s", "-");
    printf(" %9.2g %8.1f\n", b->info.ripple_db, b->info.alias_db);
}

static cph_exit time_one(const cph_cli *cli, bench_bank *b, double seconds, size_t seed,
                         json_t *list)
{
    const cph_exit code = cph_report_bank(cli->name, bench_bank_run(b, seconds, seed));
    if (code != CPH_EXIT_DONE)
        return code;
    if (!(b->error_of_bound <= 1.0))
        return cph_report_line(cli->name, CPH_EXIT_LIMIT,
                               "channelizer %s, %zu x %zu: %g of its bound", cph_type_name(b->type),
                               b->elements, b->channels, b->error_of_bound);
    if (!cli->json)
        print_row(b);
    json_array_append_new(list, describe(b));
    return CPH_EXIT_DONE;
}

cph_exit cph_bench_channelizer(const cph_cli *cli, double seconds, size_t seed)
{
    json_t *const object = json_object(), *const list = json_array();
    cph_exit code = CPH_EXIT_DONE;
    char *const wisdom = cph_wisdom_recall(cli);
    if (!cli->json)
        printf("one thread, ns a point of the output\n%-17s %2s %8s %8s %7s %-11s %8s %9s %8s\n",
               "", "", "ours", "FFTW", "ratio", "p10-p90", "liquid/", "ripple dB", "alias dB");
    for (size_t i = 0; i < 6 * sizeof shapes / sizeof shapes[0]; i++) {
        bench_bank b = {.elements = shapes[i / 6].elements,
                        .channels = shapes[i / 6].channels,
                        .oversample = 1 + i / 3 % 2,
                        .type = (cph_type)(i % 3),
                        .points = POINTS};
        if (code == CPH_EXIT_DONE)
            code = time_one(cli, &b, seconds, seed, list);
    }
    cph_wisdom_keep(wisdom);
    cph_json_set_number(object, "bar", bar);
    cph_json_set(object, "channelizer", list);
    if (code == CPH_EXIT_DONE && cli->json)
        return cph_json_print(cli, object);
    json_decref(object);
    return code == CPH_EXIT_DONE ? cph_stdout_check(cli) : code;
}
