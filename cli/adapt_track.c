/* SPDX-License-Identifier: MIT */
/* Weights that follow a capture sample by sample, the constraints kept by a sidelobe canceller. */
#include <stdlib.h>

#include "cli/adapt_shop.h"
#include "cophase/canceller.h"
#include "kernels/core/c64.h"
#include "kernels/core/sample.h"

typedef struct tracking {
    cph_shop *shop;
    cph_canceller **beam; /* [beams] */
    size_t *in_part;      /* [CPH_CURVE] samples of each tenth */
    size_t done;
} tracking;

static cph_tracker_kind kind_of(cph_method_kind method)
{
    return method == CPH_METHOD_NLMS  ? CPH_TRACKER_NLMS
           : method == CPH_METHOD_QRD ? CPH_TRACKER_QRD
                                      : CPH_TRACKER_INVERSE_QRD;
}

/* Mean over the elements that are used. */
static double mean_power(const cph_shop *s)
{
    double sum = 0.0, live = 0.0;
    for (size_t e = 0; e < s->selection->elements; e++)
        if (s->flag[e] == CPH_FLAG_NONE) {
            sum += s->dump.power[e];
            live += 1.0;
        }
    return live > 0.0 ? sum / live : 0.0;
}

static cph_status start(cph_shop *s, cph_canceller **beam, cph_error *error)
{
    const cph_method_keys *keys = &s->method->keys;
    const double power = mean_power(s);
    cph_canceller_config config = {.elements = s->selection->elements,
                                   .gain = s->gain,
                                   .flag = s->flag,
                                   .c = s->c,
                                   .response = s->response,
                                   .tracker = {.kind = kind_of(s->method->kind),
                                               .step = keys->step,
                                               .forget = keys->forget,
                                               .regular = keys->regular * power}};
    cph_status status = CPH_OK;
    for (size_t b = 0; status == CPH_OK && b < s->weights->beams; b++) {
        status = cph_adapt_constrain(s, b, &config.constraints, error);
        if (status == CPH_OK)
            status = cph_canceller_create(&config, &beam[b], error);
    }
    return status;
}

static cph_status follow(void *context, const cph_block *block, cph_error *error)
{
    tracking *t = context;
    cph_shop *s = t->shop;
    const size_t n = s->selection->elements, times = s->input->times;
    const cph_type type = s->input->header->type;
    for (size_t k = 0; k < block->times; k++, t->done++) {
        const size_t part = (size_t)((double)t->done / (double)times * CPH_CURVE);
        for (size_t e = 0; e < n; e++)
            s->w[e] =
                cph_c64_scale(s->input->header->scale, cph_sample(type, block->samples, k * n + e));
        t->in_part[part]++;
        for (size_t b = 0; b < s->weights->beams; b++) {
            cph_c64 y = {0.0, 0.0};
            const cph_status status = cph_canceller_update(t->beam[b], s->w, &y);
            if (status != CPH_OK)
                return cph_fail(error, status, "sample %zu, beam %zu: %s", t->done, b,
                                cph_status_name(status));
            s->adapted->beam[b].output[part] += cph_c64_power(y);
        }
    }
    return CPH_OK;
}

static cph_exit run(tracking *t)
{
    cph_shop *s = t->shop;
    const cph_stream_config range = {.start = s->input->start,
                                     .times = s->input->times,
                                     .channel = s->channel,
                                     .element = s->selection->index,
                                     .elements = s->selection->elements};
    cph_error error = {.status = CPH_OK};
    const cph_status status = start(s, t->beam, &error);
    if (status != CPH_OK)
        return cph_adapt_report(s, &error);
    for (size_t b = 0; b < s->weights->beams; b++)
        s->adapted->beam[b] = (cph_adapted_beam){0};
    const cph_exit code = cph_input_stream_recorded(s->input, &range, 0, follow, t);
    if (code != CPH_EXIT_DONE)
        return code;
    for (size_t b = 0; b < s->weights->beams; b++)
        for (size_t i = 0; i < CPH_CURVE; i++)
            s->adapted->beam[b].output[i] /= (double)t->in_part[i];
    return CPH_EXIT_DONE;
}

/* The look is steered to again: the depths of nulls are relative to it. */
static cph_exit store(tracking *t)
{
    cph_shop *s = t->shop;
    cph_error error = {.status = CPH_OK};
    for (size_t b = 0; b < s->weights->beams; b++) {
        size_t count = 0;
        if (cph_adapt_constrain(s, b, &count, &error) != CPH_OK)
            return cph_adapt_report(s, &error);
        if (cph_canceller_weights(t->beam[b], s->w) == CPH_OK)
            cph_adapt_store(s, b);
    }
    s->adapted->samples = (double)t->done;
    return CPH_EXIT_DONE;
}

cph_exit cph_adapt_track(cph_shop *s)
{
    size_t in_part[CPH_CURVE] = {0};
    tracking t = {
        .shop = s, .beam = calloc(s->weights->beams, sizeof(cph_canceller *)), .in_part = in_part};
    if (t.beam == NULL)
        return cph_report_memory(s->input->cli->name);
    cph_exit code = run(&t);
    if (code == CPH_EXIT_DONE)
        code = store(&t);
    for (size_t b = 0; b < s->weights->beams; b++)
        cph_canceller_destroy(t.beam[b]);
    free(t.beam);
    return code;
}
