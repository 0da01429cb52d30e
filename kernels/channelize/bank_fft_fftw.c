/* SPDX-License-Identifier: MIT */
#include "kernels/channelize/bank_fft.h"

#include <fftw3.h>
#include <stdlib.h>

#include "kernels/core/heap.h"
#include "kernels/core/planner.h"

struct cph_bank_fft {
    fftwf_plan lines;
};

cph_status cph_bank_fft_create(size_t length, size_t count, int sign, bool quick,
                               cph_bank_fft **fft)
{
    const int n = (int)length;
    cph_bank_fft *const made = calloc(1, sizeof *made);
    fftwf_complex *const in = cph_heap_aligned(length * count * sizeof *in);
    fftwf_complex *const out = cph_heap_aligned(length * count * sizeof *out);
    bool done = made != NULL && in != NULL && out != NULL;
    if (done) {
        cph_planner_lock();
        made->lines =
            fftwf_plan_many_dft(1, &n, (int)count, in, NULL, 1, n, out, NULL, 1, n, sign,
                                (quick ? FFTW_ESTIMATE : FFTW_MEASURE) | FFTW_DESTROY_INPUT);
        cph_planner_unlock();
        done = made->lines != NULL;
    }
    free(in);
    free(out);
    if (!done) {
        free(made);
        return CPH_ERR_MEMORY;
    }
    *fft = made;
    return CPH_OK;
}

void cph_bank_fft_destroy(cph_bank_fft *fft)
{
    if (fft == NULL)
        return;
    cph_planner_lock();
    fftwf_destroy_plan(fft->lines);
    cph_planner_unlock();
    free(fft);
}

void cph_bank_fft_run(const cph_bank_fft *fft, cph_c32 *in, cph_c32 *out)
{
    fftwf_execute_dft(fft->lines, (fftwf_complex *)(void *)in, (fftwf_complex *)(void *)out);
}
