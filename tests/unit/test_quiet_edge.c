/* SPDX-License-Identifier: MIT */
/* What is radiated into a region that the edge of the elements' pattern passes through. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>

#include "cophase/quiet.h"
#include "cophase/random.h"
#include "cophase/steer.h"
#include "kernels/core/c64.h"
#include "kernels/weights/quiet.h"

enum { SEED = 33461, N = 8 };
static const double freq = CPH_SPEED_OF_LIGHT; /* a wavelength is a metre */
static const double degree = M_PI / 180.0;
static const double look[3] = {0.0, 0.0, 1.0};

typedef struct scene {
    const cph_element_pattern *element;
    double position[N * 3];
    cph_c64 w[N];
    double up[3], from, below, lowest; /* lowest: elevation from which cells are laid */
} scene;

static double power_to(const scene *s, const double u[3])
{
    cph_c64 a[N], sum = {0.0, 0.0};
    const double f = cph_element_power(s->element, u);
    if (!(f > 0.0))
        return 0.0;
    if (cph_steer_c64(N, s->position, freq, u, a) != CPH_OK)
        return NAN;
    for (size_t n = 0; n < N; n++)
        sum = cph_c64_add(sum, cph_c64_mulc(a[n], s->w[n]));
    return f * cph_c64_power(sum);
}

/* By the middles of cells in the sine of the elevation and azimuth. *rough: what cells have that
 * the edge may pass through, those beside one that has nothing. */
static double by_cells(const scene *s, double *rough)
{
    enum { RINGS = 1000, TURNS = 1200 };
    static double power[2][TURNS];
    const double level = hypot(s->up[0], s->up[1]);
    const double east[3] = {level > 0.0 ? -s->up[1] / level : 1.0,
                            level > 0.0 ? s->up[0] / level : 0.0, 0.0};
    const double north[3] = {s->up[1] * east[2] - s->up[2] * east[1],
                             s->up[2] * east[0] - s->up[0] * east[2],
                             s->up[0] * east[1] - s->up[1] * east[0]};
    const double low = sin(s->lowest), high = sin(s->below);
    double sum = 0.0;
    *rough = 0.0;
    for (int k = 0; k < RINGS; k++) {
        double *const now = power[k % 2];
        const double *const last = power[(k + 1) % 2];
        const double up = low + (high - low) * (k + 0.5) / RINGS, out = sqrt(1.0 - up * up);
        for (int t = 0; t < TURNS; t++) {
            const double az = 2.0 * M_PI * t / TURNS;
            double u[3];
            for (int i = 0; i < 3; i++)
                u[i] = up * s->up[i] + out * (cos(az) * north[i] + sin(az) * east[i]);
            now[t] = power_to(s, u);
            sum += now[t];
        }
        for (int t = 0; t < TURNS; t++) {
            const double beside = now[(t + 1) % TURNS], other = now[(t + TURNS - 1) % TURNS];
            const bool here = now[t] > 0.0;
            if (here && (!(beside > 0.0) || !(other > 0.0) || (k > 0 && !(last[t] > 0.0))))
                *rough += now[t];
            else if (!here && k > 0 && last[t] > 0.0)
                *rough += last[t];
        }
    }
    const double cell = (high - low) / (2.0 * RINGS * TURNS);
    *rough *= cell;
    return sum * cell;
}

static double error_of(const scene *s, double *rough)
{
    const cph_quiet_config config = {.elements = N,
                                     .position = s->position,
                                     .freq_hz = freq,
                                     .element = s->element,
                                     .up = {s->up[0], s->up[1], s->up[2]},
                                     .from_rad = s->from,
                                     .below_rad = s->below};
    cph_quiet *plan = NULL;
    cph_quiet_level level = {0};
    cph_error error;
    CU_ASSERT_EQUAL_FATAL(cph_quiet_create(&config, &plan, &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_quiet_measure(plan, look, NULL, s->w, false, &level), CPH_OK);
    cph_quiet_destroy(plan);
    const double expected = by_cells(s, rough);
    *rough /= expected;
    return fabs(pow(10.0, 0.1 * level.integrated_db) * power_to(s, look) / expected - 1.0);
}

static void lay(cph_random *random, scene *s)
{
    for (size_t i = 0; i < (size_t)N * 3; i++)
        s->position[i] = (i % 3 == 2 ? 0.1 : 2.0) * cph_random_uniform(random);
    for (size_t n = 0; n < N; n++)
        s->w[n] = cph_random_normal(random);
}

static void make_table(double last, cph_element_table *table)
{
    const double theta[3] = {0.0, 30.0 * degree, last}, db[3] = {0.0, -2.0, -6.0};
    CU_ASSERT_EQUAL_FATAL(cph_element_table_make(3, theta, db, table), CPH_OK);
}

/* A level array, a table that ends within the region: cells from its edge on. */
static void a_table_ends_within_the_region(void)
{
    static const double last_deg[] = {60.0, 65.0, 69.0, 77.0, 88.0}, exact = 1e-6;
    cph_random random;
    cph_random_seed(&random, SEED, 0);
    printf("\n    seed %d\n    ", SEED);
    for (size_t i = 0; i < sizeof last_deg / sizeof last_deg[0]; i++) {
        cph_element_table table;
        const cph_element_pattern element = {.kind = CPH_ELEMENT_TABLE, .table = &table};
        double rough;
        make_table(last_deg[i] * degree, &table);
        scene s = {.element = &element,
                   .up = {0, 0, 1},
                   .from = -5.0 * degree,
                   .below = 33.0 * degree,
                   .lowest = (90.0 - last_deg[i]) * degree};
        lay(&random, &s);
        const double error = error_of(&s, &rough);
        printf("to %.0f deg: %.1e\n    ", last_deg[i], error);
        CU_ASSERT(error < exact);
    }
}

/* Arrays that lean any way, elements that end abruptly, at the horizon with a slope without
 * bound, and with one: no further off than the cells that the edge passes through. */
static void leaning_arrays_have_the_same(void)
{
    enum { TRIALS = 6 };
    static const double exact = 1e-4;
    cph_element_table table;
    make_table(62.0 * degree, &table);
    const cph_element_pattern element[] = {{.kind = CPH_ELEMENT_TABLE, .table = &table},
                                           {.kind = CPH_ELEMENT_COSINE, .q = 0.2},
                                           {.kind = CPH_ELEMENT_COSINE, .q = 1.0}};
    cph_random random;
    cph_random_seed(&random, SEED, 1);
    printf("\n    seed %d\n    ", SEED);
    for (size_t i = 0; i < TRIALS * sizeof element / sizeof element[0]; i++) {
        const double tilt = (15.0 + 50.0 * cph_random_uniform(&random)) * degree;
        const double az = 2.0 * M_PI * cph_random_uniform(&random);
        const double below = (20.0 + 15.0 * cph_random_uniform(&random)) * degree;
        double rough;
        scene s = {.element = &element[i / TRIALS],
                   .up = {sin(tilt) * cos(az), sin(tilt) * sin(az), cos(tilt)},
                   .below = below,
                   .from = -4.0 * degree,
                   .lowest = -4.0 * degree};
        lay(&random, &s);
        const double error = error_of(&s, &rough);
        printf("%zu, tilt %.0f deg: %.1e, cells %.1e\n    ", i / TRIALS, tilt / degree, error,
               rough);
        CU_ASSERT(error < rough + exact);
    }
}

/* ---- one element, level: nothing but its own power over the elevation ---- */

static double share_of(const cph_element_pattern *element, double below)
{
    static const double position[3] = {0.0, 0.0, 0.0};
    static const cph_c64 w = {1.0, 0.0};
    const cph_quiet_config config = {.elements = 1,
                                     .position = position,
                                     .freq_hz = freq,
                                     .element = element,
                                     .up = {0.0, 0.0, 1.0},
                                     .below_rad = below};
    cph_quiet *plan = NULL;
    cph_quiet_level level = {0};
    CU_ASSERT_EQUAL_FATAL(cph_quiet_create(&config, &plan, NULL), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_quiet_measure(plan, look, NULL, &w, false, &level), CPH_OK);
    cph_quiet_destroy(plan);
    return pow(10.0, 0.1 * level.integrated_db) * cph_element_power(element, look);
}

/* integral of s^q ds / 2, s the sine of the elevation. */
static void a_cosine_begins_as_a_power_of_the_elevation(void)
{
    static const double smooth = 1e-6, steep = 2e-4;
    double most[2] = {0.0, 0.0};
    for (int i = 0; i <= 80; i++)
        for (int k = 1; k < 18; k++) {
            const double q = 0.05 * i, below = 5.0 * k * degree;
            const cph_element_pattern element = {.kind = CPH_ELEMENT_COSINE, .q = q};
            const double exact = pow(sin(below), q + 1.0) / (2.0 * (q + 1.0));
            const size_t kind = i > 0 && i < 20 ? 1 : 0;
            most[kind] = fmax(most[kind], fabs(share_of(&element, below) / exact - 1.0));
        }
    printf("\n    q of 0 and from 1: %.1e, between: %.1e\n    ", most[0], most[1]);
    CU_ASSERT(most[0] < smooth && most[1] < steep);
}

static double by_rings(const cph_element_pattern *element, double below)
{
    enum { RINGS = 100000 };
    double sum = 0.0;
    for (int i = 0; i < RINGS; i++) {
        const double up = sin(below) * (i + 0.5) / RINGS, u[3] = {sqrt(1.0 - up * up), 0.0, up};
        sum += cph_element_power(element, u);
    }
    return 0.5 * sin(below) * sum / RINGS;
}

/* Tables of slopes that are anything up to 0.8 dB a degree at the horizon, and the less the nearer
 * to the zenith. */
static void tables_have_what_their_points_leave(void)
{
    enum { TRIALS = 40 };
    static const struct {
        double step_deg, exact;
    } kind[] = {{10.0, 5e-4}, {1.0, 1e-2}};
    cph_random random;
    cph_random_seed(&random, SEED, 2);
    printf("\n    seed %d\n    ", SEED);
    for (size_t k = 0; k < sizeof kind / sizeof kind[0]; k++) {
        double most = 0.0;
        for (int trial = 0; trial < TRIALS; trial++) {
            const size_t points = (size_t)(90.0 / kind[k].step_deg) + 1;
            double theta[91], db[91] = {0.0};
            cph_element_table table;
            for (size_t i = 0; i < points; i++) {
                theta[i] = 0.5 * M_PI * (double)i / (double)(points - 1);
                db[i] = i == 0 ? 0.0
                               : db[i - 1] - 0.8 * kind[k].step_deg * (theta[i] / (0.5 * M_PI)) *
                                                 cph_random_uniform(&random);
            }
            CU_ASSERT_EQUAL_FATAL(cph_element_table_make(points, theta, db, &table), CPH_OK);
            const cph_element_pattern element = {.kind = CPH_ELEMENT_TABLE, .table = &table};
            const double below = (10.0 + 30.0 * cph_random_uniform(&random)) * degree;
            const double error = fabs(share_of(&element, below) / by_rings(&element, below) - 1.0);
            most = fmax(most, error);
        }
        printf("points every %.0f deg: %.1e\n    ", kind[k].step_deg, most);
        CU_ASSERT(most < kind[k].exact);
    }
}

/* Elements that end where a level array's rings turn, or nowhere, take no more directions than
 * those of an interval. */
static void intervals_are_those_there_are(void)
{
    static const cph_element_pattern cosine = {.kind = CPH_ELEMENT_COSINE, .q = 1.0};
    static const double half = 0.5 * M_PI;
    const struct {
        const cph_element_pattern *element;
        double tilt_deg, from, below;
    } alike[][2] = {
        {{&cosine, 0.0, 0.0, 0.3}, {&cosine, 0.0, -0.2, 0.3}},
        {{NULL, 0.0, -half, 0.3}, {NULL, 30.0, -half, 0.3}},
        {{NULL, 0.0, -half, half}, {NULL, 125.0, -half, half}},
    };
    for (size_t i = 0; i < sizeof alike / sizeof alike[0]; i++) {
        size_t directions[2];
        for (size_t k = 0; k < 2; k++) {
            static const double position[3] = {0.0, 0.0, 0.0};
            const double tilt = alike[i][k].tilt_deg * degree;
            const cph_quiet_config config = {.elements = 1,
                                             .position = position,
                                             .freq_hz = freq,
                                             .element = alike[i][k].element,
                                             .up = {sin(tilt), 0.0, cos(tilt)},
                                             .from_rad = alike[i][k].from,
                                             .below_rad = alike[i][k].below};
            cph_quiet *plan = NULL;
            CU_ASSERT_EQUAL_FATAL(cph_quiet_create(&config, &plan, NULL), CPH_OK);
            directions[k] = cph_quiet_sizes(plan).directions;
            cph_quiet_destroy(plan);
        }
        CU_ASSERT_EQUAL(directions[0], directions[1]);
    }
}

/* Arrays that lean so that a sliver of the region is radiated to, between what samples it evenly:
 * the highest there is found, and made lower. */
static void a_sliver_has_a_highest(void)
{
    enum { SQUARE = 4 };
    static const double position[SQUARE * 3] = {0, 0, 0, 0.5, 0, 0, 0, 0.5, 0, 0.5, 0.5, 0};
    static const cph_c64 plain[SQUARE] = {{1, 0}, {1, 0}, {1, 0}, {1, 0}};
    const double tilt = 5.0 * degree, last = 70.0 * degree;
    cph_element_table table;
    const cph_element_pattern element = {.kind = CPH_ELEMENT_TABLE, .table = &table};
    make_table(last, &table);
    for (int i = 0; i < 24; i++) {
        const double az = (double)(i % 8) * degree, sliver = pow(10.0, -1 - i / 8) * degree;
        const cph_quiet_config config = {
            .elements = SQUARE,
            .position = position,
            .freq_hz = freq,
            .element = &element,
            .up = {sin(tilt) * cos(az), sin(tilt) * sin(az), cos(tilt)},
            .below_rad = 0.5 * M_PI - last - tilt + sliver};
        cph_quiet_request request = {
            .look = {0, 0, 1}, .price_db = 1.0, .criterion = CPH_QUIET_WORST};
        cph_quiet *plan = NULL;
        cph_c64 w[SQUARE];
        cph_quiet_level before = {0}, after = {0};
        cph_error error;
        CU_ASSERT_EQUAL_FATAL(cph_quiet_create(&config, &plan, &error), CPH_OK);
        CU_ASSERT_EQUAL(cph_quiet_measure(plan, look, NULL, plain, true, &before), CPH_OK);
        CU_ASSERT_EQUAL(cph_quiet_weights(plan, &request, w, NULL, NULL, &error), CPH_OK);
        CU_ASSERT_EQUAL(cph_quiet_measure(plan, look, NULL, w, true, &after), CPH_OK);
        CU_ASSERT(isfinite(before.worst_db) && after.worst_db < before.worst_db - 10.0);
        plan->from = -10.0 * degree; /* nothing is radiated to what is sampled */
        plan->below = -5.0 * degree;
        CU_ASSERT_EQUAL(cph_quiet_weights(plan, &request, w, NULL, NULL, &error), CPH_ERR_MISSING);
        cph_quiet_destroy(plan);
    }
}

CU_TestInfo cph_tests_quiet_edge[] = {
    {"a table ends within the region", a_table_ends_within_the_region},
    {"leaning arrays have the same", leaning_arrays_have_the_same},
    {"a cosine begins as a power of the elevation", a_cosine_begins_as_a_power_of_the_elevation},
    {"tables have what their points leave", tables_have_what_their_points_leave},
    {"intervals are those there are", intervals_are_those_there_are},
    {"a sliver has a highest", a_sliver_has_a_highest},
    CU_TEST_INFO_NULL};
