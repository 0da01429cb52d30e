/* SPDX-License-Identifier: MIT */
/** @file slots.h
 *  Captures that come in slots of equal length, within which each element's samples lie together.
 */
#ifndef CPH_IMPORT_SLOTS_H
#define CPH_IMPORT_SLOTS_H

#include "datasets/data.h"

/** The first member of data->layout of such a capture. */
typedef struct cph_slots {
    size_t length; /**< times of a slot */
    size_t count;
    /** Times [start, start + times) of a slot of elements [first, first + count) into
     *  planar[count][times], samples of the header's type. */
    cph_status (*read)(cph_data *data, size_t slot, size_t start, size_t times, size_t first,
                       size_t count, void *planar);
} cph_slots;

/** reader.samples */
CPH_MUST_CHECK cph_status cph_slots_read(cph_data *data, size_t start, size_t times, size_t channel,
                                         size_t first, size_t count, void *samples);

/** Fills the header's times, bytes and bulk from the slots and the type, for `elements`; `name` is
 *  the data set that claims them. */
CPH_MUST_CHECK cph_status cph_slots_header(cph_data *data, const char *name, size_t elements);

#endif
