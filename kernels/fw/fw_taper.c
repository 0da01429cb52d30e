/* SPDX-License-Identifier: MIT */
#include "cophase/fw_taper.h"

#if CPH_FW_TAPER

#include "kernels/fw/fw_lattice.h"

const uint16_t cph_fw_taper_taylor_25[CPH_FW_TAPER_POINTS] = {
    32768, 32154, 31534, 30911, 30286, 29662, 29041, 28423, 27810, 27205, 26607, 26018, 25438,
    24869, 24311, 23765, 23232, 22710, 22202, 21707, 21226, 20758, 20304, 19864, 19437, 19025,
    18626, 18242, 17871, 17513, 17169, 16839, 16521, 16217, 15925, 15646, 15380, 15125, 14883,
    14653, 14434, 14226, 14030, 13844, 13669, 13505, 13351, 13207, 13073, 12948, 12833, 12727,
    12630, 12542, 12463, 12392, 12329, 12274, 12227, 12188, 12156, 12132, 12115, 12104, 12101};
const uint16_t cph_fw_taper_taylor_30[CPH_FW_TAPER_POINTS] = {
    32768, 31947, 31156, 30389, 29643, 28917, 28206, 27510, 26826, 26155, 25495, 24845, 24206,
    23578, 22959, 22351, 21753, 21166, 20590, 20025, 19472, 18931, 18402, 17886, 17382, 16892,
    16415, 15952, 15502, 15066, 14645, 14237, 13844, 13465, 13100, 12749, 12413, 12091, 11783,
    11489, 11208, 10942, 10689, 10449, 10223, 10010, 9810,  9622,  9447,  9285,  9134,  8995,
    8868,  8752,  8648,  8554,  8471,  8399,  8337,  8286,  8244,  8212,  8189,  8175,  8171};
const uint16_t cph_fw_taper_taylor_35[CPH_FW_TAPER_POINTS] = {
    32768, 31850, 30945, 30056, 29186, 28336, 27507, 26698, 25911, 25144, 24396, 23668, 22957,
    22265, 21588, 20928, 20283, 19653, 19038, 18436, 17848, 17274, 16713, 16165, 15630, 15109,
    14600, 14105, 13623, 13154, 12699, 12258, 11830, 11416, 11016, 10631, 10259, 9901,  9558,
    9229,  8914,  8614,  8327,  8055,  7797,  7554,  7324,  7108,  6907,  6718,  6544,  6382,
    6234,  6099,  5977,  5868,  5771,  5686,  5613,  5552,  5503,  5465,  5438,  5422,  5417};
const uint16_t cph_fw_taper_circular_25[CPH_FW_TAPER_POINTS] = {
    32768, 32637, 32364, 31973, 31485, 30920, 30294, 29622, 28918, 28193, 27457, 26719, 25986,
    25264, 24559, 23875, 23215, 22583, 21981, 21410, 20871, 20365, 19893, 19453, 19046, 18672,
    18328, 18015, 17732, 17476, 17246, 17042, 16861, 16703, 16565, 16446, 16345, 16260, 16190,
    16133, 16087, 16053, 16028, 16011, 16002, 15998, 16000, 16006, 16015, 16027, 16041, 16057,
    16073, 16089, 16105, 16121, 16135, 16148, 16160, 16171, 16179, 16186, 16191, 16194, 16194};
const uint16_t cph_fw_taper_circular_30[CPH_FW_TAPER_POINTS] = {
    32768, 31663, 30723, 29906, 29176, 28508, 27878, 27272, 26677, 26084, 25489, 24887, 24277,
    23659, 23034, 22405, 21773, 21141, 20513, 19892, 19280, 18680, 18096, 17530, 16983, 16458,
    15956, 15480, 15028, 14603, 14205, 13833, 13488, 13170, 12877, 12609, 12365, 12145, 11947,
    11769, 11611, 11472, 11350, 11243, 11151, 11072, 11004, 10948, 10900, 10862, 10830, 10805,
    10785, 10769, 10757, 10749, 10742, 10738, 10735, 10733, 10732, 10732, 10731, 10731, 10731};

static bool fw_taper_valid(const cph_fw_taper *taper)
{
    const uint32_t most = UINT32_C(1) << 27;
    if (taper == NULL || taper->table == NULL || taper->scale[0] > most || taper->scale[1] > most)
        return false;
    for (size_t i = 0; i < CPH_FW_TAPER_POINTS; i++)
        if (taper->table[i] > 32768)
            return false;
    return true;
}

/* Q30 square of the distance along an axis, in halves of the aperture. */
static uint32_t fw_taper_square(const cph_fw_taper *taper, size_t axis, int64_t place)
{
    const int64_t off = place - taper->middle[axis];
    const uint64_t far = (uint64_t)(off < 0 ? -off : off);
    const uint64_t scaled = ((far < UINT32_MAX ? far : UINT32_MAX) * taper->scale[axis]) >> 31;
    const uint32_t s = scaled < 32768 ? (uint32_t)scaled : 32768;
    return s * s;
}

static uint32_t fw_taper_value(const uint16_t *table, uint32_t q)
{
    const size_t i = q >> 24;
    if (i >= CPH_FW_TAPER_POINTS - 1)
        return table[CPH_FW_TAPER_POINTS - 1];
    const int32_t step = (int32_t)table[i + 1] - table[i];
    return (uint32_t)(table[i] + ((step * (int32_t)(q >> 9 & 0x7fff) + (1 << 14)) >> 15));
}

static uint16_t fw_taper_at(const cph_fw_taper *taper, int64_t x, int64_t y)
{
    const uint32_t qx = fw_taper_square(taper, 0, x), qy = fw_taper_square(taper, 1, y);
    uint32_t value;
    if (taper->separable)
        value =
            (fw_taper_value(taper->table, qx) * fw_taper_value(taper->table, qy) + (1U << 14)) >>
            15;
    else
        value = fw_taper_value(taper->table, qx + qy);
    return (uint16_t)((value * taper->peak + (1U << 14)) >> 15);
}

#if CPH_FW_STEER_POSITIONS
cph_status cph_fw_taper_positions(const cph_fw_taper *taper, size_t elements,
                                  const int32_t (*position)[3], uint16_t *amplitude)
{
    if (elements == 0 || elements > CPH_FW_ELEMENTS_MAX || position == NULL || amplitude == NULL ||
        !fw_taper_valid(taper))
        return CPH_ERR_ARGUMENT;
    for (size_t n = 0; n < elements; n++)
        amplitude[n] = fw_taper_at(taper, position[n][0], position[n][1]);
    return CPH_OK;
}
#endif

#if CPH_FW_STEER
cph_status cph_fw_taper_lattice(const cph_fw_taper *taper, const cph_fw_lattice *lattice,
                                size_t room, uint16_t *amplitude, size_t *elements)
{
    if (lattice == NULL || lattice->row == NULL || amplitude == NULL || !fw_taper_valid(taper))
        return CPH_ERR_ARGUMENT;
    const size_t count = fw_lattice_elements(lattice, room);
    if (count == 0)
        return CPH_ERR_ARGUMENT;
    const int32_t *const a = lattice->a, *const b = lattice->b;
    for (size_t r = 0; r < lattice->rows; r++) {
        const cph_fw_row *const row = lattice->row + r;
        for (int32_t i = row->i; i < row->i + row->count; i++)
            *amplitude++ = fw_taper_at(taper, ((int64_t)i * a[0] + (int64_t)row->j * b[0]) >> 7,
                                       ((int64_t)i * a[1] + (int64_t)row->j * b[1]) >> 7);
    }
    if (elements != NULL)
        *elements = count;
    return CPH_OK;
}
#endif
#endif
