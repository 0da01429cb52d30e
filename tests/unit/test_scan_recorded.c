/* SPDX-License-Identifier: MIT */
/* Scans of recorded covariances with the gains that their observatories used. Skipped, saying so,
 * where the recordings are not. */
#include <CUnit/CUnit.h>
#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cophase/array.h"
#include "cophase/data.h"
#include "cophase/scan.h"

enum { GRID = 201, PEAKS = 3, MOST = 96 };

/* One recording, opened. */
typedef struct recording {
    char path[500];
    cph_data *data;
    const cph_data_header *header;
    cph_c64 gain[MOST];
    double image[GRID * GRID];
    cph_scan_peak peak[PEAKS];
} recording;

/* $COPHASE_DATA/name, with /reference_calibration/gain; NULL, said, where it is not. */
static recording *open_recording(const char *name)
{
    const char *folder = getenv("COPHASE_DATA");
    recording *r = calloc(1, sizeof *r);
    snprintf(r->path, sizeof r->path, "%s/%s", folder != NULL ? folder : "../shared/data", name);
    if (access(r->path, R_OK) != 0) {
        printf("skipped: no %s ", r->path);
        CU_PASS("skipped");
        free(r);
        return NULL;
    }
    const hid_t file = H5Fopen(r->path, H5F_ACC_RDONLY, H5P_DEFAULT);
    const hid_t set = H5Dopen2(file, "/reference_calibration/gain", H5P_DEFAULT);
    const hid_t pair = H5Tcreate(H5T_COMPOUND, sizeof(cph_c64));
    H5Tinsert(pair, "r", 0, H5T_NATIVE_DOUBLE);
    H5Tinsert(pair, "i", sizeof(double), H5T_NATIVE_DOUBLE);
    CU_ASSERT_FATAL(H5Dread(set, pair, H5S_ALL, H5S_ALL, H5P_DEFAULT, r->gain) >= 0);
    H5Tclose(pair);
    H5Dclose(set);
    H5Fclose(file);
    cph_error error;
    CU_ASSERT_EQUAL_FATAL(cph_data_open(r->path, NULL, &r->data, &error), CPH_OK);
    r->header = cph_data_header_of(r->data);
    CU_ASSERT_FATAL(r->header->array.elements <= MOST);
    return r;
}

static void close_recording(recording *r)
{
    cph_data_close(r->data);
    free(r);
}

/* Adds the image of one polarisation, elements of no power left out. */
static void add_image(recording *r, char polarization, bool calibrated, bool add)
{
    static cph_c64 covariance[MOST * MOST];
    const cph_array *array = &r->header->array;
    size_t index[MOST], n = 0;
    cph_c64 gain[MOST];
    double position[MOST][3], all[MOST][3];
    unsigned char flag[MOST];
    cph_error error;
    CU_ASSERT_EQUAL_FATAL(cph_array_positions(array, all[0]), CPH_OK);
    for (size_t i = 0; i < array->elements; i++) {
        if (array->element[i].polarization != polarization)
            continue;
        for (int k = 0; k < 3; k++)
            position[n][k] = all[i][k];
        gain[n] = r->gain[i];
        index[n++] = i;
    }
    CU_ASSERT_EQUAL_FATAL(cph_data_read_covariance(r->data, 0, 0, index, n, covariance, &error),
                          CPH_OK);
    for (size_t i = 0; i < n; i++)
        flag[i] = r->header->has_diagonal && covariance[i * n + i].re == 0.0;
    const cph_scan_config config = {.elements = n,
                                    .position = position[0],
                                    .freq_hz = r->header->channel_freq_hz[0],
                                    .grid = GRID,
                                    .radius = 0.98};
    size_t count;
    CU_ASSERT_EQUAL_FATAL(cph_scan_image(&config, covariance, n, calibrated ? gain : NULL, flag,
                                         r->header->has_diagonal, add, r->image),
                          CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_scan_peaks(&config, r->image, PEAKS, r->peak, &count), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(count, PEAKS);
}

/* The peak's snr, and its place within this many degrees. */
static void expect_peak(const recording *r, size_t peak, double snr, double az_deg, double el_deg,
                        double within_deg)
{
    double u[3], truth[3];
    CU_ASSERT_DOUBLE_EQUAL(r->peak[peak].snr, snr, 0.05);
    CU_ASSERT_EQUAL_FATAL(cph_direction_from_uv(r->peak[peak].u, r->peak[peak].v, u), CPH_OK);
    cph_direction_sky_to_enu(az_deg * M_PI / 180.0, el_deg * M_PI / 180.0, truth);
    const double cosine = u[0] * truth[0] + u[1] * truth[1] + u[2] * truth[2];
    CU_ASSERT(acos(fmin(cosine, 1.0)) * 180.0 / M_PI < within_deg);
}

static void lofar_station_shows_its_sources(void)
{
    recording *r = open_recording("lofar/lofar_rs509_sb350_20170621T072634.h5");
    if (r == NULL)
        return;
    add_image(r, 'X', false, false);
    add_image(r, 'Y', false, true);
    expect_peak(r, 0, 5.2, 299.98, 68.94, 1.0); /* Cassiopeia A */
    add_image(r, 'X', true, false);
    add_image(r, 'Y', true, true);
    expect_peak(r, 0, 10.0, 299.98, 68.94, 0.5);
    expect_peak(r, 1, 7.5, 296.00, 32.65, 1.0); /* Cygnus A */
    expect_peak(r, 2, 5.0, 97.63, 35.16, 1.0);  /* the Sun */
    close_recording(r);
}

/* No autocorrelations: gains act in full. */
static void tart_shows_a_satellite(void)
{
    recording *r = open_recording("tart/tart24_corr_20190804T213831.h5");
    if (r == NULL)
        return;
    add_image(r, 0, false, false);
    CU_ASSERT_DOUBLE_EQUAL(r->peak[0].snr, 5.1, 0.05);
    add_image(r, 0, true, false);
    expect_peak(r, 0, 10.5, 268.04, 60.49, 1.0); /* QZS-1, as its catalogue has it */
    close_recording(r);
}

CU_TestInfo cph_tests_scan_recorded[] = {
    {"a LOFAR station shows Cassiopeia A, Cygnus A and the Sun", lofar_station_shows_its_sources},
    {"TART shows a satellite", tart_shows_a_satellite},
    CU_TEST_INFO_NULL,
};
