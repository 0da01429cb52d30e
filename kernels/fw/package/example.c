/* SPDX-License-Identifier: MIT */
/* Points a panel of 32 x 40 elements with 6-bit phase shifters at a direction, then follows a
 * source for 1024 steps: phases, calibration, codes packed for the DMA. */
#include "cophase_fw.h"

enum { ROWS = 32, COLUMNS = 40, ELEMENTS = ROWS * COLUMNS, STEPS_LOG2 = 10 };

static cph_fw_row row[ROWS];
static uint32_t calibration[ELEMENTS]; /* minus the phase of each unit's gain */
static uint32_t now[ELEMENTS], later[ELEMENTS], codes[ELEMENTS * 6 / 32];
static int32_t rate[ELEMENTS];

static cph_status point(const int32_t u[3], uint32_t phase[ELEMENTS])
{
    const int32_t half = 1 << 26; /* half a wavelength, Q27 */
    const cph_fw_lattice panel = {.a = {half, 0, 0}, .b = {0, half, 0}, .row = row, .rows = ROWS};
    cph_fw_wave wave;
    const cph_status status = cph_fw_wave_init(u, 1U << 30, 0, &wave);
    return status != CPH_OK ? status : cph_fw_steer_lattice(&panel, &wave, ELEMENTS, phase, NULL);
}

static cph_status follow(void)
{
    const cph_fw_chip chip = {.layout = CPH_FW_LAYOUT_PACKED, .bits = 6};
    const cph_fw_units units = {.elements = ELEMENTS, .phase = calibration};
    for (int step = 0; step < 1 << STEPS_LOG2; step++) {
        cph_status status = cph_fw_beam_pack(&chip, &units, now, codes, sizeof codes);
        /* Here the codes go out. */
        if (status == CPH_OK)
            status = cph_fw_track_step(ELEMENTS, rate, now);
        if (status != CPH_OK)
            return status;
    }
    return CPH_OK;
}

int main(void)
{
    for (int r = 0; r < ROWS; r++)
        row[r] = (cph_fw_row){.i = -COLUMNS / 2, .j = (int16_t)(r - ROWS / 2), .count = COLUMNS};
    /* Direction cosines in Q30: (0.3, -0.2, 0.933) now, and where the source is 1024 steps later.
     */
    const int32_t here[3] = {322122547, -214748365, 1001424000};
    const int32_t there[3] = {325343773, -214748365, 1000382000};
    if (point(here, now) != CPH_OK || point(there, later) != CPH_OK ||
        cph_fw_track_rates(ELEMENTS, now, later, STEPS_LOG2, rate) != CPH_OK)
        return 1;
    return follow() != CPH_OK;
}
