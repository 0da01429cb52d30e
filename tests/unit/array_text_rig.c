/* SPDX-License-Identifier: MIT */
#include "tests/unit/array_text_rig.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/data_fixture.h"

const char *array_text_rig_write(const char *name, const char *text)
{
    const char *path = fixture_path(name);
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT(fputs(text, file) >= 0 && fclose(file) == 0);
    return path;
}

void array_text_rig_read(const char *path, cph_array_file *file)
{
    cph_error error = {.status = CPH_OK};
    CU_ASSERT(cph_array_file_probe(path));
    const cph_status status = cph_array_file_read(path, file, &error);
    if (status != CPH_OK)
        printf("    %s\n", error.message);
    CU_ASSERT_EQUAL_FATAL(status, CPH_OK);
}

void array_text_rig_refused(const char *path, cph_status status, const char *words)
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

void array_text_rig_is_at(const cph_element *element, double x, double y, double z)
{
    CU_ASSERT(element->position[0] == x && element->position[1] == y && element->position[2] == z);
}
