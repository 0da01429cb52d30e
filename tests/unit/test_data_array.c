/* SPDX-License-Identifier: MIT */
/* Arrays in text: tables of elements, OSKAR's layouts; and what is none. */
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cophase/data_text.h"
#include "kernels/core/vec3.h"
#include "tests/unit/array_text_rig.h"
#include "tests/unit/data_fixture.h"

/* ---- tables ---- */

static void tables_are_read_by_the_names_of_their_columns(void)
{
    cph_array_file file;
    array_text_rig_read(
        array_text_rig_write(
            "table.csv", "\xEF\xBB\xBF# tilted\r\n\nname,y,x,polarization,subarray,number,listed,"
                         "nx,ny,nz\r\n"
                         "left,2,-1,X,4,30,no,-0.6,0,0.8 # remark\n"
                         "-;-2;1.5e-3;Y;-;30;1;0,0.28,-0.96"),
        &file);
    const cph_array *array = &file.array;
    CU_ASSERT_EQUAL_FATAL(array->elements, 2);
    const cph_element *e = array->element;
    array_text_rig_is_at(&e[0], -1, 2, 0);
    array_text_rig_is_at(&e[1], 1.5e-3, -2, 0);
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
    array_text_rig_read(array_text_rig_write("point.csv", "x;y\n1.5;-0.25\n"), &file);
    (void)uselocale(before);
    freelocale(german);
    array_text_rig_is_at(&file.array.element[0], 1.5, -0.25, 0);
    cph_array_file_free(&file);
}

static void tables_of_stations_are_in_east_north_up(void)
{
    cph_array_file file;
    array_text_rig_read(
        array_text_rig_write("station.txt",
                             "idx name E N U flagged\n0 a 1 2 3 False\n7 b 4 5 6 True\n"),
        &file);
    CU_ASSERT_EQUAL_FATAL(file.array.elements, 2);
    array_text_rig_is_at(&file.array.element[1], 4, 5, 6);
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
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        array_text_rig_refused(array_text_rig_write("bad.csv", bad[i].text), CPH_ERR_FORMAT,
                               bad[i].says);
    char text[CPH_NAME_SIZE * 200];
    memset(text, ' ', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    array_text_rig_refused(array_text_rig_write("bad.csv", text), CPH_ERR_FORMAT,
                           "line 1 is longer than 4095 bytes");
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
        array_text_rig_read(names[i], &file);
        CU_ASSERT_STRING_EQUAL(file.path, path);
        CU_ASSERT_EQUAL_FATAL(file.array.elements, 3);
        array_text_rig_is_at(&file.array.element[0], 1.5, -2, 0);
        array_text_rig_is_at(&file.array.element[1], 3, 4, 0.25);
        array_text_rig_is_at(&file.array.element[2], -5, 6, 0.5);
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
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        out = fopen(path, "w");
        CU_ASSERT_PTR_NOT_NULL_FATAL(out);
        CU_ASSERT(fputs(bad[i].text, out) >= 0 && fclose(out) == 0);
        array_text_rig_refused(path, CPH_ERR_FORMAT, bad[i].says);
    }
    CU_ASSERT(remove(path) == 0);
    cph_error error = {.status = CPH_OK};
    CU_ASSERT_EQUAL(cph_array_file_read(folder, &file, &error), CPH_ERR_IO);
    CU_ASSERT(strstr(error.message, "station/layout.txt: cannot open") != NULL);
    CU_ASSERT(remove(folder) == 0);
}

CU_TestInfo cph_tests_data_array[] = {
    {"tables are read by the names of their columns",
     tables_are_read_by_the_names_of_their_columns},
    {"numbers are read alike in every locale", numbers_are_read_alike_in_every_locale},
    {"tables of stations are in east, north, up", tables_of_stations_are_in_east_north_up},
    {"a table that is none is refused", a_table_that_is_none_is_refused},
    {"layouts are in the horizon plane", layouts_are_in_the_horizon_plane},
    CU_TEST_INFO_NULL,
};
