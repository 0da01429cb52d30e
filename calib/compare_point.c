/* SPDX-License-Identifier: MIT */
/* Where a phase slope over the elements moves a beam. */
#include <math.h>
#include <string.h>

#include "cophase/compare.h"
#include "kernels/core/vec3.h"

enum { STEPS = 60 };
static const double still = 1e-14, flat = 1e-9, met = 1e-7;

/* Inverse of a symmetric 2 x 2 matrix; where one direction counts for nothing, of the rest. */
static void invert2(const double m[3], double inverse[3])
{
    const double trace = m[0] + m[2], det = m[0] * m[2] - m[1] * m[1];
    if (det > flat * trace * trace) {
        inverse[0] = m[2] / det;
        inverse[1] = -m[1] / det;
        inverse[2] = m[0] / det;
        return;
    }
    for (size_t k = 0; k < 3; k++) /* of rank 1: m / trace^2 */
        inverse[k] = trace > 0.0 ? m[k] / (trace * trace) : 0.0;
}

/* The direction where u.axis is nearest to goal [dims], weighted by spread^2; response [2][dims] is
 * how the tangents follow the goal there. Returns what is left. */
static double follow(const cph_comparison *c, const double *goal, double u[3], double tangent[2][3],
                     double response[2][3])
{
    double left = 0.0;
    for (size_t step = 0; step < STEPS; step++) {
        double m[3] = {0}, inverse[3], slope[2][3] = {{0}}, gradient[2] = {0};
        left = 0.0;
        const double x[3] = {1.0, 0.0, 0.0}, y[3] = {0.0, 1.0, 0.0};
        (void)cph_reject3(fabs(u[0]) < 0.9 ? x : y, u, tangent[0]);
        (void)cph_unit3(tangent[0]);
        cph_cross3(u, tangent[0], tangent[1]);
        for (size_t k = 0; k < c->dims; k++) {
            const double weight = pow(c->spread_m[k] / c->spread_m[0], 2.0);
            const double off = goal[k] - cph_dot3(u, c->axis[k]);
            slope[0][k] = cph_dot3(tangent[0], c->axis[k]);
            slope[1][k] = cph_dot3(tangent[1], c->axis[k]);
            m[0] += weight * slope[0][k] * slope[0][k];
            m[1] += weight * slope[0][k] * slope[1][k];
            m[2] += weight * slope[1][k] * slope[1][k];
            gradient[0] += weight * slope[0][k] * off;
            gradient[1] += weight * slope[1][k] * off;
            left = hypot(left, sqrt(weight) * off);
            slope[0][k] *= weight;
            slope[1][k] *= weight;
        }
        invert2(m, inverse);
        for (size_t k = 0; k < c->dims; k++) {
            response[0][k] = inverse[0] * slope[0][k] + inverse[1] * slope[1][k];
            response[1][k] = inverse[1] * slope[0][k] + inverse[2] * slope[1][k];
        }
        const double a = inverse[0] * gradient[0] + inverse[1] * gradient[1];
        const double b = inverse[1] * gradient[0] + inverse[2] * gradient[1];
        const double length = hypot(a, b), most = 0.5;
        const double share = length > most ? most / length : 1.0;
        cph_add3(u, share * a, tangent[0], u);
        cph_add3(u, share * b, tangent[1], u);
        (void)cph_unit3(u);
        if (length < still)
            break;
    }
    return left;
}

static double sigma_of(const cph_comparison *c, double wave, const double response[2][3])
{
    double variance = 0.0;
    for (size_t t = 0; t < 2; t++)
        for (size_t k = 0; k < c->dims; k++)
            for (size_t m = 0; m < c->dims; m++) {
                double row[3];
                for (size_t i = 0; i < 3; i++)
                    row[i] = cph_dot3(c->slope_cov[i], c->axis[m]);
                variance += response[t][k] * response[t][m] * cph_dot3(row, c->axis[k]);
            }
    return sqrt(variance) / wave;
}

cph_status cph_compare_point(const cph_comparison *comparison, double freq_hz, const double look[3],
                             cph_compare_pointing *pointing)
{
    static const double unit_within = 1e-6;
    if (comparison == NULL || look == NULL || pointing == NULL || !(freq_hz > 0.0) ||
        !(fabs(cph_norm3(look) - 1.0) < unit_within))
        return CPH_ERR_ARGUMENT;
    const double wave = 2.0 * M_PI * freq_hz / CPH_SPEED_OF_LIGHT;
    double goal[3] = {0}, u[3], tangent[2][3], response[2][3];
    memcpy(u, look, sizeof u);
    for (size_t k = 0; k < comparison->dims; k++)
        goal[k] = cph_dot3(look, comparison->axis[k]) -
                  cph_dot3(comparison->slope, comparison->axis[k]) / wave;
    const double left = follow(comparison, goal, u, tangent, response);
    *pointing = (cph_compare_pointing){.sigma_rad = sigma_of(comparison, wave, response)};
    pointing->shift_rad = cph_angle3(look, u);
    memcpy(pointing->direction, u, sizeof u);
    /* A line or plane meets its goal wherever there is a direction that does. */
    if (comparison->dims < 3 && left > met)
        *pointing = (cph_compare_pointing){
            {(double)NAN, (double)NAN, (double)NAN}, (double)NAN, (double)NAN};
    return CPH_OK;
}
