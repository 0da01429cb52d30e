/* SPDX-License-Identifier: MIT */
/* Far fields from GRASP, FEKO and HFSS files, written here from a field that is known everywhere.
 */
#include <stdio.h>

#include "cophase/data_text.h"
#include "tests/unit/data_fixture.h"
#include "tests/unit/field_rig.h"

/* Degree 5 in steps of 5 degrees, nine digits, and what element_field.h leaves out. */
static const double bound = 0.0049 * 0.0069003 + 1e-8 + 1e-5;

static const known other = {.p = {{0.1, 0}, {0, 2}, {1, 0}}};

static FILE *begin(const char *path)
{
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    return file;
}

/* Components along theta^, phi^ as the formulas of both angles have them, theta negative too. */
static void at(const known *k, double theta_deg, double phi_deg, cph_c64 e[2])
{
    const double t = theta_deg * M_PI / 180, p = phi_deg * M_PI / 180;
    const double u[3] = {sin(t) * cos(p), sin(t) * sin(p), cos(t)};
    const double along[2][3] = {{cos(t) * cos(p), cos(t) * sin(p), -sin(t)}, {-sin(p), cos(p), 0}};
    cph_c64 field[3];
    known_field(k, u, field);
    for (int c = 0; c < 2; c++) {
        e[c] = (cph_c64){0, 0};
        for (int i = 0; i < 3; i++) {
            e[c].re += along[c][i] * field[i].re;
            e[c].im += along[c][i] * field[i].im;
        }
    }
}

static cph_c64 sum(cph_c64 a, cph_c64 by_a, cph_c64 b, cph_c64 by_b)
{
    return (cph_c64){a.re * by_a.re - a.im * by_a.im + b.re * by_b.re - b.im * by_b.im,
                     a.re * by_a.im + a.im * by_a.re + b.re * by_b.im + b.im * by_b.re};
}

/* R = (E_theta + j E_phi) exp(j phi) / sqrt 2, L its mirror; co and cross of Ludwig's third. */
static void write_point(FILE *file, int icomp, int ncomp, double theta, double phi)
{
    const double p = phi * M_PI / 180, h = M_SQRT1_2, c = cos(p), s = sin(p);
    cph_c64 e[2], f[2];
    at(&lopsided, theta, phi, e);
    memcpy(f, e, sizeof f);
    if (icomp == 2) {
        f[0] = sum(e[0], (cph_c64){h * c, h * s}, e[1], (cph_c64){-h * s, h * c});
        f[1] = sum(e[0], (cph_c64){h * c, -h * s}, e[1], (cph_c64){-h * s, -h * c});
    } else if (icomp == 3) {
        f[0] = sum(e[0], (cph_c64){c, 0}, e[1], (cph_c64){-s, 0});
        f[1] = sum(e[0], (cph_c64){s, 0}, e[1], (cph_c64){c, 0});
    }
    fprintf(file, " %.9E %.9E %.9E %.9E", f[0].re, f[0].im, f[1].re, f[1].im);
    fputs(ncomp == 3 ? " 0.0D+00 0.1-100\r\n" : "\n", file);
}

static void expect(const char *path, double wanted_hz, double found_hz, const known *k,
                   double last_deg)
{
    cph_element_field field = {0};
    cph_error error = {.message = ""};
    double freq = 0.0;
    const cph_status status = cph_element_field_read(path, wanted_hz, NULL, &field, &freq, &error);
    CU_ASSERT_EQUAL(status, CPH_OK);
    if (status != CPH_OK) {
        puts(error.message);
        return;
    }
    CU_ASSERT(freq == found_hz || (isnan(freq) && isnan(found_hz)));
    const double most = most_of(k);
    for (int i = 0; i < 300; i++) {
        double u[3];
        spiral(i, 300, u);
        if (acos(u[2]) * 180 / M_PI < last_deg)
            CU_ASSERT(miss(k, &field, u) < (last_deg < 180 ? 5.0 : 1.0) * bound * most);
    }
    cph_element_field_free(&field);
}

static void cuts_of_any_kind_are_read(void)
{
    const char *path = fixture_path("field.cut");
    for (int icomp = 1; icomp <= 3; icomp++)
        for (int icut = 1; icut <= 2; icut++) {
            FILE *file = begin(path);
            const int cuts = icut == 1 ? 12 : 37, points = icut == 1 ? 73 : 25;
            const double step = icut == 1 ? 5 : 15, start = icut == 1 ? -180 : 0;
            for (int c = 0; c < cuts; c++) {
                const double constant = c * (icut == 1 ? 15.0 : 5.0);
                fprintf(file, "Field data in cuts\n%g %g %d %g %d %d %d\n", start, step, points,
                        constant, icomp, icut, icut + 1);
                for (int i = 0; i < points; i++) {
                    const double moves = start + step * i;
                    write_point(file, icomp, icut + 1, icut == 1 ? moves : constant,
                                icut == 1 ? constant : moves);
                }
            }
            fputs("\n", file);
            CU_ASSERT_EQUAL_FATAL(fclose(file), 0);
            expect(path, NAN, NAN, &lopsided, 180);
            expect(path, 1e9, NAN, &lopsided, 180);
        }
}

/* theta fastest, phi to 360 degrees and again 0, gains behind. */
static void write_block(FILE *file, const known *k, double last)
{
    fputs("#Coordinate System: Spherical\n#No. of Theta Samples: 37\n#Result Type: Gain\n"
          "#   \"Theta\" \"Phi\" \"Re(Etheta)\" \"Im(Etheta)\" \"Re(Ephi)\" \"Im(Ephi)\"\n",
          file);
    for (int j = 0; j <= 24; j++)
        for (int i = 0; 5.0 * i <= last; i++) {
            cph_c64 e[2];
            at(k, 5.0 * i, 15.0 * j, e);
            fprintf(file, "%.3f %.3f %.9e %.9e %.9e %.9e -3.1 -99 -3.0\n", 5.0 * i, 15.0 * j,
                    e[0].re, e[0].im, e[1].re, e[1].im);
        }
    fputs("\n", file);
}

static void feko_fields_are_read_by_frequency(void)
{
    const char *path = fixture_path("field.FFE");
    FILE *file = begin(path);
    fputs("##File Type: Far field\n##File Format: 4\n** remark\n\n#Frequency: 1.00E+009\n", file);
    write_block(file, &lopsided, 180);
    fputs("#Configuration Name: b\n#Frequency: 1.1e9\n", file);
    write_block(file, &other, 180);
    CU_ASSERT_EQUAL_FATAL(fclose(file), 0);
    expect(path, NAN, 1e9, &lopsided, 180);
    expect(path, 1.04e9, 1e9, &lopsided, 180);
    expect(path, 1.06e9, 1.1e9, &other, 180);
    cph_element_field field = {.thetas = 99};
    cph_error error;
    CU_ASSERT_EQUAL(cph_element_field_read(path, 2e9, NULL, &field, NULL, &error), CPH_ERR_FORMAT);
    CU_ASSERT(strstr(error.message, "1.1e+09 Hz") != NULL);
    CU_ASSERT_EQUAL(field.thetas, 99);
    file = begin(path);
    write_block(file, &lopsided, 105);
    CU_ASSERT_EQUAL_FATAL(fclose(file), 0);
    expect(path, 1e9, NAN, &lopsided, 105);
}

static void write_ffd(FILE *file, const known *k)
{
    for (int i = 0; i <= 36; i++)
        for (int j = 0; j <= 24; j++) {
            cph_c64 e[2];
            at(k, 5.0 * i, 15.0 * j - 180, e);
            fprintf(file, "%.9e %.9e %.9e %.9e\n", e[0].re, e[0].im, e[1].re, e[1].im);
        }
}

static void hfss_fields_are_read_by_frequency(void)
{
    const char *path = fixture_path("field.ffd");
    FILE *file = begin(path);
    fputs("0 180 37\n-180 180 25\n", file);
    write_ffd(file, &other);
    CU_ASSERT_EQUAL_FATAL(fclose(file), 0);
    expect(path, 1e9, NAN, &other, 180);
    file = begin(path);
    fputs("0 180 37\n-180 180 25\nFrequencies 2\nFrequency 1e9\n", file);
    write_ffd(file, &other);
    fputs("Frequency 1.1e9\n", file);
    write_ffd(file, &lopsided);
    CU_ASSERT_EQUAL_FATAL(fclose(file), 0);
    expect(path, NAN, 1e9, &other, 180);
    expect(path, 1.2e9, 1.1e9, &lopsided, 180);
}

/* Written about the origin of an array, read about the element: exp(+j k u.r) is taken off. */
static void phases_move_to_the_element(void)
{
    const char *path = fixture_path("moved.ffd");
    const double place[3] = {0.4, -0.7, 0.2}, k = 2 * M_PI * 3e8 / CPH_SPEED_OF_LIGHT;
    FILE *file = begin(path);
    fputs("0 180 37\n0 345 24\n", file);
    for (int i = 0; i <= 36; i++)
        for (int j = 0; j < 24; j++) {
            const double t = i * M_PI / 36, p = j * M_PI / 12;
            const double u[3] = {sin(t) * cos(p), sin(t) * sin(p), cos(t)};
            const double phase = k * dot(u, place), c = cos(phase), s = sin(phase);
            cph_c64 e[2];
            at(&lopsided, 5.0 * i, 15.0 * j, e);
            for (int n = 0; n < 2; n++)
                fprintf(file, "%.9e %.9e%c", e[n].re * c - e[n].im * s, e[n].re * s + e[n].im * c,
                        n == 0 ? ' ' : '\n');
        }
    CU_ASSERT_EQUAL_FATAL(fclose(file), 0);
    cph_element_field field = {0};
    cph_error error;
    CU_ASSERT_EQUAL_FATAL(cph_element_field_read(path, 3e8, place, &field, NULL, &error), CPH_OK);
    for (int i = 0; i < 100; i++) {
        double u[3];
        spiral(i, 100, u);
        CU_ASSERT(miss(&lopsided, &field, u) < bound * most_of(&lopsided));
    }
    cph_element_field_free(&field);
}

static void files_that_are_no_field_are_refused(void)
{
    static const struct {
        const char *name, *text, *says;
    } bad[] = {
        {"a.cut", "", "no samples"},
        {"a.cut", "words\n", ":1: the file ends where a cut begins"},
        {"a.cut", "words\n0 5 x 0 3 1 2\n", ":2: expected V_INI"},
        {"a.cut", "words\n0 5 2 0 4 1 2\n", ":2: ICOMP 4"},
        {"a.cut", "words\n0 5 2 0 3 3 2\n", ":2: ICUT 3"},
        {"a.cut", "words\n0 5 2 0 3 1 1\n", ":2: NCOMP 1"},
        {"a.cut", "words\n0 0 2 0 3 1 2\n", ":2: V_INC 0"},
        {"a.cut", "words\n0 5 2 0 3 1 2\n1 2 3 4\n1 2 3\n", ":4: expected 4 numbers"},
        {"a.cut", "words\n0 5 2 0 3 1 2\n1 2 3 4\n1 2 nan 3\n", ":4: expected 4 numbers"},
        {"a.cut", "words\n0 5 2 0 3 1 2\n1 2 3 4\n", ":3: the file ends at point 1 of 2"},
        {"a.cut", "a\n0 5 1 7 3 1 2\n1 2 3 4\na\n0 5 1 7 3 1 2\n1 2 3 4\n",
         ":5: a second cut at 7 degrees"},
        {"a.cut", "a\n5 5 6 0 3 1 2\n1 0 0 0\n1 0 0 0\n1 0 0 0\n1 0 0 0\n1 0 0 0\n1 0 0 0\n",
         "expected even steps from 0"},
        {"a.cut", "a\n0 5 6 0 3 1 2\n1 0 0 0\n1 0 0 0\n1 0 0 0\n1 0 0 0\n1 0 0 0\n1 0 0 0\n",
         "expected even steps all around"},
        {"a.ffe", "#Frequency: x\n", ":1: expected a frequency"},
        {"a.ffe", "\n#Coordinate System: Cartesian\n", ":2: expected Coordinate System"},
        {"a.ffe", "##File Type: Near field\n", ":1: expected File Type"},
        {"a.ffe", "** x\n0 0 1 2 3\n", ":2: expected theta, phi"},
        {"a.ffe", "0 0 1 2 3 4\n0 90 1 2 3 4\n0 180 1 2 3 4\n0 270 1 2 3 4\n90 0 1 2 3 4\n",
         "2 angles theta: expected 6"},
        {"a.ffd", "", ": is empty: expected start, stop and number of angles theta"},
        {"a.ffd", "0 180\n", ":1: expected start"},
        {"a.ffd", "0 180 3\n0 360 1\n", ":2: expected start, stop and number of angles phi"},
        {"a.ffd", "0 180 6\n0 360 7202\n",
         ":2: expected start, stop and number of angles phi, 2 to 7201"},
        {"a.ffd", "0 180 2\n0 360 2\n1 2 3\n", ":3: expected E theta"},
        {"a.ffd", "0 180 2\n0 360 2\nFrequencies x\n", ":3: expected Frequencies N"},
        {"a.ffd", "0 180 2\n0 360 2\n1 2 3 4\nFrequency 1\n", ":4: after 1 of 4 points"},
        {"a.ffd", "0 180 2\n0 360 2\n1 2 3 4\n", "ends after 1 of 4 points"},
        {"a.ffd", "0 180 2\n0 360 2\n1 2 3 4\n1 2 3 4\n1 2 3 4\n1 2 3 4\n1 2 3 4\n",
         ":7: more than the 4 points"},
        {"a.txt", "0 0", "expected a file of a far field"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cph_element_field field = {.thetas = 99};
        cph_error error = {.message = ""};
        const char *path = fixture_path(bad[i].name);
        FILE *file = begin(path);
        CU_ASSERT(fputs(bad[i].text, file) >= 0 && fclose(file) == 0);
        CU_ASSERT_EQUAL(cph_element_field_read(path, NAN, NULL, &field, NULL, &error),
                        CPH_ERR_FORMAT);
        if (strstr(error.message, bad[i].says) == NULL)
            printf("%s: not \"%s\"\n", error.message, bad[i].says);
        CU_ASSERT(strstr(error.message, bad[i].says) != NULL);
        CU_ASSERT(strstr(error.message, path) != NULL);
        CU_ASSERT_EQUAL(field.thetas, 99);
    }
    cph_element_field field;
    cph_error error;
    CU_ASSERT_EQUAL(
        cph_element_field_read(fixture_path("none.cut"), NAN, NULL, &field, NULL, &error),
        CPH_ERR_IO);
}

/* What is made of a field takes thetas phis^2 steps: a few more samples would be hours. */
static void angles_around_are_limited(void)
{
    static const int phis[] = {7200, 7201};
    for (int k = 0; k < 2; k++) {
        cph_element_field field = {.thetas = 99};
        cph_error error = {.message = ""};
        const char *path = fixture_path("many.ffe");
        FILE *file = begin(path);
        for (int i = 1; i < 6; i++)
            fprintf(file, "%d 0 1 0 0 0\n", 36 * i);
        for (int j = 0; j < phis[k]; j++)
            fprintf(file, "0 %.6f 1 0 0 0\n", 360.0 * j / phis[k]);
        CU_ASSERT_EQUAL_FATAL(fclose(file), 0);
        CU_ASSERT_EQUAL(cph_element_field_read(path, NAN, NULL, &field, NULL, &error),
                        CPH_ERR_FORMAT);
        const char *says =
            k == 0 ? "of a grid of 6 x 7200" : "7201 angles phi: expected at most 7200";
        CU_ASSERT(strstr(error.message, says) != NULL);
        CU_ASSERT_EQUAL(field.thetas, 99);
    }
}

/* Bytes beyond a limit are not taken into memory, and zeros are no text. */
static void lines_are_limited(void)
{
    static const struct {
        int fill, bytes;
        const char *says;
    } bad[] = {{'0', (1 << 20) - 1, ":1: expected"},
               {'0', 1 << 20, "line 1 is longer than 1048575 bytes"},
               {'\0', 9, "line 1 has a zero byte"}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cph_element_field field = {.thetas = 99};
        cph_error error = {.message = ""};
        const char *path = fixture_path("long.ffd");
        FILE *file = begin(path);
        for (int n = 0; n < bad[i].bytes; n++)
            (void)putc(bad[i].fill, file);
        CU_ASSERT_EQUAL_FATAL(fclose(file), 0);
        CU_ASSERT_EQUAL(cph_element_field_read(path, NAN, NULL, &field, NULL, &error),
                        CPH_ERR_FORMAT);
        CU_ASSERT(strstr(error.message, bad[i].says) != NULL);
        CU_ASSERT_EQUAL(field.thetas, 99);
    }
}

CU_TestInfo cph_tests_data_fields[] = {
    {"cuts of any kind are read", cuts_of_any_kind_are_read},
    {"FEKO fields are read by frequency", feko_fields_are_read_by_frequency},
    {"HFSS fields are read by frequency", hfss_fields_are_read_by_frequency},
    {"phases move to the element", phases_move_to_the_element},
    {"files that are no field are refused", files_that_are_no_field_are_refused},
    {"angles around are limited", angles_around_are_limited},
    {"lines are limited", lines_are_limited},
    CU_TEST_INFO_NULL,
};
