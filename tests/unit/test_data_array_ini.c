/* SPDX-License-Identifier: MIT */
/* Arrays in text: INI descriptions, tables of subarrays; and what is none. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/data_text.h"
#include "cophase/data_write.h"
#include "kernels/core/vec3.h"
#include "tests/unit/array_text_rig.h"
#include "tests/unit/data_fixture.h"

#define GENERATED "[array]\ngenerator = ula:2,1m\n"
#define PLACED    "[array]\npositions = places.csv\n"

static void descriptions_say_what_belongs_to_an_array(void)
{
    cph_array_file file;
    const char *path = array_text_rig_write("all.ini", "; remark\n"
                                                       "[array]\n"
                                                       "generator = \"disc:1280,12.8mm\"\n"
                                                       "label=roof, north ; remark\n"
                                                       "  polarization = Y\n"
                                                       "[site]\n"
                                                       "latitude_deg = -33.25\n"
                                                       "longitude_deg = 18.5\n"
                                                       "altitude_m = 1.5e1\n"
                                                       "[element]\n"
                                                       "pattern = cos:q=1.2\n"
                                                       "[gains]\n"
                                                       "receive = sub/rx.h5\n"
                                                       "transmit = /abs/tx.h5\n"
                                                       "[subarrays]\n"
                                                       "size = 4x2\n");
    array_text_rig_read(path, &file);
    CU_ASSERT_STRING_EQUAL(file.generator, "disc:1280,12.8mm");
    CU_ASSERT_EQUAL(file.generator_line, 3);
    CU_ASSERT_STRING_EQUAL(file.element, "cos:q=1.2");
    CU_ASSERT_EQUAL(file.element_line, 11);
    CU_ASSERT_STRING_EQUAL(file.gain[CPH_GAIN_TRANSMIT], "/abs/tx.h5");
    const char *rx = file.gain[CPH_GAIN_RECEIVE];
    CU_ASSERT(strncmp(rx, path, strlen(path) - strlen("all.ini")) == 0 &&
              strcmp(rx + strlen(path) - strlen("all.ini"), "sub/rx.h5") == 0);
    CU_ASSERT(file.tile[0] == 4 && file.tile[1] == 2 && file.tile_line == 16);
    CU_ASSERT(file.positions == NULL && file.subarrays == NULL && file.array.elements == 0);
    cph_array array;
    CU_ASSERT_EQUAL_FATAL(cph_array_ula(3, 1.0, &array), CPH_OK);
    CU_ASSERT_EQUAL(cph_array_file_dress(&file, &array, NULL), CPH_OK);
    CU_ASSERT_STRING_EQUAL(array.label, "roof, north");
    CU_ASSERT(array.latitude_deg == -33.25 && array.longitude_deg == 18.5);
    CU_ASSERT(array.altitude_m == 15.0 && array.element[2].polarization == 'Y');
    CU_ASSERT(!array.has_array_to_enu && array.frame == CPH_FRAME_ARRAY);
    cph_array_free(&array);
    cph_array_file_free(&file);
}

static void boresight_is(const char *keys, const double wanted[9])
{
    char text[400];
    cph_array_file file;
    cph_array array;
    (void)snprintf(text, sizeof text, "[array]\ngenerator=ula:2,1m\n[site]\n%s\n", keys);
    array_text_rig_read(array_text_rig_write("turn.ini", text), &file);
    CU_ASSERT_EQUAL_FATAL(cph_array_ula(2, 1.0, &array), CPH_OK);
    CU_ASSERT_EQUAL(cph_array_file_dress(&file, &array, NULL), CPH_OK);
    CU_ASSERT(array.has_array_to_enu && cph_is_rotation3(array.array_to_enu, 1e-14));
    for (size_t i = 0; i < 9; i++)
        CU_ASSERT_DOUBLE_EQUAL(array.array_to_enu[i], wanted[i], 1e-15);
    cph_array_free(&array);
    cph_array_file_free(&file);
}

/* Columns are x, y and the boresight in east, north, up. */
static void boresights_lean_toward_their_azimuth(void)
{
    const double h = sqrt(0.75);
    static const double flat[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    boresight_is("azimuth_deg = 180\ntilt_deg = 0", flat);
    const double east[9] = {0, -h, 0.5, 1, 0, 0, 0, 0.5, h}; /* y climbs to the west */
    boresight_is("azimuth_deg = 90\ntilt_deg = 30", east);
    const double rolled[9] = {-h, 0, 0.5, 0, -1, 0, 0.5, 0, h}; /* x comes where y was */
    boresight_is("azimuth_deg = 90\ntilt_deg = 30\nroll_deg = 90", rolled);
    const double wall[9] = {-1, 0, 0, 0, 0, 1, 0, 1, 0}; /* looks north: x is west, y up */
    boresight_is("azimuth_deg = 0\ntilt_deg = 90", wall);
    static const double given[9] = {0, 0, 1, 1, 0, 0, 0, 1, 0};
    boresight_is("array_to_enu = 0 0 1, 1 0 0, 0 1 0", given);
}

static void generated_arrays_may_lie_on_the_ground(void)
{
    cph_array_file file;
    cph_array array;
    cph_error error = {.status = CPH_OK};
    CU_ASSERT_EQUAL_FATAL(cph_array_ula(2, 1.0, &array), CPH_OK);
    array_text_rig_read(array_text_rig_write("ground.ini", GENERATED "frame = enu\n"), &file);
    CU_ASSERT_EQUAL(cph_array_file_dress(&file, &array, NULL), CPH_OK);
    CU_ASSERT(array.frame == CPH_FRAME_ENU && array.has_array_to_enu);
    CU_ASSERT(array.array_to_enu[0] == 1.0 && array.array_to_enu[8] == 1.0);
    cph_array_file_free(&file);
    array_text_rig_read(array_text_rig_write("ground.ini",
                                             GENERATED "frame = enu\n[site]\nazimuth_deg = 0\n"
                                                       "tilt_deg = 0\n"),
                        &file);
    CU_ASSERT_EQUAL(cph_array_file_dress(&file, &array, &error), CPH_ERR_FORMAT);
    CU_ASSERT(strstr(error.message, "ground.ini: line 5, orients") != NULL);
    cph_array_file_free(&file);
    cph_array_free(&array);
}

static void descriptions_take_positions_from_elsewhere(void)
{
    cph_array_file file, again;
    (void)array_text_rig_write("places.csv", "x y z number\n1 2 3 8\n4 5 6 9\n");
    (void)array_text_rig_write("hang.csv", "number,subarray\n9,3\n");
    array_text_rig_read(
        array_text_rig_write("from.ini", "[array]\npositions = places.csv\nframe = ecef\n[site]\n"
                                         "latitude_deg=10\nlongitude_deg=20\n[subarrays]\n"
                                         "file=hang.csv\n"),
        &file);
    CU_ASSERT_EQUAL_FATAL(file.array.elements, 2);
    array_text_rig_is_at(&file.array.element[1], 4, 5, 6);
    CU_ASSERT(file.array.frame == CPH_FRAME_ECEF && file.array.has_array_to_enu);
    CU_ASSERT(file.array.latitude_deg == 10 && file.array.longitude_deg == 20);
    CU_ASSERT(file.array.element[0].subarray == CPH_SUBARRAY_NONE);
    CU_ASSERT(file.array.element[1].subarray == 3 && file.array.element[1].number == 9);
    CU_ASSERT_STRING_EQUAL(file.positions, fixture_path("places.csv"));
    cph_array_file_free(&file);
    /* ... and from a file of data. */
    cph_data_header header;
    cph_writer *writer = NULL;
    const cph_c8 sample[3] = {{1, 2}, {3, 4}, {5, 6}};
    fixture_header(CPH_KIND_CAPTURE, CPH_C8, 1, 3, &header);
    CU_ASSERT_EQUAL_FATAL(
        cph_capture_create(fixture_path("places.h5"), &header, NULL, &writer, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_capture_append(writer, sample, 1, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_writer_commit(writer, NULL), CPH_OK);
    array_text_rig_read(
        array_text_rig_write("data.ini", "[array]\npositions = places.h5\nlabel = twin\n"), &file);
    CU_ASSERT(file.array.elements == 3 && file.array.element[2].subarray == 77);
    CU_ASSERT_STRING_EQUAL(file.array.label, "twin");
    CU_ASSERT(file.array.has_array_to_enu);
    /* A frame that it has already does not undo how it lies. */
    array_text_rig_read(
        array_text_rig_write("data.ini", "[array]\npositions = places.h5\nframe = array\n"),
        &again);
    CU_ASSERT(again.array.frame == CPH_FRAME_ARRAY && again.array.has_array_to_enu);
    CU_ASSERT(memcmp(again.array.array_to_enu, file.array.array_to_enu,
                     sizeof file.array.array_to_enu) == 0);
    cph_array_file_free(&again);
    cph_array_file_free(&file);
    fixture_header_free(&header);
    CU_ASSERT(!cph_array_file_probe(fixture_path("places.h5")));
    CU_ASSERT(!cph_array_file_probe(fixture_path("absent.h5")));
}

static void a_description_that_is_none_is_refused(void)
{
    static const struct {
        const char *text, *says;
    } bad[] = {
        {"[array]\ngenerater = ula:2,1m\n", "line 2, [array] has no key \"generater\""},
        {GENERATED "[sites]\n", "line 3, section [sites] is not known"},
        {GENERATED "[sites]\nlatitude_deg = 3\n", "line 3, section [sites]"},
        {"generator = ula:2,1m\n", "line 1, \"generator\" stands before any [section]"},
        {GENERATED "generator = ula:3,1m\n", "line 3, generator was given before, in line 2"},
        {GENERATED "positions = a.csv\n", "line 3, expected either generator or positions"},
        {GENERATED "label\n", "line 3 is neither [section] nor key = value"},
        {GENERATED "[site\n", "line 3 is neither"},
        {GENERATED "label =\n", "line 3, label has no value"},
        {GENERATED "frame = sky\n", "line 3, frame is \"sky\""},
        {GENERATED "polarization = XY\n", "line 3, polarization is \"XY\""},
        {GENERATED "[site]\nlatitude_deg = 91\n", "line 4, latitude_deg is \"91\""},
        {GENERATED "[site]\nlatitude_deg = 3 deg\n", "latitude_deg is \"3 deg\""},
        {GENERATED "[site]\ntilt_deg = 3\n", "azimuth_deg and tilt_deg together"},
        {GENERATED "[site]\nroll_deg = 3\n", "line 4, roll_deg: expected"},
        {GENERATED "[site]\nazimuth_deg=0\ntilt_deg=0\narray_to_enu=1 0 0 0 1 0 0 0 1\n",
         "line 6, expected either array_to_enu or azimuth_deg"},
        {GENERATED "[site]\narray_to_enu = 1 0 0 0 1 0 0 0\n", "array_to_enu is no rotation"},
        {GENERATED "[site]\narray_to_enu = 1 0 0 0 1 0 0 0 -1\n", "array_to_enu is no rotation"},
        {GENERATED "[site]\narray_to_enu = 1 0 0 0 1 0 0 0 1.00001\n", "is no rotation"},
        {GENERATED "[subarrays]\nsize = 4\n", "line 4, size is \"4\""},
        {GENERATED "[subarrays]\nsize = 4x0x1\n", "line 4, size is \"4x0x1\""},
        {GENERATED "[subarrays]\nsize = 0x4\n", "size is \"0x4\""},
        {GENERATED "[subarrays]\nsize = 1x1\nfile = a.csv\n", "either size or file"},
        {PLACED "[subarrays]\nsize = 1x1\n", "line 4, size goes with a generator"},
        {PLACED "frame = enu\n[site]\nazimuth_deg=1\ntilt_deg=2\n",
         "line 5, orients positions that are enu already"},
        {"[array]\npositions = bad.ini\n", "a description too"},
    };
    (void)array_text_rig_write("places.csv", "x,y\n0,0\n1,0\n");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        array_text_rig_refused(array_text_rig_write("bad.ini", bad[i].text), CPH_ERR_FORMAT,
                               bad[i].says);
    array_text_rig_refused(array_text_rig_write("bad.ini", "[site]\nlatitude_deg=1\n"),
                           CPH_ERR_MISSING, "has no elements");
    array_text_rig_refused(array_text_rig_write("bad.ini", ""), CPH_ERR_MISSING, "has no elements");
    array_text_rig_refused(array_text_rig_write("bad.ini", PLACED "frame = ecef\n"),
                           CPH_ERR_MISSING, "latitude_deg and");
    array_text_rig_refused(fixture_path("absent.ini"), CPH_ERR_IO, "cannot open");
    char text[400];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    array_text_rig_refused(array_text_rig_write("bad.ini", text), CPH_ERR_FORMAT,
                           "line 1 is longer than 199 bytes");
}

static void a_table_of_subarrays_that_is_none_is_refused(void)
{
    static const struct {
        const char *text, *says;
    } bad[] = {{"", "has no lines"},
               {"number,subarray\n", "has no lines"},
               {"0,1\nnumber,subarray\n", "line 2: expected the numbers"},
               {"0,1,2\n", "line 1: expected"},
               {"0,-1\n", "line 1: expected"},
               {"0,4294967295\n", "line 1: expected"},
               {"0,1\n1,1\n0,2\n", "has element 0 twice"},
               {"0,1\n7,1\n", "line 2 is for element 7, which is not there"}};
    (void)array_text_rig_write("places.csv", "x,y\n0,0\n1,0\n");
    (void)array_text_rig_write("hung.ini", PLACED "[subarrays]\nfile = hang.csv\n");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cph_array_file file = {.tile_line = 99};
        cph_error error = {.status = CPH_OK};
        (void)array_text_rig_write("hang.csv", bad[i].text);
        CU_ASSERT_EQUAL(cph_array_file_read(fixture_path("hung.ini"), &file, &error),
                        CPH_ERR_FORMAT);
        const bool said =
            strstr(error.message, bad[i].says) != NULL && strstr(error.message, "hang.csv") != NULL;
        if (!said)
            printf("    no '%s' in: %s\n", bad[i].says, error.message);
        CU_ASSERT(said && file.tile_line == 99);
    }
}

CU_TestInfo cph_tests_data_array_ini[] = {
    {"descriptions say what belongs to an array", descriptions_say_what_belongs_to_an_array},
    {"boresights lean toward their azimuth", boresights_lean_toward_their_azimuth},
    {"generated arrays may lie on the ground", generated_arrays_may_lie_on_the_ground},
    {"descriptions take positions from elsewhere", descriptions_take_positions_from_elsewhere},
    {"a description that is none is refused", a_description_that_is_none_is_refused},
    {"a table of subarrays that is none is refused", a_table_of_subarrays_that_is_none_is_refused},
    CU_TEST_INFO_NULL,
};
