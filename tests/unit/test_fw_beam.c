/* SPDX-License-Identifier: MIT */
/* Firmware profile: beams as the bytes that go to the chips. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <string.h>

#include "cophase/fw.h"
#include "cophase/random.h"
#include "cophase/states.h"

enum { SEED = 21, N = 37, ROOM = 4 * ((N + 3) / 4) };

static uint32_t phase[N], offset[N], dead[2];
static uint8_t gain[N];
static uint16_t amplitude[N];
static uint32_t beam[ROOM + 1];

static const cph_fw_chip chips[] = {
    {.layout = CPH_FW_LAYOUT_PACKED, .bits = 4}, {.layout = CPH_FW_LAYOUT_PACKED, .bits = 5},
    {.layout = CPH_FW_LAYOUT_PACKED, .bits = 6}, {.layout = CPH_FW_LAYOUT_PACKED, .bits = 7},
    {.layout = CPH_FW_LAYOUT_PACKED, .bits = 8}, {.layout = CPH_FW_LAYOUT_ADAR1000},
    {.layout = CPH_FW_LAYOUT_ADAR300X}};
enum { CHIPS = sizeof chips / sizeof chips[0] };

static void draw(void)
{
    cph_random random;
    cph_random_seed(&random, SEED, 0);
    for (size_t n = 0; n < N; n++) {
        phase[n] = (uint32_t)cph_random_u64(&random);
        offset[n] = (uint32_t)cph_random_u64(&random);
        gain[n] = (uint8_t)(cph_random_u64(&random) & 0x3F);
        amplitude[n] = (uint16_t)(cph_random_u64(&random) & 0x7FFF);
    }
    dead[0] = 1U << 3 | 1U << 31;
    dead[1] = 1U << 4;
    memset(beam, 0xA5, sizeof beam);
}

static bool is_dead(size_t n)
{
    return n == 3 || n == 31 || n == 36;
}

/* What an element's code must be, from cph_fw_phase_code and the states. */
static uint32_t expected(const cph_fw_chip *chip, size_t n, bool own)
{
    const uint32_t turned = phase[n] + offset[n], x = chip->delay ? 0 - turned : turned;
    const uint32_t byte = own ? gain[n] : 0x2A;
    if (is_dead(n))
        return cph_fw_beam_off(chip);
    if (chip->layout == CPH_FW_LAYOUT_PACKED)
        return cph_fw_phase_code(x, chip->bits);
    if (chip->layout == CPH_FW_LAYOUT_ADAR300X)
        return cph_fw_phase_code(x, 6) | byte << 6;
    return cph_fw_states_code(cph_fw_adar1000_states(), x) << 8 | byte;
}

static void every_element_has_its_state_and_its_gain(void)
{
    for (size_t i = 0; i < (size_t)CHIPS * 4; i++) {
        cph_fw_chip chip = chips[i / 4];
        const bool own = i % 2 != 0 && chip.layout != CPH_FW_LAYOUT_PACKED;
        chip.delay = i % 4 >= 2;
        draw();
        const cph_fw_units units = {.elements = N,
                                    .phase = offset,
                                    .gain = own ? gain : NULL,
                                    .gain_all = 0x2A,
                                    .dead = dead};
        const size_t size = cph_fw_beam_size(&chip, N);
        CU_ASSERT_EQUAL(size % 4, 0);
        CU_ASSERT_EQUAL(cph_fw_beam_pack(&chip, &units, phase, beam, size), CPH_OK);
        for (size_t n = 0; n < N; n++) {
            uint32_t code = 0;
            CU_ASSERT_EQUAL(cph_fw_beam_get(&chip, beam, size, n, &code), CPH_OK);
            CU_ASSERT_EQUAL(code, expected(&chip, n, own));
        }
        for (size_t b = size; b < sizeof beam; b++)
            CU_ASSERT_EQUAL(((uint8_t *)beam)[b], 0xA5);
    }
}

/* Both ways to write a beam give the same bytes, the ends that hold no element included. */
static void codes_set_one_by_one_are_the_beam(void)
{
    static uint32_t other[ROOM + 1];
    for (size_t i = 0; i < CHIPS; i++) {
        const cph_fw_chip *chip = &chips[i];
        draw();
        const cph_fw_units units = {.elements = N, .phase = offset, .gain_all = 0x2A, .dead = dead};
        const size_t size = cph_fw_beam_size(chip, N);
        CU_ASSERT_EQUAL(cph_fw_beam_pack(chip, &units, phase, beam, size), CPH_OK);
        memset(other, chip->layout == CPH_FW_LAYOUT_ADAR1000 ? 0x5A : 0, sizeof other);
        memcpy(other, beam, size);
        for (size_t n = 0; n < N; n++) { /* in some order */
            const size_t k = n * 7 % N;
            CU_ASSERT_EQUAL(cph_fw_beam_set(chip, other, size, k, ~expected(chip, k, false)),
                            CPH_OK);
        }
        for (size_t n = 0; n < N; n++)
            CU_ASSERT_EQUAL(cph_fw_beam_set(chip, other, size, n, expected(chip, n, false)),
                            CPH_OK);
        CU_ASSERT_EQUAL(memcmp(other, beam, size), 0);
    }
}

static void bytes_lie_as_the_chips_want_them(void)
{
    static const uint32_t zero[5];
    const uint32_t turn[5] = {0, 1U << 30, 2U << 30, 3U << 30, 1U << 26};
    static const uint8_t gains[5] = {0xFF, 0x01, 0x02, 0x83, 0x7F};
    cph_fw_chip chip = {.layout = CPH_FW_LAYOUT_ADAR1000};
    cph_fw_units units = {.elements = 5, .phase = zero, .gain = gains};
    static const uint8_t adar1000[32] = {
        0xFF, 0x3F, 0x20, 0, 0x01, 0x21, 0x3D, 0, 0x02, 0x1F, 0x20, 0, 0x83, 0x01, 0x1D, 0,
        0x7F, 0x3F, 0x23, 0, 0x80, 0x20, 0x20, 0, 0x80, 0x20, 0x20, 0, 0x80, 0x20, 0x20, 0};
    CU_ASSERT_EQUAL(cph_fw_beam_size(&chip, 5), 32);
    CU_ASSERT_EQUAL(cph_fw_beam_pack(&chip, &units, turn, beam, 32), CPH_OK);
    CU_ASSERT_EQUAL(memcmp(beam, adar1000, 32), 0);
    chip.attenuator_low = true;
    CU_ASSERT_EQUAL(cph_fw_beam_pack(&chip, &units, turn, beam, 32), CPH_OK);
    CU_ASSERT_EQUAL(((uint8_t *)beam)[0], 0xFF); /* gains are registers as they are */
    CU_ASSERT_EQUAL(((uint8_t *)beam)[20], 0x00);

    static const uint8_t attenuation[5] = {1, 2, 3, 4, 200}; /* 200 counts as 63 */
    chip = (cph_fw_chip){.layout = CPH_FW_LAYOUT_ADAR300X};
    units.gain =
        attenuation; /* 000000 000001 010000 000010 100000 000011 110000 000100 000001 .. */
    static const uint8_t adar300x[12] = {0x00, 0x14, 0x02, 0x80, 0x3C, 0x04,
                                         0x07, 0xF0, 0x3F, 0x03, 0xF0, 0x3F};
    CU_ASSERT_EQUAL(cph_fw_beam_size(&chip, 5), 12);
    CU_ASSERT_EQUAL(cph_fw_beam_pack(&chip, &units, turn, beam, 12), CPH_OK);
    CU_ASSERT_EQUAL(memcmp(beam, adar300x, 12), 0);

    chip = (cph_fw_chip){.layout = CPH_FW_LAYOUT_PACKED, .bits = 6};
    units.gain = NULL; /* 0, 16, 32, 48, 1 from the least significant bit on */
    static const uint8_t packed[4] = {0x00, 0x04, 0xC2, 0x01};
    CU_ASSERT_EQUAL(cph_fw_beam_size(&chip, 5), 4);
    CU_ASSERT_EQUAL(cph_fw_beam_pack(&chip, &units, turn, beam, 4), CPH_OK);
    CU_ASSERT_EQUAL(memcmp(beam, packed, 4), 0);
}

/* A wave from u = 0.3 along x advances by 0.3 f x / c turns, and the coefficient, the conjugate of
 * the weight, goes back: the firmware's states are those that the host chooses for w = a. */
static void a_steered_beam_has_the_states_that_the_host_chooses(void)
{
    static int32_t position[N][3];
    static cph_c64 w[N];
    static uint32_t state[N];
    static const uint32_t zero[N];
    for (size_t n = 0; n < N; n++) {
        const double x = 0.37 * (double)n + 0.01 * (double)(n * n % 11);
        position[n][0] = (int32_t)lround(x * 0x1p20);
        const double angle = 2.0 * M_PI * 0.3 * position[n][0] * 0x1p-20;
        w[n] = (cph_c64){cos(angle), sin(angle)};
    }
    const int32_t u[3] = {(int32_t)lround(0.3 * 0x1p30), 0, (int32_t)lround(sqrt(0.91) * 0x1p30)};
    cph_fw_wave wave;
    CU_ASSERT_EQUAL_FATAL(cph_fw_wave_init(u, 1U << 30, 0, &wave), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_fw_steer_positions(N, (const int32_t(*)[3])position, &wave, phase),
                          CPH_OK);
    cph_states states = {0};
    for (int delay = 0; delay < 2; delay++) {
        CU_ASSERT_EQUAL_FATAL(cph_states_ideal(7, 0, &states), CPH_OK);
        if (delay == 1)
            cph_states_reverse(&states);
        const cph_states_config config = {.states = &states, .elements = N, .weights = w};
        cph_c64 chosen[N];
        CU_ASSERT_EQUAL(cph_states_choose(&config, state, chosen, NULL), CPH_OK);
        const cph_fw_chip chip = {.layout = CPH_FW_LAYOUT_PACKED, .bits = 7, .delay = delay == 1};
        const cph_fw_units units = {.elements = N, .phase = zero};
        CU_ASSERT_EQUAL(cph_fw_beam_pack(&chip, &units, phase, beam, sizeof beam), CPH_OK);
        size_t nonzero = 0;
        for (size_t n = 0; n < N; n++) {
            uint32_t code = 0;
            CU_ASSERT_EQUAL(cph_fw_beam_get(&chip, beam, sizeof beam, n, &code), CPH_OK);
            CU_ASSERT_EQUAL(code, states.code[state[n]]);
            nonzero += code % 64 != 0;
        }
        CU_ASSERT(nonzero > N / 2);
        cph_states_free(&states);
    }
}

/* I and Q are within 0.501 of a register's step of what is asked for. */
static void the_vector_modulator_takes_phase_and_amplitude(void)
{
    const cph_fw_chip chip = {.layout = CPH_FW_LAYOUT_ADAR1000};
    const cph_fw_units units = {
        .elements = N, .phase = offset, .gain_all = 0x11, .amplitude = amplitude};
    draw();
    amplitude[5] = 65535; /* counts as full scale */
    CU_ASSERT_EQUAL(cph_fw_beam_pack(&chip, &units, phase, beam, sizeof beam), CPH_OK);
    for (size_t n = 0; n < N; n++) {
        uint32_t code = 0;
        CU_ASSERT_EQUAL(cph_fw_beam_get(&chip, beam, sizeof beam, n, &code), CPH_OK);
        CU_ASSERT_EQUAL(code & 0xFF, 0x11);
        const double size = fmin(amplitude[n] / 1024.0, 31.0);
        const double angle = 2.0 * M_PI * (uint32_t)(phase[n] + offset[n]) * 0x1p-32;
        const uint32_t i = code >> 8 & 0xFF, q = code >> 16;
        CU_ASSERT(fabs((i & 0x20 ? 1.0 : -1.0) * (i & 0x1F) - size * cos(angle)) < 0.501);
        CU_ASSERT(fabs((q & 0x20 ? 1.0 : -1.0) * (q & 0x1F) - size * sin(angle)) < 0.501);
        CU_ASSERT(i != 0 && q != 0); /* 0 is +0, as in the data sheet */
    }
}

static void the_bus_gets_words_of_24_bits(void)
{
    static const uint8_t channels[16] = {0xFF, 0x3F, 0x20, 0, 0x81, 0x21, 0x3D, 0,
                                         0x82, 0x1F, 0x22, 0, 0x83, 0x01, 0x1D, 0};
    const cph_fw_adar1000_at receive = {.chip = 2, .position = 120, .transmit = false},
                             transmit = {.chip = 3, .position = 1, .transmit = true};
    uint8_t words[39];
    CU_ASSERT_EQUAL(cph_fw_adar1000_memory(channels, &receive, words), CPH_OK);
    static const uint8_t first[] = {0x57, 0x80, 0xFF, 0x57, 0x81, 0x3F,
                                    0x57, 0x82, 0x20, 0x57, 0x84, 0x81};
    CU_ASSERT_EQUAL(memcmp(words, first, sizeof first), 0);
    static const uint8_t end[] = {0x57, 0x8E, 0x1D};
    CU_ASSERT_EQUAL(memcmp(words + 33, end, 3), 0);
    CU_ASSERT_EQUAL(cph_fw_adar1000_memory(channels, &transmit, words), CPH_OK);
    static const uint8_t other[] = {0x78, 0x10, 0xFF};
    CU_ASSERT_EQUAL(memcmp(words, other, 3), 0);
    CU_ASSERT_EQUAL(cph_fw_adar1000_direct(channels, &receive, words), CPH_OK);
    static const uint8_t direct[39] = {0x40, 0x10, 0xFF, 0x40, 0x11, 0x81, 0x40, 0x12, 0x82, 0x40,
                                       0x13, 0x83, 0x40, 0x14, 0x3F, 0x40, 0x15, 0x20, 0x40, 0x16,
                                       0x21, 0x40, 0x17, 0x3D, 0x40, 0x18, 0x1F, 0x40, 0x19, 0x22,
                                       0x40, 0x1A, 0x01, 0x40, 0x1B, 0x1D, 0x40, 0x28, 0x01};
    CU_ASSERT_EQUAL(memcmp(words, direct, 39), 0);
    CU_ASSERT_EQUAL(cph_fw_adar1000_direct(channels, &transmit, words), CPH_OK);
    CU_ASSERT(words[1] == 0x1C && words[13] == 0x20 && words[37] == 0x28 && words[38] == 2);
    CU_ASSERT_EQUAL(cph_fw_adar1000_recall(&receive, words), CPH_OK);
    CU_ASSERT(words[0] == 0x40 && words[1] == 0x39 && words[2] == 0xF8);
    CU_ASSERT_EQUAL(cph_fw_adar1000_recall(&transmit, words), CPH_OK);
    CU_ASSERT(words[0] == 0x60 && words[1] == 0x3A && words[2] == 0x81);
    const cph_fw_adar1000_at beyond = {.position = 121}, stranger = {.chip = 4};
    words[0] = 9;
    CU_ASSERT_EQUAL(cph_fw_adar1000_memory(channels, &beyond, words), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_adar1000_direct(NULL, &receive, words), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_adar1000_recall(&stranger, words), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_adar1000_recall(&receive, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(words[0], 9);
}

static void arguments_that_are_wrong_change_nothing(void)
{
    draw();
    const cph_fw_chip *chip = &chips[5], *packed = &chips[2];
    const cph_fw_chip three = {.layout = CPH_FW_LAYOUT_PACKED, .bits = 3},
                      nine = {.layout = CPH_FW_LAYOUT_PACKED, .bits = 9},
                      unknown = {.layout = (cph_fw_layout)7},
                      foreign = {.layout = CPH_FW_LAYOUT_PACKED,
                                 .bits = 6,
                                 .states = cph_fw_adar1000_states()};
    const cph_fw_states no_table = {.arcs = 1};
    const cph_fw_chip stateless = {.layout = CPH_FW_LAYOUT_ADAR1000, .states = &no_table};
    const cph_fw_units units = {.elements = N, .phase = offset},
                       none = {.elements = 0, .phase = offset},
                       many = {.elements = CPH_FW_ELEMENTS_MAX + 1, .phase = offset},
                       uncalibrated = {.elements = N},
                       gains = {.elements = N, .phase = offset, .gain = gain},
                       tapered = {.elements = N, .phase = offset, .amplitude = amplitude};
    const size_t size = cph_fw_beam_size(chip, N);
    uint32_t code = 7;
    const cph_status is[] = {
        cph_fw_beam_pack(NULL, &units, phase, beam, size),
        cph_fw_beam_pack(chip, NULL, phase, beam, size),
        cph_fw_beam_pack(chip, &units, NULL, beam, size),
        cph_fw_beam_pack(chip, &units, phase, NULL, size),
        cph_fw_beam_pack(chip, &units, phase, (uint8_t *)beam + 1, size),
        cph_fw_beam_pack(chip, &units, phase, beam, size - 1),
        cph_fw_beam_pack(chip, &none, phase, beam, size),
        cph_fw_beam_pack(chip, &many, phase, beam, SIZE_MAX),
        cph_fw_beam_pack(chip, &uncalibrated, phase, beam, size),
        cph_fw_beam_pack(&three, &units, phase, beam, size),
        cph_fw_beam_pack(&nine, &units, phase, beam, size),
        cph_fw_beam_pack(&unknown, &units, phase, beam, size),
        cph_fw_beam_pack(&foreign, &units, phase, beam, size),
        cph_fw_beam_pack(&stateless, &units, phase, beam, SIZE_MAX),
        cph_fw_beam_pack(packed, &gains, phase, beam, size),
        cph_fw_beam_pack(packed, &tapered, phase, beam, size),
        cph_fw_beam_get(NULL, beam, size, 0, &code),
        cph_fw_beam_get(chip, NULL, size, 0, &code),
        cph_fw_beam_get(chip, beam, size, ROOM, &code),
        cph_fw_beam_get(chip, beam, size, SIZE_MAX, &code),
        cph_fw_beam_get(chip, beam, size, 0, NULL),
        cph_fw_beam_set(NULL, beam, size, 0, 1),
        cph_fw_beam_set(chip, NULL, size, 0, 1),
        cph_fw_beam_set(chip, beam, size, ROOM, 1),
    };
    for (size_t i = 0; i < sizeof is / sizeof is[0]; i++)
        CU_ASSERT_EQUAL(is[i], CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(code, 7);
    for (size_t b = 0; b < sizeof beam; b++)
        CU_ASSERT_EQUAL(((uint8_t *)beam)[b], 0xA5);
    CU_ASSERT_EQUAL(cph_fw_beam_size(NULL, 1), 0);
    CU_ASSERT_EQUAL(cph_fw_beam_size(chip, CPH_FW_ELEMENTS_MAX), 16 * CPH_FW_ELEMENTS_MAX / 4);
}

CU_TestInfo cph_tests_fw_beam[] = {
    {"every element has its state and its gain", every_element_has_its_state_and_its_gain},
    {"codes set one by one are the beam", codes_set_one_by_one_are_the_beam},
    {"bytes lie as the chips want them", bytes_lie_as_the_chips_want_them},
    {"a steered beam has the states that the host chooses",
     a_steered_beam_has_the_states_that_the_host_chooses},
    {"the vector modulator takes phase and amplitude",
     the_vector_modulator_takes_phase_and_amplitude},
    {"the bus gets words of 24 bits", the_bus_gets_words_of_24_bits},
    {"arguments that are wrong change nothing", arguments_that_are_wrong_change_nothing},
    CU_TEST_INFO_NULL};
