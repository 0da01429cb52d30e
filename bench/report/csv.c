/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "bench/report/report.h"

/* A field by RFC 4180. */
static void put_text(FILE *file, const char *text)
{
    if (text == NULL)
        text = "";
    if (strpbrk(text, ",\"\r\n") == NULL) {
        fprintf(file, "%s,", text);
        return;
    }
    putc('"', file);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            putc('"', file);
        putc(*text, file);
    }
    fputs("\",", file);
}

/* Counts of 0 are those that do not apply. */
static void put_count(FILE *file, size_t value)
{
    if (value > 0)
        fprintf(file, "%zu", value);
    putc(',', file);
}

static void put_number(FILE *file, double value, char end)
{
    if (isfinite(value))
        fprintf(file, "%.9g", value);
    putc(end, file);
}

static void put_case(FILE *file, const report_case *c)
{
    put_text(file, c->name);
    put_text(file, c->source);
    put_text(file, c->kernel);
    put_text(file, c->type);
    put_count(file, c->weight_bits);
    put_count(file, c->elements);
    put_count(file, c->beams);
    put_count(file, c->channels);
    put_count(file, c->times);
    put_text(file, c->cold ? "cold" : "hot");
}

static void put_path(FILE *file, const report_case *c, const report_path *p)
{
    put_case(file, c);
    put_text(file, "path");
    put_text(file, p->isa);
    put_text(file, NULL);
    put_count(file, p->threads);
    put_count(file, p->rounds);
    put_text(file, p->roof);
    const double figures[] = {p->median_s,   p->p10_s,           p->p90_s,
                              p->gflops,     p->samples_per_s,   p->bytes_per_s,
                              p->roof_share, p->ratio_to_scalar, p->error_of_bound};
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
        put_number(file, figures[i], ',');
    put_number(file, NAN, '\n');
}

static void put_peer(FILE *file, const report_case *c, const report_peer *p)
{
    put_case(file, c);
    put_text(file, "peer");
    put_text(file, p->name);
    put_text(file, p->core);
    put_count(file, p->threads);
    put_count(file, 0);
    put_text(file, NULL);
    const double figures[] = {p->median_s, p->p10_s, p->p90_s, p->gflops, NAN, NAN, NAN, NAN, NAN};
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
        put_number(file, figures[i], ',');
    put_number(file, p->median_with_conversion_s, '\n');
}

void report_csv(const report *r, FILE *file)
{
    fputs("case,source,kernel,type,weight_bits,elements,beams,channels,times,memory,row,isa,core,"
          "threads,rounds,roof,median_s,p10_s,p90_s,gflops,samples_per_s,bytes_per_s,roof_share,"
          "ratio_to_scalar,error_of_bound,median_with_conversion_s\n",
          file);
    for (size_t i = 0; i < r->case_count; i++) {
        const report_case *const c = &r->cases[i];
        for (size_t k = 0; k < c->paths; k++)
            put_path(file, c, &c->path[k]);
        for (size_t k = 0; k < c->peers; k++)
            put_peer(file, c, &c->peer[k]);
    }
}
