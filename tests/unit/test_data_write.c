/* SPDX-License-Identifier: MIT */
/* Outputs: what may be replaced, what is left behind, and a disk that fills. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cophase/data_write.h"
#include "data_fixture.h"

static const cph_c8 sample[2] = {{1, 2}, {3, 4}};

static cph_status create(const char *path, const char *const *inputs, cph_writer **writer,
                         cph_error *error)
{
    cph_data_header header;
    fixture_header(CPH_KIND_CAPTURE, CPH_C8, 1, 2, &header);
    const cph_write_options options = {.inputs = inputs};
    cph_status status = cph_capture_create(path, &header, &options, writer, error);
    fixture_header_free(&header);
    return status;
}

static void write_small(const char *path)
{
    cph_writer *writer = NULL;
    CU_ASSERT_EQUAL_FATAL(create(path, NULL, &writer, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_capture_append(writer, sample, 1, NULL), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_writer_commit(writer, NULL), CPH_OK);
}

static void refused(const char *path, const char *const *inputs, cph_status status,
                    const char *word)
{
    cph_writer *writer = NULL;
    cph_error error = {CPH_OK, ""};
    CU_ASSERT_EQUAL(create(path, inputs, &writer, &error), status);
    CU_ASSERT_PTR_NULL(writer);
    if (strstr(error.message, word) == NULL)
        printf("    no \"%s\" in: %s\n", word, error.message);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, word));
}

static void outputs_that_are_refused(void)
{
    const char *input = fixture_path("input.h5"), *hard = fixture_path("hard.h5");
    const char *soft = fixture_path("soft.h5"), *nowhere = fixture_path("nowhere.h5");
    const char *const inputs[] = {input, NULL};
    write_small(input);
    size_t size = fixture_size(input);
    CU_ASSERT_EQUAL(link(input, hard), 0);
    CU_ASSERT_EQUAL(symlink(input, soft), 0);
    CU_ASSERT_EQUAL(symlink("/nonexistent/file", nowhere), 0);
    refused(input, inputs, CPH_ERR_EXISTS, "is an input");
    refused(hard, inputs, CPH_ERR_EXISTS, "is an input");
    refused(soft, inputs, CPH_ERR_EXISTS, "is an input");
    refused(nowhere, NULL, CPH_ERR_EXISTS, "leads nowhere");
    refused("/dev/null", NULL, CPH_ERR_EXISTS, "not a regular file");
    refused("/", NULL, CPH_ERR_EXISTS, "not a regular file");
    refused(fixture_path("absent/out.h5"), NULL, CPH_ERR_IO, "No such file");
    refused("", NULL, CPH_ERR_ARGUMENT, "no name");
    CU_ASSERT_EQUAL(fixture_size(input), size);
    struct stat about;
    CU_ASSERT(stat("/dev/null", &about) == 0 && S_ISCHR(about.st_mode));
    /* NAME.partial is protected like NAME. */
    const char *part = fixture_path("guard.h5.partial"), *guard = fixture_path("guard.h5");
    const char *const parts[] = {part, NULL};
    CU_ASSERT_EQUAL(link(input, part), 0);
    refused(guard, parts, CPH_ERR_EXISTS, "is an input");
    CU_ASSERT_EQUAL(unlink(part), 0);
    CU_ASSERT_EQUAL(mkdir(part, 0700), 0);
    refused(guard, NULL, CPH_ERR_EXISTS, "not a regular file");
    unlink(hard);
    unlink(soft);
    unlink(nowhere);
    rmdir(part);
}

static void all_or_nothing(void)
{
    const char *path = fixture_path("out.h5"), *partial = fixture_path("out.h5.partial");
    cph_writer *writer = NULL;
    unlink(path);
    CU_ASSERT_EQUAL_FATAL(create(path, NULL, &writer, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_capture_append(writer, sample, 1, NULL), CPH_OK);
    CU_ASSERT_EQUAL(fixture_size(path), SIZE_MAX);
    CU_ASSERT_NOT_EQUAL(fixture_size(partial), SIZE_MAX);
    cph_writer_abort(writer);
    CU_ASSERT_EQUAL(fixture_size(partial), SIZE_MAX);
    /* A finished file replaces the old one; an aborted one leaves it. */
    write_small(path);
    size_t size = fixture_size(path);
    CU_ASSERT_EQUAL_FATAL(create(path, NULL, &writer, NULL), CPH_OK);
    cph_writer_abort(writer);
    CU_ASSERT_EQUAL(fixture_size(path), size);
    write_small(path);
    CU_ASSERT_EQUAL(fixture_size(partial), SIZE_MAX);
    cph_writer_abort(NULL);
}

/* Through a symbolic link the file it leads to is replaced, and the link stays. */
static void links_are_followed(void)
{
    const char *target = fixture_path("target.h5"), *soft = fixture_path("link.h5");
    struct stat about;
    write_small(target);
    CU_ASSERT_EQUAL(symlink(target, soft), 0);
    CU_ASSERT(stat(target, &about) == 0);
    ino_t before = about.st_ino;
    write_small(soft);
    CU_ASSERT(lstat(soft, &about) == 0 && S_ISLNK(about.st_mode));
    CU_ASSERT(stat(target, &about) == 0 && about.st_ino != before);
    unlink(soft);
}

static void interrupted_work_is_kept_and_marked(void)
{
    const char *path = fixture_path("stopped.h5"), *partial = fixture_path("stopped.h5.partial");
    cph_writer *writer = NULL;
    unlink(path);
    CU_ASSERT_EQUAL_FATAL(create(path, NULL, &writer, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_capture_append(writer, sample, 1, NULL), CPH_OK);
    cph_writer_suspend(writer);
    CU_ASSERT_EQUAL(fixture_size(path), SIZE_MAX);
    fixture_refused(partial, NULL, CPH_ERR_FORMAT,
                    (const char *const[]){"stopped.h5.partial", "partial", NULL});
    hid_t file = H5Fopen(partial, H5F_ACC_RDONLY, H5P_DEFAULT);
    CU_ASSERT(file >= 0 && H5Lexists(file, "samples", H5P_DEFAULT) > 0);
    H5Fclose(file);
    write_small(path); /* starts over */
    CU_ASSERT_EQUAL(fixture_size(partial), SIZE_MAX);
}

static void promises_are_checked(void)
{
    const char *path = fixture_path("short.h5");
    cph_writer *writer = NULL;
    cph_error error = {CPH_OK, ""};
    cph_data_header header;
    fixture_header(CPH_KIND_CAPTURE, CPH_C8, 1, 2, &header);
    header.times = 3;
    unlink(path);
    CU_ASSERT_EQUAL_FATAL(cph_capture_create(path, &header, NULL, &writer, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_capture_append(writer, sample, 1, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_writer_commit(writer, &error), CPH_ERR_ARGUMENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "1 times were written, 3"));
    CU_ASSERT_EQUAL_FATAL(cph_covariance_create_file(path, &header, NULL, &writer, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_writer_commit(writer, &error), CPH_ERR_ARGUMENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "time 0, channel 0 was not written"));
    CU_ASSERT_EQUAL(fixture_size(path), SIZE_MAX);
    CU_ASSERT_EQUAL(fixture_size(fixture_path("short.h5.partial")), SIZE_MAX);
    fixture_header_free(&header);
}

/* Two commands write one output: the one that lost its partial file says so. */
static void a_second_writer_is_noticed(void)
{
    const char *path = fixture_path("both.h5");
    cph_writer *first = NULL, *second = NULL;
    cph_error error = {CPH_OK, ""};
    CU_ASSERT_EQUAL_FATAL(create(path, NULL, &first, NULL), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(create(path, NULL, &second, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_capture_append(first, sample, 1, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_capture_append(second, sample, 1, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_writer_commit(first, &error), CPH_ERR_EXISTS);
    CU_ASSERT_EQUAL(cph_writer_commit(second, NULL), CPH_OK);
    CU_ASSERT_NOT_EQUAL(fixture_size(path), SIZE_MAX);
    /* One that gives up leaves the other's work alone. */
    CU_ASSERT_EQUAL_FATAL(create(path, NULL, &first, NULL), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(create(path, NULL, &second, NULL), CPH_OK);
    cph_writer_abort(first);
    CU_ASSERT_EQUAL(cph_capture_append(second, sample, 1, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_writer_commit(second, NULL), CPH_OK);
}

/* In a process whose files may not grow past `limit` bytes: writes until refused. Returns 0 when
 * the refusal came as IO and nothing was left. */
static int fill_disk(const char *path, const char *partial, rlim_t limit)
{
    enum { ROWS = 1 << 16 };
    static cph_c8 rows[2 * ROWS];
    const struct rlimit size = {limit, limit};
    cph_writer *writer = NULL;
    cph_error error = {CPH_OK, ""};
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &size) != 0)
        return 1;
    cph_status status = create(path, NULL, &writer, &error);
    for (int i = 0; status == CPH_OK && i < 40; i++) {
        status = cph_capture_append(writer, rows, ROWS, &error);
        if (status != CPH_OK)
            cph_writer_abort(writer);
        else if (i == 39)
            status = cph_writer_commit(writer, &error);
    }
    if (status != CPH_ERR_IO || strstr(error.message, "File too large") == NULL)
        return 2;
    if (fixture_size(partial) != SIZE_MAX || fixture_size(path) != SIZE_MAX)
        return 3;
    return 0;
}

static void a_full_disk_leaves_nothing(void)
{
    static const rlim_t limits[] = {0,       100,     2000,    10000,   100000,
                                    1000000, 3000000, 5000000, 5242000, 5242880};
    const char *path = fixture_path("full.h5"), *partial = fixture_path("full.h5.partial");
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        fflush(NULL);
        pid_t child = fork();
        if (child == 0)
            exit(fill_disk(path, partial, limits[i])); /* with HDF5's own work at exit */
        int state = -1;
        CU_ASSERT_EQUAL(waitpid(child, &state, 0), child);
        if (state != 0)
            printf("    limit %llu: wait status %d\n", (unsigned long long)limits[i], state);
        CU_ASSERT_EQUAL(state, 0);
    }
}

CU_TestInfo cph_tests_data_write[] = {
    {"outputs that are refused", outputs_that_are_refused},
    {"all of a file or none", all_or_nothing},
    {"symbolic links are followed", links_are_followed},
    {"interrupted work is kept, marked, not read", interrupted_work_is_kept_and_marked},
    {"promises are checked at the end", promises_are_checked},
    {"a second writer is noticed", a_second_writer_is_noticed},
    {"a full disk leaves nothing", a_full_disk_leaves_nothing},
    CU_TEST_INFO_NULL,
};
