/* SPDX-License-Identifier: MIT */
#include "cophase/states.h"

#include <math.h>
#include <stdlib.h>

cph_status cph_states_create(size_t count, cph_states *states)
{
    if (count == 0 || count > CPH_STATES_MAX || states == NULL)
        return CPH_ERR_ARGUMENT;
    cph_states made = {.count = count,
                       .value = calloc(count, sizeof *made.value),
                       .code = calloc(count, sizeof *made.code)};
    if (made.value == NULL || made.code == NULL) {
        cph_states_free(&made);
        return CPH_ERR_MEMORY;
    }
    *states = made;
    return CPH_OK;
}

void cph_states_free(cph_states *states)
{
    if (states == NULL)
        return;
    free(states->value);
    free(states->code);
    *states = (cph_states){0};
}

void cph_states_reverse(cph_states *states)
{
    for (size_t i = 0; i < states->count; i++)
        states->value[i].im = -states->value[i].im;
}

cph_status cph_states_ideal(unsigned phase_bits, unsigned amplitude_bits, cph_states *states)
{
    if (phase_bits == 0 || phase_bits > CPH_STATES_BITS_MAX ||
        amplitude_bits > CPH_STATES_BITS_MAX - phase_bits)
        return CPH_ERR_ARGUMENT;
    const uint32_t phases = 1u << phase_bits, levels = 1u << amplitude_bits;
    cph_status status = cph_states_create((size_t)phases * levels, states);
    if (status != CPH_OK)
        return status;
    for (uint32_t i = 0; i < phases * levels; i++) {
        const double angle = 2.0 * M_PI * (i % phases) / phases;
        const double amplitude = (double)(i / phases + 1) / levels;
        const double re = amplitude * cos(angle), im = amplitude * sin(angle);
        states->value[i] = (cph_c64){re, im};
        states->code[i] = i;
    }
    return CPH_OK;
}

/* The settings of the first half turn, {I, Q}; the others are their negatives. */
enum { ADAR1000_HALF = 64, ADAR1000_FULL_SCALE = 31, ADAR1000_POSITIVE = 0x20 };
static const int adar1000_half[ADAR1000_HALF][2] = {
    {31, 0},   {31, 1},   {31, 3},   {31, 4},   {31, 6},   {30, 7},   {30, 8},   {29, 10},
    {29, 11},  {28, 13},  {28, 14},  {27, 15},  {26, 16},  {25, 17},  {24, 19},  {23, 20},
    {22, 21},  {21, 22},  {20, 23},  {19, 24},  {18, 24},  {16, 25},  {15, 26},  {14, 26},
    {12, 27},  {11, 28},  {10, 28},  {8, 28},   {7, 29},   {5, 29},   {4, 29},   {2, 29},
    {1, 29},   {-1, 29},  {-3, 29},  {-4, 29},  {-6, 29},  {-7, 28},  {-8, 28},  {-10, 28},
    {-11, 27}, {-13, 26}, {-14, 26}, {-15, 25}, {-17, 24}, {-18, 24}, {-19, 23}, {-20, 22},
    {-22, 21}, {-23, 20}, {-24, 19}, {-25, 17}, {-25, 16}, {-26, 15}, {-27, 14}, {-28, 13},
    {-28, 11}, {-29, 10}, {-30, 8},  {-30, 7},  {-30, 6},  {-31, 4},  {-31, 3},  {-31, 1}};

static uint32_t adar1000_register(int part)
{
    return part < 0 ? (uint32_t)-part : ADAR1000_POSITIVE | (uint32_t)part;
}

static void adar1000_set(cph_states *states, size_t state, int in_phase, int quadrature)
{
    states->value[state] =
        (cph_c64){(double)in_phase / ADAR1000_FULL_SCALE, (double)quadrature / ADAR1000_FULL_SCALE};
    states->code[state] = adar1000_register(in_phase) << 8 | adar1000_register(quadrature);
}

cph_status cph_states_adar1000(cph_adar1000 which, cph_states *states)
{
    const int side = 2 * ADAR1000_FULL_SCALE + 1;
    if (which != CPH_ADAR1000_PHASES && which != CPH_ADAR1000_VECTORS)
        return CPH_ERR_ARGUMENT;
    const bool phases = which == CPH_ADAR1000_PHASES;
    cph_status status =
        cph_states_create(phases ? 2 * (size_t)ADAR1000_HALF : (size_t)(side * side), states);
    for (int k = 0; status == CPH_OK && phases && k < ADAR1000_HALF; k++) {
        const int in_phase = adar1000_half[k][0], quadrature = adar1000_half[k][1];
        adar1000_set(states, (size_t)k, in_phase, quadrature);
        adar1000_set(states, (size_t)k + ADAR1000_HALF, -in_phase, -quadrature);
    }
    for (int i = 0; status == CPH_OK && !phases && i < side * side; i++)
        adar1000_set(states, (size_t)i, i % side - ADAR1000_FULL_SCALE,
                     i / side - ADAR1000_FULL_SCALE);
    return status;
}

double cph_states_floor_db(size_t elements, double phase_rms_rad, double amplitude_rms)
{
    if (elements == 0)
        return NAN;
    const double power = phase_rms_rad * phase_rms_rad + amplitude_rms * amplitude_rms;
    return 10.0 * log10(power / (double)elements);
}
