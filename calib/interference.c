/* SPDX-License-Identifier: MIT */
/* Interference by the power of an array over time and frequency. */
#include "cophase/interference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/interference.h"
#include "calib/median.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

enum { FEW = 8, RUNS_MOST = 256, ROUNDS = 2 };
static const double normal_mad = 1.482602218505602, falling = 1.5;

typedef struct desk {
    const cph_interference_config *c;
    size_t times, channels;
    double *z;                /* [T][C] power over background, less 1 */
    double *bandpass, *trend; /* [C], [T] */
    double *sort, *line;      /* [T * C] scratch, [most] a line of the trend's or bandpass' */
    unsigned char *mark;      /* [T][C] */
    unsigned char *once;      /* [T][C] what the other direction must not see yet */
    double sigma;
} desk;

cph_interference_config cph_interference_defaults(void)
{
    return (cph_interference_config){.threshold = 6.0, .longest = 32, .spread = 0.2, .smooth = 31};
}

cph_status cph_interference_power(size_t channels, size_t elements, const cph_c64 *r, size_t ld,
                                  const double *reference, const unsigned char *flag, double *power)
{
    if (r == NULL || reference == NULL || power == NULL || channels == 0 || elements == 0)
        return CPH_ERR_ARGUMENT;
    if (!cph_size_matrix(elements, ld, elements, sizeof *r))
        return CPH_ERR_OVERFLOW;
    double *ratio = calloc(elements, sizeof *ratio);
    if (ratio == NULL)
        return CPH_ERR_MEMORY;
    for (size_t c = 0; c < channels; c++) {
        size_t count = 0;
        for (size_t n = 0; n < elements; n++) {
            const double p = r[(c * elements + n) * ld + n].re / reference[c * elements + n];
            if ((flag == NULL || flag[n] == 0) && p > 0.0 && isfinite(p))
                ratio[count++] = p;
        }
        power[c] = cph_median(ratio, count);
    }
    free(ratio);
    return CPH_OK;
}

/* ---- what is expected ---- */

static bool counts(const desk *d, size_t t, size_t c)
{
    return d->mark[t * d->channels + c] == CPH_INTERFERENCE_NONE;
}

static double power_at(const desk *d, size_t t, size_t c)
{
    return d->c->power[t * d->c->ld + c];
}

/* Median of line [first, last] without NaN, as if it had the value of place `at` with this slope.
 */
static double median_of(const desk *d, size_t first, size_t last, double slope, double at)
{
    size_t count = 0;
    for (size_t k = first; k <= last; k++)
        if (!isnan(d->line[k]))
            d->sort[count++] = d->line[k] - slope * ((double)k - at);
    return cph_median(d->sort, count);
}

/* value [n] becomes its running median over the window; NaN ones don't count. Windows at the ends
 * don't have their middle where they are wanted: they go by the slope between their halves. */
static void smooth(const desk *d, size_t n, double *value)
{
    const size_t window = d->c->smooth < n ? d->c->smooth : n, half = window / 2;
    memcpy(d->line, value, n * sizeof *value);
    for (size_t i = 0; i < n; i++) {
        const size_t first = i < half ? 0 : i + window - half > n ? n - window : i - half;
        const size_t last = first + window - 1, middle = first + half;
        double slope = 0.0;
        if (middle != i && half > 0)
            slope = (median_of(d, last + 1 - half, last, 0.0, 0.0) -
                     median_of(d, first, first + half - 1, 0.0, 0.0)) /
                    (double)(window - half);
        value[i] = median_of(d, first, last, isnan(slope) ? 0.0 : slope, (double)i);
    }
}

/* What is not known of value [n] becomes the running median of what is. */
static void fill_gaps(const desk *d, size_t n, double *value)
{
    double *level = d->z; /* not in use yet */
    memcpy(level, value, n * sizeof *level);
    smooth(d, n, level);
    for (size_t i = 0; i < n; i++)
        value[i] = isnan(value[i]) ? level[i] : value[i];
}

/* Median over the times of each channel, or over the channels of each time, of power over the
 * other factor (NULL: 1). */
static void medians(const desk *d, bool of_channels, const double *other, double *value)
{
    const size_t outer = of_channels ? d->channels : d->times;
    const size_t inner = of_channels ? d->times : d->channels;
    for (size_t i = 0; i < outer; i++) {
        size_t count = 0;
        for (size_t k = 0; k < inner; k++) {
            const size_t t = of_channels ? k : i, c = of_channels ? i : k;
            if (counts(d, t, c))
                d->sort[count++] = power_at(d, t, c) / (other != NULL ? other[k] : 1.0);
        }
        value[i] = cph_median(d->sort, count);
    }
}

static double spread_of(const desk *d, size_t count)
{
    for (size_t i = 0; i < count; i++)
        d->sort[i] = fabs(d->sort[i]);
    return normal_mad * cph_median(d->sort, count);
}

/* Channels whose bandpass stands out from its neighbours'. */
static void find_channels(desk *d)
{
    double *level = d->z; /* not in use yet */
    size_t count = 0;
    memcpy(level, d->bandpass, d->channels * sizeof *level);
    smooth(d, d->channels, level);
    for (size_t c = 0; c < d->channels; c++) {
        level[c] = d->bandpass[c] / level[c] - 1.0;
        if (!isnan(level[c]))
            d->sort[count++] = level[c];
    }
    const double limit = d->c->threshold * spread_of(d, count);
    for (size_t c = 0; c < d->channels; c++)
        for (size_t t = 0; t < d->times && level[c] > limit; t++)
            if (counts(d, t, c))
                d->mark[t * d->channels + c] = CPH_INTERFERENCE_CHANNEL;
}

static void find_background(desk *d)
{
    medians(d, true, NULL, d->bandpass);
    if (d->times < FEW)
        smooth(d, d->channels, d->bandpass);
    medians(d, false, d->bandpass, d->trend);
    smooth(d, d->times, d->trend);
    if (d->times >= FEW) { /* once more, without the trend in it */
        medians(d, true, d->trend, d->bandpass);
        if (d->channels >= FEW)
            find_channels(d);
    }
    fill_gaps(d, d->channels, d->bandpass);
}

static void find_excess(desk *d)
{
    size_t count = 0;
    for (size_t t = 0; t < d->times; t++)
        for (size_t c = 0; c < d->channels; c++) {
            const size_t at = t * d->channels + c;
            d->z[at] = power_at(d, t, c) / (d->bandpass[c] * d->trend[t]) - 1.0;
            if (counts(d, t, c) && !isnan(d->z[at]))
                d->sort[count++] = d->z[at];
        }
    d->sigma = spread_of(d, count);
}

/* ---- what stands out ---- */

static cph_interference_line line_of(const desk *d, bool in_time, size_t i)
{
    const size_t stride = in_time ? d->channels : 1, first = in_time ? i : i * d->channels;
    return (cph_interference_line){.count = in_time ? d->times : d->channels,
                                   .stride = stride,
                                   .z = d->z + first,
                                   .before = d->once + first,
                                   .mark = d->mark + first};
}

static void find_runs(desk *d)
{
    const size_t most = d->times > d->channels ? d->times : d->channels;
    double limit = d->c->threshold * d->sigma;
    for (size_t run = 1; run <= d->c->longest && run <= most; run *= 2) {
        memcpy(d->once, d->mark, d->times * d->channels);
        for (int in_time = 0; in_time < 2; in_time++)
            for (size_t i = 0; i < (in_time ? d->channels : d->times); i++) {
                const cph_interference_line line = line_of(d, in_time, i);
                cph_interference_sum(&line, run, limit);
            }
        limit /= falling;
    }
}

static void extend(desk *d)
{
    memcpy(d->once, d->mark, d->times * d->channels);
    for (int in_time = 0; in_time < 2; in_time++)
        for (size_t i = 0; i < (in_time ? d->channels : d->times); i++) {
            const cph_interference_line line = line_of(d, in_time, i);
            cph_interference_extend(&line, d->c->spread, d->sort);
        }
}

/* ---- the whole ---- */

static cph_status check(const cph_interference_config *c, const cph_interference_result *result,
                        cph_error *error)
{
    size_t all;
    if (c == NULL || result == NULL || c->power == NULL || result->mark == NULL || c->times == 0 ||
        c->channels == 0 || !(c->threshold > 0.0) || isinf(c->threshold) || c->longest == 0 ||
        c->longest > RUNS_MOST || (c->longest & (c->longest - 1)) != 0 || !(c->spread >= 0.0) ||
        !(c->spread < 1.0) || c->smooth < 3 || c->smooth % 2 == 0)
        return cph_fail(
            error, CPH_ERR_ARGUMENT,
            "powers over time and channels, thresholds above 0, runs of 1 to %d, an odd "
            "window and room for marks are needed",
            RUNS_MOST);
    if (!cph_size_matrix(c->times, c->ld, c->channels, sizeof *c->power) ||
        !cph_size_mul(c->times, c->channels, &all) || all > PTRDIFF_MAX / (4 * sizeof *c->power))
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu times of %zu channels do not fit", c->times,
                        c->channels);
    if (c->times < FEW && c->channels < FEW)
        return cph_fail(error, CPH_ERR_TOO_FEW,
                        "%zu times of %zu channels: %d of one are the least", c->times, c->channels,
                        FEW);
    return CPH_OK;
}

static size_t take_marks(desk *d)
{
    size_t present = 0;
    for (size_t t = 0; t < d->times; t++)
        for (size_t c = 0; c < d->channels; c++) {
            const size_t at = t * d->channels + c;
            const bool here = (d->c->flag == NULL || d->c->flag[at] == 0) &&
                              isfinite(power_at(d, t, c)) && power_at(d, t, c) > 0.0;
            d->mark[at] = here ? CPH_INTERFERENCE_NONE : CPH_INTERFERENCE_ABSENT;
            present += here;
        }
    return present;
}

static void put(const desk *d, cph_interference_result *result)
{
    memset(result->count, 0, sizeof result->count);
    result->sigma = d->sigma;
    for (size_t i = 0; i < d->times * d->channels; i++) {
        result->mark[i] = d->mark[i];
        result->count[d->mark[i]]++;
        if (result->excess != NULL)
            result->excess[i] = d->mark[i] == CPH_INTERFERENCE_ABSENT ? NAN : d->z[i] / d->sigma;
    }
}

static void *make_desk(const cph_interference_config *c, desk *d)
{
    const size_t all = c->times * c->channels,
                 most = c->times > c->channels ? c->times : c->channels;
    const size_t count[] = {all, c->channels, c->times, all + most + 1, most};
    const size_t bytes = 2 * all;
    size_t at[sizeof count / sizeof count[0]], marks, total = 0;
    for (size_t i = 0; i < sizeof count / sizeof count[0]; i++)
        if (!cph_size_place(&total, count[i], sizeof(double), &at[i]))
            return NULL;
    if (!cph_size_place(&total, bytes, 1, &marks))
        return NULL;
    void *memory = calloc(1, total);
    if (memory == NULL)
        return NULL;
    *d = (desk){.c = c,
                .times = c->times,
                .channels = c->channels,
                .z = cph_size_at(memory, at[0]),
                .bandpass = cph_size_at(memory, at[1]),
                .trend = cph_size_at(memory, at[2]),
                .sort = cph_size_at(memory, at[3]),
                .line = cph_size_at(memory, at[4]),
                .mark = cph_size_at(memory, marks),
                .once = (unsigned char *)cph_size_at(memory, marks) + all};
    return memory;
}

cph_status cph_interference_find(const cph_interference_config *config,
                                 cph_interference_result *result, cph_error *error)
{
    desk d;
    cph_status status = check(config, result, error);
    if (status != CPH_OK)
        return status;
    void *memory = make_desk(config, &d);
    if (memory == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    const size_t present = take_marks(&d);
    if (present < FEW) {
        status = cph_fail(error, CPH_ERR_TOO_FEW, "%zu powers: %d are the least", present, FEW);
    } else {
        for (int round = 0; round < ROUNDS; round++) {
            find_background(&d);
            find_excess(&d);
            find_runs(&d);
        }
        extend(&d);
        put(&d, result);
    }
    free(memory);
    return status;
}
