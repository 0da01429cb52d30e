/* SPDX-License-Identifier: MIT */
/* What is told of weights under a mask is what they have, by brute force over the sphere. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/synthesis.h"
#include "cophase/types.h"

enum { MOST = 300, SPHERE = 100000 };
static const double golden = 2.399963229728653; /* angle between points of a spiral */

typedef struct scene {
    size_t n;
    double position[MOST * 3];
    cph_element_pattern element;
    double level_db;
    bool line; /* held in its own plane, x and z */
    cph_c64 w[MOST];
    cph_synthesis_config config;
    cph_synthesis_result told;
    cph_pattern_metrics own; /* of w */
    double margin_db;        /* of w, the least over the sphere */
} scene;

static double flat(const void *context, const cph_pattern_metrics *metrics, double angle,
                   double turn)
{
    (void)metrics;
    (void)angle;
    (void)turn;
    return *(const double *)context;
}

static scene *make_scene(size_t n, double theta_deg, double q, double level_db)
{
    scene *s = calloc(1, sizeof *s);
    if (s == NULL) {
        CU_FAIL_FATAL("out of memory");
        abort();
    }
    s->n = n;
    s->element = (cph_element_pattern){.kind = CPH_ELEMENT_COSINE, .q = q};
    s->level_db = level_db;
    s->config = (cph_synthesis_config){.elements = n,
                                       .position = s->position,
                                       .freq_hz = CPH_SPEED_OF_LIGHT, /* a wavelength is a metre */
                                       .element = q > 0.0 ? &s->element : NULL,
                                       .level = flat,
                                       .context = &s->level_db,
                                       .max_loss_db = 6.0};
    s->config.look[0] = sin(theta_deg * M_PI / 180.0);
    s->config.look[2] = cos(theta_deg * M_PI / 180.0);
    return s;
}

/* A grid of 0.45 wavelengths. */
static void lay_grid(scene *s, size_t columns)
{
    for (size_t i = 0; i < s->n; i++) {
        s->position[3 * i] = 0.45 * (double)(i % columns);
        s->position[3 * i + 1] = 0.45 * (double)(i / columns);
    }
}

/* Point i of n on the unit sphere: a spiral of equal areas. */
static void spiral(size_t n, size_t i, double u[3])
{
    const double z = 1.0 - 2.0 * ((double)i + 0.5) / (double)n, phi = golden * (double)i;
    u[0] = sqrt(1.0 - z * z) * cos(phi);
    u[1] = sqrt(1.0 - z * z) * sin(phi);
    u[2] = z;
}

static double angle_between(const double a[3], const double b[3])
{
    return 2.0 * asin(fmin(0.5 * hypot(hypot(a[0] - b[0], a[1] - b[1]), a[2] - b[2]), 1.0));
}

static void find_margin(scene *s, const cph_pattern_input *input)
{
    /* what the peak may be away from where the edge was drawn */
    static const double beyond = 1e-3;
    double *u = calloc(SPHERE, 3 * sizeof *u);
    cph_c64 *y = calloc(SPHERE, sizeof *y);
    s->margin_db = INFINITY;
    for (size_t i = 0; u != NULL && i < SPHERE; i++)
        if (s->line) {
            u[3 * i] = sin(2.0 * M_PI * (double)i / SPHERE);
            u[3 * i + 2] = cos(2.0 * M_PI * (double)i / SPHERE);
        } else {
            spiral(SPHERE, i, u + 3 * i);
        }
    if (u == NULL || y == NULL || cph_pattern_response(input, SPHERE, u, y) != CPH_OK)
        CU_FAIL("no response");
    const double reference =
        s->own.peak_power_db - (s->config.relative ? 0.0 : s->own.directivity_db);
    for (size_t i = 0; u != NULL && y != NULL && i < SPHERE; i++)
        if (angle_between(u + 3 * i, s->own.peak) > s->config.from_rad + beyond)
            s->margin_db =
                fmin(s->margin_db, s->level_db + reference - 20.0 * log10(hypot(y[i].re, y[i].im)));
    free(u);
    free(y);
}

/* Weights, and what they have. */
static void run(scene *s)
{
    CU_ASSERT_EQUAL_FATAL(cph_synthesis_run(&s->config, s->w, &s->told, NULL), CPH_OK);
    cph_pattern_input input = {.elements = s->n,
                               .position = s->position,
                               .freq_hz = s->config.freq_hz,
                               .weights = s->w,
                               .element = s->config.element};
    memcpy(input.look, s->config.look, sizeof input.look);
    CU_ASSERT_EQUAL_FATAL(cph_pattern_analyse(&input, &s->own), CPH_OK);
    find_margin(s, &input);
}

static double loss_db(const scene *s)
{
    double sum = 0.0; /* unit gains and a unit response: N |w|^2 */
    for (size_t i = 0; i < s->n; i++)
        sum += s->w[i].re * s->w[i].re + s->w[i].im * s->w[i].im;
    return 10.0 * log10((double)s->n * sum);
}

/* Told to rounding; the sphere's points may miss a top by half their spacing, and the told margin
 * is under limits that are drawn in. */
static void is_as_told(const scene *s)
{
    static const double rounding = 1e-6, missed = 0.05;
    CU_ASSERT_DOUBLE_EQUAL(s->told.taper_loss_db, loss_db(s), rounding);
    CU_ASSERT_DOUBLE_EQUAL(s->told.directivity_db, s->own.directivity_db, rounding);
    CU_ASSERT(angle_between(s->told.peak, s->own.peak) < 1e-6);
    CU_ASSERT(s->margin_db >= s->told.worst.margin_db - 1e-3);
    CU_ASSERT(s->margin_db <= s->told.worst.margin_db + missed);
    if (s->told.met)
        CU_ASSERT(s->margin_db >= 0.0);
}

/* An edge on a steep flank far off broadside: the peak's power moves with every beam. */
static void limits_refer_to_the_beam_itself(void)
{
    static const struct {
        double level_db;
        bool relative;
    } masks[] = {{-25.0, true}, {-16.0, false}};
    for (size_t i = 0; i < sizeof masks / sizeof masks[0]; i++) {
        scene *s = make_scene(8, 65.0, 1.3, masks[i].level_db);
        lay_grid(s, 8);
        s->line = true;
        s->config.relative = masks[i].relative;
        s->config.from_rad = 0.6;
        run(s);
        is_as_told(s);
        free(s);
    }
}

/* Where all rounds pass, the last beam is the one told of. */
static void last_round_is_of_one_beam(void)
{
    scene *s = make_scene(36, 30.0, 1.3, -25.0);
    lay_grid(s, 6);
    s->config.relative = true;
    s->config.from_rad = 0.5;
    run(s);
    is_as_told(s);
    free(s);
}

static void volumes_are_seen_all_around(void)
{
    scene *s = make_scene(MOST, 0.0, 0.0, -18.0);
    for (size_t i = 0; i < s->n; i++) {
        spiral(s->n, i, s->position + 3 * i);
        for (size_t k = 0; k < 3; k++)
            s->position[3 * i + k] *= 4.0;
    }
    s->config.relative = true;
    s->config.from_rad = 0.35;
    run(s);
    is_as_told(s);
    free(s);
}

CU_TestInfo cph_tests_synthesis_told[] = {
    {"limits refer to the beam itself", limits_refer_to_the_beam_itself},
    {"the last round is of one beam", last_round_is_of_one_beam},
    {"volumes are seen all around", volumes_are_seen_all_around},
    CU_TEST_INFO_NULL};
