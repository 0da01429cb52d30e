/* SPDX-License-Identifier: MIT */
/* Rings, and lattices laid over a cylinder or a sphere. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/array.h"

/* With k = 1 / (1 + n_z) the rotation about z x n that takes z to n has no angle in it; behind the
 * array, where 1 + n_z cancels, k = (1 - n_z) / (n_x^2 + n_y^2) is the same. */
cph_status cph_element_face(cph_element *element, const double normal[3])
{
    if (element == NULL || normal == NULL)
        return CPH_ERR_ARGUMENT;
    const double length = hypot(hypot(normal[0], normal[1]), normal[2]);
    if (!isfinite(length) || length <= 0.0)
        return CPH_ERR_ARGUMENT;
    const double x = normal[0] / length, y = normal[1] / length, z = normal[2] / length;
    const double across = x * x + y * y;
    double k = 0.0;
    if (z >= 0.0)
        k = 1.0 / (1.0 + z);
    else if (across > 0.0)
        k = (1.0 - z) / across;
    const double axes[9] = {
        1.0 - k * x * x, -k * x * y, x, -k * x * y, 1.0 - k * y * y, y, -x, -y, z};
    static const double backward[9] = {-1, 0, 0, 0, 1, 0, 0, 0, -1};
    memcpy(element->axes, across > 0.0 || z > 0.0 ? axes : backward, sizeof element->axes);
    return CPH_OK;
}

static void place(cph_element *element, double x, double y, double z)
{
    element->position[0] = x;
    element->position[1] = y;
    element->position[2] = z;
}

cph_status cph_array_circle(size_t n, double d, cph_array *array)
{
    cph_array made;
    if (array == NULL || n < 2)
        return CPH_ERR_ARGUMENT;
    const cph_status status = cph_array_ula(n, d, &made);
    if (status != CPH_OK)
        return status;
    const double radius = (double)n * d / (2.0 * M_PI);
    for (size_t i = 0; i < n; i++) {
        const double angle = 2.0 * M_PI * (double)i / (double)n;
        place(&made.element[i], radius * cos(angle), radius * sin(angle), 0.0);
    }
    (void)snprintf(made.label, sizeof made.label, "circle:%zu,%.6gmm", n, d * 1e3);
    *array = made;
    return CPH_OK;
}

cph_status cph_array_cylinder(size_t a, size_t b, double d, double radius, cph_array *array)
{
    cph_array made;
    /* A whole turn has room for a elements, with a last place's worth of rounding. */
    if (array == NULL || !isfinite(radius) ||
        !((double)a * d <= 2.0 * M_PI * radius * (1.0 + 1e-12)))
        return CPH_ERR_ARGUMENT;
    cph_status status = cph_array_ura(a, b, d, &made);
    if (status != CPH_OK)
        return status;
    for (size_t n = 0; status == CPH_OK && n < made.elements; n++) {
        cph_element *element = &made.element[n];
        const double angle = element->position[0] / radius, half = sin(0.5 * angle);
        const double normal[3] = {sin(angle), 0.0, cos(angle)};
        place(element, radius * normal[0], element->position[1], -2.0 * radius * half * half);
        status = cph_element_face(element, normal);
    }
    if (status != CPH_OK) {
        cph_array_free(&made);
        return status;
    }
    (void)snprintf(made.label, sizeof made.label, "cylinder:%zux%zu,%.6gmm,%.6gmm", a, b, d * 1e3,
                   radius * 1e3);
    *array = made;
    return CPH_OK;
}

/* A plane's point at distance rho goes to the angle theta with rho = 2 R sin(theta / 2): the
 * azimuthal projection that keeps areas. Without angles: sin(theta) = (rho / R) sqrt(1 - (rho /
 * 2R)^2), and the point lies R (1 - cos theta) = rho^2 / 2R below the top. */
static cph_status bend(cph_element *element, double radius)
{
    const double x = element->position[0], y = element->position[1];
    const double square = (x * x + y * y) / (4.0 * radius * radius);
    if (!(square <= 1.0))
        return CPH_ERR_ARGUMENT;
    const double shrink = sqrt(1.0 - square), depth = 2.0 * radius * square;
    const double normal[3] = {x * shrink / radius, y * shrink / radius, 1.0 - 2.0 * square};
    place(element, x * shrink, y * shrink, -depth);
    return cph_element_face(element, normal);
}

cph_status cph_array_sphere(size_t n, double d, double radius, cph_array *array)
{
    cph_array made;
    if (array == NULL || !isfinite(radius) || radius <= 0.0)
        return CPH_ERR_ARGUMENT;
    cph_status status = cph_array_disc(n, d, &made);
    if (status != CPH_OK)
        return status;
    for (size_t i = 0; status == CPH_OK && i < n; i++)
        status = bend(&made.element[i], radius);
    if (status != CPH_OK) {
        cph_array_free(&made);
        return status;
    }
    (void)snprintf(made.label, sizeof made.label, "sphere:%zu,%.6gmm,%.6gmm", n, d * 1e3,
                   radius * 1e3);
    *array = made;
    return CPH_OK;
}
