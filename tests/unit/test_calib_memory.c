/* SPDX-License-Identifier: MIT */
/* A solution takes no more memory than cph_gains_memory says, and not much less: in a process that
 * can have no more it is found, in one of half of it there is none. */
#include <CUnit/CUnit.h>
#include <cblas.h>
#include <malloc.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cophase/calib.h"
#include "cophase/random.h"

enum { ELEMENTS = 240, SOURCES = 2 };
#define FREQ 1e9
/* What malloc rounds up, and the stack. */
static const size_t slack = (size_t)1 << 20;

typedef struct array {
    double position[3 * ELEMENTS], direction[3 * SOURCES];
    cph_c64 r[ELEMENTS * ELEMENTS];
    cph_c64 gain[ELEMENTS];
    double sigma[4 * ELEMENTS], flux[SOURCES], of_source[2 * SOURCES];
    unsigned char flag[ELEMENTS];
} array;

static double phase_of(const array *a, size_t source, size_t p)
{
    const double *r = a->position + 3 * p, *u = a->direction + 3 * source;
    return 2.0 * M_PI * FREQ / CPH_SPEED_OF_LIGHT * (r[0] * u[0] + r[1] * u[1]);
}

static void place(array *a)
{
    static const double u[3 * SOURCES] = {0.0, 0.0, 1.0, 0.6, 0.0, 0.8};
    const uint64_t seed = 71;
    cph_random random;
    printf("seed %llu\n", (unsigned long long)seed);
    cph_random_seed(&random, seed, 0);
    for (size_t p = 0; p < ELEMENTS; p++) {
        a->position[3 * p] = 2.0 * cph_random_uniform(&random);
        a->position[3 * p + 1] = 2.0 * cph_random_uniform(&random);
    }
    memcpy(a->direction, u, sizeof u);
}

/* Sources of powers 1 and 1/2 in noise of power 1; all gains are 1. */
static void fill(array *a, size_t sources)
{
    for (size_t p = 0; p < ELEMENTS; p++)
        for (size_t q = 0; q < ELEMENTS; q++) {
            cph_c64 sum = {p == q ? 1.0 : 0.0, 0.0};
            for (size_t i = 0; i < sources; i++) {
                const double turn = phase_of(a, i, p) - phase_of(a, i, q);
                sum.re += cos(turn) / (double)(i + 1);
                sum.im += sin(turn) / (double)(i + 1);
            }
            a->r[p * ELEMENTS + q] = sum;
        }
}

/* Bytes of address space that this process has; 0 unknown. */
static size_t mapped_bytes(void)
{
    char line[64] = "";
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL)
        return 0;
    const bool read = fgets(line, sizeof line, file) != NULL;
    (void)fclose(file);
    return read ? strtoul(line, NULL, 10) * (size_t)sysconf(_SC_PAGESIZE) : 0;
}

static cph_status solve(array *a, const cph_gain_problem *problem, bool sigmas)
{
    const cph_gain_options options = cph_gain_defaults();
    cph_gain_solution found = {.gain = a->gain,
                               .phase_sigma = a->sigma,
                               .amplitude_sigma = a->sigma + ELEMENTS,
                               .flag = a->flag,
                               .flux = a->flux};
    if (sigmas) {
        found.noise = a->sigma + (size_t)2 * ELEMENTS;
        found.noise_sigma = a->sigma + (size_t)3 * ELEMENTS;
        found.flux_sigma = a->of_source;
    }
    return cph_gains_solve(problem, &options, &found, NULL);
}

/* In a process of its own, which may take so much more than it has, matrices not being kept for
 * later; the first solution there makes the libraries ready. One thread: how many buffers OpenBLAS
 * makes for several is a matter of time, and where it wants one more in the second solution it asks
 * for it for ever: such a process is ended. */
static int try_within(array *a, const cph_gain_problem *problem, bool sigmas, size_t bytes)
{
    enum { PATIENCE_S = 20 };
    int state = 0;
    (void)fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        (void)alarm(PATIENCE_S);
        openblas_set_num_threads(1);
        (void)mallopt(M_MMAP_THRESHOLD, 1 << 16);
        cph_status status = solve(a, problem, sigmas);
        const size_t most = mapped_bytes() + bytes;
        const struct rlimit limit = {most, most};
        if (status == CPH_OK && setrlimit(RLIMIT_AS, &limit) == 0)
            status = solve(a, problem, sigmas);
        _exit(-(int)status);
    }
    CU_ASSERT_FATAL(child > 0 && waitpid(child, &state, 0) == child);
    return state;
}

static cph_status solve_within(array *a, const cph_gain_problem *problem, bool sigmas, size_t bytes)
{
    enum { TRIES = 4 };
    int state = try_within(a, problem, sigmas, bytes);
    for (size_t i = 1; i < TRIES && WIFSIGNALED(state) && WTERMSIG(state) == SIGALRM; i++)
        state = try_within(a, problem, sigmas, bytes);
    CU_ASSERT_FATAL(WIFEXITED(state));
    return (cph_status)-WEXITSTATUS(state);
}

static void a_solution_takes_what_is_said(void)
{
    const size_t shadow = (size_t)1 << 40; /* of an address sanitizer: nothing can be limited */
    if (mapped_bytes() == 0 || mapped_bytes() > shadow)
        return;
    static array room;
    array *const a = &room;
    place(a);
    for (size_t sources = 1; sources <= SOURCES; sources++)
        for (unsigned k = 0; k < 2; k++) {
            fill(a, sources);
            const bool sigmas = k == 1;
            const cph_gain_problem problem = {.elements = ELEMENTS,
                                              .r = a->r,
                                              .ld = ELEMENTS,
                                              .has_diagonal = true,
                                              .position = a->position,
                                              .freq_hz = FREQ,
                                              .sources = sources,
                                              .direction = a->direction,
                                              .samples = 1e4};
            const size_t bytes = cph_gains_memory(&problem, sigmas);
            CU_ASSERT_EQUAL(solve_within(a, &problem, sigmas, bytes + slack), CPH_OK);
            CU_ASSERT_EQUAL(solve_within(a, &problem, sigmas, bytes / 2), CPH_ERR_MEMORY);
        }
}

static void it_grows_with_what_there_is(void)
{
    cph_gain_problem problem = {.elements = 1000, .sources = 1};
    const size_t least = cph_gains_memory(&problem, false);
    CU_ASSERT(least >= (size_t)1000 * 1000 * (48 + 48));
    problem.has_diagonal = true;
    CU_ASSERT(cph_gains_memory(&problem, false) > least);
    problem.sources = 2; /* two fluxes to fit */
    const size_t fitted = cph_gains_memory(&problem, false);
    CU_ASSERT(cph_gains_memory(&problem, true) > fitted);
    const double flux[2] = {1.0, 1.0};
    problem.flux = flux;
    CU_ASSERT(cph_gains_memory(&problem, false) < fitted);
    problem.fit_directions = true;
    CU_ASSERT(cph_gains_memory(&problem, false) > fitted);
    problem.elements = SIZE_MAX / 4;
    CU_ASSERT_EQUAL(cph_gains_memory(&problem, false), SIZE_MAX);
    problem.elements = 4;
    problem.sources = SIZE_MAX / 4;
    CU_ASSERT_EQUAL(cph_gains_memory(&problem, false), SIZE_MAX);
}

CU_TestInfo cph_tests_calib_memory[] = {
    {"a solution takes the memory that is said", a_solution_takes_what_is_said},
    {"it grows with what there is", it_grows_with_what_there_is},
    CU_TEST_INFO_NULL,
};
