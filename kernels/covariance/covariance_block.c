/* SPDX-License-Identifier: MIT */
/* One block of times of a covariance: its panels, then its tiles. */
#include "kernels/covariance/covariance_block.h"

#include "kernels/simd/pair.h"

enum { ASKED_BYTES = 64 }; /* a line of memory */

static void pack_side(const cph_covariance_plan *plan, const cph_covariance_input *in,
                      const cph_covariance_block *b, bool rows, size_t panel)
{
    const cph_covariance_side *const side = rows || !plan->cross ? &in->x : &in->y;
    const size_t elements = rows ? plan->elements : plan->columns;
    const size_t element = panel * CPH_PANEL_ELEMENTS, ld = side->ld * plan->channels;
    const size_t at = b->start * ld + b->channel * side->ld + element;
    char *const to = b->panels + (rows ? 0 : plan->column_offset) + panel * plan->panel_bytes;
    plan->kernels.pack(
        &(cph_covariance_rows){.samples = side->samples + at * cph_type_size(plan->type),
                               .ld = ld,
                               .times = b->times,
                               .elements = cph_size_min(CPH_PANEL_ELEMENTS, elements - element),
                               .lead = b->lead,
                               .weight = rows && plan->weighted ? in->weight + b->start : NULL},
        to);
}

size_t cph_covariance_pack_count(const cph_covariance_plan *plan)
{
    return plan->row_panels + (plan->column_offset > 0 ? plan->column_panels : 0);
}

void cph_covariance_pack_block(const cph_covariance_plan *plan, const cph_covariance_input *in,
                               const cph_covariance_block *b, size_t begin, size_t end)
{
    const size_t rows = plan->row_panels;
    for (size_t i = begin; i < end; i++)
        pack_side(plan, in, b, i < rows, i < rows ? i : i - rows);
}

/* Each run asks for a part of the worker's next block: a line of every time, those of x, then those
 * of y; or, of dense rows in many runs, a few bytes a time, in order and over by half of the runs,
 * since what is asked for at once waits for memory together. Nothing where there is no such block
 * or it is shorter. */
static void ask_ahead(const cph_covariance_plan *plan, const cph_covariance_input *in,
                      const cph_covariance_block *b, size_t run, cph_covariance_tile *tile)
{
    const size_t size = cph_type_size(plan->type), next = b->start + b->ahead;
    const size_t x_lines = (plan->elements * size - 1) / ASKED_BYTES + 1;
    const size_t y_lines = plan->cross ? (plan->columns * size - 1) / ASKED_BYTES + 1 : 0;
    const cph_covariance_side *const side = run < x_lines || !plan->cross ? &in->x : &in->y;
    const size_t row_bytes = side->ld * plan->channels * size;
    if (next + b->times > in->times)
        return;
    const char *const first =
        side->samples + (next * plan->channels + b->channel) * side->ld * size;
    if (!plan->cross && row_bytes < (x_lines + 1) * ASKED_BYTES && plan->runs >= 4 * x_lines) {
        const size_t step = 2 * row_bytes / plan->runs + 1, at = run * step * b->times;
        tile->ahead = at < row_bytes * b->times ? first + at : NULL;
        tile->ahead_step = step;
        return;
    }
    const size_t line = run < x_lines ? run : run - x_lines;
    if (run >= x_lines + y_lines)
        return;
    tile->ahead = first + line * ASKED_BYTES;
    tile->ahead_step = row_bytes;
}

/* Those of a large triangle come from far: the sums of the next row of a group while this one's
 * are added to. */
static void ask_sums(const cph_covariance_plan *plan, const cph_covariance_block *b, size_t row,
                     size_t column, size_t panels)
{
    if (row == plan->row_panels)
        return;
    const size_t tile = cph_covariance_tile_index(plan, row, column);
    const char *const sums = b->open + tile * plan->open_bytes;
    for (size_t i = 0; i < panels * plan->open_bytes; i += ASKED_BYTES)
        v_prefetch_far(sums + i);
}

static void add_run(const cph_covariance_plan *plan, const cph_covariance_input *in,
                    const cph_covariance_block *b, size_t group, size_t row, size_t run)
{
    const size_t column = group * CPH_TILE_PANELS;
    const size_t columns = plan->cross ? plan->column_panels : row + 1;
    const size_t index = cph_covariance_tile_index(plan, row, column);
    cph_covariance_tile tile = {
        .rows = b->panels + row * plan->panel_bytes,
        .columns = b->panels + plan->column_offset + column * plan->panel_bytes,
        .panel_bytes = plan->panel_bytes,
        .panels = cph_size_min(CPH_TILE_PANELS, columns - column),
        .times = b->lead + b->times,
        .live = cph_size_min(CPH_PANEL_ELEMENTS, plan->elements - row * CPH_PANEL_ELEMENTS),
        .sums = b->open + index * plan->open_bytes,
        .drained = b->drained == NULL ? NULL : b->drained + index * CPH_TILE_LANES};
    ask_ahead(plan, in, b, run, &tile);
    ask_sums(plan, b, row + 1, column, tile.panels);
    plan->kernels.add(&tile);
}

void cph_covariance_add_block(const cph_covariance_plan *plan, const cph_covariance_input *in,
                              const cph_covariance_block *b, size_t begin, size_t end)
{
    size_t group = 0, row = begin;
    while (row >= plan->row_panels - cph_covariance_first_row(plan, group))
        row -= plan->row_panels - cph_covariance_first_row(plan, group++);
    row += cph_covariance_first_row(plan, group);
    for (size_t i = begin; i < end; i++) {
        add_run(plan, in, b, group, row, i);
        if (++row == plan->row_panels)
            row = cph_covariance_first_row(plan, ++group);
    }
}
