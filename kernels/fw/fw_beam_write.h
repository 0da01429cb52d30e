/* SPDX-License-Identifier: MIT */
/** @file fw_beam_write.h
 *  Codes of single elements, for the parts of the firmware profile that have checked their
 * arguments. */
#ifndef COPHASE_FW_BEAM_WRITE_H
#define COPHASE_FW_BEAM_WRITE_H

#include "cophase/fw_beam.h"

#if CPH_FW_BEAM
/** As cph_fw_beam_set, of a beam known to have the element. */
void cph_fw_beam_write(const cph_fw_chip *chip, void *memory, size_t n, uint32_t code);
#endif

#endif
