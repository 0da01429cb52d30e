/* SPDX-License-Identifier: MIT */
/** @file channelize_plan.h
 *  Parts of a channelizer's plan. */
#ifndef COPHASE_CHANNELIZE_PLAN_H
#define COPHASE_CHANNELIZE_PLAN_H

#include "cophase/channelize.h"
#include "kernels/channelize/bank_fft.h"

/** Output times of one parity that a task takes, and elements of a row that fills a vector. */
enum { CPH_BANK_TIMES = 8, CPH_BANK_ELEMENTS = 8 };

/** Elements in groups of `group`, which fit the caches with their channels, and a last one. */
typedef struct cph_bank_groups {
    size_t elements, group, count;
    cph_bank_fft *fft[2]; /**< of a group, of the last one where it is smaller */
} cph_bank_groups;

cph_status cph_bank_groups_make(size_t elements, size_t channels, int sign, bool quick,
                                cph_bank_groups *groups);
void cph_bank_groups_free(cph_bank_groups *groups);

/** Elements of group g. */
static inline size_t cph_bank_group(const cph_bank_groups *groups, size_t g)
{
    return g + 1 < groups->count ? groups->group : groups->elements - g * groups->group;
}

static inline const cph_bank_fft *cph_bank_transform(const cph_bank_groups *groups, size_t g)
{
    return groups->fft[cph_bank_group(groups, g) < groups->group];
}

/** Whether [time][channel][element] at these strides can be addressed; times is not 0. */
bool cph_bank_reachable(const cph_channelize_output *output, size_t times, size_t channels,
                        size_t elements);

struct cph_channelize_plan {
    cph_channelize_info info;
    size_t elements;
    cph_type type;
    const cph_exec *exec;
    float *prototype; /* [L] */
    float *spread;    /* [L][2 N], each tap once a part, for few elements; else NULL */
    cph_bank_groups groups;
};

#endif
