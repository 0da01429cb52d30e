/* SPDX-License-Identifier: MIT */
/* Patterns of single elements. */
#include "cophase/element.h"

#include <math.h>

#include "kernels/core/fail.h"
#include "kernels/core/vec3.h"
#include "kernels/pattern/element_field.h"

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
static double dipole_amplitude(const cph_element_pattern *element, const double u[3])
{
    if (u[2] <= 0.0)
        return 0.0;
    const double along = u[element->axis], across2 = 1.0 - along * along;
    const double own = across2 > 1e-12 ? cos(0.5 * M_PI * along) / sqrt(across2) : 0.0;
    return 2.0 * own * sin(2.0 * M_PI * element->height_wl * u[2]);
}

static double dipole(const cph_element_pattern *element, const double u[3])
{
    const double both = dipole_amplitude(element, u);
    return both * both;
}

static double field_power(const cph_element_pattern *element, const double u[3])
{
    cph_c64 e[3];
    cph_element_field_value(element->field, u, e);
    double power = 0.0;
    for (int i = 0; i < 3; i++)
        power += e[i].re * e[i].re + e[i].im * e[i].im;
    return power;
}

static double table(const cph_element_pattern *element, const double u[3])
{
    const cph_element_table *t = element->table;
    const double theta = acos(fmin(fmax(u[2], -1.0), 1.0));
    if (u[2] < 0.0 || theta > t->theta[t->points - 1])
        return 0.0;
    size_t low = 0, high = t->points - 1;
    while (high - low > 1) {
        const size_t middle = (low + high) / 2;
        if (theta < t->theta[middle])
            high = middle;
        else
            low = middle;
    }
    const double h = t->theta[high] - t->theta[low], x = fmax(theta - t->theta[low], 0.0) / h;
    const double rise = t->power_db[high] - t->power_db[low];
    const double bend = h * (t->slope[low] + t->slope[high]) - 2.0 * rise;
    const double db = t->power_db[low] +
                      x * (h * t->slope[low] + x * (rise - h * t->slope[low] - bend + x * bend));
    return pow(10.0, db / 10.0);
}

/* Slope where the secants s0, s1 over steps h0, h1 meet: 0 at a turn, else between them. */
static double meeting_slope(double h0, double s0, double h1, double s1)
{
    if (s0 * s1 <= 0.0)
        return 0.0;
    const double w0 = 2.0 * h1 + h0, w1 = h1 + 2.0 * h0;
    return (w0 + w1) / (w0 / s0 + w1 / s1);
}

cph_status cph_element_table_make(size_t points, const double *theta, const double *power_db,
                                  cph_element_table *table)
{
    if (points < 2 || points > CPH_ELEMENT_POINTS || theta == NULL || power_db == NULL ||
        table == NULL)
        return CPH_ERR_ARGUMENT;
    cph_element_table made = {.points = points};
    for (size_t i = 0; i < points; i++) {
        if (!isfinite(theta[i]) || !isfinite(power_db[i]))
            return CPH_ERR_NOT_FINITE;
        if (theta[i] < 0.0 || theta[i] > 0.5 * M_PI + 1e-12 || (i > 0 && theta[i] <= theta[i - 1]))
            return CPH_ERR_ARGUMENT;
        made.theta[i] = theta[i];
        made.power_db[i] = power_db[i];
    }
    /* A table that begins off the axis is taken to be level there, too. */
    for (size_t i = 1; i + 1 < points; i++) {
        const double h0 = theta[i] - theta[i - 1], h1 = theta[i + 1] - theta[i];
        made.slope[i] = meeting_slope(h0, (power_db[i] - power_db[i - 1]) / h0, h1,
                                      (power_db[i + 1] - power_db[i]) / h1);
    }
    made.slope[points - 1] =
        (power_db[points - 1] - power_db[points - 2]) / (theta[points - 1] - theta[points - 2]);
    *table = made;
    return CPH_OK;
}

static const struct {
    const char *name;
    double (*power)(const cph_element_pattern *element, const double u[3]);
} kinds[CPH_ELEMENT_COUNT] = {
    [CPH_ELEMENT_ISOTROPIC] = {"isotropic", isotropic}, [CPH_ELEMENT_COSINE] = {"cos", cosine},
    [CPH_ELEMENT_DIPOLE] = {"dipole", dipole},          [CPH_ELEMENT_TABLE] = {"table", table},
    [CPH_ELEMENT_FIELD] = {"field", field_power},
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
        {CPH_ELEMENT_TABLE, element->table != NULL && element->table->points >= 2,
         "a table has two points or more"},
        {CPH_ELEMENT_FIELD, element->field != NULL && element->field->harmonic != NULL,
         "a field is made of samples"},
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

double cph_element_edge(const cph_element_pattern *element)
{
    const double most = 0.5 * M_PI;
    if (element != NULL && element->kind == CPH_ELEMENT_TABLE)
        return fmin(most, element->table->theta[element->table->points - 1]);
    if (element != NULL && element->kind == CPH_ELEMENT_FIELD)
        return fmin(most, cph_element_field_last(element->field));
    return most;
}

bool cph_element_polarized(const cph_element_pattern *element)
{
    return element != NULL &&
           (element->kind == CPH_ELEMENT_DIPOLE || element->kind == CPH_ELEMENT_FIELD);
}

void cph_element_radiate(const cph_element_pattern *element, const double u[3], cph_c64 e[3])
{
    double direction[3] = {0.0, 0.0, 0.0}, other[3], amplitude;
    if (element != NULL && element->kind == CPH_ELEMENT_FIELD) {
        cph_element_field_value(element->field, u, e);
        return;
    }
    if (element != NULL && element->kind == CPH_ELEMENT_DIPOLE) {
        double along[3] = {0.0, 0.0, 0.0};
        along[element->axis] = 1.0;
        amplitude = dipole_amplitude(element, u);
        if (cph_reject3(along, u, direction) > 0.0)
            cph_unit3(direction);
    } else {
        amplitude = sqrt(cph_element_power(element, u));
        cph_polarization_vectors(u, direction, other);
    }
    for (int i = 0; i < 3; i++)
        e[i] = (cph_c64){amplitude * direction[i], 0.0};
}
