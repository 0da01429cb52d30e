/* SPDX-License-Identifier: MIT */
/* Which files a page is of, and of what kind each is. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/report/report.h"
#include "cli/progress.h"
#include "cli/report_page.h"
#include "cophase/pointing.h"

/* Appends a file; path is taken over. */
static cph_report_file *append(cph_report_page *page, char *path)
{
    cph_report_file *const more = realloc(page->file, (page->files + 1) * sizeof *more);
    if (more == NULL || path == NULL) {
        page->file = more != NULL ? more : page->file;
        page->failed = true;
        free(path);
        return NULL;
    }
    page->file = more;
    cph_report_file *const file = &more[page->files];
    *file = (cph_report_file){.path = path};
    snprintf(file->id, sizeof file->id, "f%zu", page->files + 1);
    page->files++;
    return file;
}

/* A run of the benchmark that says so; NULL for all else. */
static json_t *read_run(const char *path)
{
    json_error_t error;
    json_t *const run = json_load_file(path, 0, &error);
    const char *const format = run != NULL ? cph_report_string(run, "format") : NULL;
    if (format != NULL && strcmp(format, REPORT_FORMAT) == 0)
        return run;
    json_decref(run);
    return NULL;
}

static bool ends(const char *path, const char *suffix)
{
    const size_t length = strlen(path), most = strlen(suffix);
    return length >= most && strcasecmp(path + length - most, suffix) == 0;
}

/* What a command that was interrupted leaves, or one that still runs. */
static bool is_partial(const char *path)
{
    return ends(path, ".partial");
}

static void keep_reason(cph_report_page *page, cph_report_file *file, const char *why)
{
    file->why = strdup(why);
    page->failed = page->failed || file->why == NULL;
}

/* Reads what the file is, or why not. */
static void tell(cph_report_page *page, cph_report_file *file)
{
    if (is_partial(file->path) && access(file->path, F_OK) == 0) {
        char why[sizeof page->why];
        (void)snprintf(why, sizeof why,
                       "%s: is partly written: its command was interrupted, or still runs",
                       file->path);
        keep_reason(page, file, why);
        return;
    }
    struct stat about;
    cph_report_words words = {.count = 0};
    if (stat(file->path, &about) == 0 && S_ISREG(about.st_mode) && ends(file->path, ".json") &&
        (file->info = read_run(file->path)) != NULL) {
        file->kind = "bench";
        return;
    }
    cph_report_add(&words, "info");
    cph_report_add_input(page, &words, file);
    file->info = cph_report_run(page, &words);
    if (file->info == NULL && page->options->cli.positions != NULL) {
        words = (cph_report_words){.count = 0};
        cph_report_add(&words, "info", file->path);
        file->info = cph_report_run(page, &words);
    }
    if (file->info != NULL)
        file->kind = cph_report_string(file->info, "kind");
    else
        keep_reason(page, file, page->why);
}

/* A word that begins with a dash is an option to a child. */
static char *word_of(const char *folder, const char *name)
{
    char *path = NULL;
    const char *const slash = folder[strlen(folder) - 1] == '/' ? "" : "/";
    return asprintf(&path, "%s%s%s", folder, slash, name) < 0 ? NULL : path;
}

static bool same(const char *path, const char *other)
{
    struct stat a, b;
    return stat(path, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

/* Whether the name ends like that of a file that Cophase reads, complete or not: such a file of a
 * folder that cannot be read is told. */
static bool is_expected(const char *path)
{
    static const char *const suffixes[] = {".h5", ".hdf5", ".uvh5", ".sigmf-meta"};
    char whole[PATH_MAX];
    const size_t length = strlen(path) - (is_partial(path) ? strlen(".partial") : 0);
    snprintf(whole, sizeof whole, "%.*s", (int)length, path);
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
        if (ends(whole, suffixes[i]))
            return true;
    return false;
}

/* What is not worth asking info about: pictures, pages, tables but those of satellites, which are
 * told where they cannot be read. */
static bool is_other(const char *path)
{
    static const char *const suffixes[] = {".svg", ".png", ".html", ".txt",
                                           ".pdf", ".md",  ".log",  ".sigmf-data"};
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
        if (ends(path, suffixes[i]))
            return true;
    return (is_partial(path) && !is_expected(path)) ||
           (ends(path, ".csv") && !cph_pointing_probe(path));
}

static void pass_over(cph_report_page *page, const char *path)
{
    const size_t used = strlen(page->other_names), room = sizeof page->other_names - used;
    const char *const slash = strrchr(path, '/'), *const name = slash != NULL ? slash + 1 : path;
    if (page->others++ == page->others_told && strlen(name) + strlen(", ") < room) {
        snprintf(page->other_names + used, room, "%s%s", used > 0 ? ", " : "", name);
        page->others_told++;
    }
}

static void remove_last(cph_report_page *page)
{
    cph_report_file *const file = &page->file[--page->files];
    free(file->path);
    free(file->why);
    json_decref(file->info);
}

/* Whether the file is there already, by another name or the same. */
static bool is_known(const cph_report_page *page, const char *path)
{
    for (size_t i = 0; i < page->files; i++)
        if (same(path, page->file[i].path))
            return true;
    return false;
}

static void add_of_folder(cph_report_page *page, char *path)
{
    struct stat about;
    const bool there = path != NULL && stat(path, &about) == 0;
    page->failed = page->failed || path == NULL;
    if (!there || !S_ISREG(about.st_mode) || same(path, page->options->cli.output) ||
        is_known(page, path)) {
        free(path);
        return;
    }
    if (is_other(path)) {
        pass_over(page, path);
        free(path);
        return;
    }
    cph_report_file *const file = append(page, path);
    if (file == NULL)
        return;
    tell(page, file);
    if (file->info == NULL && !is_expected(file->path) && !ends(file->path, ".csv")) {
        pass_over(page, file->path);
        remove_last(page);
    }
}

static void add_folder(cph_report_page *page, const char *folder)
{
    struct dirent **entry = NULL;
    const int count = scandir(folder, &entry, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        if (!page->failed && !cph_interrupted() && entry[i]->d_name[0] != '.')
            add_of_folder(page, word_of(folder, entry[i]->d_name));
        free(entry[i]);
    }
    free(entry);
}

/* A folder may be a capture (Digital RF). */
static void add(cph_report_page *page, const char *input)
{
    struct stat about;
    if (is_known(page, input))
        return;
    char *const path = input[0] == '-' ? word_of(".", input) : strdup(input);
    cph_report_file *const file = append(page, path);
    if (file == NULL)
        return;
    tell(page, file);
    if (file->info != NULL || stat(path, &about) != 0 || !S_ISDIR(about.st_mode))
        return;
    char *const folder = file->path;
    free(file->why);
    page->files--;
    add_folder(page, folder);
    free(folder);
}

/* The part of a path behind the last `slashes` of its slashes, at most all of it. */
static const char *tail(const char *path, size_t slashes)
{
    const char *at = path + strlen(path);
    while (at > path && !(at[-1] == '/' && slashes-- == 0))
        at--;
    return at;
}

/* As much of each path as tells it from those of other files. */
static void name_files(cph_report_page *page)
{
    for (size_t i = 0; i < page->files; i++) {
        cph_report_file *const file = &page->file[i];
        size_t slashes = 0;
        bool alone = false;
        while (!alone) {
            file->name = tail(file->path, slashes);
            alone = true;
            for (size_t k = 0; k < page->files; k++)
                alone =
                    alone && (k == i || strcmp(file->name, tail(page->file[k].path, slashes)) != 0);
            alone = alone || file->name == file->path;
            slashes++;
        }
    }
}

bool cph_report_gather(cph_report_page *page)
{
    const cph_report_options *const o = page->options;
    for (size_t i = 0; i < o->inputs && !page->failed && !cph_interrupted(); i++)
        add(page, o->input[i]);
    name_files(page);
    return !page->failed;
}
