/* SPDX-License-Identifier: MIT */
/* The files of a Digital RF channel: CHANNEL/2014-03-09T12-30-30/rf@1394368230.000.h5; a name that
 * begins otherwise (tmp.rf@...) is still being written. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/import/digital_rf.h"

typedef struct list {
    char **item;
    size_t count, room;
} list;

void cph_drf_list_free(char **file, size_t files)
{
    for (size_t i = 0; i < files; i++)
        free(file[i]);
    free(file);
}

static bool add(list *l, const char *folder, const char *name)
{
    const size_t size = strlen(folder) + strlen(name) + 2;
    if (l->count == l->room) {
        const size_t room = 2 * l->room + 16;
        char **more = reallocarray(l->item, room, sizeof *more);
        if (more == NULL)
            return false;
        l->item = more;
        l->room = room;
    }
    char *path = malloc(size);
    if (path == NULL)
        return false;
    snprintf(path, size, "%s/%s", folder, name);
    l->item[l->count++] = path;
    return true;
}

static int by_name(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

/* YYYY-MM-DDTHH-MM-SS */
static bool is_dated(const char *name, const char *prefix)
{
    static const char form[] = "0000-00-00T00-00-00";
    (void)prefix; /* of the files in it */
    if (strlen(name) != sizeof form - 1)
        return false;
    for (size_t i = 0; i < sizeof form - 1; i++)
        if (form[i] == '0' ? name[i] < '0' || name[i] > '9' : name[i] != form[i])
            return false;
    return true;
}

/* prefix@DIGITS.DIGITS.h5, or without the fraction */
static bool is_file(const char *name, const char *prefix)
{
    const size_t begin = strlen(prefix);
    if (strncmp(name, prefix, begin) != 0 || name[begin] != '@')
        return false;
    const char *rest = name + begin + 1;
    const size_t digits = strspn(rest, "0123456789.");
    return digits > 0 && strcmp(rest + digits - (rest[digits - 1] == '.' ? 1 : 0), ".h5") == 0;
}

/* Names of a folder that `wanted` takes, in order. */
static cph_status list_names(const cph_data *data, const char *folder, const char *prefix,
                             bool (*wanted)(const char *, const char *), list *l)
{
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return cph_h5_error(data->h5.error, CPH_ERR_IO, folder, NULL, "cannot be listed: %s",
                            strerror(errno));
    const size_t before = l->count;
    bool room = true;
    for (const struct dirent *entry = readdir(dir); entry != NULL && room; entry = readdir(dir))
        if (wanted(entry->d_name, prefix))
            room = add(l, folder, entry->d_name);
    closedir(dir);
    if (l->count > before)
        qsort(l->item + before, l->count - before, sizeof *l->item, by_name);
    return room ? CPH_OK : cph_h5_error(data->h5.error, CPH_ERR_MEMORY, folder, NULL, "no memory");
}

cph_status cph_drf_list(const cph_data *data, const char *folder, const char *prefix, char ***file,
                        size_t *files)
{
    list folders = {0}, found = {0};
    cph_status status = list_names(data, folder, prefix, is_dated, &folders);
    for (size_t i = 0; status == CPH_OK && i < folders.count; i++)
        status = list_names(data, folders.item[i], prefix, is_file, &found);
    cph_drf_list_free(folders.item, folders.count);
    if (status != CPH_OK) {
        cph_drf_list_free(found.item, found.count);
        return status;
    }
    *file = found.item;
    *files = found.count;
    return CPH_OK;
}
