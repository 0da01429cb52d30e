/* SPDX-License-Identifier: MIT */
/* Firmware profile: images that notice damage, and calibration that follows the temperature. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <string.h>

#include "cophase/fw.h"
#include "cophase/random.h"

enum { SEED = 22, N = 45, BEAMS = 3, WORDS = 1024 };

static uint32_t memory[WORDS], phase[N], offset[N];
static const uint32_t dead[2] = {1U << 2 | 1U << 31, 1U << 12}; /* 2, 31, 44 */

static const cph_fw_image kinds[] = {
    {.chip = {.layout = CPH_FW_LAYOUT_PACKED, .bits = 7, .delay = true},
     .elements = N,
     .beams = BEAMS},
    {.chip = {.layout = CPH_FW_LAYOUT_ADAR1000, .attenuator_low = true},
     .elements = N,
     .beams = BEAMS,
     .transmit = true},
    {.chip = {.layout = CPH_FW_LAYOUT_ADAR300X}, .elements = N, .beams = BEAMS}};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static void draw(void)
{
    cph_random random;
    cph_random_seed(&random, SEED, 0);
    for (size_t n = 0; n < N; n++) {
        phase[n] = (uint32_t)cph_random_u64(&random);
        offset[n] = (uint32_t)cph_random_u64(&random);
    }
}

static uint32_t code_of(const cph_fw_image *image, size_t index, size_t n)
{
    const void *beam = NULL;
    uint32_t code = 0;
    const size_t size = cph_fw_beam_size(&image->chip, N);
    CU_ASSERT_EQUAL_FATAL(cph_fw_image_beam(memory, cph_fw_image_size(image), index, &beam),
                          CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_fw_beam_get(&image->chip, beam, size, n, &code), CPH_OK);
    return code;
}

static void the_crc_is_that_of_ieee_802_3(void)
{
    CU_ASSERT_EQUAL(cph_fw_crc("123456789", 9, 0), 0xCBF43926);
    CU_ASSERT_EQUAL(cph_fw_crc("6789", 4, cph_fw_crc("12345", 5, 0)), 0xCBF43926);
    CU_ASSERT_EQUAL(cph_fw_crc(NULL, 5, 17), 17);
    CU_ASSERT_EQUAL(cph_fw_crc("", 0, 17), 17);
}

static void an_image_says_what_it_is(void)
{
    for (size_t k = 0; k < KINDS; k++) {
        cph_fw_image found = {.beams = 0};
        const size_t size = cph_fw_image_size(&kinds[k]);
        CU_ASSERT_EQUAL(size, 28 + 8 + 4 + BEAMS * (cph_fw_beam_size(&kinds[k].chip, N) + 4));
        memset(memory, 0xA5, sizeof memory);
        CU_ASSERT_EQUAL_FATAL(cph_fw_image_init(&kinds[k], dead, memory, sizeof memory), CPH_OK);
        CU_ASSERT_EQUAL(memory[size / 4], 0xA5A5A5A5);
        CU_ASSERT_EQUAL(memcmp(memory, "CPHB", 4), 0);
        CU_ASSERT_EQUAL_FATAL(cph_fw_image_open(memory, size, &found), CPH_OK);
        CU_ASSERT(found.elements == N && found.beams == BEAMS &&
                  found.transmit == kinds[k].transmit);
        CU_ASSERT(found.chip.layout == kinds[k].chip.layout &&
                  found.chip.bits == kinds[k].chip.bits &&
                  found.chip.delay == kinds[k].chip.delay &&
                  found.chip.attenuator_low == kinds[k].chip.attenuator_low);
        for (size_t n = 0; n < N; n++) {
            CU_ASSERT_EQUAL(cph_fw_image_dead(memory, n), n == 2 || n == 31 || n == 44);
            CU_ASSERT_EQUAL(code_of(&kinds[k], 1, n), cph_fw_beam_off(&kinds[k].chip));
        }
    }
}

static void one_beam_is_replaced_and_the_others_stay(void)
{
    static uint32_t before[WORDS];
    draw();
    for (size_t k = 0; k < KINDS; k++) {
        const cph_fw_image *image = &kinds[k];
        const cph_fw_units units = {.elements = N, .phase = offset, .gain_all = 0x15};
        const size_t size = cph_fw_image_size(image);
        const size_t beam = cph_fw_beam_size(&image->chip, N) + 4, at = 40 + beam;
        CU_ASSERT_EQUAL_FATAL(cph_fw_image_init(image, dead, memory, size), CPH_OK);
        memcpy(before, memory, sizeof before);
        CU_ASSERT_EQUAL(cph_fw_image_pack(memory, size, 1, NULL, &units, phase), CPH_OK);
        CU_ASSERT_EQUAL(memcmp(memory, before, at), 0);
        CU_ASSERT_NOT_EQUAL(memcmp((char *)memory + at, (char *)before + at, beam), 0);
        CU_ASSERT_EQUAL(
            memcmp((char *)memory + at + beam, (char *)before + at + beam, size - at - beam), 0);
        uint32_t plain[N + 4], code[N];
        cph_fw_chip chip = image->chip;
        CU_ASSERT_EQUAL(cph_fw_beam_pack(&chip, &units, phase, plain, sizeof plain), CPH_OK);
        for (size_t n = 0; n < N; n++) {
            CU_ASSERT_EQUAL(cph_fw_beam_get(&chip, plain, sizeof plain, n, &code[n]), CPH_OK);
            const bool off = n == 2 || n == 31 || n == 44;
            CU_ASSERT_EQUAL(code_of(image, 1, n), off ? cph_fw_beam_off(&chip) : code[n]);
        }
        /* the same codes, one by one, are the same bytes: at another place, those of that beam */
        CU_ASSERT_EQUAL(cph_fw_image_set(memory, size, 2, code), CPH_OK);
        CU_ASSERT_EQUAL(memcmp((char *)memory + at, (char *)memory + at + beam, beam), 0);
    }
}

/* Any bit that flips is found: in the header by all, in a beam by who takes that beam. */
static void damage_is_found(void)
{
    const cph_fw_image *image = &kinds[0];
    const size_t size = cph_fw_image_size(image), beam = cph_fw_beam_size(&image->chip, N) + 4;
    draw();
    CU_ASSERT_EQUAL_FATAL(cph_fw_image_init(image, dead, memory, size), CPH_OK);
    const void *found = NULL;
    size_t missed = 0;
    for (size_t bit = 0; bit < 8 * size; bit++) {
        ((uint8_t *)memory)[bit / 8] ^= (uint8_t)(1U << bit % 8);
        const bool head = bit / 8 < 40;
        missed += (cph_fw_image_open(memory, size, NULL) == CPH_ERR_FORMAT) != head;
        for (size_t b = 0; b < BEAMS; b++) {
            const bool its = head || (bit / 8 - 40) / beam == b;
            missed += (cph_fw_image_beam(memory, size, b, &found) == CPH_ERR_FORMAT) != its;
        }
        ((uint8_t *)memory)[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    CU_ASSERT_EQUAL(missed, 0);
    uint32_t whole = 7, changed = 7;
    CU_ASSERT_EQUAL(cph_fw_image_crc(memory, size, &whole), CPH_OK);
    const cph_fw_units units = {.elements = N, .phase = offset};
    CU_ASSERT_EQUAL(cph_fw_image_pack(memory, size, 2, NULL, &units, phase), CPH_OK);
    CU_ASSERT_EQUAL(cph_fw_image_crc(memory, size, &changed), CPH_OK);
    CU_ASSERT_NOT_EQUAL(whole, changed); /* images are told apart */
    memory[size / 4 - 3] ^= 1;
    CU_ASSERT_EQUAL(cph_fw_image_crc(memory, size, &changed), CPH_ERR_FORMAT);
    memory[size / 4 - 3] ^= 1;
    for (size_t cut = 0; cut < size; cut++)
        missed += cph_fw_image_open(memory, cut, NULL) != CPH_ERR_FORMAT;
    CU_ASSERT_EQUAL(missed, 0);
}

static void images_that_cannot_be_are_refused(void)
{
    cph_fw_image image = kinds[1];
    const cph_fw_units units = {.elements = N, .phase = offset},
                       few = {.elements = N - 1, .phase = offset};
    const void *beam = NULL;
    const size_t size = cph_fw_image_size(&image);
    memset(memory, 0, sizeof memory);
    CU_ASSERT_EQUAL(cph_fw_image_init(&image, NULL, NULL, size), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_image_init(&image, NULL, (char *)memory + 2, size), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_image_init(&image, NULL, memory, size - 1), CPH_ERR_MEMORY);
    CU_ASSERT_EQUAL(cph_fw_image_init(NULL, NULL, memory, size), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(memory[0], 0);
    image.beams = 122;
    CU_ASSERT_EQUAL(cph_fw_image_size(&image), 0);
    image.beams = 121;
    CU_ASSERT_NOT_EQUAL(cph_fw_image_size(&image), 0);
    image.elements = 0;
    CU_ASSERT_EQUAL(cph_fw_image_size(&image), 0);
    image = kinds[2];
    image.beams = 65;
    CU_ASSERT_EQUAL(cph_fw_image_size(&image), 0);
    image = kinds[0];
    image.beams = 65536;
    image.elements = 65536;
    CU_ASSERT_EQUAL(cph_fw_image_size(&image), 3758366752U);
    image.chip.bits = 8;
    CU_ASSERT_EQUAL(cph_fw_image_size(&image), 0); /* 4 GiB and more */
    CU_ASSERT_EQUAL(cph_fw_image_size(NULL), 0);
    CU_ASSERT_EQUAL_FATAL(cph_fw_image_init(&kinds[1], NULL, memory, size), CPH_OK);
    CU_ASSERT_EQUAL(cph_fw_image_open(NULL, size, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_image_open((char *)memory + 1, size - 1, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_image_beam(memory, size, BEAMS, &beam), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_image_beam(memory, size, 0, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_PTR_NULL(beam);
    CU_ASSERT_EQUAL(cph_fw_image_pack(memory, size, BEAMS, NULL, &units, phase), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_image_pack(memory, size, 0, NULL, &few, phase), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_image_pack(memory, size, 0, NULL, NULL, phase), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_image_pack(memory, size, 0, NULL, &units, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_image_set(memory, size, 0, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT(!cph_fw_image_dead(NULL, 0) && !cph_fw_image_dead(memory, SIZE_MAX) &&
              !cph_fw_image_dead(memory, N));
    for (size_t n = 0; n < N; n++)
        CU_ASSERT_EQUAL(code_of(&kinds[1], 0, n), cph_fw_beam_off(&kinds[1].chip));
}

/* ---- temperature ---- */

static const int16_t at[3] = {-4000, 2500, 8000}; /* 0.01 degrees */
static const uint16_t turned[3][2] = {{100, 65500}, {300, 36}, {65436, 40036}};
static const uint16_t gains[3][2] = {{1000, 65535}, {2001, 0}, {1999, 65535}};
static const cph_fw_temperatures table = {
    .count = 3, .elements = 2, .at = at, .phase = turned[0], .gain = gains[0]};

/* In turns, the shorter way round, and in double; within 2^-16 of a step of the table a row. */
static void between_two_temperatures_phases_and_gains_are_on_a_line(void)
{
    for (int t = -32768; t <= 32767; t += 97) {
        uint32_t made[2];
        uint16_t gain[2];
        const uint32_t base[2] = {0xFFFFFFFF, 1234567};
        CU_ASSERT_EQUAL(cph_fw_temperature_run(&table, (int16_t)t, base, made, gain), CPH_OK);
        const size_t k = t < at[1] ? 0 : 1;
        const double f = fmin(fmax((double)(t - at[k]) / (at[k + 1] - at[k]), 0.0), 1.0);
        for (size_t n = 0; n < 2; n++) {
            const double d = (double)turned[k + 1][n] - turned[k][n];
            const double way = d - 65536.0 * floor(d / 65536.0 + 0.5);
            const double should = fmod((turned[k][n] + f * way) * 65536.0 + base[n], 0x1p32);
            const double off = remainder(should - made[n], 0x1p32);
            CU_ASSERT(fabs(off) <= fabs(way));
            const double g = gains[k][n] + f * ((double)gains[k + 1][n] - gains[k][n]);
            CU_ASSERT(fabs(g - gain[n]) <= 1.5);
        }
    }
    uint32_t made[2];
    CU_ASSERT_EQUAL(cph_fw_temperature_run(&table, 2500, NULL, made, NULL), CPH_OK);
    CU_ASSERT(made[0] == 300U << 16 && made[1] == 36U << 16);
    CU_ASSERT_EQUAL(cph_fw_temperature_run(&table, 32767, NULL, made, NULL), CPH_OK);
    CU_ASSERT(made[0] == 65436U << 16 && made[1] == 40036U << 16);
}

static void tables_of_temperatures_that_cannot_be_are_refused(void)
{
    static const int16_t flat[3] = {1, 1, 2};
    uint32_t made[2] = {7, 7};
    uint16_t gain[2] = {7, 7};
    cph_fw_temperatures bad = table;
    bad.at = flat;
    CU_ASSERT_EQUAL(cph_fw_temperature_run(&bad, 0, NULL, made, gain), CPH_ERR_ARGUMENT);
    bad = table;
    bad.count = 0;
    CU_ASSERT_EQUAL(cph_fw_temperature_run(&bad, 0, NULL, made, gain), CPH_ERR_ARGUMENT);
    bad.count = 257;
    CU_ASSERT_EQUAL(cph_fw_temperature_run(&bad, 0, NULL, made, gain), CPH_ERR_ARGUMENT);
    bad = table;
    bad.gain = NULL;
    CU_ASSERT_EQUAL(cph_fw_temperature_run(&bad, 0, NULL, made, gain), CPH_ERR_ARGUMENT);
    bad.elements = 0;
    CU_ASSERT_EQUAL(cph_fw_temperature_run(&bad, 0, NULL, made, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_temperature_run(NULL, 0, NULL, made, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_fw_temperature_run(&table, 0, NULL, NULL, NULL), CPH_ERR_ARGUMENT);
    CU_ASSERT(made[0] == 7 && made[1] == 7 && gain[0] == 7 && gain[1] == 7);
    bad = table;
    bad.count = 1; /* the same at all temperatures */
    CU_ASSERT_EQUAL(cph_fw_temperature_run(&bad, 9000, NULL, made, gain), CPH_OK);
    CU_ASSERT(made[1] == 65500U << 16 && gain[0] == 1000);
}

CU_TestInfo cph_tests_fw_image[] = {
    {"the CRC is that of IEEE 802.3", the_crc_is_that_of_ieee_802_3},
    {"an image says what it is", an_image_says_what_it_is},
    {"one beam is replaced and the others stay", one_beam_is_replaced_and_the_others_stay},
    {"damage is found", damage_is_found},
    {"images that cannot be are refused", images_that_cannot_be_are_refused},
    {"between two temperatures phases and gains are on a line",
     between_two_temperatures_phases_and_gains_are_on_a_line},
    {"tables of temperatures that cannot be are refused",
     tables_of_temperatures_that_cannot_be_are_refused},
    CU_TEST_INFO_NULL};
