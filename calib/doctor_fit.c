/* SPDX-License-Identifier: MIT */
/* How well a model of sources fits a covariance, and how well without each of its channels. */
#include <math.h>
#include <string.h>

#include "calib/doctor.h"

enum { SWEEPS = 200, SQUARE = CPH_DOCTOR_SOURCES * CPH_DOCTOR_SOURCES };
static const double settled = 1e-12;

/* Sums over channels, from which those over baselines follow: with p != q,
 * sum |v_s^H v_t|^2 terms = |inner|^2 - square, sum Re(v_sp* c_pq v_sq) = cross. */
typedef struct sums {
    cph_c64 inner[SQUARE]; /* sum v_s* v_t */
    double square[SQUARE]; /* sum |v_s|^2 |v_t|^2 */
    double cross[CPH_DOCTOR_SOURCES];
    double total; /* sum |c|^2 */
} sums;

/* *to = *from and one channel more, or with sign -1 less. */
static void add_channel(const cph_doctor_data *data, const cph_c64 *v, const cph_c64 *y, size_t p,
                        double sign, const sums *from, sums *to)
{
    const size_t count = data->problem->sources, n = data->n;
    for (size_t s = 0; s < count; s++)
        for (size_t t = 0; t < count; t++) {
            const size_t at = s * count + t;
            const cph_c64 a = v[s * n + p], b = v[t * n + p];
            to->inner[at] = cph_c64_add(from->inner[at], cph_c64_scale(sign, cph_c64_mulc(b, a)));
            to->square[at] = from->square[at] + sign * cph_c64_power(a) * cph_c64_power(b);
        }
    /* A channel's baselines stand twice in the sums, as p and as q: the whole is made of halves. */
    const double share = sign > 0.0 ? 1.0 : -2.0;
    for (size_t s = 0; s < count; s++)
        to->cross[s] = from->cross[s] + share * cph_c64_mulc(y[s * n + p], v[s * n + p]).re;
    to->total = from->total + share * data->power[p];
}

/* Minimises x^T gram x / 2 - cross^T x over x >= 0, one coordinate at a time. */
static void descend(size_t count, const double *gram, const double *cross, double *x)
{
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        double moved = 0.0, size = 0.0;
        for (size_t i = 0; i < count; i++) {
            double slope = cross[i];
            for (size_t j = 0; j < count; j++)
                slope -= j == i ? 0.0 : gram[i * count + j] * x[j];
            const double best =
                gram[i * count + i] > 0.0 ? fmax(slope / gram[i * count + i], 0.0) : 0.0;
            moved = fmax(moved, fabs(best - x[i]));
            x[i] = best;
            size = fmax(size, best);
        }
        if (moved <= settled * size)
            break;
    }
}

static double explained_by(size_t count, const sums *sum, double *x)
{
    double gram[SQUARE] = {0.0}, explained = 0.0;
    for (size_t i = 0; i < count * count; i++)
        gram[i] = cph_c64_power(sum->inner[i]) - sum->square[i];
    descend(count, gram, sum->cross, x);
    for (size_t i = 0; i < count; i++)
        explained += x[i] * sum->cross[i];
    return explained;
}

/* With one source its sign is kept, so that scores scatter about 0 where there is nothing. */
static double cosine(size_t count, const sums *sum, double *x)
{
    if (!(sum->total > 0.0))
        return 0.0;
    if (count > 1)
        return sqrt(fmax(explained_by(count, sum, x), 0.0) / sum->total);
    const double gram = cph_c64_power(sum->inner[0]) - sum->square[0];
    x[0] = gram > 0.0 ? sum->cross[0] / gram : 0.0;
    return gram > 0.0 ? sum->cross[0] / sqrt(gram * sum->total) : 0.0;
}

double cph_doctor_fit(const cph_doctor_data *data, const cph_c64 *v, const cph_c64 *y, double *flux,
                      double *leave_out)
{
    const size_t count = data->problem->sources, n = data->n;
    sums all = {.total = 0.0}, rest = {.total = 0.0};
    double x[CPH_DOCTOR_SOURCES] = {0.0};
    for (size_t p = 0; p < n; p++)
        add_channel(data, v, y, p, 1.0, &all, &all);
    const double score = cosine(count, &all, x);
    if (flux != NULL)
        memcpy(flux, x, count * sizeof *flux);
    for (size_t p = 0; leave_out != NULL && p < n; p++) {
        add_channel(data, v, y, p, -1.0, &all, &rest);
        leave_out[p] = cosine(count, &rest, x);
    }
    return score;
}
