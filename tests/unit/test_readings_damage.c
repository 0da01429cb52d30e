/* SPDX-License-Identifier: MIT */
/* Calibration readings: tables and files that are damaged are refused with the place. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data_fixture.h"
#include "readings_rig.h"

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
        refused(bad[i].read, readings_text(bad[i].text), bad[i].status, bad[i].says);
    CU_ASSERT_EQUAL(cph_readings_kind(readings_text("x,y\n0,0\n")), CPH_KIND_COUNT);
    CU_ASSERT_EQUAL(cph_readings_kind(readings_text("# nothing\n")), CPH_KIND_COUNT);
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
    readings_rev(true, true, &r);
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

CU_TestInfo cph_tests_readings_damage[] = {
    {"tables that are none", tables_that_are_none},
    {"files that disagree", files_that_disagree},
    {"codes that disagree", codes_that_disagree},
    {"truncated", truncated},
    CU_TEST_INFO_NULL,
};
