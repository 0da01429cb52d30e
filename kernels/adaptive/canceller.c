/* SPDX-License-Identifier: MIT */
/* The constraints' reflections make Q = [C's span, B]: Q^H x holds in its last n - J entries what
 * the tracker sees, and d = w_q^H x is what it is drawn to; its error is the beam. */
#include "cophase/canceller.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/adaptive/adaptive_plan.h"
#include "kernels/adaptive/reflect.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

struct cph_canceller {
    cph_adaptive frame;   /* elements, live ones and gains */
    cph_constraints k;    /* reflections; target: w_q */
    cph_c64 *x;           /* [live] Q^H x, or the weights in the making */
    cph_tracker *tracker; /* of n - J; NULL where the constraints leave nothing free */
};

static cph_status reserve(const cph_canceller_config *config, cph_canceller **made,
                          cph_error *error)
{
    const size_t live = cph_live_count(config->elements, config->flag);
    size_t bytes = sizeof **made, at[3];
    if (live == 0)
        return cph_fail(error, CPH_ERR_TOO_FEW, "all %zu elements are flagged", config->elements);
    if (!cph_size_place(&bytes, live, sizeof(size_t), &at[0]) ||
        !cph_size_place(&bytes, live, sizeof(cph_c64), &at[1]) ||
        !cph_size_place(&bytes, live, sizeof(cph_c64), &at[2]))
        return cph_fail(error, CPH_ERR_OVERFLOW, "a canceller of %zu elements", live);
    cph_canceller *memory = calloc(1, bytes);
    if (memory == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "a canceller of %zu elements: out of memory", live);
    size_t *index = cph_size_at(memory, at[0]);
    cph_c64 *gain = cph_size_at(memory, at[1]);
    memory->x = cph_size_at(memory, at[2]);
    memory->frame =
        (cph_adaptive){.elements = config->elements, .live = live, .index = index, .gain = gain};
    *made = memory;
    return cph_live_take(config->elements, config->gain, config->flag, index, gain, error);
}

static cph_status follow(const cph_canceller_config *config, cph_canceller *made, cph_error *error)
{
    cph_tracker_config tracker = config->tracker;
    tracker.elements = made->frame.live - made->k.count;
    tracker.flag = NULL;
    if (tracker.elements == 0)
        return CPH_OK;
    const cph_status status = cph_tracker_create(&tracker, &made->tracker);
    return status == CPH_OK ? CPH_OK
                            : cph_fail(error, status, "a tracker of %zu weights: %s",
                                       tracker.elements, cph_status_name(status));
}

cph_status cph_canceller_create(const cph_canceller_config *config, cph_canceller **canceller,
                                cph_error *error)
{
    cph_canceller *made = NULL;
    if (config == NULL || canceller == NULL || config->elements == 0)
        return cph_fail(error, CPH_ERR_ARGUMENT, "no configuration, or nowhere to put a canceller");
    cph_status status = reserve(config, &made, error);
    if (made == NULL)
        return status;
    if (status == CPH_OK)
        status = cph_constraints_take(&made->frame, config->constraints, config->c,
                                      config->response, &made->k, error);
    if (status == CPH_OK)
        status = cph_constraints_solve(&made->frame, &made->k, error);
    if (status == CPH_OK)
        status = follow(config, made, error);
    if (status == CPH_OK)
        *canceller = made;
    else
        cph_canceller_destroy(made);
    return status;
}

void cph_canceller_destroy(cph_canceller *canceller)
{
    if (canceller == NULL)
        return;
    cph_tracker_destroy(canceller->tracker);
    cph_constraints_free(&canceller->k);
    free(canceller);
}

cph_status cph_canceller_update(cph_canceller *canceller, const cph_c64 *x, cph_c64 *y)
{
    if (canceller == NULL || x == NULL)
        return CPH_ERR_ARGUMENT;
    cph_canceller *s = canceller;
    cph_c64 beam = {0.0, 0.0};
    for (size_t i = 0; i < s->frame.live; i++) {
        s->x[i] = x[s->frame.index[i]];
        beam = cph_c64_add(beam, cph_c64_mulc(s->x[i], s->k.target[i]));
    }
    if (!cph_c64_finite(beam))
        return CPH_ERR_NOT_FINITE;
    cph_reflect_adjoint(s->frame.live, s->k.count, s->k.v, s->x);
    const cph_status status = s->tracker != NULL
                                  ? cph_tracker_update(s->tracker, s->x + s->k.count, beam, &beam)
                                  : CPH_OK;
    if (status == CPH_OK && y != NULL)
        *y = beam;
    return status;
}

cph_status cph_canceller_weights(cph_canceller *canceller, cph_c64 *w)
{
    if (canceller == NULL || w == NULL)
        return CPH_ERR_ARGUMENT;
    cph_canceller *s = canceller;
    const size_t live = s->frame.live, count = s->k.count;
    memset(s->x, 0, count * sizeof *s->x);
    if (s->tracker != NULL)
        memcpy(s->x + count, cph_tracker_weights(s->tracker), (live - count) * sizeof *s->x);
    cph_reflect_apply(live, count, s->k.v, s->x);
    for (size_t i = 0; i < live; i++)
        s->x[i] = cph_c64_sub(s->k.target[i], s->x[i]);
    cph_adaptive_scatter(&s->frame, s->x, w);
    return CPH_OK;
}
