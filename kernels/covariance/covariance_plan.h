/* SPDX-License-Identifier: MIT */
/** @file covariance_plan.h
 *  What the files of the covariance share: the plan and the layout of sums and workspaces. */
#ifndef COPHASE_COVARIANCE_PLAN_H
#define COPHASE_COVARIANCE_PLAN_H

#include "kernels/core/exec.h"
#include "kernels/core/kernels.h"
#include "kernels/core/size.h"

/** A form's sums: "open" ones, of a tile in tile_bytes, for at most `drain` times, then added to
 * "full" ones of 64 bits a lane. Both are 0 where kernels add to the full sums at once. A plan of
 * two chains has open sums twice, for `drain` times together. */
typedef struct cph_covariance_traits {
    size_t tile_bytes, drain;
} cph_covariance_traits;

/** Full sums: integers, or doubles for CPH_FORM_F32. */
typedef union cph_covariance_lane {
    int64_t integer;
    double real;
} cph_covariance_lane;

/** What threads share: whole channels, tiles of one channel, or times with sums of their own. */
typedef enum cph_covariance_share {
    CPH_SHARE_CHANNELS,
    CPH_SHARE_TILES,
    CPH_SHARE_TIMES
} cph_covariance_share;

struct cph_covariance_plan {
    size_t elements, columns, channels; /* N; M, or N; C */
    bool cross, weighted;
    cph_type type;
    const cph_exec *exec;
    cph_covariance_share share;
    cph_covariance_kernels kernels;
    cph_covariance_traits traits;
    uint64_t most_times;
    size_t block;                            /* times that are packed at once: even for floats */
    size_t chains;                           /* sets of open sums that blocks go to in turn */
    size_t row_panels, column_panels, tiles; /* tiles of a channel */
    size_t runs;                             /* calls of a kernel that do them */
    size_t open_bytes;                       /* of a tile, where kernels add */
    size_t average_times;
    double average_keep;
    /* Sums: the header, then open sums of [chain][channel][tile], full sums and averages of
     * [channel][tile]. */
    size_t open_offset, full_offset, average_offset, sums_bytes;
    /* Workspace: for every worker its panels, rows before columns where they differ; then open sums
     * of the spans of times that are summed at once, but for the first. */
    size_t panel_bytes, column_offset, worker_bytes, spans, spans_offset, workspace_bytes;
};

/* Tiles are those of panels P >= Q row by row, or of all P, Q for y. */
struct cph_covariance_sums {
    uint64_t times;        /* since the reset */
    uint64_t open;         /* times in the open sums, of all chains */
    uint64_t average_open; /* times since the last average */
    double average_weight;
};

static inline size_t cph_covariance_tile_index(const cph_covariance_plan *plan, size_t row,
                                               size_t column)
{
    return plan->cross ? row * plan->column_panels + column : row * (row + 1) / 2 + column;
}

/** Tiles are done in runs: up to CPH_TILE_PANELS panels of columns, a "group", times one of rows.
 *  Group by group, so that the columns stay in the first cache while rows pass by. In a triangle,
 *  group g starts at row CPH_TILE_PANELS * g. */
static inline size_t cph_covariance_first_row(const cph_covariance_plan *plan, size_t group)
{
    return plan->cross ? 0 : group * CPH_TILE_PANELS;
}

/** From tile `tile` of all channels on. */
static inline cph_covariance_lane *cph_covariance_full(const cph_covariance_plan *plan,
                                                       const cph_covariance_sums *sums, size_t tile)
{
    return (cph_covariance_lane *)(void *)((char *)sums + plan->full_offset) +
           tile * CPH_TILE_LANES;
}

static inline double *cph_covariance_average(const cph_covariance_plan *plan,
                                             const cph_covariance_sums *sums)
{
    return (double *)(void *)((char *)sums + plan->average_offset);
}

/** From a chain's open sums to the next chain's. */
static inline size_t cph_covariance_chain_bytes(const cph_covariance_plan *plan)
{
    return plan->channels * plan->tiles * plan->open_bytes;
}

/** Where kernels add: the open sums, of the first chain, or the full ones. */
static inline void *cph_covariance_open(const cph_covariance_plan *plan,
                                        const cph_covariance_sums *sums, size_t tile)
{
    const size_t offset = plan->traits.tile_bytes > 0 ? plan->open_offset : plan->full_offset;
    return (char *)sums + offset + tile * plan->open_bytes;
}

/** Adds `tiles` tiles of open sums, which are 0 then, to full ones. */
void cph_covariance_drain(const cph_covariance_plan *plan, void *open, cph_covariance_lane *full,
                          size_t tiles);

/** Adds `tiles` tiles of open sums of integers to those that kernels add to. */
void cph_covariance_join(const cph_covariance_plan *plan, const void *open, void *sums,
                         size_t tiles);

/** Ends an average: see average_times. */
void cph_covariance_fold(const cph_covariance_plan *plan, cph_covariance_sums *sums);

#endif
