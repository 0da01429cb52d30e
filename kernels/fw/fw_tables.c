/* SPDX-License-Identifier: MIT */
/* What is known of chips. */
#include "cophase/fw_states.h"

#if CPH_FW_ADAR1000
enum { FW_ADAR1000_SETTINGS = 128 };

/* Analog Devices ADAR1000 data sheet, phase settings, by rising phase; the first one again at the
 * end, since its arc lies on both sides of phase 0. */
static const uint16_t fw_adar1000_code[FW_ADAR1000_SETTINGS + 1] = {
    0x203f, 0x213f, 0x233f, 0x243f, 0x263f, 0x273e, 0x283e, 0x2a3d, 0x2b3d, 0x2d3c, 0x2e3c, 0x2f3b,
    0x303a, 0x3139, 0x3338, 0x3437, 0x3536, 0x3635, 0x3734, 0x3833, 0x3832, 0x3930, 0x3a2f, 0x3a2e,
    0x3b2c, 0x3c2b, 0x3c2a, 0x3c28, 0x3d27, 0x3d25, 0x3d24, 0x3d22, 0x3d21, 0x3d01, 0x3d03, 0x3d04,
    0x3d06, 0x3c07, 0x3c08, 0x3c0a, 0x3b0b, 0x3a0d, 0x3a0e, 0x390f, 0x3811, 0x3812, 0x3713, 0x3614,
    0x3516, 0x3417, 0x3318, 0x3119, 0x3019, 0x2f1a, 0x2e1b, 0x2d1c, 0x2b1c, 0x2a1d, 0x281e, 0x271e,
    0x261e, 0x241f, 0x231f, 0x211f, 0x201f, 0x011f, 0x031f, 0x041f, 0x061f, 0x071e, 0x081e, 0x0a1d,
    0x0b1d, 0x0d1c, 0x0e1c, 0x0f1b, 0x101a, 0x1119, 0x1318, 0x1417, 0x1516, 0x1615, 0x1714, 0x1813,
    0x1812, 0x1910, 0x1a0f, 0x1a0e, 0x1b0c, 0x1c0b, 0x1c0a, 0x1c08, 0x1d07, 0x1d05, 0x1d04, 0x1d02,
    0x1d01, 0x1d21, 0x1d23, 0x1d24, 0x1d26, 0x1c27, 0x1c28, 0x1c2a, 0x1b2b, 0x1a2d, 0x1a2e, 0x192f,
    0x1831, 0x1832, 0x1733, 0x1634, 0x1536, 0x1437, 0x1338, 0x1139, 0x1039, 0x0f3a, 0x0e3b, 0x0d3c,
    0x0b3c, 0x0a3d, 0x083e, 0x073e, 0x063e, 0x043f, 0x033f, 0x013f, 0x203f,
};

/* Where two neighbours are equally near to a phasor of their rms amplitude; a unit test computes
 * these again from the codes. */
static const uint32_t fw_adar1000_last[FW_ADAR1000_SETTINGS + 1] = {
    0x00acd558, 0x02b3cf19, 0x04bc81dd, 0x06c84317, 0x07aa45d3, 0x0a3bd799, 0x0be9a1c3, 0x0e7ae01c,
    0x102be4ec, 0x12e5e623, 0x136353fb, 0x1560c4c5, 0x1757a659, 0x19de6878, 0x1c2cea11, 0x1e16ff24,
    0x20000000, 0x21e900db, 0x23d315ee, 0x251c94d2, 0x275a939f, 0x29a30f61, 0x2b93dfe8, 0x2d694547,
    0x2fa88b00, 0x31851fe3, 0x33a91248, 0x34f64778, 0x37d82e24, 0x39e6bf52, 0x3bf154d7, 0x3df94f52,
    0x40000000, 0x42b3cf19, 0x44bc81dd, 0x46c84317, 0x49eec267, 0x4a3bd799, 0x4c56edb7, 0x4f4e6c64,
    0x51617b66, 0x52e5e623, 0x5560c4c5, 0x576dc4de, 0x5934ae34, 0x5b372046, 0x5d22288b, 0x5f77cc76,
    0x61e900db, 0x63d315ee, 0x66219787, 0x686dbe51, 0x69a30f61, 0x6b9d0a41, 0x6d9e52f0, 0x6f564425,
    0x71bd9191, 0x74165e3c, 0x75c42866, 0x77278592, 0x79afc23b, 0x7b437e22, 0x7d4c30e6, 0x7f532aa7,
    0x80acd558, 0x82b3cf19, 0x84bc81dd, 0x86c84317, 0x87aa45d3, 0x8a3bd799, 0x8be9a1c3, 0x8e7ae01c,
    0x902be4ec, 0x92e5e623, 0x936353fb, 0x9560c4c5, 0x9757a659, 0x99de6878, 0x9c2cea11, 0x9e16ff24,
    0xa0000000, 0xa1e900db, 0xa3d315ee, 0xa51c94d2, 0xa75a939f, 0xa9a30f61, 0xab93dfe8, 0xad694547,
    0xafa88b00, 0xb1851fe3, 0xb3a91248, 0xb4f64778, 0xb7d82e24, 0xb9e6bf52, 0xbbf154d7, 0xbdf94f52,
    0xc0000000, 0xc2b3cf19, 0xc4bc81dd, 0xc6c84317, 0xc9eec267, 0xca3bd799, 0xcc56edb7, 0xcf4e6c64,
    0xd1617b66, 0xd2e5e623, 0xd560c4c5, 0xd76dc4de, 0xd934ae34, 0xdb372046, 0xdd22288b, 0xdf77cc76,
    0xe1e900db, 0xe3d315ee, 0xe6219787, 0xe86dbe51, 0xe9a30f61, 0xeb9d0a41, 0xed9e52f0, 0xef564425,
    0xf1bd9191, 0xf4165e3c, 0xf5c42866, 0xf7278592, 0xf9afc23b, 0xfb437e22, 0xfd4c30e6, 0xff532aa7,
    0xffffffff,
};
static const uint8_t fw_adar1000_first[256] = {
    0,   1,   1,   2,   2,   3,   3,   4,   5,   5,   5,   6,   7,   7,   7,   8,   8,   9,   9,
    10,  11,  11,  12,  12,  13,  13,  14,  14,  14,  15,  15,  16,  16,  17,  18,  18,  19,  19,
    20,  20,  21,  21,  22,  22,  23,  23,  24,  24,  25,  25,  26,  26,  27,  28,  28,  28,  29,
    29,  30,  30,  31,  31,  32,  32,  32,  33,  33,  34,  34,  35,  35,  36,  36,  36,  37,  38,
    38,  39,  39,  39,  40,  40,  41,  42,  42,  42,  43,  43,  44,  44,  45,  45,  46,  46,  47,
    47,  48,  48,  49,  49,  50,  50,  50,  51,  51,  52,  53,  53,  54,  54,  55,  55,  56,  56,
    57,  57,  57,  58,  59,  59,  60,  60,  61,  61,  62,  62,  63,  63,  64,  65,  65,  66,  66,
    67,  67,  68,  69,  69,  69,  70,  71,  71,  71,  72,  72,  73,  73,  74,  75,  75,  76,  76,
    77,  77,  78,  78,  78,  79,  79,  80,  80,  81,  82,  82,  83,  83,  84,  84,  85,  85,  86,
    86,  87,  87,  88,  88,  89,  89,  90,  90,  91,  92,  92,  92,  93,  93,  94,  94,  95,  95,
    96,  96,  96,  97,  97,  98,  98,  99,  99,  100, 100, 100, 101, 102, 102, 103, 103, 103, 104,
    104, 105, 106, 106, 106, 107, 107, 108, 108, 109, 109, 110, 110, 111, 111, 112, 112, 113, 113,
    114, 114, 114, 115, 115, 116, 117, 117, 118, 118, 119, 119, 120, 120, 121, 121, 121, 122, 123,
    123, 124, 124, 125, 125, 126, 126, 127, 127,
};

static const cph_fw_states fw_adar1000_states = {.arcs = FW_ADAR1000_SETTINGS + 1,
                                                 .last = fw_adar1000_last,
                                                 .first = fw_adar1000_first,
                                                 .code = fw_adar1000_code};

uint16_t cph_fw_adar1000_code(uint32_t setting)
{
    return fw_adar1000_code[setting % FW_ADAR1000_SETTINGS];
}

const cph_fw_states *cph_fw_adar1000_states(void)
{
    return &fw_adar1000_states;
}
#endif

#if CPH_FW_ADAR300X
static const uint16_t fw_adar300x_law[64] = {
    32768, 30935, 29205, 27571, 26029, 24573, 23198, 21900, 20675, 19519, 18427, 17396, 16423,
    15504, 14637, 13818, 13045, 12315, 11627, 10976, 10362, 9783,  9235,  8719,  8231,  7771,
    7336,  6925,  6538,  6172,  5827,  5501,  5193,  4903,  4629,  4370,  4125,  3894,  3677,
    3471,  3277,  3093,  2920,  2757,  2603,  2457,  2320,  2190,  2068,  1952,  1843,  1740,
    1642,  1550,  1464,  1382,  1305,  1232,  1163,  1098,  1036,  978,   924,   872,
};

const uint16_t *cph_fw_adar300x_law(void)
{
    return fw_adar300x_law;
}
#endif
