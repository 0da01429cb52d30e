/* SPDX-License-Identifier: MIT */
/* The highest lobe besides the main one: a coarse look everywhere, then a climb from each point
 * that stands above its neighbours. A lobe is a local maximum, so what climbs to the main peak is
 * the main lobe down to its first null, and everything else is a sidelobe. */
#include <math.h>
#include <stdlib.h>

#include "kernels/core/size.h"
#include "kernels/core/vec3.h"
#include "kernels/pattern/pattern_model.h"

/* Points over 1 / extent, the sampling at which an aperture's response could be rebuilt. A lobe is
 * nowhere narrower than cos(pi extent u). Its top is at most half a step from a point along each
 * axis, at the horizon a whole one along one of them: cos^2(pi / 8) cos^2(pi / 16) is what hides.
 */
enum { OVERSAMPLING = 8 };
static const double hidden = 0.82;

/* Rows and columns of directions: v and u of a plane's own axes, u of a line, polar angle and
 * azimuth (which wraps around) of the whole sphere. */
typedef struct lattice {
    const cph_aperture *aperture;
    size_t rows, columns;
} lattice;

static void combine(const cph_aperture *aperture, double x, double y, double z, double u[3])
{
    for (int i = 0; i < 3; i++)
        u[i] = x * aperture->axis[0][i] + y * aperture->axis[1][i] + z * aperture->axis[2][i];
}

static double coordinate(size_t index, size_t points)
{
    return points > 1 ? -1.0 + 2.0 * (double)index / (double)(points - 1) : 0.0;
}

static bool on_line(const void *context, size_t index, double u[3])
{
    const lattice *l = context;
    const double x = coordinate(index, l->columns);
    combine(l->aperture, x, sqrt(1.0 - x * x), 0.0, u);
    return true;
}

static bool on_disc(const void *context, size_t index, double u[3])
{
    const lattice *l = context;
    const double x = coordinate(index % l->columns, l->columns);
    const double y = coordinate(index / l->columns, l->rows);
    const double rest = 1.0 - x * x - y * y;
    combine(l->aperture, x, y, sqrt(fmax(rest, 0.0)), u);
    return rest >= 0.0;
}

static bool on_sphere(const void *context, size_t index, double u[3])
{
    const lattice *l = context;
    const double theta = M_PI * (double)(index / l->columns) / (double)(l->rows - 1);
    const double phi = 2.0 * M_PI * (double)(index % l->columns) / (double)l->columns;
    combine(l->aperture, sin(theta) * cos(phi), sin(theta) * sin(phi), cos(theta), u);
    return true;
}

static cph_sweep_direction *const directions_of[] = {NULL, on_line, on_disc, on_sphere};

/* Points over a range of `length` direction cosines or radians. */
static double points(double length, double extent_wl)
{
    return ceil(length * OVERSAMPLING * fmax(extent_wl, 1.0)) + 1.0;
}

static cph_status lay_out(const cph_aperture *aperture, lattice *l, size_t *count)
{
    const double *extent = aperture->extent_wl;
    const double longest = 1.0 / cph_aperture_lobe(aperture);
    const double rows[] = {0, 1, points(2.0, extent[1]), points(M_PI, longest)};
    const double columns[] = {0, points(2.0, extent[0]), points(2.0, extent[0]),
                              points(2.0 * M_PI, longest)};
    if (rows[aperture->dims] * columns[aperture->dims] > 1e12)
        return CPH_ERR_MEMORY;
    *l = (lattice){aperture, (size_t)rows[aperture->dims], (size_t)columns[aperture->dims]};
    *count = l->rows * l->columns;
    return CPH_OK;
}

/* Whether a point stands at least as high as its neighbours; NaN (none) is no neighbour. */
static bool is_top(const lattice *l, const float *power, size_t index)
{
    const size_t row = index / l->columns, column = index % l->columns;
    const bool wraps = l->aperture->dims == 3;
    for (size_t i = row > 0 ? row - 1 : 0; i <= row + 1 && i < l->rows; i++)
        for (size_t j = column + l->columns - 1; j <= column + l->columns + 1; j++) {
            if (!wraps && (j < l->columns || j >= 2 * l->columns))
                continue;
            if (power[i * l->columns + j % l->columns] > power[index])
                return false;
        }
    return !isnan(power[index]);
}

typedef struct top {
    float power;
    size_t index;
} top;

/* Highest first, equal ones in the order of the lattice. */
static int higher_first(const void *pa, const void *pb)
{
    const top *a = pa, *b = pb;
    if (a->power != b->power)
        return a->power > b->power ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

static cph_status find_tops(const lattice *l, const float *power, size_t count, top **tops,
                            size_t *found)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        n += is_top(l, power, i);
    top *list = calloc(n > 0 ? n : 1, sizeof *list);
    if (list == NULL)
        return CPH_ERR_MEMORY;
    n = 0;
    for (size_t i = 0; i < count; i++)
        if (is_top(l, power, i))
            list[n++] = (top){power[i], i};
    qsort(list, n, sizeof *list, higher_first);
    *tops = list;
    *found = n;
    return CPH_OK;
}

static bool same_place(const cph_aperture *aperture, const double a[3], const double b[3])
{
    double d[3];
    cph_add3(a, -1.0, b, d);
    return cph_norm3(d) < 0.05 * cph_aperture_lobe(aperture);
}

static bool is_main(const cph_aperture *aperture, const double u[3], size_t peaks,
                    const double peak[][3])
{
    for (size_t i = 0; i < peaks; i++)
        if (same_place(aperture, u, peak[i]))
            return true;
    return false;
}

static void climb_tops(const cph_pattern_model *model, const lattice *l, const top *tops,
                       size_t found, size_t peaks, const double peak[][3], double *power,
                       double at[3])
{
    double best = -1.0;
    for (size_t k = 0; k < found && (double)tops[k].power >= hidden * best; k++) {
        double u[3];
        if (!directions_of[model->aperture.dims](l, tops[k].index, u))
            continue;
        const double there = cph_pattern_climb(model, u);
        if (there <= best || is_main(&model->aperture, u, peaks, peak))
            continue;
        best = there;
        cph_add3(u, 0.0, u, at);
    }
    *power = best >= 0.0 ? best : NAN;
}

/* The points that stand above their neighbours, highest first: free(*tops). */
static cph_status look_everywhere(const cph_pattern_model *model, lattice *l, top **tops,
                                  size_t *found)
{
    size_t count, bytes;
    cph_status status = lay_out(&model->aperture, l, &count);
    if (status != CPH_OK)
        return status;
    float *image = cph_size_mul(count, sizeof *image, &bytes) ? malloc(bytes) : NULL;
    if (image == NULL)
        return CPH_ERR_MEMORY;
    status = cph_pattern_sample(model, directions_of[model->aperture.dims], l, count, image);
    if (status == CPH_OK)
        status = find_tops(l, image, count, tops, found);
    free(image);
    return status;
}

cph_status cph_pattern_sidelobe(const cph_pattern_model *model, size_t peaks,
                                const double peak[][3], double *power, double at[3])
{
    lattice l;
    size_t found = 0;
    top *tops = NULL;
    *power = NAN;
    if (model->aperture.dims == 0)
        return CPH_OK;
    const cph_status status = look_everywhere(model, &l, &tops, &found);
    if (status == CPH_OK)
        climb_tops(model, &l, tops, found, peaks, peak, power, at);
    free(tops);
    return status;
}

/* ---- all lobes down to a level ---- */

typedef struct lobe_list {
    cph_pattern_lobe *lobe;
    size_t count, room;
} lobe_list;

static bool is_listed(const cph_aperture *aperture, const lobe_list *list, const double u[3])
{
    for (size_t i = 0; i < list->count; i++)
        if (same_place(aperture, u, list->lobe[i].at))
            return true;
    return false;
}

static bool add_lobe(lobe_list *list, const double u[3], double power_db)
{
    if (list->count == list->room) {
        const size_t room = list->room > 0 ? 2 * list->room : 16;
        cph_pattern_lobe *grown = reallocarray(list->lobe, room, sizeof *grown);
        if (grown == NULL)
            return false;
        list->lobe = grown;
        list->room = room;
    }
    list->lobe[list->count++] = (cph_pattern_lobe){{u[0], u[1], u[2]}, power_db};
    return true;
}

static int higher_lobe_first(const void *pa, const void *pb)
{
    const cph_pattern_lobe *a = pa, *b = pb;
    return (a->power_db < b->power_db) - (a->power_db > b->power_db);
}

cph_status cph_pattern_tops(const cph_pattern_model *model, size_t peaks, const double peak[][3],
                            double highest, double least, size_t most, cph_pattern_lobe *lobe,
                            size_t *count)
{
    lattice l;
    size_t found = 0;
    top *tops = NULL;
    lobe_list list = {0};
    *count = 0;
    if (model->aperture.dims == 0)
        return CPH_OK;
    cph_status status = look_everywhere(model, &l, &tops, &found);
    for (size_t k = 0; status == CPH_OK && k < found; k++) {
        double u[3];
        if ((double)tops[k].power < hidden * least)
            break;
        if (!directions_of[model->aperture.dims](&l, tops[k].index, u))
            continue;
        const double there = cph_pattern_climb(model, u);
        if (there >= least && !is_main(&model->aperture, u, peaks, peak) &&
            !is_listed(&model->aperture, &list, u) &&
            !add_lobe(&list, u, 10.0 * log10(there / highest)))
            status = CPH_ERR_MEMORY;
    }
    if (status == CPH_OK && list.count > 0) {
        qsort(list.lobe, list.count, sizeof *list.lobe, higher_lobe_first);
        *count = list.count;
        for (size_t i = 0; i < cph_size_min(most, list.count); i++)
            lobe[i] = list.lobe[i];
    }
    free(list.lobe);
    free(tops);
    return status;
}
