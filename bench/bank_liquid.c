/* SPDX-License-Identifier: MIT */
/* liquid-dsp's firpfbch, loaded while running: nothing is built against it. */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bank.h"

/* Of its interface, version 1: complex floats are pairs. */
typedef void *make_fn(int direction, unsigned channels, unsigned taps, float *prototype);
typedef void *make2_fn(int direction, unsigned channels, unsigned delay, float *prototype);
typedef int run_fn(void *bank, cph_c32 *x, cph_c32 *y);
typedef int free_fn(void *bank);

struct bench_liquid {
    void *library;
    size_t elements, channels, step;
    run_fn *run;
    free_fn *drop;
    void *bank[]; /* [elements] */
};

enum { ANALYSIS = 0 };

/* ISO C has no way from an object's address to a function's. */
static bool find(void *library, const char *name, void *function)
{
    void *const at = dlsym(library, name);
    memcpy(function, &at, sizeof at);
    return at != NULL;
}

static bool make_banks(bench_liquid *l, const float *prototype, size_t taps)
{
    const bool twice = l->step < l->channels;
    const unsigned channels = (unsigned)l->channels;
    /* firpfbch2 wants a tap more, at the end of its symmetric prototype. */
    float *const h = calloc(l->channels * taps + 1, sizeof *h);
    make_fn *make = NULL;
    make2_fn *make2 = NULL;
    bool done =
        h != NULL &&
        find(l->library, twice ? "firpfbch2_crcf_destroy" : "firpfbch_crcf_destroy", &l->drop) &&
        find(l->library, twice ? "firpfbch2_crcf_execute" : "firpfbch_crcf_analyzer_execute",
             &l->run) &&
        (twice ? find(l->library, "firpfbch2_crcf_create", &make2)
               : find(l->library, "firpfbch_crcf_create", &make));
    if (done)
        memcpy(h, prototype, l->channels * taps * sizeof *h);
    for (size_t n = 0; done && n < l->elements; n++) {
        l->bank[n] = twice ? make2(ANALYSIS, channels, (unsigned)taps / 2, h)
                           : make(ANALYSIS, channels, (unsigned)taps, h);
        done = l->bank[n] != NULL;
    }
    free(h);
    return done;
}

bench_liquid *bench_liquid_open(size_t elements, size_t channels, size_t oversample,
                                const float *prototype, size_t taps)
{
    void *const library = dlopen("libliquid.so.1", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return NULL;
    bench_liquid *const l = calloc(1, sizeof *l + elements * sizeof l->bank[0]);
    if (l == NULL) {
        dlclose(library);
        return NULL;
    }
    l->library = library;
    l->elements = elements;
    l->channels = channels;
    l->step = channels / oversample;
    if (make_banks(l, prototype, taps))
        return l;
    bench_liquid_close(l);
    return NULL;
}

void bench_liquid_run(bench_liquid *l, cph_c32 *x, size_t times, cph_c32 *y)
{
    for (size_t n = 0; n < l->elements; n++)
        for (size_t t = 0; t < times; t++)
            (void)l->run(l->bank[n], x + (n * times + t) * l->step,
                         y + (t * l->elements + n) * l->channels);
}

void bench_liquid_close(bench_liquid *l)
{
    if (l == NULL)
        return;
    for (size_t n = 0; n < l->elements && l->bank[n] != NULL; n++)
        (void)l->drop(l->bank[n]);
    dlclose(l->library);
    free(l);
}
