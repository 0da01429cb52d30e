/* SPDX-License-Identifier: MIT */
/* A link with two known phases gives the third. Where no link has two, a phase is called theta and
 * taken for known; links that close loops then say what they can about the thetas. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "calib/coupling.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

enum { KINDS = 3, NO_LINK = UINT32_MAX };
/* Steps of lattices are small; these would no longer add exactly. */
static const int64_t largest_step = (int64_t)1 << 40;

typedef struct walk {
    cph_coupling_net *net;
    size_t *start;        /* [unknowns + 1] */
    uint32_t *member;     /* [3 links] links of each unknown */
    unsigned char *known; /* [links] how many of its unknowns */
    bool *seen;           /* [unknowns] */
    uint32_t *queue;      /* [links] with two known, in the order they came */
    size_t head, tail;
    struct {
        uint32_t unknown, link;
    } * visit; /* [unknowns] in the order they became known; NO_LINK: a theta */
    size_t visits;
} walk;

static void walk_free(walk *w)
{
    free(w->start);
    free(w->member);
    free(w->known);
    free(w->seen);
    free(w->queue);
    free(w->visit);
}

static bool walk_open(walk *w)
{
    const cph_coupling_net *const t = w->net;
    w->start = calloc(t->unknowns + 2, sizeof *w->start);
    w->member = calloc(t->links, KINDS * sizeof *w->member);
    w->known = calloc(t->links, sizeof *w->known);
    w->seen = calloc(t->unknowns, sizeof *w->seen);
    w->queue = calloc(t->links, sizeof *w->queue);
    w->visit = calloc(t->unknowns, sizeof *w->visit);
    if (w->start == NULL || w->member == NULL || w->known == NULL || w->seen == NULL ||
        w->queue == NULL || w->visit == NULL)
        return false;
    for (size_t l = 0; l < t->links; l++)
        for (int k = 0; k < KINDS; k++)
            w->start[t->link[l].unknown[k] + 2]++;
    for (size_t u = 0; u < t->unknowns; u++)
        w->start[u + 2] += w->start[u + 1];
    for (size_t l = 0; l < t->links; l++)
        for (int k = 0; k < KINDS; k++)
            w->member[w->start[t->link[l].unknown[k] + 1]++] = (uint32_t)l;
    return true;
}

static void mark(walk *w, uint32_t unknown, uint32_t link)
{
    w->visit[w->visits].unknown = unknown;
    w->visit[w->visits++].link = link;
    w->seen[unknown] = true;
    w->net->thetas += link == NO_LINK;
    for (size_t i = w->start[unknown]; i < w->start[unknown + 1]; i++)
        if (++w->known[w->member[i]] == KINDS - 1)
            w->queue[w->tail++] = w->member[i];
}

static void follow(walk *w)
{
    while (w->head < w->tail) {
        const uint32_t l = w->queue[w->head++];
        for (int k = 0; k < KINDS; k++)
            if (!w->seen[w->net->link[l].unknown[k]])
                mark(w, w->net->link[l].unknown[k], l);
    }
}

/* A link that is known in part, or not at all; false: all are known. */
static bool find_stuck(const walk *w, uint32_t *unknown)
{
    static const int order[KINDS] = {1, 0, 2};
    for (int count = 1; count >= 0; count--)
        for (size_t l = 0; l < w->net->links; l++)
            if (w->known[l] == count)
                for (int i = 0; i < KINDS; i++) {
                    *unknown = w->net->link[l].unknown[order[i]];
                    if (!w->seen[*unknown])
                        return true;
                }
    return false;
}

static int64_t *step_of(const cph_coupling_net *t, uint32_t unknown)
{
    return t->step + (size_t)unknown * t->thetas;
}

/* The sum over a link's unknowns but one (NULL: none left out). */
static double sum_of(const cph_coupling_net *t, const cph_coupling_link *link, uint32_t but,
                     int64_t *step)
{
    double phase = 0.0;
    memset(step, 0, t->thetas * sizeof *step);
    for (int k = 0; k < KINDS; k++) {
        const uint32_t u = link->unknown[k];
        if (u == but)
            continue;
        phase += t->phase[u];
        for (size_t i = 0; i < t->thetas; i++)
            step[i] += step_of(t, u)[i];
    }
    return phase;
}

/* Phases and steps in the order of the visits. */
static cph_status replay(const walk *w)
{
    cph_coupling_net *const t = w->net;
    size_t theta = 0;
    for (size_t v = 0; v < w->visits; v++) {
        const uint32_t u = w->visit[v].unknown, l = w->visit[v].link;
        int64_t *const step = step_of(t, u);
        if (l == NO_LINK) {
            t->theta_at[theta] = u;
            step[theta++] = 1;
            continue;
        }
        const cph_c64 s = t->link[l].s;
        t->phase[u] = remainder(atan2(s.im, s.re) - sum_of(t, &t->link[l], u, step), 2.0 * M_PI);
        for (size_t i = 0; i < t->thetas; i++) {
            step[i] = -step[i];
            if (llabs(step[i]) > largest_step)
                return CPH_ERR_SINGULAR;
        }
    }
    return CPH_OK;
}

/* Makes the first step of a row positive; false: all are 0. */
static bool turn(size_t count, int64_t *step, cph_c64 *phasor)
{
    size_t first = 0;
    while (first < count && step[first] == 0)
        first++;
    if (first == count)
        return false;
    if (step[first] < 0) {
        for (size_t i = first; i < count; i++)
            step[i] = -step[i];
        phasor->im = -phasor->im;
    }
    return true;
}

typedef struct table {
    size_t count, room;
    int64_t *row;    /* [room][thetas] */
    cph_c64 *phasor; /* [room] */
} table;

static bool grow(table *t, size_t thetas)
{
    size_t room, bytes;
    if (t->count < t->room)
        return true;
    if (!cph_size_mul(t->room + 8, 2, &room) || !cph_size_mul(room, thetas, &bytes) ||
        !cph_size_mul(bytes, sizeof *t->row, &bytes))
        return false;
    int64_t *const row = realloc(t->row, bytes);
    if (row == NULL)
        return false;
    t->row = row;
    cph_c64 *const phasor = realloc(t->phasor, room * sizeof *phasor);
    if (phasor == NULL)
        return false;
    t->phasor = phasor;
    t->room = room;
    return true;
}

/* Every link says sum step theta = phase of S less the phases; equal sums are averaged. */
static bool collect(const cph_coupling_net *t, table *e, int64_t *step)
{
    for (size_t l = 0; l < t->links; l++) {
        const double phase = sum_of(t, &t->link[l], NO_LINK, step);
        cph_c64 off = cph_c64_mul(t->link[l].s, (cph_c64){cos(phase), -sin(phase)});
        if (!turn(t->thetas, step, &off))
            continue;
        size_t i = 0;
        while (i < e->count && memcmp(e->row + i * t->thetas, step, t->thetas * sizeof *step) != 0)
            i++;
        if (i == e->count) {
            if (!grow(e, t->thetas))
                return false;
            memcpy(e->row + i * t->thetas, step, t->thetas * sizeof *step);
            e->phasor[i] = (cph_c64){0.0, 0.0};
            e->count++;
        }
        e->phasor[i] = cph_c64_add(e->phasor[i], off);
    }
    return true;
}

static cph_status close_loops(cph_coupling_net *t)
{
    table e = {0};
    int64_t *const step = calloc(t->thetas, sizeof *step);
    cph_status status = CPH_ERR_MEMORY;
    if (step != NULL && collect(t, &e, step)) {
        t->value = calloc(e.count + 1, sizeof *t->value);
        t->pivot = calloc(t->thetas, sizeof *t->pivot);
        if (t->value != NULL && t->pivot != NULL) {
            for (size_t i = 0; i < e.count; i++)
                t->value[i] = atan2(e.phasor[i].im, e.phasor[i].re);
            t->equation = e.row;
            e.row = NULL;
            status = cph_coupling_reduce(t, e.count);
        }
    }
    free(step);
    free(e.row);
    free(e.phasor);
    return status;
}

cph_status cph_coupling_walk(cph_coupling_net *net)
{
    walk w = {.net = net};
    cph_status status = CPH_ERR_MEMORY;
    uint32_t unknown;
    if (walk_open(&w)) {
        while (find_stuck(&w, &unknown)) {
            mark(&w, unknown, NO_LINK);
            follow(&w);
        }
        size_t count;
        if (!cph_size_mul(net->unknowns, net->thetas, &count) ||
            !cph_size_mul(count, sizeof *net->step, &count)) {
            status = CPH_ERR_OVERFLOW;
        } else {
            net->step = calloc(1, count + 1);
            net->phase = calloc(net->unknowns, sizeof *net->phase);
            net->theta_at = calloc(net->thetas + 1, sizeof *net->theta_at);
            if (net->step != NULL && net->phase != NULL && net->theta_at != NULL)
                status = replay(&w);
        }
        for (size_t u = 0; status == CPH_OK && u < net->unknowns; u++)
            if (!w.seen[u])
                net->x[u] = (cph_c64){(double)NAN, (double)NAN};
    }
    walk_free(&w);
    return status == CPH_OK ? close_loops(net) : status;
}
