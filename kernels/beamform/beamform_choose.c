/* SPDX-License-Identifier: MIT */
#include "kernels/core/kernels.h"

/* ---- kernels ---- */

static const struct row {
    cph_beamform_regime regime;
    cph_type type;
    cph_beamform_arithmetic arithmetic;
    enum cph_kernel_index kernel;
    cph_beamform_fn *scalar;
} rows[] = {
#define ROW(regime, type, arithmetic, k)                                                           \
    {                                                                                              \
        CPH_BEAMFORM_##regime, CPH_##type, CPH_BEAMFORM_##arithmetic, CPH_KERNEL_##k,              \
            cph_##k##_scalar                                                                       \
    }
    ROW(ROWS, C8, I8, beamform_rows_c8_i8),
    ROW(ROWS, C8, I16, beamform_rows_c8_i16),
    ROW(ROWS, C16, I16, beamform_rows_c16_i16),
    ROW(ROWS, C8, F32, beamform_rows_c8_f32),
    ROW(ROWS, C16, F32, beamform_rows_c16_f32),
    ROW(ROWS, C32, F32, beamform_rows_c32_f32),
    ROW(COLUMNS, C8, I8, beamform_columns_c8_i8),
    ROW(COLUMNS, C8, I16, beamform_columns_c8_i16),
    ROW(COLUMNS, C8, BF16, beamform_columns_c8_bf16),
    ROW(COLUMNS, C16, I16, beamform_columns_c16_i16),
    ROW(COLUMNS, C8, F32, beamform_columns_c8_f32),
    ROW(COLUMNS, C16, F32, beamform_columns_c16_f32),
    ROW(COLUMNS, C32, F32, beamform_columns_c32_f32),
#undef ROW
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static const struct row *find(cph_beamform_regime regime, cph_type type,
                              cph_beamform_arithmetic arithmetic)
{
    for (const struct row *row = rows; row < rows + ROWS; row++)
        if (row->regime == regime && row->type == type && row->arithmetic == arithmetic)
            return row;
    return NULL;
}

static cph_beamform_fn *variant(const struct row *row, const cph_beamform_choice *choice)
{
#ifdef CPH_CORE
    (void)choice;
#else
    if (choice == NULL)
        return (cph_beamform_fn *)cph_kernel_bound(row->kernel);
    for (unsigned isa = choice->isa; isa > CPH_ISA_SCALAR; isa--) {
        cph_any_fn *const fn = cph_kernel_variant(row->kernel, (cph_isa)isa);
        if (fn != NULL)
            return (cph_beamform_fn *)fn;
    }
#endif
    return row->scalar;
}

/* ---- arithmetic ---- */

/* Two planes of int16 take twice the products of floats, and as many bytes of weights; many beams
 * of few elements are mostly finished, which is less work for floats. Integers are for beams of
 * integers, which floats round. */
static bool faster_as_floats(const cph_beamform_plan *plan)
{
    enum { FEW = 8, MANY = 48 };
    const bool short_sums = plan->elements <= FEW && plan->beams >= MANY;
    return (plan->type == CPH_C16 || short_sums) && plan->weight_bits == 16 &&
           plan->output == CPH_C32;
}

static bool suits(const cph_beamform_plan *plan, cph_beamform_arithmetic arithmetic)
{
    switch (arithmetic) {
    case CPH_BEAMFORM_I8:
        return plan->type == CPH_C8 && plan->weight_bits == 8;
    case CPH_BEAMFORM_BF16:
        return plan->type == CPH_C8 && plan->weight_bits <= 16;
    case CPH_BEAMFORM_I16:
        return plan->weight_bits <= 16;
    default:
        return plan->weight_bits == 32 || faster_as_floats(plan);
    }
}

/* Products of int8 are for sets that sum four of them at once; others widen. */
static cph_beamform_arithmetic best(const cph_beamform_plan *plan,
                                    const cph_beamform_choice *choice)
{
    if (plan->weight_bits == 32 || faster_as_floats(plan))
        return CPH_BEAMFORM_F32;
    const struct row *const row = find(CPH_BEAMFORM_COLUMNS, CPH_C8, CPH_BEAMFORM_I8);
    return suits(plan, CPH_BEAMFORM_I8) && variant(row, choice) != row->scalar ? CPH_BEAMFORM_I8
                                                                               : CPH_BEAMFORM_I16;
}

/* ---- regime ---- */

/* By measurement of the float kernels: ROWS take 1.1 times as long for a product, and for a row as
 * long as for 48 elements more; COLUMNS take a group of 8 beams whole. */
static bool rows_of_floats(const cph_beamform_plan *plan)
{
    const size_t group = CPH_BEAMFORM_GROUP;
    const float taken = (float)((plan->beams + group - 1) / group * group);
    const float n = (float)plan->elements;
    return 1.1f * (float)plan->beams * (n + 48.0f) < taken * n;
}

/* Integers: up to how many beams lanes along the elements are faster, from so many elements on:
 * measured on a core with AVX-512 VNNI. A group of 8 beams takes the same time however few of them
 * are in use, and few elements leave lanes empty or are soon summed over. */
static const struct limit {
    cph_beamform_arithmetic arithmetic;
    unsigned planes;
    size_t elements, beams;
} limits[] = {
    {CPH_BEAMFORM_I8, 1, 64, 1},   {CPH_BEAMFORM_I8, 1, 192, 3},  {CPH_BEAMFORM_I8, 1, 512, 6},
    {CPH_BEAMFORM_I16, 1, 24, 1},  {CPH_BEAMFORM_I16, 1, 64, 2},  {CPH_BEAMFORM_I16, 1, 192, 4},
    {CPH_BEAMFORM_I16, 1, 512, 7}, {CPH_BEAMFORM_I16, 2, 24, 1},  {CPH_BEAMFORM_I16, 2, 64, 2},
    {CPH_BEAMFORM_I16, 2, 192, 4}, {CPH_BEAMFORM_I16, 2, 512, 5},
};

static cph_beamform_regime faster(const cph_beamform_plan *plan, unsigned planes)
{
    if (plan->arithmetic == CPH_BEAMFORM_F32)
        return rows_of_floats(plan) ? CPH_BEAMFORM_ROWS : CPH_BEAMFORM_COLUMNS;
    size_t most = 0;
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
        if (limits[i].arithmetic == plan->arithmetic && limits[i].planes == planes &&
            limits[i].elements <= plan->elements)
            most = limits[i].beams;
    return plan->beams <= most ? CPH_BEAMFORM_ROWS : CPH_BEAMFORM_COLUMNS;
}

/* One plane of BF16 is faster than widening to int16, where nothing sums int8 at once. */
static bool gains_by_bf16(const cph_beamform_plan *plan, const cph_beamform_choice *choice)
{
    const struct row *const row = find(CPH_BEAMFORM_COLUMNS, CPH_C8, CPH_BEAMFORM_BF16);
    return plan->regime == CPH_BEAMFORM_COLUMNS && plan->type == CPH_C8 && plan->weight_bits == 8 &&
           plan->arithmetic == CPH_BEAMFORM_I16 && variant(row, choice) != row->scalar;
}

cph_status cph_beamform_choose(cph_beamform_plan *plan, const cph_beamform_choice *choice)
{
    const cph_beamform_arithmetic wanted = choice != NULL ? choice->arithmetic : CPH_BEAMFORM_ANY;
    plan->arithmetic = wanted != CPH_BEAMFORM_ANY ? wanted : best(plan, choice);
    plan->regime = choice != NULL ? choice->regime : CPH_BEAMFORM_AUTO;
    if (!suits(plan, plan->arithmetic))
        return CPH_ERR_UNSUPPORTED;
    if (plan->arithmetic == CPH_BEAMFORM_F32)
        plan->weight_bits = 32;
    const bool split = plan->weight_bits == 16 &&
                       (plan->arithmetic == CPH_BEAMFORM_BF16 ||
                        (plan->arithmetic == CPH_BEAMFORM_I16 && plan->type == CPH_C16));
    if (plan->regime == CPH_BEAMFORM_AUTO) {
        plan->regime = faster(plan, split ? 2 : 1);
        if (find(plan->regime, plan->type, plan->arithmetic) == NULL)
            plan->regime = CPH_BEAMFORM_ROWS;
    }
    if (wanted == CPH_BEAMFORM_ANY && gains_by_bf16(plan, choice))
        plan->arithmetic = CPH_BEAMFORM_BF16;
    const struct row *const row = find(plan->regime, plan->type, plan->arithmetic);
    if (row == NULL)
        return CPH_ERR_UNSUPPORTED;
    const bool pairs = plan->arithmetic == CPH_BEAMFORM_F32 && plan->regime == CPH_BEAMFORM_COLUMNS;
    plan->planes = split || pairs ? 2 : 1;
    plan->kernel = variant(row, choice);
    return CPH_OK;
}
