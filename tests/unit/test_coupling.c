/* SPDX-License-Identifier: MIT */
/* Scattering parameters: Touchstone files, active reflection, coupled weights, against closed
 * forms. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/coupling.h"
#include "cophase/data_text.h"
#include "tests/unit/data_fixture.h"

/* No symmetry: s12 is not s21. */
static const cph_c64 two[4] = {{0.1, 0.2}, {0.3, -0.4}, {-0.5, 0.05}, {0.25, 0}};

static void same(cph_c64 a, double re, double im, double tolerance)
{
    CU_ASSERT_DOUBLE_EQUAL(a.re, re, tolerance);
    CU_ASSERT_DOUBLE_EQUAL(a.im, im, tolerance);
}

/* a = (2, j): b1 = 2 s11 + j s12, b2 = 2 s21 + j s22. */
static void two_ports_reflect_and_radiate_by_hand(void)
{
    const cph_c64 a[2] = {{2, 0}, {0, 1}};
    const double b1[2] = {0.2 + 0.4, 0.4 + 0.3}, b2[2] = {-1.0, 0.1 + 0.25};
    cph_c64 gamma[2], r[2];
    cph_reflection f;
    CU_ASSERT_EQUAL_FATAL(cph_coupling_reflection(2, two, a, gamma, &f), CPH_OK);
    same(gamma[0], b1[0] / 2, b1[1] / 2, 1e-15);
    same(gamma[1], b2[1], -b2[0], 1e-15);
    const double g1 = (0.36 + 0.49) / 4, g2 = 1.0 + 0.35 * 0.35;
    CU_ASSERT_EQUAL(f.worst, 1);
    CU_ASSERT_DOUBLE_EQUAL(f.worst_db, 10 * log10(g2), 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(f.mean_db, 10 * log10((g1 + g2) / 2), 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(f.mismatch_loss_db, 10 * log10(5 / (5 - 4 * g1 - g2)), 1e-12);
    CU_ASSERT_EQUAL_FATAL(cph_coupling_radiating(2, two, a, CPH_RADIATOR_VOLTAGE, r), CPH_OK);
    same(r[0], 2 + b1[0], b1[1], 1e-15);
    same(r[1], b2[0], 1 + b2[1], 1e-15);
    CU_ASSERT_EQUAL_FATAL(cph_coupling_radiating(2, two, a, CPH_RADIATOR_CURRENT, r), CPH_OK);
    same(r[0], 2 - b1[0], -b1[1], 1e-15);
    same(r[1], -b2[0], 1 - b2[1], 1e-15);
}

/* A circulator with turned phases sends everything on: port 0 to 1 to 2 to 0. */
static void a_circulator_hands_on(void)
{
    const cph_c64 s[9] = {{0, 0}, {0, 0}, {0, 1},     {-1, 0}, {0, 0},
                          {0, 0}, {0, 0}, {0.6, 0.8}, {0, 0}};
    const cph_c64 a[3] = {{1, 0}, {0, 2}, {0, 0}};
    cph_c64 gamma[3], r[3];
    cph_reflection f;
    double norm;
    CU_ASSERT_EQUAL_FATAL(cph_coupling_reflection(3, s, a, gamma, &f), CPH_OK);
    same(gamma[0], 0, 0, 0);
    same(gamma[1], 0, 0.5, 1e-15); /* -1 / 2j */
    CU_ASSERT(isnan(gamma[2].re));
    CU_ASSERT_EQUAL(f.worst, 1);
    CU_ASSERT_DOUBLE_EQUAL(f.mean_db, 10 * log10(0.125), 1e-12);
    CU_ASSERT(isnan(f.mismatch_loss_db)); /* all of it comes back */
    CU_ASSERT_EQUAL_FATAL(cph_coupling_radiating(3, s, a, CPH_RADIATOR_VOLTAGE, r), CPH_OK);
    same(r[0], 1, 0, 0);
    same(r[1], -1, 2, 0);
    same(r[2], -1.6, 1.2, 1e-15); /* 2j (0.6 + 0.8j): terminated, and radiates */
    CU_ASSERT_EQUAL_FATAL(cph_coupling_norm(3, s, &norm), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(norm, 1.0, 1e-12);
}

/* u v^H with |u| |v| = 1.1 * 1.3. */
static void the_norm_is_the_largest_singular_value(void)
{
    const double u[3] = {0.3, -0.9, 0.55677643628}, v[3] = {1.2, 0.4, 0.3};
    const double lengths = sqrt(0.09 + 0.81 + u[2] * u[2]) * 1.3;
    cph_c64 s[9];
    double norm = 0.0;
    for (int i = 0; i < 9; i++)
        s[i] = (cph_c64){0.0, u[i / 3] * v[i % 3]};
    CU_ASSERT_EQUAL_FATAL(cph_coupling_norm(3, s, &norm), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(norm, lengths, 1e-12);
    const double theta = 0.3; /* diag(0.9, 0.5) between two rotations */
    const double c = cos(theta), k = sin(theta);
    const cph_c64 m[4] = {{0.9 * c, 0}, {0.5 * k, 0}, {-0.9 * k, 0}, {0.5 * c, 0}};
    CU_ASSERT_EQUAL_FATAL(cph_coupling_norm(2, m, &norm), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(norm, 0.9, 1e-8);
}

static void bad_arguments_are_refused(void)
{
    cph_c64 a[2] = {{0, 0}, {0, 0}}, r[2], bad[4] = {{NAN, 0}};
    cph_reflection f;
    double norm;
    CU_ASSERT_EQUAL(cph_coupling_reflection(2, two, a, NULL, &f), CPH_ERR_TOO_FEW);
    CU_ASSERT_EQUAL(cph_coupling_radiating(2, two, a, CPH_RADIATOR_VOLTAGE, a), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_coupling_radiating(0, two, a, CPH_RADIATOR_VOLTAGE, r), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_coupling_radiating(2, bad, a, CPH_RADIATOR_VOLTAGE, r), CPH_ERR_NOT_FINITE);
    CU_ASSERT_EQUAL(cph_coupling_norm(SIZE_MAX / 2, two, &norm), CPH_ERR_OVERFLOW);
}

/* ---- files ---- */

static cph_network read(const char *name, const char *text, double freq_hz)
{
    cph_network network = {0};
    cph_error error = {.message = ""};
    const char *path = fixture_path(name);
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT(fputs(text, file) >= 0 && fclose(file) == 0);
    const cph_status status = cph_network_read(path, freq_hz, &network, &error);
    if (status != CPH_OK)
        puts(error.message);
    CU_ASSERT_EQUAL_FATAL(status, CPH_OK);
    return network;
}

/* Of two-ports alone S21 comes before S12; three forms of the same numbers. */
static void two_ports_are_read_in_their_order(void)
{
    static const char *const text[] = {
        "! remark\n# MHz S RI R 75\n100 0.1 0.2 -0.5 0.05 0.3 -0.4 0.25 0 ! more\n",
        "\n# ri s mhz r 75\n100 0.1 .2 -5D-1 0.05 0.3 -0.4 0.25 0\n# GHz Y\n"
        "2 1 1 1 1\n3 1 1 1 1\n",
        "# MHz S MA R 75\n100 0.22360679775 63.4349488229 0.50249378106 174.2894068625 0.5 "
        "-53.1301023542 0.25 0\n",
        "#R 75 S DB MHz\n100 -13.0102999566 63.4349488229 -5.9773861755 174.2894068625 "
        "-6.0205999133 "
        "-53.1301023542 -12.0411998266 0\n"};
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++) {
        cph_network n = read("two.S2P", text[i], i == 0 ? NAN : 100.5e6);
        CU_ASSERT(n.ports == 2 && n.freq_hz == 100e6 && n.reference_ohm == 75.0);
        for (size_t k = 0; k < 4; k++)
            same(n.s[k], two[k].re, two[k].im, 1e-8);
        cph_network_free(&n);
    }
}

/* Rows wrapped as files have them, between two of three frequencies, GHz and MA unless said. */
static void larger_networks_wrap_and_frequencies_interpolate(void)
{
    cph_network n = read("three.s3p",
                         "# S RI\n"
                         "1 1 0 2 0 3 0\n 4 0 5 0 6 0\n 7 0 8 0 9 0\n"
                         "2 1 1 2 1 3 1 4 1 5 1 6 1 7 1 8 1 9 1\n"
                         "4 0 0 0 0 0 0\n 0 0 0 0 0 0\n 0 0 0 0\n 0 0\n",
                         1.25e9);
    CU_ASSERT(n.ports == 3 && n.reference_ohm == 50.0 && n.freq_hz == 1.25e9);
    for (size_t k = 0; k < 9; k++)
        same(n.s[k], (double)k + 1, 0.25, 1e-12);
    cph_network_free(&n);
    n = read("one.s1p", "#\n1 0.5 90\n2 0.5 -90\n", 2e9);
    same(n.s[0], 0, -0.5, 1e-15);
    cph_network_free(&n);
    n = read("one.s1p", "#\n1 0.5 90\n2 0.5 -90\n", 1e9);
    same(n.s[0], 0, 0.5, 1e-15);
    cph_network_free(&n);
}

/* A series impedance z between two ports: s11 = z / (2 + z), s21 = 2 / (2 + z), y = +-1 / z. Its z
 * parameters are infinite; those of a shunt w: all w, s11 = -1 / (1 + 2 w), s21 = 2 w / (1 + 2 w).
 */
static void impedances_and_admittances_become_scattering(void)
{
    cph_network n =
        read("series.s2p", "# Hz Y RI R 50\n5 0.5 -0.5 -0.5 0.5 -0.5 0.5 0.5 -0.5\n", 5);
    const double d = 3 * 3 + 1; /* z = 1 + j: 2 + z = 3 + j */
    same(n.s[0], (3 + 1) / d, (3 - 1) / d, 1e-14);
    same(n.s[1], 6 / d, -2 / d, 1e-14);
    same(n.s[3], (3 + 1) / d, (3 - 1) / d, 1e-14);
    cph_network_free(&n);
    n = read("shunt.s2p", "# Hz Z RI R 50\n5 0 1 0 1 0 1 0 1\n", 5);
    same(n.s[0], -0.2, 0.4, 1e-14); /* w = j: -1 / (1 + 2 j) */
    same(n.s[2], 0.8, 0.4, 1e-14);
    cph_network_free(&n);
    /* z = (1 1; 0 2), of no symmetry: (z - 1)(z + 1)^-1 = (0 1; 0 1)(1/2 -1/6; 0 1/3). */
    n = read("skew.s2p", "# Hz Z RI\n5 1 0 0 0 1 0 2 0\n", 5);
    same(n.s[0], 0, 0, 1e-15);
    same(n.s[1], 1.0 / 3, 0, 1e-15);
    same(n.s[2], 0, 0, 1e-15);
    same(n.s[3], 1.0 / 3, 0, 1e-15);
    cph_network_free(&n);
}

static void noise_behind_a_two_port_is_passed_over(void)
{
    cph_network n = read("noisy.s2p",
                         "# GHz S RI\n2 0.1 0.2 -0.5 0.05 0.3 -0.4 0.25 0\n"
                         "22 0 0 0 0 0 0 0 0\n4 .7 .64 69 19\n18 2.7 .46 -33 20\n",
                         2e9);
    same(n.s[2], -0.5, 0.05, 0);
    cph_network_free(&n);
}

static void files_that_are_no_network_are_refused(void)
{
    static const struct {
        const char *name, *text, *says;
        double freq_hz;
    } bad[] = {
        {"a.s2p", "", "no parameters", 1e9},
        {"a.s2p", "1 2 3\n", ":1: expected a line # Hz", 1e9},
        {"a.s2p", "# GHz S XX\n", ":1: 'XX': expected", 1e9},
        {"a.s2p", "# GHz S RI R\n", ":1: R without", 1e9},
        {"a.s2p", "# GHz S RI R -5\n", ":1: R -5", 1e9},
        {"a.s2p", "#\n1 2 x\n", ":2: expected numbers", 1e9},
        {"a.s2p", "#\n\n1 2 3 4\n", ":3: 4 numbers after 0", 1e9},
        {"a.s2p", "#\n1 2 3\n4\n", ":3: 1 numbers after 3", 1e9},
        {"a.s2p", "#\n1 1 1 2 2 3 3 4 4 5 5\n", ":2: 11 numbers after 0", 1e9},
        {"a.s2p", "#\n1 1 1 2 2 3 3\n", ":2: the file ends after 7 of 9", 1e9},
        {"a.s1p", "#\n2 1 1\n1 1 1\n", ":3: 1e+09 Hz: expected rising", 1e9},
        {"a.s1p", "#\n1 1 1\n2 1 1\n", ":3: more than one frequency", NAN},
        {"a.s1p", "#\n1 1 1\n2 1 1\n", "for 1e+09 to 2e+09 Hz, and the array for 3e+09", 3e9},
        {"a.s1p", "#\n1 1 1\n", "the array for 1.02e+09", 1.02e9},
        {"a.s1p", "# Hz Z RI\n1 -1 0\n", "no scattering matrix", 1},
        {"a.s1p", "# GHz S DB\n\n1 9000 0\n", ":3: 1e+09 Hz: expected finite parameters", 1e9},
        {"a.s1p", "# Hz S DB\n1 0 0\n3 7000 0\n", ":3: 3 Hz: expected finite parameters", 2},
        {"a.s1p", "# Hz Z DB\n1 9000 0\n", ":2: 1 Hz: expected finite parameters", 1},
        {"a.s1p", "# Hz S RI\n1 0x1 0\n", ":2: expected numbers", 1},
        {"a.txt", "", "named .sNp", 1e9},
        {"a.s0p", "", "named .sNp", 1e9},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cph_network network = {.ports = 99};
        cph_error error = {.message = ""};
        const char *path = fixture_path(bad[i].name);
        FILE *file = fopen(path, "w");
        CU_ASSERT_PTR_NOT_NULL_FATAL(file);
        CU_ASSERT(fputs(bad[i].text, file) >= 0 && fclose(file) == 0);
        CU_ASSERT_EQUAL(cph_network_read(path, bad[i].freq_hz, &network, &error), CPH_ERR_FORMAT);
        if (strstr(error.message, bad[i].says) == NULL)
            printf("%s: not \"%s\"\n", error.message, bad[i].says);
        CU_ASSERT(strstr(error.message, bad[i].says) != NULL);
        CU_ASSERT_EQUAL(network.ports, 99);
    }
    cph_network network;
    cph_error error;
    const char *path = fixture_path("b.s2p");
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT(fputs("[Version] 2.0\n", file) >= 0 && fclose(file) == 0);
    CU_ASSERT_EQUAL(cph_network_read(path, 1e9, &network, &error), CPH_ERR_UNSUPPORTED);
    CU_ASSERT_EQUAL(cph_network_read(fixture_path("none.s2p"), 1e9, &network, &error), CPH_ERR_IO);
}

CU_TestInfo cph_tests_coupling[] = {
    {"two ports reflect and radiate as by hand", two_ports_reflect_and_radiate_by_hand},
    {"a circulator hands on", a_circulator_hands_on},
    {"the norm is the largest singular value", the_norm_is_the_largest_singular_value},
    {"bad arguments are refused", bad_arguments_are_refused},
    {"two-ports are read in their order", two_ports_are_read_in_their_order},
    {"larger networks wrap, and frequencies interpolate",
     larger_networks_wrap_and_frequencies_interpolate},
    {"impedances and admittances become scattering", impedances_and_admittances_become_scattering},
    {"noise behind a two-port is passed over", noise_behind_a_two_port_is_passed_over},
    {"files that are no network are refused", files_that_are_no_network_are_refused},
    CU_TEST_INFO_NULL,
};
