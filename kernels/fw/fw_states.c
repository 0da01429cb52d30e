/* SPDX-License-Identifier: MIT */
#include "cophase/fw_states.h"

#if CPH_FW_STATES
static int fw_states_missing(const cph_fw_states *states)
{
    return states == NULL || states->last == NULL || states->first == NULL || states->code == NULL;
}

static int fw_states_count_bad(size_t elements)
{
    return elements == 0 || elements > CPH_FW_ELEMENTS_MAX;
}

cph_status cph_fw_phase_codes(unsigned bits, size_t elements, const uint32_t *phase, uint16_t *code)
{
    if (bits == 0 || bits > 16 || fw_states_count_bad(elements) || phase == NULL || code == NULL)
        return CPH_ERR_ARGUMENT;
    for (size_t n = 0; n < elements; n++)
        code[n] = (uint16_t)cph_fw_phase_code(phase[n], bits);
    return CPH_OK;
}

cph_status cph_fw_states_check(const cph_fw_states *states)
{
    if (fw_states_missing(states) || states->arcs == 0 || states->arcs > 256 ||
        states->last[states->arcs - 1] != UINT32_MAX)
        return CPH_ERR_ARGUMENT;
    for (uint32_t i = 1; i < states->arcs; i++)
        if (states->last[i] <= states->last[i - 1])
            return CPH_ERR_ARGUMENT;
    uint32_t arc = 0;
    for (uint32_t b = 0; b < 256; b++) {
        while (b << 24 > states->last[arc])
            arc++;
        if (states->first[b] != arc)
            return CPH_ERR_ARGUMENT;
    }
    return CPH_OK;
}

cph_status cph_fw_states_codes(const cph_fw_states *states, size_t elements, const uint32_t *phase,
                               uint16_t *code)
{
    if (fw_states_missing(states) || fw_states_count_bad(elements) || phase == NULL || code == NULL)
        return CPH_ERR_ARGUMENT;
    for (size_t n = 0; n < elements; n++)
        code[n] = (uint16_t)cph_fw_states_code(states, phase[n]);
    return CPH_OK;
}

/* Bisection for the first step that is not above the gain; it or the one before is nearest. */
static size_t fw_states_step(const uint16_t *law, size_t steps, uint32_t gain)
{
    size_t low = 0, high = steps - 1;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (law[middle] > gain)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && law[low - 1] + law[low] <= 2 * gain ? low - 1 : low;
}

cph_status cph_fw_gain_codes(const uint16_t *law, size_t steps, size_t elements,
                             const uint16_t *gain, uint8_t *code)
{
    if (law == NULL || steps == 0 || steps > 256 || fw_states_count_bad(elements) || gain == NULL ||
        code == NULL)
        return CPH_ERR_ARGUMENT;
    for (size_t i = 1; i < steps; i++)
        if (law[i] >= law[i - 1])
            return CPH_ERR_ARGUMENT;
    for (size_t n = 0; n < elements; n++)
        code[n] = (uint8_t)fw_states_step(law, steps, gain[n]);
    return CPH_OK;
}
#endif
