/* SPDX-License-Identifier: MIT */
#include "cli/simulate_clock.h"

#include <math.h>

#include "kernels/core/fail.h"
#include "kernels/core/size.h"

/* What moves 0.8 degrees a second is off by at most half of that: 0.004 degrees. */
static const double still_s = 0.01;
static const double most = 0x1p62; /* samples */

cph_status cph_sim_clock_make(double start_s, double end_s, double rate_hz, size_t samples,
                              size_t burst, double every_s, cph_sim_clock *clock, cph_error *error)
{
    cph_sim_clock c = {.start_s = start_s, .rate_hz = rate_hz, .samples = samples, .burst = burst};
    const double every = burst > 0 ? round(every_s * rate_hz) : 0.0;
    const double still = fmax(1.0, floor(still_s * rate_hz));
    double wanted = (double)samples;
    if (samples == 0 && burst == 0)
        wanted = floor((end_s - start_s) * rate_hz);
    else if (samples == 0)
        wanted = (floor(((end_s - start_s) * rate_hz - (double)burst) / every) + 1.0) *
                 (double)burst; /* whole bursts */
    const double bursts = burst > 0 ? ceil(wanted / (double)burst) : 1.0;
    if (!(wanted >= 1.0) || !(wanted < most) || !(bursts * fmax(every, 1.0) < most))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "%g samples from Unix %.3f to %.3f: expected some, and fewer than 2^62",
                        wanted, start_s, end_s);
    c.samples = samples > 0 ? samples : (size_t)wanted;
    c.every = (uint64_t)every;
    c.still = still < most ? (size_t)still : (size_t)most;
    *clock = c;
    return CPH_OK;
}

double cph_sim_clock_end(const cph_sim_clock *clock)
{
    const size_t bursts = clock->burst > 0 ? (clock->samples - 1) / clock->burst : 0;
    const double global =
        (double)(bursts * clock->every) + (double)(clock->samples - bursts * clock->burst);
    return clock->start_s + global / clock->rate_hz;
}

cph_sim_stretch cph_sim_clock_stretch(const cph_sim_clock *clock, size_t sample)
{
    const size_t burst = clock->burst > 0 ? sample / clock->burst : 0;
    const size_t begin = burst * clock->burst;
    const size_t left =
        cph_size_min(clock->burst > 0 ? clock->burst : clock->samples, clock->samples - begin);
    const size_t skipped = (sample - begin) / clock->still * clock->still;
    cph_sim_stretch s = {.first = begin + skipped,
                         .length = cph_size_min(clock->still, left - skipped)};
    const double global = (double)(burst * clock->every + skipped);
    s.middle_s = clock->start_s + (global + 0.5 * (double)s.length) / clock->rate_hz;
    return s;
}

size_t cph_sim_clock_gaps(const cph_sim_clock *clock, cph_data_gap *gap)
{
    if (clock->burst == 0 || clock->every == clock->burst)
        return 0;
    const size_t gaps = (clock->samples - 1) / clock->burst;
    for (size_t i = 0; gap != NULL && i < gaps; i++)
        gap[i] = (cph_data_gap){.sample = (i + 1) * clock->burst, .global = (i + 1) * clock->every};
    return gaps;
}
