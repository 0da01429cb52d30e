/* SPDX-License-Identifier: MIT */
/* What loops say of the open phases, in whole numbers: which gains they join, and how many ways
 * there are to meet them. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "calib/coupling.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

enum { CHOICES_MOST = 4096 };
static const int64_t largest_coefficient = (int64_t)1 << 30;
/* Quotients of small whole numbers differ by more where they differ. */
static const double same = 1e-9;

/* ---- echelon ---- */

static void swap_rows(cph_coupling_net *t, size_t a, size_t b)
{
    const size_t n = t->thetas;
    for (size_t i = 0; i < n; i++) {
        const int64_t x = t->equation[a * n + i];
        t->equation[a * n + i] = t->equation[b * n + i];
        t->equation[b * n + i] = x;
    }
    const double x = t->value[a];
    t->value[a] = t->value[b];
    t->value[b] = x;
}

/* Row a less `times` row b. */
static bool subtract(cph_coupling_net *t, size_t a, size_t b, int64_t times)
{
    const size_t n = t->thetas;
    bool small = true;
    for (size_t i = 0; i < n; i++) {
        t->equation[a * n + i] -= times * t->equation[b * n + i];
        small = small && llabs(t->equation[a * n + i]) < largest_coefficient;
    }
    t->value[a] = remainder(t->value[a] - (double)times * t->value[b], 2.0 * M_PI);
    return small;
}

/* Euclid's algorithm on column c of rows [from, count): the divisor ends in row `from`, zeros
 * below. False: numbers grow too large. */
static bool clear_column(cph_coupling_net *t, size_t c, size_t from, size_t count, bool *found)
{
    const size_t n = t->thetas;
    for (;;) {
        size_t least = SIZE_MAX, others = 0;
        for (size_t r = from; r < count; r++) {
            const int64_t v = llabs(t->equation[r * n + c]);
            if (v == 0)
                continue;
            others++;
            if (least == SIZE_MAX || v < llabs(t->equation[least * n + c]))
                least = r;
        }
        *found = others > 0;
        if (!*found)
            return true;
        swap_rows(t, from, least);
        if (others == 1)
            return true;
        for (size_t r = from + 1; r < count; r++)
            if (!subtract(t, r, from, t->equation[r * n + c] / t->equation[from * n + c]))
                return false;
    }
}

cph_status cph_coupling_reduce(cph_coupling_net *net, size_t candidates)
{
    net->equations = 0;
    for (size_t c = 0; c < net->thetas && net->equations < candidates; c++) {
        bool found;
        if (!clear_column(net, c, net->equations, candidates, &found))
            return CPH_ERR_SINGULAR;
        if (found)
            net->pivot[net->equations++] = c;
    }
    return CPH_OK;
}

/* ---- sub-lattices ---- */

/* The steps of an unknown in those thetas that stay open, [thetas]. */
static void open_steps(const cph_coupling_net *t, size_t unknown, double *out)
{
    const size_t n = t->thetas;
    for (size_t i = 0; i < n; i++)
        out[i] = (double)t->step[unknown * n + i];
    for (size_t e = 0; e < t->equations; e++) {
        const int64_t *const row = t->equation + e * n;
        const double times = out[t->pivot[e]] / (double)row[t->pivot[e]];
        for (size_t i = t->pivot[e]; times != 0.0 && i < n; i++)
            out[i] -= times * (double)row[i];
    }
}

static bool are_same(size_t n, const double *a, const double *b)
{
    for (size_t i = 0; i < n; i++)
        if (fabs(a[i] - b[i]) > same)
            return false;
    return true;
}

/* Unknowns [first, first + N): ratios are known where open steps are the same. */
static void sort_parts(cph_coupling_net *t, int which, double *seen, size_t *size)
{
    const size_t first = (size_t)which * t->elements, n = t->thetas;
    t->parts[which] = t->main[which] = 0;
    for (size_t p = 0; p < t->elements; p++) {
        uint32_t *const part = &t->part[first + p];
        *part = UINT32_MAX;
        if (isnan(t->x[first + p].re))
            continue;
        double *const own = seen + t->parts[which] * n;
        open_steps(t, first + p, own);
        size_t i = 0;
        while (i < t->parts[which] && !are_same(n, seen + i * n, own))
            i++;
        if (i == t->parts[which])
            size[t->parts[which]++] = 0;
        size[i]++;
        *part = (uint32_t)i;
    }
    for (size_t i = 1; i < t->parts[which]; i++)
        if (size[i] > size[t->main[which]])
            t->main[which] = i;
}

cph_status cph_coupling_parts(cph_coupling_net *net)
{
    size_t count;
    if (!cph_size_mul(net->elements + 1, net->thetas + 1, &count))
        return CPH_ERR_OVERFLOW;
    double *const seen = calloc(count + 1, sizeof *seen);
    size_t *const size = calloc(net->elements + 1, sizeof *size);
    net->part = calloc(net->elements + 1, 2 * sizeof *net->part);
    const bool ok = seen != NULL && size != NULL && net->part != NULL;
    for (int which = 0; ok && which < 2; which++)
        sort_parts(net, which, seen, size);
    free(seen);
    free(size);
    return ok ? CPH_OK : CPH_ERR_MEMORY;
}

/* ---- choices ---- */

/* theta for one choice: the open ones are 0; where an equation has a divisor, its multiples of a
 * turn are choices. */
static void solve_theta(const cph_coupling_net *t, size_t choice, double *theta)
{
    memset(theta, 0, t->thetas * sizeof *theta);
    for (size_t e = t->equations; e-- > 0;) {
        const int64_t *const row = t->equation + e * t->thetas;
        const size_t ways = (size_t)llabs(row[t->pivot[e]]);
        double sum = t->value[e] + 2.0 * M_PI * (double)(choice % ways);
        choice /= ways;
        for (size_t i = t->pivot[e] + 1; i < t->thetas; i++)
            sum -= (double)row[i] * theta[i];
        theta[t->pivot[e]] = sum / (double)row[t->pivot[e]];
    }
}

static double phase_of(const cph_coupling_net *t, size_t unknown, const double *theta)
{
    double phase = t->phase[unknown];
    for (size_t i = 0; i < t->thetas; i++)
        phase += (double)t->step[unknown * t->thetas + i] * theta[i];
    return phase;
}

/* |mean of exp(j phase) conj(near)/|near|| over the main sub-lattice: 1 where they differ by one
 * common phase. */
static double agreement(const cph_coupling_net *t, int which, const cph_c64 *near,
                        const double *theta)
{
    const size_t first = (size_t)which * t->elements;
    double re = 0.0, im = 0.0, count = 0.0;
    for (size_t p = 0; p < t->elements; p++) {
        const double wanted = near == NULL ? 0.0 : atan2(near[p].im, near[p].re);
        if (t->part[first + p] != t->main[which] || !isfinite(wanted))
            continue;
        const double off = phase_of(t, first + p, theta) - wanted;
        re += cos(off);
        im += sin(off);
        count += 1.0;
    }
    return count > 0.0 ? hypot(re, im) / count : 0.0;
}

static bool count_choices(cph_coupling_net *t)
{
    t->choices = 1;
    for (size_t e = 0; e < t->equations; e++) {
        const int64_t ways = llabs(t->equation[e * t->thetas + t->pivot[e]]);
        if (ways > CHOICES_MOST || (t->choices *= (size_t)ways) > CHOICES_MOST)
            return false;
    }
    return true;
}

cph_status cph_coupling_choose(cph_coupling_net *net, const cph_c64 *transmit_near,
                               const cph_c64 *receive_near)
{
    if (!count_choices(net))
        return CPH_ERR_SINGULAR;
    double *const theta = calloc(net->thetas + 1, sizeof *theta);
    if (theta == NULL)
        return CPH_ERR_MEMORY;
    double best = -1.0, next = -1.0;
    size_t taken = 0;
    for (size_t c = 0; c < net->choices; c++) {
        solve_theta(net, c, theta);
        const double near = 0.5 * (agreement(net, 0, receive_near, theta) +
                                   agreement(net, 1, transmit_near, theta));
        if (near > best) {
            next = best;
            best = near;
            taken = c;
        } else if (near > next) {
            next = near;
        }
    }
    net->margin = net->choices > 1 ? best - next : 1.0;
    solve_theta(net, taken, theta);
    for (size_t u = 0; u < net->unknowns; u++)
        if (!isnan(net->x[u].re))
            net->x[u] = (cph_c64){0.0, phase_of(net, u, theta)};
    free(theta);
    return CPH_OK;
}
