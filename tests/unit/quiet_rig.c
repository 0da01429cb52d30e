/* SPDX-License-Identifier: MIT */
#include "tests/unit/quiet_rig.h"

#include <CUnit/CUnit.h>
#include <math.h>

#include "cophase/array.h"
#include "kernels/core/c64.h"

const cph_element_pattern quiet_cosine = {.kind = CPH_ELEMENT_COSINE, .q = 1.0};

const double quiet_look45[3] = {0.6, 0.3741657386773941, 0.7071067811865476};

void quiet_lay_disc(double position[QUIET_DISC * 3])
{
    cph_array array;
    CU_ASSERT_EQUAL_FATAL(cph_array_disc(QUIET_DISC, 0.6, &array), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_array_positions(&array, position), CPH_OK);
    cph_array_free(&array);
}

void quiet_any_gains(cph_random *random, size_t n, cph_c64 *gain)
{
    for (size_t i = 0; i < n; i++) {
        const double size = 0.8 + 0.4 * cph_random_uniform(random);
        const double angle = 2.0 * M_PI * cph_random_uniform(random);
        gain[i] = cph_c64_scale(size, (cph_c64){cos(angle), sin(angle)});
    }
}

cph_quiet *quiet_make(const cph_quiet_config *config)
{
    cph_quiet *plan = NULL;
    cph_error error;
    CU_ASSERT_EQUAL_FATAL(cph_quiet_create(config, &plan, &error), CPH_OK);
    return plan;
}

cph_quiet *quiet_plan_of_disc(const double *position, const unsigned char *flag)
{
    const cph_quiet_config config = {.elements = QUIET_DISC,
                                     .position = position,
                                     .freq_hz = QUIET_FREQ,
                                     .flag = flag,
                                     .element = &quiet_cosine,
                                     .up = {0, 0, 1},
                                     .below_rad = 20.0 * M_PI / 180.0};
    return quiet_make(&config);
}

cph_quiet_level quiet_measure(const cph_quiet *plan, const double look[3], const cph_c64 *gain,
                              const cph_c64 *w, bool worst)
{
    cph_quiet_level level = {0};
    CU_ASSERT_EQUAL_FATAL(cph_quiet_measure(plan, look, gain, w, worst, &level), CPH_OK);
    return level;
}
