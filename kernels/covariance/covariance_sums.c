/* SPDX-License-Identifier: MIT */
/* Sums of covariances: emptied, drained, averaged, read. */
#include <math.h>
#include <string.h>

#include "kernels/covariance/covariance_plan.h"

cph_status cph_covariance_reset(const cph_covariance_plan *plan, cph_covariance_sums *sums)
{
    if (plan == NULL || !cph_size_aligned(sums))
        return CPH_ERR_ARGUMENT;
    memset(sums, 0, plan->sums_bytes); /* all bits 0 is 0 and 0.0 */
    return CPH_OK;
}

/* A kernel drains floats, at the end of no times. */
static void drain_floats(const cph_covariance_plan *plan, char *open, double *full, size_t tiles)
{
    for (size_t i = 0; i < tiles; i++)
        plan->kernels.add(&(cph_covariance_tile){.panels = 1,
                                                 .live = CPH_PANEL_ELEMENTS,
                                                 .sums = open + i * plan->open_bytes,
                                                 .drained = full + i * CPH_TILE_LANES});
}

void cph_covariance_drain(const cph_covariance_plan *plan, void *open, cph_covariance_lane *full,
                          size_t tiles)
{
    if (plan->kernels.form == CPH_FORM_F32) {
        drain_floats(plan, open, &full->real, tiles);
        return;
    }
    const size_t lanes = tiles * CPH_TILE_LANES;
    if (plan->traits.tile_bytes > 0) {
        const int32_t *const from = open;
        for (size_t i = 0; i < lanes; i++)
            full[i].integer += from[i];
    } else {
        const int64_t *const from = open;
        for (size_t i = 0; i < lanes; i++)
            full[i].integer += from[i];
    }
    memset(open, 0, tiles * plan->open_bytes);
}

void cph_covariance_join(const cph_covariance_plan *plan, const void *open, void *sums,
                         size_t tiles)
{
    const size_t lanes = tiles * CPH_TILE_LANES;
    if (plan->traits.tile_bytes > 0) {
        const int32_t *restrict const from = open;
        int32_t *restrict const to = sums;
        for (size_t i = 0; i < lanes; i++)
            to[i] += from[i];
    } else {
        const int64_t *restrict const from = open;
        int64_t *restrict const to = sums;
        for (size_t i = 0; i < lanes; i++)
            to[i] += from[i];
    }
}

/* Lane `i` of a float tile's open sums: re, or im. */
static double open_real(const float *first, size_t i)
{
    const float *const second = first + CPH_TILE_LANES;
    return i % 2 == 0 ? (double)(first[i] + first[i + 1])
                      : (double)(first[i] - first[i - 1]) + (double)(second[i] + second[i - 1]);
}

/* Lane `i` of tile `tile`, without averages before it. */
static double lane_sum(const cph_covariance_plan *plan, const cph_covariance_sums *sums,
                       size_t tile, size_t i)
{
    const cph_covariance_lane full = cph_covariance_full(plan, sums, tile)[i];
    const char *const open = cph_covariance_open(plan, sums, tile);
    if (plan->kernels.form == CPH_FORM_F32) {
        double sum = full.real;
        for (size_t chain = 0; chain < plan->chains; chain++)
            sum += open_real(
                (const float *)(const void *)(open + chain * cph_covariance_chain_bytes(plan)), i);
        return sum;
    }
    const int64_t more = plan->traits.tile_bytes > 0 ? ((const int32_t *)(const void *)open)[i] : 0;
    return (double)(full.integer + more);
}

void cph_covariance_fold(const cph_covariance_plan *plan, cph_covariance_sums *sums)
{
    double *average = cph_covariance_average(plan, sums);
    for (size_t tile = 0; tile < plan->channels * plan->tiles; tile++)
        for (size_t i = 0; i < CPH_TILE_LANES; i++, average++)
            *average = plan->average_keep * (*average + lane_sum(plan, sums, tile, i));
    memset((char *)sums + plan->open_offset, 0, plan->average_offset - plan->open_offset);
    sums->average_weight = plan->average_keep * (sums->average_weight + (double)sums->average_open);
    sums->average_open = sums->open = 0;
}

uint64_t cph_covariance_times(const cph_covariance_plan *plan, const cph_covariance_sums *sums)
{
    (void)plan;
    return sums->times;
}

double cph_covariance_weight(const cph_covariance_plan *plan, const cph_covariance_sums *sums)
{
    return plan->average_times > 0 ? sums->average_weight + (double)sums->average_open
                                   : (double)sums->times;
}

/* ---- out ---- */

struct reader {
    const cph_covariance_plan *plan;
    const cph_covariance_sums *sums;
    const cph_covariance_known *known;
    double factor;
    size_t channel;
};

static double part(const struct reader *in, size_t tile, size_t lane)
{
    const double sum = lane_sum(in->plan, in->sums, tile, lane);
    const double *const average = cph_covariance_average(in->plan, in->sums);
    return in->plan->average_times > 0 ? average[tile * CPH_TILE_LANES + lane] + sum : sum;
}

/* a / b, scaled so that no square overflows. */
static cph_c64 quotient(cph_c64 a, cph_c64 b)
{
    const double scale = fmax(fabs(b.re), fabs(b.im));
    const double re = b.re / scale, im = b.im / scale;
    const double norm = scale * (re * re + im * im);
    return (cph_c64){(a.re * re + a.im * im) / norm, (a.im * re - a.re * im) / norm};
}

/* The entry p, q of the lower triangle, or of X Y^H. */
static cph_c64 entry(const struct reader *in, size_t p, size_t q)
{
    const cph_covariance_plan *const plan = in->plan;
    const cph_covariance_known *const known = in->known;
    const unsigned char *const flag_q = plan->cross ? known->flag_y : known->flag;
    const cph_c64 *const gain_q = plan->cross ? known->gain_y : known->gain;
    const size_t at_p = in->channel * plan->elements + p, at_q = in->channel * plan->columns + q;
    if ((known->flag != NULL && known->flag[at_p]) || (flag_q != NULL && flag_q[at_q]))
        return (cph_c64){0.0, 0.0};
    const size_t tile =
        in->channel * plan->tiles +
        cph_covariance_tile_index(plan, p / CPH_PANEL_ELEMENTS, q / CPH_PANEL_ELEMENTS);
    const size_t lane = p % CPH_PANEL_ELEMENTS * CPH_PANEL_PARTS + 2 * (q % CPH_PANEL_ELEMENTS);
    cph_c64 r = {in->factor * part(in, tile, lane), in->factor * part(in, tile, lane + 1)};
    if (known->gain != NULL)
        r = quotient(r, known->gain[at_p]);
    if (gain_q != NULL)
        r = quotient(r, (cph_c64){gain_q[at_q].re, -gain_q[at_q].im});
    return r;
}

static void read_hermitian(const struct reader *in, cph_c64 *r, size_t ld)
{
    for (size_t p = 0; p < in->plan->elements; p++) {
        for (size_t q = 0; q < p; q++) {
            const cph_c64 sum = entry(in, p, q);
            r[p * ld + q] = sum;
            r[q * ld + p] = (cph_c64){sum.re, -sum.im};
        }
        r[p * ld + p] = (cph_c64){entry(in, p, p).re, 0.0};
    }
}

static void read_cross(const struct reader *in, cph_c64 *r, size_t ld)
{
    for (size_t p = 0; p < in->plan->elements; p++)
        for (size_t q = 0; q < in->plan->columns; q++)
            r[p * ld + q] = entry(in, p, q);
}

cph_status cph_covariance_get_known(const cph_covariance_plan *plan,
                                    const cph_covariance_sums *sums, double factor,
                                    const cph_covariance_known *known, cph_c64 *r, size_t ld)
{
    size_t rows;
    if (plan == NULL || !cph_size_aligned(sums) || !isfinite(factor) || known == NULL ||
        r == NULL || ld < plan->columns)
        return CPH_ERR_ARGUMENT;
    if (!cph_size_mul(plan->channels, plan->elements, &rows) ||
        !cph_size_matrix(rows, ld, plan->columns, sizeof *r))
        return CPH_ERR_OVERFLOW;
    for (size_t c = 0; c < plan->channels; c++) {
        const struct reader in = {plan, sums, known, factor, c};
        (plan->cross ? read_cross : read_hermitian)(&in, r + c * plan->elements * ld, ld);
    }
    return CPH_OK;
}

cph_status cph_covariance_get(const cph_covariance_plan *plan, const cph_covariance_sums *sums,
                              double factor, cph_c64 *r, size_t ld)
{
    const cph_covariance_known nothing = {0};
    return cph_covariance_get_known(plan, sums, factor, &nothing, r, ld);
}
