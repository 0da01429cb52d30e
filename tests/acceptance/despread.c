/* SPDX-License-Identifier: MIT */
/* usage: despread find RAW                        satellites of its first 2 ms, strongest first:
 *                                                PRN LAG DOPPLER SNR
 *        despread learn RAW PRN LAG DOPPLER OUT  writes what its first 2 ms hold of one, 8 looks a
 * ms despread gain RAW BEAM PRN LAG DOPPLER  mean SNR of the elements and that of a beam of its
 *                                                last 2 ms, dB
 * RAW: real samples of GPS L1, 16 a chip, which are looked at as complex baseband, 8 a chip. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/data.h"
#include "cophase/pilot.h"
#include "cophase/solutions.h"
#include "kernels/core/c64.h"
#include "tests/acceptance/gps.h"

static const double GPS_L1_HZ = 1575.42e6;

enum { LOOK = 2 * GPS_PERIOD, LOOKS = 16, MOST_ELEMENTS = 32 };

static int fail(const char *what)
{
    fprintf(stderr, "despread: %s\n", what);
    return 1;
}

/* LOOK samples from `start` on of everything that the file has, an element or beam a row; x is the
 * caller's to free. */
static cph_status read_look(cph_data *data, size_t start, cph_c64 **x, cph_error *error)
{
    const cph_data_header *h = cph_data_header_of(data);
    const size_t rows = h->kind == CPH_KIND_BEAMS ? h->beams : h->array.elements;
    void *samples = calloc(rows * LOOK, sizeof(cph_c32));
    *x = calloc(rows * LOOK, sizeof **x);
    cph_status status =
        samples != NULL && *x != NULL && (h->type == CPH_C8 || h->type == CPH_C32)
            ? cph_data_read_samples(data, start, LOOK, 0, NULL, rows, samples, error)
            : CPH_ERR_MEMORY;
    for (size_t i = 0; i < rows * LOOK && status == CPH_OK; i++) {
        const cph_c8 *bytes = samples;
        const cph_c32 *floats = samples;
        (*x)[i % rows * LOOK + i / rows] =
            h->type == CPH_C8 ? (cph_c64){bytes[i].re, bytes[i].im}
                              : (cph_c64){(double)floats[i].re, (double)floats[i].im};
    }
    free(samples);
    return status;
}

static gps_samples samples_of(const cph_data_header *raw, size_t rows, size_t start,
                              const cph_c64 *x)
{
    return (gps_samples){.elements = rows,
                         .times = LOOK,
                         .rate_hz = raw->sample_rate_hz,
                         .if_hz = GPS_L1_HZ - raw->center_freq_hz,
                         .start = start,
                         .x = x};
}

static gps_satellite satellite_of(char **words)
{
    return (gps_satellite){.prn = (int)strtol(words[0], NULL, 10),
                           .lag = (size_t)strtoul(words[1], NULL, 10),
                           .doppler_hz = strtod(words[2], NULL)};
}

static int find(cph_data *raw)
{
    const cph_data_header *h = cph_data_header_of(raw);
    gps_satellite found[GPS_PRNS];
    cph_c64 *x = NULL;
    cph_error error = {.message = "out of memory"};
    const cph_status status = read_look(raw, 0, &x, &error);
    const gps_samples s = samples_of(h, h->array.elements, 0, x);
    const size_t count = status == CPH_OK ? gps_find(&s, found) : 0;
    for (size_t i = 0; i < count; i++)
        printf("%d %zu %.0f %.2f\n", found[i].prn, found[i].lag, found[i].doppler_hz,
               10.0 * log10(found[i].snr));
    free(x);
    return count > 0 ? 0 : fail(error.message);
}

/* R [n][n] of looks at the satellite, eighths of a ms: carrier and code taken off. */
static void add_looks(const gps_samples *s, const gps_satellite *sat, cph_c64 *r)
{
    const size_t n = s->elements;
    for (size_t k = 0; k < LOOKS; k++) {
        cph_c64 look[MOST_ELEMENTS];
        for (size_t e = 0; e < n; e++)
            look[e] = gps_prompt(s, e, sat, k * LOOK / LOOKS, (k + 1) * LOOK / LOOKS);
        for (size_t i = 0; i < n * n; i++)
            r[i] = cph_c64_add(r[i], cph_c64_scale(1.0 / (LOOKS * (double)GPS_PERIOD),
                                                   cph_c64_mulc(look[i / n], look[i % n])));
    }
}

static cph_status solve(const cph_data_header *h, const cph_c64 *r, const char *path,
                        cph_error *error)
{
    cph_calibration c;
    cph_status status = cph_calibration_create(&h->array, 1, 1, &c);
    if (status != CPH_OK)
        return status;
    memset(c.flag, CPH_FLAG_NONE, h->array.elements);
    const cph_pilot_config config = {
        .elements = h->array.elements, .r = r, .ld = h->array.elements, .samples = LOOKS};
    cph_pilot_solution solution = {.estimate = {.gain = c.gain,
                                                .phase_sigma = c.phase_sigma,
                                                .amplitude_sigma = c.amplitude_sigma,
                                                .flag = c.flag}};
    status = cph_pilot_solve(&config, &solution, error);
    c.channel_freq_hz[0] = h->center_freq_hz;
    c.time_unix_s[0] = cph_data_middle(h, 0, LOOK);
    snprintf(c.gauge, sizeof c.gauge, "mean phase 0, mean |g| 1");
    if (status == CPH_OK)
        status = cph_calibration_write(path, &c, NULL, error);
    cph_calibration_free(&c);
    return status;
}

static int learn(cph_data *raw, const gps_satellite *sat, const char *path)
{
    const cph_data_header *h = cph_data_header_of(raw);
    cph_c64 *x = NULL, r[MOST_ELEMENTS * MOST_ELEMENTS] = {{0.0, 0.0}};
    cph_error error = {.message = "out of memory"};
    if (h->array.elements > MOST_ELEMENTS)
        return fail("too many elements");
    cph_status status = read_look(raw, 0, &x, &error);
    if (status == CPH_OK) {
        const gps_samples s = samples_of(h, h->array.elements, 0, x);
        add_looks(&s, sat, r);
        status = solve(h, r, path, &error);
    }
    free(x);
    return status == CPH_OK ? 0 : fail(error.message);
}

/* The beam is of the last samples of the recording. */
static int gain(cph_data *raw, cph_data *beam, const gps_satellite *sat)
{
    const cph_data_header *h = cph_data_header_of(raw), *b = cph_data_header_of(beam);
    const size_t n = h->array.elements, start = h->times - LOOK;
    cph_c64 *x = NULL, *y = NULL;
    cph_error error = {.message = "out of memory"};
    cph_status status = read_look(raw, start, &x, &error);
    if (status == CPH_OK && b->times == LOOK && b->beams == 1)
        status = read_look(beam, 0, &y, &error);
    if (status == CPH_OK && y != NULL) {
        const gps_samples elements = samples_of(h, n, start, x), one = samples_of(h, 1, start, y);
        const size_t turn = gps_turn(&elements, sat);
        double mean = 0.0;
        for (size_t e = 0; e < n; e++)
            mean += gps_snr(&elements, e, sat, turn) / (double)n;
        printf("%.2f %.2f\n", 10.0 * log10(fmax(mean, 1e-30)),
               10.0 * log10(gps_snr(&one, 0, sat, turn)));
    }
    free(x);
    free(y);
    return status == CPH_OK && b->times == LOOK && b->beams == 1
               ? 0
               : fail(status == CPH_OK ? "expected one beam of 2 ms" : error.message);
}

int main(int argc, char **argv)
{
    cph_error error = {.message = "find, learn or gain, of a recording"};
    cph_data *raw = NULL, *beam = NULL;
    int code = 2;
    if (argc < 3 || cph_data_open(argv[2], NULL, &raw, &error) != CPH_OK)
        return fail(error.message);
    if (cph_data_baseband(raw, &error) != CPH_OK) {
        cph_data_close(raw);
        return fail(error.message);
    }
    const cph_data_header *h = cph_data_header_of(raw);
    if (h->times < LOOK || fabs(h->sample_rate_hz - GPS_PERIOD * 1e3) > 1.0) {
        code = fail("expected 2 ms of real samples, 16.368 MHz");
    } else if (strcmp(argv[1], "find") == 0 && argc == 3) {
        code = find(raw);
    } else if (strcmp(argv[1], "learn") == 0 && argc == 7) {
        const gps_satellite sat = satellite_of(argv + 3);
        code = learn(raw, &sat, argv[6]);
    } else if (strcmp(argv[1], "gain") == 0 && argc == 7) {
        const gps_satellite sat = satellite_of(argv + 4);
        code = cph_data_open(argv[3], NULL, &beam, &error) == CPH_OK ? gain(raw, beam, &sat)
                                                                     : fail(error.message);
    }
    cph_data_close(beam);
    cph_data_close(raw);
    return code;
}
