/* SPDX-License-Identifier: MIT */
#include "cli/info_gains.h"

#include <stdio.h>

#include "cli/report.h"
#include "cophase/solutions.h"

cph_exit cph_info_gains_read(const cph_cli *cli, cph_kind kind, cph_info_gains *gains)
{
    cph_calibration c;
    cph_error error;
    *gains = (cph_info_gains){.count = 0};
    if (kind != CPH_KIND_CALIBRATION)
        return CPH_EXIT_DONE;
    if (cph_calibration_read(cli->input, &c, &error) != CPH_OK)
        return cph_report_input(cli->name, &error);
    *gains = (cph_info_gains){.count = c.times * c.channels * c.array.elements,
                              .delays = c.delay_s != NULL,
                              .leakages = c.leakage != NULL,
                              .coupling = c.coupling != NULL};
    for (size_t i = 0; i < gains->count; i++) {
        gains->flagged += c.flag[i] != CPH_FLAG_NONE;
        gains->filled += c.filled != NULL && c.filled[i] != 0;
    }
    cph_calibration_free(&c);
    return CPH_EXIT_DONE;
}

void cph_info_gains_print(const cph_info_gains *g)
{
    const struct {
        const char *name;
        bool held;
    } rows[] = {{"delays", g->delays}, {"leakages", g->leakages}, {"coupling", g->coupling}};
    if (g->count == 0)
        return;
    printf("%-12s %zu, %zu flagged", "gains", g->count, g->flagged);
    if (g->filled > 0)
        printf(", %zu filled in from other channels", g->filled);
    putchar('\n');
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].held)
            printf("%-12s %s\n", "holds", rows[i].name);
}

json_t *cph_info_gains_json(const cph_info_gains *g)
{
    if (g->count == 0)
        return json_null();
    json_t *object = json_object();
    cph_json_set_count(object, "count", g->count);
    cph_json_set_count(object, "flagged", g->flagged);
    cph_json_set_count(object, "filled", g->filled);
    cph_json_set(object, "delays", json_boolean(g->delays));
    cph_json_set(object, "leakages", json_boolean(g->leakages));
    cph_json_set(object, "coupling", json_boolean(g->coupling));
    return object;
}
