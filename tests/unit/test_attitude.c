/* SPDX-License-Identifier: MIT */
/* How an array stands, and what stands around it. */
#include "cophase/attitude.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/horizon.h"
#include "cophase/random.h"
#include "data_fixture.h"
#include "kernels/core/vec3.h"

static const double degree = M_PI / 180.0;

/* ---- the oracle: rotations about axes, multiplied ---- */

/* By `angle` about the unit vector k (Rodrigues). */
static void about(const double k[3], double angle, double m[9])
{
    const double c = cos(angle), s = sin(angle);
    const double cross[9] = {0, -k[2], k[1], k[2], 0, -k[0], -k[1], k[0], 0};
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++)
            m[3 * i + j] = (i == j ? c : 0.0) + (1.0 - c) * k[i] * k[j] + s * cross[3 * i + j];
}

static void times(const double a[9], const double b[9], double out[9])
{
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++)
            out[3 * i + j] = a[3 * i] * b[j] + a[3 * i + 1] * b[3 + j] + a[3 * i + 2] * b[6 + j];
}

static void oracle(const double angle[3], double m[9])
{
    static const double x[3] = {1, 0, 0}, y[3] = {0, 1, 0}, z[3] = {0, 0, 1};
    double a[9], b[9], c[9], ab[9];
    about(z, -angle[2], a);
    about(x, angle[1], b);
    about(y, angle[0], c);
    times(a, b, ab);
    times(ab, c, m);
}

static double distance9(const double a[9], const double b[9])
{
    double most = 0.0;
    for (size_t i = 0; i < 9; i++)
        most = fmax(most, fabs(a[i] - b[i]));
    return most;
}

static void random_angles(cph_random *random, double angle[3])
{
    angle[0] = 2.0 * M_PI * (cph_random_uniform(random) - 0.5);
    angle[1] = M_PI * (cph_random_uniform(random) - 0.5);
    angle[2] = 2.0 * M_PI * cph_random_uniform(random);
}

/* ---- attitudes ---- */

static void angles_turn_as_they_say(void)
{
    double m[9];
    cph_attitude_matrix(0.0, 0.0, 90.0 * degree, m); /* y looks east, x south */
    CU_ASSERT_DOUBLE_EQUAL(m[1], 1.0, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(m[3], -1.0, 1e-15);
    cph_attitude_matrix(0.0, 10.0 * degree, 0.0, m); /* y is raised, boresight leans south */
    CU_ASSERT_DOUBLE_EQUAL(m[7], sin(10.0 * degree), 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(m[5], -sin(10.0 * degree), 1e-15);
    cph_attitude_matrix(10.0 * degree, 0.0, 0.0, m); /* x is lowered, boresight leans east */
    CU_ASSERT_DOUBLE_EQUAL(m[6], -sin(10.0 * degree), 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(m[2], sin(10.0 * degree), 1e-15);
    /* heading east, nose up 20 degrees: boresight leans back, west */
    cph_attitude_matrix(0.0, 20.0 * degree, 90.0 * degree, m);
    CU_ASSERT_DOUBLE_EQUAL(m[2], -sin(20.0 * degree), 1e-15);
}

static void angles_are_three_rotations(void)
{
    const uint64_t seed = 8811;
    cph_random random;
    double worst = 0.0, back = 0.0;
    cph_random_seed(&random, seed, 0);
    for (size_t i = 0; i < 1000; i++) {
        double angle[3], m[9], want[9], got[3];
        random_angles(&random, angle);
        if (i % 10 == 0)
            angle[1] = i % 20 == 0 ? M_PI_2 : -M_PI_2; /* where yaw and roll are one */
        cph_attitude_matrix(angle[0], angle[1], angle[2], m);
        oracle(angle, want);
        worst = fmax(worst, distance9(m, want));
        cph_attitude_angles(m, &got[0], &got[1], &got[2]);
        cph_attitude_matrix(got[0], got[1], got[2], want);
        back = fmax(back, distance9(m, want));
        if (i % 10 != 0)
            CU_ASSERT(fabs(remainder(got[0] - angle[0], 2.0 * M_PI)) < 1e-9 &&
                      fabs(got[1] - angle[1]) < 1e-9 &&
                      fabs(remainder(got[2] - angle[2], 2.0 * M_PI)) < 1e-9);
    }
    if (worst > 1e-14 || back > 1e-8)
        printf("seed %llu: %g %g ", (unsigned long long)seed, worst, back);
    CU_ASSERT(worst < 1e-14);
    CU_ASSERT(back < 1e-8);
}

static void fixed_attitudes_are_what_was_given(void)
{
    const uint64_t seed = 8812;
    cph_random random;
    cph_attitude a;
    double worst = 0.0, m[9], got[9];
    cph_random_seed(&random, seed, 0);
    for (size_t i = 0; i < 1000; i++) {
        double angle[3];
        random_angles(&random, angle);
        if (i < 4) /* half turns, where a quaternion's first part is 0 */
            for (size_t k = 0; k < 3; k++)
                angle[k] = k + 1 == i ? M_PI : 0.0;
        oracle(angle, m);
        CU_ASSERT_EQUAL_FATAL(cph_attitude_fixed(m, &a), CPH_OK);
        CU_ASSERT_EQUAL(cph_attitude_at(&a, 1e9 * cph_random_uniform(&random), got), CPH_OK);
        worst = fmax(worst, distance9(m, got));
        cph_attitude_free(&a);
    }
    if (worst > 1e-14)
        printf("seed %llu: %g ", (unsigned long long)seed, worst);
    CU_ASSERT(worst < 1e-14);
    m[0] += 1e-3;
    CU_ASSERT_EQUAL(cph_attitude_fixed(m, &a), CPH_ERR_ARGUMENT);
    const double mirror[9] = {-1, 0, 0, 0, 1, 0, 0, 0, 1};
    CU_ASSERT_EQUAL(cph_attitude_fixed(mirror, &a), CPH_ERR_ARGUMENT);
}

/* A b on the way from a at `share`: a times a part of the rotation from a to b about its axis. */
static void part_of_way(const double a[9], const double b[9], double share, double out[9])
{
    double inverse[9], way[9], k[3], part[9];
    for (size_t i = 0; i < 9; i++)
        inverse[i] = a[3 * (i % 3) + i / 3];
    times(inverse, b, way);
    k[0] = way[7] - way[5];
    k[1] = way[2] - way[6];
    k[2] = way[3] - way[1];
    const double sine = 0.5 * cph_norm3(k), cosine = 0.5 * (way[0] + way[4] + way[8] - 1.0);
    cph_unit3(k);
    about(k, share * atan2(sine, cosine), part);
    times(a, part, out);
}

static void between_rows_it_turns_evenly(void)
{
    const uint64_t seed = 8813;
    cph_random random;
    double worst = 0.0;
    cph_random_seed(&random, seed, 0);
    for (size_t i = 0; i < 500; i++) {
        double angles[2][3], a[9], b[9], want[9], got[9];
        random_angles(&random, angles[0]);
        random_angles(&random, angles[1]);
        if (i % 2 == 0) /* near each other, as they are in practice */
            for (size_t k = 0; k < 3; k++)
                angles[1][k] = angles[0][k] + 0.01 * (cph_random_uniform(&random) - 0.5);
        const double time[2] = {1.7e9, 1.7e9 + 4.0};
        const double share = 0.25 * (double)(i % 5);
        cph_attitude series;
        CU_ASSERT_EQUAL_FATAL(cph_attitude_series(2, time, (const double(*)[3])angles, &series),
                              CPH_OK);
        CU_ASSERT_EQUAL(cph_attitude_at(&series, time[0] + 4.0 * share, got), CPH_OK);
        oracle(angles[0], a);
        oracle(angles[1], b);
        part_of_way(a, b, share, want);
        worst = fmax(worst, distance9(want, got));
        cph_attitude_free(&series);
    }
    if (worst > 1e-9) /* the oracle's axis is worse near half a turn and near none */
        printf("seed %llu: %g ", (unsigned long long)seed, worst);
    CU_ASSERT(worst < 1e-9);
}

static void north_is_crossed_the_short_way(void)
{
    const double time[3] = {10.0, 12.0, 13.0};
    const double angles[3][3] = {{0, 0, 350 * degree}, {0, 0, 20 * degree}, {0, 0, 20 * degree}};
    cph_attitude a;
    double m[9], roll, pitch, yaw;
    CU_ASSERT_EQUAL_FATAL(cph_attitude_series(3, time, angles, &a), CPH_OK);
    CU_ASSERT_EQUAL(cph_attitude_at(&a, 11.0, m), CPH_OK);
    cph_attitude_angles(m, &roll, &pitch, &yaw);
    CU_ASSERT_DOUBLE_EQUAL(yaw, 5.0 * degree, 1e-12);
    CU_ASSERT_EQUAL(cph_attitude_at(&a, 13.0, m), CPH_OK);
    CU_ASSERT_EQUAL(cph_attitude_at(&a, 9.99, m), CPH_ERR_MISSING);
    CU_ASSERT_EQUAL(cph_attitude_at(&a, 13.01, m), CPH_ERR_MISSING);
    CU_ASSERT_EQUAL(cph_attitude_at(&a, NAN, m), CPH_ERR_ARGUMENT);
    cph_attitude_free(&a);
    const double falling[2] = {2.0, 2.0};
    CU_ASSERT_EQUAL(cph_attitude_series(2, falling, angles, &a), CPH_ERR_ARGUMENT);
}

/* ---- tables ---- */

static const char *write_text(const char *text)
{
    const char *path = fixture_path("attitude.csv");
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
    return path;
}

static void attitudes_are_read(void)
{
    cph_attitude a;
    double m[9], want[9];
    cph_error error = {.message = ""};
    const char *path = write_text("# ship\nyaw_deg,time,roll_deg,pitch_deg\n"
                                  "350,2026-11-23T10:00:00Z,3,-7\n"
                                  "-10,2026-11-23T10:00:02Z,3,-7\n");
    CU_ASSERT_EQUAL(cph_attitude_read(path, &a, &error), CPH_OK);
    CU_ASSERT_STRING_EQUAL(error.message, "");
    const double angle[3] = {3 * degree, -7 * degree, 350 * degree};
    oracle(angle, want);
    CU_ASSERT_EQUAL(cph_attitude_at(&a, 1795428001.0, m), CPH_OK);
    CU_ASSERT(distance9(m, want) < 1e-14);
    cph_attitude_free(&a);
}

static void horizon_goes_around(void)
{
    cph_horizon h;
    const char *path = write_text("az_deg,el_deg\n10,5\n90,25\n90,2\n350,15\n");
    CU_ASSERT_EQUAL_FATAL(cph_horizon_read(path, &h, NULL), CPH_OK);
    static const double rows[][2] = {{10, 5},    {50, 15},   {90, 25},       {90.0001, 2.0},
                                     {220, 8.5}, {350, 15},  {355, 12.5},    {0, 10},
                                     {-5, 12.5}, {365, 7.5}, {-360 + 50, 15}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        CU_ASSERT_DOUBLE_EQUAL(cph_horizon_at(&h, rows[i][0] * degree) / degree, rows[i][1], 1e-4);
    CU_ASSERT(isnan(cph_horizon_at(&h, NAN)));
    cph_horizon_free(&h);
    CU_ASSERT_EQUAL_FATAL(
        cph_horizon_read(write_text("az_deg,el_deg\n-180,3\n0,9\n180,4\n"), &h, NULL), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(cph_horizon_at(&h, 180 * degree) / degree, 4.0, 1e-9); /* an edge */
    CU_ASSERT_DOUBLE_EQUAL(cph_horizon_at(&h, 181 * degree) / degree, 3.0 + 6.0 / 180.0, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(cph_horizon_at(&h, 179 * degree) / degree, 4.0 + 5.0 / 180.0, 1e-9);
    cph_horizon_free(&h);
    CU_ASSERT_EQUAL_FATAL(cph_horizon_read(write_text("el_deg,az_deg\n12,77\n"), &h, NULL), CPH_OK);
    CU_ASSERT_DOUBLE_EQUAL(cph_horizon_at(&h, 3.0) / degree, 12.0, 1e-12);
    cph_horizon_free(&h);
    CU_ASSERT_EQUAL(cph_horizon_at(&h, 3.0), -M_PI_2);
}

/* Edges anywhere, also where the table begins and ends: degrees as files have them, asked for whole
 * turns away; each a row of 711 and 361 of them. */
static void horizon_edges_have_the_higher(void)
{
    size_t lower = 0;
    for (int i = -360; i <= 350; i++) {
        const double edge[] = {(i - 3) * degree, i * degree, i * degree, (i + 5) * degree};
        const double el[] = {0.1, 0.2, 0.7, 0.3};
        cph_horizon h;
        CU_ASSERT_EQUAL_FATAL(cph_horizon_make(4, edge, el, &h), CPH_OK);
        for (int turns = -1; turns <= 1; turns++)
            lower += cph_horizon_at(&h, (i + 360.0 * turns) / 180.0 * M_PI) != 0.7;
        cph_horizon_free(&h);
    }
    for (int d = -360; d <= 0; d++) {
        for (int side = 0; side < 2; side++) {
            const double edge[] = {d * degree, (d + 90) * degree, (d + 360) * degree};
            const double el[] = {side == 0 ? 0.1 : 0.7, 0.2, side == 0 ? 0.7 : 0.1};
            cph_horizon h;
            CU_ASSERT_EQUAL_FATAL(cph_horizon_make(3, edge, el, &h), CPH_OK);
            lower += cph_horizon_at(&h, d * degree) != 0.7;
            lower += cph_horizon_at(&h, (d + 360) * degree) != 0.7;
            cph_horizon_free(&h);
        }
    }
    CU_ASSERT_EQUAL(lower, 0);
}

/* Half a turn is the positive one, whatever the signs of zeros. */
static void half_a_roll_is_positive(void)
{
    for (int sign = -1; sign <= 1; sign += 2) {
        const double zero = sign * 0.0;
        const double turned[9] = {-1, zero, zero, zero, 1, zero, zero, zero, -1};
        double roll, pitch, yaw;
        cph_attitude_angles(turned, &roll, &pitch, &yaw);
        CU_ASSERT_DOUBLE_EQUAL(roll, M_PI, 0.0);
        CU_ASSERT(pitch == 0.0 && yaw == 0.0);
    }
}

static void wrong_tables_are_refused_with_their_line(void)
{
    static const struct {
        const char *text, *words;
        bool horizon;
    } cases[] = {
        {"time_unix_s,roll_deg,pitch_deg\n", "names no column yaw_deg", false},
        {"time_unix_s,roll_deg,pitch_deg,yaw_deg\n", "has no rows", false},
        {"time_unix_s,roll_deg,pitch_deg,yaw_deg\n0,0,91,0\n", "line 2: pitch_deg is 91", false},
        {"time_unix_s,roll_deg,pitch_deg,yaw_deg\n0,0,nan,0\n", "line 2: pitch_deg is nan", false},
        {"time_unix_s,roll_deg,pitch_deg,yaw_deg\n3,0,0,0\n3,0,0,0\n",
         "line 3: time 3 is not after", false},
        {"az_deg\n", "names no column el_deg", true},
        {"az_deg,el_deg\n", "has no rows", true},
        {"az_deg,el_deg\n10,3\n5,2\n", "line 3: az_deg goes back to 5 from 10", true},
        {"az_deg,el_deg\n-10,3\n351,2\n", "line 3: az_deg is 351, more than a turn", true},
        {"az_deg,el_deg\n1,95\n", "line 2: el_deg is 95", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cph_attitude a = {.count = 7};
        cph_horizon h = {.points = 7};
        cph_error error = {.message = ""};
        const char *path = write_text(cases[i].text);
        const cph_status status = cases[i].horizon ? cph_horizon_read(path, &h, &error)
                                                   : cph_attitude_read(path, &a, &error);
        CU_ASSERT(status == CPH_ERR_FORMAT || status == CPH_ERR_MISSING);
        CU_ASSERT(strstr(error.message, cases[i].words) != NULL);
        if (strstr(error.message, cases[i].words) == NULL)
            printf("\"%s\" lacks \"%s\" ", error.message, cases[i].words);
        CU_ASSERT(a.count == 7 && h.points == 7);
    }
}

CU_TestInfo cph_tests_attitude[] = {
    {"angles turn as they say", angles_turn_as_they_say},
    {"angles are three rotations", angles_are_three_rotations},
    {"fixed attitudes are what was given", fixed_attitudes_are_what_was_given},
    {"between rows it turns evenly", between_rows_it_turns_evenly},
    {"north is crossed the short way", north_is_crossed_the_short_way},
    {"attitudes are read", attitudes_are_read},
    {"a horizon goes around", horizon_goes_around},
    {"a horizon's edges have the higher", horizon_edges_have_the_higher},
    {"half a roll is positive", half_a_roll_is_positive},
    {"wrong tables are refused with their line", wrong_tables_are_refused_with_their_line},
    CU_TEST_INFO_NULL};
