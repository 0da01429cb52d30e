/* SPDX-License-Identifier: MIT */
#include <fftw3.h>
#include <limits.h>

#include "calib/near_field.h"
#include "kernels/core/planner.h"

cph_status cph_near_field_transform(size_t rows, size_t columns, int sign, cph_c64 *x)
{
    if (rows > INT_MAX || columns > INT_MAX)
        return CPH_ERR_OVERFLOW;
    fftw_complex *const z = (fftw_complex *)(void *)x;
    /* FFTW's forward transform has the minus sign. Plans of FFTW_ESTIMATE leave the data alone. */
    cph_planner_lock();
    fftw_plan plan = fftw_plan_dft_2d((int)rows, (int)columns, z, z,
                                      sign > 0 ? FFTW_BACKWARD : FFTW_FORWARD, FFTW_ESTIMATE);
    cph_planner_unlock();
    if (plan == NULL)
        return CPH_ERR_MEMORY;
    fftw_execute(plan);
    cph_planner_lock();
    fftw_destroy_plan(plan);
    cph_planner_unlock();
    return CPH_OK;
}
