/* SPDX-License-Identifier: MIT */
/* Patterns of single elements. */
#include "cophase/element.h"

#include <math.h>

#include "kernels/core/fail.h"

static const double most_q = 64.0, most_height = 1.0;

static double isotropic(const cph_element_pattern *element, const double u[3])
{
    (void)element;
    (void)u;
    return 1.0;
}

static double cosine(const cph_element_pattern *element, const double u[3])
{
    return u[2] > 0.0 ? pow(u[2], element->q) : 0.0;
}

/* The image of a dipole along the plane is its opposite: 2 j sin(k h w). */
static double dipole(const cph_element_pattern *element, const double u[3])
{
    if (u[2] <= 0.0)
        return 0.0;
    const double along = u[element->axis], across2 = 1.0 - along * along;
    const double own = across2 > 1e-12 ? cos(0.5 * M_PI * along) / sqrt(across2) : 0.0;
    const double both = 2.0 * own * sin(2.0 * M_PI * element->height_wl * u[2]);
    return both * both;
}

static const struct {
    const char *name;
    double (*power)(const cph_element_pattern *element, const double u[3]);
} kinds[CPH_ELEMENT_COUNT] = {
    [CPH_ELEMENT_ISOTROPIC] = {"isotropic", isotropic},
    [CPH_ELEMENT_COSINE] = {"cos", cosine},
    [CPH_ELEMENT_DIPOLE] = {"dipole", dipole},
};

const char *cph_element_name(cph_element_kind kind)
{
    return (size_t)kind < CPH_ELEMENT_COUNT ? kinds[kind].name : NULL;
}

cph_status cph_element_check(const cph_element_pattern *element, cph_error *error)
{
    if (element == NULL || (size_t)element->kind >= CPH_ELEMENT_COUNT)
        return cph_fail(error, CPH_ERR_ARGUMENT, "no such element pattern");
    const struct {
        cph_element_kind kind;
        bool right;
        const char *expected;
    } rule[] = {
        {CPH_ELEMENT_COSINE, element->q >= 0.0 && element->q <= most_q,
         "q is a number from 0 to 64"},
        {CPH_ELEMENT_DIPOLE, element->height_wl > 0.0 && element->height_wl <= most_height,
         "height is above 0 and at most 1 wavelength"},
        {CPH_ELEMENT_DIPOLE, element->axis <= 1, "axis is x or y"},
    };
    for (size_t i = 0; i < sizeof rule / sizeof rule[0]; i++)
        if (rule[i].kind == element->kind && !rule[i].right)
            return cph_fail(error, CPH_ERR_ARGUMENT, "%s", rule[i].expected);
    return CPH_OK;
}

double cph_element_power(const cph_element_pattern *element, const double u[3])
{
    return element != NULL ? kinds[element->kind].power(element, u) : 1.0;
}
