/* SPDX-License-Identifier: MIT */
#include "cophase/fw_temperature.h"

#if CPH_FW_TEMPERATURE
/* Between row `lower` of the table and the next: f 2^-16 of the way. */
typedef struct fw_temperature_place {
    size_t lower, upper;
    int32_t f;
} fw_temperature_place;

static int fw_temperature_bad(const cph_fw_temperatures *table)
{
    if (table == NULL || table->count == 0 || table->count > 256 || table->elements == 0 ||
        table->elements > CPH_FW_ELEMENTS_MAX || table->at == NULL || table->phase == NULL)
        return 1;
    for (size_t k = 1; k < table->count; k++)
        if (table->at[k] <= table->at[k - 1])
            return 1;
    return 0;
}

static fw_temperature_place fw_temperature_find(const cph_fw_temperatures *table, int32_t t)
{
    size_t upper = 0;
    while (upper < table->count && table->at[upper] < t)
        upper++;
    if (upper == 0 || upper == table->count) {
        const size_t end = upper == 0 ? 0 : upper - 1;
        return (fw_temperature_place){end, end, 0};
    }
    const int32_t low = table->at[upper - 1], high = table->at[upper];
    /* at most 2^16, differences of 16-bit numbers that they are */
    const uint32_t f = ((uint32_t)(t - low) << 16) / (uint32_t)(high - low);
    return (fw_temperature_place){upper - 1, upper, (int32_t)f};
}

cph_status cph_fw_temperature_run(const cph_fw_temperatures *table, int16_t temperature,
                                  const uint32_t *base, uint32_t *phase, uint16_t *gain)
{
    if (fw_temperature_bad(table) || phase == NULL || (gain != NULL && table->gain == NULL))
        return CPH_ERR_ARGUMENT;
    const fw_temperature_place place = fw_temperature_find(table, temperature);
    const size_t lower = place.lower * table->elements, upper = place.upper * table->elements;
    for (size_t n = 0; n < table->elements; n++) {
        const uint32_t from = table->phase[lower + n], to = table->phase[upper + n];
        const int32_t d = (int32_t)((to - from + 0x8000U) & 0xFFFFU) - 0x8000;
        const uint32_t way = (uint32_t)d * (uint32_t)place.f;
        phase[n] = (base != NULL ? base[n] : 0) + (from << 16) + way;
    }
    for (size_t n = 0; gain != NULL && n < table->elements; n++) {
        const int32_t d = (int32_t)table->gain[upper + n] - table->gain[lower + n];
        const int64_t way = ((int64_t)d * place.f + (1 << 15)) >> 16;
        gain[n] = (uint16_t)(table->gain[lower + n] + (int32_t)way);
    }
    return CPH_OK;
}
#endif
