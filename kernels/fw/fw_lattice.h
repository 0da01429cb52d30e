/* SPDX-License-Identifier: MIT */
/** @file fw_lattice.h
 *  Elements of a lattice, for what runs over them. */
#ifndef COPHASE_FW_LATTICE_H
#define COPHASE_FW_LATTICE_H

#include "cophase/fw_steer.h"

#if CPH_FW_STEER
/* How many; 0: not a lattice of which `room` elements are all. */
static inline size_t fw_lattice_elements(const cph_fw_lattice *lattice, size_t room)
{
    size_t elements = 0;
    const size_t most = room < CPH_FW_ELEMENTS_MAX ? room : CPH_FW_ELEMENTS_MAX;
    if (lattice->rows > most) /* each has an element */
        return 0;
    for (size_t r = 0; r < lattice->rows; r++) {
        elements += lattice->row[r].count;
        if (lattice->row[r].count == 0 || elements > most)
            return 0;
    }
    return elements;
}
#endif

#endif
