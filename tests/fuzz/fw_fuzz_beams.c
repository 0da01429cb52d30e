/* SPDX-License-Identifier: MIT */
/* Phases, tapers, states, packed beams, images, temperatures. */
#include "cophase/fw.h"
#include "tests/fuzz/fw_fuzz.h"

/* A size that the profile takes, or one that it refuses before it looks at anything. */
static size_t elements_of(fw_fuzz *f)
{
    return fw_fuzz_count(f, 70);
}

static void wave_init(fw_fuzz *f, const char *name)
{
    const int32_t one = 1 << 30;
    int32_t *const u = fw_fuzz_in(f, 3, sizeof *u, 1);
    cph_fw_wave *const wave = fw_fuzz_out(f, 1, sizeof *wave, 1);
    for (size_t i = 0; i < 3 && u != NULL && !fw_fuzz_chance(f, 9); i++)
        u[i] %= one;
    fw_fuzz_end(
        f, name,
        cph_fw_wave_init(u, fw_fuzz_chance(f, 9) ? 0 : fw_fuzz_random(f), fw_fuzz_random(f), wave));
}

static void phasors(fw_fuzz *f, const char *name)
{
    const size_t n = elements_of(f);
    const uint32_t *const phase = fw_fuzz_in(f, n, sizeof *phase, 1);
    cph_c16 *const phasor = fw_fuzz_out(f, n, sizeof *phasor, 1);
    if (!f->skip)
        fw_fuzz_end(f, name, cph_fw_phasors_run(n, phase, phasor));
}

/* A lattice; *room is what its elements need, or one less, or a little more. */
static cph_fw_lattice lattice_of(fw_fuzz *f, size_t *room)
{
    const size_t rows = fw_fuzz_count(f, 9);
    cph_fw_row *const row = fw_fuzz_in(f, rows, sizeof *row, 1);
    size_t sum = 0;
    for (size_t r = 0; row != NULL && rows < 4096 && r < rows; r++) {
        row[r].count = (uint16_t)(fw_fuzz_random(f) % (fw_fuzz_chance(f, 9) ? 65536 : 12) + 1);
        sum += row[r].count;
    }
    cph_fw_lattice lattice = {.row = row, .rows = rows};
    for (size_t i = 0; i < 3; i++) {
        lattice.a[i] = (int32_t)fw_fuzz_random(f);
        lattice.b[i] = (int32_t)fw_fuzz_random(f);
    }
    *room = fw_fuzz_chance(f, 9) ? sum - 1 : sum + fw_fuzz_random(f) % 3;
    return lattice;
}

/* An output that may be NULL. */
static size_t *elements_told(fw_fuzz *f)
{
    const bool refuse = f->refuse;
    size_t *const elements = fw_fuzz_out(f, 1, sizeof *elements, 1);
    f->refuse = refuse;
    return elements;
}

static void steer_lattice(fw_fuzz *f, const char *name)
{
    size_t room;
    const cph_fw_lattice lattice = lattice_of(f, &room);
    const cph_fw_wave *const wave = fw_fuzz_in(f, 1, sizeof *wave, 1);
    uint32_t *const phase = fw_fuzz_out(f, room, sizeof *phase, 1);
    size_t *const elements = elements_told(f);
    if (!f->skip)
        fw_fuzz_end(f, name, cph_fw_steer_lattice(&lattice, wave, room, phase, elements));
}

static cph_fw_taper taper_of(fw_fuzz *f)
{
    uint16_t *const own = fw_fuzz_in(f, CPH_FW_TAPER_POINTS, sizeof *own, 1);
    for (size_t i = 0; own != NULL && i < CPH_FW_TAPER_POINTS && !fw_fuzz_chance(f, 999); i++)
        own[i] %= 32769;
    return (cph_fw_taper){own == NULL || fw_fuzz_chance(f, 2) ? own : cph_fw_taper_circular_30,
                          {(int32_t)fw_fuzz_random(f), (int32_t)fw_fuzz_random(f)},
                          {fw_fuzz_random(f) >> 5, fw_fuzz_random(f) >> fw_fuzz_random(f) % 32},
                          fw_fuzz_chance(f, 2),
                          (uint16_t)fw_fuzz_random(f)};
}

static void taper_lattice(fw_fuzz *f, const char *name)
{
    size_t room;
    const cph_fw_taper taper = taper_of(f);
    const cph_fw_lattice lattice = lattice_of(f, &room);
    uint16_t *const amplitude = fw_fuzz_out(f, room, sizeof *amplitude, 1);
    size_t *const elements = elements_told(f);
    if (!f->skip)
        fw_fuzz_end(f, name, cph_fw_taper_lattice(&taper, &lattice, room, amplitude, elements));
}

static void taper_positions(fw_fuzz *f, const char *name)
{
    const size_t n = elements_of(f);
    const cph_fw_taper taper = taper_of(f);
    const int32_t(*const position)[3] = fw_fuzz_in(f, n, sizeof *position, 1);
    uint16_t *const amplitude = fw_fuzz_out(f, n, sizeof *amplitude, 1);
    if (!f->skip)
        fw_fuzz_end(f, name, cph_fw_taper_positions(&taper, n, position, amplitude));
}

static void steer_positions(fw_fuzz *f, const char *name)
{
    const size_t n = elements_of(f);
    const int32_t(*const position)[3] = fw_fuzz_in(f, n, sizeof *position, 1);
    const cph_fw_wave *const wave = fw_fuzz_in(f, 1, sizeof *wave, 1);
    uint32_t *const phase = fw_fuzz_out(f, n, sizeof *phase, 1);
    if (!f->skip)
        fw_fuzz_end(f, name, cph_fw_steer_positions(n, position, wave, phase));
}

static void track_rates(fw_fuzz *f, const char *name)
{
    const size_t n = elements_of(f);
    const uint32_t *const from = fw_fuzz_in(f, n, sizeof *from, 1);
    const uint32_t *const to = fw_fuzz_in(f, n, sizeof *to, 1);
    int32_t *const rate = fw_fuzz_out(f, n, sizeof *rate, 1);
    if (!f->skip)
        fw_fuzz_end(f, name, cph_fw_track_rates(n, from, to, fw_fuzz_random(f) % 40, rate));
}

static void track_step(fw_fuzz *f, const char *name)
{
    const size_t n = elements_of(f);
    const int32_t *const rate = fw_fuzz_in(f, n, sizeof *rate, 1);
    uint32_t *const phase = fw_fuzz_out(f, n, sizeof *phase, 1);
    if (!f->skip)
        fw_fuzz_end(f, name, cph_fw_track_step(n, rate, phase));
}

static void phase_codes(fw_fuzz *f, const char *name)
{
    const size_t n = elements_of(f);
    const uint32_t *const phase = fw_fuzz_in(f, n, sizeof *phase, 1);
    uint16_t *const code = fw_fuzz_out(f, n, sizeof *code, 1);
    if (!f->skip)
        fw_fuzz_end(f, name, cph_fw_phase_codes(fw_fuzz_random(f) % 20, n, phase, code));
}

/* The table of the ADAR1000, and one of random bytes that only the check may look at. */
static void states(fw_fuzz *f, const char *name)
{
    const cph_fw_states own = {(uint16_t)(fw_fuzz_random(f) % 300),
                               fw_fuzz_in(f, 300, sizeof(uint32_t), 1), fw_fuzz_in(f, 256, 1, 1),
                               fw_fuzz_in(f, 300, sizeof(uint16_t), 1)};
    const cph_status checked = cph_fw_states_check(&own);
    const size_t n = elements_of(f);
    const bool mine = checked == CPH_OK;
    f->refuse = false;
    const uint32_t *const phase = fw_fuzz_in(f, n, sizeof *phase, 1);
    uint16_t *const code = fw_fuzz_out(f, n, sizeof *code, 1);
    if (!f->skip)
        fw_fuzz_end(f, name,
                    cph_fw_states_codes(mine ? &own : cph_fw_adar1000_states(), n, phase, code));
}

static void gain_codes(fw_fuzz *f, const char *name)
{
    const size_t n = elements_of(f), steps = fw_fuzz_count(f, 256);
    uint16_t *const law = fw_fuzz_in(f, steps, sizeof *law, 1);
    for (size_t i = 0; law != NULL && steps <= 256 && i < steps && !fw_fuzz_chance(f, 999); i++)
        law[i] = (uint16_t)(60000 - i * 200);
    const uint16_t *const gain = fw_fuzz_in(f, n, sizeof *gain, 1);
    uint8_t *const code = fw_fuzz_out(f, n, 1, 1);
    if (!f->skip)
        fw_fuzz_end(f, name, cph_fw_gain_codes(law, steps, n, gain, code));
}

static cph_fw_chip chip_of(fw_fuzz *f)
{
    const cph_fw_layout layout =
        (cph_fw_layout)(fw_fuzz_random(f) % (fw_fuzz_chance(f, 9) ? 5 : 3) +
                        (fw_fuzz_chance(f, 9) ? 0 : 1));
    return (cph_fw_chip){layout, (uint8_t)(4 + fw_fuzz_random(f) % (fw_fuzz_chance(f, 9) ? 9 : 5)),
                         fw_fuzz_chance(f, 2), fw_fuzz_chance(f, 2),
                         fw_fuzz_chance(f, 2) ? cph_fw_adar1000_states() : NULL};
}

static cph_fw_units units_of(fw_fuzz *f, const cph_fw_chip *chip, size_t n)
{
    const bool plain = chip->layout == CPH_FW_LAYOUT_PACKED && !fw_fuzz_chance(f, 9);
    const bool amplitudes = chip->layout == CPH_FW_LAYOUT_ADAR1000 || fw_fuzz_chance(f, 9);
    cph_fw_units units = {.elements = n, .gain_all = (uint8_t)(fw_fuzz_random(f) % 64)};
    units.phase = fw_fuzz_in(f, n, sizeof *units.phase, 1);
    uint8_t *const gain = plain || fw_fuzz_chance(f, 2) ? NULL : fw_fuzz_plain(f, n, 1);
    for (size_t i = 0; gain != NULL && n < 4096 && i < n && !fw_fuzz_chance(f, 999); i++)
        gain[i] %= 64;
    units.gain = gain;
    if (!plain && amplitudes && fw_fuzz_chance(f, 2))
        units.amplitude = fw_fuzz_plain(f, n, sizeof *units.amplitude);
    if (fw_fuzz_chance(f, 2))
        units.dead = fw_fuzz_plain(f, n / 32 + 1, sizeof *units.dead);
    return units;
}

static void beam_pack(fw_fuzz *f, const char *name)
{
    const cph_fw_chip chip = chip_of(f);
    const size_t n = elements_of(f), needed = cph_fw_beam_size(&chip, n);
    const cph_fw_units units = units_of(f, &chip, n);
    const uint32_t *const phase = fw_fuzz_in(f, n, sizeof *phase, 1);
    const size_t size = fw_fuzz_chance(f, 9) ? needed / 2 : needed;
    void *const beam = fw_fuzz_out(f, size, 1, 4);
    f->refuse = f->refuse || needed == 0 || size < needed;
    if (!f->skip)
        fw_fuzz_end(f, name, cph_fw_beam_pack(&chip, &units, phase, beam, size));
}

static void beam_get(fw_fuzz *f, const char *name)
{
    const cph_fw_chip chip = chip_of(f);
    const size_t size = fw_fuzz_random(f) % 200, element = fw_fuzz_size(f);
    const void *const beam = fw_fuzz_in(f, size, 1, 1);
    uint32_t *const code = fw_fuzz_out(f, 1, sizeof *code, 1);
    fw_fuzz_end(f, name, cph_fw_beam_get(&chip, beam, size, element, code));
}

static void beam_set(fw_fuzz *f, const char *name)
{
    const cph_fw_chip chip = chip_of(f);
    const size_t size = fw_fuzz_random(f) % 200, element = fw_fuzz_size(f);
    void *const beam = fw_fuzz_out(f, size, 1, 1);
    fw_fuzz_end(f, name, cph_fw_beam_set(&chip, beam, size, element, fw_fuzz_random(f)));
}

static void adar1000_words(fw_fuzz *f, const char *name)
{
    const uint8_t *const channels = fw_fuzz_in(f, 16, 1, 1);
    const cph_fw_adar1000_at at = {(uint8_t)(fw_fuzz_random(f) % 5),
                                   (uint8_t)(fw_fuzz_random(f) % 130), fw_fuzz_chance(f, 2)};
    switch (fw_fuzz_random(f) % 3) {
    case 0:
        fw_fuzz_end(f, name, cph_fw_adar1000_memory(channels, &at, fw_fuzz_out(f, 36, 1, 1)));
        break;
    case 1:
        fw_fuzz_end(f, name, cph_fw_adar1000_direct(channels, &at, fw_fuzz_out(f, 39, 1, 1)));
        break;
    default:
        f->refuse = false;
        fw_fuzz_end(f, name, cph_fw_adar1000_recall(&at, fw_fuzz_out(f, 3, 1, 1)));
        break;
    }
}

static cph_fw_image image_of(fw_fuzz *f)
{
    return (cph_fw_image){chip_of(f), elements_of(f), fw_fuzz_count(f, 6), fw_fuzz_chance(f, 2)};
}

static void image_init(fw_fuzz *f, const char *name)
{
    const cph_fw_image image = image_of(f);
    const size_t needed = cph_fw_image_size(&image);
    const size_t size = fw_fuzz_chance(f, 9) ? needed / 2 : needed;
    const uint32_t *const dead =
        fw_fuzz_chance(f, 2) ? NULL : fw_fuzz_plain(f, image.elements / 32 + 1, sizeof *dead);
    void *const memory = fw_fuzz_out(f, size, 1, 4);
    f->refuse = f->refuse || needed == 0 || size < needed;
    if (!f->skip)
        fw_fuzz_end(f, name, cph_fw_image_init(&image, dead, memory, size));
}

/* An image, now and then with a bit that fell over or cut short; NULL: not this time. */
static void *image_made(fw_fuzz *f, cph_fw_image *image, size_t *size)
{
    *image = (cph_fw_image){chip_of(f), 1 + fw_fuzz_random(f) % 70, 1 + fw_fuzz_random(f) % 6,
                            fw_fuzz_chance(f, 2)};
    *size = cph_fw_image_size(image);
    unsigned char *const memory = fw_fuzz_plain(f, *size, 1);
    if (*size == 0 || cph_fw_image_init(image, NULL, memory, *size) != CPH_OK)
        return NULL;
    if (fw_fuzz_chance(f, 4))
        memory[fw_fuzz_random(f) % *size] ^= (unsigned char)(1u << fw_fuzz_random(f) % 8);
    if (fw_fuzz_chance(f, 9))
        *size = fw_fuzz_random(f) % *size;
    fw_fuzz_watch(f);
    return memory;
}

static void image_open(fw_fuzz *f, const char *name)
{
    cph_fw_image image;
    size_t size;
    const void *const memory = image_made(f, &image, &size);
    cph_fw_image *const opened = fw_fuzz_out(f, 1, sizeof *opened, 1);
    f->refuse = memory == NULL; /* opened may be NULL */
    const cph_status status = cph_fw_image_open(memory, size, opened);
    const void *beam = NULL;
    if (status == CPH_OK && cph_fw_image_beam(memory, size, fw_fuzz_count(f, 6), &beam) == CPH_OK)
        f->refuse = beam == NULL || (cph_fw_image_dead(memory, 0) && image.elements == 0);
    fw_fuzz_end(f, name, status);
}

static void image_pack(fw_fuzz *f, const char *name)
{
    cph_fw_image image;
    size_t size;
    void *const memory = image_made(f, &image, &size);
    const size_t index = fw_fuzz_count(f, 6);
    const uint32_t *const phase = fw_fuzz_in(f, image.elements, sizeof *phase, 1);
    if (fw_fuzz_chance(f, 2)) {
        f->refuse = f->refuse || memory == NULL;
        fw_fuzz_end(f, name, cph_fw_image_set(memory, size, index, phase));
        return;
    }
    const size_t n = fw_fuzz_chance(f, 9) ? image.elements + 1 : image.elements;
    const cph_fw_units units = units_of(f, &image.chip, n);
    f->refuse = f->refuse || memory == NULL || n != image.elements;
    fw_fuzz_end(f, name, cph_fw_image_pack(memory, size, index, image.chip.states, &units, phase));
}

static void temperature(fw_fuzz *f, const char *name)
{
    const size_t n = elements_of(f), count = fw_fuzz_count(f, 9);
    int16_t *const at = fw_fuzz_in(f, count, sizeof *at, 1);
    for (size_t k = 0; at != NULL && count <= 256 && k < count && !fw_fuzz_chance(f, 99); k++)
        at[k] = (int16_t)(-30000 + (int)k * 200);
    const size_t items = fw_fuzz_items(count, n, n);
    const uint16_t *const phases = fw_fuzz_in(f, items, sizeof *phases, 1);
    uint32_t *const phase = fw_fuzz_out(f, n, sizeof *phase, 1);
    const uint16_t *const gains = fw_fuzz_chance(f, 2) ? NULL : fw_fuzz_plain(f, items, 2);
    uint16_t *const gain = fw_fuzz_chance(f, 2) ? NULL : fw_fuzz_plain(f, n, sizeof *gain);
    if (gain != NULL)
        fw_fuzz_watch(f);
    const uint32_t *const base = fw_fuzz_chance(f, 2) ? NULL : fw_fuzz_plain(f, n, sizeof *base);
    const cph_fw_temperatures table = {count, n, at, phases, gains};
    f->refuse = f->refuse || (gain != NULL && gains == NULL);
    if (!f->skip)
        fw_fuzz_end(f, name,
                    cph_fw_temperature_run(&table, (int16_t)fw_fuzz_random(f), base, phase, gain));
}

const fw_fuzz_case fw_fuzz_beams[] = {
    {"wave_init", wave_init},
    {"phasors_run", phasors},
    {"steer_lattice", steer_lattice},
    {"steer_positions", steer_positions},
    {"taper_lattice", taper_lattice},
    {"taper_positions", taper_positions},
    {"track_rates", track_rates},
    {"track_step", track_step},
    {"phase_codes", phase_codes},
    {"states_check, _codes", states},
    {"gain_codes", gain_codes},
    {"beam_pack", beam_pack},
    {"beam_get", beam_get},
    {"beam_set", beam_set},
    {"adar1000_memory, _direct, _recall", adar1000_words},
    {"image_init", image_init},
    {"image_open, _beam, _dead", image_open},
    {"image_pack, _set", image_pack},
    {"temperature_run", temperature},
    {NULL, NULL},
};
