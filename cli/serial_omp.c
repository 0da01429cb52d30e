/* SPDX-License-Identifier: MIT */
#include "cli/serial.h"

#include <omp.h>

void cph_serial_lapack(void)
{
    omp_set_num_threads(1);
}
