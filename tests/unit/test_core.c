/* SPDX-License-Identifier: MIT */
/* What every kernel stands on: sizes, names, execution, dispatch. */
#include <CUnit/CUnit.h>
#include <string.h>

#include "cophase/dispatch.h"
#include "cophase/exec.h"
#include "cophase/flags.h"
#include "kernels/core/bits.h"
#include "kernels/core/exec.h"
#include "kernels/core/size.h"
#include "kernels/core/vec3.h"

static void sizes_that_do_not_fit_are_noticed(void)
{
    size_t x = 7;
    CU_ASSERT(cph_size_mul(SIZE_MAX / 3, 3, &x) && x == SIZE_MAX / 3 * 3);
    CU_ASSERT(cph_size_mul(0, SIZE_MAX, &x) && x == 0);
    x = 7;
    CU_ASSERT(!cph_size_mul(SIZE_MAX / 3 + 1, 3, &x));
    CU_ASSERT(!cph_size_add(SIZE_MAX, 1, &x));
    CU_ASSERT(!cph_size_align(SIZE_MAX - 62, 64, &x));
    CU_ASSERT_EQUAL(x, 7);
    CU_ASSERT(cph_size_align(SIZE_MAX - 63, 64, &x) && x == SIZE_MAX - 63);
    CU_ASSERT(cph_size_align(65, 64, &x) && x == 128);
}

static void a_layout_places_parts_at_cache_lines(void)
{
    size_t total = 3, offset = 7;
    CU_ASSERT(cph_size_place(&total, 5, 8, &offset) && offset == 64 && total == 104);
    CU_ASSERT(!cph_size_place(&total, SIZE_MAX / 4, 8, &offset));
    CU_ASSERT(!cph_size_place(&total, SIZE_MAX / 8, 8, &offset));
    CU_ASSERT_EQUAL(offset, 64);
    CU_ASSERT_EQUAL(total, 104);
}

/* The last row need not have the whole stride. */
static void a_matrix_fits_up_to_its_last_item(void)
{
    const size_t half = PTRDIFF_MAX / 2;
    CU_ASSERT(cph_size_matrix(2, half, half, 1));
    CU_ASSERT(!cph_size_matrix(2, half + 1, half + 1, 1));
    CU_ASSERT(cph_size_matrix(2, half + 1, half, 1));
    CU_ASSERT(!cph_size_matrix(1, 3, 4, 1));
    CU_ASSERT(cph_size_matrix(0, SIZE_MAX, 4, 16));
    CU_ASSERT(!cph_size_matrix(SIZE_MAX, SIZE_MAX, 1, 1));
}

static void finite_floats_are_told_from_the_rest(void)
{
    const float zero = 0.0f;
    CU_ASSERT(cph_finite_f32(3.4e38f) && cph_finite_f32(-0.0f) && cph_finite_f32(1e-45f));
    CU_ASSERT(!cph_finite_f32(1.0f / zero) && !cph_finite_f32(-1.0f / zero));
    CU_ASSERT(!cph_finite_f32(zero / zero));
}

/* A rotation in sevenths, unlike its transpose. */
static void a_rotation_turns_and_turns_back(void)
{
    const double m[9] = {2.0 / 7, 3.0 / 7, 6.0 / 7,  -6.0 / 7, -2.0 / 7,
                         3.0 / 7, 3.0 / 7, -6.0 / 7, 2.0 / 7};
    const double v[3] = {1.0, -2.0, 5.0};
    const double forth[3] = {26.0 / 7, 13.0 / 7, 25.0 / 7},
                 back[3] = {29.0 / 7, -23.0 / 7, 10.0 / 7};
    double out[3], same[3];
    CU_ASSERT(cph_is_rotation3(m, 1e-15));
    for (int way = 0; way < 2; way++) {
        memcpy(same, v, sizeof same);
        (way == 0 ? cph_rotate3 : cph_rotate_back3)(m, v, out);
        (way == 0 ? cph_rotate3 : cph_rotate_back3)(m, same, same);
        for (size_t i = 0; i < 3; i++)
            CU_ASSERT_DOUBLE_EQUAL(out[i], (way == 0 ? forth : back)[i], 4e-15);
        CU_ASSERT_EQUAL(memcmp(out, same, sizeof out), 0);
        (way == 0 ? cph_rotate_back3 : cph_rotate3)(m, out, out);
        for (size_t i = 0; i < 3; i++)
            CU_ASSERT_DOUBLE_EQUAL(out[i], v[i], 4e-15);
    }
}

/* Lengths that are not one, and angles that a cosine alone does not tell. */
static void angles_are_accurate_near_their_ends(void)
{
    static const double turn = 3.14159265358979323846;
    const double angle[] = {0.0, 1e-12, 0.3, 1.7, turn - 1e-9, turn};
    for (size_t i = 0; i < sizeof angle / sizeof *angle; i++) {
        const double a[3] = {0.0, 3.0, 0.0};
        const double b[3] = {0.6 * 0.4 * sin(angle[i]), 0.4 * cos(angle[i]),
                             -0.8 * 0.4 * sin(angle[i])};
        CU_ASSERT_DOUBLE_EQUAL(cph_angle3(a, b), angle[i], 1e-15 * (1.0 + angle[i]));
        CU_ASSERT_DOUBLE_EQUAL(cph_angle3(b, a), angle[i], 1e-15 * (1.0 + angle[i]));
    }
}

static void statuses_and_flags_have_names_of_their_own(void)
{
    for (int a = CPH_ERR_INTERRUPTED; a <= CPH_OK; a++)
        for (int b = CPH_ERR_INTERRUPTED; b < a; b++)
            CU_ASSERT(strcmp(cph_status_name((cph_status)a), cph_status_name((cph_status)b)) != 0);
    CU_ASSERT_STRING_EQUAL(cph_status_name((cph_status)(CPH_ERR_INTERRUPTED - 1)),
                           "unknown status");
    CU_ASSERT_STRING_EQUAL(cph_status_name((cph_status)1), "unknown status");
    for (int flag = 0; flag < CPH_FLAG_COUNT; flag++)
        CU_ASSERT_EQUAL((int)cph_flag_parse(cph_flag_name((cph_flag)flag)), flag);
    CU_ASSERT_EQUAL(cph_flag_parse("no such flag"), CPH_FLAG_UNSOLVED);
    CU_ASSERT_EQUAL(cph_flag_parse(NULL), CPH_FLAG_UNSOLVED);
}

enum { ITEMS = 7, MOST_THREADS = 9 };

struct tally {
    unsigned done[ITEMS];
    size_t threads;
    unsigned outside;
};

static void count_items(void *job, size_t begin, size_t end, size_t worker)
{
    struct tally *const tally = job;
    tally->outside += worker >= tally->threads;
    for (size_t i = begin; i < end; i++)
        tally->done[i]++;
}

/* More threads than items, and fewer. */
static void every_item_is_done_once(void)
{
    for (size_t threads = 0; threads <= MOST_THREADS; threads++)
        for (size_t count = 0; count <= ITEMS; count++) {
            cph_exec exec;
            cph_exec_openmp(&exec, threads == 0 ? 1 : threads);
            const cph_exec copy = exec;
            exec = (cph_exec){0};
            struct tally tally = {.threads = copy.threads};
            cph_exec_run(threads == 0 ? NULL : &copy, count, count_items, &tally);
            CU_ASSERT_EQUAL(tally.outside, 0);
            for (size_t i = 0; i < ITEMS; i++)
                CU_ASSERT_EQUAL(tally.done[i], i < count);
        }
}

struct nested {
    const cph_exec *exec;
    unsigned ranges[2];
};

static void count_ranges(void *job, size_t begin, size_t end, size_t worker)
{
    unsigned *const ranges = job;
    (void)worker;
    *ranges += begin == 0 && end == ITEMS;
}

static void run_inside(void *job, size_t begin, size_t end, size_t worker)
{
    struct nested *const nested = job;
    (void)worker;
    for (size_t i = begin; i < end; i++)
        cph_exec_run(nested->exec, ITEMS, count_ranges, &nested->ranges[i]);
}

static void a_parallel_region_is_not_divided_again(void)
{
    cph_exec exec;
    cph_exec_openmp(&exec, 2);
    struct nested nested = {.exec = &exec};
    cph_exec_run(&exec, 2, run_inside, &nested);
    CU_ASSERT_EQUAL(nested.ranges[0], 1);
    CU_ASSERT_EQUAL(nested.ranges[1], 1);
}

static void the_first_dispatch_decides(void)
{
    cph_error error = {.status = CPH_OK};
    CU_ASSERT_EQUAL(cph_dispatch_init("no such set", &error), CPH_ERR_UNSUPPORTED);
    CU_ASSERT_EQUAL(error.status, CPH_ERR_UNSUPPORTED);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "no such set"));
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "scalar"));
    CU_ASSERT_EQUAL(cph_dispatch_init("no such set", NULL), CPH_ERR_UNSUPPORTED);

    const cph_isa used = cph_dispatch_isa();
    CU_ASSERT(cph_isa_available(used) && cph_isa_available(CPH_ISA_SCALAR));
    for (int isa = 0; isa < CPH_ISA_COUNT; isa++) {
        const cph_status expected = !cph_isa_available((cph_isa)isa) ? CPH_ERR_UNSUPPORTED
                                    : isa == (int)used               ? CPH_OK
                                                                     : CPH_ERR_ARGUMENT;
        CU_ASSERT_EQUAL(cph_dispatch_init(cph_isa_name((cph_isa)isa), NULL), expected);
    }
    CU_ASSERT_EQUAL(cph_dispatch_isa(), used);
}

static void kernels_describe_themselves(void)
{
    cph_kernel_info info;
    for (size_t i = 0; i < cph_kernel_count(); i++) {
        CU_ASSERT_EQUAL(cph_kernel_describe(i, &info), CPH_OK);
        CU_ASSERT(info.has[CPH_ISA_SCALAR] && info.has[info.bound] && info.summary[0] != '\0');
        CU_ASSERT(info.bound <= cph_dispatch_isa());
    }
    CU_ASSERT_EQUAL(cph_kernel_describe(cph_kernel_count(), &info), CPH_ERR_ARGUMENT);
    CU_ASSERT_PTR_NULL(cph_isa_name(CPH_ISA_COUNT));
}

CU_TestInfo cph_tests_core[] = {
    {"sizes that do not fit are noticed", sizes_that_do_not_fit_are_noticed},
    {"a layout places parts at cache lines", a_layout_places_parts_at_cache_lines},
    {"a matrix fits up to its last item", a_matrix_fits_up_to_its_last_item},
    {"finite floats are told from the rest", finite_floats_are_told_from_the_rest},
    {"a rotation turns and turns back", a_rotation_turns_and_turns_back},
    {"angles are accurate near their ends", angles_are_accurate_near_their_ends},
    {"statuses and flags have names of their own", statuses_and_flags_have_names_of_their_own},
    {"every item is done once", every_item_is_done_once},
    {"a parallel region is not divided again", a_parallel_region_is_not_divided_again},
    {"the first dispatch decides", the_first_dispatch_decides},
    {"kernels describe themselves", kernels_describe_themselves},
    CU_TEST_INFO_NULL,
};
