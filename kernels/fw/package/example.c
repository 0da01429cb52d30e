/* SPDX-License-Identifier: MIT */
/* Points a panel of 32 x 40 elements at a direction and follows it. */
#include "cophase_fw.h"

enum { ROWS = 32, COLUMNS = 40, ELEMENTS = ROWS * COLUMNS };

static cph_fw_row row[ROWS];
static uint32_t now[ELEMENTS], later[ELEMENTS];
static int32_t rate[ELEMENTS];

static cph_status point(const int32_t u[3], uint32_t phase[ELEMENTS])
{
    const int32_t half = 1 << 26; /* half a wavelength, Q27 */
    const cph_fw_lattice lattice = {.a = {half, 0, 0}, .b = {0, half, 0}, .row = row, .rows = ROWS};
    cph_fw_wave wave;
    const cph_status status = cph_fw_wave_init(u, 1U << 30, 0, &wave);
    return status != CPH_OK ? status : cph_fw_steer_lattice(&lattice, &wave, ELEMENTS, phase, NULL);
}

int main(void)
{
    for (int r = 0; r < ROWS; r++)
        row[r] = (cph_fw_row){.i = -COLUMNS / 2, .j = (int16_t)(r - ROWS / 2), .count = COLUMNS};
    /* Direction cosines in Q30: now, and 2^10 steps later. */
    const int32_t here[3] = {322122547, -214748365, 1001424000};
    const int32_t there[3] = {325343773, -214748365, 1000382000};
    if (point(here, now) != CPH_OK || point(there, later) != CPH_OK ||
        cph_fw_track_rates(ELEMENTS, now, later, 10, rate) != CPH_OK)
        return 1;
    for (int step = 0; step < 1024; step++)
        if (cph_fw_track_step(ELEMENTS, rate, now) != CPH_OK)
            return 1;
    return 0;
}
