/* SPDX-License-Identifier: MIT */
/* Strings of any length lie in heaps that a damaged byte may not end the process by: every byte of
 * them and of what points into them is flipped. */
#include <stdlib.h>
#include <string.h>

#include "data_fixture.h"
#include "datasets/h5/h5.h"

enum { TEXTS = 5, LONG = 9000, SIZE = 64, USER_BLOCK = 512 };

/* A string, none, one that fills a collection of its own, and bytes of UTF-8. */
static char long_text[LONG + 1];
static const char *const texts[TEXTS] = {"first", "", long_text, "antenne \xC3\xA9", "x"};
static const char history[] =
    "{\"command\":\"one\"}\n{\"command\":\"two\"}\n{\"command\":\"three\"}";

/* `block`: bytes before the file's address 0. */
static void write_texts(const char *path, size_t block, bool chunked)
{
    const hsize_t count = TEXTS, chunk = 2;
    const char *line = history;
    memset(long_text, 'l', LONG);
    const hid_t create = H5Pcreate(H5P_FILE_CREATE), plist = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_userblock(create, block);
    if (chunked)
        H5Pset_chunk(plist, 1, &chunk);
    const hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, create, H5P_DEFAULT);
    const hid_t type = H5Tcopy(H5T_C_S1), scalar = H5Screate(H5S_SCALAR);
    const hid_t space = H5Screate_simple(1, &count, NULL);
    H5Tset_size(type, H5T_VARIABLE);
    const hid_t attr = H5Acreate2(file, "history", type, scalar, H5P_DEFAULT, H5P_DEFAULT);
    CU_ASSERT(H5Awrite(attr, type, (const void *)&line) >= 0);
    const hid_t set = H5Dcreate2(file, "texts", type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    CU_ASSERT(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, (const void *)texts) >= 0);
    H5Dclose(set);
    H5Aclose(attr);
    H5Sclose(space);
    H5Sclose(scalar);
    H5Tclose(type);
    H5Pclose(plist);
    H5Pclose(create);
    CU_ASSERT(H5Fclose(file) >= 0);
}

/* Of the attribute and the data set; whether both are read, and are what was written. */
static bool read_texts(const char *path, cph_status status[2])
{
    cph_error error = {.status = CPH_OK};
    cph_h5 h5 = {.file = -1, .error = &error};
    char value[TEXTS][SIZE], *text = NULL;
    bool same = true;
    cph_h5_quiet();
    CU_ASSERT_EQUAL_FATAL(cph_h5_open(path, &h5), CPH_OK);
    status[0] = cph_h5_text_all(&h5, "/", "history", &text);
    same = status[0] == CPH_OK && text != NULL && strcmp(text, history) == 0;
    status[1] = cph_h5_strings(&h5, "/texts", TEXTS, SIZE, value[0]);
    for (size_t i = 0; i < TEXTS && status[1] == CPH_OK; i++)
        same = same && strncmp(value[i], texts[i], SIZE - 1) == 0;
    free(text);
    cph_h5_close(&h5);
    return same && status[1] == CPH_OK;
}

/* Wherever they lie they are read as they were written, also by a copy. */
static void are_read(void)
{
    const char *path = fixture_path("texts.h5"), *copied = fixture_path("texts.copy.h5");
    for (int i = 0; i < 4; i++) {
        cph_status status[2];
        write_texts(path, i % 2 == 0 ? 0 : USER_BLOCK, i >= 2);
        CU_ASSERT(read_texts(path, status));
        cph_error error = {.status = CPH_OK};
        cph_h5 from = {.file = -1, .error = &error};
        const cph_h5 to = {.file = H5Fcreate(copied, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT),
                           .path = copied,
                           .error = &error};
        CU_ASSERT_EQUAL_FATAL(cph_h5_open(path, &from), CPH_OK);
        CU_ASSERT_EQUAL(cph_h5_copy(&from, "/", (const char *const[]){NULL}, &to), CPH_OK);
        cph_h5_close(&from);
        H5Fclose(to.file);
        (void)read_texts(copied, status);
        CU_ASSERT_EQUAL(status[1], CPH_OK);
    }
}

/* What a link leads to in another file is read there. */
static void are_read_behind_links(void)
{
    const char *path = fixture_path("texts.h5"), *other = fixture_path("linked.h5");
    cph_status status[2];
    write_texts(path, USER_BLOCK, false);
    const hid_t file = H5Fcreate(other, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    CU_ASSERT(H5Lcreate_external(path, "/texts", file, "texts", H5P_DEFAULT, H5P_DEFAULT) >= 0);
    H5Fclose(file);
    (void)read_texts(other, status);
    CU_ASSERT_EQUAL(status[1], CPH_OK);
}

static char *read_bytes(const char *path, size_t *size)
{
    *size = fixture_size(path);
    char *bytes = malloc(*size);
    FILE *file = fopen(path, "rb");
    CU_ASSERT_FATAL(bytes != NULL && file != NULL);
    CU_ASSERT_EQUAL(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

/* One byte of a file that is open. */
static void put_byte(FILE *file, size_t at, int value)
{
    CU_ASSERT_EQUAL(fseek(file, (long)at, SEEK_SET), 0);
    CU_ASSERT_EQUAL(fputc(value, file), value & 0xFF);
    CU_ASSERT_EQUAL(fflush(file), 0);
}

/* Every byte of a range, three ways: both are read, or refused as damaged. How often refused. */
static size_t flip_each(const char *path, const char *bytes, size_t from, size_t to)
{
    static const unsigned char masks[] = {0xFF, 0x01, 0x80};
    FILE *file = fopen(path, "r+b");
    size_t refused = 0;
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    for (size_t at = from; at < to; at++) {
        for (size_t k = 0; k < sizeof masks; k++) {
            cph_status status[2];
            put_byte(file, at, (unsigned char)bytes[at] ^ masks[k]);
            (void)read_texts(path, status);
            for (int i = 0; i < 2; i++) {
                CU_ASSERT(status[i] == CPH_OK || status[i] == CPH_ERR_FORMAT);
                refused += status[i] != CPH_OK;
            }
        }
        put_byte(file, at, (unsigned char)bytes[at]);
    }
    fclose(file);
    return refused;
}

static void any_byte_may_be_damaged(void)
{
    enum { USED = 512 }; /* of a collection: its heads and short strings */
    const char *path = fixture_path("texts.h5");
    size_t size = 0, heaps = 0;
    write_texts(path, 0, false);
    char *bytes = read_bytes(path, &size);
    for (size_t at = 0; at + USED <= size; at += 8)
        if (memcmp(bytes + at, "GCOL", 4) == 0) {
            heaps++;
            CU_ASSERT(flip_each(path, bytes, at, at + USED) > 0);
        }
    CU_ASSERT(heaps >= 2);
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    const hid_t set = H5Dopen2(file, "texts", H5P_DEFAULT);
    const size_t at = (size_t)H5Dget_offset(set);
    H5Dclose(set);
    H5Fclose(file);
    CU_ASSERT(flip_each(path, bytes, at, at + TEXTS * (size_t)16) > 0);
    cph_status status[2];
    CU_ASSERT(read_texts(path, status));
    free(bytes);
}

CU_TestInfo cph_tests_data_texts[] = {
    {"strings of any length are read wherever they lie", are_read},
    {"also behind links to other files", are_read_behind_links},
    {"any byte of their heaps may be damaged", any_byte_may_be_damaged},
    CU_TEST_INFO_NULL,
};
