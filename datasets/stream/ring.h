/* SPDX-License-Identifier: MIT */
/** @file ring.h
 *  A bounded ring of slots that a thread of its own fills, in turn, while the caller uses the one
 *  before. */
#ifndef CPH_STREAM_RING_H
#define CPH_STREAM_RING_H

#include <stdbool.h>
#include <stddef.h>

#include "cophase/types.h"

/** Fills slot `slot`; *more = false: there was nothing left to fill it with. Runs in one thread at
 *  a time, which is the ring's own unless it has none. */
typedef cph_status cph_ring_fill(void *context, size_t slot, bool *more, cph_error *error);

typedef struct cph_ring cph_ring;

/** A ring of `slots` (at least 1), started. With one slot, or where the system has no thread to
 *  give, slots are filled by the caller as it asks for them: the same results. MEMORY. */
CPH_MUST_CHECK cph_status cph_ring_open(size_t slots, cph_ring_fill *fill, void *context,
                                        cph_ring **ring);
/** The next slot in order; the one before is given back. *more = false at the end. Once the filling
 *  failed, its status and error every time. */
CPH_MUST_CHECK cph_status cph_ring_next(cph_ring *ring, size_t *slot, bool *more, cph_error *error);
/** Of the filling function: waits until the caller has used all slots that were filled and waits
 *  for the next one, in cph_ring_next until that is filled. False: there is no next one, the ring
 *  is being closed. */
bool cph_ring_drain(cph_ring *ring);
/** Waits for the slot that is being filled, no longer. NULL is fine. */
void cph_ring_close(cph_ring *ring);

#endif
