/* SPDX-License-Identifier: MIT */
/** @file dechannelize_plan.h
 *  Parts of the plan of a bank's inverse. */
#ifndef COPHASE_CHANNELIZE_DECHANNELIZE_PLAN_H
#define COPHASE_CHANNELIZE_DECHANNELIZE_PLAN_H

#include "cophase/dechannelize.h"
#include "kernels/channelize/channelize_plan.h"

struct cph_dechannelize_plan {
    cph_dechannelize_info info;
    size_t elements, channels, oversample;
    size_t middle; /* L / 2 of the bank */
    const cph_exec *exec;
    float *window; /* [J][D]: of the channel time j of J */
    cph_bank_groups groups;
};

#endif
