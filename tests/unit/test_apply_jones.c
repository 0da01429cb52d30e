/* SPDX-License-Identifier: MIT */
/* What `cophase apply` makes of data with inputs X and Y under a calibration with leakages.
 * Matrices of jones_files.h are far from symmetric and from Hermitian: no inverse transposed,
 * conjugated or with inputs exchanged gives the truth. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/apply_jones.h"
#include "cli/calibrate_method.h"
#include "jones_files.h"
#include "uvh5_rig.h"

enum { INPUTS = JONES_PAIRED };
/* Single precision of files, through sums of a few terms; of J as calibrations of such files have
 * it. */
static const double single = 2e-6, calibrated = 2e-5;

static double complex value(cph_c64 z)
{
    return z.re + I * z.im;
}

/* A calibration of an array by jones_files_row, at one frequency. */
static void make_truth(const cph_array *array, double freq_hz, cph_calibration *c)
{
    CU_ASSERT_EQUAL_FATAL(cph_calibration_create(array, 1, 1, c), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_calibration_add_leakages(c), CPH_OK);
    c->channel_freq_hz[0] = freq_hz;
    c->time_unix_s[0] = 0.0;
    for (size_t n = 0; n < array->elements; n++) {
        const size_t antenna = (array->element[n].number + 6) % 7,
                     i = 2 * antenna + (array->element[n].polarization == 'Y');
        const double complex g = jones_files_row(i, i % 2), d = jones_files_leakage(i);
        c->gain[n] = (cph_c64){creal(g), cimag(g)};
        c->leakage[n] = (cph_c64){creal(d), cimag(d)};
        c->flag[n] = CPH_FLAG_NONE;
        c->phase_sigma[n] = c->amplitude_sigma[n] = c->leakage_sigma[n] = 1e-3;
    }
    snprintf(c->gauge, sizeof c->gauge, "true");
}

static void write_calibration(const char *path, cph_calibration *c)
{
    cph_error error;
    CU_ASSERT_EQUAL_FATAL(cph_calibration_write(path, c, NULL, &error), CPH_OK);
    cph_calibration_free(c);
}

/* The truth for the array of a header. */
static const char *true_calibration(const jones_files *f)
{
    const char *const path = fixture_path("apply-jones-cal.h5");
    cph_data_header header;
    cph_calibration c;
    jones_files_header(f, CPH_KIND_COVARIANCE, CPH_C32, &header);
    make_truth(&header.array, header.channel_freq_hz[0], &c);
    write_calibration(path, &c);
    fixture_header_free(&header);
    return path;
}

typedef struct counts {
    size_t taken, left;
} counts;

/* Applies; what was counted. */
static counts apply(const char *in, const char *calibration, const char *out)
{
    const cph_cli cli = {.name = "cophase test",
                         .input = in,
                         .calibration = calibration,
                         .output = out,
                         .quiet = true,
                         .max_memory = (size_t)64 << 20};
    const cph_write_options options = {0};
    cph_input input;
    cph_applier a = {.input = &input, .type = CPH_C32};
    counts found;
    CU_ASSERT_EQUAL_FATAL(cph_input_open(&cli, CPH_TAKES_CAPTURE | CPH_TAKES_COVARIANCE, &input),
                          CPH_EXIT_DONE);
    CU_ASSERT_EQUAL_FATAL(cph_applier_make(&a), CPH_EXIT_DONE);
    CU_ASSERT_EQUAL_FATAL(cph_apply_write(&a, "by a test", &options), CPH_EXIT_DONE);
    cph_apply_jones_count(&a, &found.taken, &found.left);
    cph_applier_free(&a);
    cph_input_close(&input);
    return found;
}

static void read_covariance(const char *path, size_t time, size_t channel, size_t n, cph_c64 *r)
{
    cph_error error;
    cph_data *const data = fixture_open(path, NULL);
    CU_ASSERT_EQUAL_FATAL(cph_data_header_of(data)->array.elements, n);
    CU_ASSERT_EQUAL_FATAL(cph_data_read_covariance(data, time, channel, NULL, n, r, &error),
                          CPH_OK);
    cph_data_close(data);
}

/* Largest deviation from the sky alone, of entries that `wanted` has. */
static double off_sky(const jones_files *f, const cph_c64 *r, bool (*wanted)(size_t p, size_t q))
{
    jones_files sky = *f;
    cph_data_header header;
    double most = 0.0;
    sky.plain = true;
    jones_files_header(f, CPH_KIND_COVARIANCE, CPH_C32, &header);
    for (size_t k = 0; k < JONES_ENTRIES; k++) {
        const size_t p = k / INPUTS, q = k % INPUTS;
        if (wanted == NULL || wanted(p, q))
            most = fmax(most, cabs(value(r[k]) - jones_files_entry(&sky, &header.array, p, q)));
    }
    fixture_header_free(&header);
    return most;
}

static void covariances_become_those_of_the_sky(void)
{
    const jones_files f = jones_files_polarised();
    const char *const in = fixture_path("apply-jones.h5"), *const out =
                                                               fixture_path("apply-out.h5");
    cph_c64 r[JONES_ENTRIES];
    jones_files_write(&f, in);
    read_covariance(in, 0, 0, INPUTS, r);
    CU_ASSERT(off_sky(&f, r, NULL) > 0.3);
    const counts found = apply(in, true_calibration(&f), out);
    CU_ASSERT(found.taken == INPUTS && found.left == 0);
    read_covariance(out, 0, 0, INPUTS, r);
    CU_ASSERT(off_sky(&f, r, NULL) < 5.0 * single);
}

/* Calibrated by its own sources; the overall phase that these leave open is not in covariances. */
static void own_calibration_does_as_well(void)
{
    const jones_files f = jones_files_polarised();
    const char *const in = fixture_path("apply-own.h5"),
                      *const cal = fixture_path("apply-own-cal.h5"),
                      *const out = fixture_path("apply-own-out.h5");
    cph_direction word[JONES_SKY];
    double flux[JONES_SKY], stokes[3 * JONES_SKY];
    cph_c64 r[JONES_ENTRIES];
    cph_input input;
    cph_calibrated made;
    cph_error error;
    cph_calibrate_options o = {
        .cli = {.name = "cophase test", .input = in, .quiet = true, .max_memory = (size_t)64 << 20},
        .sources = f.sources,
        .direction = word,
        .flux = flux,
        .stokes = stokes,
        .reference = SIZE_MAX,
        .weak_below = -1.0};
    for (size_t s = 0; s < f.sources; s++) {
        word[s] =
            (cph_direction){.kind = CPH_DIRECTION_UV, .angle = {f.u[s][0], f.u[s][1]}, .text = "a"};
        flux[s] = f.stokes[s][0];
        for (size_t k = 0; k < 3; k++)
            stokes[3 * s + k] = f.stokes[s][1 + k] / f.stokes[s][0];
    }
    jones_files_write(&f, in);
    CU_ASSERT_EQUAL_FATAL(cph_calibrate_method_find("jones", &o.method, &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_input_open(&o.cli, o.method->input, &input), CPH_EXIT_DONE);
    CU_ASSERT_EQUAL_FATAL(cph_calibrate_solve(&o, &input, &made), CPH_EXIT_DONE);
    CU_ASSERT_EQUAL_FATAL(cph_calibration_write(cal, &made.calibration, NULL, &error), CPH_OK);
    cph_calibrated_free(&made);
    cph_input_close(&input);
    const counts found = apply(in, cal, out);
    CU_ASSERT(found.taken == INPUTS && found.left == 0);
    read_covariance(out, 0, 0, INPUTS, r);
    CU_ASSERT(off_sky(&f, r, NULL) < calibrated);
}

enum { DIVIDED = 3, FLAGGED = 8, SINGULAR = 5, UNKNOWN = 2 };

static bool of_whole_antennas(size_t p, size_t q)
{
    const size_t n[2] = {p / 2, q / 2};
    for (size_t k = 0; k < 2; k++)
        if (n[k] == FLAGGED / 2 || n[k] == SINGULAR || n[k] == UNKNOWN)
            return false;
    return true;
}

/* An input whose partner is flagged, or of which a leakage is unknown, is divided by its gain
 * alone; of an antenna that hears one polarisation with both inputs nothing is left. */
static void antennas_without_an_inverse_keep_their_leakage(void)
{
    const jones_files f = jones_files_polarised();
    const char *const in = fixture_path("apply-part.h5"),
                      *const out = fixture_path("apply-part-out.h5"),
                      *const cal = fixture_path("apply-part-cal.h5");
    const cph_c64 nothing = {(double)NAN, (double)NAN};
    cph_data_header header;
    cph_calibration c;
    cph_c64 r[JONES_ENTRIES], raw[JONES_ENTRIES];
    jones_files_write(&f, in);
    read_covariance(in, 0, 0, INPUTS, raw);
    jones_files_header(&f, CPH_KIND_COVARIANCE, CPH_C32, &header);
    make_truth(&header.array, header.channel_freq_hz[0], &c);
    c.flag[FLAGGED] = CPH_FLAG_DEAD;
    c.leakage[2 * (size_t)UNKNOWN + 1] = nothing;
    c.leakage[2 * (size_t)SINGULAR] = (cph_c64){1.0, 0.5};
    c.leakage[2 * (size_t)SINGULAR + 1] = (cph_c64){0.8, -0.4}; /* of 1/(1 + j/2) */
    write_calibration(cal, &c);
    fixture_header_free(&header);
    const counts found = apply(in, cal, out);
    CU_ASSERT_EQUAL(found.left, 3); /* FLAGGED's partner, both of UNKNOWN */
    CU_ASSERT_EQUAL(found.taken, INPUTS - 6);
    read_covariance(out, 0, 0, INPUTS, r);
    CU_ASSERT(off_sky(&f, r, of_whole_antennas) < 5.0 * single);
    const size_t p = 2 * (size_t)UNKNOWN, q = FLAGGED + 1, same = 2 * (size_t)SINGULAR;
    const double complex by_gains =
        value(raw[p * INPUTS + q]) / jones_files_row(p, 0) / conj(jones_files_row(q, 1));
    CU_ASSERT(cabs(value(r[p * INPUTS + q]) - by_gains) < single);
    CU_ASSERT(cabs(value(r[q * INPUTS + p]) - conj(by_gains)) < single);
    for (size_t k = 0; k < INPUTS; k++)
        CU_ASSERT(isnan(r[same * INPUTS + k].re) && isnan(r[k * INPUTS + FLAGGED].im) &&
                  isnan(r[k * INPUTS + same + 1].re));
}

static double complex field(size_t time, size_t antenna, size_t side)
{
    const double x = fixture_value(time, side, antenna, 0),
                 y = fixture_value(time, side, antenna, 1);
    return x + I * y;
}

static void captures_become_the_fields(void)
{
    enum { TIMES = 9 };
    const jones_files f = jones_files_polarised();
    const char *const in = fixture_path("apply-cap.h5"), *const out =
                                                             fixture_path("apply-cap-out.h5");
    cph_c32 samples[(size_t)TIMES * INPUTS];
    cph_data_header header;
    cph_writer *writer = NULL;
    cph_error error;
    double most = 0.0;
    jones_files_header(&f, CPH_KIND_CAPTURE, CPH_C32, &header);
    header.times = TIMES;
    header.scale = 1.0;
    for (size_t k = 0; k < (size_t)TIMES * INPUTS; k++) {
        const size_t t = k / INPUTS, i = k % INPUTS;
        const double complex x =
            jones_files_row(i, 0) * field(t, i / 2, 0) + jones_files_row(i, 1) * field(t, i / 2, 1);
        samples[k] = (cph_c32){(float)creal(x), (float)cimag(x)};
    }
    CU_ASSERT_EQUAL_FATAL(cph_capture_create(in, &header, NULL, &writer, &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_capture_append(writer, samples, TIMES, &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_writer_commit(writer, &error), CPH_OK);
    fixture_header_free(&header);
    const counts found = apply(in, true_calibration(&f), out);
    CU_ASSERT(found.taken == INPUTS && found.left == 0);
    cph_data *const data = fixture_open(out, NULL);
    CU_ASSERT_EQUAL_FATAL(cph_data_read_samples(data, 0, TIMES, 0, NULL, INPUTS, samples, &error),
                          CPH_OK);
    cph_data_close(data);
    for (size_t k = 0; k < (size_t)TIMES * INPUTS; k++) {
        const double complex z = (double)samples[k].re + I * (double)samples[k].im;
        most = fmax(most, cabs(z - field(k / INPUTS, k % INPUTS / 2, k % 2)));
    }
    CU_ASSERT(most < 181.0 * single); /* of values up to 128 in both parts */
}

/* Inverse of the matrix of an antenna with this number, by Cramer's rule. */
static void invert(uint32_t number, double complex out[2][2])
{
    const size_t i = 2 * (size_t)((number + 6) % 7);
    const double complex a = jones_files_row(i, 0), b = jones_files_row(i, 1),
                         c = jones_files_row(i + 1, 0), d = jones_files_row(i + 1, 1);
    out[0][0] = d / (a * d - b * c);
    out[0][1] = -b / (a * d - b * c);
    out[1][0] = -c / (a * d - b * c);
    out[1][1] = a / (a * d - b * c);
}

/* Of inputs p and q, X of all antennas first. */
static double complex expected_product(size_t p, size_t q, size_t time, size_t channel)
{
    double complex left[2][2], right[2][2], sum = 0.0;
    const size_t n = p % UVH5_ANTENNAS, m = q % UVH5_ANTENNAS;
    invert(uvh5_numbers[n], left);
    invert(uvh5_numbers[m], right);
    for (size_t c = 0; c < 4; c++)
        sum += left[p / UVH5_ANTENNAS][c / 2] * conj(right[q / UVH5_ANTENNAS][c % 2]) *
               value(uvh5_product(n + UVH5_ANTENNAS * (c / 2), m + UVH5_ANTENNAS * (c % 2), time,
                                  channel));
    return sum;
}

/* Four products, baselines either way round. One product flagged in row 4 spoils all four of that
 * row and channel. */
static void visibilities_become_those_of_the_sky(void)
{
    static unsigned char flag[UVH5_ROWS * UVH5_CELLS];
    static cph_c64 r[UVH5_ENTRIES];
    const char *const in = fixture_path("apply-jones.uvh5"),
                      *const out = fixture_path("apply-jones-out.uvh5"),
                      *const cal = fixture_path("apply-jones-uvh5-cal.h5");
    const uvh5_variant variant = {.flag = flag};
    cph_calibration c;
    memset(flag, 0, sizeof flag);
    flag[4 * UVH5_CELLS + 2] = 1; /* antennas 1 and 0, time 0, channel 0 */
    uvh5_write(in, &variant);
    cph_data *const data = fixture_open(in, NULL);
    make_truth(&cph_data_header_of(data)->array, 1.505e8, &c);
    cph_data_close(data);
    c.time_factor = true;
    write_calibration(cal, &c);
    const counts found = apply(in, cal, out);
    CU_ASSERT(found.taken == UVH5_INPUTS && found.left == 0);
    for (size_t t = 0; t < UVH5_DUMPS; t++) {
        const size_t time = t / UVH5_CHANNELS, channel = t % UVH5_CHANNELS;
        read_covariance(out, time, channel, UVH5_INPUTS, r);
        for (size_t k = 0; k < UVH5_ENTRIES; k++) {
            const size_t p = k / UVH5_INPUTS, q = k % UVH5_INPUTS;
            const size_t pair = p % UVH5_ANTENNAS + q % UVH5_ANTENNAS;
            const bool spoilt =
                pair == 1 && p % UVH5_ANTENNAS != q % UVH5_ANTENNAS && time == 0 && channel == 0;
            const double complex truth = expected_product(p, q, time, channel);
            /* What is in the file at all, and not flagged; products reach some 5e5. */
            if (spoilt)
                CU_ASSERT(isnan(r[k].re));
            if (!isnan(r[k].re))
                CU_ASSERT(cabs(value(r[k]) - truth) < 5e5 * single);
        }
        CU_ASSERT(!isnan(r[(size_t)UVH5_INPUTS + 4].re));
    }
}

CU_TestInfo cph_tests_apply_jones[] = {
    {"covariances become those of the sky", covariances_become_those_of_the_sky},
    {"an own calibration does as well", own_calibration_does_as_well},
    {"antennas without an inverse keep their leakage",
     antennas_without_an_inverse_keep_their_leakage},
    {"captures become the fields", captures_become_the_fields},
    {"visibilities become those of the sky", visibilities_become_those_of_the_sky},
    CU_TEST_INFO_NULL};
