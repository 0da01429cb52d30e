/* SPDX-License-Identifier: MIT */
/* Phasors, steering and tracking. */
#include "tests/firmware/fw_board.h"

enum { ROWS = 32, N = 1280 };

static uint32_t phase[N], later[N];
static int32_t rate[N], position[N][3];
static cph_c16 phasor[N];
static uint16_t amplitude[N];
static cph_fw_row row[ROWS];

static void phasors(fw_sink *sink)
{
    fw_group(sink, "steer/phasor", 11);
    for (uint32_t i = 0; i < 4096; i++) {
        const cph_c16 p = cph_fw_phasor(i << 20 | (fw_random(sink) & 0xfffff));
        fw_word(sink, (uint16_t)p.re | (uint32_t)(uint16_t)p.im << 16);
    }
    for (size_t n = 0; n < N; n++)
        phase[n] = fw_random(sink);
    fw_count_begin(sink, "steer/phasors", N);
    const cph_status status = cph_fw_phasors_run(N, phase, phasor);
    fw_count_end(sink);
    fw_status(sink, status);
    fw_halves(sink, &phasor[0].re, 2 * (size_t)N);
}

static cph_fw_wave random_wave(fw_sink *sink)
{
    const int32_t one = INT32_C(1) << 30;
    cph_fw_wave wave = {.phase = 0};
    int32_t u[3];
    for (size_t i = 0; i < 3; i++)
        u[i] = fw_random_within(sink, one - 1);
    const uint32_t ratio = (uint32_t)one + fw_random(sink) % (1U << 28);
    fw_status(sink, cph_fw_wave_init(u, ratio, fw_random(sink), &wave));
    fw_words(sink, (const uint32_t *)wave.k, 3);
    return wave;
}

/* 40 elements a row, 39 and 41 in turn, staggered: 0.55 wavelengths apart. */
static const cph_fw_lattice lattice = {
    .a = {73819750, 0, 1234}, .b = {36909875, 63929779, -777}, .row = row, .rows = ROWS};

static void lattices(fw_sink *sink)
{
    fw_group(sink, "steer/lattice", 12);
    for (int r = 0; r < ROWS; r++)
        row[r] = (cph_fw_row){(int16_t)(-20 - (r - 16) / 2), (int16_t)(r - 16),
                              (uint16_t)(40 + (r % 2 != 0 ? -1 : 1))};
    for (size_t beam = 0; beam < 8; beam++) {
        const cph_fw_wave wave = random_wave(sink);
        size_t elements = 0;
        fw_count_begin(sink, "steer/lattice", N);
        const cph_status status = cph_fw_steer_lattice(&lattice, &wave, N, phase, &elements);
        fw_count_end(sink);
        fw_status(sink, status);
        fw_word(sink, (uint32_t)elements);
        fw_words(sink, phase, N);
    }
}

static void positions(fw_sink *sink)
{
    fw_group(sink, "steer/positions", 13);
    for (size_t n = 0; n < N; n++)
        for (size_t i = 0; i < 3; i++)
            position[n][i] = fw_random_within(sink, 40 << 20);
    const int32_t(*const fixed)[3] = (const int32_t(*)[3])position;
    for (size_t beam = 0; beam < 4; beam++) {
        const cph_fw_wave wave = random_wave(sink);
        fw_count_begin(sink, "steer/positions", N);
        const cph_status status = cph_fw_steer_positions(N, fixed, &wave, phase);
        fw_count_end(sink);
        fw_status(sink, status);
        fw_words(sink, phase, N);
    }
}

static void tapers(fw_sink *sink)
{
    const int32_t(*const fixed)[3] = (const int32_t(*)[3])position;
    cph_fw_taper taper = {.table = cph_fw_taper_circular_30,
                          .middle = {-150000, 230000},
                          .scale = {6100000, 7600000},
                          .peak = 31744};
    size_t elements = 0;
    fw_group(sink, "steer/taper", 16);
    fw_count_begin(sink, "steer/taper", N);
    const cph_status status = cph_fw_taper_lattice(&taper, &lattice, N, amplitude, &elements);
    fw_count_end(sink);
    fw_status(sink, status);
    fw_halves(sink, (const int16_t *)amplitude, elements);
    taper.separable = true;
    taper.table = cph_fw_taper_taylor_35;
    fw_status(sink, cph_fw_taper_positions(&taper, N, fixed, amplitude));
    fw_halves(sink, (const int16_t *)amplitude, N);
}

static void tracks(fw_sink *sink)
{
    fw_group(sink, "steer/track", 14);
    for (size_t n = 0; n < N; n++) {
        phase[n] = fw_random(sink);
        later[n] = phase[n] + (uint32_t)fw_random_within(sink, 1 << 29);
    }
    fw_count_begin(sink, "track/rates", N);
    cph_status status = cph_fw_track_rates(N, phase, later, 5, rate);
    fw_count_end(sink);
    fw_status(sink, status);
    fw_words(sink, (const uint32_t *)rate, N);
    for (size_t step = 0; step < 32; step++) {
        if (step == 0)
            fw_count_begin(sink, "track/step", N);
        status = cph_fw_track_step(N, rate, phase);
        if (step == 0)
            fw_count_end(sink);
        fw_status(sink, status);
    }
    fw_words(sink, phase, N);
}

static void refusals(fw_sink *sink)
{
    const cph_fw_wave wave = {.k = {1, 2, 3}};
    fw_group(sink, "steer/refusals", 15);
    fw_status(sink, cph_fw_steer_lattice(NULL, &wave, N, phase, NULL));
    fw_status(sink, cph_fw_steer_positions(0, NULL, &wave, phase));
    fw_status(sink, cph_fw_steer_positions(CPH_FW_ELEMENTS_MAX + 1, (const int32_t(*)[3])position,
                                           &wave, phase));
    fw_status(sink, cph_fw_track_step(N, NULL, phase));
    fw_status(sink, cph_fw_phasors_run(0, phase, phasor));
    fw_words(sink, phase, N);
}

void fw_run_steer(fw_sink *sink)
{
    phasors(sink);
    lattices(sink);
    positions(sink);
    tapers(sink);
    tracks(sink);
    refusals(sink);
}
