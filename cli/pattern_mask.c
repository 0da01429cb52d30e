/* SPDX-License-Identifier: MIT */
#include "cli/pattern_mask.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/fail.h"
#include "kernels/core/vec3.h"

static const double degree = M_PI / 180.0;
static const cph_mask_row no_row = {NAN, NAN, NAN, NAN};

/* A cut: angles from the peak, one side and then the other. */
typedef struct cut {
    size_t points; /* a side, the peak among them */
    double step_deg;
    double *direction; /* [2 points][3] */
    cph_c64 *response; /* [2 points] */
    double *level_db;  /* [2 points]; NaN behind the array */
} cut;

/* The place of point i on its own side. */
static double angle_of(const cut *c, size_t i)
{
    return (double)(i < c->points ? i : i - c->points) * c->step_deg;
}

/* ---- what the mask depends on ---- */

/* Extent over x and y in wavelengths, and half a pitch beyond the outer elements. */
double cph_mask_diameter_wl(const cph_array *array, const double *position, double freq_hz)
{
    double longest = 0.0;
    for (size_t axis = 0; axis < 3; axis++) {
        double low = INFINITY, high = -INFINITY;
        for (size_t n = 0; n < array->elements; n++) {
            low = fmin(low, position[3 * n + axis]);
            high = fmax(high, position[3 * n + axis]);
        }
        longest = fmax(longest, high - low);
    }
    const double wavelength = CPH_SPEED_OF_LIGHT / freq_hz;
    return fmax((longest + array->pitch_m) / wavelength, 0.5);
}

/* Width of the beam in a plane that is turned by `turn` from the first: an ellipse. */
static double width_deg(const cph_pattern_metrics *m, double turn)
{
    if (m->planes < 2)
        return m->hpbw_rad[0] / degree;
    const double a = cos(turn) / m->hpbw_rad[0], b = sin(turn) / m->hpbw_rad[1];
    return 1.0 / (hypot(a, b) * degree);
}

cph_status cph_mask_in_plane(const cph_mask_choice *choice, const cph_mask *file,
                             const cph_pattern_metrics *metrics, double diameter, double turn,
                             cph_mask *mask, cph_error *error)
{
    if (choice->kind == CPH_MASK_COUNT) {
        *mask = *file;
        return CPH_OK;
    }
    const cph_mask_antenna antenna = {.diameter_wl = diameter,
                                      .peak_dbi = metrics->directivity_db,
                                      .hpbw_deg = width_deg(metrics, turn)};
    const cph_status status = cph_mask_make(choice->kind, &antenna, mask);
    return status == CPH_OK
               ? CPH_OK
               : cph_fail(
                     error, status,
                     "mask %s: says nothing of a beam %.3g degrees wide, %.3g wavelengths across",
                     choice->text, antenna.hpbw_deg, diameter);
}

/* ---- cuts ---- */

static cph_status reserve_cut(double diameter, cut *c, cph_error *error)
{
    /* A thirty-second of a lobe at most, a tenth of a degree or a whole part of one. */
    const double lobe_deg = 1.0 / (degree * diameter);
    const double per_degree = fmin(10.0 * ceil(fmax(1.0, 3.2 / lobe_deg)), 1000.0);
    c->step_deg = 1.0 / per_degree;
    c->points = 180 * (size_t)per_degree + 1;
    c->direction = calloc(2 * c->points, 3 * sizeof *c->direction);
    c->response = calloc(2 * c->points, sizeof *c->response);
    c->level_db = calloc(2 * c->points, sizeof *c->level_db);
    if (c->direction == NULL || c->response == NULL || c->level_db == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    return CPH_OK;
}

static void free_cut(cut *c)
{
    free(c->direction);
    free(c->response);
    free(c->level_db);
}

static cph_status fill_cut(const cph_pattern_input *input, const cph_pattern_metrics *m,
                           double turn, double offset_db, cut *c)
{
    for (size_t i = 0; i < 2 * c->points; i++) {
        const double side = i < c->points ? 1.0 : -1.0;
        const double angle = side * angle_of(c, i) * degree;
        for (int k = 0; k < 3; k++)
            c->direction[3 * i + (size_t)k] =
                cos(angle) * m->peak[k] +
                sin(angle) * (cos(turn) * m->tangent[0][k] + sin(turn) * m->tangent[1][k]);
    }
    const cph_status status = cph_pattern_response(input, 2 * c->points, c->direction, c->response);
    for (size_t i = 0; i < 2 * c->points && status == CPH_OK; i++)
        c->level_db[i] = c->direction[3 * i + 2] < 0.0
                             ? NAN
                             : 20.0 * log10(hypot(c->response[i].re, c->response[i].im)) -
                                   m->peak_power_db + m->directivity_db + offset_db;
    return status;
}

/* Where the level first rises again, on the side that starts at level[0]. */
static size_t first_null(const cut *c, const double *level_db)
{
    size_t i = 0;
    while (i + 1 < c->points && level_db[i + 1] <= level_db[i])
        i++;
    return i;
}

/* ---- comparison ---- */

static void keep_worst(cph_mask_row *worst, const cph_mask_row *row)
{
    if (isnan(worst->margin_db) || row->margin_db < worst->margin_db)
        *worst = *row;
}

/* Compared angles of a cut; false where one of both says nothing. */
static bool row_at(const cut *c, const cph_mask *mask, size_t i, cph_mask_row *row)
{
    const double angle = angle_of(c, i);
    const double limit = cph_mask_level(mask, angle);
    *row = (cph_mask_row){angle, c->level_db[i], limit, limit - c->level_db[i]};
    return !isnan(limit) && !isnan(c->level_db[i]);
}

/* Share of all angles at which the cut is over the mask where that may be relaxed. */
static double share_over(const cut *c, const cph_mask *mask)
{
    size_t over = 0;
    cph_mask_row row;
    for (size_t i = 0; i < 2 * c->points; i++)
        over += row_at(c, mask, i, &row) && row.angle_deg >= mask->relax_from_deg &&
                row.margin_db < 0.0;
    return (double)over * c->step_deg / (2.0 * (180.0 - mask->relax_from_deg));
}

/* Rows are parts of equal ratio of angles from the start to 180 degrees. */
static size_t part_of(const cph_mask_report *report, double angle_deg)
{
    const double start = fmax(report->start_deg, 0.1);
    const double part = CPH_MASK_ROWS * log(fmax(angle_deg, start) / start) / log(180.0 / start);
    return part < CPH_MASK_ROWS ? (size_t)part : CPH_MASK_ROWS - 1;
}

static void compare_cut(const cut *c, const cph_mask *mask, cph_mask_report *report,
                        double *violated_deg)
{
    const double share = mask->relax_db > 0.0 ? share_over(c, mask) : 0.0;
    const bool relaxed = share <= mask->relax_share;
    const size_t null[2] = {first_null(c, c->level_db), first_null(c, c->level_db + c->points)};
    report->relaxed_share = fmax(report->relaxed_share, share);
    for (size_t i = 0; i < 2 * c->points; i++) {
        cph_mask_row row;
        const size_t side = i >= c->points;
        const double null_deg = (double)null[side] * c->step_deg;
        report->main_lobe_deg = fmax(report->main_lobe_deg, null_deg);
        if (!row_at(c, mask, i, &row))
            continue;
        const bool eased = relaxed && row.angle_deg >= mask->relax_from_deg;
        keep_worst(&report->row[part_of(report, row.angle_deg)], &row);
        keep_worst(row.angle_deg <= null_deg ? &report->main_lobe : &report->beyond, &row);
        if (row.angle_deg >= report->from_deg)
            keep_worst(&report->worst, &row);
        if (row.margin_db < -(eased ? mask->relax_db : 0.0))
            *violated_deg = fmax(*violated_deg, row.angle_deg);
    }
}

/* Parts in which nothing was compared are left out. */
static void close_rows(cph_mask_report *report)
{
    for (size_t i = 0; i < CPH_MASK_ROWS; i++)
        if (!isnan(report->row[i].margin_db))
            report->row[report->rows++] = report->row[i];
}

static void conclude(double violated_deg, double step_deg, double end_deg, cph_mask_report *report)
{
    report->met = violated_deg < report->from_deg;
    report->met_from_deg = violated_deg < 0.0 ? report->start_deg : violated_deg + step_deg;
    if (report->met_from_deg > end_deg)
        report->met_from_deg = NAN;
    close_rows(report);
}

static cph_status compare_all(const cph_mask_choice *choice, const cph_mask *file,
                              const cph_pattern_input *input, const cph_pattern_metrics *metrics,
                              cut *c, cph_mask_report *report, cph_error *error)
{
    const size_t cuts = metrics->planes < 2 ? 1 : choice->cuts;
    double violated_deg = -1.0;
    for (size_t k = 0; k < cuts; k++) {
        const double turn = M_PI * (double)k / (double)cuts;
        cph_mask mask;
        cph_status status =
            cph_mask_in_plane(choice, file, metrics, report->diameter_wl, turn, &mask, error);
        if (status != CPH_OK)
            return status;
        status = fill_cut(input, metrics, turn, report->offset_db, c);
        if (status != CPH_OK)
            return cph_fail(error, status, "mask %s: %s", choice->text, cph_status_name(status));
        compare_cut(c, &mask, report, &violated_deg);
    }
    const cph_mask *first = &report->mask[0];
    conclude(violated_deg, c->step_deg, first->segment[first->segments - 1].to_deg, report);
    return CPH_OK;
}

static void begin(const cph_mask_choice *choice, cph_mask_report *report)
{
    report->start_deg =
        fmin(report->mask[0].segment[0].from_deg, report->mask[1].segment[0].from_deg);
    report->from_deg =
        isnan(choice->from_deg) ? report->start_deg : fmax(choice->from_deg, report->start_deg);
    report->main_lobe = report->beyond = report->worst = no_row;
    for (size_t i = 0; i < CPH_MASK_ROWS; i++)
        report->row[i] = no_row;
}

cph_status cph_mask_compare(const cph_mask_choice *choice, const cph_array *array,
                            const cph_pattern_input *input, const cph_pattern_metrics *metrics,
                            cph_mask_report *report, cph_error *error)
{
    cph_mask file = {0};
    cut c = {0};
    cph_mask_report made = {.diameter_wl =
                                cph_mask_diameter_wl(array, input->position, input->freq_hz),
                            .offset_db = isnan(choice->density) ? 0.0 : choice->density};
    cph_status status =
        choice->kind == CPH_MASK_COUNT ? cph_mask_read(choice->text, &file, error) : CPH_OK;
    if (status == CPH_OK && metrics->planes == 0)
        status = cph_fail(error, CPH_ERR_ARGUMENT, "mask %s: a single element has no beam",
                          choice->text);
    for (size_t k = 0; k < 2 && status == CPH_OK; k++)
        status = cph_mask_in_plane(choice, &file, metrics, made.diameter_wl, 0.5 * M_PI * (double)k,
                                   &made.mask[k], error);
    if (status == CPH_OK)
        status = reserve_cut(made.diameter_wl, &c, error);
    if (status == CPH_OK) {
        begin(choice, &made);
        status = compare_all(choice, &file, input, metrics, &c, &made, error);
    }
    free_cut(&c);
    if (status == CPH_OK)
        *report = made;
    return status;
}
