/* SPDX-License-Identifier: MIT */
/* The mean sidelobe level: the power averaged over the directions that no main lobe holds. */
#include "cophase/lobes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/size.h"
#include "kernels/core/vec3.h"
#include "kernels/pattern/pattern_model.h"

/* RAYS planes through the peak, half of them principal ones apart: the null's distance is a smooth
 * function of them when they are spread by the lobe's own widths. */
enum { RAYS = 72, STEPS = 4 };
static const double widest_step = 0.01745329251994329577; /* a degree */

/* A main lobe: about a peak, or a band of cosines along a line. */
typedef struct main_lobe {
    double peak[3], tangent[2][3];
    double width[2];    /* of the ellipse that spreads the rays */
    double reach[RAYS]; /* first null or end of the visible region on each ray, radians */
    double band[2];     /* of a line: cosines along it between which the lobe is */
} main_lobe;

/* Directions by rings about a pole: of a plane its normal. */
typedef struct rings {
    double pole[3], zero[3], side[3];
    size_t dims, rings, points;
} rings;

static void combine(const double a[3], double x, const double b[3], double y, double out[3])
{
    for (int i = 0; i < 3; i++)
        out[i] = x * a[i] + y * b[i];
}

/* ---- main lobes ---- */

static double reach_of(const cph_pattern_model *model, const double peak[3], const double t[3],
                       double tolerance)
{
    const double angle = cph_pattern_first_null(model, peak, t, tolerance);
    return isnan(angle) ? cph_pattern_null_limit(&model->aperture, peak, t) : angle;
}

static void outline_band(const cph_pattern_model *model, main_lobe *lobe)
{
    const double *axis = model->aperture.axis[0];
    for (int side = 0; side < 2; side++) {
        double t[3], end[3];
        cph_add3((double[3]){0, 0, 0}, side == 0 ? -1.0 : 1.0, lobe->tangent[0], t);
        const double angle = reach_of(model, lobe->peak, t, 1e-9);
        combine(lobe->peak, cos(angle), t, sin(angle), end);
        lobe->band[side] = cph_dot3(end, axis);
    }
}

static void outline_rays(const cph_pattern_model *model, main_lobe *lobe)
{
    const double tolerance = 1e-3 * cph_aperture_lobe(&model->aperture);
    for (size_t k = 0; k < RAYS; k++) {
        const double turn = 2.0 * M_PI * (double)k / RAYS;
        double t[3];
        combine(lobe->tangent[0], lobe->width[0] * cos(turn), lobe->tangent[1],
                lobe->width[1] * sin(turn), t);
        cph_unit3(t);
        lobe->reach[k] = reach_of(model, lobe->peak, t, tolerance);
    }
}

static void outline(const cph_pattern_model *model, const double peak[3],
                    const cph_pattern_metrics *metrics, main_lobe *lobe)
{
    memcpy(lobe->peak, peak, sizeof lobe->peak);
    cph_aperture_tangents(&model->aperture, peak, lobe->tangent);
    for (int k = 0; k < 2; k++)
        lobe->width[k] =
            isfinite(metrics->hpbw_rad[k]) ? metrics->hpbw_rad[k] : M_PI; /* never falls to half */
    if (model->aperture.dims == 1)
        outline_band(model, lobe);
    else
        outline_rays(model, lobe);
}

static bool holds(const main_lobe *lobe, const double u[3])
{
    const double x = cph_dot3(u, lobe->tangent[0]), y = cph_dot3(u, lobe->tangent[1]);
    const double angle = atan2(hypot(x, y), cph_dot3(u, lobe->peak));
    double turn = atan2(y / lobe->width[1], x / lobe->width[0]) / (2.0 * M_PI) * RAYS;
    turn = turn < 0.0 ? turn + RAYS : turn;
    const size_t ray = (size_t)turn % RAYS;
    const double part = turn - floor(turn);
    return angle < (1.0 - part) * lobe->reach[ray] + part * lobe->reach[(ray + 1) % RAYS];
}

/* ---- the mean ---- */

static bool lay_out(const cph_aperture *aperture, rings *r, size_t *count)
{
    const double step = fmin(cph_aperture_lobe(aperture) / STEPS, widest_step);
    const double half = ceil(M_PI / 2.0 / step);
    if (!(half < 1e5))
        return false;
    *r = (rings){.dims = aperture->dims, .rings = 2 * (size_t)half, .points = 4 * (size_t)half};
    memcpy(r->pole, aperture->axis[2], sizeof r->pole);
    memcpy(r->zero, aperture->axis[0], sizeof r->zero);
    memcpy(r->side, aperture->axis[1], sizeof r->side);
    return cph_size_mul(r->rings, r->points, count);
}

static double polar_angle(const rings *r, size_t ring)
{
    return M_PI * ((double)ring + 0.5) / (double)r->rings;
}

static bool on_ring(const void *context, size_t index, double u[3])
{
    const rings *r = context;
    const double theta = polar_angle(r, index / r->points);
    const double phi = 2.0 * M_PI * ((double)(index % r->points) + 0.5) / (double)r->points;
    double across[3];
    combine(r->zero, cos(phi), r->side, sin(phi), across);
    combine(r->pole, cos(theta), across, sin(theta), u);
    return true;
}

/* Of a plane the half about its pole, of a volume all. */
static bool is_visible(const rings *r, const double u[3])
{
    return r->dims == 3 || cph_dot3(u, r->pole) > 0.0;
}

static cph_status average(const cph_pattern_model *model, size_t lobes, const main_lobe *lobe,
                          double mean[2])
{
    enum { VISIBLE, SPHERE };
    rings r;
    size_t count;
    double power[2] = {0.0, 0.0}, area[2] = {0.0, 0.0};
    if (!lay_out(&model->aperture, &r, &count))
        return CPH_ERR_MEMORY;
    float *image = calloc(count + 1, sizeof *image);
    if (image == NULL)
        return CPH_ERR_MEMORY;
    const cph_status status = cph_pattern_sample(model, on_ring, &r, count, image);
    for (size_t i = 0; status == CPH_OK && i < count; i++) {
        double u[3];
        const double weight = sin(polar_angle(&r, i / r.points));
        bool main = false;
        (void)on_ring(&r, i, u);
        for (size_t k = 0; k < lobes && !main; k++)
            main = holds(&lobe[k], u);
        for (int part = VISIBLE; part <= SPHERE && !main; part++)
            if (part == SPHERE || is_visible(&r, u)) {
                power[part] += weight * (double)image[i];
                area[part] += weight;
            }
    }
    free(image);
    for (int part = VISIBLE; part <= SPHERE; part++)
        mean[part] = area[part] > 0.0 ? power[part] / area[part] : NAN;
    return status;
}

/* What the main lobes' bands leave of the cosines of a line. */
static cph_status average_line(const cph_pattern_model *model, size_t lobes, const main_lobe *lobe,
                               double mean[2])
{
    double rest[3][2], from = -1.0;
    size_t bands = 0;
    const bool turned = lobes == 2 && lobe[1].band[0] < lobe[0].band[0];
    for (size_t k = 0; k <= lobes; k++) {
        const main_lobe *next = &lobe[turned ? 1 - k % 2 : k % 2];
        const double to = k < lobes ? next->band[0] : 1.0;
        if (to > from) {
            rest[bands][0] = from;
            rest[bands++][1] = to;
        }
        if (k < lobes)
            from = fmax(from, next->band[1]);
    }
    return cph_pattern_line_mean(model, bands, (const double(*)[2])rest, mean);
}

/* ---- all of it ---- */

static void find_nulls(const cph_pattern_model *model, const cph_pattern_metrics *m,
                       cph_pattern_lobes *lobes)
{
    const double top = cph_pattern_power(model, m->peak);
    for (size_t plane = 0; plane < 2; plane++)
        for (size_t side = 0; side < 2; side++) {
            double t[3], at[3];
            cph_add3((double[3]){0, 0, 0}, side == 0 ? -1.0 : 1.0, m->tangent[plane], t);
            const double angle =
                plane < m->planes ? cph_pattern_first_null(model, m->peak, t, 1e-9) : (double)NAN;
            combine(m->peak, cos(angle), t, sin(angle), at);
            lobes->null_rad[plane][side] = angle;
            lobes->null_db[plane][side] =
                isnan(angle) ? NAN : 10.0 * log10(cph_pattern_power(model, at) / top);
        }
}

static cph_status measure(const cph_pattern_model *model, const cph_pattern_metrics *m,
                          cph_pattern_lobes *lobes)
{
    main_lobe lobe[2];
    double mean[2] = {NAN, NAN};
    cph_status status = CPH_OK;
    find_nulls(model, m, lobes);
    if (model->aperture.dims > 0) {
        outline(model, m->peak, m, &lobe[0]);
        if (m->difference)
            outline(model, m->twin, m, &lobe[1]);
        status = (model->aperture.dims == 1 ? average_line : average)(model, m->difference ? 2 : 1,
                                                                      lobe, mean);
    }
    const double top = cph_pattern_power(model, m->peak);
    lobes->mean_db = 10.0 * log10(mean[0] / top);
    lobes->mean_sphere_db = 10.0 * log10(mean[1] / top);
    return status;
}

/* The model of the input, with the shape that the analysis saw. */
static cph_status model_of(const cph_pattern_input *input, const cph_pattern_metrics *metrics,
                           cph_pattern_model *model)
{
    if (input == NULL || metrics == NULL || !(fabs(cph_norm3(metrics->peak) - 1.0) < 1e-6) ||
        !(fabs(cph_norm3(input->look) - 1.0) < 1e-6))
        return CPH_ERR_ARGUMENT;
    const cph_status status = cph_pattern_model_init(input, model);
    if (status == CPH_OK)
        cph_aperture_measure(model->elements, model->position, model->wavelength, input->look,
                             &model->aperture);
    return status;
}

cph_status cph_pattern_lobes_measure(const cph_pattern_input *input,
                                     const cph_pattern_metrics *metrics, cph_pattern_lobes *lobes)
{
    cph_pattern_model model;
    cph_pattern_lobes made;
    cph_status status =
        lobes != NULL ? model_of(input, metrics, &model) : (cph_status)CPH_ERR_ARGUMENT;
    if (status != CPH_OK)
        return status;
    status = measure(&model, metrics, &made);
    cph_pattern_model_free(&model);
    if (status == CPH_OK)
        *lobes = made;
    return status;
}

cph_status cph_pattern_lobes_list(const cph_pattern_input *input,
                                  const cph_pattern_metrics *metrics, double above_db, size_t most,
                                  cph_pattern_lobe *lobe, size_t *count)
{
    cph_pattern_model model;
    if (count == NULL || (most > 0 && lobe == NULL) || !(above_db >= -80.0 && above_db <= 0.0))
        return CPH_ERR_ARGUMENT;
    cph_status status = model_of(input, metrics, &model);
    if (status != CPH_OK)
        return status;
    double main_lobes[2][3];
    memcpy(main_lobes[0], metrics->peak, sizeof main_lobes[0]);
    memcpy(main_lobes[1], metrics->twin, sizeof main_lobes[1]);
    const double top = cph_pattern_power(&model, metrics->peak);
    size_t found = 0;
    status = cph_pattern_tops(&model, metrics->difference ? 2 : 1, (const double(*)[3])main_lobes,
                              top, pow(10.0, above_db / 10.0) * top, most, lobe, &found);
    cph_pattern_model_free(&model);
    if (status == CPH_OK)
        *count = found;
    return status;
}
