/* SPDX-License-Identifier: MIT */
/* cophase calibrate --method positions: pilots, one a dump, to the table of where elements are. */
#include <CUnit/CUnit.h>
#include <complex.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/calibrate_method.h"
#include "cli/json.h"
#include "cophase/data_text.h"
#include "cophase/data_write.h"
#include "cophase/random.h"
#include "tests/unit/data_fixture.h"

enum { N = 9, T = 7, C = 2, K = 128, DEAD = 4, LIVE = N - 1, RUNS = 16, AXES = 3 };
static const double wavelength = CPH_SPEED_OF_LIGHT / 11.7e9; /* of fixture_header */
static const double level = 3.0;                              /* of a pilot over noise 1 */

typedef struct rig {
    cph_random random;
    double nominal[N][AXES], truth[N][AXES]; /* metres, the same mean over live elements */
    double complex gain[C][N];
    double uv[T][2];
    cph_data_header header;
} rig;

static double uniform(rig *r, double from, double to)
{
    return from + (to - from) * cph_random_uniform(&r->random);
}

/* Elements without symmetry, either displaced each by itself or turned together by `turn` about z;
 * pilots at all heights. */
static void open_rig(rig *r, unsigned seed, double off, double turn)
{
    double mean[AXES] = {0.0};
    cph_random_seed(&r->random, seed, 0);
    fixture_header(CPH_KIND_COVARIANCE, CPH_C32, C, N, &r->header);
    for (size_t n = 0; n < N; n++) {
        cph_element *const e = &r->header.array.element[n];
        double *const a = r->nominal[n], *const b = r->truth[n];
        for (size_t k = 0; k < AXES; k++)
            a[k] = wavelength * uniform(r, -2.0, 2.0);
        const double turned[AXES] = {cos(turn) * a[0] - sin(turn) * a[1],
                                     sin(turn) * a[0] + cos(turn) * a[1], a[2]};
        for (size_t k = 0; k < AXES; k++) {
            b[k] = turned[k] + wavelength * uniform(r, -off, off);
            mean[k] += n == DEAD ? 0.0 : (b[k] - a[k]) / LIVE;
        }
        memcpy(e->position, a, sizeof e->position);
        e->polarization = '\0';
        e->listed = false;
        e->number = (uint32_t)(20 - n);
        snprintf(e->name, sizeof e->name, n == 3 ? "two words" : "tile-%zu", n);
        for (size_t c = 0; c < C; c++)
            r->gain[c][n] = uniform(r, 0.7, 1.3) * cexp(I * uniform(r, -3.0, 3.0));
    }
    for (size_t n = 0; n < N; n++)
        for (size_t k = 0; k < AXES; k++)
            r->truth[n][k] -= mean[k];
    for (size_t t = 0; t < T; t++) {
        const double azimuth = 2.4 * (double)t, w = 0.2 + 0.75 * fmod(0.618 * (double)t, 1.0);
        r->uv[t][0] = sqrt(1.0 - w * w) * sin(azimuth);
        r->uv[t][1] = sqrt(1.0 - w * w) * cos(azimuth);
    }
}

static double complex draw(rig *r)
{
    const cph_c64 z = cph_random_normal(&r->random);
    return z.re + I * z.im;
}

/* The covariance of K samples of pilot t alone. */
static void measure(rig *r, size_t t, size_t c, cph_c64 *out)
{
    const double u = r->uv[t][0], v = r->uv[t][1], w = sqrt(1.0 - u * u - v * v);
    double complex a[N], x[N], sum[N][N] = {{0.0}};
    for (size_t n = 0; n < N; n++) {
        const double path = u * r->truth[n][0] + v * r->truth[n][1] + w * r->truth[n][2];
        const double freq = r->header.channel_freq_hz[c];
        a[n] = level * r->gain[c][n] * cexp(2.0 * M_PI * I * freq * path / CPH_SPEED_OF_LIGHT);
    }
    for (size_t k = 0; k < K; k++) {
        const double complex s = draw(r);
        for (size_t n = 0; n < N; n++)
            x[n] = n == DEAD ? 0.0 : a[n] * s + draw(r);
        for (size_t p = 0; p < N; p++)
            for (size_t q = p; q < N; q++)
                sum[p][q] += x[p] * conj(x[q]) / K;
    }
    for (size_t p = 0; p < N; p++)
        for (size_t q = 0; q < N; q++) {
            const double complex z = p <= q ? sum[p][q] : conj(sum[q][p]);
            out[p * N + q] = (cph_c64){creal(z), cimag(z)};
        }
}

static void write_covariance(rig *r, const char *path)
{
    cph_writer *writer = NULL;
    cph_error error;
    cph_c64 matrix[N * N];
    r->header.times = T;
    r->header.n_samples = K;
    r->header.time_unix_s = calloc(T, sizeof(double));
    CU_ASSERT_EQUAL_FATAL(cph_covariance_create_file(path, &r->header, NULL, &writer, &error),
                          CPH_OK);
    for (size_t i = 0; i < (size_t)T * C; i++) {
        measure(r, i / C, i % C, matrix);
        CU_ASSERT_EQUAL_FATAL(cph_covariance_put(writer, i / C, i % C, matrix, &error), CPH_OK);
    }
    CU_ASSERT_EQUAL_FATAL(cph_writer_commit(writer, &error), CPH_OK);
    fixture_header_free(&r->header);
}

/* Runs the method with so many of the pilots; what it prints goes to a file. */
static cph_exit locate(const rig *r, const char *path, size_t pilots, const char *table,
                       const char *printed)
{
    cph_direction direction[T];
    double flux[T];
    cph_error error;
    cph_input input;
    for (size_t t = 0; t < T; t++) {
        direction[t] = (cph_direction){
            .kind = CPH_DIRECTION_UV, .angle = {r->uv[t][0], r->uv[t][1]}, .text = "pilot"};
        flux[t] = NAN;
    }
    cph_calibrate_options o = {.cli = {.name = "cophase test",
                                       .input = path,
                                       .output = table,
                                       .quiet = true,
                                       .json = true,
                                       .max_memory = (size_t)64 << 20},
                               .sources = pilots,
                               .direction = direction,
                               .flux = flux,
                               .reference = SIZE_MAX,
                               .weak_below = -1.0};
    CU_ASSERT_EQUAL_FATAL(cph_calibrate_method_find("positions", &o.method, &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_input_open(&o.cli, o.method->input, &input), CPH_EXIT_DONE);
    fflush(stdout);
    const int keep = dup(STDOUT_FILENO), file = open(printed, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CU_ASSERT_FATAL(keep >= 0 && file >= 0);
    (void)dup2(file, STDOUT_FILENO);
    const cph_exit code = o.method->run(&o, &input);
    fflush(stdout);
    (void)dup2(keep, STDOUT_FILENO);
    (void)close(file);
    (void)close(keep);
    cph_input_close(&input);
    return code;
}

static double item(const json_t *object, const char *key, size_t k)
{
    return json_number_value(json_array_get(json_object_get(object, key), k));
}

/* The first part of what was printed; free *root. */
static const json_t *load_part(const char *printed, json_t **root)
{
    *root = json_load_file(printed, 0, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(*root);
    const json_t *const part = json_array_get(json_object_get(*root, "positions"), 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(part);
    return part;
}

/* Squares of errors of the table over their standard errors. */
static double compare(const rig *r, const json_t *part, const char *table)
{
    cph_array_file file;
    cph_error error;
    double sum = 0.0;
    size_t at = 0;
    const json_t *const list = json_object_get(part, "elements");
    CU_ASSERT_EQUAL_FATAL(json_array_size(list), LIVE);
    CU_ASSERT_EQUAL_FATAL(cph_array_file_read(table, &file, &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(file.array.elements, N);
    for (size_t n = 0; n < N; n++) {
        const cph_element *const e = &file.array.element[n];
        CU_ASSERT_EQUAL(e->number, 20 - n);
        if (n == DEAD) {
            CU_ASSERT_EQUAL(memcmp(e->position, r->nominal[n], sizeof e->position), 0);
            continue;
        }
        const json_t *const one = json_array_get(list, at++);
        CU_ASSERT_EQUAL(json_integer_value(json_object_get(one, "element")), 20 - (json_int_t)n);
        for (size_t k = 0; k < AXES; k++) {
            const double off = (e->position[k] - r->truth[n][k]) / item(one, "sigma_m", k);
            CU_ASSERT(fabs(off) < 6.0);
            CU_ASSERT_DOUBLE_EQUAL(item(one, "position_m", k), e->position[k], 1e-12);
            CU_ASSERT_DOUBLE_EQUAL(item(one, "shift_m", k), e->position[k] - r->nominal[n][k],
                                   1e-12);
            sum += off * off;
        }
    }
    cph_array_file_free(&file);
    return sum;
}

/* Squares over variances have the mean 1. Coordinates of one element may go together, those of
 * different ones but for the mean do not: the mean's variance is at most 2 x AXES over their
 * number, and 5 of its roots are allowed. */
static void positions_are_right_within_their_errors(void)
{
    const char *const path = fixture_path("pilots.h5"), *const table = fixture_path("pilots.csv"),
                      *const printed = fixture_path("pilots.json");
    static rig r;
    double sum = 0.0, chi2 = 0.0;
    for (unsigned seed = 1; seed <= RUNS; seed++) {
        json_t *root = NULL;
        open_rig(&r, seed, 0.1, 0.0);
        write_covariance(&r, path);
        CU_ASSERT_EQUAL_FATAL(locate(&r, path, T, table, printed), CPH_EXIT_DONE);
        const json_t *const part = load_part(printed, &root);
        sum += compare(&r, part, table);
        chi2 += json_number_value(json_object_get(part, "chi2_dof")) / RUNS;
        CU_ASSERT_EQUAL(json_number_value(json_object_get(part, "dof")),
                        T * C * LIVE - ((AXES + C) * LIVE + T * C - AXES - C));
        CU_ASSERT_EQUAL(json_array_size(json_object_get(root, "flagged")), 1);
        json_decref(root);
    }
    const double mean = sum / (RUNS * AXES * LIVE), dof = RUNS * AXES * (LIVE - 1);
    printf("seeds 1-%d: squares over variances %.3f, chi2/dof %.3f ", RUNS, mean, chi2);
    CU_ASSERT(fabs(mean - 1.0) < 5.0 * sqrt(2.0 * AXES / dof));
    CU_ASSERT(fabs(chi2 - 1.0) < 5.0 * sqrt(2.0 / (RUNS * 63.0)));
}

static void a_turn_of_the_whole_is_told(void)
{
    const char *const path = fixture_path("turn.h5"), *const table = fixture_path("turn.csv"),
                      *const printed = fixture_path("turn.json");
    static rig r;
    json_t *root = NULL;
    const double degree = M_PI / 180.0, turn[AXES] = {0.0, 0.0, 2.5};
    open_rig(&r, 40, 0.0, turn[2] * degree);
    write_covariance(&r, path);
    CU_ASSERT_EQUAL_FATAL(locate(&r, path, T, table, printed), CPH_EXIT_DONE);
    const json_t *const part = load_part(printed, &root), *const found =
                                                              json_object_get(part, "orientation");
    for (size_t k = 0; k < AXES; k++) {
        const double sigma = item(found, "sigma_deg", k);
        CU_ASSERT(sigma > 0.0 && sigma < 0.2);
        CU_ASSERT(fabs(item(found, "turn_deg", k) - turn[k]) < 5.0 * sigma);
    }
    (void)compare(&r, part, table);
    json_decref(root);
}

/* How far errors along an axis of the elements X, or Y, are apart: what they share is open. */
static double spread_of(const rig *r, const cph_array *array, size_t side, size_t k)
{
    double least = INFINITY, most = -INFINITY;
    for (size_t n = side; n < N; n += 2) {
        CU_ASSERT_EQUAL(array->element[n].polarization, side == 0 ? 'X' : 'Y');
        if (n == DEAD)
            continue;
        least = fmin(least, array->element[n].position[k] - r->truth[n][k]);
        most = fmax(most, array->element[n].position[k] - r->truth[n][k]);
    }
    return most - least;
}

static void polarisations_are_apart_and_names_stay(void)
{
    const char *const path = fixture_path("names.h5"), *const table = fixture_path("names.csv");
    static rig r;
    cph_array_file file;
    cph_error error;
    cph_array before;
    fixture_array(N, &before);
    open_rig(&r, 41, 0.1, 0.0);
    for (size_t n = 0; n < N; n++)
        r.header.array.element[n].polarization = n % 2 == 0 ? 'X' : 'Y';
    write_covariance(&r, path);
    CU_ASSERT_EQUAL_FATAL(locate(&r, path, T, table, fixture_path("names.json")), CPH_EXIT_DONE);
    CU_ASSERT_EQUAL_FATAL(cph_array_file_read(table, &file, &error), CPH_OK);
    CU_ASSERT_EQUAL(file.array.frame, CPH_FRAME_ARRAY);
    CU_ASSERT_EQUAL(file.array.element[2].subarray, 77);
    CU_ASSERT_EQUAL(file.array.element[5].subarray, CPH_SUBARRAY_NONE);
    CU_ASSERT_STRING_EQUAL(file.array.element[5].name, "tile-5");
    CU_ASSERT_STRING_EQUAL(file.array.element[3].name, "");
    for (size_t i = 0; i < 9; i++)
        CU_ASSERT_DOUBLE_EQUAL(file.array.element[7].axes[i], before.element[7].axes[i], 1e-12);
    for (size_t side = 0; side < 2; side++)
        for (size_t k = 0; k < AXES; k++)
            CU_ASSERT(spread_of(&r, &file.array, side, k) < 0.05 * wavelength);
    cph_array_file_free(&file);
    cph_array_free(&before);
}

static void another_number_of_pilots_is_refused(void)
{
    const char *const path = fixture_path("count.h5"), *const table = fixture_path("count.csv");
    static rig r;
    open_rig(&r, 42, 0.1, 0.0);
    write_covariance(&r, path);
    CU_ASSERT_EQUAL(locate(&r, path, T - 1, table, fixture_path("count.json")), CPH_EXIT_USAGE);
    CU_ASSERT_EQUAL(fixture_size(table), SIZE_MAX);
}

CU_TestInfo cph_tests_calibrate_positions[] = {
    {"positions are right within their errors", positions_are_right_within_their_errors},
    {"a turn of the whole is told", a_turn_of_the_whole_is_told},
    {"polarisations are apart and names stay", polarisations_are_apart_and_names_stay},
    {"another number of pilots is refused", another_number_of_pilots_is_refused},
    CU_TEST_INFO_NULL};
