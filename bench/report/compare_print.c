/* SPDX-License-Identifier: MIT */
/* A comparison as JSON, and as a table of what changed. */
#include <math.h>
#include <string.h>

#include "bench/report/compare.h"

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *text(const char *value)
{
    return value != NULL ? json_string(value) : json_null();
}

static json_t *count(size_t value)
{
    return json_integer((json_int_t)value);
}

static json_t *run_json(const report *r)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "file", text(r->path), "version",
                     text(r->version), "git", text(r->git), "time_unix_s", number(r->time_unix_s),
                     "cpu", text(r->cpu));
}

static json_t *case_json(const report_case *c)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b}", "name", text(c->name),
                     "kernel", text(c->kernel), "type", text(c->type), "weight_bits",
                     count(c->weight_bits), "elements", count(c->elements), "beams",
                     count(c->beams), "channels", count(c->channels), "times", count(c->times),
                     "cold", (int)c->cold);
}

static json_t *pair_json(const report_pair *p)
{
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "isa", text(p->new_path->isa),
        "threads", count(p->new_path->threads), "old_median_s", number(p->old_path->median_s),
        "new_median_s", number(p->new_path->median_s), "speed", number(p->speed), "machine",
        number(p->machine), "own", number(p->own), "tolerance", number(p->tolerance),
        "old_roof_share", number(p->old_path->roof_share), "new_roof_share",
        number(p->new_path->roof_share), "verdict", text(report_verdict_name[p->verdict]));
}

/* Pairs of one case stand together. */
static json_t *cases_json(const report_comparison *c)
{
    json_t *const cases = json_array();
    for (size_t i = 0; i < c->pairs;) {
        const report_case *const was = c->pair[i].old_case, *const is = c->pair[i].new_case;
        json_t *const item = case_json(is), *const paths = json_array();
        for (; i < c->pairs && c->pair[i].old_case == was; i++)
            json_array_append_new(paths, pair_json(&c->pair[i]));
        json_object_set_new(item, "old_ratio_to_peer", number(was->ratio_to_peer));
        json_object_set_new(item, "new_ratio_to_peer", number(is->ratio_to_peer));
        json_object_set_new(item, "paths", paths);
        json_array_append_new(cases, item);
    }
    return cases;
}

static json_t *lones_json(const report_comparison *c, bool in_old)
{
    json_t *const list = json_array();
    for (size_t i = 0; i < c->lones; i++) {
        if (c->lone[i].in_old != in_old)
            continue;
        json_t *const item = case_json(c->lone[i].of);
        if (c->lone[i].path != NULL) {
            json_object_set_new(item, "isa", text(c->lone[i].path->isa));
            json_object_set_new(item, "threads", count(c->lone[i].path->threads));
        }
        json_array_append_new(list, item);
    }
    return list;
}

static void append_text(void *context, const char *line)
{
    json_array_append_new(context, json_string(line));
}

static json_t *machine_json(const report_comparison *c)
{
    json_t *const list = json_array();
    for (size_t i = 0; i < c->is->roofs; i++) {
        const size_t threads = c->is->roof[i].threads;
        json_array_append_new(list,
                              json_pack("{s:o, s:o}", "threads", count(threads), "speed",
                                        number(report_machine_change(c->was, c->is, threads))));
    }
    return list;
}

json_t *report_comparison_json(const report_comparison *c)
{
    json_t *const object = json_object(), *const differences = json_array(),
                  *const counts = json_object();
    report_differences(c, append_text, differences);
    for (size_t v = 0; v < REPORT_VERDICTS; v++)
        json_object_set_new(counts, report_verdict_name[v], count(c->count[v]));
    const struct {
        const char *key;
        json_t *value;
    } fields[] = {{"format", json_string("cophase-bench-comparison")},
                  {"format_version", count(1)},
                  {"old", run_json(c->was)},
                  {"new", run_json(c->is)},
                  {"same_machine", json_boolean(c->same_machine)},
                  {"machine", machine_json(c)},
                  {"differences", differences},
                  {"cases", cases_json(c)},
                  {"only_in_old", lones_json(c, true)},
                  {"only_in_new", lones_json(c, false)},
                  {"paths", counts},
                  {"regression", json_boolean(c->count[REPORT_SLOWER] > 0)}};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        json_object_set_new(object, fields[i].key, fields[i].value);
    return object;
}

/* Padded to a width. Names come from files: what would steer a terminal is not printed. */
static void put_padded(FILE *file, const char *words, size_t width)
{
    size_t put = 0;
    for (; words[put] != '\0'; put++) {
        const unsigned char c = (unsigned char)words[put];
        putc(c < ' ' || c == 0x7f ? '?' : c, file);
    }
    for (; put < width; put++)
        putc(' ', file);
}

static void put_words(FILE *file, const char *words)
{
    put_padded(file, words, 0);
}

static void put_case(FILE *file, const report_case *c)
{
    char label[REPORT_LABEL];
    report_kind(c, label);
    put_padded(file, label, 21);
    report_shape(c, label);
    put_padded(file, label, 29);
}

static void print_pairs(const report_comparison *c, report_verdict verdict, FILE *file)
{
    for (size_t i = 0; i < c->pairs; i++) {
        const report_pair *const p = &c->pair[i];
        if (p->verdict != verdict)
            continue;
        put_case(file, p->new_case);
        put_padded(file, p->new_path->isa, 11);
        fprintf(file, " %3zu %11.4g %11.4g %7.3f %7.3f %7.3f %6.1f  %s\n", p->new_path->threads,
                1e6 * p->old_path->median_s, 1e6 * p->new_path->median_s, p->speed, p->machine,
                p->own, 100 * p->tolerance, report_verdict_name[verdict]);
    }
}

static void print_line(void *context, const char *line)
{
    fputs("# ", context);
    put_words(context, line);
    fputc('\n', context);
}

static void print_lones(const report_comparison *c, FILE *file)
{
    for (size_t i = 0; i < c->lones; i++) {
        const report_lone *const l = &c->lone[i];
        fprintf(file, "# only in the %s run: ", l->in_old ? "old" : "new");
        put_case(file, l->of);
        if (l->path != NULL) {
            put_words(file, l->path->isa);
            fprintf(file, " on %zu thread%s", l->path->threads, l->path->threads == 1 ? "" : "s");
        }
        fputc('\n', file);
    }
}

/* Verdicts and the geometric mean of speeds over the pairs of one kernel, from the i-th on. */
static void print_kind(const report_comparison *c, size_t i, const char *kind, FILE *file)
{
    size_t verdicts[REPORT_VERDICTS] = {0}, figures = 0;
    double sum = 0;
    for (; i < c->pairs; i++) {
        const report_pair *const p = &c->pair[i];
        char other[REPORT_LABEL];
        report_kind(p->new_case, other);
        if (strcmp(other, kind) != 0)
            continue;
        verdicts[p->verdict]++;
        if (p->verdict != REPORT_NO_FIGURE) {
            sum += log(p->own);
            figures++;
        }
    }
    put_padded(file, kind, 20);
    for (size_t v = 0; v < REPORT_VERDICTS; v++)
        fprintf(file, v < REPORT_NOISY ? " %7zu" : " %9zu", verdicts[v]);
    if (figures > 0)
        fprintf(file, "  %.3f\n", exp(sum / (double)figures));
    else
        fputs("  -\n", file);
}

static void print_kinds(const report_comparison *c, FILE *file)
{
    enum { KINDS = 64 };
    char seen[KINDS][REPORT_LABEL];
    size_t kinds = 0;
    fprintf(file, "%-20s %7s %7s %7s %9s %9s  %s\n", "kernel", "slower", "faster", "same",
            "too noisy", "no figure", "own speed, geometric mean");
    for (size_t i = 0; i < c->pairs && kinds < KINDS; i++) {
        size_t k = 0;
        report_kind(c->pair[i].new_case, seen[kinds]);
        while (strcmp(seen[k], seen[kinds]) != 0)
            k++;
        if (k == kinds)
            print_kind(c, i, seen[kinds++], file);
    }
}

void report_comparison_print(const report_comparison *c, FILE *file)
{
    fputs("# old: ", file);
    put_words(file, c->was->path);
    fputs("\n# new: ", file);
    put_words(file, c->is->path);
    fputc('\n', file);
    report_differences(c, print_line, file);
    print_lones(c, file);
    if (c->count[REPORT_SLOWER] + c->count[REPORT_FASTER] > 0) {
        fprintf(file, "%-20s %-28s %-11s %3s %11s %11s %7s %7s %7s %6s  verdict\n", "kernel",
                "shape", "isa", "thr", "old_us", "new_us", "speed", "machine", "own", "tol_%");
        print_pairs(c, REPORT_SLOWER, file);
        print_pairs(c, REPORT_FASTER, file);
        fputc('\n', file);
    }
    print_kinds(c, file);
    fputs("# speed = old time / new time; own = speed / machine, the change of the path's roof; a "
          "change within tol is none\n",
          file);
}
