/* SPDX-License-Identifier: MIT */
/* RENEW: pilot and uplink slots of a schedule become one capture; frames that were never written
 * are gaps. */
#include <stdio.h>
#include <string.h>

#include "data_fixture.h"

/* Schedule "BPGPU": pilots in slots 1 and 3 of a frame, uplink in 4. Frame 1 was not written, and
 * the uplink of frame 2 neither. */
enum { FRAMES = 4, PILOTS = 2, SLOT = 6, SCHEDULE = 5 };
#define ANTENNAS ((size_t)3)
#define SAMPLES  ((size_t)5)
static const size_t slots[][2] = {{0, 1}, {0, 3}, {0, 4}, {2, 1}, {2, 3}, {3, 1}, {3, 3}, {3, 4}};
enum { SLOTS = sizeof slots / sizeof slots[0] };

static int16_t value(size_t frame, size_t slot, size_t antenna, size_t sample, int part)
{
    return (int16_t)(100 * fixture_value(frame * SCHEDULE + slot, sample, antenna, part));
}

static bool is_written(size_t frame, size_t slot)
{
    for (size_t i = 0; i < SLOTS; i++)
        if (slots[i][0] == frame && slots[i][1] == slot)
            return true;
    return false;
}

/* Slots of a frame at the given places of the schedule, in chunks of one antenna. */
static void write_set(hid_t file, const char *name, size_t cells, size_t count, const size_t *place)
{
    const hsize_t dim[5] = {FRAMES, cells, count, ANTENNAS, 2 * SAMPLES};
    const hsize_t chunk[5] = {1, 1, 1, 1, 2 * SAMPLES};
    hid_t plist = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(5, dim, NULL);
    H5Pset_chunk(plist, 5, chunk);
    hid_t set = H5Dcreate2(file, name, H5T_STD_I16BE, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    hid_t memory = H5Screate_simple(5, chunk, NULL);
    for (size_t f = 0; f < FRAMES; f++)
        for (size_t s = 0; s < count; s++)
            for (size_t n = 0; n < ANTENNAS && is_written(f, place[s]); n++) {
                int16_t v[SAMPLES][2];
                const hsize_t at[5] = {f, 0, s, n, 0};
                for (size_t t = 0; t < SAMPLES; t++)
                    for (int part = 0; part < 2; part++)
                        v[t][part] = value(f, place[s], n, t, part);
                H5Sselect_hyperslab(space, H5S_SELECT_SET, at, NULL, chunk, NULL);
                CU_ASSERT(H5Dwrite(set, H5T_NATIVE_SHORT, memory, space, H5P_DEFAULT, v) >= 0);
            }
    H5Sclose(memory);
    H5Dclose(set);
    H5Sclose(space);
    H5Pclose(plist);
}

static void write_recording(const char *path, size_t cells, const char *schedule)
{
    static const size_t pilots[] = {1, 3}, uplink[] = {4};
    hid_t file = fixture_raw(path, NULL);
    hid_t group = H5Gcreate2(file, "/Data", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    write_set(file, "/Data/Pilot_Samples", cells, PILOTS, pilots);
    write_set(file, "/Data/UplinkData", cells, 1, uplink);
    fixture_text(group, "BS_FRAME_SCHED", schedule);
    fixture_number(group, "SLOT_SAMP_LEN", SLOT);
    fixture_number(group, "RATE", 1e6);
    fixture_number(group, "FREQ", 3.5e9);
    H5Gclose(group);
    H5Fclose(file);
}

static void slots_are_one_capture(void)
{
    const char *path = fixture_path("renew.h5");
    write_recording(path, 1, "BPGPU");
    cph_data *data = fixture_open(path, NULL);
    const cph_data_header *h = cph_data_header_of(data);
    CU_ASSERT_STRING_EQUAL(h->format, "renew");
    CU_ASSERT_EQUAL(h->type, CPH_C16);
    CU_ASSERT_EQUAL_FATAL(h->times, SLOTS * SAMPLES);
    CU_ASSERT_EQUAL_FATAL(h->array.elements, ANTENNAS);
    CU_ASSERT_EQUAL(h->sample_rate_hz, 1e6);
    CU_ASSERT_EQUAL(h->channel_freq_hz[0], 3.5e9);
    CU_ASSERT(h->time_start_unix_s != h->time_start_unix_s);
    for (size_t i = 0; i < SLOTS; i++)
        CU_ASSERT_EQUAL(cph_data_global(h, i * SAMPLES),
                        (slots[i][0] * SCHEDULE + slots[i][1] - 1) * SLOT);
    cph_c16 x[SLOTS * SAMPLES][ANTENNAS], part[2 * SAMPLES][2];
    CU_ASSERT_EQUAL(cph_data_read_samples(data, 0, SLOTS * SAMPLES, 0, NULL, ANTENNAS, x, NULL),
                    CPH_OK);
    const size_t pair[] = {1, 2};
    CU_ASSERT_EQUAL(cph_data_read_samples(data, 7, 2 * SAMPLES, 0, pair, 2, part, NULL), CPH_OK);
    for (size_t t = 0; t < SLOTS * SAMPLES; t++)
        for (size_t n = 0; n < ANTENNAS; n++) {
            const size_t *slot = slots[t / SAMPLES], s = t % SAMPLES;
            CU_ASSERT_EQUAL(x[t][n].re, value(slot[0], slot[1], n, s, 0));
            CU_ASSERT_EQUAL(x[t][n].im, value(slot[0], slot[1], n, s, 1));
        }
    for (size_t t = 0; t < 2 * SAMPLES; t++)
        CU_ASSERT_EQUAL(memcmp(part[t], &x[7 + t][1], sizeof part[t]), 0);
    cph_data_close(data);
}

static void what_is_wrong_is_named(void)
{
    const char *path = fixture_path("renew-bad.h5");
    write_recording(path, 2, "BPGPU");
    fixture_refused(path, NULL, CPH_ERR_FORMAT,
                    (const char *[]){"/Data/Pilot_Samples", "cell", NULL});
    write_recording(path, 1, "BGGGU");
    fixture_refused(path, NULL, CPH_ERR_FORMAT,
                    (const char *[]){"BS_FRAME_SCHED", "\"BGGGU\"", NULL});
}

CU_TestInfo cph_tests_data_renew[] = {
    {"slots are one capture, with gaps", slots_are_one_capture},
    {"what is wrong is named", what_is_wrong_is_named},
    CU_TEST_INFO_NULL,
};
