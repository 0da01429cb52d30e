/* SPDX-License-Identifier: MIT */
#include <cblas.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench/blas.h"
#include "bench/clock.h"

const char *bench_openblas_config(void)
{
    return openblas_get_config();
}

static bool fits(const bench_call *call, const bench_operands *o)
{
    return call->kernel == o->kernel && (call->most_beams == 0 || o->beams <= call->most_beams);
}

static double time_call(bench_operands *o, const bench_call *call, size_t repeats)
{
    const double start = bench_now();
    for (size_t i = 0; i < repeats; i++)
        bench_call_run(o, call);
    return (bench_now() - start) / (double)repeats;
}

/* The fastest of the calls that give the right numbers, each by the better of a few runs. */
static void choose(bench_operands *o, bench_reply *reply)
{
    enum { TRIES = 3 };
    const bench_call *call;
    for (unsigned i = 0; (call = bench_call_at(i)) != NULL; i++) {
        if (!fits(call, o) || !bench_call_right(o, call))
            continue;
        double best = INFINITY;
        for (int k = 0; k < TRIES; k++)
            best = fmin(best, time_call(o, call, 1));
        if (reply->done && best >= reply->seconds)
            continue;
        *reply = (bench_reply){.done = true, .call = i, .seconds = best};
        snprintf(reply->name, sizeof reply->name, "%s", call->name);
    }
}

static void answer(bench_operands *o, const bench_request *r, bench_reply *reply)
{
    switch (r->kind) {
    case BENCH_HELLO:
        reply->done = openblas_get_parallel() == OPENBLAS_OPENMP;
        snprintf(reply->name, sizeof reply->name, "%s", openblas_get_corename());
        break;
    case BENCH_TRY:
        openblas_set_num_threads((int)r->threads);
        if (bench_operands_open(o, r))
            choose(o, reply);
        break;
    case BENCH_PREPARE:
        reply->done = bench_operands_open(o, r);
        break;
    case BENCH_TIME:
        openblas_set_num_threads((int)r->threads);
        bench_call_run(o, bench_call_at(r->call));
        reply->seconds = time_call(o, bench_call_at(r->call), r->repeats);
        reply->done = true;
        break;
    }
}

int bench_openblas_serve(void)
{
    bench_operands operands = {0};
    bench_request request;
    while (read(STDIN_FILENO, &request, sizeof request) == (ssize_t)sizeof request) {
        bench_reply reply = {0};
        answer(&operands, &request, &reply);
        if (write(STDOUT_FILENO, &reply, sizeof reply) != (ssize_t)sizeof reply)
            return 1;
    }
    return 0;
}
