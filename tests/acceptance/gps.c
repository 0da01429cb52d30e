/* SPDX-License-Identifier: MIT */
#include "tests/acceptance/gps.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/c64.h"

enum {
    TENTH = 10, /* stages of a shift register */
    COARSE = 4, /* samples summed in the search */
    COARSE_FFT = 4096,
    FINE_FFT = 16384,
    BINS = 10,  /* Doppler of the search, either side, 500 Hz apart */
    SPAN = 2,   /* ms */
    PARTS = 8,  /* of a ms, in the search for Doppler */
    GUARD = 20, /* samples about a peak */
    PIECES = SPAN * PARTS,
    KEPT = 12, /* satellites that are looked at closer */
};

/* ---- codes ---- */

void gps_code(int prn, double *chip)
{
    /* Stages of G2 whose sum is the code's share of it. */
    static const unsigned char tap[GPS_PRNS][2] = {
        {2, 6}, {3, 7}, {4, 8}, {5, 9}, {1, 9},  {2, 10}, {1, 8}, {2, 9}, {3, 10}, {2, 3}, {3, 4},
        {5, 6}, {6, 7}, {7, 8}, {8, 9}, {9, 10}, {1, 4},  {2, 5}, {3, 6}, {4, 7},  {5, 8}, {6, 9},
        {1, 3}, {4, 6}, {5, 7}, {6, 8}, {7, 9},  {8, 10}, {1, 6}, {2, 7}, {3, 8},  {4, 9}};
    unsigned g1[TENTH + 1], g2[TENTH + 1]; /* stage 1 first */
    const unsigned char *own = tap[prn - 1];
    for (size_t i = 0; i <= TENTH; i++)
        g1[i] = g2[i] = 1;
    for (size_t k = 0; k < GPS_CHIPS; k++) {
        chip[k] = (g1[10] ^ g2[own[0]] ^ g2[own[1]]) != 0 ? 1.0 : -1.0;
        g1[0] = g1[3] ^ g1[10];
        g2[0] = g2[2] ^ g2[3] ^ g2[6] ^ g2[8] ^ g2[9] ^ g2[10];
        memmove(g1 + 1, g1, TENTH * sizeof *g1);
        memmove(g2 + 1, g2, TENTH * sizeof *g2);
    }
}

/* ---- circular correlation ---- */

/* In place, n a power of two; sign -1: forward. Not scaled. */
static void transform(size_t n, double sign, cph_c64 *x)
{
    for (size_t i = 1, j = 0; i < n; i++) {
        size_t bit = n >> 1;
        for (; (j & bit) != 0; bit >>= 1)
            j ^= bit;
        j ^= bit;
        if (i < j) {
            const cph_c64 swap = x[i];
            x[i] = x[j];
            x[j] = swap;
        }
    }
    for (size_t half = 1; half < n; half *= 2)
        for (size_t k = 0; k < half; k++) {
            const double angle = sign * M_PI * (double)k / (double)half;
            const cph_c64 turn = {cos(angle), sin(angle)};
            for (size_t i = k; i < n; i += 2 * half) {
                const cph_c64 far = cph_c64_mul(turn, x[i + half]);
                x[i + half] = cph_c64_sub(x[i], far);
                x[i] = cph_c64_add(x[i], far);
            }
        }
}

/* k [n] = the conjugate spectrum of a code of `period` samples about 0, n >= 2 period. */
static void replica(int prn, size_t period, size_t n, cph_c64 *k)
{
    double chip[GPS_CHIPS];
    gps_code(prn, chip);
    memset(k, 0, n * sizeof *k);
    for (size_t t = 0; t < period; t++) {
        const double c = chip[t * GPS_CHIPS / period];
        k[t].re = c;
        if (t > 0)
            k[n - period + t].re = c;
    }
    transform(n, -1.0, k);
    for (size_t f = 0; f < n; f++)
        k[f] = cph_c64_conj(k[f]);
}

/* z [n]: in its first `period` entries sum over t of x[t] code(t - l) exp(-j 2 pi shift t / n), of
 * the spectrum X [n] of x, times n. */
static void correlate(size_t n, const cph_c64 *spectrum, const cph_c64 *code, size_t shift,
                      cph_c64 *z)
{
    for (size_t f = 0; f < n; f++)
        z[f] = cph_c64_mul(spectrum[(f + shift) % n], code[f]);
    transform(n, 1.0, z);
}

/* ---- a satellite's carrier and code ---- */

static cph_c64 carrier(const gps_samples *s, double doppler_hz, size_t t)
{
    const double turns = fmod((s->if_hz + doppler_hz) / s->rate_hz * (double)(s->start + t), 1.0);
    return (cph_c64){cos(2.0 * M_PI * turns), -sin(2.0 * M_PI * turns)};
}

/* Samples from the start of the code that sample t is in. */
static size_t into_code(const gps_samples *s, const gps_satellite *sat, size_t t)
{
    return (s->start + t + GPS_PERIOD - sat->lag) % GPS_PERIOD;
}

cph_c64 gps_prompt(const gps_samples *s, size_t element, const gps_satellite *sat, size_t from,
                   size_t to)
{
    double chip[GPS_CHIPS];
    cph_c64 sum = {0.0, 0.0};
    gps_code(sat->prn, chip);
    for (size_t t = from; t < to; t++)
        sum = cph_c64_add(sum, cph_c64_scale(chip[into_code(s, sat, t) / GPS_CHIP],
                                             cph_c64_mul(s->x[element * s->times + t],
                                                         carrier(s, sat->doppler_hz, t))));
    return sum;
}

size_t gps_turn(const gps_samples *s, const gps_satellite *sat)
{
    enum { RUNS = SPAN + 1, END = SPAN * GPS_PERIOD };
    const size_t first = (GPS_PERIOD - into_code(s, sat, 0)) % GPS_PERIOD;
    const size_t edge[RUNS + 1] = {0, first, first + GPS_PERIOD, END};
    double power[RUNS] = {0.0}; /* of a turn at the end of each piece */
    size_t best = RUNS - 1;
    for (size_t e = 0; e < s->elements; e++) {
        cph_c64 piece[RUNS];
        for (size_t k = 0; k < RUNS; k++)
            piece[k] = gps_prompt(s, e, sat, edge[k], edge[k + 1]);
        for (size_t turn = 0; turn < RUNS; turn++) {
            cph_c64 sum = {0.0, 0.0};
            for (size_t k = 0; k < RUNS; k++)
                sum = cph_c64_add(sum, cph_c64_scale(k <= turn ? 1.0 : -1.0, piece[k]));
            power[turn] += cph_c64_power(sum);
        }
    }
    for (size_t turn = 0; turn < RUNS; turn++)
        best = power[turn] > power[best] ? turn : best;
    return best == RUNS - 1 ? s->times : edge[best + 1];
}

double gps_snr(const gps_samples *s, size_t element, const gps_satellite *sat, size_t turn)
{
    cph_c64 *x = calloc((size_t)3 * FINE_FFT, sizeof *x);
    if (x == NULL)
        return NAN;
    cph_c64 *code = x + FINE_FFT, *z = x + (size_t)2 * FINE_FFT;
    double peak = 0.0, noise = 0.0, places = 0.0;
    replica(sat->prn, GPS_PERIOD, FINE_FFT, code);
    for (size_t ms = 0; ms < SPAN; ms++) {
        memset(x, 0, FINE_FFT * sizeof *x);
        for (size_t t = ms * GPS_PERIOD; t < (ms + 1) * GPS_PERIOD; t++)
            x[(s->start + t) % GPS_PERIOD] =
                cph_c64_scale(t < turn ? 1.0 : -1.0, cph_c64_mul(s->x[element * s->times + t],
                                                                 carrier(s, sat->doppler_hz, t)));
        transform(FINE_FFT, -1.0, x);
        correlate(FINE_FFT, x, code, 0, z);
        peak += cph_c64_power(z[sat->lag]) / SPAN;
        for (size_t l = 0; l < GPS_PERIOD; l++) {
            const size_t off = (l + GPS_PERIOD - sat->lag) % GPS_PERIOD;
            if (off > GUARD && off < GPS_PERIOD - GUARD) {
                noise += cph_c64_power(z[l]);
                places += 1.0;
            }
        }
    }
    free(x);
    return peak / (noise / places);
}

/* ---- the search ---- */

enum { SHORT = GPS_PERIOD / COARSE };

/* The spectrum [COARSE_FFT] of a millisecond of an element at baseband, COARSE samples in one. */
static void take(const gps_samples *s, size_t element, size_t ms, cph_c64 *x)
{
    memset(x, 0, COARSE_FFT * sizeof *x);
    for (size_t t = 0; t < GPS_PERIOD; t++) {
        const size_t at = ms * GPS_PERIOD + t;
        x[t / COARSE] = cph_c64_add(
            x[t / COARSE], cph_c64_mul(s->x[element * s->times + at], carrier(s, 0.0, at)));
    }
    transform(COARSE_FFT, -1.0, x);
}

/* Where the power of all looks [looks][COARSE_FFT] together is highest; snr: over its mean. */
static gps_satellite search(int prn, double rate_hz, size_t looks, const cph_c64 *look,
                            cph_c64 *room)
{
    gps_satellite best = {.prn = prn};
    cph_c64 *code = room, *z = room + COARSE_FFT;
    double power[SHORT], sum = 0.0;
    replica(prn, SHORT, COARSE_FFT, code);
    for (int bin = -BINS; bin <= BINS; bin++) {
        memset(power, 0, sizeof power);
        for (size_t k = 0; k < looks; k++) {
            correlate(COARSE_FFT, look + k * COARSE_FFT, code, (size_t)COARSE_FFT + (size_t)bin, z);
            for (size_t l = 0; l < SHORT; l++)
                power[l] += cph_c64_power(z[l]);
        }
        for (size_t l = 0; l < SHORT; l++) {
            sum += power[l];
            if (power[l] > best.snr) {
                best.snr = power[l];
                best.lag = l * COARSE;
                best.doppler_hz = bin * rate_hz / COARSE / COARSE_FFT;
            }
        }
    }
    best.snr /= sum / ((2 * BINS + 1) * SHORT);
    return best;
}

/* The power of every ms and element, coherent within a ms, at another Doppler: of `part`
 * [elements][SPAN][PARTS], sums without carrier. */
static double power_at(const gps_samples *s, const cph_c64 *part, double offset_hz)
{
    double power = 0.0;
    for (size_t e = 0; e < s->elements; e++)
        for (size_t ms = 0; ms < SPAN; ms++) {
            cph_c64 sum = {0.0, 0.0};
            for (size_t k = 0; k < PARTS; k++) {
                const double angle =
                    -2.0 * M_PI * offset_hz * (double)k * (GPS_PERIOD / (double)PARTS) / s->rate_hz;
                sum = cph_c64_add(sum, cph_c64_mul((cph_c64){cos(angle), sin(angle)},
                                                   part[(e * SPAN + ms) * PARTS + k]));
            }
            power += cph_c64_power(sum);
        }
    return power;
}

/* Code to a sample and Doppler to 5 Hz. */
static void refine(const gps_samples *s, gps_satellite *sat, cph_c64 *part)
{
    const gps_satellite coarse = *sat;
    double most = 0.0;
    for (int off = -COARSE; off <= COARSE; off++) {
        gps_satellite at = coarse;
        double power = 0.0;
        at.lag = (coarse.lag + (size_t)GPS_PERIOD + (size_t)off) % GPS_PERIOD;
        for (size_t e = 0; e < s->elements; e++)
            for (size_t ms = 0; ms < SPAN; ms++)
                power +=
                    cph_c64_power(gps_prompt(s, e, &at, ms * GPS_PERIOD, (ms + 1) * GPS_PERIOD));
        if (power > most) {
            most = power;
            sat->lag = at.lag;
        }
    }
    for (size_t e = 0; e < s->elements; e++)
        for (size_t k = 0; k < PIECES; k++)
            part[(e * PIECES) + k] =
                gps_prompt(s, e, sat, k * GPS_PERIOD / PARTS, (k + 1) * GPS_PERIOD / PARTS);
    most = 0.0;
    for (int step = -60; step <= 60; step++) {
        const double power = power_at(s, part, 5.0 * step);
        if (power > most) {
            most = power;
            sat->doppler_hz = coarse.doppler_hz + 5.0 * step;
        }
    }
    const size_t turn = gps_turn(s, sat);
    sat->snr = 0.0;
    for (size_t e = 0; e < s->elements; e++)
        sat->snr += gps_snr(s, e, sat, turn) / (double)s->elements;
}

static int stronger(const void *left, const void *right)
{
    const gps_satellite *a = left, *b = right;
    return (a->snr < b->snr) - (a->snr > b->snr);
}

size_t gps_find(const gps_samples *s, gps_satellite *found)
{
    const size_t looks = s->elements * SPAN;
    cph_c64 *look = calloc((looks + 2) * COARSE_FFT, sizeof *look);
    cph_c64 *part = calloc(looks * PARTS, sizeof *part);
    const size_t count = look != NULL && part != NULL ? KEPT : 0;
    for (size_t k = 0; k < looks && count > 0; k++)
        take(s, k / SPAN, k % SPAN, look + k * COARSE_FFT);
    for (int prn = 1; prn <= GPS_PRNS && count > 0; prn++)
        found[prn - 1] = search(prn, s->rate_hz, looks, look, look + looks * COARSE_FFT);
    if (count > 0)
        qsort(found, GPS_PRNS, sizeof *found, stronger);
    for (size_t i = 0; i < count; i++)
        refine(s, &found[i], part);
    if (count > 0)
        qsort(found, count, sizeof *found, stronger);
    free(look);
    free(part);
    return count;
}
