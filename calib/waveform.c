/* SPDX-License-Identifier: MIT */
/* The search: correlation over all lags, the peak, what is there, and whether it could be noise. */
#include "calib/waveform_search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/correlate.h"
#include "calib/estimate_parts.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

enum { LENGTH_LEAST = 8, REST_LEAST = 8, CANDIDATES = 8 };

/* Chance that noise alone passes for the waveform. */
static const double false_alarm = 1e-6;
/* Lags that hear less of the waveform's energy are not looked at. */
static const double least_heard = 0.5;
/* What the largest sample of a peak may fall short by: sinc(1/2)^2. */
static const double scalloping = 0.4;
/* Noise below this share of an element's power is taken for it in weights. */
static const double least_noise = 1e-12;

/* What an element has at its delay. */
typedef struct finding {
    cph_c64 gain;
    double noise;    /* power */
    double surprise; /* -log of the chance that noise explains as much at one lag */
    cph_waveform_place place;
    double offset, peak_to_rest;
} finding;

typedef struct search {
    cph_waveform_config config;
    cph_waveform_shape shape;
    cph_correlator *correlator;
    cph_c32 *x, *c;          /* [lags + L - 1], [lags] */
    double *sum;             /* [lags] explained share of power, over elements with `common` */
    cph_waveform_peak *peak; /* [N] with `common`, else [1] */
    size_t *element;         /* [N]: of peak */
    double *total, energy;   /* [N]: energy of their samples; of those in x */
    size_t heard;            /* lags looked at */
    unsigned char *flag;     /* [N] */
    finding *found;          /* [N] where not flagged */
    bool any;
    cph_error *error;
} search;

/* The samples about all lags, zero outside the capture; false, and flagged: not finite, or nothing
 * there. The correlation between lags also takes samples beside those: they must be finite. Scaled
 * to unit energy: single precision is not to overflow. */
static bool gather(search *v, size_t n)
{
    const cph_waveform_config *const c = &v->config;
    const size_t count = c->lags + c->length - 1;
    const ptrdiff_t side = CPH_WAVEFORM_NEAR / 2, end = (ptrdiff_t)count;
    double energy = 0.0;
    memset(v->x, 0, count * sizeof *v->x);
    for (ptrdiff_t i = -side; i < end + side; i++) {
        const ptrdiff_t t = c->first_lag + i;
        if (t < 0 || t >= (ptrdiff_t)c->times)
            continue;
        const cph_c32 x = c->samples[(size_t)t * c->ld + n];
        const bool beside = i < 0 || i >= end;
        const double power = (double)x.re * (double)x.re + (double)x.im * (double)x.im;
        energy += beside ? 0.0 * power : power;
        if (!beside)
            v->x[i] = x;
    }
    const double scale = energy > 0.0 ? 1.0 / sqrt(energy) : 0.0;
    for (size_t i = 0; i < count; i++) {
        v->x[i].re = (float)(scale * (double)v->x[i].re);
        v->x[i].im = (float)(scale * (double)v->x[i].im);
    }
    v->energy = energy;
    v->flag[n] = (unsigned char)(!isfinite(energy) ? CPH_FLAG_NOT_FINITE
                                 : energy > 0.0    ? CPH_FLAG_NONE
                                                   : CPH_FLAG_DEAD);
    return v->flag[n] == CPH_FLAG_NONE;
}

/* Adds |c|^2 over the energy heard at each lag. */
static void add_lags(search *v)
{
    const cph_waveform_config *const c = &v->config;
    cph_correlator_run(v->correlator, v->x, v->c);
    for (size_t i = 0; i < c->lags; i++) {
        const cph_waveform_place p =
            cph_waveform_place_at(c, &v->shape, c->first_lag + (ptrdiff_t)i);
        const double power =
            (double)v->c[i].re * (double)v->c[i].re + (double)v->c[i].im * (double)v->c[i].im;
        if (p.energy >= least_heard * v->shape.energy)
            v->sum[i] += power / p.energy;
    }
}

/* Height of lag `best` over the mean of lags beyond the main lobe. */
static double over_rest(const search *v, size_t best)
{
    size_t rest = 0;
    double sum = 0.0;
    const double lobe = fmax(2.0, ceil(2.0 * M_PI / fmax(v->shape.bandwidth, 1e-6)));
    for (size_t i = 0; i < v->config.lags; i++)
        if (fabs((double)i - (double)best) > lobe && v->sum[i] > 0.0) {
            sum += v->sum[i];
            rest++;
        }
    return rest >= REST_LEAST ? v->sum[best] * (double)rest / sum : (double)NAN;
}

/* Local maxima that may be the highest between lags, the highest first: candidate
 * [CANDIDATES + 1]; how many. */
static size_t list_maxima(const search *v, size_t *candidate)
{
    const size_t lags = v->config.lags;
    size_t count = 0;
    for (size_t i = 0; i < lags; i++) {
        if ((i > 0 && v->sum[i] < v->sum[i - 1]) || (i + 1 < lags && v->sum[i] < v->sum[i + 1]))
            continue;
        size_t at = count;
        for (; at > 0 && v->sum[candidate[at - 1]] < v->sum[i]; at--)
            candidate[at] = candidate[at - 1];
        candidate[at] = i;
        count = cph_size_min(count + 1, CANDIDATES);
    }
    while (count > 1 && v->sum[candidate[count - 1]] < scalloping * v->sum[candidate[0]])
        count--;
    return count;
}

/* Looks at elements [count] at a lag; the offset and height of the peak there. */
static double look(search *v, size_t lag, size_t count, cph_waveform_place *place, double *height)
{
    *place = cph_waveform_place_at(&v->config, &v->shape, v->config.first_lag + (ptrdiff_t)lag);
    for (size_t i = 0; i < count; i++) {
        cph_waveform_look(&v->config, place, v->element[i], &v->peak[i]);
        v->peak[i].weight = 1.0 / v->total[i];
    }
    return cph_waveform_refine(place, count, v->peak, height);
}

/* The highest peak, of elements [count] together; afterwards v->peak is what stands there. */
static double highest(search *v, size_t count, cph_waveform_place *place, double *rest)
{
    size_t candidate[CANDIDATES + 1] = {0};
    const size_t candidates = list_maxima(v, candidate);
    double most = -1.0, offset = 0.0, height = 0.0;
    size_t best = 0;
    for (size_t i = 0; i < candidates; i++) {
        const double at = look(v, candidate[i], count, place, &height);
        if (height > most) {
            most = height;
            best = i;
            offset = at;
        }
    }
    if (best + 1 < candidates)
        offset = look(v, candidate[best], count, place, &height);
    *rest = over_rest(v, candidate[best]);
    return offset;
}

/* `fitted`: real parameters beyond the amplitude and phase. */
static finding find(const cph_waveform_place *place, const cph_waveform_peak *peak, double offset,
                    double fitted)
{
    const cph_c64 c = cph_waveform_between(peak, offset);
    const double count = (double)(place->to - place->from);
    const double energy = cph_waveform_energy(place, offset);
    const double explained = cph_c64_power(c) / energy;
    const double share = peak->power > 0.0 ? explained / peak->power : 0.0;
    const double left = fmax(1.0 - share, 1e-16);
    return (finding){.gain = cph_c64_scale(1.0 / energy, c),
                     .noise = left * peak->power / (count - 1.0 - 0.5 * fitted),
                     .surprise = -(count - 1.0) * log(left)};
}

/* Whether noise would explain as much in fewer of `lags` than one of 1e6 cases. */
static bool surprising(double surprise, double lags)
{
    return surprise - log(lags) > -log(false_alarm);
}

static void keep(search *v, size_t n, const cph_waveform_place *place, double offset, double rest,
                 const finding *f, double lags)
{
    if (!surprising(f->surprise, lags)) {
        v->flag[n] = CPH_FLAG_DEAD;
        return;
    }
    v->found[n] = *f;
    v->found[n].place = *place;
    v->found[n].offset = offset;
    v->found[n].peak_to_rest = rest;
    v->any = true;
}

static void solve_each(search *v)
{
    const cph_waveform_config *const c = &v->config;
    for (size_t n = 0; n < c->elements; n++) {
        double rest;
        if (v->flag[n] != CPH_FLAG_NONE || !gather(v, n))
            continue;
        memset(v->sum, 0, c->lags * sizeof *v->sum);
        add_lags(v);
        cph_waveform_place place = {0};
        v->element[0] = n;
        v->total[0] = v->energy;
        const double offset = highest(v, 1, &place, &rest);
        const finding f = find(&place, v->peak, offset, 1.0);
        keep(v, n, &place, offset, rest, &f, (double)v->heard);
    }
}

/* Chernoff's bound of the chance that `count` exponential variables add up to `sum`. */
static double joint_surprise(double sum, double count)
{
    return sum > count ? sum - count - count * log(sum / count) : 0.0;
}

/* Elements weigh by their noise, once that is known. */
static double weigh(search *v, const cph_waveform_place *place, size_t count, double offset)
{
    for (size_t i = 0; i < count; i++) {
        const double noise = find(place, &v->peak[i], offset, 0.0).noise;
        v->peak[i].weight =
            v->peak[i].power > 0.0 ? 1.0 / fmax(noise, least_noise * v->total[i]) : 0.0;
    }
    return cph_waveform_refine(place, count, v->peak, NULL);
}

static void solve_common(search *v)
{
    double rest, surprise = 0.0;
    size_t count = 0;
    for (size_t n = 0; n < v->config.elements; n++)
        if (v->flag[n] == CPH_FLAG_NONE && gather(v, n)) {
            add_lags(v);
            v->element[count] = n;
            v->total[count++] = v->energy;
        }
    if (count == 0)
        return;
    cph_waveform_place place = {0};
    double offset = highest(v, count, &place, &rest);
    offset = weigh(v, &place, count, offset);
    for (size_t i = 0; i < count; i++)
        surprise += find(&place, &v->peak[i], offset, 0.0).surprise;
    if (!surprising(joint_surprise(surprise, (double)count), (double)v->heard))
        return;
    for (size_t i = 0; i < count; i++) {
        const finding f = find(&place, &v->peak[i], offset, 0.0);
        keep(v, v->element[i], &place, offset, rest, &f, 1.0);
    }
}

static double strength(const finding *f)
{
    return cph_c64_power(f->gain) * f->place.energy / f->noise;
}

static void deliver(const search *v, cph_waveform_solution *s)
{
    const cph_waveform_config *const c = &v->config;
    const double nothing = (double)NAN, spread = v->shape.bandwidth * v->shape.bandwidth;
    double all = 0.0;
    for (size_t n = 0; n < c->elements; n++)
        all += v->flag[n] == CPH_FLAG_NONE ? strength(&v->found[n]) : 0.0;
    for (size_t n = 0; n < c->elements; n++) {
        const finding *const f = &v->found[n];
        if (v->flag[n] != CPH_FLAG_NONE) {
            cph_estimate_drop(&s->estimate, n, (cph_flag)v->flag[n]);
            s->delay[n] = s->delay_sigma[n] = s->peak_to_rest[n] = s->snr[n] = nothing;
            continue;
        }
        const double rho = strength(f), variance = 0.5 / (c->common ? all : rho) / spread;
        const double turned = c->common ? 0.0 : v->shape.frequency;
        cph_estimate_keep(&s->estimate, n, f->gain, 0.5 * f->noise / f->place.energy);
        s->estimate.phase_sigma[n] = sqrt(s->estimate.phase_sigma[n] * s->estimate.phase_sigma[n] +
                                          turned * turned * variance);
        s->delay[n] = (double)f->place.lag + f->offset;
        s->delay_sigma[n] = sqrt(variance);
        s->peak_to_rest[n] = f->peak_to_rest;
        s->snr[n] = rho / (double)(f->place.to - f->place.from);
    }
}

static cph_status run(search *v, cph_waveform_solution *solution)
{
    const cph_waveform_config *const c = &v->config;
    memcpy(v->flag, solution->estimate.flag, c->elements);
    cph_status status = cph_waveform_measure(c, &v->shape, v->error);
    if (status != CPH_OK)
        return status;
    for (size_t i = 0; i < c->lags; i++)
        v->heard += cph_waveform_place_at(c, &v->shape, c->first_lag + (ptrdiff_t)i).energy >=
                    least_heard * v->shape.energy;
    if (v->heard == 0)
        return cph_fail(v->error, CPH_ERR_TOO_FEW,
                        "no lag searched has half of the waveform in the capture");
    status = cph_correlator_create(c->length, c->waveform, c->lags, &v->correlator);
    if (status != CPH_OK)
        return cph_fail(v->error, status, "no memory to correlate %zu lags", c->lags);
    (c->common ? solve_common : solve_each)(v);
    cph_correlator_destroy(v->correlator);
    if (!v->any)
        return cph_fail(v->error, CPH_ERR_MISSING,
                        "no element holds the waveform: no correlation stands out of noise");
    deliver(v, solution);
    return CPH_OK;
}

static cph_status check(const cph_waveform_config *c, const cph_waveform_solution *s,
                        cph_error *error)
{
    if (c == NULL || s == NULL || c->samples == NULL || c->waveform == NULL ||
        !cph_estimate_complete(&s->estimate) || s->delay == NULL || s->delay_sigma == NULL ||
        s->peak_to_rest == NULL || s->snr == NULL || c->elements == 0 || c->lags == 0)
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "samples, a waveform, lags and arrays for the answer are needed");
    if (c->length < LENGTH_LEAST)
        return cph_fail(error, CPH_ERR_ARGUMENT, "a waveform of %zu samples: %d are the least",
                        c->length, LENGTH_LEAST);
    if (!cph_size_matrix(c->times, c->ld, c->elements, sizeof *c->samples) ||
        !cph_size_matrix(1, c->length, c->length, sizeof *c->waveform))
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu times of %zu elements do not fit", c->times,
                        c->elements);
    if (c->first_lag >= (ptrdiff_t)c->times || c->first_lag <= -(ptrdiff_t)c->length)
        return cph_fail(error, CPH_ERR_TOO_FEW, "lags from %td on do not meet a capture of %zu",
                        c->first_lag, c->times);
    for (size_t n = 0; n < c->elements; n++)
        if (s->estimate.flag[n] == CPH_FLAG_NONE)
            return CPH_OK;
    return cph_fail(error, CPH_ERR_TOO_FEW, "all %zu elements are flagged", c->elements);
}

cph_status cph_waveform_solve(const cph_waveform_config *config, cph_waveform_solution *solution,
                              cph_error *error)
{
    const cph_status status = check(config, solution, error);
    if (status != CPH_OK)
        return status;
    search v = {.config = *config, .error = error};
    /* No further than the last sample. */
    v.config.lags =
        cph_size_min(config->lags, (size_t)((ptrdiff_t)config->times - config->first_lag));
    const size_t n = config->elements, lags = v.config.lags, length = config->length;
    size_t bytes = 0, at[9];
    if (!cph_size_place(&bytes, lags + length, sizeof *v.x, &at[0]) ||
        !cph_size_place(&bytes, lags, sizeof *v.c, &at[1]) ||
        !cph_size_place(&bytes, lags, sizeof *v.sum, &at[2]) ||
        !cph_size_place(&bytes, config->common ? n : 1, sizeof *v.peak, &at[3]) ||
        !cph_size_place(&bytes, n, sizeof *v.element, &at[4]) ||
        !cph_size_place(&bytes, n, 1, &at[5]) ||
        !cph_size_place(&bytes, n, sizeof *v.found, &at[6]) ||
        !cph_size_place(&bytes, length + 1, sizeof(double), &at[7]) ||
        !cph_size_place(&bytes, n, sizeof *v.total, &at[8]) || bytes == 0)
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu lags do not fit", lags);
    void *const memory = calloc(1, bytes);
    if (memory == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "no memory for %zu lags", lags);
    v.x = cph_size_at(memory, at[0]);
    v.c = cph_size_at(memory, at[1]);
    v.sum = cph_size_at(memory, at[2]);
    v.peak = cph_size_at(memory, at[3]);
    v.element = cph_size_at(memory, at[4]);
    v.flag = cph_size_at(memory, at[5]);
    v.found = cph_size_at(memory, at[6]);
    v.shape.before = cph_size_at(memory, at[7]);
    v.total = cph_size_at(memory, at[8]);
    const cph_status done = run(&v, solution);
    free(memory);
    return done;
}
