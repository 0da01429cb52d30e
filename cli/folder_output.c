/* SPDX-License-Identifier: MIT */
#include "cli/folder_output.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A name without slashes behind it; where there is a folder, where it really is. */
static char *name_of(const char *path)
{
    char *name = realpath(path, NULL);
    if (name == NULL)
        name = strdup(path);
    for (size_t n = name != NULL ? strlen(name) : 0; n > 1 && name[n - 1] == '/'; n--)
        name[n - 1] = '\0';
    return name;
}

static bool is_own(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static bool is_empty(const char *path)
{
    DIR *const folder = opendir(path);
    bool empty = folder != NULL;
    for (const struct dirent *entry; empty && (entry = readdir(folder)) != NULL;)
        empty = !is_own(entry);
    if (folder != NULL)
        closedir(folder);
    return empty;
}

/* Whether a file of this name would be an entry of the folder. */
static bool lies_in(const char *file, const struct stat *folder)
{
    struct stat about;
    char *const copy = strdup(file), *const slash = copy != NULL ? strrchr(copy, '/') : NULL;
    if (slash != NULL)
        slash[1] = '\0';
    const bool in = stat(slash != NULL ? copy : ".", &about) == 0 &&
                    about.st_dev == folder->st_dev && about.st_ino == folder->st_ino;
    free(copy);
    return in;
}

static cph_exit check_existing(const cph_cli *cli, const char *option, const char *path,
                               const cph_named_output *outputs, size_t count)
{
    struct stat about;
    if (stat(path, &about) != 0 || !S_ISDIR(about.st_mode))
        return cph_report_line(cli->name, CPH_EXIT_USAGE,
                               "%s %s: exists and is no folder; expected another name", option,
                               path);
    if (!is_empty(path))
        return cph_report_line(cli->name, CPH_EXIT_USAGE,
                               "%s %s: holds files; expected an empty folder or a new name", option,
                               path);
    for (size_t i = 0; i < count; i++)
        if (outputs[i].path != NULL && lies_in(outputs[i].path, &about))
            return cph_report_line(cli->name, CPH_EXIT_USAGE,
                                   "%s %s: would lie in the folder of %s; expected another one",
                                   outputs[i].option, outputs[i].path, option);
    return CPH_EXIT_DONE;
}

/* The folder and its .partial are none of the outputs, nor of theirs. */
static cph_exit check_apart(const cph_cli *cli, const char *option, const char *name,
                            const cph_named_output *outputs, size_t count)
{
    cph_exit code = CPH_EXIT_DONE;
    for (size_t i = 0; code == CPH_EXIT_DONE && i < count; i++) {
        const cph_named_output pair[] = {outputs[i], {option, name}};
        code = cph_outputs_apart(cli, pair, 2);
    }
    return code;
}

cph_exit cph_folder_check(const cph_cli *cli, const char *option, const char *path,
                          const cph_named_output *outputs, size_t count)
{
    struct stat about;
    if (path == NULL)
        return CPH_EXIT_DONE;
    cph_exit code = lstat(path, &about) == 0 ? check_existing(cli, option, path, outputs, count)
                                             : CPH_EXIT_DONE;
    char *const name = name_of(path);
    if (name == NULL)
        return cph_report_memory(cli->name);
    if (code == CPH_EXIT_DONE)
        code = check_apart(cli, option, name, outputs, count);
    if (code == CPH_EXIT_DONE)
        code = cph_output_folder_check(cli, name);
    free(name);
    return code;
}

cph_status cph_folder_open(cph_folder_output *output, const char *path, cph_error *error)
{
    *output = (cph_folder_output){.path = name_of(path)};
    char *partial = NULL;
    if (output->path == NULL || asprintf(&partial, "%s.partial", output->path) < 0)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    if (mkdir(partial, 0777) == 0) {
        output->partial = partial;
        return CPH_OK;
    }
    const cph_status status =
        errno == EEXIST
            ? cph_fail(error, CPH_ERR_EXISTS,
                       "%s: exists, perhaps of an interrupted command: expected none", partial)
            : cph_fail(error, CPH_ERR_IO, "%s: cannot be made: %s", partial, strerror(errno));
    free(partial);
    return status;
}

char *cph_folder_inside(const cph_folder_output *output, const char *name)
{
    char *path = NULL;
    return asprintf(&path, "%s/%s", output->partial, name) < 0 ? NULL : path;
}

cph_status cph_folder_commit(cph_folder_output *output, cph_error *error)
{
    cph_status status = CPH_OK;
    if (rename(output->partial, output->path) != 0) {
        status =
            cph_fail(error, CPH_ERR_IO, "%s: cannot be made: %s", output->path, strerror(errno));
    } else {
        free(output->partial);
        output->partial = NULL;
    }
    cph_folder_drop(output);
    return status;
}

void cph_folder_drop(cph_folder_output *output)
{
    DIR *const folder = output->partial != NULL ? opendir(output->partial) : NULL;
    for (const struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;)
        if (is_own(entry))
            (void)unlinkat(dirfd(folder), entry->d_name, 0);
    if (folder != NULL)
        closedir(folder);
    if (output->partial != NULL)
        (void)rmdir(output->partial);
    free(output->partial);
    free(output->path);
    *output = (cph_folder_output){NULL, NULL};
}
