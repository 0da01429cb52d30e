/* SPDX-License-Identifier: MIT */
/* A capture through the rows of T: the covariance of few beams, not of many elements. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/adapt_reduce.h"
#include "cophase/beamform.h"
#include "cophase/calib.h"
#include "cophase/covariance.h"
#include "cophase/reduced.h"
#include "kernels/core/size.h"

/* Times that go through at once. */
enum { STEP = 256 };

static cph_stream_config range_of(const cph_shop *s)
{
    return (cph_stream_config){.start = s->input->start,
                               .times = s->input->times,
                               .channel = s->channel,
                               .element = s->selection->index,
                               .elements = s->selection->elements};
}

/* ---- levels ---- */

static cph_status add_levels(void *context, const cph_block *block, cph_error *error)
{
    cph_shop *s = context;
    const size_t n = s->selection->elements;
    const cph_status status =
        cph_level_add(s->input->header->type, n, block->times, block->samples, n, s->dump.level);
    return status == CPH_OK ? CPH_OK
                            : cph_fail(error, status, "levels: %s", cph_status_name(status));
}

/* Like that of cph_input_covariance, without r. */
static cph_exit fill_dump(cph_shop *s)
{
    const cph_data_header *header = s->input->header;
    const size_t n = s->selection->elements, times = s->input->times;
    const cph_stream_config range = range_of(s);
    cph_dump_free(&s->dump);
    s->dump = (cph_dump){.elements = n,
                         .power = calloc(n, sizeof *s->dump.power),
                         .level = calloc(n, sizeof *s->dump.level),
                         .has_diagonal = true,
                         .freq_hz = header->channel_freq_hz[s->channel],
                         .time_unix_s = cph_data_middle(header, s->input->start, times)};
    if (s->dump.power == NULL || s->dump.level == NULL)
        return cph_report_memory(s->input->cli->name);
    const cph_exit code = cph_input_stream_recorded(s->input, &range, 0, add_levels, s);
    s->dump.samples = (double)s->dump.level[0].count;
    for (size_t e = 0; e < n; e++) {
        const cph_level *level = &s->dump.level[e];
        const uint64_t finite = level->count - level->not_finite;
        s->dump.power[e] =
            finite > 0 ? header->scale * header->scale * level->power / (double)finite : NAN;
    }
    return code;
}

cph_exit cph_reducer_levels(cph_shop *s)
{
    const cph_health_limits limits = cph_health_defaults();
    cph_exit code = fill_dump(s);
    if (code == CPH_EXIT_DONE)
        code = cph_input_gains(s->input, s->selection, s->dump.freq_hz, s->dump.time_unix_s,
                               s->gain, s->flag);
    if (code != CPH_EXIT_DONE)
        return code;
    for (size_t e = 0; e < s->selection->elements; e++)
        if (s->flag[e] == CPH_FLAG_NONE && s->dump.level[e].not_finite > 0)
            s->flag[e] = CPH_FLAG_NOT_FINITE;
    const cph_status status =
        cph_health_check(s->selection->elements, s->dump.power, s->dump.level, &limits, s->flag);
    return status == CPH_OK ? CPH_EXIT_DONE
                            : cph_report_line(s->input->cli->name, cph_exit_of(status),
                                              "%s: health of elements: %s", s->input->cli->input,
                                              cph_status_name(status));
}

/* ---- T^H R T ---- */

typedef struct summer {
    cph_reducer *reducer;
    cph_beamform_plan *beams;
    cph_covariance_plan *covariance;
    cph_covariance_sums *sums;
    void *beam_work, *covariance_work;
    cph_c32 *out; /* [STEP][rows] */
} summer;

static cph_status plan_beams(summer *u)
{
    const cph_reducer *r = u->reducer;
    const size_t n = r->shop->selection->elements;
    const cph_beamform_config config = {.elements = n,
                                        .beams = r->rows,
                                        .type = r->shop->input->header->type,
                                        .weight_bits = 32,
                                        .exec = &r->shop->input->cli->exec};
    cph_c32 *t = reallocarray(NULL, r->rows * n, sizeof *t);
    if (t == NULL)
        return CPH_ERR_MEMORY;
    for (size_t i = 0; i < r->rows * n; i++)
        t[i] = (cph_c32){(float)r->t[i].re, (float)r->t[i].im};
    const cph_status status = cph_beamform_create(&config, t, n, &u->beams);
    free(t);
    return status;
}

static bool aligned(size_t bytes, void **memory)
{
    return posix_memalign(memory, CPH_ALIGNMENT, bytes + 1) == 0;
}

static cph_status plan(summer *u)
{
    const cph_reducer *r = u->reducer;
    const cph_covariance_config config = {
        .elements = r->rows, .type = CPH_C32, .exec = &r->shop->input->cli->exec};
    cph_status status = plan_beams(u);
    if (status == CPH_OK)
        status = cph_covariance_create(&config, &u->covariance);
    if (status != CPH_OK)
        return status;
    void *sums = NULL;
    u->out = reallocarray(NULL, r->rows * STEP, sizeof *u->out);
    if (u->out == NULL || !aligned(cph_beamform_workspace_size(u->beams), &u->beam_work) ||
        !aligned(cph_covariance_workspace_size(u->covariance), &u->covariance_work) ||
        !aligned(cph_covariance_sums_size(u->covariance), &sums))
        return CPH_ERR_MEMORY;
    u->sums = sums;
    return cph_covariance_reset(u->covariance, u->sums);
}

static void summer_free(summer *u)
{
    cph_beamform_destroy(u->beams);
    cph_covariance_destroy(u->covariance);
    free(u->sums);
    free(u->beam_work);
    free(u->covariance_work);
    free(u->out);
}

static cph_status add_block(void *context, const cph_block *block, cph_error *error)
{
    summer *u = context;
    const cph_reducer *r = u->reducer;
    const size_t n = r->shop->selection->elements;
    const size_t row = n * cph_type_size(r->shop->input->header->type);
    cph_status status = CPH_OK;
    for (size_t k = 0; status == CPH_OK && k < block->times; k += STEP) {
        const size_t times = cph_size_min(STEP, block->times - k);
        status = cph_beamform_run(u->beams, u->beam_work, (const char *)block->samples + k * row, n,
                                  times, u->out, r->rows);
        if (status == CPH_OK)
            status = cph_covariance_add(u->covariance, u->covariance_work, u->out, r->rows, times,
                                        u->sums);
    }
    return status == CPH_OK ? CPH_OK
                            : cph_fail(error, status, "beams: %s", cph_status_name(status));
}

static cph_exit stream(cph_reducer *r)
{
    const cph_shop *s = r->shop;
    const double scale = s->input->header->scale;
    const cph_stream_config range = range_of(s);
    summer u = {.reducer = r};
    cph_status status = plan(&u);
    cph_exit code = CPH_EXIT_DONE;
    if (status == CPH_OK)
        code = cph_input_stream_recorded(s->input, &range, 0, add_block, &u);
    if (status == CPH_OK && code == CPH_EXIT_DONE)
        status = cph_covariance_get(u.covariance, u.sums, scale * scale / s->dump.samples, r->s,
                                    r->rows);
    summer_free(&u);
    return status == CPH_OK
               ? code
               : cph_report_line(s->input->cli->name, cph_exit_of(status),
                                 "%s: covariance of %zu beams: %s", s->input->cli->input, r->rows,
                                 cph_status_name(status));
}

cph_exit cph_reducer_sum(cph_reducer *r)
{
    const cph_shop *s = r->shop;
    const size_t n = s->selection->elements;
    if (s->dump.r == NULL)
        return stream(r);
    const cph_status status = cph_reduce_covariance(n, s->dump.r, n, r->rows, r->t, r->s);
    return status == CPH_OK ? CPH_EXIT_DONE
                            : cph_report_line(s->input->cli->name, cph_exit_of(status), "%s: %s",
                                              s->input->cli->input, cph_status_name(status));
}
