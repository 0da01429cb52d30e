/* SPDX-License-Identifier: MIT */
/** @file jones_inverse.h
 *  Gains and leakages taken out of data with both inputs of an antenna: J^-1 R J^-H for observed =
 *  J * true, J = diag(g) (1 + D) with leakages d_x, d_y off the diagonal of D (jones.h):
 *  J^-1 = {{1, -d_x}, {-d_y, 1}} diag(1/g) / (1 - d_x d_y), Cramer's rule. */
#ifndef COPHASE_JONES_INVERSE_H
#define COPHASE_JONES_INVERSE_H

#include <stdbool.h>
#include <stddef.h>

#include "cophase/array.h"
#include "cophase/flags.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

/** Most products of a row of visibilities. */
enum { CPH_JONES_PRODUCTS = 4 };

/** What an inverse takes out of an input. */
typedef enum cph_jones_part {
    CPH_JONES_NOTHING = 0,
    CPH_JONES_GAIN = 1, /**< its gain alone */
    CPH_JONES_WHOLE = 2 /**< its leakage, too */
} cph_jones_part;

/** Inverses of the Jones matrices of an array at one time and frequency. */
typedef struct cph_jones_inverse {
    size_t inputs;         /**< N */
    const size_t *partner; /**< [N] the other input of the same antenna, partner[partner[n]] = n, or
                                SIZE_MAX: there is none */
    cph_c64 *row; /**< [N][2] row of J^-1: what is taken of the input itself, and of its partner (0
                       where there is none) */
} cph_jones_inverse;

/** partner [array->elements]: of inputs with one number, that of the other polarisation, X or Y. Of
 *  several with one number and polarisation the first has a partner alone. ARGUMENT. */
CPH_MUST_CHECK CPH_API cph_status cph_jones_partners(const cph_array *array, size_t *partner);

/** Fills inverse->row from gain [N], not 0 and finite, leakage [N], of X J_xy/J_xx and of Y
 *  J_yx/J_yy, NaN unknown, and flag [N], cph_flag. An input whose partner is flagged or missing, or
 *  whose leakage or partner's leakage is unknown, is divided by its gain alone, as are flagged
 *  ones. Antennas whose rows of 1 + D have an angle between them with a sine below 0.3, as its
 *  inverse would raise noise as gains do that are below 0.3 of the others, are flagged WEAK, both
 *  inputs. part [N] (may be NULL): cph_jones_part of each. Errors of a row: some 10 eps / 0.3 of
 *  its length. ARGUMENT for NULL, or a partner out of range; nothing has changed then. Arrays must
 *  not overlap. */
CPH_MUST_CHECK CPH_API cph_status cph_jones_invert(const cph_jones_inverse *inverse,
                                                   const cph_c64 *gain, const cph_c64 *leakage,
                                                   unsigned char *flag, unsigned char *part);

/** Inputs p whose row takes something of their partner, or whose partner's takes of them. */
CPH_API bool cph_jones_is_mixed(const cph_jones_inverse *inverse, size_t input);

/** r [N][N], p the row, becomes J^-1 r J^-H, in place; what a NaN is part of becomes NaN. Where r
 *  has no diagonal (has_diagonal false), the products X with Y of antennas that mix are NaN, as
 *  they need their inputs' powers. ARGUMENT. */
CPH_MUST_CHECK CPH_API cph_status cph_jones_undo_matrix(const cph_jones_inverse *inverse,
                                                        bool has_diagonal, cph_c64 *r);

/** The same of the products that a row of visibilities has at one frequency: product k of 1 to
 *  CPH_JONES_PRODUCTS is E[x_p conj(x_q)] with p, q = input [2 k], [2 k + 1], in place. Where a
 *  flagged one (flag [products] not 0) is part of another with a share that is not 0, that becomes
 *  flagged. MISSING, and nothing changed, where a product is not there that another one needs;
 *  ARGUMENT. */
CPH_MUST_CHECK CPH_API cph_status cph_jones_undo_products(const cph_jones_inverse *inverse,
                                                          size_t products, const size_t *input,
                                                          cph_c64 *visibility, unsigned char *flag);

CPH_END_DECLS

#endif
