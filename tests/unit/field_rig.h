/* SPDX-License-Identifier: MIT */
/* Elements whose far field is known everywhere: the part across u of a constant vector times a
 * polynomial of u, as sampled fields. */
#ifndef CPH_TESTS_FIELD_RIG_H
#define CPH_TESTS_FIELD_RIG_H

#include "tests/unit/pattern_rig.h"

enum { MOST_SAMPLES = 2500 };

typedef struct known {
    cph_c64 p[3];   /* the vector */
    double lean[3]; /* times 1 + j lean.u */
    double bend[3]; /* plus (bend.u)^2 */
} known;

/* Of no symmetry, degree 4. */
static const known lopsided = {.p = {{1.0, 0.2}, {-0.3, 0.7}, {0.4, -0.5}},
                               .lean = {0.3, -0.2, 0.5},
                               .bend = {0.6, 0.9, -0.4}};

static inline double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static inline void known_field(const known *k, const double u[3], cph_c64 e[3])
{
    const double real = 1.0 + dot(k->bend, u) * dot(k->bend, u), imaginary = dot(k->lean, u);
    cph_c64 radial = {0, 0};
    for (int i = 0; i < 3; i++) {
        radial.re += k->p[i].re * u[i];
        radial.im += k->p[i].im * u[i];
    }
    for (int i = 0; i < 3; i++) {
        const double re = k->p[i].re - radial.re * u[i], im = k->p[i].im - radial.im * u[i];
        e[i] = (cph_c64){re * real - im * imaginary, re * imaginary + im * real};
    }
}

/* Components along theta^ and phi^ at theta = i last / (thetas - 1), phi = first + 2 pi j / phis.
 */
static inline void sample_known(const known *k, size_t thetas, size_t phis, double last,
                                double first, cph_c64 *e_theta, cph_c64 *e_phi)
{
    for (size_t n = 0; n < thetas * phis; n++) {
        const double t = last * (double)(n / phis) / (double)(thetas - 1);
        const double p = first + 2 * M_PI * (double)(n % phis) / (double)phis;
        const double u[3] = {sin(t) * cos(p), sin(t) * sin(p), cos(t)};
        const double along[3] = {cos(t) * cos(p), cos(t) * sin(p), -sin(t)};
        const double around[3] = {-sin(p), cos(p), 0};
        cph_c64 e[3];
        known_field(k, u, e);
        e_theta[n] = e_phi[n] = (cph_c64){0, 0};
        for (int i = 0; i < 3; i++) {
            e_theta[n].re += e[i].re * along[i];
            e_theta[n].im += e[i].im * along[i];
            e_phi[n].re += e[i].re * around[i];
            e_phi[n].im += e[i].im * around[i];
        }
    }
}

static inline cph_element_field field_of(const known *k, size_t thetas, size_t phis, double last,
                                         double first)
{
    cph_element_field field = {0};
    cph_c64 e_theta[MOST_SAMPLES], e_phi[MOST_SAMPLES];
    CU_ASSERT_FATAL(thetas * phis <= MOST_SAMPLES);
    sample_known(k, thetas, phis, last, first, e_theta, e_phi);
    CU_ASSERT_EQUAL_FATAL(cph_element_field_make(thetas, phis, last, first, e_theta, e_phi, &field),
                          CPH_OK);
    return field;
}

/* Direction i of count, evenly over the sphere along a spiral. */
static inline void spiral(int i, int count, double u[3])
{
    const double w = 1.0 - (2.0 * i + 1.0) / count, phi = 2.399963229728653 * i;
    const double s = sqrt(1.0 - w * w);
    u[0] = s * cos(phi);
    u[1] = s * sin(phi);
    u[2] = w;
}

/* The largest value, and how far a sampled field is from the known one. */
static inline double most_of(const known *k)
{
    double most = 0.0;
    for (int i = 0; i < 500; i++) {
        double u[3], power = 0.0;
        cph_c64 e[3];
        spiral(i, 500, u);
        known_field(k, u, e);
        for (int j = 0; j < 3; j++)
            power += e[j].re * e[j].re + e[j].im * e[j].im;
        most = fmax(most, sqrt(power));
    }
    return most;
}

static inline double miss(const known *k, const cph_element_field *field, const double u[3])
{
    const cph_element_pattern element = {.kind = CPH_ELEMENT_FIELD, .field = field};
    cph_c64 e[3], expected[3];
    double power = 0.0;
    cph_element_radiate(&element, u, e);
    known_field(k, u, expected);
    for (int i = 0; i < 3; i++) {
        const double re = e[i].re - expected[i].re, im = e[i].im - expected[i].im;
        power += re * re + im * im;
    }
    return sqrt(power);
}

/* Rotation by `angle` about z, then by `tilt` about y, rows. */
static inline void turn(double angle, double tilt, double axes[9])
{
    const double c = cos(angle), s = sin(angle), ct = cos(tilt), st = sin(tilt);
    const double rows[9] = {c * ct, -s, c * st, s * ct, c, s * st, -st, 0, ct};
    memcpy(axes, rows, sizeof rows);
}

static inline void rotate(const double axes[9], const double v[3], double out[3])
{
    for (int i = 0; i < 3; i++)
        out[i] = dot(axes + 3 * (size_t)i, v);
}

#endif
