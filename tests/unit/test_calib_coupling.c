/* SPDX-License-Identifier: MIT */
/* Gains from the coupling of a lattice's elements. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <string.h>

#include "cophase/coupling_calib.h"
#include "tests/unit/calib_scene.h"
#include "tests/unit/coupling_rig.h"
#include "tests/unit/refusal.h"

static void without_noise_gains_are_exact(void)
{
    static coupling_rig r;
    for (int skewed = 0; skewed < 2; skewed++) {
        coupling_rig_open(&r, 5, 4, skewed, 1.0, 1);
        coupling_rig_fill(&r, 0.0);
        CU_ASSERT_EQUAL_FATAL(coupling_rig_solve(&r), CPH_OK);
        CU_ASSERT(coupling_rig_worst(&r, 0) < 1e-10 && coupling_rig_worst(&r, 1) < 1e-10);
        CU_ASSERT_EQUAL(r.solution.stop, CPH_STOP_CONVERGED);
        CU_ASSERT_EQUAL(r.solution.transmit_parts, 1);
        CU_ASSERT_EQUAL(r.solution.receive_parts, 1);
        CU_ASSERT_EQUAL(r.solution.open, 2);
        CU_ASSERT_EQUAL(r.solution.choices, 4);
        CU_ASSERT_EQUAL(r.solution.links, 380);
        /* Half of the 9 x 7 - 1 displacements of 5 x 4 elements. */
        CU_ASSERT_EQUAL(r.solution.groups, 31);
        CU_ASSERT_EQUAL(r.solution.dof, 380 - (40 + 31 - 2));
        CU_ASSERT(r.solution.sigma < 1e-12 && isnan(r.solution.chi2_dof));
    }
    /* Some pairs were not measured, one element not at all; a reference. */
    coupling_rig_open(&r, 5, 4, false, 1.0, 2);
    coupling_rig_fill(&r, 0.0);
    r.flag[1][7] = CPH_FLAG_DEAD;
    r.s[3 * r.config.ld + 11] = r.s[12 * r.config.ld + 2] = coupling_rig_put(NAN);
    r.config.reference = 2;
    CU_ASSERT_EQUAL_FATAL(coupling_rig_solve(&r), CPH_OK);
    CU_ASSERT(coupling_rig_worst(&r, 0) < 1e-10 && coupling_rig_worst(&r, 1) < 1e-10);
    CU_ASSERT_EQUAL(r.flag[0][7], CPH_FLAG_DEAD);
    CU_ASSERT_EQUAL(r.flag[1][7], CPH_FLAG_DEAD);
    CU_ASSERT(isnan(r.gain[0][7].re) && r.part[0][7] == UINT32_MAX);
    CU_ASSERT_EQUAL(r.gain[1][2].im, 0.0);
    CU_ASSERT_EQUAL(r.phase_sigma[1][2], 0.0);
    CU_ASSERT_EQUAL(r.solution.links, 340);
}

/* Ratios by hand: elements 6 and 8 stand at -x and +x of element 7. */
static void rows_receive_and_columns_transmit(void)
{
    static coupling_rig r;
    coupling_rig_open(&r, 5, 4, false, 1.0, 3);
    coupling_rig_fill(&r, 0.0);
    CU_ASSERT_EQUAL_FATAL(coupling_rig_solve(&r), CPH_OK);
    const double complex heard = scene_get(r.s[6 * r.config.ld + 7]) /
                                 scene_get(r.s[8 * r.config.ld + 7]),
                         sent = scene_get(r.s[7 * r.config.ld + 6]) /
                                scene_get(r.s[7 * r.config.ld + 8]);
    CU_ASSERT(cabs(scene_get(r.gain[0][6]) / scene_get(r.gain[0][8]) - heard) < 1e-10);
    CU_ASSERT(cabs(scene_get(r.gain[1][6]) / scene_get(r.gain[1][8]) - sent) < 1e-10);
    CU_ASSERT(cabs(heard - sent) > 0.1);
}

static void nearest_neighbours_leave_two_colours(void)
{
    static coupling_rig r;
    coupling_rig_open(&r, 5, 3, false, 3.0, 4);
    coupling_rig_fill(&r, 0.0);
    r.config.max_distance_m = 1.2 * COUPLING_PITCH;
    CU_ASSERT_EQUAL_FATAL(coupling_rig_solve(&r), CPH_OK);
    CU_ASSERT_EQUAL(r.solution.receive_parts, 2);
    CU_ASSERT_EQUAL(r.solution.transmit_parts, 2);
    CU_ASSERT_EQUAL(r.solution.open, 3);
    for (size_t p = 0; p < r.n; p++) {
        const size_t colour = (p % 5 + p / 5) % 2;
        CU_ASSERT_EQUAL(r.part[0][p], colour);
        CU_ASSERT_EQUAL(r.flag[1][p], colour == 0 ? CPH_FLAG_NONE : CPH_FLAG_UNSOLVED);
        CU_ASSERT_EQUAL(isnan(r.gain[0][p].re), colour != 0);
        CU_ASSERT_EQUAL(isnan(r.phase_sigma[1][p]), colour != 0);
    }
    /* Whatever their phases, but for the signs that rows and columns may have. */
    memset(r.flag, 0, sizeof r.flag);
    for (size_t p = 0; p < r.n; p++) {
        r.near[0][p] = coupling_rig_put(r.r[p]);
        r.near[1][p] = coupling_rig_put(r.t[p]);
    }
    r.config.receive_near = r.near[0];
    r.config.transmit_near = r.near[1];
    CU_ASSERT_EQUAL_FATAL(coupling_rig_solve(&r), CPH_OK);
    CU_ASSERT(coupling_rig_worst(&r, 0) < 1e-10 && coupling_rig_worst(&r, 1) < 1e-10);
    /* Diagonal neighbours join them. */
    memset(r.flag, 0, sizeof r.flag);
    r.config.max_distance_m = 1.6 * COUPLING_PITCH;
    CU_ASSERT_EQUAL_FATAL(coupling_rig_solve(&r), CPH_OK);
    CU_ASSERT_EQUAL(r.solution.receive_parts, 1);
    CU_ASSERT(coupling_rig_worst(&r, 0) < 1e-10 && coupling_rig_worst(&r, 1) < 1e-10);
}

/* t, r and c of alternating signs make the same S: only what is known before tells them apart. */
static void alternating_signs_are_chosen(void)
{
    static coupling_rig r;
    for (int column = 0; column < 4; column++) {
        coupling_rig_open(&r, 5, 4, false, 3.1, 5);
        for (size_t p = 0; p < r.n; p++) {
            const size_t odd = (column & 1) * (p % 5) + (size_t)(column >> 1) * (p / 5);
            r.near[0][p] = coupling_rig_put((odd % 2 == 0 ? 1.0 : -1.0) * r.r[p] * cexp(0.4 * I));
            r.near[1][p] = coupling_rig_put((odd % 2 == 0 ? 1.0 : -1.0) * r.t[p] * 3.0);
        }
        r.config.receive_near = r.near[0];
        r.config.transmit_near = r.near[1];
        coupling_rig_fill(&r, 0.0);
        CU_ASSERT_EQUAL_FATAL(coupling_rig_solve(&r), CPH_OK);
        CU_ASSERT(r.solution.sigma < 1e-12);
        CU_ASSERT(r.solution.margin > 0.7);
        for (size_t p = 0; p < r.n; p++) {
            r.r[p] = scene_get(r.near[0][p]);
            r.t[p] = scene_get(r.near[1][p]);
        }
        CU_ASSERT(coupling_rig_worst(&r, 0) < 1e-10 && coupling_rig_worst(&r, 1) < 1e-10);
    }
    /* Taken for nearly equal when they are not, the margin says so. */
    r.config.receive_near = r.config.transmit_near = NULL;
    CU_ASSERT_EQUAL_FATAL(coupling_rig_solve(&r), CPH_OK);
    CU_ASSERT(r.solution.margin < 0.4);
}

/* Elements at edges that see another coupling contradict the others, and are left out. */
static void what_is_not_the_same_everywhere(void)
{
    static coupling_rig r;
    coupling_rig_open(&r, 5, 5, false, 1.0, 6);
    coupling_rig_fill(&r, 0.0);
    for (size_t k = 0; k < r.n; k++)
        for (size_t n = 0; n < r.n; n++) {
            const bool edge = k % 5 == 0 || k % 5 == 4 || k / 5 == 0 || k / 5 == 4 || n % 5 == 0 ||
                              n % 5 == 4 || n / 5 == 0 || n / 5 == 4;
            cph_c64 *const s = &r.s[k * r.config.ld + n];
            if (edge)
                *s = coupling_rig_put(scene_get(*s) * (1.0 + 0.2 * cexp(I * (double)(k * n))));
        }
    r.config.sigma = 1e-4;
    CU_ASSERT_EQUAL_FATAL(coupling_rig_solve(&r), CPH_OK);
    CU_ASSERT(coupling_rig_worst(&r, 0) > 0.02);
    CU_ASSERT(r.solution.chi2_dof > 10.0);
    CU_ASSERT_EQUAL(cph_coupling_edges(r.n, r.position, 0.0, 1, r.flag[0]), CPH_OK);
    for (size_t p = 0; p < r.n; p++)
        CU_ASSERT_EQUAL(r.flag[0][p], p % 5 % 4 == 0 || p / 5 % 4 == 0 ? CPH_FLAG_EXCLUDED : 0);
    CU_ASSERT_EQUAL_FATAL(coupling_rig_solve(&r), CPH_OK);
    CU_ASSERT(coupling_rig_worst(&r, 0) < 1e-10 && coupling_rig_worst(&r, 1) < 1e-10);
    CU_ASSERT(r.solution.chi2_dof < 1e-12);
    memset(r.flag, 0, sizeof r.flag);
    CU_ASSERT_EQUAL(cph_coupling_edges(r.n, r.position, 1.2 * COUPLING_PITCH, 2, r.flag[0]),
                    CPH_OK);
    for (size_t p = 0; p < r.n; p++)
        CU_ASSERT_EQUAL(r.flag[0][p] == 0, p == 12);
}

/* ---- refusals ---- */

static void expect_refusal(coupling_rig *r, cph_status expected, const char *words)
{
    static coupling_rig before;
    r->gain[0][0].re = r->solution.sigma = -7.0;
    before = *r;
    is_refused(r, &before, sizeof before, &r->error, coupling_rig_solve(r), expected, words);
}

static void what_is_refused(void)
{
    static coupling_rig r;
    coupling_rig_open(&r, 5, 1, false, 1.0, 30);
    coupling_rig_fill(&r, 0.0);
    r.config.reference = 5;
    expect_refusal(&r, CPH_ERR_ARGUMENT, "reference");
    r.config.reference = SIZE_MAX;
    r.config.max_distance_m = 0.5 * COUPLING_PITCH;
    expect_refusal(&r, CPH_ERR_TOO_FEW, "distances in use");
    r.config.max_distance_m = 0.0;
    r.s[1] = coupling_rig_put(INFINITY);
    expect_refusal(&r, CPH_ERR_NOT_FINITE, "from element 1 to 0");
    coupling_rig_fill(&r, 0.0);
    r.position[4] = NAN;
    expect_refusal(&r, CPH_ERR_NOT_FINITE, "position of element 1");
    r.position[4] = 0.0;
    r.position[3] = r.position[0];
    expect_refusal(&r, CPH_ERR_ARGUMENT, "elements 0 and 1");
    memset(r.flag[0], CPH_FLAG_HOT, sizeof r.flag[0]);
    expect_refusal(&r, CPH_ERR_TOO_FEW, "measured");
    r.config.sigma = NAN;
    expect_refusal(&r, CPH_ERR_ARGUMENT, "matrix");
    CU_ASSERT_EQUAL(cph_coupling_edges(0, r.position, 0.0, 1, r.flag[0]), CPH_ERR_ARGUMENT);
    /* Two elements: each is heard by one, no ratio is known. */
    coupling_rig_open(&r, 2, 1, false, 1.0, 31);
    coupling_rig_fill(&r, 0.0);
    expect_refusal(&r, CPH_ERR_TOO_FEW, "no ratio");
}

CU_TestInfo cph_tests_calib_coupling[] = {
    {"without noise gains are exact", without_noise_gains_are_exact},
    {"rows receive, columns transmit", rows_receive_and_columns_transmit},
    {"nearest neighbours leave two colours", nearest_neighbours_leave_two_colours},
    {"alternating signs are chosen", alternating_signs_are_chosen},
    {"what is not the same everywhere", what_is_not_the_same_everywhere},
    {"what is refused, with outputs untouched", what_is_refused},
    CU_TEST_INFO_NULL,
};
