/* SPDX-License-Identifier: MIT */
/** @file real_samples.h
 *  What cph_data_baseband needs of the reads. */
#ifndef CPH_DATASETS_REAL_SAMPLES_H
#define CPH_DATASETS_REAL_SAMPLES_H

#include "datasets/data.h"

/** Samples [start, start + times) of a view that has `real`, of elements as the file counts them,
 *  range and list checked; neither is empty. */
CPH_MUST_CHECK cph_status cph_real_read(cph_data *data, size_t start, size_t times,
                                        const size_t *element, size_t elements, cph_c32 *samples);
/** What is shown of a file that has become longer. */
CPH_MUST_CHECK cph_status cph_real_grow(cph_data *data);
/** NULL is fine. */
void cph_real_free(cph_data_real *real);

/** read.c: all of a range that was checked, in the file's own numbers and type. */
CPH_MUST_CHECK cph_status cph_data_read_listed(cph_data *data, size_t start, size_t times,
                                               size_t channel, const size_t *element,
                                               size_t elements, void *samples);

#endif
