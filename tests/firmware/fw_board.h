/* SPDX-License-Identifier: MIT */
/** @file fw_board.h
 *  What the boards call and give: a board fills put, ticks and ticks_mask of a zeroed sink and
 * calls fw_run once; the last line printed is "end". */
#ifndef COPHASE_FIRMWARE_BOARD_H
#define COPHASE_FIRMWARE_BOARD_H

#include "tests/firmware/fw_sink.h"

#define FW_PART(name) void fw_run_##name(fw_sink *sink);
#include "tests/firmware/parts.def"
#undef FW_PART

void fw_run(fw_sink *sink);

#endif
