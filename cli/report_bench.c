/* SPDX-License-Identifier: MIT */
/* A run of the benchmark: what `cophase bench --html` writes of it. */
#include <math.h>
#include <stdlib.h>

#include "bench/report/report.h"
#include "cli/report_page.h"

static void sum_up(cph_report_page *page, const cph_report_file *file, const report *run)
{
    size_t wrong = 0;
    double best = 0.0;
    for (size_t i = 0; i < run->case_count; i++) {
        wrong += run->cases[i].wrong != NULL;
        for (size_t k = 0; k < run->cases[i].paths; k++)
            best = fmax(best, run->cases[i].path[k].gflops);
    }
    cph_report_say(page, wrong == 0 ? CPH_REPORT_GOOD : CPH_REPORT_BAD, file->id,
                   "%s: %zu cases on %s, fastest %.0f GFLOP/s, %zu not within their bounds",
                   file->name, run->case_count,
                   run->cpu != NULL ? run->cpu : "an unnamed processor", best, wrong);
}

void cph_report_bench(cph_report_page *page, const cph_report_file *file)
{
    report run;
    cph_error error = {.status = CPH_OK};
    char prefix[24], *text = NULL;
    size_t size = 0;
    if (report_from(&run, file->info, file->path, &error) != CPH_OK) {
        cph_report_remark(page, "%s", error.message);
        return;
    }
    FILE *const memory = open_memstream(&text, &size);
    if (memory != NULL) {
        report_html_body(&run, memory);
        fclose(memory);
        snprintf(prefix, sizeof prefix, "%s-", file->id);
        cph_report_ids_put(page->body, text, prefix);
        sum_up(page, file, &run);
    }
    page->failed = page->failed || memory == NULL;
    free(text);
    report_free(&run);
}
