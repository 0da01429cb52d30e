/* SPDX-License-Identifier: MIT */
/* Which outputs may be written, and the history that inputs hand on. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "datasets/native/write.h"

static bool is_input(const struct stat *about, const char *const *inputs)
{
    for (size_t i = 0; inputs != NULL && inputs[i] != NULL; i++) {
        struct stat input;
        if (stat(inputs[i], &input) == 0 && input.st_dev == about->st_dev &&
            input.st_ino == about->st_ino)
            return true;
    }
    return false;
}

static cph_status refuse_existing(const char *path, const struct stat *about,
                                  const char *const *inputs, cph_error *error)
{
    if (!S_ISREG(about->st_mode))
        return cph_h5_error(error, CPH_ERR_EXISTS, path, NULL,
                            "exists and is not a regular file, expected a file to replace or none");
    if (is_input(about, inputs))
        return cph_h5_error(error, CPH_ERR_EXISTS, path, NULL,
                            "is an input of this command, expected another output");
    return CPH_OK;
}

cph_status cph_output_resolve(const char *path, const char *const *inputs, char **real,
                              cph_error *error)
{
    struct stat about;
    bool exists = lstat(path, &about) == 0;
    if (exists && S_ISLNK(about.st_mode)) {
        *real = realpath(path, NULL);
        if (*real == NULL)
            return cph_h5_error(error, CPH_ERR_EXISTS, path, NULL,
                                "is a link that leads nowhere: %s", strerror(errno));
        exists = stat(*real, &about) == 0;
    } else {
        *real = strdup(path);
        if (*real == NULL)
            return cph_h5_error(error, CPH_ERR_MEMORY, path, NULL, "no memory");
    }
    cph_status status = exists ? refuse_existing(path, &about, inputs, error) : CPH_OK;
    if (status != CPH_OK) {
        free(*real);
        *real = NULL;
    }
    return status;
}

cph_status cph_output_clear(const char *partial, const char *const *inputs, cph_error *error)
{
    struct stat about;
    if (lstat(partial, &about) != 0)
        return CPH_OK;
    cph_status status = refuse_existing(partial, &about, inputs, error);
    if (status == CPH_OK && unlink(partial) != 0)
        status = cph_h5_error(error, CPH_ERR_IO, partial, NULL, "cannot be removed: %s",
                              strerror(errno));
    return status;
}

/* Whether text holds the line [line, line + length) already. */
static bool has_line(const char *text, const char *line, size_t length)
{
    while (*text != '\0') {
        size_t here = strcspn(text, "\n");
        if (here == length && memcmp(text, line, length) == 0)
            return true;
        text += here + (text[here] == '\n' ? 1 : 0);
    }
    return false;
}

static void add_line(char **text, const char *line, size_t length)
{
    const char *before = *text != NULL ? *text : "";
    size_t had = strlen(before);
    if (length == 0 || has_line(before, line, length))
        return;
    char *longer = malloc(had + length + 2);
    if (longer == NULL)
        return;
    memcpy(longer, before, had);
    if (had > 0)
        longer[had++] = '\n';
    memcpy(longer + had, line, length);
    longer[had + length] = '\0';
    free(*text);
    *text = longer;
}

/* Inputs that are no HDF5 files, or have no history, hand nothing on. */
static void add_history_of(const char *path, char **text)
{
    cph_h5 h5 = {.file = -1};
    char *history = NULL;
    /* What somebody is still writing is open to be followed. */
    bool open = cph_h5_open(path, &h5) == CPH_OK;
    h5.follow = !open;
    open = open || cph_h5_open(path, &h5) == CPH_OK;
    if (open && cph_h5_text_all(&h5, "/", "history", &history) == CPH_OK && history != NULL)
        for (const char *line = history; *line != '\0';) {
            size_t length = strcspn(line, "\n");
            add_line(text, line, length);
            line += length + (line[length] == '\n' ? 1 : 0);
        }
    free(history);
    cph_h5_close(&h5);
}

char *cph_history_gather(const char *const *inputs, const char *line)
{
    char *text = NULL;
    for (size_t i = 0; inputs != NULL && inputs[i] != NULL; i++)
        add_history_of(inputs[i], &text);
    if (line != NULL)
        add_line(&text, line, strcspn(line, "\n"));
    return text;
}

char *cph_data_history(const char *path)
{
    char *text = NULL;
    add_history_of(path, &text);
    return text;
}
