/* SPDX-License-Identifier: MIT */
#include "datasets/stream/ring.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

struct cph_ring {
    size_t slots;
    cph_ring_fill *fill;
    void *context;
    bool threaded;
    pthread_t thread;

    pthread_mutex_t lock; /* of all that follows */
    pthread_cond_t filled,
        emptied;       /* one waits: the caller for the first, the thread for the other */
    size_t put, taken; /* slots filled, slots given back; put - taken <= slots */
    bool held;         /* the caller has slot taken % slots */
    bool waiting;      /* the caller wants the next one */
    bool ended, stop;
    cph_status status;
    cph_error error;
};

/* Fills one slot outside the lock; false when it was the last. */
static bool fill_one(cph_ring *r)
{
    cph_error error = {.status = CPH_OK};
    bool more = true;
    const cph_status status = r->fill(r->context, r->put % r->slots, &more, &error);
    pthread_mutex_lock(&r->lock);
    if (status == CPH_OK && more) {
        r->put++;
    } else {
        r->ended = true;
        r->status = status;
        r->error = error;
    }
    pthread_cond_signal(&r->filled);
    const bool go_on = !r->ended;
    pthread_mutex_unlock(&r->lock);
    return go_on;
}

static bool wait_for_room(cph_ring *r)
{
    pthread_mutex_lock(&r->lock);
    while (!r->stop && r->put - r->taken == r->slots)
        pthread_cond_wait(&r->emptied, &r->lock);
    const bool go_on = !r->stop;
    pthread_mutex_unlock(&r->lock);
    return go_on;
}

static void *run(void *context)
{
    cph_ring *r = context;
    while (wait_for_room(r) && fill_one(r)) {
    }
    return NULL;
}

/* Signals are for the threads of the caller. */
static bool start(cph_ring *r)
{
    sigset_t all, before;
    sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
        return false;
    const bool started = pthread_create(&r->thread, NULL, run, r) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

cph_status cph_ring_open(size_t slots, cph_ring_fill *fill, void *context, cph_ring **ring)
{
    cph_ring *r = calloc(1, sizeof *r);
    if (r == NULL)
        return CPH_ERR_MEMORY;
    r->slots = slots;
    r->fill = fill;
    r->context = context;
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->filled, NULL);
    pthread_cond_init(&r->emptied, NULL);
    *ring = r; /* before the thread runs, which may want it */
    r->threaded = slots > 1 && start(r);
    return CPH_OK;
}

cph_status cph_ring_next(cph_ring *r, size_t *slot, bool *more, cph_error *error)
{
    pthread_mutex_lock(&r->lock);
    if (r->held) {
        r->taken++;
        r->held = false;
    }
    r->waiting = true;
    pthread_cond_signal(&r->emptied);
    const bool fill = !r->threaded && !r->ended;
    pthread_mutex_unlock(&r->lock);
    if (fill)
        (void)fill_one(r);
    pthread_mutex_lock(&r->lock);
    while (r->put == r->taken && !r->ended)
        pthread_cond_wait(&r->filled, &r->lock);
    *more = r->held = r->put > r->taken;
    r->waiting = false;
    *slot = r->taken % r->slots;
    const cph_status status = r->held ? CPH_OK : r->status;
    if (status != CPH_OK && error != NULL)
        *error = r->error;
    pthread_mutex_unlock(&r->lock);
    return status;
}

bool cph_ring_drain(cph_ring *r)
{
    pthread_mutex_lock(&r->lock);
    while (!r->stop && !(r->waiting && r->put == r->taken))
        pthread_cond_wait(&r->emptied, &r->lock);
    const bool go_on = !r->stop;
    pthread_mutex_unlock(&r->lock);
    return go_on;
}

void cph_ring_close(cph_ring *r)
{
    if (r == NULL)
        return;
    pthread_mutex_lock(&r->lock);
    r->stop = true;
    pthread_cond_signal(&r->emptied);
    pthread_mutex_unlock(&r->lock);
    if (r->threaded)
        pthread_join(r->thread, NULL);
    pthread_cond_destroy(&r->emptied);
    pthread_cond_destroy(&r->filled);
    pthread_mutex_destroy(&r->lock);
    free(r);
}
