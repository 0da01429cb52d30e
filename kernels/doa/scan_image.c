/* SPDX-License-Identifier: MIT */
/* Bartlett images: a^H C a for very many directions. C is Hermitian without a diagonal, so that
 * a^H C a = 2 Re sum_p conj(a_p) y_p with y_p = sum_{q > p} C_pq a_q: the y are beams whose
 * weights are rows of conj(C), taken in panels of rows that leave most of the zeros out. */
#include <math.h>
#include <string.h>

#include "cophase/beamform.h"
#include "cophase/scan.h"
#include "kernels/core/c64.h"
#include "kernels/core/exec.h"
#include "kernels/core/heap.h"
#include "kernels/steer/sweep.h"

/* Rows a panel: enough beams for the kernel, few zeros below the diagonal. */
enum { PANEL = 64 };

typedef struct panel {
    size_t first, rows; /* rows [first, first + rows) over columns [first, elements) */
    cph_beamform_plan *plan;
} panel;

typedef struct scan_job {
    size_t elements; /* unflagged ones */
    double *position;
    cph_c32 *c; /* [elements][elements], what is above the diagonal; divided by `largest` */
    double largest;
    panel *panel;
    size_t panels;
    unsigned char *work; /* [threads][room]: beams of a block, then the kernel's own */
    size_t room, beams_room;
    double *image;
    bool add;
} scan_job;

static bool usable(const cph_scan_config *config, const cph_c64 *r, size_t ld, const double *image)
{
    return config != NULL && r != NULL && image != NULL && config->position != NULL &&
           ld >= config->elements && config->elements > 0 && config->freq_hz > 0.0 &&
           isfinite(config->freq_hz) && config->grid >= 2 && config->radius > 0.0 &&
           config->radius <= 1.0;
}

/* 1 / g, over the root of the power that it leaves where powers are normalised. */
static cph_c64 correction(const cph_c64 *gain, bool normalise, double power)
{
    const cph_c64 g = gain != NULL ? *gain : (cph_c64){1.0, 0.0};
    const double size2 = g.re * g.re + g.im * g.im;
    const double scale = normalise ? sqrt(size2 / power) / size2 : 1.0 / size2;
    return (cph_c64){g.re * scale, -g.im * scale};
}

/* The elements to use, C above the diagonal in double, and its largest part. */
static cph_status gather(const cph_scan_config *config, const cph_c64 *r, size_t ld,
                         const cph_c64 *gain, const unsigned char *flag, bool normalise,
                         scan_job *job, size_t *index, cph_c64 *k)
{
    for (size_t n = 0; n < config->elements; n++) {
        if (flag != NULL && flag[n])
            continue;
        memcpy(job->position + 3 * job->elements, config->position + 3 * n, 3 * sizeof(double));
        k[job->elements] = correction(gain != NULL ? gain + n : NULL, normalise, r[n * ld + n].re);
        index[job->elements++] = n;
    }
    if (job->elements < 2)
        return CPH_ERR_TOO_FEW;
    job->largest = 0.0;
    for (size_t p = 0; p < job->elements; p++)
        for (size_t q = p + 1; q < job->elements; q++) {
            const cph_c64 c = cph_c64_mulc(cph_c64_mul(r[index[p] * ld + index[q]], k[p]), k[q]);
            if (!isfinite(c.re) || !isfinite(c.im))
                return CPH_ERR_NOT_FINITE;
            job->largest = fmax(job->largest, fmax(fabs(c.re), fabs(c.im)));
        }
    return CPH_OK;
}

/* Weights of the panels: conj(C) / largest above the diagonal, 0 elsewhere. */
static void fill(const cph_c64 *r, size_t ld, const size_t *index, const cph_c64 *k, scan_job *job)
{
    const size_t n = job->elements;
    const double scale = job->largest > 0.0 ? 1.0 / job->largest : 1.0;
    for (size_t p = 0; p < n; p++)
        for (size_t q = p + 1; q < n; q++) {
            const cph_c64 c = cph_c64_mulc(cph_c64_mul(r[index[p] * ld + index[q]], k[p]), k[q]);
            job->c[p * n + q] = (cph_c32){(float)(c.re * scale), (float)(-c.im * scale)};
        }
}

static cph_status load(const cph_scan_config *config, const cph_c64 *r, size_t ld,
                       const cph_c64 *gain, const unsigned char *flag, bool normalise,
                       scan_job *job)
{
    if (!cph_size_matrix(config->elements, ld, config->elements, sizeof *r))
        return CPH_ERR_OVERFLOW;
    size_t *index = calloc(config->elements, sizeof *index);
    cph_c64 *k = calloc(config->elements, sizeof *k);
    job->position = calloc(config->elements, 3 * sizeof *job->position);
    cph_status status = index != NULL && k != NULL && job->position != NULL
                            ? gather(config, r, ld, gain, flag, normalise, job, index, k)
                            : CPH_ERR_MEMORY;
    if (status == CPH_OK) {
        job->c = calloc(job->elements, job->elements * sizeof *job->c);
        status = job->c != NULL ? CPH_OK : CPH_ERR_MEMORY;
    }
    if (status == CPH_OK)
        fill(r, ld, index, k, job);
    free(index);
    free(k);
    return status;
}

static cph_status plan_panels(const cph_exec *exec, scan_job *job)
{
    const size_t n = job->elements;
    size_t kernel_room = 0, bytes;
    job->panel = calloc((n + PANEL - 1) / PANEL, sizeof *job->panel);
    if (job->panel == NULL)
        return CPH_ERR_MEMORY;
    for (size_t first = 0; first < n; first += PANEL) {
        panel *p = job->panel + job->panels++;
        *p = (panel){.first = first, .rows = cph_size_min(PANEL, n - first)};
        const cph_beamform_config config = {
            .elements = n - first, .beams = p->rows, .type = CPH_C32};
        const cph_status status =
            cph_beamform_create(&config, job->c + first * n + first, n, &p->plan);
        if (status != CPH_OK)
            return status;
        const size_t room = cph_beamform_workspace_size(p->plan);
        kernel_room = room > kernel_room ? room : kernel_room;
    }
    job->beams_room = (size_t)CPH_SWEEP_BLOCK * PANEL * sizeof(cph_c32);
    if (!cph_size_align(kernel_room, CPH_ALIGNMENT, &job->room) ||
        !cph_size_add(job->room, job->beams_room, &job->room) ||
        !cph_size_mul(job->room, cph_exec_threads(exec), &bytes))
        return CPH_ERR_OVERFLOW;
    job->work = cph_heap_aligned(bytes);
    return job->work != NULL ? CPH_OK : CPH_ERR_MEMORY;
}

/* Re sum_p conj(a_p) y_p. */
static double real_dot(size_t n, const cph_c32 *a, const cph_c32 *y)
{
    double sum = 0.0;
    for (size_t p = 0; p < n; p++)
        sum += (double)(a[p].re * y[p].re + a[p].im * y[p].im);
    return sum;
}

static cph_status visit(void *visitor, size_t worker, size_t directions, const size_t *index,
                        const cph_c32 *a)
{
    const scan_job *job = visitor;
    const size_t n = job->elements;
    unsigned char *work = job->work + worker * job->room;
    cph_c32 *y = (void *)work;
    double sum[CPH_SWEEP_BLOCK] = {0};
    for (const panel *p = job->panel; p < job->panel + job->panels; p++) {
        const cph_status status = cph_beamform_run(p->plan, work + job->beams_room, a + p->first, n,
                                                   directions, y, p->rows);
        if (status != CPH_OK)
            return status;
        for (size_t d = 0; d < directions; d++)
            sum[d] += real_dot(p->rows, a + d * n + p->first, y + d * p->rows);
    }
    const double scale = 2.0 * job->largest / ((double)n * (double)n);
    for (size_t d = 0; d < directions; d++)
        job->image[index[d]] = scale * sum[d] + (job->add ? job->image[index[d]] : 0.0);
    return CPH_OK;
}

static bool on_grid(const void *context, size_t index, double u[3])
{
    const cph_scan_config *config = context;
    const double step = 2.0 / (double)(config->grid - 1);
    u[0] = -1.0 + step * (double)(index % config->grid);
    u[1] = -1.0 + step * (double)(index / config->grid);
    const double rest = 1.0 - u[0] * u[0] - u[1] * u[1];
    u[2] = sqrt(fmax(rest, 0.0));
    return u[0] * u[0] + u[1] * u[1] < config->radius * config->radius;
}

cph_status cph_scan_image(const cph_scan_config *config, const cph_c64 *r, size_t ld,
                          const cph_c64 *gain, const unsigned char *flag, bool normalise,
                          bool image_add, double *image)
{
    size_t count, bytes;
    if (!usable(config, r, ld, image))
        return CPH_ERR_ARGUMENT;
    if (!cph_size_mul(config->grid, config->grid, &count) ||
        !cph_size_mul(count, sizeof *image, &bytes))
        return CPH_ERR_OVERFLOW;
    scan_job job = {.image = image, .add = image_add};
    cph_status status = load(config, r, ld, gain, flag, normalise, &job);
    if (status == CPH_OK)
        status = plan_panels(config->exec, &job);
    if (status == CPH_OK) {
        const cph_sweep sweep = {.elements = job.elements,
                                 .position = job.position,
                                 .freq_hz = config->freq_hz,
                                 .count = count,
                                 .direction = on_grid,
                                 .context = config,
                                 .visit = visit,
                                 .visitor = &job,
                                 .exec = config->exec};
        status = cph_sweep_run(&sweep);
    }
    for (size_t i = 0; i < count && status == CPH_OK && !image_add; i++) {
        double u[3];
        if (!on_grid(config, i, u))
            image[i] = NAN;
    }
    for (size_t i = 0; i < job.panels; i++)
        cph_beamform_destroy(job.panel[i].plan);
    free(job.panel);
    free(job.position);
    free(job.c);
    free(job.work);
    return status;
}
