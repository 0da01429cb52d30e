/* SPDX-License-Identifier: MIT */
/* usage: unit [--list | SUITE]    Runs all suites of suites.def, or one. */
#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

#define CPH_SUITE(name) extern CU_TestInfo cph_tests_##name[];
#include "suites.def"
#undef CPH_SUITE

static const struct {
    const char *name;
    CU_TestInfo *tests;
} suites[] = {
#define CPH_SUITE(name) {#name, cph_tests_##name},
#include "suites.def"
#undef CPH_SUITE
};
enum { SUITES = sizeof suites / sizeof suites[0] };

static int list_suites(void)
{
    for (size_t i = 0; i < SUITES; i++)
        puts(suites[i].name);
    return 0;
}

static int register_suites(const char *only)
{
    for (size_t i = 0; i < SUITES; i++) {
        if (only != NULL && strcmp(only, suites[i].name) != 0)
            continue;
        CU_SuiteInfo info[] = {{.pName = suites[i].name, .pTests = suites[i].tests},
                               CU_SUITE_INFO_NULL};
        if (CU_register_suites(info) != CUE_SUCCESS)
            return -1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    const char *only = argc > 1 ? argv[1] : NULL;
    if (only != NULL && strcmp(only, "--list") == 0)
        return list_suites();
    if (CU_initialize_registry() != CUE_SUCCESS || register_suites(only) != 0) {
        fprintf(stderr, "CUnit: %s\n", CU_get_error_msg());
        return 1;
    }
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_ErrorCode ran = CU_basic_run_tests();
    /* CUnit calls a run without tests or without assertions a success. */
    int ok = ran == CUE_SUCCESS && CU_get_number_of_tests_run() > 0 &&
             CU_get_number_of_asserts() > 0 && CU_get_number_of_failures() == 0 &&
             CU_get_number_of_failure_records() == 0;
    CU_cleanup_registry();
    if (!ok)
        fprintf(stderr, "unit tests failed, or none ran\n");
    return ok ? 0 : 1;
}
