/* SPDX-License-Identifier: MIT */
#include "kernels/core/planner.h"

#include <fftw3.h>
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

cph_status cph_planner_export(char **text)
{
    cph_planner_lock();
    char *const wisdom = fftwf_export_wisdom_to_string();
    cph_planner_unlock();
    if (wisdom == NULL)
        return CPH_ERR_MEMORY;
    *text = wisdom;
    return CPH_OK;
}

cph_status cph_planner_import(const char *text)
{
    cph_planner_lock();
    const int read = fftwf_import_wisdom_from_string(text);
    cph_planner_unlock();
    return read ? CPH_OK : CPH_ERR_FORMAT;
}
