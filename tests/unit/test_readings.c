/* SPDX-License-Identifier: MIT */
/* Calibration readings: what is written is read, tables and files mean the same, and what is
 * damaged is refused with the place. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/readings.h"
#include "cophase/simulate.h"
#include "data_fixture.h"

static const char *write_text(const char *text)
{
    const char *path = fixture_path("readings.csv");
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
    return path;
}

/* No two values alike, none exact in float. */
static void fill(cph_c64 *value, size_t count, double start)
{
    for (size_t i = 0; i < count; i++)
        value[i] = (cph_c64){start + 0.1 * (double)i, -start - 0.7 * (double)(i * i)};
}

static bool same(const cph_c64 *a, const cph_c64 *b, size_t count)
{
    return a != NULL && b != NULL && memcmp(a, b, count * sizeof *a) == 0;
}

static cph_c64 *some(size_t count, double start)
{
    cph_c64 *const value = calloc(count, sizeof *value);
    if (value == NULL)
        abort();
    fill(value, count, start);
    return value;
}

/* ---- rev ---- */

static void make_rev(bool groups, bool own, cph_rev_readings *r)
{
    cph_array array;
    fixture_array(3, &array);
    CU_ASSERT_EQUAL_FATAL(
        cph_rev_readings_create(&array, groups ? 5 : 3, 4, own ? groups ? 5 : 3 : 1, groups, r),
        CPH_OK);
    cph_array_free(&array);
    const size_t count = r->sweeps * r->steps, states = r->tables * r->steps;
    for (size_t i = 0; i < count; i++)
        r->power[i] = 1.0 / (double)(i + 3);
    fill(r->state, states, 0.3);
    for (size_t i = 0; groups && i < r->sweeps * 3; i++)
        r->member[i] = i * i % 3 == 1;
    r->setting = calloc(states, sizeof *r->setting);
    if (r->setting == NULL)
        abort();
    for (size_t i = 0; i < states; i++)
        r->setting[i] = (uint32_t)(UINT32_MAX - i);
    r->signal = some(3, 2.2);
    r->truth = some(3, 9.1);
    r->truth[1] = (cph_c64){NAN, NAN};
    r->freq_hz = 11.7e9;
    r->sigma = 0.125;
}

static void sweeps_come_back(void)
{
    const char *path = fixture_path("rev.h5");
    for (unsigned form = 0; form < 4; form++) {
        cph_rev_readings r, back;
        make_rev((form & 1) != 0, (form & 2) != 0, &r);
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
    const char *path = write_text(rev_text);
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
    const char *path = write_text("sweep,element,phase_deg,power\n0,5+6,0,1\n0,5+6,120,2\n"
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
    fill(r->reading, states * 24, 0.1);
    for (size_t i = 0; coded && i < 32; i++)
        r->code[i] = signs ? (cph_c64){(double)(i % 3) - 1.0, 0.0}
                           : (cph_c64){0.3 * (double)i, -0.1 * (double)i};
    if (states > 1)
        fill(r->state, states, 1.0);
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
    const char *path = write_text("code,sign,re,im,pattern,setting,phase_deg\n"
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
        cph_coded_readings_read(write_text("code,re,im\n1,2,3\n0,4,5\n"), &r, NULL), CPH_OK);
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
    r.truth = some(2, 0.0);
    r.signal = some(2, 0.0);
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
    r.truth = some(2, 0.0);
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

/* ---- damage ---- */

typedef cph_status reader(const char *path, cph_error *error);

static cph_status read_rev(const char *path, cph_error *error)
{
    cph_rev_readings r = {.sweeps = 99};
    const cph_status status = cph_rev_readings_read(path, &r, error);
    CU_ASSERT_EQUAL(r.sweeps, 99);
    return status;
}

static cph_status read_coded(const char *path, cph_error *error)
{
    cph_coded_readings r = {.codes = 99};
    const cph_status status = cph_coded_readings_read(path, &r, error);
    CU_ASSERT_EQUAL(r.codes, 99);
    return status;
}

static void refused(reader *read, const char *path, cph_status status, const char *says)
{
    cph_error error = {.status = CPH_OK};
    CU_ASSERT_EQUAL(read(path, &error), status);
    CU_ASSERT_EQUAL(error.status, status);
    CU_ASSERT_PTR_NULL(strchr(error.message, '\n'));
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, path));
    if (strstr(error.message, says) == NULL)
        printf("    no \"%s\" in: %s\n", says, error.message);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, says));
}

#define REV   "sweep,element,phase_deg,power\n"
#define CODED "code,sign,re,im,pattern\n"

static void tables_that_are_none(void)
{
    static const struct {
        reader *read;
        cph_status status;
        const char *text, *says;
    } bad[] = {
        {read_rev, CPH_ERR_FORMAT, REV, "no readings"},
        {read_rev, CPH_ERR_MISSING, "sweep,element,power\n0,0,1\n", "no column phase_deg"},
        {read_rev, CPH_ERR_FORMAT, "sweep,element,phase_deg,power,volts\n", "\"volts\""},
        {read_rev, CPH_ERR_FORMAT, "sweep,element,phase_deg,power,power\n", "power twice"},
        {read_rev, CPH_ERR_FORMAT, REV "0,0,0,nan\n", "line 2: power is \"nan\""},
        {read_rev, CPH_ERR_FORMAT, REV "0,0,0,1\n0,0,x,1\n", "line 3: phase_deg is \"x\""},
        {read_rev, CPH_ERR_FORMAT, REV "0,0,0\n", "line 2 has 3 fields, expected 4"},
        {read_rev, CPH_ERR_FORMAT, REV "0,0,0,1\n0,0,90,1\n0,0,0,1\n", "line 4: sweep 0 has this"},
        {read_rev, CPH_ERR_FORMAT, REV "0,0,0,1\n0,0,9,1\n1,1,0,1\n",
         "sweep 1, from line 4, has 1"},
        {read_rev, CPH_ERR_FORMAT, REV "0,0,0,1\n1,1,0,1\n0,2,90,1\n", "line 4 is of sweep 0"},
        {read_rev, CPH_ERR_FORMAT, REV "0,0,0,1\n2,1,0,1\n", "line 3 is of sweep 2"},
        {read_rev, CPH_ERR_FORMAT, REV "0,0,0,1\n0,1,90,1\n", "line 3: sweep 0 turns other"},
        {read_rev, CPH_ERR_FORMAT, REV "0,3+1,0,1\n", "line 2: element is no number"},
        {read_rev, CPH_ERR_FORMAT, REV "-1,0,0,1\n", "line 2: sweep is \"-1\""},
        {read_coded, CPH_ERR_FORMAT, CODED, "no readings"},
        {read_coded, CPH_ERR_MISSING, "code,re\n0,1\n", "no column im"},
        {read_coded, CPH_ERR_FORMAT, CODED "0,1,1,inf,+\n", "line 2: im is \"inf\""},
        {read_coded, CPH_ERR_FORMAT, CODED "0,0,1,1,+\n", "line 2: sign is 0"},
        {read_coded, CPH_ERR_FORMAT, CODED "0,1,1,1,+x\n", "line 2: pattern"},
        {read_coded, CPH_ERR_FORMAT, CODED "0,1,1,1,+-\n0,-1,1,1,-\n", "line 3: pattern has 1"},
        {read_coded, CPH_ERR_FORMAT, CODED "0,1,1,1,+\n0,1,2,1,+\n", "line 3: code 0, sign 1"},
        {read_coded, CPH_ERR_FORMAT, CODED "0,1,1,1,+\n1,-1,2,1,+\n", "code 0, sign -1, repeat 0"},
        {read_coded, CPH_ERR_FORMAT, CODED "900000,1,1,1,+\n", "some lack"},
        {read_coded, CPH_ERR_FORMAT, "code,re,im,repeat,pattern\n0,1,1,0,+\n0,1,1,1,-\n",
         "line 3: code 0, sign 1 has another pattern than on line 2"},
        {read_coded, CPH_ERR_FORMAT, "code,re,im,setting,phase_deg\n0,1,1,5,0\n1,1,1,5,9\n",
         "line 3: setting 5 has another state than on line 2"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)

        refused(bad[i].read, write_text(bad[i].text), bad[i].status, bad[i].says);
    CU_ASSERT_EQUAL(cph_readings_kind(write_text("x,y\n0,0\n")), CPH_KIND_COUNT);
    CU_ASSERT_EQUAL(cph_readings_kind(write_text("# nothing\n")), CPH_KIND_COUNT);
    CU_ASSERT_EQUAL(cph_readings_kind(fixture_path("none.csv")), CPH_KIND_COUNT);
    refused(read_coded, fixture_path("none.h5"), CPH_ERR_IO, "No such file");
}

/* A good file of two sweeps, three steps, but for one thing. */
typedef struct fault {
    hsize_t power[3], state[3], member[3]; /* a shape ends with 0; none: absent */
    double value;                          /* of every power */
    const char *says;
    cph_status status;
} fault;

static void put(hid_t file, const char *name, const hsize_t dim[3], hid_t type, double value)
{
    double all[64];
    int rank = 0;
    for (size_t i = 0; i < 64; i++)
        all[i] = value;
    while (rank < 3 && dim[rank] != 0)
        rank++;
    if (rank > 0)
        H5Dclose(fixture_set(file, name, rank, dim, type, type, all));
}

static void files_that_disagree(void)
{
    static const fault faults[] = {
        {{0}, {3}, {0}, 1.0, "/power", CPH_ERR_MISSING},
        {{2, 3}, {0}, {0}, 1.0, "/state", CPH_ERR_MISSING},
        {{2, 3}, {4}, {0}, 1.0, "/state: has shape [4], expected [3]", CPH_ERR_FORMAT},
        {{2, 3}, {3, 3}, {0}, 1.0, "/state", CPH_ERR_FORMAT},
        {{2, 3}, {3}, {3, 2}, 1.0, "/member", CPH_ERR_FORMAT},
        {{2, 3}, {3}, {2}, 1.0, "/member: has 1 axes, expected sweep, element", CPH_ERR_FORMAT},
        {{2, 3}, {3}, {2, 5}, 7.0, "/member: sweep 0, element 0 is 7", CPH_ERR_FORMAT},
        {{2}, {3}, {0}, 1.0, "/power: has 1 axes, expected sweep, step", CPH_ERR_FORMAT},
        {{2, 3}, {3}, {0}, NAN, "/power: sweep 0, step 0 is nan", CPH_ERR_FORMAT},
    };
    const char *path = fixture_path("fault.h5");
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        const hid_t file = fixture_raw(path, "rev");
        const hid_t pair = fixture_pair(H5T_NATIVE_DOUBLE, "r", "i");
        put(file, "power", faults[i].power, H5T_NATIVE_DOUBLE, faults[i].value);
        put(file, "state", faults[i].state, pair, 1.0);
        put(file, "member", faults[i].member, H5T_NATIVE_DOUBLE, faults[i].value);
        H5Tclose(pair);
        H5Fclose(file);
        refused(read_rev, path, faults[i].status, faults[i].says);
    }
    refused(read_coded, path, CPH_ERR_FORMAT, "is a rev file, expected coded");
}

static void codes_that_disagree(void)
{
    static const fault faults[] = {
        /* reading, code, state */
        {{0}, {2, 1, 3}, {0}, 1.0, "/reading", CPH_ERR_MISSING},
        {{2, 1}, {2, 1, 3}, {0}, 1.0, "/reading: has 2 axes, expected code", CPH_ERR_FORMAT},
        {{2, 3, 1}, {2, 3, 3}, {0}, 1.0, "3 signs of a code", CPH_ERR_FORMAT},
        {{2, 2, 1}, {2, 1, 3}, {0}, 1.0, "/code", CPH_ERR_FORMAT},
        {{2, 2, 1}, {3, 2, 3}, {0}, 1.0, "/code", CPH_ERR_FORMAT},
        {{2, 1, 1}, {2, 1, 3}, {0}, INFINITY, "/reading: row 0, item 0 is inf", CPH_ERR_FORMAT},
    };
    const char *path = fixture_path("fault.h5");
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        const hid_t file = fixture_raw(path, "coded");
        const hid_t pair = fixture_pair(H5T_NATIVE_DOUBLE, "r", "i");
        put(file, "reading", faults[i].power, pair, faults[i].value);
        put(file, "code", faults[i].state, H5T_NATIVE_DOUBLE, 1.0);
        H5Tclose(pair);
        H5Fclose(file);
        refused(read_coded, path, faults[i].status, faults[i].says);
    }
}

/* Cut anywhere it is refused, or (HDF5) still whole where nothing was lost. */
static void truncated(void)
{
    enum { PLACES = 40 };
    cph_rev_readings r;
    const char *path = fixture_path("whole.h5"), *cut = fixture_path("cut.h5");
    make_rev(true, true, &r);
    CU_ASSERT_EQUAL_FATAL(cph_rev_readings_write(path, &r, NULL, NULL), CPH_OK);
    cph_rev_readings_free(&r);
    const size_t size = fixture_size(path);
    char *const bytes = malloc(size);
    FILE *file = fopen(path, "rb");
    CU_ASSERT_EQUAL(fread(bytes, 1, size, file), size);
    fclose(file);
    for (size_t i = 0; i < PLACES; i++) {
        file = fopen(cut, "wb");
        CU_ASSERT_EQUAL(fwrite(bytes, 1, size * i / PLACES, file), size * i / PLACES);
        fclose(file);
        refused(read_rev, cut, CPH_ERR_FORMAT, "cut.h5");
    }
    free(bytes);
}

CU_TestInfo cph_tests_readings[] = {
    {"sweeps come back", sweeps_come_back},
    {"a table of sweeps", a_table_of_sweeps},
    {"a table of groups", a_table_of_groups},
    {"codes come back", codes_come_back},
    {"a table of codes", a_table_of_codes},
    {"a meter reads powers", a_meter_reads_powers},
    {"a receiver reads sums", a_receiver_reads_sums},
    {"tables that are none", tables_that_are_none},
    {"files that disagree", files_that_disagree},
    {"codes that disagree", codes_that_disagree},
    {"truncated", truncated},
    CU_TEST_INFO_NULL,
};
