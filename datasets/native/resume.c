/* SPDX-License-Identifier: MIT */
/* Going on with a NAME.partial that an interrupted command left. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "datasets/native/write.h"

#define PARTIAL       "partial"
#define PARTIAL_TALLY "partial_tally"

bool cph_partial_mark(const cph_writer *w)
{
    return cph_h5_put_integer(w->file, PARTIAL, (int64_t)cph_writer_times(w)) &&
           cph_h5_put_integer(w->file, PARTIAL_TALLY, (int64_t)w->tally);
}

static cph_status refuse(const cph_h5 *h5, const char *object, const char *text)
{
    return cph_h5_fail(h5, CPH_ERR_FORMAT, object, "%s", text);
}

/* The words of the last command of a history, behind `"command":"`; "" without one. */
static const char *last_command(const char *history)
{
    static const char key[] = "\"command\":\"";
    const char *found = "";
    for (const char *at = strstr(history, key); at != NULL; at = strstr(at, key))
        found = at += sizeof key - 1;
    return found;
}

/* Where two histories differ: by the first word of the command, or by what follows it. */
static cph_status tell_difference(const cph_h5 *h5, const char *left, const char *expected)
{
    static const char ends[] = " \"";
    const char *a = last_command(left), *b = last_command(expected);
    size_t at = 0, word = 0;
    for (; a[at] != '\0' && a[at] == b[at] && a[at] != '"'; at++)
        if (a[at] == ' ')
            word = at + 1;
    const int length[2] = {(int)strcspn(a + word, ends), (int)strcspn(b + word, ends)};
    if (a[at] == '"' && b[at] == '"')
        return refuse(h5, "history", "is of another version or input; expected files as they were");
    return cph_h5_fail(h5, CPH_ERR_FORMAT, "history",
                       "is of another command, with %.*s where this one has %.*s; expected the "
                       "same command line (but for --resume, --quiet, --json, --threads)",
                       length[0] > 0 ? length[0] : 7, length[0] > 0 ? a + word : "its end",
                       length[1] > 0 ? length[1] : 7, length[1] > 0 ? b + word : "its end");
}

/* Kind, mark, and the history that the command would write itself. */
static cph_status check_root(const cph_h5 *h5, cph_kind kind, const cph_write_options *options)
{
    char text[32];
    char *history = NULL;
    cph_status status = cph_h5_text(h5, "/", "kind", text, sizeof text);
    if (status != CPH_OK)
        return status;
    if (strcmp(text, cph_kind_name(kind)) != 0 || !cph_h5_has_attr(h5, "/", PARTIAL) ||
        !cph_h5_has_attr(h5, "/", PARTIAL_TALLY))
        return refuse(h5, "/", "is not what an interrupted command of this kind left");
    status = cph_h5_text_all(h5, "/", "history", &history);
    if (status != CPH_OK)
        return status;
    char *expected = cph_history_gather(options->inputs, options->history);
    if (expected == NULL)
        status = cph_h5_fail(h5, CPH_ERR_MEMORY, NULL, "no memory");
    else if (history == NULL || strcmp(history, expected) != 0)
        status = tell_difference(h5, history != NULL ? history : "", expected);
    free(expected);
    free(history);
    return status;
}

/* Takes the mark away: until the next one the file is whole or worth nothing. */
static cph_status take_mark(cph_writer *w, const cph_h5 *h5)
{
    double times = 0.0, tally = 0.0;
    cph_status status = cph_h5_number(h5, "/", PARTIAL, &times);
    if (status == CPH_OK)
        status = cph_h5_number(h5, "/", PARTIAL_TALLY, &tally);
    if (status != CPH_OK)
        return status;
    if (!(times >= 0.0 && times < 0x1p53 && tally >= 0.0 && tally < 0x1p53))
        return refuse(h5, "/", "attribute partial is no number of times");
    w->resumed = true;
    w->before = (size_t)times;
    w->tally = (uint64_t)tally;
    return cph_writer_check(w,
                            H5Adelete(w->file, PARTIAL) >= 0 &&
                                H5Adelete(w->file, PARTIAL_TALLY) >= 0 &&
                                H5Fflush(w->file, H5F_SCOPE_GLOBAL) >= 0,
                            "/");
}

cph_status cph_partial_open(cph_writer *w, const cph_write_options *options)
{
    struct stat about;
    if (lstat(w->partial, &about) != 0)
        return cph_h5_error(w->error, CPH_ERR_MISSING, w->partial, NULL,
                            "%s: there is nothing to resume", strerror(errno));
    if (!S_ISREG(about.st_mode))
        return cph_h5_error(w->error, CPH_ERR_EXISTS, w->partial, NULL, "is not a regular file");
    const cph_h5 failed = {.path = w->partial, .error = w->error};
    w->kept = true;
    w->file = cph_h5_sink_open(&w->sink, w->partial);
    if (w->file < 0)
        return w->sink.error != 0
                   ? cph_h5_error(w->error, CPH_ERR_IO, w->partial, NULL, "cannot be opened: %s",
                                  strerror(w->sink.error))
                   : cph_h5_fail_call(&failed, NULL, "HDF5 cannot open it, damaged or truncated");
    const cph_h5 h5 = {
        .file = w->file, .path = w->partial, .bytes = (uint64_t)about.st_size, .error = w->error};
    const cph_status status = check_root(&h5, w->kind, options);
    return status == CPH_OK ? take_mark(w, &h5) : status;
}

/* The same shape (but for the times of a set that grows), chunks and type. */
static bool same_set(const cph_writer *w, hid_t space, hid_t type, hid_t plist, bool grows,
                     hsize_t *times)
{
    hsize_t dim[H5S_MAX_RANK], chunk[H5S_MAX_RANK];
    if (H5Sget_simple_extent_ndims(space) != (int)w->rank ||
        H5Sget_simple_extent_dims(space, dim, NULL) < 0 || H5Pget_layout(plist) != H5D_CHUNKED ||
        H5Pget_chunk(plist, (int)w->rank, chunk) != (int)w->rank || H5Tequal(type, w->type[0]) <= 0)
        return false;
    bool same = true;
    for (size_t i = 0; i < w->rank; i++)
        same = same && chunk[i] == w->chunk[i] && ((grows && i == 0) || dim[i] == w->dim[i]);
    *times = dim[0];
    return same;
}

bool cph_partial_check(const cph_writer *w, bool grows)
{
    hsize_t times = 0;
    hid_t space = H5Dget_space(w->set), type = H5Dget_type(w->set);
    hid_t plist = H5Dget_create_plist(w->set);
    const bool same = same_set(w, space, type, plist, grows, &times) && times >= w->before;
    H5Pclose(plist);
    H5Tclose(type);
    H5Sclose(space);
    return same;
}

size_t cph_writer_times(const cph_writer *w)
{
    size_t whole = 0;
    if (w->seen == NULL)
        return w->written;
    while (whole < w->dim[0] * w->dim[1] && w->seen[whole] != 0)
        whole++;
    return whole / w->dim[1];
}

uint64_t *cph_writer_tally(cph_writer *writer)
{
    return &writer->tally;
}
