/* SPDX-License-Identifier: MIT */
/* Weights under a mask against Dolph-Chebyshev's closed form and against brute force. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/random.h"
#include "cophase/synthesis.h"
#include "cophase/types.h"
#include "cophase/weights.h"

enum { LINE = 16, SIDE = 7, PLANE = SIDE * SIDE, SEED = 4711, STEPS = 16000 };
static const double freq = CPH_SPEED_OF_LIGHT; /* a wavelength is a metre */
static const double degree = M_PI / 180.0;

/* ---- masks ---- */

static double flat(const void *context, const cph_pattern_metrics *metrics, double angle,
                   double turn)
{
    (void)metrics;
    (void)angle;
    (void)turn;
    return *(const double *)context;
}

/* dBi, falling with the angle. */
static double slope(const void *context, const cph_pattern_metrics *metrics, double angle,
                    double turn)
{
    (void)context;
    (void)metrics;
    (void)turn;
    return fmax(7.0 - 0.35 * angle / degree, -9.0);
}

/* ---- lines ---- */

static void lay_line(double position[LINE * 3])
{
    for (size_t n = 0; n < LINE; n++) {
        position[3 * n] = 0.5 * (double)n;
        position[3 * n + 1] = position[3 * n + 2] = 0.0;
    }
}

/* Where a Dolph-Chebyshev pattern of level -`down` dB first is at that level:
 * T_(N-1)(x0 cos(psi/2)) = 1. */
static double chebyshev_edge(double down)
{
    const double x0 = cosh(acosh(pow(10.0, down / 20.0)) / (LINE - 1));
    return asin(2.0 * acos(1.0 / x0) / M_PI);
}

static double taper_loss_db(size_t n, const double *t)
{
    double sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += t[i];
        squares += t[i] * t[i];
    }
    return 10.0 * log10((double)n * squares / (sum * sum));
}

static cph_synthesis_result of_line(double level_db, double from, double max_loss_db)
{
    double position[LINE * 3];
    cph_c64 w[LINE];
    cph_synthesis_result result = {0};
    lay_line(position);
    const cph_synthesis_config config = {.elements = LINE,
                                         .position = position,
                                         .freq_hz = freq,
                                         .look = {0, 0, 1},
                                         .level = flat,
                                         .context = &level_db,
                                         .relative = true,
                                         .from_rad = from,
                                         .max_loss_db = max_loss_db};
    CU_ASSERT_EQUAL_FATAL(cph_synthesis_run(&config, w, &result, NULL), CPH_OK);
    return result;
}

/* Dolph: no lower sidelobes beyond that edge, and so by exactly that much infeasible. */
static void chebyshev_is_the_limit(void)
{
    static const double down[] = {20, 30, 40}, within = 0.015;
    for (size_t i = 0; i < sizeof down / sizeof down[0]; i++) {
        const double edge = chebyshev_edge(down[i]);
        const cph_taper taper = {.kind = CPH_TAPER_CHEBYSHEV, .sll_db = -down[i]};
        double t[LINE];
        CU_ASSERT_EQUAL_FATAL(cph_taper_line(&taper, LINE, t), CPH_OK);
        const double loss = taper_loss_db(LINE, t);
        const cph_synthesis_result below = of_line(-down[i] - 5.0, edge, 10.0);
        CU_ASSERT(!below.met && isnan(below.loss_bound_db));
        CU_ASSERT_DOUBLE_EQUAL(below.worst.margin_db, -5.0, within);
        CU_ASSERT_DOUBLE_EQUAL(below.margin_bound_db, -5.0, within);
        CU_ASSERT(below.margin_bound_db >= below.worst.margin_db);
        CU_ASSERT_DOUBLE_EQUAL(below.taper_loss_db, loss, 0.02);
        const cph_synthesis_result at = of_line(-down[i] + 0.02, edge, 10.0);
        CU_ASSERT(at.met && at.taper_loss_db <= loss + 0.001 && isnan(at.margin_bound_db));
        CU_ASSERT(at.loss_bound_db <= at.taper_loss_db);
        CU_ASSERT(at.loss_bound_db > at.taper_loss_db - 0.01);
    }
}

/* Where there is room, weights lose less than tapers that keep to the same mask. */
static void less_is_lost_than_by_closed_forms(void)
{
    const cph_taper tapers[] = {{.kind = CPH_TAPER_CHEBYSHEV, .sll_db = -30},
                                {.kind = CPH_TAPER_TAYLOR, .sll_db = -30, .nbar = 5}};
    const double saved[] = {0.0, 0.02}; /* Chebyshev's is nearly the best from its first null on */
    for (size_t i = 0; i < 2; i++) {
        double t[LINE], highest = 1e-9, last = INFINITY, edge = 0.0;
        CU_ASSERT_EQUAL_FATAL(cph_taper_line(&tapers[i], LINE, t), CPH_OK);
        for (int k = 0; k < STEPS; k++) {
            const double angle = 0.5 * M_PI * k / STEPS;
            double sum = 0.0, all = 0.0;
            for (size_t n = 0; n < LINE; n++) {
                sum += t[n] * cos(M_PI * sin(angle) * ((double)n - 0.5 * (LINE - 1)));
                all += t[n];
            }
            const double level = fabs(sum) / all;
            if (edge == 0.0 && level > last)
                edge = angle;
            highest = edge > 0.0 ? fmax(highest, level) : highest;
            last = level;
        }
        const cph_synthesis_result r = of_line(20.0 * log10(highest) + 0.02, edge, 10.0);
        CU_ASSERT(r.met);
        CU_ASSERT(r.taper_loss_db < taper_loss_db(LINE, t) - saved[i]);
    }
}

/* A loss that is not allowed is made up for by the least excess, and that falls as more is. */
static void allowed_loss_is_kept(void)
{
    static const double most[] = {0.05, 0.2, 0.4};
    const double edge = chebyshev_edge(30.0);
    double before = -INFINITY;
    for (size_t i = 0; i < sizeof most / sizeof most[0]; i++) {
        const cph_synthesis_result r = of_line(-30.0, edge, most[i]);
        CU_ASSERT(!r.met);
        CU_ASSERT_DOUBLE_EQUAL(r.taper_loss_db, most[i], 0.006);
        CU_ASSERT(r.margin_bound_db >= r.worst.margin_db - 1e-9);
        CU_ASSERT(r.margin_bound_db < r.worst.margin_db + 0.05);
        CU_ASSERT(r.worst.margin_db > before + 0.5);
        before = r.worst.margin_db;
    }
}

/* ---- any array, by brute force ---- */

typedef struct scene {
    size_t n;
    double position[PLANE * 3], look[3];
    cph_c64 gain[PLANE], w[PLANE];
    unsigned char flag[PLANE];
} scene;

/* Gains of any phase and of sizes from 0.5 to 1.5; two elements flagged, gains NaN. */
static void disturb(scene *s)
{
    cph_random random;
    printf("seed %d ", SEED);
    cph_random_seed(&random, SEED, 0);
    s->flag[2] = 1;
    s->flag[s->n - 4] = 3;
    for (size_t i = 0; i < s->n; i++) {
        const double size = 0.5 + cph_random_uniform(&random);
        const double phase = 2.0 * M_PI * cph_random_uniform(&random);
        const cph_c64 gain = {size * cos(phase), size * sin(phase)};
        s->gain[i] = s->flag[i] ? (cph_c64){NAN, NAN} : gain;
        for (size_t k = 0; k < 2; k++)
            if (s->position[3 * i + k] != 0.0)
                s->position[3 * i + k] += 0.1 * cph_random_uniform(&random);
    }
}

/* w^H (g a(u)) */
static cph_c64 response(const scene *s, const double u[3])
{
    cph_c64 y = {0};
    for (size_t i = 0; i < s->n; i++) {
        const double *r = s->position + 3 * i;
        const double phase = 2.0 * M_PI * (u[0] * r[0] + u[1] * r[1] + u[2] * r[2]);
        const cph_c64 g = s->gain[i], w = s->w[i];
        if (s->flag[i])
            continue;
        const cph_c64 c = {w.re * g.re + w.im * g.im, w.re * g.im - w.im * g.re};
        y.re += c.re * cos(phase) - c.im * sin(phase);
        y.im += c.re * sin(phase) + c.im * cos(phase);
    }
    return y;
}

static void looks_with_unit_response(const scene *s)
{
    const cph_c64 y = response(s, s->look);
    CU_ASSERT_DOUBLE_EQUAL(y.re, 1.0, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(y.im, 0.0, 1e-12);
    for (size_t i = 0; i < s->n; i++)
        CU_ASSERT_EQUAL(s->flag[i] != 0, s->w[i].re == 0.0 && s->w[i].im == 0.0);
}

static void any_line_stays_under_its_mask(void)
{
    static const double level_db = -18.0;
    scene s = {.n = LINE, .look = {-0.4, 0, 0}};
    s.look[2] = sqrt(1.0 - 0.16);
    lay_line(s.position);
    disturb(&s);
    const cph_synthesis_config config = {.elements = LINE,
                                         .position = s.position,
                                         .freq_hz = freq,
                                         .gain = s.gain,
                                         .flag = s.flag,
                                         .look = {s.look[0], 0, s.look[2]},
                                         .level = flat,
                                         .context = &level_db,
                                         .relative = true,
                                         .from_rad = 12.0 * degree,
                                         .max_loss_db = 3.0};
    cph_synthesis_result r;
    CU_ASSERT_EQUAL_FATAL(cph_synthesis_run(&config, s.w, &r, NULL), CPH_OK);
    CU_ASSERT(r.met && r.used == LINE - 2 && r.loss_bound_db > r.taper_loss_db - 0.02);
    looks_with_unit_response(&s);
    double peak = 0.0, at = 0.0, highest = 0.0;
    for (int k = -STEPS; k < STEPS; k++) {
        const double angle = 0.5 * M_PI * k / STEPS;
        const cph_c64 y = response(&s, (double[3]){sin(angle), 0, cos(angle)});
        if (hypot(y.re, y.im) > peak) {
            peak = hypot(y.re, y.im);
            at = angle;
        }
    }
    for (int k = -STEPS; k < STEPS; k++) {
        const double angle = 0.5 * M_PI * k / STEPS;
        const cph_c64 y = response(&s, (double[3]){sin(angle), 0, cos(angle)});
        if (fabs(angle - at) > 12.01 * degree)
            highest = fmax(highest, hypot(y.re, y.im));
    }
    CU_ASSERT(20.0 * log10(highest / peak) <= level_db);
    CU_ASSERT(20.0 * log10(highest / peak) > level_db - 0.05);
}

static double cosine_response(const scene *s, const double u[3])
{
    const cph_c64 y = response(s, u);
    return u[2] * (y.re * y.re + y.im * y.im);
}

/* Total power over the half space: power cos of the elements, midpoints in w and azimuth. */
static double mean_power(const scene *s)
{
    enum { RINGS = 200, POINTS = 120 };
    double sum = 0.0;
    for (int i = 0; i < RINGS; i++)
        for (int k = 0; k < POINTS; k++) {
            const double z = (i + 0.5) / RINGS, phi = 2.0 * M_PI * k / POINTS;
            const double x = sqrt(1.0 - z * z);
            sum += cosine_response(s, (double[3]){x * cos(phi), x * sin(phi), z});
        }
    return 0.5 * sum / (RINGS * POINTS);
}

/* The excess over the mask of `slope`, dB, over all directions of a grid from `from` on. */
static double worst_excess(const scene *s, const double peak[3], double from)
{
    enum { GRID = 241 };
    const double mean = mean_power(s);
    double worst = -INFINITY;
    for (int i = 0; i < GRID * GRID; i++) {
        const double x = -1.0 + 2.0 * (i % GRID) / (GRID - 1);
        const double y = -1.0 + 2.0 * (i / GRID) / (GRID - 1);
        const double rest = 1.0 - x * x - y * y;
        if (rest <= 0.0)
            continue;
        const double u[3] = {x, y, sqrt(rest)};
        const double angle = acos(fmin(u[0] * peak[0] + u[1] * peak[1] + u[2] * peak[2], 1.0));
        const double limit = slope(NULL, NULL, angle, 0.0);
        if (angle >= from)
            worst = fmax(worst, 10.0 * log10(cosine_response(s, u) / mean) - limit);
    }
    return worst;
}

static void any_plane_stays_under_its_mask(void)
{
    static const double from = 24.0 * M_PI / 180.0;
    const cph_element_pattern element = {.kind = CPH_ELEMENT_COSINE, .q = 1.0};
    scene s = {.n = PLANE, .look = {0.2, -0.15, 0}};
    s.look[2] = sqrt(1.0 - 0.04 - 0.0225);
    for (size_t i = 0; i < PLANE; i++) {
        s.position[3 * i] = 0.5 * (double)(i % SIDE);
        s.position[3 * i + 1] = 0.5 * (double)(i / SIDE);
    }
    disturb(&s);
    cph_synthesis_config config = {.elements = PLANE,
                                   .position = s.position,
                                   .freq_hz = freq,
                                   .gain = s.gain,
                                   .flag = s.flag,
                                   .element = &element,
                                   .level = slope,
                                   .from_rad = from,
                                   .max_loss_db = 3.0};
    memcpy(config.look, s.look, sizeof s.look);
    cph_synthesis_result r;
    CU_ASSERT_EQUAL_FATAL(cph_synthesis_run(&config, s.w, &r, NULL), CPH_OK);
    CU_ASSERT(r.met && r.used == PLANE - 2 && r.active > 5);
    CU_ASSERT(r.loss_bound_db > 0.1 && r.loss_bound_db > r.taper_loss_db - 0.02);
    looks_with_unit_response(&s);
    CU_ASSERT_DOUBLE_EQUAL(10.0 * log10(cosine_response(&s, r.peak) / mean_power(&s)),
                           r.directivity_db, 0.01);
    /* 0.01 dB: the midpoint rule of this test. */
    CU_ASSERT(worst_excess(&s, r.peak, from) < 0.01);
    CU_ASSERT(worst_excess(&s, r.peak, from) > -0.3);
}

static void refusals_leave_outputs_alone(void)
{
    double position[LINE * 3], level_db = -20.0;
    unsigned char all[LINE];
    cph_c64 w[LINE] = {{7, 7}};
    cph_synthesis_result r = {.used = 99};
    cph_error error = {.status = CPH_OK};
    lay_line(position);
    memset(all, 1, sizeof all);
    const cph_synthesis_config good = {.elements = LINE,
                                       .position = position,
                                       .freq_hz = freq,
                                       .look = {0, 0, 1},
                                       .level = flat,
                                       .context = &level_db,
                                       .relative = true,
                                       .from_rad = NAN,
                                       .max_loss_db = 3.0};
    cph_synthesis_config bad = good;
    bad.flag = all;
    CU_ASSERT_EQUAL(cph_synthesis_run(&bad, w, &r, &error), CPH_ERR_TOO_FEW);
    bad = good;
    bad.max_loss_db = 0.0;
    CU_ASSERT_EQUAL(cph_synthesis_run(&bad, w, &r, &error), CPH_ERR_ARGUMENT);
    bad = good;
    bad.elements = 1;
    CU_ASSERT_EQUAL(cph_synthesis_run(&bad, w, &r, &error), CPH_ERR_ARGUMENT);
    bad = good;
    bad.look[0] = 0.1;
    CU_ASSERT_EQUAL(cph_synthesis_run(&bad, w, &r, &error), CPH_ERR_ARGUMENT);
    bad = good;
    position[3] = NAN;
    CU_ASSERT_EQUAL(cph_synthesis_run(&bad, w, &r, &error), CPH_ERR_NOT_FINITE);
    CU_ASSERT(w[0].re == 7 && r.used == 99 && error.status == CPH_ERR_NOT_FINITE);
}

CU_TestInfo cph_tests_synthesis[] = {
    {"Chebyshev's pattern is the limit", chebyshev_is_the_limit},
    {"less is lost than by closed forms", less_is_lost_than_by_closed_forms},
    {"allowed loss is kept", allowed_loss_is_kept},
    {"any line stays under its mask", any_line_stays_under_its_mask},
    {"any plane stays under its mask", any_plane_stays_under_its_mask},
    {"refusals leave outputs alone", refusals_leave_outputs_alone},
    CU_TEST_INFO_NULL};
