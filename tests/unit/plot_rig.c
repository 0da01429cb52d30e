/* SPDX-License-Identifier: MIT */
#include "tests/unit/plot_rig.h"

#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const double plot_rig_upright[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
const char *const plot_rig_one[] = {"x.png", NULL};

static void fill(plot_sample *s)
{
    *s = (plot_sample){.position = {0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1.5, 0},
                       .gain = {{1, 0}, {0, 1}, {NAN, NAN}, {-0.5, 0.5}},
                       .flag = {0, 0, CPH_FLAG_DEAD, 0},
                       .peak = {.u = 0.5, .v = -0.25, .value = 1, .snr = 12},
                       .metrics = {.peak = {0, 0, 1},
                                   .directivity_db = 12,
                                   .planes = 2,
                                   .hpbw_rad = {0.2, 0.3},
                                   .psll_db = -13,
                                   .psll_at = {0.4, 0.1, 0.9}}};
    for (size_t i = 0; i < PLOT_CELLS; i++) {
        double u = 2.0 * (double)(i % PLOT_GRID) / (PLOT_GRID - 1) - 1;
        double v = 2.0 * (double)(i / PLOT_GRID) / (PLOT_GRID - 1) - 1;
        s->image[i] = u * u + v * v < 0.96 ? exp(-9 * (u * u + v * v)) : NAN;
        s->map[i] = (float)(10 * log10(s->image[i]));
    }
    for (size_t i = 0; i < PLOT_POINTS; i++) {
        s->angle[i] = ((double)i - 90) * 3.14159265358979323846 / 180;
        s->power[i] = -60 * fabs(sin(s->angle[i]));
    }
    s->curve = (cph_cut_curve){.name = "along x",
                               .points = PLOT_POINTS,
                               .angle = s->angle,
                               .power_db = s->power,
                               .hpbw_rad = 0.1};
}

const char *plot_rig_in(plot_place *p, const char *name)
{
    snprintf(p->path, sizeof p->path, "%s/%s", p->directory, name);
    return p->path;
}

void plot_rig_enter(plot_place *p)
{
    const char *tmp = getenv("TMPDIR");
    memset(&p->error, 0, sizeof p->error);
    snprintf(p->directory, sizeof p->directory, "%s/plot.XXXXXX", tmp != NULL ? tmp : "/tmp");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(p->directory));
    fill(&p->data);
}

void plot_rig_leave(plot_place *p, const char *const *names)
{
    for (; *names != NULL; names++)
        CU_ASSERT_EQUAL(remove(plot_rig_in(p, *names)), 0);
    CU_ASSERT_EQUAL(rmdir(p->directory), 0);
}
