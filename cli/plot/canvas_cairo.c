/* SPDX-License-Identifier: MIT */
#include "cli/plot/canvas_cairo.h"

#include <cairo-svg.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "cli/plot/plot.h"
#include "kernels/core/fail.h"

struct cph_canvas {
    cairo_surface_t *surface;
    cairo_t *cr;
    FILE *file;
    int write_errno; /* of the first write that failed */
    bool png;
    char *path, *partial;
};

static cairo_status_t write_bytes(void *closure, const unsigned char *data, unsigned int length)
{
    cph_canvas *canvas = closure;
    errno = 0;
    if (fwrite(data, 1, length, canvas->file) == length)
        return CAIRO_STATUS_SUCCESS;
    if (canvas->write_errno == 0)
        canvas->write_errno = errno != 0 ? errno : EIO;
    return CAIRO_STATUS_WRITE_ERROR;
}

static const char *suffix_of(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot != NULL ? dot : "";
}

cph_status cph_plot_check_path(const char *path, cph_error *error)
{
    const char *suffix = suffix_of(path);
    if (strcasecmp(suffix, ".svg") == 0 || strcasecmp(suffix, ".png") == 0)
        return CPH_OK;
    return cph_fail(error, CPH_ERR_ARGUMENT, "%s: a picture's name must end in .svg or .png", path);
}

static cph_status check_regular(const char *path, cph_error *error)
{
    struct stat st;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return cph_fail(error, CPH_ERR_EXISTS, "%s: exists and is not a regular file", path);
    return CPH_OK;
}

static void free_canvas(cph_canvas *canvas)
{
    cairo_destroy(canvas->cr);
    /* Not finished by the commit: cairo then writes its last bytes to the file that is removed. */
    cairo_surface_destroy(canvas->surface);
    if (canvas->file != NULL) {
        fclose(canvas->file);
        remove(canvas->partial);
    }
    free(canvas->path);
    free(canvas->partial);
    free(canvas);
}

static cph_status create_surface(cph_canvas *canvas, double width, double height, cph_error *error)
{
    if (canvas->png) {
        canvas->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width, (int)height);
    } else {
        canvas->surface = cairo_svg_surface_create_for_stream(write_bytes, canvas, width, height);
        cairo_svg_surface_set_document_unit(canvas->surface, CAIRO_SVG_UNIT_PX);
    }
    canvas->cr = cairo_create(canvas->surface);
    if (cairo_status(canvas->cr) != CAIRO_STATUS_SUCCESS)
        return cph_fail(error, CPH_ERR_MEMORY, "%s: %s", canvas->path,
                        cairo_status_to_string(cairo_status(canvas->cr)));
    cairo_set_source_rgb(canvas->cr, 1, 1, 1);
    cairo_paint(canvas->cr);
    return CPH_OK;
}

cph_status cph_canvas_open(const char *path, double width, double height, cph_canvas **canvas,
                           cph_error *error)
{
    cph_status status = cph_plot_check_path(path, error);
    if (status != CPH_OK)
        return status;
    cph_canvas *c = calloc(1, sizeof *c);
    if (c == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "%s: out of memory", path);
    c->png = strcasecmp(suffix_of(path), ".png") == 0;
    c->path = strdup(path);
    if (c->path == NULL || asprintf(&c->partial, "%s.partial", path) < 0) {
        c->partial = NULL;
        free_canvas(c);
        return cph_fail(error, CPH_ERR_MEMORY, "%s: out of memory", path);
    }
    status = check_regular(c->path, error);
    if (status == CPH_OK)
        status = check_regular(c->partial, error);
    if (status == CPH_OK && (c->file = fopen(c->partial, "wb")) == NULL)
        status = cph_fail(error, CPH_ERR_IO, "%s: cannot write: %s", c->partial, strerror(errno));
    if (status == CPH_OK)
        status = create_surface(c, width, height, error);
    if (status != CPH_OK) {
        free_canvas(c);
        return status;
    }
    *canvas = c;
    return CPH_OK;
}

cairo_t *cph_canvas_cairo(cph_canvas *canvas)
{
    return canvas->cr;
}

static cph_status finish(cph_canvas *canvas, cph_error *error)
{
    cairo_status_t status = cairo_status(canvas->cr);
    if (status == CAIRO_STATUS_SUCCESS && canvas->png)
        status = cairo_surface_write_to_png_stream(canvas->surface, write_bytes, canvas);
    cairo_surface_finish(canvas->surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(canvas->surface);
    if (status == CAIRO_STATUS_NO_MEMORY)
        return cph_fail(error, CPH_ERR_MEMORY, "%s: out of memory", canvas->path);
    if (status != CAIRO_STATUS_SUCCESS && canvas->write_errno == 0)
        return cph_fail(error, CPH_ERR_IO, "%s: cannot draw: %s", canvas->path,
                        cairo_status_to_string(status));
    if (fclose(canvas->file) != 0 && canvas->write_errno == 0)
        canvas->write_errno = errno;
    canvas->file = NULL;
    if (canvas->write_errno == 0 && rename(canvas->partial, canvas->path) != 0)
        canvas->write_errno = errno;
    if (canvas->write_errno == 0)
        return CPH_OK;
    remove(canvas->partial);
    return cph_fail(error, CPH_ERR_IO, "%s: cannot write: %s", canvas->path,
                    strerror(canvas->write_errno));
}

cph_status cph_canvas_commit(cph_canvas *canvas, cph_error *error)
{
    cph_status status = finish(canvas, error);
    free_canvas(canvas);
    return status;
}

void cph_canvas_abort(cph_canvas *canvas)
{
    free_canvas(canvas);
}
