/* SPDX-License-Identifier: MIT */
/* Arrays in text: tables of elements, OSKAR's layouts, INI descriptions; and what is none. */
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cophase/data_text.h"
#include "cophase/data_write.h"
#include "kernels/core/vec3.h"
#include "tests/unit/data_fixture.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define GENERATED "[array]\ngenerator = ula:2,1m\n"
#define PLACED    "[array]\npositions = places.csv\n"

static const char *write_text(const char *name, const char *text)
{
    const char *path = fixture_path(name);
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT(fputs(text, file) >= 0 && fclose(file) == 0);
    return path;
}

static void read_file(const char *path, cph_array_file *file)
{
    cph_error error = {.status = CPH_OK};
    CU_ASSERT(cph_array_file_probe(path));
    const cph_status status = cph_array_file_read(path, file, &error);
    if (status != CPH_OK)
        printf("    %s\n", error.message);
    CU_ASSERT_EQUAL_FATAL(status, CPH_OK);
}

/* The message names the file and has the words. */
static void refused(const char *path, cph_status status, const char *words)
{
    cph_array_file file = {.tile_line = 99};
    cph_error error = {.status = CPH_OK};
    CU_ASSERT_EQUAL(cph_array_file_read(path, &file, &error), status);
    CU_ASSERT_EQUAL(error.status, status);
    const bool said = strstr(error.message, words) != NULL && strstr(error.message, path) != NULL;
    if (!said)
        printf("    no '%s' in: %s\n", words, error.message);
    CU_ASSERT(said);
    CU_ASSERT_EQUAL(strchr(error.message, '\n'), NULL);
    CU_ASSERT_EQUAL(file.tile_line, 99);
}

static void is_at(const cph_element *element, double x, double y, double z)
{
    CU_ASSERT(element->position[0] == x && element->position[1] == y && element->position[2] == z);
}

/* ---- tables ---- */

static void tables_are_read_by_the_names_of_their_columns(void)
{
    cph_array_file file;
    read_file(write_text("table.csv",
                         "\xEF\xBB\xBF# tilted\r\n\nname,y,x,polarization,subarray,number,listed,"
                         "nx,ny,nz\r\n"
                         "left,2,-1,X,4,30,no,-0.6,0,0.8 # remark\n"
                         "-;-2;1.5e-3;Y;-;30;1;0,0.28,-0.96"),
              &file);
    const cph_array *array = &file.array;
    CU_ASSERT_EQUAL_FATAL(array->elements, 2);
    const cph_element *e = array->element;
    is_at(&e[0], -1, 2, 0);
    is_at(&e[1], 1.5e-3, -2, 0);
    CU_ASSERT_STRING_EQUAL(e[0].name, "left");
    CU_ASSERT_STRING_EQUAL(e[1].name, "");
    CU_ASSERT(e[0].polarization == 'X' && e[1].polarization == 'Y');
    CU_ASSERT(e[0].number == 30 && e[1].number == 30);
    CU_ASSERT(e[0].subarray == 4 && e[1].subarray == CPH_SUBARRAY_NONE);
    CU_ASSERT(!e[0].listed && e[1].listed);
    static const double normal[2][3] = {{-0.6, 0, 0.8}, {0, 0.28, -0.96}};
    for (size_t n = 0; n < 2; n++) {
        CU_ASSERT(cph_is_rotation3(e[n].axes, 1e-14));
        for (size_t i = 0; i < 3; i++)
            CU_ASSERT_DOUBLE_EQUAL(e[n].axes[3 * i + 2], normal[n][i], 1e-15);
    }
    CU_ASSERT(array->has_positions && array->frame == CPH_FRAME_ARRAY && !array->has_array_to_enu);
    CU_ASSERT(file.generator == NULL && file.element == NULL && file.positions == NULL);
    cph_array_file_free(&file);
    cph_array_file_free(&file);
}

/* A program that writes 0,5 still reads 0.5; checked where there is such a locale. */
static void numbers_are_read_alike_in_every_locale(void)
{
    const locale_t german = newlocale(LC_ALL_MASK, "de_DE.UTF-8", (locale_t)0);
    if (german == (locale_t)0)
        return;
    const locale_t before = uselocale(german);
    cph_array_file file;
    read_file(write_text("point.csv", "x;y\n1.5;-0.25\n"), &file);
    (void)uselocale(before);
    freelocale(german);
    is_at(&file.array.element[0], 1.5, -0.25, 0);
    cph_array_file_free(&file);
}

static void tables_of_stations_are_in_east_north_up(void)
{
    cph_array_file file;
    read_file(
        write_text("station.txt", "idx name E N U flagged\n0 a 1 2 3 False\n7 b 4 5 6 True\n"),
        &file);
    CU_ASSERT_EQUAL_FATAL(file.array.elements, 2);
    is_at(&file.array.element[1], 4, 5, 6);
    CU_ASSERT(file.array.element[1].number == 7 && file.array.element[1].listed);
    CU_ASSERT(file.array.frame == CPH_FRAME_ENU && file.array.has_array_to_enu);
    cph_array_file_free(&file);
}

static void a_table_that_is_none_is_refused(void)
{
    static const struct {
        const char *text, *says;
    } bad[] = {
        {"", "is empty"},
        {"x,y\n", "has no elements"},
        {"0,0,0\n1,0,0\n", "line 1 names a column \"0\""},
        {"x,z\n0,0\n", "line 1 names no column y"},
        {"\n\nx,y,X\n0,0,0\n", "line 3 names the column x twice"},
        {"x,y,nx,nz\n0,0,0,1\n", "2 of the columns nx, ny and nz"},
        {"x,y\n0,0\n1,2,3\n", "line 3 has 3 fields where line 1 names 2 columns"},
        {"x,y,name,number\n0,0,,4\n", "line 2 has 3 fields"},
        {"x,y\n0,zero\n", "line 2, column y is \"zero\""},
        {"x,y\n0,nan\n", "column y is \"nan\""},
        {"x,y\n0,2e8\n", "expected a number of metres about the site"},
        {"x,y,z\n0,0,-\n", "column z is \"-\""},
        {"x,y,nx,ny,nz\n0,0,0,0,0\n", "line 2, the normal nx, ny, nz is 0 long"},
        {"x,y,nx,ny,nz\n0,0,0,0.6,0.81\n", "is 1.00802 long"},
        {"x,y\n0,0x10\n", "line 2, column y is \"0x10\""},
        {"x,y\n-0X1p3,0\n", "line 2, column x is \"-0X1p3\""},
        {"x,y,number\n0,0,0x5\n", "column number is \"0x5\""},
        {"x,y,number\n0,0,-1\n", "column number is \"-1\""},
        {"x,y,number\n0,0,4294967296\n", "column number is \"4294967296\""},
        {"x,y,subarray\n0,0,4294967295\n", "column subarray is \"4294967295\""},
        {"x,y,subarray\n0,0,1.5\n", "column subarray is \"1.5\""},
        {"x,y,listed\n0,0,maybe\n", "column listed is \"maybe\""},
        {"x,y,polarization\n0,0,Z\n", "column polarization is \"Z\", expected X, Y or -"},
        {"x,y,name\n0,0,aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n", "at most 31 bytes"},
        {"x,y,number\n0,0,5\n1,0,6\n2,0,5\n", "lines 2 and 4 are both for element 5"},
        {"x,y,number,polarization\n0,0,5,X\n0,0,5,Y\n2,0,5,X\n", "lines 2 and 4 are both"},
    };
    for (size_t i = 0; i < COUNT(bad); i++)
        refused(write_text("bad.csv", bad[i].text), CPH_ERR_FORMAT, bad[i].says);
    char text[CPH_NAME_SIZE * 200];
    memset(text, ' ', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    refused(write_text("bad.csv", text), CPH_ERR_FORMAT, "line 1 is longer than 4095 bytes");
}

/* ---- OSKAR ---- */

static void layouts_are_in_the_horizon_plane(void)
{
    cph_array_file file;
    char folder[600], path[700];
    (void)snprintf(folder, sizeof folder, "%s", fixture_path("station"));
    CU_ASSERT(mkdir(folder, 0700) == 0);
    (void)snprintf(path, sizeof path, "%s/layout.txt", folder);
    FILE *out = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(out);
    (void)fputs("# x y\n1.5 -2\n\n3, 4, 0.25\n-5,6,0.5, 0.01,0.02,0.03\n", out);
    CU_ASSERT_EQUAL(fclose(out), 0);
    const char *const names[] = {folder, path};
    for (size_t i = 0; i < 2; i++) {
        read_file(names[i], &file);
        CU_ASSERT_STRING_EQUAL(file.path, path);
        CU_ASSERT_EQUAL_FATAL(file.array.elements, 3);
        is_at(&file.array.element[0], 1.5, -2, 0);
        is_at(&file.array.element[1], 3, 4, 0.25);
        is_at(&file.array.element[2], -5, 6, 0.5);
        CU_ASSERT(file.array.element[2].number == 2 && file.array.frame == CPH_FRAME_ENU);
        CU_ASSERT(file.array.has_array_to_enu && file.array.array_to_enu[4] == 1.0);
        cph_array_file_free(&file);
    }
    static const struct {
        const char *text, *says;
    } bad[] = {{"", "has no elements"},
               {"1\n", "line 1 has 1 numbers"},
               {"1 2\n1 2 3 4 5 6 7\n", "line 2 has 7 numbers"},
               {"x y\n1 2\n", "line 1, number 1 is \"x\""},
               {"1 inf\n", "line 1, number 2 is \"inf\""}};
    for (size_t i = 0; i < COUNT(bad); i++) {
        out = fopen(path, "w");
        CU_ASSERT_PTR_NOT_NULL_FATAL(out);
        CU_ASSERT(fputs(bad[i].text, out) >= 0 && fclose(out) == 0);
        refused(path, CPH_ERR_FORMAT, bad[i].says);
    }
    CU_ASSERT(remove(path) == 0);
    cph_error error = {.status = CPH_OK};
    CU_ASSERT_EQUAL(cph_array_file_read(folder, &file, &error), CPH_ERR_IO);
    CU_ASSERT(strstr(error.message, "station/layout.txt: cannot open") != NULL);
    CU_ASSERT(remove(folder) == 0);
}

/* ---- INI ---- */

static void descriptions_say_what_belongs_to_an_array(void)
{
    cph_array_file file;
    const char *path = write_text("all.ini", "; remark\n"
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
    read_file(path, &file);
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
    read_file(write_text("turn.ini", text), &file);
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
    read_file(write_text("ground.ini", GENERATED "frame = enu\n"), &file);
    CU_ASSERT_EQUAL(cph_array_file_dress(&file, &array, NULL), CPH_OK);
    CU_ASSERT(array.frame == CPH_FRAME_ENU && array.has_array_to_enu);
    CU_ASSERT(array.array_to_enu[0] == 1.0 && array.array_to_enu[8] == 1.0);
    cph_array_file_free(&file);
    read_file(write_text("ground.ini", GENERATED "frame = enu\n[site]\nazimuth_deg = 0\n"
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
    (void)write_text("places.csv", "x y z number\n1 2 3 8\n4 5 6 9\n");
    (void)write_text("hang.csv", "number,subarray\n9,3\n");
    read_file(write_text("from.ini", "[array]\npositions = places.csv\nframe = ecef\n[site]\n"
                                     "latitude_deg=10\nlongitude_deg=20\n[subarrays]\n"
                                     "file=hang.csv\n"),
              &file);
    CU_ASSERT_EQUAL_FATAL(file.array.elements, 2);
    is_at(&file.array.element[1], 4, 5, 6);
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
    read_file(write_text("data.ini", "[array]\npositions = places.h5\nlabel = twin\n"), &file);
    CU_ASSERT(file.array.elements == 3 && file.array.element[2].subarray == 77);
    CU_ASSERT_STRING_EQUAL(file.array.label, "twin");
    CU_ASSERT(file.array.has_array_to_enu);
    /* A frame that it has already does not undo how it lies. */
    read_file(write_text("data.ini", "[array]\npositions = places.h5\nframe = array\n"), &again);
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
    (void)write_text("places.csv", "x,y\n0,0\n1,0\n");
    for (size_t i = 0; i < COUNT(bad); i++)
        refused(write_text("bad.ini", bad[i].text), CPH_ERR_FORMAT, bad[i].says);
    refused(write_text("bad.ini", "[site]\nlatitude_deg=1\n"), CPH_ERR_MISSING, "has no elements");
    refused(write_text("bad.ini", ""), CPH_ERR_MISSING, "has no elements");
    refused(write_text("bad.ini", PLACED "frame = ecef\n"), CPH_ERR_MISSING, "latitude_deg and");
    refused(fixture_path("absent.ini"), CPH_ERR_IO, "cannot open");
    char text[400];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    refused(write_text("bad.ini", text), CPH_ERR_FORMAT, "line 1 is longer than 199 bytes");
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
    (void)write_text("places.csv", "x,y\n0,0\n1,0\n");
    (void)write_text("hung.ini", PLACED "[subarrays]\nfile = hang.csv\n");
    for (size_t i = 0; i < COUNT(bad); i++) {
        cph_array_file file = {.tile_line = 99};
        cph_error error = {.status = CPH_OK};
        (void)write_text("hang.csv", bad[i].text);
        CU_ASSERT_EQUAL(cph_array_file_read(fixture_path("hung.ini"), &file, &error),
                        CPH_ERR_FORMAT);
        const bool said =
            strstr(error.message, bad[i].says) != NULL && strstr(error.message, "hang.csv") != NULL;
        if (!said)
            printf("    no '%s' in: %s\n", bad[i].says, error.message);
        CU_ASSERT(said && file.tile_line == 99);
    }
}

CU_TestInfo cph_tests_data_array[] = {
    {"tables are read by the names of their columns",
     tables_are_read_by_the_names_of_their_columns},
    {"numbers are read alike in every locale", numbers_are_read_alike_in_every_locale},
    {"tables of stations are in east, north, up", tables_of_stations_are_in_east_north_up},
    {"a table that is none is refused", a_table_that_is_none_is_refused},
    {"layouts are in the horizon plane", layouts_are_in_the_horizon_plane},
    {"descriptions say what belongs to an array", descriptions_say_what_belongs_to_an_array},
    {"boresights lean toward their azimuth", boresights_lean_toward_their_azimuth},
    {"generated arrays may lie on the ground", generated_arrays_may_lie_on_the_ground},
    {"descriptions take positions from elsewhere", descriptions_take_positions_from_elsewhere},
    {"a description that is none is refused", a_description_that_is_none_is_refused},
    {"a table of subarrays that is none is refused", a_table_of_subarrays_that_is_none_is_refused},
    CU_TEST_INFO_NULL,
};
