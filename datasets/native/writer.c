/* SPDX-License-Identifier: MIT */
/* The life of a file being written: begin, commit, abort, suspend. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "datasets/native/write.h"

enum { FORMAT_VERSION = 1 };

cph_status cph_writer_fail(cph_writer *writer, cph_status status, const char *object,
                           const char *text)
{
    return cph_h5_error(writer->error, status, writer->path, object, "%s", text);
}

cph_status cph_writer_check(cph_writer *writer, bool done, const char *what)
{
    if (writer->sink.error != 0)
        return cph_h5_error(writer->error, CPH_ERR_IO, writer->partial, NULL,
                            "cannot be written: %s", strerror(writer->sink.error));
    if (done)
        return CPH_OK;
    const cph_h5 h5 = {.path = writer->partial, .error = writer->error};
    cph_status status = cph_h5_fail_call(&h5, what, "cannot be written");
    if (writer->error != NULL)
        writer->error->status = CPH_ERR_IO;
    return status == CPH_OK ? status : CPH_ERR_IO;
}

/* Frees everything; the file stays where it is. */
static void release(cph_writer *writer)
{
    cph_visibility_free(writer->visibility);
    writer->visibility = NULL;
    if (writer->foreign != NULL)
        writer->foreign->close(writer);
    if (writer->set >= 0)
        H5Dclose(writer->set);
    for (size_t i = 0; i < 2; i++) {
        if (writer->type[i] >= 0)
            H5Tclose(writer->type[i]);
        writer->type[i] = -1;
    }
    if (writer->file >= 0)
        H5Fclose(writer->file);
    writer->set = writer->file = -1;
    cph_h5_sink_close(&writer->sink);
}

static void writer_free(cph_writer *writer)
{
    if (writer->foreign != NULL)
        writer->foreign->free(writer);
    free(writer->path);
    free(writer->partial);
    free(writer->seen);
    free(writer->real);
    free(writer->gap);
    free(writer);
}

/* Another process that writes the same output replaces our file; its work is not ours to rename
 * or remove. */
static bool still_ours(const cph_writer *w)
{
    struct stat about;
    return lstat(w->partial, &about) == 0 && about.st_dev == w->sink.device &&
           about.st_ino == w->sink.inode;
}

static void remove_partial(cph_writer *w)
{
    if (w->foreign != NULL && w->foreign->remove != NULL)
        w->foreign->remove(w);
    else if (still_ours(w))
        unlink(w->partial);
}

static void discard(cph_writer *writer)
{
    const bool made = (writer->sink.fd >= 0 || writer->foreign != NULL) && !writer->kept;
    release(writer);
    if (made)
        remove_partial(writer);
    writer_free(writer);
}

static bool put_root(cph_writer *writer, const cph_write_options *options)
{
    char *history = options != NULL ? cph_history_gather(options->inputs, options->history) : NULL;
    bool done = (writer->kind == CPH_KIND_FOREIGN ||
                 (cph_h5_put_text(writer->file, "format", "cophase") &&
                  cph_h5_put_integer(writer->file, "format_version", FORMAT_VERSION) &&
                  cph_h5_put_text(writer->file, "kind", cph_kind_name(writer->kind)))) &&
                (history == NULL || cph_h5_put_long_text(writer->file, "history", history));
    free(history);
    return done;
}

/* Fills path and partial. */
static cph_status name_files(cph_writer *writer, const char *path, const char *const *inputs)
{
    cph_status status = cph_output_resolve(path, inputs, &writer->path, writer->error);
    if (status != CPH_OK)
        return status;
    if (asprintf(&writer->partial, "%s.partial", writer->path) < 0) {
        writer->partial = NULL;
        return cph_writer_fail(writer, CPH_ERR_MEMORY, NULL, "no memory");
    }
    return CPH_OK;
}

/* A file of its own, with what every root says. */
cph_status cph_writer_create(cph_writer *w, const cph_write_options *options)
{
    const cph_status status =
        cph_output_clear(w->partial, options != NULL ? options->inputs : NULL, w->error);
    if (status != CPH_OK)
        return status;
    w->file = cph_h5_sink_create(&w->sink, w->partial);
    return w->file < 0 ? cph_h5_error(w->error, CPH_ERR_IO, w->partial, NULL,
                                      "cannot be created: %s", strerror(w->sink.error))
                       : cph_writer_check(w, put_root(w, options), "/");
}

cph_writer *cph_writer_make(const char *path, cph_kind kind, const cph_write_options *options,
                            cph_status *status, cph_error *error)
{
    if (path == NULL || path[0] == '\0') {
        *status = cph_h5_error(error, CPH_ERR_ARGUMENT, "output", NULL, "has no name");
        return NULL;
    }
    cph_writer *w = calloc(1, sizeof *w);
    if (w == NULL) {
        *status = cph_h5_error(error, CPH_ERR_MEMORY, path, NULL, "no memory");
        return NULL;
    }
    w->error = error;
    w->kind = kind;
    w->file = w->set = w->type[0] = w->type[1] = -1;
    w->sink = (cph_h5_sink){.fd = -1, .driver = -1};
    *status = name_files(w, path, options != NULL ? options->inputs : NULL);
    if (*status == CPH_OK)
        return w;
    discard(w);
    return NULL;
}

cph_status cph_writer_begin(const char *path, cph_kind kind, const cph_write_options *options,
                            cph_writer **writer, cph_error *error)
{
    cph_status status;
    cph_writer *w = cph_writer_make(path, kind, options, &status, error);
    if (w == NULL)
        return status;
    status = options != NULL && options->resume ? cph_partial_open(w, options)
                                                : cph_writer_create(w, options);
    if (status == CPH_OK)
        *writer = w;
    else
        discard(w);
    return status;
}

double cph_writer_start_shift(const cph_writer *writer)
{
    return writer != NULL ? writer->start_shift_s : 0.0;
}

/* What must hold before a file counts as complete. */
static cph_status check_complete(cph_writer *w)
{
    if (w->expected > 0 && w->written != w->expected)
        return cph_h5_error(w->error, CPH_ERR_ARGUMENT, w->path, NULL,
                            "%zu times were written, %zu were announced", w->written, w->expected);
    for (size_t i = 0; w->seen != NULL && i < w->dim[0] * w->dim[1]; i++)
        if (w->seen[i] == 0)
            return cph_h5_error(w->error, CPH_ERR_ARGUMENT, w->path, "/covariance",
                                "time %zu, channel %zu was not written", i / w->dim[1],
                                i % w->dim[1]);
    return CPH_OK;
}

static cph_status put_in_place(cph_writer *w)
{
    if (w->sink.inode != 0 && !still_ours(w))
        return cph_h5_error(w->error, CPH_ERR_EXISTS, w->partial, NULL,
                            "was replaced while it was written, is another command writing it?");
    if (w->foreign != NULL && w->foreign->place != NULL)
        return w->foreign->place(w);
    return rename(w->partial, w->path) == 0
               ? CPH_OK
               : cph_h5_error(w->error, CPH_ERR_IO, w->path, NULL, "cannot be put in place: %s",
                              strerror(errno));
}

static cph_status finish(cph_writer *w)
{
    cph_status status = check_complete(w);
    if (status == CPH_OK && w->foreign != NULL && w->foreign->complete != NULL)
        status = w->foreign->complete(w);
    if (status != CPH_OK)
        return status;
    if (w->foreign == NULL)
        status = cph_writer_check(w, cph_native_put_gaps(w), "/gaps");
    if (status != CPH_OK)
        return status;
    cph_visibility_free(w->visibility);
    w->visibility = NULL;
    bool done = (w->set < 0 || H5Dclose(w->set) >= 0);
    w->set = -1;
    done = (w->file < 0 || H5Fclose(w->file) >= 0) && done;
    w->file = -1;
    status = cph_writer_check(w, done, NULL);
    if (status != CPH_OK)
        return status;
    cph_h5_sink_close(&w->sink);
    status = cph_writer_check(w, true, NULL);
    return status == CPH_OK ? put_in_place(w) : status;
}

cph_status cph_writer_commit(cph_writer *writer, cph_error *error)
{
    if (writer == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_writer_commit", NULL, "null argument");
    cph_h5_quiet();
    writer->error = error;
    cph_status status = finish(writer);
    release(writer);
    if (status != CPH_OK)
        remove_partial(writer);
    writer_free(writer);
    return status;
}

void cph_writer_abort(cph_writer *writer)
{
    if (writer == NULL)
        return;
    cph_h5_quiet();
    discard(writer);
}

void cph_writer_suspend(cph_writer *writer)
{
    if (writer == NULL)
        return;
    cph_h5_quiet();
    const bool marked = writer->file < 0 || cph_partial_mark(writer);
    release(writer);
    if (writer->sink.error != 0 || !marked)
        remove_partial(writer);
    writer_free(writer);
}
