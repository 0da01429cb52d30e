/* SPDX-License-Identifier: MIT */
#include "cophase/states.h"

#include <math.h>
#include <stdlib.h>

#include "cophase/fw_states.h"

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

enum { ADAR1000_PHASES = 128, ADAR1000_FULL_SCALE = 31, ADAR1000_POSITIVE = 0x20 };

static uint32_t adar1000_register(int part)
{
    return part < 0 ? (uint32_t)-part : ADAR1000_POSITIVE | (uint32_t)part;
}

static double adar1000_part(uint32_t code)
{
    const double part = (double)(code % ADAR1000_POSITIVE) / ADAR1000_FULL_SCALE;
    return (code & ADAR1000_POSITIVE) != 0 ? part : -part;
}

static void adar1000_set(cph_states *states, size_t state, uint32_t in_phase, uint32_t quadrature)
{
    states->value[state] = (cph_c64){adar1000_part(in_phase), adar1000_part(quadrature)};
    states->code[state] = in_phase << 8 | quadrature;
}

cph_status cph_states_adar1000(cph_adar1000 which, cph_states *states)
{
    const int side = 2 * ADAR1000_FULL_SCALE + 1;
    if (which != CPH_ADAR1000_PHASES && which != CPH_ADAR1000_VECTORS)
        return CPH_ERR_ARGUMENT;
    const bool phases = which == CPH_ADAR1000_PHASES;
    const int count = phases ? ADAR1000_PHASES : side * side;
    const cph_status status = cph_states_create((size_t)count, states);
    for (int i = 0; status == CPH_OK && i < count; i++) {
        const uint32_t pair = cph_fw_adar1000_code((uint32_t)i);
        if (phases)
            adar1000_set(states, (size_t)i, pair & 0xFF, pair >> 8);
        else
            adar1000_set(states, (size_t)i, adar1000_register(i % side - ADAR1000_FULL_SCALE),
                         adar1000_register(i / side - ADAR1000_FULL_SCALE));
    }
    return status;
}

enum { ADAR300X_CODES = 64 }; /* of phase, and of attenuation */

cph_status cph_states_adar300x(cph_states *states)
{
    const cph_status status = cph_states_create((size_t)ADAR300X_CODES * ADAR300X_CODES, states);
    for (uint32_t i = 0; status == CPH_OK && i < ADAR300X_CODES * ADAR300X_CODES; i++) {
        const double angle = 2.0 * M_PI * (i % ADAR300X_CODES) / ADAR300X_CODES;
        const double amplitude = pow(10.0, -(double)(i / ADAR300X_CODES) / 40.0);
        const double re = amplitude * cos(angle), im = amplitude * sin(angle);
        states->value[i] = (cph_c64){re, im};
        states->code[i] = i;
    }
    return status;
}

double cph_states_floor_db(size_t elements, double phase_rms_rad, double amplitude_rms)
{
    if (elements == 0)
        return NAN;
    const double power = phase_rms_rad * phase_rms_rad + amplitude_rms * amplitude_rms;
    return 10.0 * log10(power / (double)elements);
}
