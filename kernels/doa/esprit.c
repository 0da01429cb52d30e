/* SPDX-License-Identifier: MIT */
/* ESPRIT: between elements one step apart the signal subspace turns by E2 = E1 Psi, the eigenvalues
 * of Psi being exp(j phase of the step). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"
#include "kernels/doa/doa_lattice.h"
#include "kernels/doa/doa_small.h"

typedef struct esprit {
    const cph_doa *doa;
    cph_doa_lattice lattice;
    size_t sources;
    cph_doa_fit fit;
    size_t pairs;
    size_t *pair;     /* [n][2] */
    cph_c64 *rows;    /* [n][2 S] E1 and E2 side by side, or E1, then E2 */
    cph_c64 *psi[2];  /* [S][S], one of a line */
    cph_c64 *vector;  /* [S][S] that both share, columns */
    cph_c64 *scratch; /* [2 S][2 S] */
    cph_c64 *value;   /* [S] */
} esprit;

/* Live elements one step apart. */
static void find_pairs(esprit *e, int along)
{
    const int32_t step[2] = {along == 0, along == 1};
    const int32_t *site = e->lattice.site;
    e->pairs = 0;
    for (size_t p = 0; p < e->doa->frame.n; p++)
        for (size_t q = 0; q < e->doa->frame.n; q++)
            if (site[2 * q] - site[2 * p] == step[0] &&
                site[2 * q + 1] - site[2 * p + 1] == step[1]) {
                e->pair[2 * e->pairs] = p;
                e->pair[2 * e->pairs++ + 1] = q;
            }
}

/* Part k of the signal subspace in an element, its gain taken out. */
static cph_c64 signal(const esprit *e, size_t element, size_t k)
{
    const cph_c64 g = e->doa->frame.gain[element];
    const cph_c64 x = e->doa->vector[k * e->doa->frame.n + element];
    return cph_c64_scale(1.0 / cph_c64_power(g), cph_c64_mulc(x, g));
}

static cph_status total_least_squares(esprit *e, cph_c64 *psi)
{
    const size_t s = e->sources, wide = 2 * s;
    for (size_t i = 0; i < e->pairs; i++)
        for (size_t k = 0; k < wide; k++)
            e->rows[i * wide + k] = signal(e, e->pair[2 * i + k / s], k % s);
    cph_status status = cph_doa_right_vectors(e->pairs, wide, e->rows, e->scratch);
    if (status != CPH_OK)
        return status;
    /* The least S span [Va; Vb] with E1 Va + E2 Vb = 0: Psi = -Va Vb^-1, solved transposed. vh
     * holds them conjugate, one a row: Va^T = conj of its left part. */
    cph_c64 *vb = e->rows, *va = e->rows + s * s;
    for (size_t i = 0; i < s; i++)
        for (size_t k = 0; k < s; k++) {
            va[i * s + k] = cph_c64_scale(-1.0, cph_c64_conj(e->scratch[(s + i) * wide + k]));
            vb[i * s + k] = cph_c64_conj(e->scratch[(s + i) * wide + s + k]);
        }
    status = cph_doa_solve(s, vb, s, va);
    for (size_t i = 0; i < s && status == CPH_OK; i++)
        for (size_t k = 0; k < s; k++)
            psi[i * s + k] = va[k * s + i];
    return status;
}

static cph_status least_squares(esprit *e, cph_c64 *psi)
{
    const size_t s = e->sources;
    cph_c64 *one = e->rows, *two = e->rows + e->pairs * s;
    for (size_t i = 0; i < e->pairs; i++)
        for (size_t k = 0; k < s; k++) {
            one[i * s + k] = signal(e, e->pair[2 * i], k);
            two[i * s + k] = signal(e, e->pair[2 * i + 1], k);
        }
    const cph_status status = cph_doa_least_squares(e->pairs, s, one, s, two);
    if (status == CPH_OK)
        memcpy(psi, two, s * s * sizeof *psi);
    return status;
}

static cph_status turn(esprit *e, int along, cph_error *error)
{
    find_pairs(e, along);
    if (e->pairs < e->sources)
        return cph_fail(error, CPH_ERR_TOO_FEW,
                        "ESPRIT of %zu sources needs as many pairs of live elements one step "
                        "apart: there are %zu",
                        e->sources, e->pairs);
    const cph_status status = e->fit == CPH_DOA_TOTAL_LEAST_SQUARES
                                  ? total_least_squares(e, e->psi[along])
                                  : least_squares(e, e->psi[along]);
    return status == CPH_OK
               ? CPH_OK
               : cph_fail(error, status, "the subspace of %zu sources determines no directions: %s",
                          e->sources, cph_status_name(status));
}

/* ---- pairing ---- */

/* out = psi[0] + beta psi[1] */
static void combine(const esprit *e, double beta, cph_c64 *out)
{
    for (size_t i = 0; i < e->sources * e->sources; i++)
        out[i] = e->lattice.line ? e->psi[0][i]
                                 : cph_c64_add(e->psi[0][i], cph_c64_scale(beta, e->psi[1][i]));
}

static double least_distance(size_t count, const cph_c64 *value)
{
    double least = INFINITY;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i; k++)
            least = fmin(least, cph_c64_power(cph_c64_sub(value[i], value[k])));
    return least;
}

/* Eigenvectors of the combination whose eigenvalues are furthest apart: any that has no two equal
 * ones has the eigenvectors of both. */
static cph_status share(esprit *e)
{
    static const double betas[] = {0.618, -1.37, 2.41};
    double widest = -1.0, beta = betas[0];
    for (size_t i = 0; i < sizeof betas / sizeof *betas && !e->lattice.line; i++) {
        combine(e, betas[i], e->scratch);
        const cph_status status = cph_doa_eigen(e->sources, e->scratch, e->value, NULL);
        if (status != CPH_OK)
            return status;
        if (least_distance(e->sources, e->value) > widest) {
            widest = least_distance(e->sources, e->value);
            beta = betas[i];
        }
    }
    combine(e, beta, e->scratch);
    return cph_doa_eigen(e->sources, e->scratch, e->value, e->vector);
}

/* phase[s * 2 + along] from the diagonal of X^-1 Psi X. */
static cph_status phases(esprit *e, size_t along, double *phase)
{
    const size_t s = e->sources;
    cph_c64 *product = e->scratch, *x = e->scratch + s * s;
    for (size_t i = 0; i < s; i++)
        for (size_t k = 0; k < s; k++) {
            cph_c64 sum = {0.0, 0.0};
            for (size_t m = 0; m < s; m++)
                sum = cph_c64_add(sum, cph_c64_mul(e->psi[along][i * s + m], e->vector[m * s + k]));
            product[i * s + k] = sum;
        }
    memcpy(x, e->vector, s * s * sizeof *x);
    const cph_status status = cph_doa_solve(s, x, s, product);
    for (size_t i = 0; i < s && status == CPH_OK; i++)
        phase[2 * i + along] = atan2(product[i * s + i].im, product[i * s + i].re);
    return status;
}

static cph_status solve(esprit *e, double *phase, cph_error *error)
{
    cph_status status = turn(e, 0, error);
    if (status == CPH_OK && !e->lattice.line)
        status = turn(e, 1, error);
    if (status != CPH_OK)
        return status;
    status = share(e);
    for (size_t along = 0; along < (e->lattice.line ? 1 : 2) && status == CPH_OK; along++)
        status = phases(e, along, phase);
    return status == CPH_OK ? CPH_OK
                            : cph_fail(error, status, "phases of %zu sources: %s", e->sources,
                                       cph_status_name(status));
}

static cph_status run(esprit *e, double *direction, size_t *found, cph_error *error)
{
    const size_t n = e->doa->frame.n, s = e->sources;
    size_t bytes = 0, at[7], wide;
    if (!cph_size_mul(2 * n, 2 * s, &wide) || !cph_size_place(&bytes, 2 * n, sizeof(size_t), at) ||
        !cph_size_place(&bytes, wide, sizeof(cph_c64), &at[1]) ||
        !cph_size_place(&bytes, s * s, sizeof(cph_c64), &at[2]) ||
        !cph_size_place(&bytes, s * s, sizeof(cph_c64), &at[3]) ||
        !cph_size_place(&bytes, s * s, sizeof(cph_c64), &at[4]) ||
        !cph_size_place(&bytes, 4 * s * s + s, sizeof(cph_c64), &at[5]) ||
        !cph_size_place(&bytes, s, 2 * sizeof(double), &at[6]))
        return cph_fail(error, CPH_ERR_OVERFLOW, "ESPRIT of %zu elements", n);
    void *memory = calloc(1, bytes);
    if (memory == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "ESPRIT of %zu elements: out of memory", n);
    e->pair = cph_size_at(memory, at[0]);
    e->rows = cph_size_at(memory, at[1]);
    e->psi[0] = cph_size_at(memory, at[2]);
    e->psi[1] = cph_size_at(memory, at[3]);
    e->vector = cph_size_at(memory, at[4]);
    e->scratch = cph_size_at(memory, at[5]);
    e->value = e->scratch + 4 * s * s;
    double *phase = cph_size_at(memory, at[6]);
    const cph_status status = solve(e, phase, error);
    if (status == CPH_OK) {
        size_t made = 0;
        for (size_t i = 0; i < s; i++)
            made +=
                cph_doa_lattice_direction(e->doa, &e->lattice, phase + 2 * i, direction + 3 * made);
        *found = made;
    }
    free(memory);
    return status;
}

cph_status cph_doa_esprit(const cph_doa *doa, size_t sources, cph_doa_fit fit, double *direction,
                          size_t *found, cph_error *error)
{
    esprit e = {.doa = doa, .sources = sources, .fit = fit};
    if (doa == NULL || direction == NULL || found == NULL || (unsigned)fit >= CPH_DOA_FITS)
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "no covariance, no such fit, or nowhere to put "
                        "directions");
    cph_status status = cph_doa_check_vectors(doa, error);
    if (status == CPH_OK)
        status = cph_doa_check_sources(doa, sources, error);
    if (status == CPH_OK)
        status = cph_doa_lattice_find(doa, &e.lattice, error);
    if (status == CPH_OK)
        status = run(&e, direction, found, error);
    cph_doa_lattice_free(&e.lattice);
    return status;
}
