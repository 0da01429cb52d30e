/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>

#include "cli/geometry.h"
#include "cli/quieten.h"

static const char *const row_names[CPH_QUIETEN_ROWS] = {
    [CPH_QUIETEN_PLAIN] = "plain",
    [CPH_QUIETEN_TAYLOR_25] = "circular-taylor:nbar=4,sll=-25",
    [CPH_QUIETEN_TAYLOR_30] = "circular-taylor:nbar=5,sll=-30",
    [CPH_QUIETEN_FLOAT] = "quiet",
    [CPH_QUIETEN_PLAIN_STATES] = "plain, states",
    [CPH_QUIETEN_STATES] = "quiet, states"};

static double elevation_deg(const cph_quietened *made, const double u[3])
{
    const double s = u[0] * made->up[0] + u[1] * made->up[1] + u[2] * made->up[2];
    return asin(fmin(fmax(s, -1.0), 1.0)) * 180.0 / M_PI;
}

static json_t *density_json(const cph_density *density, const cph_array *array)
{
    const cph_density_place *const place[2] = {&density->highest, &density->least};
    json_t *object = json_object();
    for (size_t i = 0; i < 2; i++) {
        json_t *one = cph_density_json(place[i]), *at = json_object();
        cph_json_set_direction(at, array, place[i]->u);
        cph_json_set(one, "at", at);
        cph_json_set(object, i == 0 ? "highest" : "least_margin", one);
    }
    return object;
}

static json_t *row_json(const cph_quieten_options *o, const cph_quietened *made,
                        const cph_quieten_beam *beam, size_t row, const cph_array *array)
{
    const cph_quiet_level *l = &beam->level[row], *plain = &beam->level[CPH_QUIETEN_PLAIN];
    json_t *object = json_object(), *at = json_object();
    cph_json_set_text(object, "weights", row_names[row]);
    cph_json_set_number(object, "loss_db", l->loss_db);
    cph_json_set_number(object, "limited_loss_db", l->limited_loss_db);
    cph_json_set_number(object, "integrated_db", l->integrated_db);
    cph_json_set_number(object, "integrated_relative_db", l->integrated_db - plain->integrated_db);
    cph_json_set_number(object, "worst_db", l->worst_db);
    cph_json_set_number(object, "worst_relative_db", l->worst_db - plain->worst_db);
    cph_json_set_direction(at, array, l->worst_at);
    cph_json_set_number(at, "elevation_deg", elevation_deg(made, l->worst_at));
    cph_json_set(object, "worst_at", at);
    if (cph_density_asked(&o->region))
        cph_json_set(object, "density", density_json(&beam->density[row], array));
    return object;
}

static json_t *beam_json(const cph_quieten_options *o, const cph_quietened *made, size_t item,
                         const cph_array *array)
{
    const cph_quieten_beam *beam = &made->beam[item];
    json_t *object = json_object(), *rows = json_array();
    cph_json_set_count(object, "beam", item / made->channels);
    cph_json_set_count(object, "channel", item % made->channels);
    cph_json_set_number(object, "bound_db", beam->result.bound_db);
    cph_json_set_count(object, "iterations", beam->result.iterations);
    cph_json_set_count(object, "sweeps", beam->result.sweeps);
    for (size_t i = 0; i < CPH_QUIETEN_ROWS; i++)
        if (beam->has[i])
            cph_json_append(rows, row_json(o, made, beam, i, array));
    cph_json_set(object, "compared", rows);
    return object;
}

void cph_quietened_json(const cph_quieten_options *o, const cph_quietened *made,
                        const cph_array *array, json_t *object)
{
    json_t *quiet = json_object(), *beams = json_array();
    for (size_t i = 0; i < made->beams * made->channels; i++)
        cph_json_append(beams, beam_json(o, made, i, array));
    cph_json_set_number(quiet, "below_deg", o->region.below_rad * 180.0 / M_PI);
    cph_json_set_number(quiet, "from_deg", o->region.from_rad * 180.0 / M_PI);
    cph_json_set_number(quiet, "price_db", cph_quiet_price_db(&o->region));
    if (cph_density_asked(&o->region)) {
        cph_json_set_number(quiet, "eirp_density_dbw_4khz", o->region.density_dbw);
        cph_json_set_text(quiet, "mask", cph_density_source());
    }
    cph_json_set_text(quiet, "criterion", o->worst ? "worst" : "integrated");
    cph_json_set_count(quiet, "used", made->size.used);
    cph_json_set_count(quiet, "directions", made->size.directions);
    cph_json_set_count(quiet, "rank", made->size.rank);
    cph_json_set(quiet, "beams", beams);
    cph_json_set(object, "quiet", quiet);
}

/* EIRP density of the rows of a beam. */
static void print_density(const cph_quieten_options *o, const cph_quietened *made,
                          const cph_quieten_beam *beam, const cph_array *array)
{
    printf("  EIRP density there, dBW/4kHz, of %.4g toward the look; margin to %s\n",
           o->region.density_dbw, cph_density_source());
    for (size_t row = 0; row < CPH_QUIETEN_ROWS; row++) {
        const cph_density_place *const high = &beam->density[row].highest, *const least =
                                                                               &beam->density[row]
                                                                                    .least;
        double az_deg, el_deg;
        if (!beam->has[row])
            continue;
        if (isnan(high->density_dbw)) {
            printf("  %-30s none\n", row_names[row]);
            continue;
        }
        printf("  %-30s at most %.2f", row_names[row], high->density_dbw);
        if (isnan(least->margin_db)) {
            printf("; the mask begins outside\n");
            continue;
        }
        cph_direction_angles(array, least->u, &az_deg, &el_deg);
        printf("; least margin %.2f dB (%.2f %s %.2f) %.2f deg off the look: %.2f, %.2f; %.2f\n",
               least->margin_db, least->density_dbw, least->margin_db < 0.0 ? "above" : "below",
               least->mask_dbw, least->off_axis_deg, az_deg, el_deg, elevation_deg(made, least->u));
    }
}

void cph_quietened_print(const cph_quieten_options *o, const cph_quietened *made,
                         const cph_array *array)
{
    const double degree = M_PI / 180.0;
    printf("EIRP from %.4g to %.4g deg of elevation, relative to that of the plain beam at equal "
           "EIRP toward the look\n",
           o->region.from_rad / degree, o->region.below_rad / degree);
    for (size_t i = 0; i < made->beams * made->channels; i++) {
        const cph_quieten_beam *beam = &made->beam[i];
        const cph_quiet_level *plain = &beam->level[CPH_QUIETEN_PLAIN];
        printf("beam %zu channel %zu              gain lost  PA-limited  integrated     worst  "
               "where (az, el of %s; elevation)\n",
               i / made->channels, i % made->channels, cph_frame_of(array));
        for (size_t row = 0; row < CPH_QUIETEN_ROWS; row++) {
            const cph_quiet_level *l = &beam->level[row];
            double az_deg, el_deg;
            if (!beam->has[row])
                continue;
            cph_direction_angles(array, l->worst_at, &az_deg, &el_deg);
            printf("  %-30s %6.3f dB   %6.3f dB  %7.2f dB %7.2f dB  %.2f, %.2f; %.2f\n",
                   row_names[row], l->loss_db, l->limited_loss_db,
                   l->integrated_db - plain->integrated_db, l->worst_db - plain->worst_db, az_deg,
                   el_deg, elevation_deg(made, l->worst_at));
        }
        if (cph_density_asked(&o->region))
            print_density(o, made, beam, array);
    }
}
