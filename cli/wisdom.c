/* SPDX-License-Identifier: MIT */
#include "cli/wisdom.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cophase/wisdom.h"

enum { PATH_BYTES = 4096, MOST_BYTES = 1 << 20 };

/* The specification ignores a path that is not absolute. */
static bool folder(char path[PATH_BYTES])
{
    const char *const cache = getenv("XDG_CACHE_HOME"), *const home = getenv("HOME");
    int used = -1;
    if (cache != NULL && cache[0] == '/')
        used = snprintf(path, PATH_BYTES, "%s", cache);
    else if (home != NULL && home[0] == '/')
        used = snprintf(path, PATH_BYTES, "%s/.cache", home);
    return used > 0 && used < PATH_BYTES;
}

/* path/name after path; false where it does not fit. */
static bool enter(char path[PATH_BYTES], const char *name)
{
    const size_t used = strlen(path);
    const int added = snprintf(path + used, PATH_BYTES - used, "/%s", name);
    return added > 0 && (size_t)added < PATH_BYTES - used;
}

static char *read_text(const char *path)
{
    FILE *const file = fopen(path, "re");
    char *const text = file == NULL ? NULL : calloc(1, MOST_BYTES + 1);
    if (text != NULL)
        (void)!fread(text, 1, MOST_BYTES, file);
    if (file != NULL)
        fclose(file);
    return text;
}

char *cph_wisdom_recall(const cph_cli *cli)
{
    char path[PATH_BYTES];
    char *const text = folder(path) && enter(path, "cophase") && enter(path, "fftw-wisdom")
                           ? read_text(path)
                           : NULL;
    if (text != NULL && cph_wisdom_import(text) == CPH_ERR_FORMAT && !cli->quiet)
        fprintf(stderr, "%s: %s: is no wisdom of this FFTW; it is passed over and replaced\n",
                cli->name, path);
    return text;
}

/* Under another name first: a reader sees all of it or none. */
static void write_text(const char *path, const char *text)
{
    char draft[PATH_BYTES + 32];
    snprintf(draft, sizeof draft, "%s.%ld", path, (long)getpid());
    FILE *const file = fopen(draft, "we");
    if (file == NULL)
        return;
    bool done = fputs(text, file) >= 0;
    done = fclose(file) == 0 && done;
    if (!done || rename(draft, path) != 0)
        (void)!unlink(draft);
}

void cph_wisdom_keep(char *held)
{
    char path[PATH_BYTES];
    char *text = NULL;
    if (cph_wisdom_export(&text) == CPH_OK && (held == NULL || strcmp(held, text) != 0) &&
        folder(path)) {
        (void)!mkdir(path, 0700);
        if (enter(path, "cophase")) {
            (void)!mkdir(path, 0700);
            if (enter(path, "fftw-wisdom"))
                write_text(path, text);
        }
    }
    free(text);
    free(held);
}
