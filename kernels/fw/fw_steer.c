/* SPDX-License-Identifier: MIT */
#include "cophase/fw_steer.h"

#include "kernels/fw/fw_lattice.h"

#if CPH_FW_STEER || CPH_FW_STEER_POSITIONS
cph_status cph_fw_wave_init(const int32_t u[3], uint32_t ratio, uint32_t phase, cph_fw_wave *wave)
{
    if (u == NULL || wave == NULL || ratio == 0)
        return CPH_ERR_ARGUMENT;
    const int32_t one = INT32_C(1) << 30;
    cph_fw_wave made = {.phase = phase};
    for (size_t i = 0; i < 3; i++) {
        if (u[i] < -one || u[i] > one)
            return CPH_ERR_ARGUMENT;
        const int64_t k = ((int64_t)u[i] * (int64_t)ratio + (one >> 1)) >> 30;
        if (k < -INT32_MAX || k > INT32_MAX)
            return CPH_ERR_ARGUMENT;
        made.k[i] = (int32_t)k;
    }
    *wave = made;
    return CPH_OK;
}

/* k . r modulo 2^64: what a sum of three products may overflow lies above the bits of the phase. */
static inline uint64_t fw_steer_dot(const int32_t k[3], const int32_t r[3])
{
    return (uint64_t)((int64_t)k[0] * r[0]) + (uint64_t)((int64_t)k[1] * r[1]) +
           (uint64_t)((int64_t)k[2] * r[2]);
}
#endif

#if CPH_FW_STEER
/* Turns that one step of the lattice advances. */
static uint32_t fw_steer_step(const cph_fw_wave *wave, const int32_t step[3])
{
    return (uint32_t)((fw_steer_dot(wave->k, step) + (1U << 24)) >> 25);
}

/* Four a turn of the loop: stores in one instruction where the processor has one. */
static uint32_t *fw_steer_row(size_t count, uint32_t first, uint32_t step, uint32_t *restrict phase)
{
    const uint32_t step2 = step + step, step3 = step2 + step, step4 = step3 + step;
    for (; count >= 4; count -= 4, first += step4, phase += 4) {
        phase[0] = first;
        phase[1] = first + step;
        phase[2] = first + step2;
        phase[3] = first + step3;
    }
    for (; count > 0; count--, first += step)
        *phase++ = first;
    return phase;
}

cph_status cph_fw_steer_lattice(const cph_fw_lattice *lattice, const cph_fw_wave *wave, size_t room,
                                uint32_t *phase, size_t *elements)
{
    if (lattice == NULL || wave == NULL || phase == NULL || lattice->row == NULL)
        return CPH_ERR_ARGUMENT;
    const size_t count = fw_lattice_elements(lattice, room);
    if (count == 0)
        return CPH_ERR_ARGUMENT;
    const uint32_t alpha = fw_steer_step(wave, lattice->a), beta = fw_steer_step(wave, lattice->b);
    for (size_t r = 0; r < lattice->rows; r++) {
        const cph_fw_row *const row = lattice->row + r;
        const uint32_t first = wave->phase - (uint32_t)row->i * alpha - (uint32_t)row->j * beta;
        phase = fw_steer_row(row->count, first, 0U - alpha, phase);
    }
    if (elements != NULL)
        *elements = count;
    return CPH_OK;
}
#endif

#if CPH_FW_STEER_POSITIONS
cph_status cph_fw_steer_positions(size_t elements, const int32_t (*position)[3],
                                  const cph_fw_wave *wave, uint32_t *phase)
{
    if (elements == 0 || elements > CPH_FW_ELEMENTS_MAX || position == NULL || wave == NULL ||
        phase == NULL)
        return CPH_ERR_ARGUMENT;
    const cph_fw_wave copy = *wave;
    for (size_t n = 0; n < elements; n++)
        phase[n] = copy.phase - (uint32_t)(fw_steer_dot(copy.k, position[n]) >> 18);
    return CPH_OK;
}
#endif
