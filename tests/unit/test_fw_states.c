/* SPDX-License-Identifier: MIT */
/* Firmware profile: phases and gains as states of hardware, against the host's tables in double. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/fw.h"
#include "cophase/random.h"
#include "cophase/states.h"

enum { SEED = 20, DRAWS = 20000 };

/* I + 256 Q of the firmware as the host writes it. */
static uint32_t host_code(uint32_t code)
{
    return (code & 0xFF) << 8 | code >> 8;
}

static double rms_amplitude(const cph_states *states)
{
    double sum = 0.0;
    for (size_t i = 0; i < states->count; i++)
        sum += pow(hypot(states->value[i].re, states->value[i].im), 2);
    return sqrt(sum / (double)states->count);
}

static double distance(cph_c64 state, double amplitude, uint32_t phase)
{
    const double angle = 2.0 * M_PI * phase * 0x1p-32;
    return hypot(state.re - amplitude * cos(angle), state.im - amplitude * sin(angle));
}

static void a_phase_gets_the_nearest_code(void)
{
    cph_random random;
    cph_random_seed(&random, SEED, 0);
    for (unsigned bits = 1; bits <= 16; bits++) {
        const uint32_t step = UINT32_C(1) << (32 - bits), half = step / 2;
        for (int i = 0; i < DRAWS / 16; i++) {
            const uint32_t phase = (uint32_t)cph_random_u64(&random);
            const uint32_t code = cph_fw_phase_code(phase, bits);
            if (code >> bits != 0 || phase - code * step + half >= step)
                CU_FAIL("more than half a step away");
        }
        CU_ASSERT_EQUAL(cph_fw_phase_code(half, bits), 1 % (1u << bits)); /* a tie: up */
        CU_ASSERT_EQUAL(cph_fw_phase_code(half - 1, bits), 0);
        CU_ASSERT_EQUAL(cph_fw_phase_code(0u - half, bits), 0); /* past the turn */
        CU_ASSERT_EQUAL(cph_fw_phase_code(0u - half - 1, bits), (1u << bits) - 1);
    }
    volatile unsigned none = 0, all = 31, again = 34; /* for the compiler to know nothing */
    for (uint32_t phase = 7; phase < 0xF0000000; phase += 0x01234567) {
        CU_ASSERT_EQUAL(cph_fw_phase_code(phase, none), 0);
        CU_ASSERT_EQUAL(cph_fw_phase_code(phase, all), (phase + 1) >> 1);
        CU_ASSERT_EQUAL(cph_fw_phase_code(phase, again), cph_fw_phase_code(phase, 2));
    }
}

/* Of reference values, and of the data sheet's whole table. */
static void the_adar1000_has_the_bytes_of_its_data_sheet(void)
{
    static const struct {
        uint32_t setting;
        uint16_t i, q;
    } known[] = {
        {0, 0x3F, 0x20}, {16, 0x36, 0x35}, {32, 0x21, 0x3D}, {64, 0x1F, 0x20}, {96, 0x01, 0x1D}};
    for (size_t n = 0; n < sizeof known / sizeof known[0]; n++)
        CU_ASSERT_EQUAL(cph_fw_adar1000_code(known[n].setting), known[n].i | known[n].q << 8);
    uint8_t bytes[256];
    for (size_t k = 0; k < 128; k++) {
        const uint16_t code = cph_fw_adar1000_code((uint32_t)k);
        const uint16_t opposite = cph_fw_adar1000_code((uint32_t)k + 64);
        bytes[2 * k] = (uint8_t)code;
        bytes[2 * k + 1] = (uint8_t)(code >> 8);
        for (int part = 0; part < 16; part += 8) { /* +0 is its own opposite */
            const int size = code >> part & 0x1F;
            CU_ASSERT_EQUAL(opposite >> part & 0x1F, size);
            CU_ASSERT(size == 0 || ((code ^ opposite) >> part & 0x20) != 0);
        }
    }
    CU_ASSERT_EQUAL(cph_fw_crc(bytes, sizeof bytes, 0), 0x412F9508);
}

static void the_adar1000_s_arcs_are_those_of_its_states(void)
{
    cph_states states = {0};
    cph_states_arc arc[256];
    size_t count = 0;
    const cph_fw_states *fw = cph_fw_adar1000_states();
    CU_ASSERT_EQUAL(cph_fw_states_check(fw), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_states_adar1000(CPH_ADAR1000_PHASES, &states), CPH_OK);
    const double amplitude = rms_amplitude(&states);
    CU_ASSERT_DOUBLE_EQUAL(31.0 * amplitude, 30.18, 0.005);
    CU_ASSERT_EQUAL(cph_states_arcs(&states, amplitude, 128, arc, &count), CPH_ERR_MEMORY);
    CU_ASSERT_EQUAL_FATAL(cph_states_arcs(&states, amplitude, 256, arc, &count), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(count, fw->arcs);
    for (size_t i = 0; i < count; i++) {
        CU_ASSERT_EQUAL(states.code[arc[i].state], host_code(fw->code[i]));
        CU_ASSERT(fabs(arc[i].end * 0x1p32 - 0.5 - fw->last[i]) < 0.501);
    }
    cph_states_free(&states);
}

/* An arc of each kind of table, looked up against all of its states. */
static void check_nearest(const cph_states *states, double amplitude, const cph_fw_states *fw)
{
    cph_random random;
    cph_random_seed(&random, SEED, 1);
    size_t wrong = 0, used = 0;
    for (int i = 0; i < DRAWS; i++) {
        const uint32_t phase = (uint32_t)cph_random_u64(&random);
        const uint32_t code = cph_fw_states_code(fw, phase);
        double least = INFINITY, its = INFINITY;
        for (size_t k = 0; k < states->count; k++) {
            const double off = distance(states->value[k], amplitude, phase);
            least = fmin(least, off);
            if (states->code[k] == host_code(code))
                its = off;
        }
        wrong += !(its <= least + 1e-8); /* arcs end within 2^-32 turn */
        used += isfinite(its) ? 1 : 0;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(used, DRAWS);
}

static void every_phase_gets_the_nearest_state(void)
{
    cph_states states = {0};
    CU_ASSERT_EQUAL_FATAL(cph_states_adar1000(CPH_ADAR1000_PHASES, &states), CPH_OK);
    check_nearest(&states, rms_amplitude(&states), cph_fw_adar1000_states());
    cph_states_free(&states);
    /* three states, one of them never nearest; arcs that end in the middle of a step of the index
     */
    static const uint32_t last[3] = {0x15555555, 0x95555555, UINT32_MAX};
    static uint8_t first[256];
    static const uint16_t code[3] = {0x0101, 0x0202, 0x0101};
    for (uint32_t b = 0; b < 256; b++)
        first[b] = (uint8_t)((b << 24 > last[0]) + (b << 24 > last[1]));
    const cph_fw_states fw = {.arcs = 3, .last = last, .first = first, .code = code};
    CU_ASSERT_EQUAL(cph_fw_states_check(&fw), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_states_create(3, &states), CPH_OK);
    for (size_t k = 0; k < 2; k++) { /* arc 1 is about a third of a turn */
        const double angle = 2.0 * M_PI * (k == 1 ? 1.0 / 3.0 : 5.0 / 6.0);
        states.value[k] = (cph_c64){cos(angle), sin(angle)};
        states.code[k] = host_code(code[k]);
    }
    states.value[2] = (cph_c64){5.0, 5.0};
    states.code[2] = 77;
    check_nearest(&states, 1.0, &fw);
    cph_states_free(&states);
}

static void tables_that_do_not_belong_together_are_found(void)
{
    const cph_fw_states *fw = cph_fw_adar1000_states();
    uint32_t last[129];
    uint8_t first[256];
    memcpy(last, fw->last, sizeof last);
    memcpy(first, fw->first, sizeof first);
    cph_fw_states bad = {.arcs = 129, .last = last, .first = first, .code = fw->code};
    CU_ASSERT_EQUAL(cph_fw_states_check(&bad), CPH_OK);
    first[200]++;
    CU_ASSERT_EQUAL(cph_fw_states_check(&bad), CPH_ERR_ARGUMENT);
    first[200]--;
    last[128]--;
    CU_ASSERT_EQUAL(cph_fw_states_check(&bad), CPH_ERR_ARGUMENT);
    last[128]++;
    last[64] = last[63];
    CU_ASSERT_EQUAL(cph_fw_states_check(&bad), CPH_ERR_ARGUMENT);
    last[64] = fw->last[64];
    bad.arcs = 0;
    CU_ASSERT_EQUAL(cph_fw_states_check(&bad), CPH_ERR_ARGUMENT);
    bad.arcs = 257;
    CU_ASSERT_EQUAL(cph_fw_states_check(&bad), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_states_check(NULL), CPH_ERR_ARGUMENT);
}

static void a_gain_gets_the_nearest_step(void)
{
    const uint16_t *law = cph_fw_adar300x_law();
    static uint16_t gain[65536];
    static uint8_t code[65536];
    for (uint32_t g = 0; g < 65536; g++)
        gain[g] = (uint16_t)g;
    for (int i = 0; i < 64; i++)
        CU_ASSERT_DOUBLE_EQUAL(law[i], 32768.0 * pow(10.0, -i / 40.0), 0.5);
    CU_ASSERT_EQUAL(cph_fw_gain_codes(law, 64, 65536, gain, code), CPH_OK);
    size_t wrong = 0;
    for (uint32_t g = 0; g < 65536; g++) {
        size_t best = 0;
        for (size_t i = 1; i < 64; i++)
            if (abs((int)law[i] - (int)g) < abs((int)law[best] - (int)g))
                best = i;
        wrong += code[g] != best;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    static const uint16_t level[2] = {5, 5}, one = 9;
    CU_ASSERT_EQUAL(cph_fw_gain_codes(level, 2, 1, gain, code), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_gain_codes(&one, 1, 3, gain, code), CPH_OK);
    CU_ASSERT_EQUAL(code[2], 0);
}

/* 0.5 dB and 5.625 degrees: on the host, in the firmware's law, as it packs them. */
static void the_adar300x_is_the_same_on_the_host(void)
{
    cph_states states = {0};
    CU_ASSERT_EQUAL_FATAL(cph_states_adar300x(&states), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(states.count, 4096);
    for (uint32_t i = 0; i < 4096; i++) {
        const double size = cph_fw_adar300x_law()[i >> 6] / 32768.0;
        const double angle = 2.0 * M_PI * (i & 63) / 64.0;
        CU_ASSERT_EQUAL(states.code[i], i);
        CU_ASSERT_DOUBLE_EQUAL(states.value[i].re, size * cos(angle), 0x1p-15);
        CU_ASSERT_DOUBLE_EQUAL(states.value[i].im, size * sin(angle), 0x1p-15);
    }
    cph_states_free(&states);
}

static void arguments_that_are_wrong_change_nothing(void)
{
    uint32_t phase[2] = {0};
    uint16_t code[2] = {7, 7}, gain[2] = {0};
    uint8_t byte[2] = {7, 7};
    const cph_fw_states *fw = cph_fw_adar1000_states();
    const cph_fw_states empty = {.arcs = 1};
    const uint16_t *law = cph_fw_adar300x_law();
    const cph_status is[] = {cph_fw_phase_codes(0, 2, phase, code),
                             cph_fw_phase_codes(17, 2, phase, code),
                             cph_fw_phase_codes(6, 0, phase, code),
                             cph_fw_phase_codes(6, CPH_FW_ELEMENTS_MAX + 1, phase, code),
                             cph_fw_phase_codes(6, 2, NULL, code),
                             cph_fw_phase_codes(6, 2, phase, NULL),
                             cph_fw_states_codes(NULL, 2, phase, code),
                             cph_fw_states_codes(&empty, 2, phase, code),
                             cph_fw_states_codes(fw, 0, phase, code),
                             cph_fw_states_codes(fw, 2, NULL, code),
                             cph_fw_states_codes(fw, 2, phase, NULL),
                             cph_fw_gain_codes(NULL, 64, 2, gain, byte),
                             cph_fw_gain_codes(law, 0, 2, gain, byte),
                             cph_fw_gain_codes(law, 257, 2, gain, byte),
                             cph_fw_gain_codes(law, 64, 0, gain, byte),
                             cph_fw_gain_codes(law, 64, 2, NULL, byte),
                             cph_fw_gain_codes(law, 64, 2, gain, NULL)};
    for (size_t i = 0; i < sizeof is / sizeof is[0]; i++)
        CU_ASSERT_EQUAL(is[i], CPH_ERR_ARGUMENT);
    CU_ASSERT(code[0] == 7 && code[1] == 7 && byte[0] == 7 && byte[1] == 7);
    CU_ASSERT_EQUAL(cph_fw_phase_codes(6, 2, phase, code), CPH_OK);
    CU_ASSERT_EQUAL(code[1], 0);
    phase[1] = 1u << 31;
    CU_ASSERT_EQUAL(cph_fw_states_codes(fw, 2, phase, code), CPH_OK);
    CU_ASSERT(code[0] == 0x203F && code[1] == 0x201F);
}

CU_TestInfo cph_tests_fw_states[] = {
    {"a phase gets the nearest code", a_phase_gets_the_nearest_code},
    {"the ADAR1000 has the bytes of its data sheet", the_adar1000_has_the_bytes_of_its_data_sheet},
    {"the ADAR1000's arcs are those of its states", the_adar1000_s_arcs_are_those_of_its_states},
    {"every phase gets the nearest state", every_phase_gets_the_nearest_state},
    {"tables that do not belong together are found", tables_that_do_not_belong_together_are_found},
    {"a gain gets the nearest step", a_gain_gets_the_nearest_step},
    {"the ADAR300x is the same on the host", the_adar300x_is_the_same_on_the_host},
    {"arguments that are wrong change nothing", arguments_that_are_wrong_change_nothing},
    CU_TEST_INFO_NULL};
