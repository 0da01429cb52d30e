/* SPDX-License-Identifier: MIT */
/* What a conversion leaves behind, because the layout of the output has no place for it. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/convert.h"

typedef bool element_test(const cph_element *e);

static bool is_listed(const cph_element *e)
{
    return e->listed;
}

static bool is_shared(const cph_element *e)
{
    return e->subarray != CPH_SUBARRAY_NONE;
}

static bool is_turned(const cph_element *e)
{
    static const double identity[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    return memcmp(e->axes, identity, sizeof identity) != 0;
}

static bool any(const cph_array *array, element_test *holds)
{
    for (size_t n = 0; n < array->elements; n++)
        if (holds(&array->element[n]))
            return true;
    return false;
}

/* What the output's header says that its layout does not: a row for each, in words. */
static size_t list_lost(const cph_data_header *h, cph_file_layout to, const char *lost[])
{
    enum { SIGMF = 1 << CPH_FILE_SIGMF, UVH5 = 1 << CPH_FILE_UVH5 };
    const cph_array *a = &h->array;
    const struct {
        const char *words;
        bool there;
        unsigned layouts; /* that have no place for it */
    } rows[] = {
        {"positions", a->has_positions, SIGMF},
        {"the site", a->has_array_to_enu || isfinite(a->latitude_deg), SIGMF},
        {"which elements are listed as bad", any(a, is_listed), SIGMF | UVH5},
        {"subarrays", any(a, is_shared), SIGMF | UVH5},
        {"how elements are turned", any(a, is_turned), SIGMF | UVH5},
        {"the axes of the array", a->has_positions && a->frame == CPH_FRAME_ARRAY, UVH5},
    };
    size_t count = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].there && (rows[i].layouts & (1U << to)) != 0)
            lost[count++] = rows[i].words;
    return count;
}

/* Below what any clock tells there is nothing to say. */
static void tell_shift(const cph_conversion *c)
{
    const double shift_s = c->start_shift_s;
    const cph_cli *cli = c->input->cli;
    if (fabs(shift_s) > 1e-12)
        (void)cph_report_line(cli->name, CPH_EXIT_DONE,
                              "%s: samples are counted from 1970 on: the first one is %.4g ns %s "
                              "than %s says",
                              cli->output, fabs(shift_s) * 1e9, shift_s > 0.0 ? "later" : "earlier",
                              cli->input);
}

void cph_conversion_remark(const cph_conversion *c, const cph_data_header *header,
                           cph_file_layout to)
{
    const char *lost[16];
    const cph_cli *cli = c->input->cli;
    char text[400] = "";
    size_t used = 0;
    if (!cli->quiet)
        tell_shift(c);
    const size_t count = cli->quiet ? 0 : list_lost(header, to, lost);
    for (size_t i = 0; i < count && used < sizeof text; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s",
                                 i == 0 ? "" : (i + 1 < count ? ", " : " and "), lost[i]);
    if (count > 0)
        (void)cph_report_line(cli->name, CPH_EXIT_DONE, "%s: %s has no place for %s: left behind",
                              cli->output, cph_file_layout_name(to), text);
}
