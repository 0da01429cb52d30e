/* SPDX-License-Identifier: MIT */
#include "cli/eirp_density.h"

#include <math.h>

#include "cli/pattern_mask.h"
#include "kernels/core/vec3.h"
#include "kernels/track/look.h"

static const double degree = M_PI / 180.0;
static const cph_mask_kind kind = CPH_MASK_25_218; /* the one of EIRP density */

cph_status cph_density_mask(const cph_array *array, const double *position, double freq_hz,
                            cph_mask *mask, cph_error *error)
{
    /* Peak and width are what other masks ask for. */
    const cph_mask_antenna antenna = {.diameter_wl = cph_mask_diameter_wl(array, position, freq_hz),
                                      .peak_dbi = 0.0,
                                      .hpbw_deg = 1.0};
    const cph_status status = cph_mask_make(kind, &antenna, mask);
    return status == CPH_OK ? status
                            : cph_fail(error, status, "mask %s: %s", cph_mask_name(kind),
                                       cph_status_name(status));
}

const char *cph_density_source(void)
{
    return cph_mask_source(kind);
}

/* Power toward directions, of any one unit. */
static cph_status radiate(const cph_density_scan *scan, size_t count, const double (*u)[3],
                          double *power)
{
    const cph_status status =
        cph_steer_run(scan->steer, 1, &scan->freq_hz, count, u[0], scan->room, scan->elements);
    for (size_t i = 0; i < count && status == CPH_OK; i++)
        power[i] = cph_element_power(scan->element, u[i]) *
                   cph_look_power(scan->elements, scan->c, scan->room + i * scan->elements);
    return status;
}

/* ---- the region ---- */

typedef struct region {
    const cph_density_scan *scan;
    double north[3], east[3];
    double toward; /* power to the look */
    size_t rings;
} region;

static void lay_frame(region *r)
{
    static const double axes[2][3] = {{0.0, 1.0, 0.0}, {1.0, 0.0, 0.0}};
    const double *const up = r->scan->up;
    (void)cph_reject3(axes[fabs(up[1]) < 0.9 ? 0 : 1], up, r->north);
    (void)cph_unit3(r->north);
    cph_cross3(r->north, up, r->east);
}

static void direction_of(const region *r, const double at[2], double u[3])
{
    const double level = cos(at[0]);
    for (size_t i = 0; i < 3; i++)
        u[i] = sin(at[0]) * r->scan->up[i] + level * cos(at[1]) * r->north[i] +
               level * sin(at[1]) * r->east[i];
}

static cph_density_place place_of(const region *r, const double u[3], double power)
{
    cph_density_place place = {.u = {u[0], u[1], u[2]}};
    place.off_axis_deg = cph_angle3(r->scan->look, u) / degree;
    place.density_dbw = r->scan->density_dbw + 10.0 * log10(power / r->toward);
    place.mask_dbw = cph_mask_level(r->scan->mask, place.off_axis_deg);
    place.margin_db = place.mask_dbw - place.density_dbw;
    return place;
}

/* ---- what is looked for ---- */

enum { HIGHEST, LEAST, GOALS };

/* The larger, the nearer the goal; -infinity where there is nothing. */
static double worth(const cph_density_place *place, int goal)
{
    const double value = goal == HIGHEST ? place->density_dbw : -place->margin_db;
    return isnan(value) ? -INFINITY : value;
}

typedef struct best {
    double at[GOALS][2];
    cph_density_place place[GOALS];
} best;

static void keep(best *b, const double at[2], const cph_density_place *place)
{
    for (int goal = 0; goal < GOALS; goal++)
        if (worth(place, goal) > worth(&b->place[goal], goal)) {
            b->at[goal][0] = at[0];
            b->at[goal][1] = at[1];
            b->place[goal] = *place;
        }
}

static cph_status scan_ring(const region *r, double elevation, best *b)
{
    const cph_density_scan *const scan = r->scan;
    const size_t points = (size_t)ceil(2.0 * M_PI * cos(elevation) / scan->step_rad) + 1;
    for (size_t first = 0; first < points; first += CPH_DENSITY_BATCH) {
        double at[CPH_DENSITY_BATCH][2], u[CPH_DENSITY_BATCH][3], power[CPH_DENSITY_BATCH];
        size_t many = 0;
        for (; many < CPH_DENSITY_BATCH && first + many < points; many++) {
            at[many][0] = elevation;
            at[many][1] = 2.0 * M_PI * (double)(first + many) / (double)points;
            direction_of(r, at[many], u[many]);
        }
        const cph_status status = radiate(scan, many, (const double(*)[3])u, power);
        if (status != CPH_OK)
            return status;
        for (size_t i = 0; i < many; i++) {
            const cph_density_place place = place_of(r, u[i], power[i]);
            keep(b, at[i], &place);
        }
    }
    return CPH_OK;
}

/* Compass search within the region: halves its steps where no neighbour is better. */
static cph_status climb(const region *r, int goal, best *b)
{
    enum { HALVINGS = 10, WAYS = 4 };
    static const double way[WAYS][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
    const cph_density_scan *const scan = r->scan;
    double step = scan->step_rad;
    for (int halving = 0; halving < HALVINGS;) {
        const cph_density_place before = b->place[goal];
        const double from[2] = {b->at[goal][0], b->at[goal][1]};
        const double turn = step / fmax(cos(from[0]), scan->step_rad);
        double at[WAYS][2], u[WAYS][3], power[WAYS];
        for (size_t i = 0; i < WAYS; i++) {
            at[i][0] = fmin(fmax(from[0] + way[i][0] * step, scan->from_rad), scan->below_rad);
            at[i][1] = from[1] + way[i][1] * turn;
            direction_of(r, at[i], u[i]);
        }
        const cph_status status = radiate(scan, WAYS, (const double(*)[3])u, power);
        if (status != CPH_OK)
            return status;
        for (size_t i = 0; i < WAYS; i++) {
            const cph_density_place place = place_of(r, u[i], power[i]);
            keep(b, at[i], &place);
        }
        if (!(worth(&b->place[goal], goal) > worth(&before, goal))) {
            step *= 0.5;
            halving++;
        }
    }
    return CPH_OK;
}

cph_status cph_density_find(const cph_density_scan *scan, cph_density *density)
{
    static const cph_density_place none = {
        .off_axis_deg = NAN, .density_dbw = NAN, .mask_dbw = NAN, .margin_db = NAN};
    region r = {.scan = scan,
                .rings = (size_t)ceil((scan->below_rad - scan->from_rad) / scan->step_rad) + 1};
    best b = {.place = {none, none}};
    cph_status status = radiate(scan, 1, &scan->look, &r.toward);
    if (status == CPH_OK && !(r.toward > 0.0))
        status = CPH_ERR_ARGUMENT;
    lay_frame(&r);
    for (size_t i = 0; status == CPH_OK && i < r.rings; i++)
        status = scan_ring(&r,
                           scan->from_rad + (scan->below_rad - scan->from_rad) * (double)i /
                                                (double)(r.rings - 1),
                           &b);
    for (int goal = 0; status == CPH_OK && goal < GOALS; goal++)
        if (worth(&b.place[goal], goal) > -INFINITY)
            status = climb(&r, goal, &b);
    *density = (cph_density){.highest = b.place[HIGHEST], .least = b.place[LEAST]};
    return status;
}

json_t *cph_density_json(const cph_density_place *place)
{
    json_t *object = json_object();
    cph_json_set_number(object, "off_axis_deg", place->off_axis_deg);
    cph_json_set_number(object, "density_dbw_4khz", place->density_dbw);
    cph_json_set_number(object, "mask_dbw_4khz", place->mask_dbw);
    cph_json_set_number(object, "margin_db", place->margin_db);
    return object;
}
