/* SPDX-License-Identifier: MIT */
/* What is worked out from a report's figures, and how cases are named. */
#include <math.h>
#include <string.h>

#include "bench/report/report.h"

const report_roof *report_roof_at(const report *r, size_t threads)
{
    for (size_t i = 0; i < r->roofs; i++)
        if (r->roof[i].threads == threads)
            return &r->roof[i];
    return NULL;
}

double report_roof_rate(const report_roof *roof, const char *name)
{
    if (roof == NULL || name == NULL)
        return NAN;
    for (size_t i = 0; i < REPORT_PEAKS; i++)
        if (strcmp(name, report_peak_name[i]) == 0)
            return 1e9 * roof->gflops[i];
    for (size_t i = 0; i < roof->bandwidths; i++)
        if (strcmp(name, roof->bandwidth[i].level) == 0)
            return roof->bandwidth[i].read_bytes_per_s;
    return NAN;
}

double report_scatter(double median, double p10, double p90)
{
    return 0.5 * (p90 - p10) / median;
}

const report_path *report_best(const report_case *c, size_t threads)
{
    const report_path *best = NULL;
    for (size_t i = 0; i < c->paths; i++) {
        const report_path *const p = &c->path[i];
        if ((threads == 0 || p->threads == threads) && p->median_s > 0 &&
            (best == NULL || p->median_s < best->median_s))
            best = p;
    }
    return best;
}

const char *report_peer_of(const report_case *c)
{
    return c->peers > 0 ? c->peer[0].name : NULL;
}

void report_kind(const report_case *c, char label[REPORT_LABEL])
{
    int n = snprintf(label, REPORT_LABEL, "%.40s", c->kernel);
    if (c->type != NULL)
        n += snprintf(label + n, REPORT_LABEL - (size_t)n, " %.20s", c->type);
    if (c->weight_bits > 0)
        snprintf(label + n, REPORT_LABEL - (size_t)n, "/%zu", c->weight_bits);
}

void report_shape(const report_case *c, char label[REPORT_LABEL])
{
    int n = snprintf(label, REPORT_LABEL, "%zu", c->elements);
    if (c->beams > 1 || strcmp(c->kernel, "beamform") == 0)
        n += snprintf(label + n, REPORT_LABEL - (size_t)n, "x%zu", c->beams);
    if (c->channels > 1)
        n += snprintf(label + n, REPORT_LABEL - (size_t)n, ", %zu channels", c->channels);
    if (c->times > 1)
        n += snprintf(label + n, REPORT_LABEL - (size_t)n, ", T=%zu", c->times);
    snprintf(label + n, REPORT_LABEL - (size_t)n, c->cold ? ", cold" : "");
}
