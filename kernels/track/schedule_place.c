/* SPDX-License-Identifier: MIT */
/* Where a satellite is between rows, and what its motion does to a frequency. */
#include <math.h>

#include "kernels/core/vec3.h"
#include "kernels/track/schedule.h"

enum { POINTS = 4 };

/* The chain of rows within join of each other around the pair (i, i + 1), at most POINTS of them:
 * the first one's index. */
static size_t choose_rows(const cph_schedule_track *track, double join, size_t i, size_t *rows)
{
    const cph_schedule_look *const look = track->look + track->first;
    size_t low = i, high = i + 1;
    while (high - low + 1 < POINTS) {
        const bool before = low > 0 && look[low].time - look[low - 1].time <= join;
        const bool behind =
            high + 1 < track->count && look[high + 1].time - look[high].time <= join;
        if (!before && !behind)
            break;
        /* As many on either side, where there are. */
        if (before && (!behind || i - low <= high - i - 1))
            low--;
        else
            high++;
    }
    *rows = high - low + 1;
    return low;
}

/* Weights of the rows' values in the polynomial through them at t, and in its derivative. */
static void lagrange(size_t rows, const cph_schedule_look *look, double t, double value[POINTS],
                     double slope[POINTS])
{
    for (size_t i = 0; i < rows; i++) {
        double product = 1.0, sum = 0.0;
        for (size_t j = 0; j < rows; j++) {
            if (j == i)
                continue;
            const double width = look[i].time - look[j].time;
            sum = sum * ((t - look[j].time) / width) + product / width;
            product *= (t - look[j].time) / width;
        }
        value[i] = product;
        slope[i] = sum;
    }
}

/* Line of sight and its derivative: metres where all ranges are known, else of unit vectors. */
static bool sum_sights(size_t rows, const cph_schedule_look *look, const double value[POINTS],
                       const double slope[POINTS], double sight[3], double motion[3])
{
    bool ranged = true;
    for (size_t i = 0; i < rows; i++)
        ranged = ranged && isfinite(look[i].range);
    for (size_t i = 0; i < rows; i++) {
        const double length = ranged ? look[i].range : 1.0;
        cph_add3(sight, length * value[i], look[i].enu, sight);
        cph_add3(motion, length * slope[i], look[i].enu, motion);
    }
    return ranged;
}

cph_status cph_schedule_at(const cph_schedule *schedule, uint32_t satellite, double time_unix_s,
                           cph_schedule_place *place)
{
    if (schedule == NULL || place == NULL || satellite >= schedule->tracks)
        return CPH_ERR_MISSING;
    const cph_schedule_track *const track = &schedule->track[satellite];
    const double join = schedule->config.join_s;
    const size_t pair = cph_schedule_pair(track, join, time_unix_s);
    if (pair == track->count)
        return CPH_ERR_MISSING;
    size_t rows = 0;
    const size_t low = choose_rows(track, join, pair, &rows);
    const cph_schedule_look *const look = track->look + track->first;
    double value[POINTS], slope[POINTS], sight[3] = {0}, motion[3] = {0}, across[3], rate = 0.0;
    lagrange(rows, look + low, time_unix_s, value, slope);
    const bool ranged = sum_sights(rows, look + low, value, slope, sight, motion);
    const double length = cph_unit3(sight);
    for (size_t i = 0; i < rows; i++)
        rate += value[i] * look[low + i].rate;
    if (!isfinite(rate))
        rate = ranged ? cph_dot3(motion, sight) : NAN;
    const double share = (time_unix_s - look[pair].time) / (look[pair + 1].time - look[pair].time);
    *place = (cph_schedule_place){
        .enu = {sight[0], sight[1], sight[2]},
        .range_m = ranged ? length : NAN,
        .range_rate_m_s = rate,
        .turn_rad_s = cph_reject3(motion, sight, across) / length,
        .margin_rad = look[pair].margin + share * (look[pair + 1].margin - look[pair].margin)};
    return CPH_OK;
}

double cph_doppler_hz(double freq_hz, double range_rate_m_s)
{
    return -freq_hz * range_rate_m_s / CPH_SPEED_OF_LIGHT;
}

double cph_doppler_precompensation_hz(double freq_hz, double range_rate_m_s)
{
    return freq_hz * range_rate_m_s / CPH_SPEED_OF_LIGHT;
}
