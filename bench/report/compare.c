/* SPDX-License-Identifier: MIT */
#include "bench/report/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/fail.h"

const char *const report_verdict_name[REPORT_VERDICTS] = {[REPORT_SLOWER] = "slower",
                                                          [REPORT_FASTER] = "faster",
                                                          [REPORT_SAME] = "same",
                                                          [REPORT_NOISY] = "too noisy to say",
                                                          [REPORT_NO_FIGURE] = "no figure"};

static const double smallest_change = 0.03, noisy_above = 0.10;

static bool equal(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool same_shape(const report_case *a, const report_case *b)
{
    return equal(a->kernel, b->kernel) && equal(a->type, b->type) &&
           a->weight_bits == b->weight_bits && a->elements == b->elements && a->beams == b->beams &&
           a->channels == b->channels && a->times == b->times && a->cold == b->cold;
}

/* The case of the same shape; of several the one of the same name. */
static size_t find_case(const report *r, const report_case *like, const bool *taken)
{
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < r->case_count; i++) {
        if (taken[i] || !same_shape(&r->cases[i], like))
            continue;
        if (equal(r->cases[i].name, like->name))
            return i;
        if (found == SIZE_MAX)
            found = i;
    }
    return found;
}

static const report_path *find_path(const report_case *c, const report_path *like)
{
    for (size_t i = 0; i < c->paths; i++)
        if (equal(c->path[i].isa, like->isa) && c->path[i].threads == like->threads)
            return &c->path[i];
    return NULL;
}

static bool same_caches(const report *a, const report *b)
{
    bool same = a->caches == b->caches;
    for (size_t i = 0; same && i < a->caches; i++)
        same = a->cache[i].level == b->cache[i].level && a->cache[i].bytes == b->cache[i].bytes &&
               equal(a->cache[i].type, b->cache[i].type);
    return same;
}

static bool same_machine(const report *a, const report *b)
{
    const bool isa = a->isa == b->isa || json_equal(a->isa, b->isa);
    return equal(a->cpu, b->cpu) && a->cores == b->cores && isa && same_caches(a, b);
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double report_machine_change(const report *was, const report *is, size_t threads)
{
    const report_roof *const a = report_roof_at(was, threads), *const b =
                                                                   report_roof_at(is, threads);
    double ratio[REPORT_PEAKS + 16];
    size_t n = 0;
    for (size_t i = 0; i < REPORT_PEAKS; i++)
        ratio[n++] =
            report_roof_rate(b, report_peak_name[i]) / report_roof_rate(a, report_peak_name[i]);
    for (size_t i = 0; a != NULL && i < a->bandwidths && i < 16; i++)
        ratio[n++] = report_roof_rate(b, a->bandwidth[i].level) / a->bandwidth[i].read_bytes_per_s;
    size_t known = 0;
    for (size_t i = 0; i < n; i++)
        if (isfinite(ratio[i]) && ratio[i] > 0)
            ratio[known++] = ratio[i];
    if (known == 0)
        return NAN;
    qsort(ratio, known, sizeof ratio[0], ascending);
    return known % 2 == 1 ? ratio[known / 2] : sqrt(ratio[known / 2] * ratio[known / 2 - 1]);
}

/* What the path would do at its roof, FLOP/s. */
static double roof_of(const report_path *p)
{
    return p->gflops / p->roof_share;
}

static double scatter_of(const report_path *p)
{
    const double s = report_scatter(p->median_s, p->p10_s, p->p90_s);
    return isfinite(s) && s >= 0 ? s : noisy_above;
}

static bool usable(double x)
{
    return isfinite(x) && x > 0;
}

static report_verdict verdict_of(double own, double tolerance)
{
    if (fabs(log(own)) > log1p(tolerance))
        return own > 1 ? REPORT_FASTER : REPORT_SLOWER;
    return tolerance > noisy_above ? REPORT_NOISY : REPORT_SAME;
}

static void judge(report_pair *p, const report *was, const report *is, bool normalise)
{
    const double s_old = scatter_of(p->old_path), s_new = scatter_of(p->new_path);
    double all = 1;
    p->speed = p->old_path->median_s / p->new_path->median_s;
    p->machine = 1;
    if (normalise && usable(roof_of(p->new_path) / roof_of(p->old_path))) {
        p->machine = roof_of(p->new_path) / roof_of(p->old_path);
        all = report_machine_change(was, is, p->new_path->threads);
        all = usable(all) ? all : p->machine;
    }
    p->own = p->speed / p->machine;
    p->tolerance = fmax(smallest_change, hypot(s_old, s_new));
    p->verdict = REPORT_NO_FIGURE;
    if (!usable(p->speed))
        return;
    p->verdict = verdict_of(p->own, p->tolerance);
    if (p->verdict != verdict_of(p->speed / all, p->tolerance))
        p->verdict = REPORT_NOISY;
}

static void add_lone(report_comparison *c, const report_case *of, const report_path *path,
                     bool in_old)
{
    c->lone[c->lones++] = (report_lone){.of = of, .path = path, .in_old = in_old};
}

static void compare_cases(report_comparison *c, const report_case *old_case,
                          const report_case *new_case)
{
    c->common_cases++;
    for (size_t i = 0; i < old_case->paths; i++) {
        const report_path *const other = find_path(new_case, &old_case->path[i]);
        if (other == NULL) {
            add_lone(c, old_case, &old_case->path[i], true);
            continue;
        }
        report_pair *const pair = &c->pair[c->pairs++];
        *pair = (report_pair){.old_case = old_case,
                              .new_case = new_case,
                              .old_path = &old_case->path[i],
                              .new_path = other};
        judge(pair, c->was, c->is, c->same_machine);
        c->count[pair->verdict]++;
    }
    for (size_t i = 0; i < new_case->paths; i++)
        if (find_path(old_case, &new_case->path[i]) == NULL)
            add_lone(c, new_case, &new_case->path[i], false);
}

/* Cases and paths of a run: more than either list can hold of it. */
static size_t rows_of(const report *r)
{
    size_t rows = r->case_count;
    for (size_t i = 0; i < r->case_count; i++)
        rows += r->cases[i].paths;
    return rows;
}

cph_status report_compare(report_comparison *c, const report *was, const report *is,
                          cph_error *error)
{
    *c = (report_comparison){.was = was, .is = is, .same_machine = same_machine(was, is)};
    c->pair = calloc(rows_of(was) + 1, sizeof *c->pair);
    c->lone = calloc(rows_of(was) + rows_of(is) + 1, sizeof *c->lone);
    bool *const taken = calloc(is->case_count + 1, sizeof *taken);
    if (c->pair == NULL || c->lone == NULL || taken == NULL) {
        free(taken);
        report_comparison_free(c);
        return cph_fail(error, CPH_ERR_MEMORY, "%s: out of memory", is->path);
    }
    for (size_t i = 0; i < was->case_count; i++) {
        const size_t k = find_case(is, &was->cases[i], taken);
        if (k == SIZE_MAX) {
            add_lone(c, &was->cases[i], NULL, true);
            continue;
        }
        taken[k] = true;
        compare_cases(c, &was->cases[i], &is->cases[k]);
    }
    for (size_t k = 0; k < is->case_count; k++)
        if (!taken[k])
            add_lone(c, &is->cases[k], NULL, false);
    free(taken);
    if (c->pairs > 0)
        return CPH_OK;
    report_comparison_free(c);
    return cph_fail(error, CPH_ERR_MISSING, "%s and %s have no case and path in common", was->path,
                    is->path);
}

void report_comparison_free(report_comparison *c)
{
    free(c->pair);
    free(c->lone);
    *c = (report_comparison){0};
}

static void difference(const char *what, const char *was, const char *is,
                       void (*line)(void *context, const char *text), void *context)
{
    char text[400];
    if (equal(was, is))
        return;
    snprintf(text, sizeof text, "%s: %.150s, was %.150s", what, is != NULL ? is : "not told",
             was != NULL ? was : "not told");
    line(context, text);
}

static void machine_lines(const report_comparison *c, void (*line)(void *context, const char *text),
                          void *context)
{
    char text[400];
    if (!c->same_machine) {
        snprintf(text, sizeof text,
                 "different machines: %.100s, %zu threads; was %.100s, %zu threads: times are "
                 "compared as they are",
                 c->is->cpu != NULL ? c->is->cpu : "not told", c->is->machine_threads,
                 c->was->cpu != NULL ? c->was->cpu : "not told", c->was->machine_threads);
        line(context, text);
        return;
    }
    for (size_t i = 0; i < c->is->roofs; i++) {
        const size_t threads = c->is->roof[i].threads;
        const double change = report_machine_change(c->was, c->is, threads);
        if (!(fabs(log(change)) > log1p(smallest_change)))
            continue;
        snprintf(text, sizeof text,
                 "the machine as a whole was %.0f %% %s on %zu thread%s (median of its roofs): "
                 "verdicts are about shares of the roof",
                 100 * fabs(change - 1), change < 1 ? "slower" : "faster", threads,
                 threads == 1 ? "" : "s");
        line(context, text);
    }
}

void report_differences(const report_comparison *c, void (*line)(void *context, const char *text),
                        void *context)
{
    const report *const a = c->was, *const b = c->is;
    const struct {
        const char *what, *was, *is;
    } texts[] = {{"version", a->version, b->version},    {"git", a->git, b->git},
                 {"compiler", a->compiler, b->compiler}, {"flags", a->flags, b->flags},
                 {"OpenBLAS", a->openblas, b->openblas}, {"governor", a->governor, b->governor}};
    machine_lines(c, line, context);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        difference(texts[i].what, texts[i].was, texts[i].is, line, context);
}
