/* SPDX-License-Identifier: MIT */
/* CLEAN in the visibilities: C_pq = sum of f_s a_p a_q* off the diagonal, M_s = a a^H, its slopes
 * D = d a^H + a d^H with d = j phase a. Inner products of these matrices are those of vectors:
 * <M_s, M_t> = |a_s^H a_t|^2 less the diagonal's n, <D_s, M_t> = 2 Re (d_s^H a_t)(a_t^H a_s),
 * <D_s, D_t> = 2 Re [(d_s^H d_t)(a_t^H a_s) + (d_s^H a_t)(d_t^H a_s)]; D has no diagonal. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/c64.h"
#include "kernels/core/size.h"
#include "kernels/doa/doa_small.h"
#include "kernels/doa/scan_clean.h"

enum { STEPS = 12, PARTS = CPH_CLEAN_PARTS };
/* Radians. */
static const double least_step = 1e-10;

/* ---- the data ---- */

static cph_status reserve_view(cph_clean_view *v, size_t n, size_t most)
{
    size_t bytes = 0, square, vectors, at[7];
    if (!cph_size_mul(n, n, &square) || !cph_size_mul(most, n, &vectors) ||
        !cph_size_place(&bytes, n, 3 * sizeof(double), &at[0]) ||
        !cph_size_place(&bytes, n, sizeof(cph_c64), &at[1]) ||
        !cph_size_place(&bytes, square, 2 * sizeof(cph_c64), &at[2]) ||
        !cph_size_place(&bytes, vectors, PARTS * sizeof(cph_c64), &at[3]) ||
        !cph_size_place(&bytes, vectors, sizeof(cph_c64), &at[4]) ||
        !cph_size_place(&bytes, most, sizeof(double), &at[5]) ||
        !cph_size_place(&bytes, n, sizeof(double), &at[6]))
        return CPH_ERR_OVERFLOW;
    v->memory = calloc(1, bytes);
    if (v->memory == NULL)
        return CPH_ERR_MEMORY;
    v->frame.n = n;
    v->frame.position = cph_size_at(v->memory, at[0]);
    v->frame.gain = cph_size_at(v->memory, at[1]);
    v->c = cph_size_at(v->memory, at[2]);
    v->left = v->c + square;
    v->a = cph_size_at(v->memory, at[3]);
    v->image = cph_size_at(v->memory, at[4]);
    v->flux = cph_size_at(v->memory, at[5]);
    v->power = cph_size_at(v->memory, at[6]);
    return CPH_OK;
}

/* What R_pp leaves of an element's power once its gain is out: C is divided by the root of it. */
static cph_c64 correction(const cph_scan_view *from, size_t e)
{
    const cph_c64 g = from->gain != NULL ? from->gain[e] : (cph_c64){1.0, 0.0};
    const double size2 = cph_c64_power(g);
    const double scale =
        from->normalise ? sqrt(size2 / from->r[e * from->ld + e].re) / size2 : 1.0 / size2;
    return (cph_c64){g.re * scale, -g.im * scale};
}

static cph_status take(const cph_scan_view *from, double freq_hz, size_t most, cph_clean_view *v)
{
    size_t n = 0;
    for (size_t e = 0; e < from->elements; e++)
        n += from->flag == NULL || !from->flag[e];
    if (n < 2)
        return CPH_ERR_TOO_FEW;
    size_t *index = calloc(n, sizeof *index);
    cph_status status = index != NULL ? reserve_view(v, n, most) : CPH_ERR_MEMORY;
    for (size_t e = 0, i = 0; e < from->elements && status == CPH_OK; e++)
        if (from->flag == NULL || !from->flag[e]) {
            memcpy(v->frame.position + 3 * i, from->position + 3 * e, 3 * sizeof(double));
            v->frame.gain[i].re = 1.0;
            index[i++] = e;
        }
    for (size_t p = 0; p < n && status == CPH_OK; p++)
        for (size_t q = p + 1; q < n; q++) {
            const cph_c64 r = from->r[index[p] * from->ld + index[q]];
            v->c[p * n + q] = cph_c64_mulc(cph_c64_mul(r, correction(from, index[p])),
                                           correction(from, index[q]));
            v->c[q * n + p] = cph_c64_conj(v->c[p * n + q]);
            if (!cph_c64_finite(v->c[p * n + q]))
                status = CPH_ERR_NOT_FINITE;
        }
    for (size_t p = 0; p < n && status == CPH_OK;
         p++) /* where nobody gave samples it is not read */
        v->power[p] = from->samples > 0.0 ? from->r[index[p] * from->ld + index[p]].re *
                                                cph_c64_power(correction(from, index[p]))
                                          : NAN;
    free(index);
    v->samples = from->samples;
    v->normalised = from->normalise;
    v->frame.freq_hz = freq_hz;
    return status == CPH_OK ? cph_doa_measure(&v->frame, NULL) : status;
}

/* ---- the fit ---- */

/* a, slopes and C a of the sources. */
static void steer(const cph_clean *k, const cph_clean_view *v)
{
    const size_t n = v->frame.n;
    double tangent[2][3];
    for (size_t s = 0; s < k->count; s++) {
        cph_c64 *a = v->a + s * PARTS * n, *image = v->image + s * n;
        cph_doa_steer(&v->frame, k->direction[s], a);
        cph_doa_tangents(&k->view[0].frame, k->direction[s], tangent);
        for (size_t i = 0; i < n; i++) {
            for (size_t d = 0; d < k->dims; d++) {
                const double *r = v->frame.position + 3 * i, *t = tangent[d];
                const double phase =
                    v->frame.wavenumber * (r[0] * t[0] + r[1] * t[1] + r[2] * t[2]);
                a[(1 + d) * n + i] = (cph_c64){-phase * a[i].im, phase * a[i].re};
            }
            cph_c64 sum = {0.0, 0.0};
            for (size_t q = 0; q < n; q++)
                sum = cph_c64_add(sum, cph_c64_mul(v->c[i * n + q], a[q]));
            image[i] = sum;
        }
    }
}

/* <part i of source s, part j of source t>; part 0 is M, the others slopes. */
static double inner(const cph_clean_view *v, size_t s, size_t i, size_t t, size_t j)
{
    const size_t n = v->frame.n;
    const cph_c64 *a = v->a + s * PARTS * n, *b = v->a + t * PARTS * n;
    const cph_c64 *d = a + i * n, *e = b + j * n;
    const cph_c64 ba = cph_c64_inner(n, b, a);
    if (i == 0 && j == 0)
        return cph_c64_power(ba) - (double)n;
    if (j == 0)
        return 2.0 * cph_c64_mul(cph_c64_inner(n, d, b), ba).re;
    if (i == 0)
        return 2.0 * cph_c64_mul(cph_c64_inner(n, e, a), cph_c64_inner(n, a, b)).re;
    return 2.0 * (cph_c64_mul(cph_c64_inner(n, d, e), ba).re +
                  cph_c64_mul(cph_c64_inner(n, d, b), cph_c64_inner(n, e, a)).re);
}

/* <part i of source s, C> */
static double data(const cph_clean_view *v, size_t s, size_t i)
{
    const size_t n = v->frame.n;
    const double along = cph_c64_inner(n, v->a + (s * PARTS + i) * n, v->image + s * n).re;
    return i == 0 ? along : 2.0 * along;
}

size_t cph_clean_parameters(const cph_clean *k)
{
    return (k->views + k->dims) * k->count;
}

size_t cph_clean_place(const cph_clean *k, size_t index, size_t s, size_t part)
{
    return part == 0 ? index * k->count + s : k->views * k->count + s * k->dims + part - 1;
}

/* Adds a view's share of the normal equations: for fluxes themselves where `moving` is not, else
 * for changes of fluxes and offsets. */
static void add_view(const cph_clean *k, size_t index, bool moving)
{
    const cph_clean_view *v = &k->view[index];
    const size_t wide = moving ? cph_clean_parameters(k) : k->views * k->count;
    const size_t parts = moving ? 1 + k->dims : 1;
    for (size_t s = 0; s < k->count; s++)
        for (size_t i = 0; i < parts; i++) {
            const size_t row = cph_clean_place(k, index, s, i);
            const double scale = i == 0 ? 1.0 : v->flux[s];
            k->right[row] += scale * data(v, s, i);
            for (size_t t = 0; t < k->count; t++) {
                if (moving)
                    k->right[row] -= scale * v->flux[t] * inner(v, s, i, t, 0);
                for (size_t j = 0; j < parts; j++)
                    k->normal[row * wide + cph_clean_place(k, index, t, j)] +=
                        scale * (j == 0 ? 1.0 : v->flux[t]) * inner(v, s, i, t, j);
            }
        }
}

cph_status cph_clean_invert(const cph_clean *k, bool moving)
{
    const size_t wide = moving ? cph_clean_parameters(k) : k->views * k->count;
    memset(k->normal, 0, wide * wide * sizeof *k->normal);
    memset(k->right, 0, wide * sizeof *k->right);
    for (size_t v = 0; v < k->views; v++) {
        steer(k, &k->view[v]);
        add_view(k, v, moving);
    }
    return cph_doa_invert(wide, k->normal);
}

/* The solution of the normal equations, left in normal's first row. */
static cph_status solve(const cph_clean *k, bool moving)
{
    const size_t wide = moving ? cph_clean_parameters(k) : k->views * k->count;
    const cph_status status = cph_clean_invert(k, moving);
    for (size_t i = 0; i < wide && status == CPH_OK; i++) {
        double sum = 0.0;
        for (size_t j = 0; j < wide; j++)
            sum += k->normal[i * wide + j] * k->right[j];
        k->normal[i * wide] = sum; /* row i is used up */
    }
    for (size_t i = 1; i < wide && status == CPH_OK; i++)
        k->normal[i] = k->normal[i * wide];
    return status;
}

static cph_status fit_fluxes(const cph_clean *k)
{
    const cph_status status = solve(k, false);
    for (size_t v = 0; v < k->views && status == CPH_OK; v++)
        memcpy(k->view[v].flux, k->normal + v * k->count, k->count * sizeof *k->normal);
    return status;
}

/* Gauss-Newton on directions and fluxes together; fluxes then again alone. */
static cph_status fit(const cph_clean *k)
{
    const double reach = 0.25 * cph_aperture_lobe(&k->view[0].frame.aperture);
    cph_status status = fit_fluxes(k);
    for (int step = 0; step < STEPS && status == CPH_OK; step++) {
        status = solve(k, true);
        double longest = 0.0;
        const double *offset = k->normal + k->views * k->count;
        for (size_t i = 0; i < k->dims * k->count && status == CPH_OK; i++)
            longest = fmax(longest, fabs(offset[i]));
        if (status != CPH_OK || !(longest <= reach))
            break;
        for (size_t s = 0; s < k->count; s++)
            cph_doa_move(&k->view[0].frame, k->direction[s], offset + s * k->dims, k->direction[s]);
        status = fit_fluxes(k);
        if (longest < least_step)
            break;
    }
    return status == CPH_OK ? fit_fluxes(k) : status;
}

/* ---- one after the other ---- */

static cph_status make_image(const cph_clean *k)
{
    cph_status status = CPH_OK;
    for (size_t i = 0; i < k->views && status == CPH_OK; i++) {
        const cph_clean_view *v = &k->view[i];
        const size_t n = v->frame.n;
        memcpy(v->left, v->c, n * n * sizeof *v->c);
        for (size_t s = 0; s < k->count; s++) {
            const cph_c64 *a = v->a + s * PARTS * n;
            for (size_t p = 0; p < n; p++)
                for (size_t q = p + 1; q < n; q++)
                    v->left[p * n + q] = cph_c64_sub(
                        v->left[p * n + q], cph_c64_scale(v->flux[s], cph_c64_mulc(a[p], a[q])));
        }
        cph_scan_config config = *k->config;
        config.elements = n;
        config.position = v->frame.position;
        status = cph_scan_image(&config, v->left, n, NULL, NULL, false, i > 0, k->image);
    }
    return status;
}

static double total_flux(const cph_clean *k, size_t s)
{
    double sum = 0.0;
    for (size_t v = 0; v < k->views; v++)
        sum += k->view[v].flux[s];
    return sum;
}

/* The highest place of the image joins; false where it is not above 0. */
static bool join(cph_clean *k)
{
    cph_scan_config config = *k->config;
    cph_scan_peak peak;
    size_t found = 0;
    config.elements = k->view[0].frame.n;
    config.position = k->view[0].frame.position;
    if (cph_scan_peaks(&config, k->image, 1, &peak, &found) != CPH_OK || found == 0 ||
        !(peak.value > 0.0))
        return false;
    const double across = hypot(peak.u, peak.v), in = across > 1.0 ? 1.0 / across : 1.0;
    double *u = k->direction[k->count++];
    u[0] = in * peak.u;
    u[1] = in * peak.v;
    u[2] = sqrt(fmax(1.0 - across * across, 0.0));
    return true;
}

static cph_status find_all(cph_clean *k)
{
    cph_status status = make_image(k);
    while (status == CPH_OK && k->count < k->most) {
        const size_t before = k->count;
        memcpy(k->back, k->direction, before * sizeof *k->back);
        if (!join(k))
            break;
        status = fit(k);
        bool good = status == CPH_OK;
        for (size_t s = 0; s < k->count; s++)
            good &= total_flux(k, s) > 0.0;
        if (status == CPH_ERR_SINGULAR || (status == CPH_OK && !good)) {
            k->count = before;
            memcpy(k->direction, k->back, before * sizeof *k->back);
            return before > 0 && (status = fit_fluxes(k)) != CPH_OK ? status : make_image(k);
        }
        if (status == CPH_OK)
            status = make_image(k);
    }
    return status;
}

static int stronger(const void *left, const void *right)
{
    const cph_scan_source *a = left, *b = right;
    return (a->flux < b->flux) - (a->flux > b->flux);
}

static cph_status run(cph_clean *k, const cph_scan_view *view, cph_scan_source *source,
                      size_t *count, double *image)
{
    cph_status status = CPH_OK;
    for (size_t v = 0; v < k->views && status == CPH_OK; v++)
        status = take(&view[v], k->config->freq_hz, k->most, &k->view[v]);
    if (status != CPH_OK)
        return status;
    k->dims = k->view[0].frame.dims;
    status = find_all(k);
    if (status != CPH_OK)
        return status;
    for (size_t s = 0; s < k->count; s++) {
        memcpy(source[s].direction, k->direction[s], sizeof source[s].direction);
        source[s].flux = total_flux(k, s);
    }
    if (k->count > 0)
        status = cph_clean_errors(k, source);
    if (status != CPH_OK)
        return status;
    qsort(source, k->count, sizeof *source, stronger);
    memcpy(image, k->image, k->config->grid * k->config->grid * sizeof *image);
    *count = k->count;
    return CPH_OK;
}

cph_status cph_scan_clean(const cph_scan_config *config, size_t views, const cph_scan_view *view,
                          size_t most, cph_scan_source *source, size_t *count, double *image)
{
    size_t bytes = 0, points, wide, at[6];
    if (config == NULL || views == 0 || view == NULL || most == 0 || source == NULL ||
        count == NULL || image == NULL || config->grid < 2 || !(config->freq_hz > 0.0))
        return CPH_ERR_ARGUMENT;
    for (size_t v = 0; v < views; v++)
        if (view[v].r == NULL || view[v].position == NULL || view[v].ld < view[v].elements)
            return CPH_ERR_ARGUMENT;
    if (!cph_size_mul(config->grid, config->grid, &points) || most > INT16_MAX / (views + 2) ||
        !cph_size_mul((views + 2) * most, (views + 2) * most, &wide) ||
        !cph_size_place(&bytes, views, sizeof(cph_clean_view), &at[0]) ||
        !cph_size_place(&bytes, most, 3 * sizeof(double), &at[1]) ||
        !cph_size_place(&bytes, wide, sizeof(double), &at[2]) ||
        !cph_size_place(&bytes, (views + 2) * most, sizeof(double), &at[3]) ||
        !cph_size_place(&bytes, points, sizeof(double), &at[4]) ||
        !cph_size_place(&bytes, most, 3 * sizeof(double), &at[5]))
        return CPH_ERR_OVERFLOW;
    void *memory = calloc(1, bytes);
    if (memory == NULL)
        return CPH_ERR_MEMORY;
    cph_clean k = {.config = config,
                   .views = views,
                   .most = most,
                   .view = cph_size_at(memory, at[0]),
                   .direction = cph_size_at(memory, at[1]),
                   .normal = cph_size_at(memory, at[2]),
                   .right = cph_size_at(memory, at[3]),
                   .image = cph_size_at(memory, at[4]),
                   .back = cph_size_at(memory, at[5])};
    const cph_status status = run(&k, view, source, count, image);
    for (size_t v = 0; v < views; v++)
        free(k.view[v].memory);
    free(memory);
    return status;
}
