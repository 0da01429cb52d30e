/* SPDX-License-Identifier: MIT */
/* Calibration readings: what is written is read, tables and files mean the same, and made-up
 * readings are those of the fields. */
#include <math.h>
#include <string.h>

#include "cophase/readings.h"
#include "cophase/simulate.h"
#include "data_fixture.h"
#include "readings_rig.h"

static bool same(const cph_c64 *a, const cph_c64 *b, size_t count)
{
    return a != NULL && b != NULL && memcmp(a, b, count * sizeof *a) == 0;
}

/* ---- rev ---- */

static void sweeps_come_back(void)
{
    const char *path = fixture_path("rev.h5");
    for (unsigned form = 0; form < 4; form++) {
        cph_rev_readings r, back;
        readings_rev((form & 1) != 0, (form & 2) != 0, &r);
        CU_ASSERT_EQUAL_FATAL(cph_rev_readings_write(path, &r, NULL, NULL), CPH_OK);
        CU_ASSERT_EQUAL(cph_readings_kind(path), CPH_KIND_REV);
        CU_ASSERT_EQUAL_FATAL(cph_rev_readings_read(path, &back, NULL), CPH_OK);
        CU_ASSERT_EQUAL(back.array.elements, 3);
        CU_ASSERT_EQUAL(back.array.element[2].position[1], r.array.element[2].position[1]);
        CU_ASSERT_EQUAL(back.sweeps, r.sweeps);
        CU_ASSERT_EQUAL(back.steps, 4);
        CU_ASSERT_EQUAL(back.tables, r.tables);
        CU_ASSERT_EQUAL(memcmp(back.power, r.power, r.sweeps * 4 * sizeof *r.power), 0);
        CU_ASSERT(same(back.state, r.state, r.tables * 4));
        CU_ASSERT(back.setting != NULL &&
                  memcmp(back.setting, r.setting, r.tables * 4 * sizeof *r.setting) == 0);
        CU_ASSERT_EQUAL(back.member != NULL, r.member != NULL);
        CU_ASSERT(r.member == NULL || back.member == NULL ||
                  memcmp(back.member, r.member, r.sweeps * 3) == 0);
        CU_ASSERT(same(back.signal, r.signal, 3));
        CU_ASSERT(isnan(back.truth[1].re) && same(back.truth, r.truth, 1));
        CU_ASSERT_EQUAL(back.freq_hz, 11.7e9);
        CU_ASSERT_EQUAL(back.sigma, 0.125);
        cph_rev_readings_free(&back);
        cph_rev_readings_free(&r);
    }
}

static const char rev_text[] = "power;phase_deg;sweep;element;state_db;setting # meter 3\n"
                               "1.5 0 0 7 0 4\n2.5 90 0 7 -20 2\n\n"
                               "3.5 0 1 2 0 4\n4.5 90 1 2 -20 2\n"
                               "5.5 0 2 4 0 4\n6.5e-300 90 2 4 -20 2\n";

/* Columns by their names; elements by their numbers, in whatever order they were turned. */
static void a_table_of_sweeps(void)
{
    static const uint32_t number[3] = {2, 4, 7};
    static const double power[6] = {3.5, 4.5, 5.5, 6.5e-300, 1.5, 2.5};
    cph_rev_readings r;
    const char *path = readings_text(rev_text);
    CU_ASSERT_EQUAL(cph_readings_kind(path), CPH_KIND_REV);
    CU_ASSERT_EQUAL_FATAL(cph_rev_readings_read(path, &r, NULL), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(r.sweeps, 3);
    CU_ASSERT_EQUAL_FATAL(r.steps, 2);
    CU_ASSERT_EQUAL(r.tables, 1);
    CU_ASSERT_PTR_NULL(r.member);
    for (size_t n = 0; n < 3; n++)
        CU_ASSERT_EQUAL(r.array.element[n].number, number[n]);
    CU_ASSERT_EQUAL(memcmp(r.power, power, sizeof power), 0);
    CU_ASSERT(fabs(r.state[1].re) < 1e-16 && fabs(r.state[1].im - 0.1) < 1e-16);
    CU_ASSERT_EQUAL(r.setting[1], 2);
    CU_ASSERT(isnan(r.freq_hz) && r.sigma == 0.0);
    cph_rev_readings_free(&r);
}

/* Groups are numbers joined by +; phases of a sweep may be its own. */
static void a_table_of_groups(void)
{
    static const unsigned char member[9] = {1, 1, 0, 0, 1, 1, 1, 0, 1};
    cph_rev_readings r;
    const char *path = readings_text("sweep,element,phase_deg,power\n0,5+6,0,1\n0,5+6,120,2\n"
                                     "1,6+9,0,3\n1,6+9,90,4\n2,5+9,0,5\n2,5+9,120,6\n");
    CU_ASSERT_EQUAL_FATAL(cph_rev_readings_read(path, &r, NULL), CPH_OK);
    CU_ASSERT_EQUAL(r.tables, 3);
    CU_ASSERT(r.member != NULL && memcmp(r.member, member, sizeof member) == 0);
    CU_ASSERT(fabs(r.state[3].im - 1.0) < 1e-15);
    CU_ASSERT(fabs(r.state[5].re + 0.5) < 1e-15);
    CU_ASSERT_PTR_NULL(r.setting);
    cph_rev_readings_free(&r);
}

/* ---- coded ---- */

static void make_coded(bool coded, bool signs, size_t states, cph_coded_readings *r)
{
    cph_array array;
    fixture_array(4, &array);
    CU_ASSERT_EQUAL_FATAL(cph_coded_readings_create(&array, states, 4, 2, 3, coded, r), CPH_OK);
    cph_array_free(&array);
    readings_fill(r->reading, states * 24, 0.1);
    for (size_t i = 0; coded && i < 32; i++)
        r->code[i] = signs ? (cph_c64){(double)(i % 3) - 1.0, 0.0}
                           : (cph_c64){0.3 * (double)i, -0.1 * (double)i};
    if (states > 1)
        readings_fill(r->state, states, 1.0);
    r->sigma = 0.5;
    r->freq_hz = 3e9;
}

static void codes_come_back(void)
{
    const char *path = fixture_path("coded.h5");
    for (unsigned form = 0; form < 6; form++) {
        cph_coded_readings r, back;
        make_coded(form % 3 != 0, form % 3 == 1, form < 3 ? 1 : 5, &r);
        CU_ASSERT_EQUAL_FATAL(cph_coded_readings_write(path, &r, NULL, NULL), CPH_OK);
        CU_ASSERT_EQUAL(cph_readings_kind(path), CPH_KIND_CODED);
        CU_ASSERT_EQUAL_FATAL(cph_coded_readings_read(path, &back, NULL), CPH_OK);
        CU_ASSERT_EQUAL(back.states, r.states);
        CU_ASSERT_EQUAL(back.codes, 4);
        CU_ASSERT_EQUAL(back.signs, 2);
        CU_ASSERT_EQUAL(back.repeats, 3);
        CU_ASSERT(same(back.reading, r.reading, r.states * 24));
        CU_ASSERT_EQUAL(back.code != NULL, r.code != NULL);
        for (size_t i = 0; r.code != NULL && back.code != NULL && i < 32; i++)
            CU_ASSERT(back.code[i].re == r.code[i].re && back.code[i].im == r.code[i].im);
        CU_ASSERT(r.states == 1 || same(back.state, r.state, r.states));
        CU_ASSERT_PTR_NULL(back.signal);
        CU_ASSERT_EQUAL(back.sigma, 0.5);
        CU_ASSERT_EQUAL(back.freq_hz, 3e9);
        cph_coded_readings_free(&back);
        cph_coded_readings_free(&r);
    }
}

static void a_table_of_codes(void)
{
    cph_coded_readings r;
    const char *path = readings_text("code,sign,re,im,pattern,setting,phase_deg\n"
                                     "1,-1,5,-5,0+-,8,10\n0,1,1,-1,+0-,8,10\n0,-1,2,-2,---,8,10\n"
                                     "1,1,4,-4,++-,8,10\n1,-1,50,0,0+-,3,100\n0,1,10,0,+0-,3,100\n"
                                     "0,-1,20,0,---,3,100\n1,1,40,0,++-,3,100\n");
    CU_ASSERT_EQUAL(cph_readings_kind(path), CPH_KIND_CODED);
    CU_ASSERT_EQUAL_FATAL(cph_coded_readings_read(path, &r, NULL), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(r.states, 2);
    CU_ASSERT_EQUAL_FATAL(r.codes, 2);
    CU_ASSERT_EQUAL_FATAL(r.signs, 2);
    CU_ASSERT_EQUAL_FATAL(r.array.elements, 3);
    CU_ASSERT_PTR_NOT_NULL(r.code);
    static const double re[8] = {1, 2, 4, 5, 10, 20, 40, 50};
    static const double code[12] = {1, 0, -1, -1, -1, -1, 1, 1, -1, 0, 1, -1};
    for (size_t i = 0; i < 8; i++)
        CU_ASSERT(r.reading[i].re == re[i] && r.reading[i].im == (i < 4 ? -re[i] : 0.0));
    for (size_t i = 0; i < 12 && r.code != NULL; i++)
        CU_ASSERT(r.code[i].re == code[i] && r.code[i].im == 0.0);
    CU_ASSERT(r.setting[0] == 8 && r.setting[1] == 3);
    CU_ASSERT(r.state[0].re == 1.0 && fabs(r.state[1].im - 1.0) < 1e-15);
    cph_coded_readings_free(&r);
    CU_ASSERT_EQUAL_FATAL(
        cph_coded_readings_read(readings_text("code,re,im\n1,2,3\n0,4,5\n"), &r, NULL), CPH_OK);
    CU_ASSERT(r.code == NULL && r.array.elements == 2 && r.signs == 1 && r.reading[0].re == 4.0);
    cph_coded_readings_free(&r);
}

/* ---- simulation ---- */

/* Elements of fields 1 and 2j turned by j: 1 + 2j - 1 + j = 3j and 1 + 2j - 2j - 2 = -1. By -j the
 * first would be 1 - 1 + 2j - j = j, of power 1. */
static void a_meter_reads_powers(void)
{
    static const cph_c64 gain[2] = {{1, 0}, {2, 0}}, signal[2] = {{1, 0}, {0, 1}};
    static const double power[4] = {5, 9, 5, 1};
    cph_array array;
    cph_rev_readings r;
    const cph_sim_meter meter = {.seed = 1};
    CU_ASSERT_EQUAL_FATAL(cph_array_create(2, &array), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_rev_readings_create(&array, 2, 2, 1, false, &r), CPH_OK);
    r.state[0].re = r.state[1].im = 1.0;
    CU_ASSERT_EQUAL(cph_simulate_power(&meter, NULL, &r), CPH_ERR_ARGUMENT);
    r.truth = readings_some(2, 0.0);
    r.signal = readings_some(2, 0.0);
    memcpy(r.truth, gain, sizeof gain);
    memcpy(r.signal, signal, sizeof signal);
    CU_ASSERT_EQUAL(cph_simulate_power(&meter, NULL, &r), CPH_OK);
    for (size_t i = 0; i < 4; i++)
        CU_ASSERT(fabs(r.power[i] - power[i]) < 1e-14);
    CU_ASSERT_EQUAL(r.sigma, 0.0);
    r.truth[1] = (cph_c64){NAN, NAN}; /* dead: nothing changes while it is turned */
    CU_ASSERT_EQUAL(cph_simulate_power(&meter, NULL, &r), CPH_OK);
    CU_ASSERT(r.power[0] == 1.0 && r.power[1] == 1.0 && r.power[3] == 1.0);
    r.truth[0] = (cph_c64){0.0, 0.0};
    CU_ASSERT_EQUAL(cph_simulate_power(&meter, NULL, &r), CPH_ERR_SINGULAR);
    cph_rev_readings_free(&r);
    cph_array_free(&array);
}

static void a_receiver_reads_sums(void)
{
    cph_array array;
    cph_coded_readings r;
    const cph_sim_meter meter = {.seed = 1, .leak = 0.25};
    CU_ASSERT_EQUAL_FATAL(cph_array_create(2, &array), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_coded_readings_create(&array, 2, 2, 2, 1, false, &r), CPH_OK);
    r.state[0].re = r.state[1].im = 1.0;
    r.truth = readings_some(2, 0.0);
    r.truth[0] = (cph_c64){1, 0};
    r.truth[1] = (cph_c64){3, 4};
    CU_ASSERT_EQUAL(cph_simulate_codes(&meter, NULL, NULL, &r), CPH_OK);
    const cph_c64 *y = r.reading; /* [state][code][sign] */
    const double leak_re = 0.5 * (y[0].re + y[1].re), leak_im = 0.5 * (y[0].im + y[1].im);
    CU_ASSERT(fabs(leak_re * leak_re + leak_im * leak_im - 0.25) < 1e-14);
    CU_ASSERT(fabs(y[0].re - leak_re - 4) < 1e-14 && fabs(y[0].im - leak_im - 4) < 1e-14);
    CU_ASSERT(fabs(y[2].re - leak_re + 2) < 1e-14 && fabs(y[2].im - leak_im + 4) < 1e-14);
    CU_ASSERT(fabs(y[4].re - leak_re + 4) < 1e-14 && fabs(y[4].im - leak_im - 4) < 1e-14);
    cph_coded_readings_free(&r);
    cph_array_free(&array);
}

CU_TestInfo cph_tests_readings[] = {
    {"sweeps come back", sweeps_come_back},
    {"a table of sweeps", a_table_of_sweeps},
    {"a table of groups", a_table_of_groups},
    {"codes come back", codes_come_back},
    {"a table of codes", a_table_of_codes},
    {"a meter reads powers", a_meter_reads_powers},
    {"a receiver reads sums", a_receiver_reads_sums},
    CU_TEST_INFO_NULL,
};
