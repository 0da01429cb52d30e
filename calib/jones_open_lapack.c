/* SPDX-License-Identifier: MIT */
/* What the sky leaves open: K with K M + M K^H = 0 for the M of all baselines. */
#include <lapacke.h>
#include <stdio.h>
#include <string.h>

#include "calib/jones.h"
#include "kernels/core/fail.h"

enum { BASIS = CPH_JONES_OPEN_MOST, MOST = 4, NAMES = 4 };

/* Of the largest eigenvalue: a share of 1e-5 of the flux polarised otherwise is still seen. */
static const double null = 1e-10;
/* Of the square of a generator: what must lie in the open space for its name to hold; for the
 * phase of Y to be the gauge's. */
static const double same = 1.0 - 1e-6, larger_part = 0.5;

static const struct {
    cph_jones_open bit;
    const char *name;
    cph_c64 generator[4]; /* of norm 1 */
} names[NAMES] = {
#define HALF 0.70710678118654752440
    {CPH_JONES_PHASE, "overall phase", {{0, HALF}, {0, 0}, {0, 0}, {0, HALF}}},
    {CPH_JONES_XY_PHASE, "X-Y phase", {{0, HALF}, {0, 0}, {0, 0}, {0, -HALF}}},
    {CPH_JONES_ROTATION, "rotation", {{0, 0}, {HALF, 0}, {-HALF, 0}, {0, 0}}},
    {CPH_JONES_ELLIPTICITY, "ellipticity", {{0, 0}, {0, HALF}, {0, HALF}, {0, 0}}},
#undef HALF
};

/* out [2][2] = K M + M K^H of basis matrix b: 1 or j in one place. */
static void change(size_t b, const cph_c64 *block, cph_c64 *out)
{
    const size_t row = b / 4, column = b / 2 % 2;
    const cph_c64 k = b % 2 == 0 ? (cph_c64){1.0, 0.0} : (cph_c64){0.0, 1.0};
    memset(out, 0, 4 * sizeof *out);
    for (size_t c = 0; c < 2; c++) {
        cph_c64 *const left = out + 2 * row + c, *const right = out + 2 * c + row;
        *left = cph_c64_add(*left, cph_c64_mul(k, block[2 * column + c]));
        *right = cph_c64_add(*right, cph_c64_mulc(block[2 * c + column], k));
    }
}

static void accumulate(const cph_jones_system *s, double gram[BASIS][BASIS])
{
    memset(gram, 0, BASIS * sizeof *gram);
    for (size_t i = 0; i < s->m; i++)
        for (size_t k = i + 1; k < s->m; k++) {
            cph_c64 d[BASIS][4];
            if (!(s->weight[i * s->m + k] > 0.0))
                continue;
            for (size_t b = 0; b < BASIS; b++)
                change(b, cph_jones_block(s, i, k), d[b]);
            for (size_t a = 0; a < BASIS; a++)
                for (size_t b = 0; b < BASIS; b++)
                    gram[a][b] += cph_c64_inner(4, d[a], d[b]).re;
        }
}

/* Square of the part of a matrix of norm 1 that is open. */
static double open_part(const cph_jones_system *s, const cph_c64 *matrix)
{
    double sum = 0.0;
    for (unsigned k = 0; k < s->open; k++) {
        const double along = cph_c64_inner(4, s->generator[k][0], matrix).re;
        sum += along * along;
    }
    return sum;
}

cph_status cph_jones_find_open(cph_jones_system *s)
{
    double gram[BASIS][BASIS], value[BASIS];
    accumulate(s, gram);
    if (LAPACKE_dsyev(LAPACK_ROW_MAJOR, 'V', 'U', BASIS, gram[0], BASIS, value) != 0 ||
        !(value[BASIS - 1] > 0.0))
        return cph_fail(s->error, CPH_ERR_SINGULAR, "the sky model is 0");
    for (s->open = 0; s->open < BASIS && value[s->open] < null * value[BASIS - 1]; s->open++)
        for (size_t b = 0; b < BASIS; b++) {
            cph_c64 *const entry = &s->generator[s->open][b / 4][b / 2 % 2];
            *(b % 2 == 0 ? &entry->re : &entry->im) = gram[b][s->open];
        }
    if (s->open > MOST)
        return cph_fail(s->error, CPH_ERR_SINGULAR,
                        "the sky has one polarisation only: J is not determined");
    for (size_t n = 0; n < NAMES; n++)
        if (open_part(s, names[n].generator) > same)
            s->named |= names[n].bit;
    const double xy = open_part(s, names[1].generator);
    s->y_free = xy > larger_part;
    s->xy_known = xy < 1.0 - same;
    return CPH_OK;
}

void cph_jones_open_name(unsigned open, unsigned named, size_t size, char *text)
{
    size_t at = 0;
    unsigned rest = open;
    if (size == 0)
        return;
    text[0] = '\0';
    for (size_t n = 0; n < NAMES && at < size; n++) {
        if ((named & names[n].bit) == 0)
            continue;
        at += (size_t)snprintf(text + at, size - at, "%s%s", at > 0 ? ", " : "", names[n].name);
        rest -= rest > 0;
    }
    if (rest > 0 && at < size)
        (void)snprintf(text + at, size - at, "%s%u mixture%s of phases and leakage",
                       at > 0 ? ", " : "", rest, rest == 1 ? "" : "s");
}
