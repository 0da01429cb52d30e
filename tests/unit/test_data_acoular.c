/* SPDX-License-Identifier: MIT */
/* Microphone arrays: Acoular's samples, and samples and matrices of the AIAA benchmark, either way
 * round. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/input.h"
#include "data_fixture.h"

enum { TIMES = 7, MICROPHONES = 4, BINS = 5 };
static const double speed = 340.0;

static float sample(size_t time, size_t microphone)
{
    return 0.125F * (float)fixture_value(time, 0, microphone, 0);
}

/* [TIMES][MICROPHONES], or turned. */
static hid_t write_samples(hid_t file, const char *name, bool turned)
{
    float v[TIMES * MICROPHONES];
    for (size_t t = 0; t < TIMES; t++)
        for (size_t n = 0; n < MICROPHONES; n++)
            v[turned ? n * TIMES + t : t * MICROPHONES + n] = sample(t, n);
    const hsize_t rows[2] = {TIMES, MICROPHONES}, columns[2] = {MICROPHONES, TIMES};
    return fixture_set(file, name, 2, turned ? columns : rows, H5T_IEEE_F32BE, H5T_NATIVE_FLOAT, v);
}

static void check_samples(const char *path, const char *format)
{
    cph_data *data = fixture_open(path, NULL);
    const cph_data_header *h = cph_data_header_of(data);
    CU_ASSERT_STRING_EQUAL(h->format, format);
    CU_ASSERT_TRUE(h->real_sampling);
    CU_ASSERT_EQUAL(h->type, CPH_C32);
    CU_ASSERT_EQUAL(h->sample_rate_hz, 6000.0);
    CU_ASSERT_EQUAL_FATAL(h->times, TIMES);
    CU_ASSERT_EQUAL_FATAL(h->array.elements, MICROPHONES);
    cph_c32 x[TIMES][MICROPHONES], part[4][2];
    const size_t pair[] = {3, 1};
    CU_ASSERT_EQUAL(cph_data_read_samples(data, 0, TIMES, 0, NULL, MICROPHONES, x, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_data_read_samples(data, 2, 4, 0, pair, 2, part, NULL), CPH_OK);
    for (size_t t = 0; t < TIMES; t++)
        for (size_t n = 0; n < MICROPHONES; n++) {
            CU_ASSERT_EQUAL(x[t][n].re, sample(t, n));
            CU_ASSERT_EQUAL(x[t][n].im, 0.0F);
        }
    for (size_t t = 0; t < 4; t++) {
        CU_ASSERT_EQUAL(part[t][0].re, sample(2 + t, 3));
        CU_ASSERT_EQUAL(part[t][1].re, sample(2 + t, 1));
    }
    cph_data_close(data);
}

static void acoular_holds_samples(void)
{
    const char *path = fixture_path("acoular.h5");
    hid_t file = fixture_raw(path, NULL), set = write_samples(file, "/time_data", false);
    fixture_number(set, "sample_freq", 6000.0);
    H5Dclose(set);
    H5Fclose(file);
    check_samples(path, "acoular");
    cph_data *data = fixture_open(path, NULL);
    CU_ASSERT(isnan(cph_data_header_of(data)->wave_speed_m_s)); /* named, not guessed */
    CU_ASSERT_FALSE(cph_data_header_of(data)->array.has_positions);
    cph_data_close(data);
}

/* ---- the benchmark ---- */

static double place(size_t microphone, size_t axis)
{
    return 0.25 * (double)microphone + (double)axis * (double)axis;
}

static hid_t write_array(const char *path, bool turned)
{
    const hsize_t rows[2] = {MICROPHONES, 3}, columns[2] = {3, MICROPHONES};
    double v[MICROPHONES * 3];
    for (size_t n = 0; n < MICROPHONES; n++)
        for (size_t k = 0; k < 3; k++)
            v[turned ? k * MICROPHONES + n : 3 * n + k] = place(n, k);
    hid_t file = fixture_raw(path, NULL);
    H5Dclose(fixture_set(file, "/MetaData/ArrayAttributes/microphonePositionsM", 2,
                         turned ? columns : rows, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, v));
    hid_t about = H5Gcreate2(file, "/MeasurementData", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    fixture_number(about, "speedOfSoundMPerS", speed);
    H5Gclose(about);
    return file;
}

static void benchmark_holds_samples(void)
{
    for (int turned = 0; turned < 2; turned++) {
        const char *path = fixture_path("aiaa.h5");
        hid_t file = write_array(path, turned == 1);
        hid_t set = write_samples(file, "/MicrophoneData/microphoneDataPa", turned == 1);
        fixture_number(set, "sampleRateHz", 6000.0);
        H5Dclose(set);
        H5Fclose(file);
        check_samples(path, "aiaa");
        cph_data *data = fixture_open(path, NULL);
        const cph_data_header *h = cph_data_header_of(data);
        CU_ASSERT_EQUAL(h->wave_speed_m_s, speed);
        CU_ASSERT_TRUE(h->array.has_positions);
        for (size_t n = 0; n < MICROPHONES; n++)
            for (size_t k = 0; k < 3; k++)
                CU_ASSERT_EQUAL(h->array.element[n].position[k], place(n, k));
        cph_data_close(data);
    }
}

/* Of a Hermitian matrix that changes with the bin. */
static cph_c64 entry(size_t row, size_t column, size_t bin)
{
    const size_t low = row < column ? row : column, high = row < column ? column : row;
    const double re = fixture_value(low, high, bin, 0), im = fixture_value(low, high, bin, 1);
    return (cph_c64){re, row == column ? 0.0 : row < column ? im : -im};
}

static void write_matrices(const char *path, bool turned, double sign)
{
    const hsize_t plain[3] = {MICROPHONES, MICROPHONES, BINS};
    const hsize_t back[3] = {BINS, MICROPHONES, MICROPHONES}, bins[1] = {BINS};
    const double freq[BINS] = {0, 100, 200, 300, 400};
    double part[2][MICROPHONES * MICROPHONES * BINS];
    for (size_t i = 0; i < MICROPHONES; i++)
        for (size_t j = 0; j < MICROPHONES; j++)
            for (size_t b = 0; b < BINS; b++) {
                const size_t at = turned ? (b * MICROPHONES + j) * MICROPHONES + i
                                         : (i * MICROPHONES + j) * BINS + b;
                const cph_c64 r = entry(i, j, b);
                part[0][at] = r.re;
                part[1][at] = fabs(sign) == 1.0 ? sign * r.im : r.im;
            }
    hid_t file = write_array(path, turned);
    const char *const names[2] = {"/CsmData/csmReal", "/CsmData/csmImaginary"};
    for (size_t k = 0; k < 2; k++)
        H5Dclose(fixture_set(file, names[k], 3, turned ? back : plain, H5T_IEEE_F32LE,
                             H5T_NATIVE_DOUBLE, part[k]));
    H5Dclose(fixture_set(file, "/CsmData/binCenterFrequenciesHz", 1, bins, H5T_IEEE_F64LE,
                         H5T_NATIVE_DOUBLE, freq));
    hid_t group = H5Gopen2(file, "/CsmData", H5P_DEFAULT);
    if (sign != 0.0)
        fixture_number(group, "fftSign", sign);
    H5Gclose(group);
    H5Fclose(file);
}

static void benchmark_holds_matrices(void)
{
    const char *path = fixture_path("aiaa-csm.h5");
    for (int kind = 0; kind < 4; kind++) {
        write_matrices(path, kind % 2 == 1, kind < 2 ? 1.0 : -1.0);
        cph_data *data = fixture_open(path, NULL);
        const cph_data_header *h = cph_data_header_of(data);
        CU_ASSERT_EQUAL(h->kind, CPH_KIND_COVARIANCE);
        CU_ASSERT_EQUAL_FATAL(h->channels, BINS);
        CU_ASSERT_EQUAL(h->channel_freq_hz[3], 300.0);
        const size_t some[] = {2, 0, 3};
        for (size_t b = 0; b < BINS; b++) {
            cph_c64 r[3][3];
            CU_ASSERT_EQUAL(cph_data_read_covariance(data, 0, b, some, 3, r[0], NULL), CPH_OK);
            for (size_t i = 0; i < 3; i++)
                for (size_t j = 0; j < 3; j++) {
                    CU_ASSERT_EQUAL(r[i][j].re, entry(some[i], some[j], b).re);
                    CU_ASSERT_EQUAL(r[i][j].im, entry(some[i], some[j], b).im);
                }
        }
        cph_data_close(data);
    }
    write_matrices(path, false, 0.0);
    fixture_refused(path, NULL, CPH_ERR_MISSING, (const char *[]){"/CsmData", "fftSign", NULL});
    write_matrices(path, false, 2.0);
    fixture_refused(path, NULL, CPH_ERR_FORMAT, (const char *[]){"/CsmData", "fftSign is 2", NULL});
}

/* A wave of sound is as long as one of light at the frequency times c / speed. */
static void places_are_seen_at_the_speed_of_sound(void)
{
    const char *path = fixture_path("aiaa-speed.h5");
    write_matrices(path, false, 1.0);
    const cph_cli cli = {
        .name = "cophase test", .input = path, .quiet = true, .max_memory = (size_t)64 << 20};
    cph_input input;
    CU_ASSERT_EQUAL_FATAL(cph_input_open(&cli, CPH_TAKES_COVARIANCE | CPH_NEEDS_POSITIONS, &input),
                          CPH_EXIT_DONE);
    const double *r = input.selection[0].position;
    for (size_t n = 0; n < MICROPHONES; n++)
        for (size_t k = 0; k < 3; k++)
            CU_ASSERT_DOUBLE_EQUAL(r[3 * n + k] / CPH_SPEED_OF_LIGHT, place(n, k) / speed, 1e-15);
    cph_input_close(&input);
}

CU_TestInfo cph_tests_data_acoular[] = {
    {"Acoular holds real samples", acoular_holds_samples},
    {"the benchmark holds samples, either way round", benchmark_holds_samples},
    {"the benchmark holds matrices, either way round", benchmark_holds_matrices},
    {"places are seen at the speed of sound", places_are_seen_at_the_speed_of_sound},
    CU_TEST_INFO_NULL,
};
