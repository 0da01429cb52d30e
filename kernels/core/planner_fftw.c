/* SPDX-License-Identifier: MIT */
#include "kernels/core/planner.h"

#include <pthread.h>

static pthread_mutex_t planner = PTHREAD_MUTEX_INITIALIZER;

void cph_planner_lock(void)
{
    pthread_mutex_lock(&planner);
}

void cph_planner_unlock(void)
{
    pthread_mutex_unlock(&planner);
}
