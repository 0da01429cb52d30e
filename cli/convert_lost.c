/* SPDX-License-Identifier: MIT */
/* Times of floats that were lost, which integers cannot say: they become gaps. */
#include <stdlib.h>

#include "cli/convert_lost.h"
#include "kernels/core/size.h"

void cph_lost_free(cph_lost *lost)
{
    free(lost->range);
    lost->range = NULL;
}

/* Times [start, start + times) more; false: no memory. */
static bool add(cph_lost *lost, size_t start, size_t times)
{
    cph_data_range *last = lost->ranges > 0 ? &lost->range[lost->ranges - 1] : NULL;
    lost->times += times;
    if (last != NULL && last->start + last->times == start) {
        last->times += times;
        return true;
    }
    if (lost->range == NULL || lost->ranges == lost->room) {
        const size_t room = 2 * lost->room + 8;
        cph_data_range *more = reallocarray(lost->range, room, sizeof *more);
        if (more == NULL)
            return false;
        lost->range = more;
        lost->room = room;
    }
    lost->range[lost->ranges++] = (cph_data_range){start, times};
    return true;
}

cph_status cph_lost_note(cph_lost *lost, const cph_data_header *h, const cph_block *block,
                         size_t elements, cph_error *error)
{
    enum { WINDOW = 256 }; /* times that are looked at again when another channel breaks off */
    const size_t row = elements * cph_type_size(h->type);
    for (size_t t = 0, now = 0; t < block->times; t += now) {
        size_t channels = 0; /* in which they are lost */
        now = cph_size_min(block->times - t, WINDOW);
        for (size_t k = 0; k < h->channels; k++) {
            bool is = false;
            const char *at = (const char *)block->samples + (k * block->times + t) * row;
            now = cph_data_run(h, at, now, elements, &is);
            channels += is;
        }
        if (channels > 0 && channels < h->channels)
            return cph_fail(error, CPH_ERR_FORMAT,
                            "sample %zu was lost (NaN) in %zu of %zu channels, which integers "
                            "cannot say; expected --type c32, or channels by themselves "
                            "(--channels)",
                            block->start + t, channels, h->channels);
        if (channels > 0 && !add(lost, block->start + t, now))
            return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    }
    return CPH_OK;
}

cph_status cph_lost_refuse(const char *path, const char *advice, cph_error *error)
{
    return cph_fail(error, CPH_ERR_FORMAT,
                    "%s: has times that were lost (NaN), which integers cannot say; expected "
                    "--type c32%s",
                    path, advice);
}

cph_exit cph_lost_leave_out(const cph_lost *lost, cph_input *input)
{
    const cph_cli *cli = input->cli;
    cph_error error = {.status = CPH_OK};
    if (lost->ranges == 0)
        return CPH_EXIT_DONE;
    if (lost->times == input->times)
        return cph_report_line(cli->name, CPH_EXIT_INPUT, "%s: all of its %zu times were lost",
                               cli->input, input->times);
    if (cph_data_leave_out(input->data, lost->range, lost->ranges, &error) != CPH_OK)
        return cph_report_input(cli->name, &error);
    input->header = cph_data_header_of(input->data);
    input->times -= lost->times;
    return CPH_EXIT_DONE;
}
