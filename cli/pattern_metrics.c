/* SPDX-License-Identifier: MIT */
#include "cli/pattern_metrics.h"

#include <math.h>
#include <stdio.h>

#include "cli/geometry.h"

static json_t *direction_object(const cph_array *array, const double u[3])
{
    json_t *object = json_object();
    cph_json_set_direction(object, array, u);
    return object;
}

static json_t *difference_object(const cph_pattern_subject *s, const cph_pattern_metrics *m)
{
    if (!m->difference)
        return json_null();
    json_t *object = json_object();
    cph_json_set_number(object, "null_db", m->look_power_db - m->peak_power_db);
    cph_json_set(object, "twin", direction_object(&s->array, m->twin));
    cph_json_set_number(object, "slope_per_rad", m->slope_per_rad);
    cph_json_set_number(object, "slope_ratio", m->slope_ratio);
    return object;
}

void cph_pattern_metrics_json(const cph_pattern_subject *s, const cph_pattern_metrics *m,
                              json_t *object)
{
    json_t *width = json_array();
    for (size_t k = 0; k < m->planes; k++)
        cph_json_append(width, cph_json_number(m->hpbw_rad[k] * 180.0 / M_PI));
    cph_json_set_number(object, "directivity_db", m->directivity_db);
    cph_json_set(object, "hpbw_deg", width);
    cph_json_set_number(object, "psll_db", m->psll_db);
    cph_json_set(object, "psll_at", direction_object(&s->array, m->psll_at));
    cph_json_set(object, "peak", direction_object(&s->array, m->peak));
    cph_json_set_number(object, "peak_power_db", m->peak_power_db);
    cph_json_set(object, "look", direction_object(&s->array, s->look));
    cph_json_set_number(object, "look_power_db", m->look_power_db);
    cph_json_set(object, "difference", difference_object(s, m));
}

/* Three decimals without the sign of a rounding error. */
static double tidy(double value)
{
    return fabs(value) < 5e-4 ? 0.0 : value;
}

static void print_direction(const char *name, const cph_pattern_subject *s, const double u[3],
                            double power_db)
{
    double az, el;
    cph_direction_angles(&s->array, u, &az, &el);
    printf("%-13s u %+.4f  v %+.4f  az %.3f deg  el %.3f deg  ", name, u[0], u[1], az, el);
    if (isinf(power_db))
        puts("no power");
    else
        printf("%.3f dB\n", tidy(power_db));
}

void cph_pattern_metrics_print(const cph_pattern_subject *s, const cph_pattern_metrics *m)
{
    printf("%-13s %.3f dB (taper loss %.3f dB)\n", "directivity", m->directivity_db,
           s->taper_loss_db);
    for (size_t k = 0; k < m->planes; k++)
        printf("%-13s %.4f deg %s\n", "half power", m->hpbw_rad[k] * 180.0 / M_PI,
               m->planes == 1 ? "along the line"
               : k == 0       ? "along the long axis"
                              : "across it");
    print_direction("peak", s, m->peak, m->peak_power_db);
    print_direction("look", s, s->look, m->look_power_db);
    if (isnan(m->psll_db))
        printf("%-13s none\n", "sidelobe");
    else
        print_direction("sidelobe", s, m->psll_at, m->psll_db);
}
