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

/* v_t^H (1 + C) v_s of all channels. */
static void fill_forms(const cph_doctor_data *data, const cph_c64 *v, const cph_c64 *y,
                       cph_c64 form[SQUARE])
{
    const size_t count = data->problem->sources, n = data->n;
    for (size_t t = 0; t < count; t++)
        for (size_t s = 0; s < count; s++)
            form[t * count + s] = cph_c64_add(cph_c64_inner(n, v + t * n, v + s * n),
                                              cph_c64_inner(n, v + t * n, y + s * n));
}

/* sum over n, m but p of conj(M_pn) R_mn M_pm, the power of the noise of h_p = sum C_pn conj(M_pn)
 * times K: E dR_pn conj(dR_pm) = R_pp R_mn / K. */
static double noise_of(const cph_doctor_data *data, const cph_c64 *v, const cph_c64 *y,
                       const cph_c64 *form, const double *power, size_t p)
{
    const size_t count = data->problem->sources, n = data->n;
    double sum = 0.0;
    for (size_t t = 0; t < count; t++)
        for (size_t s = 0; s < count; s++) {
            const cph_c64 a = v[s * n + p], b = v[t * n + p];
            cph_c64 rest = cph_c64_sub(form[t * count + s], cph_c64_mulc(a, b));
            rest = cph_c64_sub(rest, cph_c64_mulc(y[s * n + p], b));
            rest = cph_c64_sub(rest, cph_c64_mulc(a, y[t * n + p]));
            sum += power[s] * power[t] * cph_c64_mul(cph_c64_mulc(b, a), rest).re;
        }
    return sum;
}

/* Phases of h_p; a channel of which no power of the model tells anything has any phase. Noise turns
 * h_p by the part of it across h_p: E (dh)^2 = h^2 / K, so that its variance is half of
 * (E |dh|^2 / |h|^2 - 1 / K). */
static cph_doctor_phases find_phases(const cph_doctor_data *data, const cph_c64 *v,
                                     const cph_c64 *y, const double *flux)
{
    const double any = M_PI * M_PI / 3.0, channels = (double)data->n;
    const double samples = data->problem->has_diagonal ? data->problem->samples : 0.0;
    const size_t count = data->problem->sources;
    double square = 0.0, noise = 0.0, power[CPH_DOCTOR_SOURCES];
    cph_c64 form[SQUARE] = {{0.0, 0.0}};
    for (size_t s = 0; s < count; s++)
        power[s] = fmax(flux[s], 0.0);
    if (samples > 0.0)
        fill_forms(data, v, y, form);
    for (size_t p = 0; p < data->n; p++) {
        cph_c64 h = {0.0, 0.0};
        for (size_t s = 0; s < count; s++)
            h = cph_c64_add(
                h, cph_c64_scale(power[s], cph_c64_mulc(y[s * data->n + p], v[s * data->n + p])));
        const double size = cph_c64_power(h), phase = atan2(h.im, h.re);
        const bool told = size > 0.0;
        square += told ? phase * phase : any;
        if (samples > 0.0)
            noise += told ? fmin(fmax(noise_of(data, v, y, form, power, p) / size - 1.0, 0.0) /
                                     (2.0 * samples),
                                 any)
                          : any;
    }
    return (cph_doctor_phases){sqrt(square / channels), sqrt(noise / channels)};
}

double cph_doctor_fit(const cph_doctor_data *data, const cph_c64 *v, const cph_c64 *y, double *flux,
                      double *leave_out, cph_doctor_phases *phases)
{
    const size_t count = data->problem->sources, n = data->n;
    sums all = {.total = 0.0}, rest = {.total = 0.0};
    double x[CPH_DOCTOR_SOURCES] = {0.0};
    for (size_t p = 0; p < n; p++)
        add_channel(data, v, y, p, 1.0, &all, &all);
    const double score = cosine(count, &all, x);
    if (flux != NULL)
        memcpy(flux, x, count * sizeof *flux);
    if (phases != NULL)
        *phases = find_phases(data, v, y, x);
    for (size_t p = 0; leave_out != NULL && p < n; p++) {
        add_channel(data, v, y, p, -1.0, &all, &rest);
        leave_out[p] = cosine(count, &rest, x);
    }
    return score;
}
