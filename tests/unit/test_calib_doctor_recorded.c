/* SPDX-License-Identifier: MIT */
/* Recorded covariances, as they are and spoilt, under known sources: uncalibrated stations, and
 * arrays with the gains that their observatories used. Skipped, saying so, where they are not. */
#include <CUnit/CUnit.h>
#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cophase/calib.h"
#include "cophase/data.h"
#include "cophase/doctor.h"

enum { MOST = 256, ROWS = 1400, SOURCES = 3 };

typedef struct recording {
    size_t n;
    cph_c64 r[MOST * MOST], gain[MOST];
    double position[3 * MOST], direction[3 * SOURCES];
    unsigned char flag[MOST];
    cph_doctor_problem problem;
    cph_doctor_row row[ROWS];
    cph_doctor_result result;
    cph_doctor_swap swap[MOST];
    cph_doctor_swaps swaps;
} recording;

/* Where a recording is, its table of positions (or NULL), whether it has gains, and what is in its
 * sky: azimuth from north through east and elevation in degrees, strong enough to be seen. */
typedef struct known {
    const char *file, *positions;
    char polarization;
    bool calibrated;
    size_t sources;
    double azel[SOURCES][2];
} known;

static const known aavs3 = {"aavs3/correlation_burst_204_20240107_19437_0.hdf5",
                            "aavs3/antenna_locations.txt",
                            'X',
                            false,
                            1,
                            {{282.4, 74.4}}};
static const known aavs2 = {"aavs2/correlation_burst_204_20211113_14653_0.hdf5",
                            "aavs2/antenna_locations.txt",
                            'X',
                            false,
                            1,
                            {{349.65, 81.16}}};
/* Cassiopeia A, Cygnus A, the Sun. */
static const known lofar = {"lofar/lofar_rs509_sb350_20170621T072634.h5",      NULL, 'X', true, 3,
                            {{299.98, 68.94}, {296.00, 32.65}, {97.63, 35.16}}};
/* QZS-1, the brightest. */
static const known tart = {
    "tart/tart24_corr_20190804T213831.h5", NULL, 0, true, 1, {{268.041, 60.4882}}};

static const char *folder(void)
{
    const char *const asked = getenv("COPHASE_DATA");
    return asked != NULL ? asked : "../shared/data";
}

static void read_gains(const char *path, cph_c64 *gain)
{
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    const hid_t set = H5Dopen2(file, "/reference_calibration/gain", H5P_DEFAULT);
    const hid_t pair = H5Tcreate(H5T_COMPOUND, sizeof(cph_c64));
    H5Tinsert(pair, "r", 0, H5T_NATIVE_DOUBLE);
    H5Tinsert(pair, "i", sizeof(double), H5T_NATIVE_DOUBLE);
    CU_ASSERT_FATAL(H5Dread(set, pair, H5S_ALL, H5S_ALL, H5P_DEFAULT, gain) >= 0);
    H5Tclose(pair);
    H5Dclose(set);
    H5Fclose(file);
}

/* What the elements of one polarisation show; flags by power. */
static void fill(recording *rec, cph_data *data, const known *k, const cph_c64 *gain)
{
    const cph_data_header *const header = cph_data_header_of(data);
    const cph_array *const array = &header->array;
    const cph_health_limits limits = cph_health_defaults();
    static double position[3 * 2 * MOST];
    double power[MOST];
    size_t index[MOST];
    cph_error error;
    CU_ASSERT_FATAL(array->elements <= (size_t)2 * MOST);
    CU_ASSERT_EQUAL_FATAL(cph_array_positions(array, position), CPH_OK);
    for (size_t i = 0; i < array->elements; i++) {
        if (array->element[i].polarization != k->polarization)
            continue;
        memcpy(rec->position + 3 * rec->n, position + 3 * i, 3 * sizeof *position);
        rec->gain[rec->n] = gain[i];
        rec->flag[rec->n] = array->element[i].listed ? CPH_FLAG_LISTED : CPH_FLAG_NONE;
        index[rec->n++] = i;
    }
    CU_ASSERT_EQUAL_FATAL(cph_data_read_covariance(data, 0, 0, index, rec->n, rec->r, &error),
                          CPH_OK);
    for (size_t i = 0; i < rec->n; i++)
        power[i] = header->has_diagonal ? rec->r[i * rec->n + i].re : NAN;
    CU_ASSERT_EQUAL_FATAL(cph_health_check(rec->n, power, NULL, &limits, rec->flag), CPH_OK);
    rec->problem = (cph_doctor_problem){.elements = rec->n,
                                        .r = rec->r,
                                        .ld = rec->n,
                                        .has_diagonal = header->has_diagonal,
                                        .position = rec->position,
                                        .gain = k->calibrated ? rec->gain : NULL,
                                        .flag = rec->flag,
                                        .freq_hz = header->channel_freq_hz[0],
                                        .sources = k->sources,
                                        .readings = 1,
                                        .direction = rec->direction};
}

/* NULL, said, where it is not. */
static recording *open_recording(const known *k)
{
    static cph_c64 gain[2 * MOST];
    char path[500], positions[500];
    snprintf(path, sizeof path, "%s/%s", folder(), k->file);
    snprintf(positions, sizeof positions, "%s/%s", folder(),
             k->positions != NULL ? k->positions : "");
    if (access(path, R_OK) != 0) {
        printf("skipped: no %s ", path);
        CU_PASS("skipped");
        return NULL;
    }
    recording *rec = calloc(1, sizeof *rec);
    if (rec == NULL) {
        CU_FAIL("no memory");
        return NULL;
    }
    const cph_data_options options = {.positions = k->positions != NULL ? positions : NULL};
    cph_data *data = NULL;
    cph_error error;
    if (k->calibrated)
        read_gains(path, gain);
    CU_ASSERT_EQUAL_FATAL(cph_data_open(path, &options, &data, &error), CPH_OK);
    fill(rec, data, k, gain);
    cph_data_close(data);
    for (size_t i = 0; i < k->sources; i++)
        cph_direction_sky_to_enu(k->azel[i][0] * M_PI / 180.0, k->azel[i][1] * M_PI / 180.0,
                                 rec->direction + 3 * i);
    return rec;
}

static void examine(recording *rec)
{
    cph_error error;
    CU_ASSERT_FATAL(cph_doctor_count(&rec->problem) <= ROWS);
    CU_ASSERT_EQUAL_FATAL(cph_doctor_run(&rec->problem, rec->row, &rec->result, &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_doctor_find_swaps(&rec->problem,
                                                &rec->row[rec->result.best].convention, rec->swap,
                                                &rec->swaps, &error),
                          CPH_OK);
}

/* ---- how they get that way ---- */

static void nothing(recording *rec)
{
    (void)rec;
}

static void conjugate(recording *rec)
{
    for (size_t i = 0; i < rec->n * rec->n; i++)
        rec->r[i].im = -rec->r[i].im;
}

static void mirror_x(recording *rec)
{
    for (size_t i = 0; i < rec->n; i++)
        rec->position[3 * i] = -rec->position[3 * i];
}

/* The place of element n to line n + 1 of the table. */
static void rotate(recording *rec)
{
    double last[3];
    memcpy(last, rec->position + 3 * (rec->n - 1), sizeof last);
    memmove(rec->position + 3, rec->position, 3 * (rec->n - 1) * sizeof *last);
    memcpy(rec->position, last, sizeof last);
}

static void conjugate_and_rotate(recording *rec)
{
    conjugate(rec);
    rotate(rec);
}

static void mirror_and_rotate(recording *rec)
{
    mirror_x(rec);
    rotate(rec);
}

static const struct {
    void (*spoil)(recording *rec);
    cph_convention convention;
} mistakes[] = {
    {nothing, {.scale = 1.0}},
    {conjugate, {.conjugated = true, .scale = 1.0}},
    {mirror_x, {.axes = CPH_AXES_X_MIRRORED, .scale = 1.0}},
    {rotate, {.order = CPH_ORDER_SHIFTED, .shift = 1, .scale = 1.0}},
    {conjugate_and_rotate,
     {.conjugated = true, .order = CPH_ORDER_SHIFTED, .shift = 1, .scale = 1.0}},
    {mirror_and_rotate,
     {.axes = CPH_AXES_X_MIRRORED, .order = CPH_ORDER_SHIFTED, .shift = 1, .scale = 1.0}},
};

/* The verdict's convention, or one of the same model. */
static bool is_named(const recording *rec, const cph_convention *wanted)
{
    const size_t head = rec->row[rec->result.best].same_as;
    for (size_t i = head; i < rec->result.rows && rec->row[i].same_as == head; i++) {
        const cph_convention *const c = &rec->row[i].convention;
        if (c->conjugated == wanted->conjugated && c->axes == wanted->axes &&
            c->order == wanted->order && c->shift == wanted->shift && c->scale == wanted->scale &&
            c->reading == wanted->reading)
            return true;
    }
    return false;
}

static void raw_stations_tell_their_convention(void)
{
    static const known *const stations[] = {&aavs3, &aavs2};
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++)
        for (size_t k = 0; k < sizeof stations / sizeof stations[0]; k++) {
            recording *rec = open_recording(stations[k]);
            if (rec == NULL)
                continue;
            mistakes[i].spoil(rec);
            examine(rec);
            CU_ASSERT_EQUAL(rec->result.verdict, i == 0 ? CPH_DOCTOR_FITS : CPH_DOCTOR_OTHER);
            CU_ASSERT(is_named(rec, &mistakes[i].convention));
            CU_ASSERT(i == 0 ||
                      rec->row[rec->result.as_given].behind_sigma > rec->result.threshold);
            /* Phases of 36 to 52 degrees rms. */
            CU_ASSERT(rec->row[rec->result.best].coherence > exp(-pow(52.0 * M_PI / 180.0, 2.0)));
            CU_ASSERT_EQUAL(rec->swaps.count, 0);
            free(rec);
        }
}

/* ---- swapped channels ---- */

static void swap_places(recording *rec, size_t a, size_t b)
{
    double was[3];
    memcpy(was, rec->position + 3 * a, sizeof was);
    memcpy(rec->position + 3 * a, rec->position + 3 * b, sizeof was);
    memcpy(rec->position + 3 * b, was, sizeof was);
}

static void swap_gains(recording *rec, size_t a, size_t b)
{
    const cph_c64 was = rec->gain[a];
    rec->gain[a] = rec->gain[b];
    rec->gain[b] = was;
}

/* Of all pairs, swapped one after the other (the data, or positions alone): how many are named, and
 * how many others are. */
static void try_pairs(recording *rec, bool data, size_t *named, size_t *wrong)
{
    const cph_convention given = {.scale = 1.0};
    for (size_t a = 0; a < rec->n; a++)
        for (size_t b = a + 1; b < rec->n; b++) {
            swap_places(rec, a, b);
            if (data)
                swap_gains(rec, a, b);
            CU_ASSERT_EQUAL_FATAL(
                cph_doctor_find_swaps(&rec->problem, &given, rec->swap, &rec->swaps, NULL), CPH_OK);
            for (size_t i = 0; i < rec->swaps.count; i++) {
                const bool right = rec->swap[i].channel[0] == a && rec->swap[i].channel[1] == b;
                *named += right;
                *wrong += !right;
            }
            swap_places(rec, a, b);
            if (data)
                swap_gains(rec, a, b);
        }
}

/* Pairs whose phases differ little are none that could be named; of the others, a wrong one next to
 * never. */
static void pairs_are_named(const known *k, double share)
{
    recording *rec = open_recording(k);
    if (rec == NULL)
        return;
    examine(rec);
    CU_ASSERT_EQUAL(rec->result.verdict, CPH_DOCTOR_FITS);
    CU_ASSERT_EQUAL(rec->swaps.count, 0);
    const double pairs = (double)rec->n * ((double)rec->n - 1.0) / 2.0;
    for (int data = 0; data < 2; data++) {
        size_t named = 0, wrong = 0;
        try_pairs(rec, data != 0, &named, &wrong);
        printf("\n    %s swapped: %zu of %.0f pairs named, %zu others ",
               data != 0 ? "data" : "positions", named, pairs, wrong);
        CU_ASSERT((double)named > share * pairs);
        CU_ASSERT((double)wrong < 0.05 * pairs);
    }
    free(rec);
}

static void a_lofar_station_names_swapped_dipoles(void)
{
    pairs_are_named(&lofar, 0.5);
}

static void tart_names_swapped_antennas(void)
{
    pairs_are_named(&tart, 0.2);
}

CU_TestInfo cph_tests_calib_doctor_recorded[] = {
    {"raw stations tell their convention", raw_stations_tell_their_convention},
    {"a LOFAR station names swapped dipoles", a_lofar_station_names_swapped_dipoles},
    {"TART names swapped antennas", tart_names_swapped_antennas},
    CU_TEST_INFO_NULL,
};
