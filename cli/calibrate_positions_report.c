/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>

#include "cli/calibrate_positions.h"
#include "cli/flagged.h"

enum { AXES = 3 };
static const double degree = 0.017453292519943295769, mm = 1e-3;

static json_t *list_of(const double *value, double unit)
{
    json_t *list = json_array();
    for (size_t k = 0; k < AXES; k++)
        cph_json_append(list, cph_json_number(value[k] / unit));
    return list;
}

static json_t *list_elements(const cph_positions_part *p)
{
    json_t *list = json_array();
    for (size_t n = 0; n < p->selection->elements; n++) {
        double shift[AXES];
        if (p->found.flag[n] != CPH_FLAG_NONE)
            continue;
        for (size_t k = 0; k < AXES; k++)
            shift[k] = p->found.position[AXES * n + k] - p->selection->position[AXES * n + k];
        json_t *one = json_object();
        cph_json_set_count(one, "element", p->selection->array.element[n].number);
        cph_json_set(one, "position_m", list_of(p->found.position + AXES * n, 1.0));
        cph_json_set(one, "shift_m", list_of(shift, 1.0));
        cph_json_set(one, "sigma_m", list_of(p->found.sigma + AXES * n, 1.0));
        cph_json_append(list, one);
    }
    return list;
}

static json_t *describe_turn(const cph_positions_part *p)
{
    if (!p->is_turned)
        return json_null();
    json_t *object = json_object();
    cph_json_set(object, "turn_deg", list_of(p->turned.angle_rad, degree));
    cph_json_set(object, "sigma_deg", list_of(p->turned.sigma_rad, degree));
    return object;
}

static json_t *describe_part(const cph_positions_part *p)
{
    json_t *object = json_object();
    const char polarization[] = {p->selection->polarization, '\0'};
    const cph_survey_fit *const fit = &p->found.fit;
    cph_json_set_text(object, "polarization", polarization[0] != '\0' ? polarization : NULL);
    cph_json_set_number(object, "shift_rms_m", p->shift);
    cph_json_set_number(object, "sigma_median_m", p->sigma);
    cph_json_set_number(object, "chi2_dof", fit->chi2_dof);
    cph_json_set_number(object, "dof", fit->dof);
    cph_json_set_number(object, "largest_deg", fit->largest_rad / degree);
    cph_json_set_count(object, "iterations", fit->iterations);
    cph_json_set_text(object, "stop", cph_stop_name(fit->stop));
    cph_json_set(object, "orientation", describe_turn(p));
    cph_json_set_text(object, "orientation_error", !p->is_turned ? p->turn_error.message : NULL);
    cph_json_set(object, "elements", list_elements(p));
    return object;
}

static void print_part(const cph_positions_part *p)
{
    char error[40] = "not known";
    if (p->selection->polarization != '\0')
        printf("%c: ", p->selection->polarization);
    if (!isnan(p->sigma))
        snprintf(error, sizeof error, "%.3g mm", p->sigma / mm);
    printf("%.4g mm rms from nominal; standard error a coordinate %s (median)\n", p->shift / mm,
           error);
    const double *const turn = p->turned.angle_rad, *const sigma = p->turned.sigma_rad;
    if (!p->is_turned)
        printf("turn of the whole: %s\n", p->turn_error.message);
    else
        printf("the whole is turned by %.4g, %.4g, %.4g deg about x, y, z; standard errors %.2g, "
               "%.2g, %.2g\n",
               turn[0] / degree, turn[1] / degree, turn[2] / degree, sigma[0] / degree,
               sigma[1] / degree, sigma[2] / degree);
}

cph_exit cph_positions_print(const cph_calibrate_options *o, const cph_calibrated *made,
                             const unsigned char *flag, const cph_positions_part *part,
                             size_t parts)
{
    const cph_array *const array = &made->calibration.array;
    json_t *flagged = json_array();
    const size_t lost = cph_flagged_append(flagged, array, flag);
    if (!o->cli.json) {
        printf("%s: %zu elements (%zu flagged), %zu pilots, %zu channels\n", o->cli.output,
               array->elements, lost, made->times, made->channels);
        cph_flagged_print(flagged);
        json_decref(flagged);
        for (size_t i = 0; i < parts; i++)
            print_part(&part[i]);
        return cph_stdout_check(&o->cli);
    }
    json_t *object = json_object(), *list = json_array();
    for (size_t i = 0; i < parts; i++)
        cph_json_append(list, describe_part(&part[i]));
    cph_json_set_text(object, "method", o->method->name);
    cph_json_set_count(object, "elements", array->elements);
    cph_json_set_count(object, "pilots", made->times);
    cph_json_set_count(object, "channels", made->channels);
    cph_json_set(object, "flagged", flagged);
    cph_json_set(object, "positions", list);
    cph_json_set_text(object, "output", o->cli.output);
    return cph_json_print(&o->cli, object);
}
