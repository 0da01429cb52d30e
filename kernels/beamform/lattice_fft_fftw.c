/* SPDX-License-Identifier: MIT */
#include <fftw3.h>
#include <stdlib.h>

#include "kernels/beamform/lattice_kernel.h"
#include "kernels/core/heap.h"
#include "kernels/core/planner.h"

/* Rows that are used, in one piece or, where they go round the end of the grid, in two. */
struct cph_lattice_fft {
    size_t start[2]; /* cells */
    fftwf_plan rows[2], columns;
};

static fftwf_plan plan_lines(size_t length, size_t count, size_t step, size_t distance,
                             fftwf_complex *at, bool quick)
{
    const int n = (int)length;
    return fftwf_plan_many_dft(1, &n, (int)count, at, NULL, (int)step, (int)distance, at, NULL,
                               (int)step, (int)distance, FFTW_FORWARD,
                               quick ? FFTW_ESTIMATE : FFTW_MEASURE);
}

/* Rows keep their distance from the start of the grid, on which their alignment depends. */
static bool plan_all(cph_lattice_fft *fft, size_t p, size_t q, size_t first, size_t rows,
                     bool quick, fftwf_complex *grid)
{
    const size_t upper = cph_size_min(rows, q - first), lower = rows - upper;
    fft->start[0] = first * p;
    fft->rows[0] = plan_lines(p, upper, 1, p, grid + fft->start[0], quick);
    fft->rows[1] = lower > 0 ? plan_lines(p, lower, 1, p, grid, quick) : NULL;
    fft->columns = plan_lines(q, p, p, 1, grid, quick);
    return fft->rows[0] != NULL && (lower == 0 || fft->rows[1] != NULL) && fft->columns != NULL;
}

cph_status cph_lattice_fft_create(size_t beams_a, size_t beams_b, size_t first, size_t rows,
                                  bool quick, cph_lattice_fft **fft)
{
    cph_lattice_fft *const made = calloc(1, sizeof *made);
    fftwf_complex *const grid = cph_heap_aligned(beams_a * beams_b * sizeof *grid);
    bool done = made != NULL && grid != NULL;
    if (done) {
        cph_planner_lock();
        done = plan_all(made, beams_a, beams_b, first, rows, quick, grid);
        cph_planner_unlock();
    }
    free(grid);
    if (!done) {
        cph_lattice_fft_destroy(made);
        return CPH_ERR_MEMORY;
    }
    *fft = made;
    return CPH_OK;
}

void cph_lattice_fft_destroy(cph_lattice_fft *fft)
{
    if (fft == NULL)
        return;
    cph_planner_lock();
    fftwf_destroy_plan(fft->rows[0]);
    fftwf_destroy_plan(fft->rows[1]);
    fftwf_destroy_plan(fft->columns);
    cph_planner_unlock();
    free(fft);
}

void cph_lattice_fft_run(const cph_lattice_fft *fft, cph_c32 *grid)
{
    fftwf_complex *const at = (fftwf_complex *)(void *)grid;
    for (size_t i = 0; i < 2; i++)
        if (fft->rows[i] != NULL)
            fftwf_execute_dft(fft->rows[i], at + fft->start[i], at + fft->start[i]);
    fftwf_execute_dft(fft->columns, at, at);
}
