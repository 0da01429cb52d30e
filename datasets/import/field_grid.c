/* SPDX-License-Identifier: MIT */
/* Far fields of elements from files: the samples, in any order, laid on a regular grid. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cophase/data.h"
#include "cophase/data_text.h"
#include "datasets/import/field_file.h"
#include "kernels/core/size.h"

static const double turn = 360.0, half_turn = 180.0, degree = M_PI / 180.0;

/* Angles of a file are rounded: what is nearer is the same. */
static const double same_angle = 2e-3;

/* A file whose frequency is further from the array's is of another band. */
static const double band = 0.1;

static const struct {
    const char *extension;
    cph_status (*read)(cph_field_file *f);
} formats[] = {
    {".cut", cph_field_read_cut}, {".ffe", cph_field_read_ffe}, {".ffd", cph_field_read_ffd}};
enum { FORMATS = sizeof formats / sizeof formats[0] };

static size_t format_of(const char *path)
{
    const char *dot = strrchr(path, '.');
    size_t i = 0;
    while (i < FORMATS && (dot == NULL || strcasecmp(dot, formats[i].extension) != 0))
        i++;
    return i;
}

bool cph_element_field_named(const char *path)
{
    return format_of(path) < FORMATS;
}

/* theta in [0, 180], phi in [0, 360): -theta is theta on the other side, where both unit vectors
 * point the other way. */
static void fold(cph_field_sample *s)
{
    double sign = 1.0;
    if (s->theta < 0.0) {
        s->theta = -s->theta;
        s->phi += half_turn;
        sign = -1.0;
    }
    s->phi = fmod(s->phi, turn);
    if (s->phi < 0.0)
        s->phi += turn;
    if (s->phi > turn - same_angle)
        s->phi = 0.0;
    s->e_theta = (cph_c64){sign * s->e_theta.re, sign * s->e_theta.im};
    s->e_phi = (cph_c64){sign * s->e_phi.re, sign * s->e_phi.im};
}

static int rising(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Sorts angles and leaves one of each; returns how many. */
static size_t distinct(double *angle, size_t count)
{
    size_t kept = 0;
    qsort(angle, count, sizeof *angle, rising);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || angle[i] - angle[kept - 1] > same_angle)
            angle[kept++] = angle[i];
    return kept;
}

typedef struct grid {
    size_t thetas, phis;
    double last, first; /* the last theta, the first phi, degrees */
    cph_c64 *e_theta, *e_phi;
    bool *filled;
} grid;

static bool even(const double *angle, size_t count, double step)
{
    for (size_t i = 0; i < count; i++)
        if (fabs(angle[i] - angle[0] - step * (double)i) > same_angle)
            return false;
    return true;
}

static cph_status find_angles(const cph_field_file *f, double *angle, grid *g)
{
    for (size_t i = 0; i < f->count; i++)
        angle[i] = f->sample[i].theta;
    g->thetas = distinct(angle, f->count);
    g->last = angle[g->thetas - 1];
    if (angle[0] > same_angle || g->thetas < 2 || g->last > half_turn + same_angle ||
        !even(angle, g->thetas, g->last / (double)(g->thetas - 1)))
        return cph_fail(f->error, CPH_ERR_FORMAT,
                        "%s: %zu angles theta from %g to %g degrees: expected even steps from 0",
                        f->path, g->thetas, angle[0], g->last);
    if (g->thetas < 6)
        return cph_fail(f->error, CPH_ERR_FORMAT, "%s: %zu angles theta: expected 6 or more",
                        f->path, g->thetas);
    for (size_t i = 0; i < f->count; i++)
        angle[i] = f->sample[i].phi;
    g->phis = distinct(angle, f->count);
    g->first = angle[0];
    if (g->phis > CPH_FIELD_PHIS_MAX)
        return cph_fail(f->error, CPH_ERR_FORMAT, "%s: %zu angles phi: expected at most %d",
                        f->path, g->phis, CPH_FIELD_PHIS_MAX);
    if (g->phis < 3 || !even(angle, g->phis, turn / (double)g->phis))
        return cph_fail(f->error, CPH_ERR_FORMAT,
                        "%s: %zu angles phi from %g to %g degrees: expected even steps all around",
                        f->path, g->phis, angle[0], angle[g->phis - 1]);
    return CPH_OK;
}

/* A pole has one field: whatever phi it was written for, here it is for all. */
static void spread_pole(grid *g, size_t row)
{
    const double sense = row == 0 ? 1.0 : -1.0;
    size_t from = 0;
    while (from < g->phis && !g->filled[row * g->phis + from])
        from++;
    if (from == g->phis)
        return;
    const cph_c64 t = g->e_theta[row * g->phis + from], p = g->e_phi[row * g->phis + from];
    for (size_t j = 0; j < g->phis; j++) {
        const double by = turn * degree * ((double)j - (double)from) / (double)g->phis;
        const double c = cos(by), s = sense * sin(by);
        g->e_theta[row * g->phis + j] = (cph_c64){c * t.re + s * p.re, c * t.im + s * p.im};
        g->e_phi[row * g->phis + j] = (cph_c64){c * p.re - s * t.re, c * p.im - s * t.im};
        g->filled[row * g->phis + j] = true;
    }
}

static cph_status fill(const cph_field_file *f, grid *g)
{
    for (size_t i = 0; i < f->count; i++) {
        const cph_field_sample *s = &f->sample[i];
        const size_t row = (size_t)lround(s->theta * (double)(g->thetas - 1) / g->last);
        const size_t column = (size_t)lround((s->phi - g->first) * (double)g->phis / turn);
        const size_t at = row * g->phis + column % g->phis;
        g->e_theta[at] = s->e_theta;
        g->e_phi[at] = s->e_phi;
        g->filled[at] = true;
    }
    spread_pole(g, 0);
    if (g->last > half_turn - same_angle)
        spread_pole(g, g->thetas - 1);
    for (size_t i = 0; i < g->thetas * g->phis; i++)
        if (!g->filled[i])
            return cph_fail(f->error, CPH_ERR_FORMAT,
                            "%s: nothing at theta %g, phi %g degrees, of a grid of %zu x %zu",
                            f->path, g->last * (double)(i / g->phis) / (double)(g->thetas - 1),
                            g->first + turn * (double)(i % g->phis) / (double)g->phis, g->thetas,
                            g->phis);
    return CPH_OK;
}

/* Phases about the centre instead of the file's origin: times exp(-j k u.centre). */
static void move(grid *g, const double centre[3], double freq_hz)
{
    const double k = 2.0 * M_PI * freq_hz / CPH_SPEED_OF_LIGHT;
    for (size_t i = 0; i < g->thetas * g->phis; i++) {
        const double theta = degree * g->last * (double)(i / g->phis) / (double)(g->thetas - 1);
        const double phi = degree * (g->first + turn * (double)(i % g->phis) / (double)g->phis);
        double u[3];
        cph_direction_from_thetaphi(theta, phi, u);
        const double angle = -k * (u[0] * centre[0] + u[1] * centre[1] + u[2] * centre[2]);
        const double c = cos(angle), s = sin(angle);
        const cph_c64 t = g->e_theta[i], p = g->e_phi[i];
        g->e_theta[i] = (cph_c64){t.re * c - t.im * s, t.re * s + t.im * c};
        g->e_phi[i] = (cph_c64){p.re * c - p.im * s, p.re * s + p.im * c};
    }
}

static cph_status lay_out(const cph_field_file *f, const double *centre, grid *g,
                          cph_element_field *field)
{
    size_t count;
    if (!cph_size_mul(g->thetas, g->phis, &count) || count == 0 ||
        count > 4 * f->count + 4 * g->phis)
        return cph_fail(f->error, CPH_ERR_FORMAT,
                        "%s: %zu samples at %zu angles theta and %zu phi: expected a grid", f->path,
                        f->count, g->thetas, g->phis);
    g->e_theta = calloc(count, sizeof *g->e_theta);
    g->e_phi = calloc(count, sizeof *g->e_phi);
    g->filled = calloc(count, sizeof *g->filled);
    cph_status status = CPH_ERR_MEMORY;
    if (g->e_theta != NULL && g->e_phi != NULL && g->filled != NULL) {
        status = fill(f, g);
        if (status != CPH_OK)
            return status;
        if (centre != NULL)
            move(g, centre, f->wanted_hz);
        status = cph_element_field_make(g->thetas, g->phis, fmin(g->last * degree, M_PI),
                                        g->first * degree, g->e_theta, g->e_phi, field);
    }
    if (status == CPH_ERR_MISSING)
        return cph_fail(f->error, status, "%s: the field is 0 everywhere", f->path);
    return status == CPH_OK
               ? CPH_OK
               : cph_fail(f->error, status, "%s: %s", f->path, cph_status_name(status));
}

static cph_status make_field(cph_field_file *f, const double *centre, cph_element_field *field)
{
    grid g = {0};
    if (f->count == 0)
        return cph_fail(f->error, CPH_ERR_FORMAT, "%s: no samples of a field", f->path);
    if (!isnan(f->freq_hz) && !isnan(f->wanted_hz) &&
        fabs(f->freq_hz - f->wanted_hz) > band * f->wanted_hz)
        return cph_fail(f->error, CPH_ERR_FORMAT,
                        "%s: is for %g Hz: expected a field within 10 %% of %g Hz", f->path,
                        f->freq_hz, f->wanted_hz);
    for (size_t i = 0; i < f->count; i++)
        fold(&f->sample[i]);
    double *angle = calloc(f->count, sizeof *angle);
    if (angle == NULL)
        return cph_fail(f->error, CPH_ERR_MEMORY, "%s: out of memory", f->path);
    cph_status status = find_angles(f, angle, &g);
    free(angle);
    if (status == CPH_OK)
        status = lay_out(f, centre, &g, field);
    free(g.e_theta);
    free(g.e_phi);
    free(g.filled);
    return status;
}

cph_status cph_element_field_read(const char *path, double freq_hz, const double *centre,
                                  cph_element_field *field, double *field_freq_hz, cph_error *error)
{
    const size_t format = format_of(path);
    cph_field_file f = {.path = path, .error = error, .wanted_hz = freq_hz, .freq_hz = NAN};
    if (format == FORMATS)
        return cph_fail(error, CPH_ERR_FORMAT,
                        "%s: expected a file of a far field, .cut, .ffe or .ffd", path);
    f.file = fopen(path, "re");
    if (f.file == NULL)
        return cph_fail(error, CPH_ERR_IO, "%s: %s", path, strerror(errno));
    cph_status status = formats[format].read(&f);
    if (status == CPH_OK)
        status = make_field(&f, centre, field);
    if (status == CPH_OK && field_freq_hz != NULL)
        *field_freq_hz = f.freq_hz;
    free(f.sample);
    free(f.line);
    fclose(f.file);
    return status;
}
