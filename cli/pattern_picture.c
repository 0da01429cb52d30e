/* SPDX-License-Identifier: MIT */
#include "cli/pattern_picture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/plot/plot.h"
#include "kernels/core/fail.h"
#include "kernels/core/vec3.h"

/* A tenth of a degree a step; 401 points show lobes of arrays some 50 wavelengths across. */
enum { CUT_POINTS = 1801, MAP_GRID = 401 };
static const double range_db = 60.0;

/* One plane's curve and the memory behind it. */
typedef struct cut {
    double angle[CUT_POINTS], power_db[CUT_POINTS], direction[CUT_POINTS][3];
    cph_c64 response[CUT_POINTS];
    double limit_db[CUT_POINTS];
} cut;

/* The plane of the peak and a tangent holds the directions b cos x + s sin x: b nearest to
 * boresight, s across it to the tangent's side. */
static void plane_axes(const double peak[3], const double tangent[3], double b[3], double s[3])
{
    const double flat = hypot(peak[2], tangent[2]);
    memcpy(b, peak, 3 * sizeof *b);
    memcpy(s, tangent, 3 * sizeof *s);
    if (flat < 1e-9)
        return;
    for (int i = 0; i < 3; i++) {
        b[i] = (peak[2] * peak[i] + tangent[2] * tangent[i]) / flat;
        s[i] = (peak[2] * tangent[i] - tangent[2] * peak[i]) / flat;
    }
}

static cph_status fill_cut(const cph_pattern_input *input, const cph_pattern_metrics *metrics,
                           size_t plane, cut *c)
{
    double b[3], s[3];
    plane_axes(metrics->peak, metrics->tangent[plane], b, s);
    for (size_t i = 0; i < CUT_POINTS; i++) {
        c->angle[i] = M_PI * ((double)i / (CUT_POINTS - 1) - 0.5);
        for (int k = 0; k < 3; k++)
            c->direction[i][k] = cos(c->angle[i]) * b[k] + sin(c->angle[i]) * s[k];
    }
    cph_status status = cph_pattern_response(input, CUT_POINTS, c->direction[0], c->response);
    for (size_t i = 0; i < CUT_POINTS && status == CPH_OK; i++)
        c->power_db[i] =
            20.0 * log10(hypot(c->response[i].re, c->response[i].im)) - metrics->peak_power_db;
    return status;
}

/* The mask over the same angles, relative to the peak as the curve is. */
static void fill_limit(const cph_mask *mask, double offset_db, const cph_pattern_metrics *metrics,
                       cut *c)
{
    for (size_t i = 0; i < CUT_POINTS; i++) {
        const double off = acos(fmin(fmax(cph_dot3(c->direction[i], metrics->peak), -1.0), 1.0));
        c->limit_db[i] =
            cph_mask_level(mask, off * 180.0 / M_PI) - offset_db - metrics->directivity_db;
    }
}

/* One mask serves both cuts where their peaks stand at one angle and the mask has one shape. */
static bool one_limit(const cut *c, size_t planes)
{
    for (size_t i = 0; planes == 2 && i < CUT_POINTS; i++)
        if (!(fabs(c[0].limit_db[i] - c[1].limit_db[i]) < 0.01) &&
            !(isnan(c[0].limit_db[i]) && isnan(c[1].limit_db[i])))
            return false;
    return true;
}

/* Curves of the mask behind those of the planes; returns how many curves there are. */
static size_t add_limits(const cph_pattern_limit *limit, const cph_pattern_metrics *metrics,
                         size_t planes, cut *c, cph_cut_curve *curve)
{
    if (limit->mask == NULL)
        return planes;
    for (size_t k = 0; k < planes; k++)
        fill_limit(&limit->mask[k], limit->offset_db, metrics, &c[k]);
    const size_t drawn = one_limit(c, planes) ? 1 : planes;
    for (size_t k = 0; k < drawn; k++)
        curve[planes + k] = (cph_cut_curve){.name = k == 0 ? limit->name : NULL,
                                            .points = CUT_POINTS,
                                            .angle = c[k].angle,
                                            .power_db = c[k].limit_db,
                                            .hpbw_rad = NAN};
    return planes + drawn;
}

cph_status cph_pattern_draw_cut(const char *path, const char *subtitle,
                                const cph_pattern_input *input, const cph_pattern_metrics *metrics,
                                const cph_pattern_limit *limit, cph_error *error)
{
    static const char *const line_name[] = {"Along the line"};
    static const char *const plane_name[] = {"Along the long axis", "Across it"};
    const size_t planes = metrics->planes > 0 ? metrics->planes : 1;
    cut *c = calloc(planes, sizeof *c);
    if (c == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    cph_cut_curve curve[4];
    cph_status status = CPH_OK;
    for (size_t k = 0; k < planes && status == CPH_OK; k++) {
        status = fill_cut(input, metrics, k, &c[k]);
        curve[k] = (cph_cut_curve){.name = (planes == 1 ? line_name : plane_name)[k],
                                   .points = CUT_POINTS,
                                   .angle = c[k].angle,
                                   .power_db = c[k].power_db,
                                   .hpbw_rad = metrics->hpbw_rad[k]};
    }
    const size_t curves = status == CPH_OK ? add_limits(limit, metrics, planes, c, curve) : planes;
    const cph_cut_plot plot = {.title = "Pattern cut through the peak",
                               .subtitle = subtitle,
                               .angle_name = "Angle from broadside in the plane of the cut",
                               .curves = curves,
                               .curve = curve,
                               .range_db = range_db,
                               .psll_db = metrics->psll_db,
                               .directivity_db = metrics->directivity_db};
    status = status == CPH_OK ? cph_plot_cut(path, &plot, error)
                              : cph_fail(error, status, "%s: %s", path, cph_status_name(status));
    free(c);
    return status;
}

cph_status cph_pattern_draw_map(const char *path, const char *subtitle, bool angles,
                                const cph_pattern_input *input, const cph_pattern_metrics *metrics,
                                cph_error *error)
{
    float *map = calloc((size_t)MAP_GRID * MAP_GRID, sizeof *map);
    if (map == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    cph_status status =
        angles ? cph_pattern_map_azel(input, MAP_GRID, map) : cph_pattern_map(input, MAP_GRID, map);
    const cph_pattern_plot plot = {.title = angles ? "Pattern over azimuth and elevation"
                                                   : "Pattern over u and v",
                                   .angles = angles,
                                   .subtitle = subtitle,
                                   .grid = MAP_GRID,
                                   .power_db = map,
                                   .range_db = range_db,
                                   .metrics = metrics};
    status = status == CPH_OK ? cph_plot_pattern_map(path, &plot, error)
                              : cph_fail(error, status, "%s: %s", path, cph_status_name(status));
    free(map);
    return status;
}
