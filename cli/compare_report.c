/* SPDX-License-Identifier: MIT */
#include "cli/compare_report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/compare_advice.h"
#include "cli/geometry.h"
#include "cli/plot/plot.h"
#include "kernels/core/c64.h"

static const double degree = 0.01745329251994329577;
static const double neper_db = 8.68588963806503655302; /* 20 / ln 10 */

static bool is_failed(const cph_compare_row *row)
{
    return row->error.status != CPH_OK;
}

/* B / A of an element in dB and degrees; NaN where one has no gain. */
static void change_of(const cph_compare_row *row, size_t n, double *level_db, double *phase_deg)
{
    const cph_c64 a = row->estimate[0].gain[n], b = row->estimate[1].gain[n];
    const cph_c64 turn = cph_c64_mulc(b, a);
    const bool known =
        row->estimate[0].flag[n] == CPH_FLAG_NONE && row->estimate[1].flag[n] == CPH_FLAG_NONE;
    *level_db = known ? 10.0 * log10(cph_c64_power(b) / cph_c64_power(a)) : (double)NAN;
    *phase_deg = known ? atan2(turn.im, turn.re) / degree : (double)NAN;
}

/* Gains whose scale is that of a source share what is wrong with its power: at worst, all of their
 * errors are one and the same. */
static double loss_sigma(const cph_compare_part *level)
{
    return fmax(level->sigma[CPH_COMPARE_COMMON], level->noise_rms);
}

/* ---- JSON ---- */

static json_t *describe_elements(const cph_compare_row *row)
{
    json_t *list = json_array();
    for (size_t n = 0; n < row->group->elements; n++) {
        const cph_element *const element = &row->group->array.element[n];
        double level_db, phase_deg;
        json_t *object = json_object();
        change_of(row, n, &level_db, &phase_deg);
        cph_json_set_count(object, "element", element->number);
        cph_json_set_text(object, "name", element->name[0] != '\0' ? element->name : NULL);
        cph_json_set_text(object, "before", cph_flag_name((cph_flag)row->estimate[0].flag[n]));
        cph_json_set_text(object, "after", cph_flag_name((cph_flag)row->estimate[1].flag[n]));
        cph_json_set_number(object, "change_db", level_db);
        cph_json_set_number(object, "change_deg", phase_deg);
        cph_json_set_number(object, "residual_db",
                            is_failed(row) ? NAN : row->change.amplitude_residual[n] * neper_db);
        cph_json_set_number(object, "residual_deg",
                            is_failed(row) ? NAN : row->change.phase_residual[n] / degree);
        cph_json_append(list, object);
    }
    return list;
}

static json_t *list_numbers(const double *value, size_t count, double unit)
{
    json_t *list = json_array();
    for (size_t k = 0; k < count; k++)
        cph_json_append(list, cph_json_number(value[k] * unit));
    return list;
}

/* Curvature and residual of one part, in `unit` of that name. */
static json_t *describe_part(const cph_compare_part *part, size_t dims, bool has_slope, double unit,
                             const char *name)
{
    static const struct {
        const char *key;
        size_t term;
    } terms[] = {{"defocus", CPH_COMPARE_DEFOCUS},
                 {"astigmatism", CPH_COMPARE_ASTIGMATISM},
                 {"astigmatism_diagonal", CPH_COMPARE_ASTIGMATISM_DIAGONAL}};
    json_t *object = json_object();
    char key[60];
    const double slope = has_slope ? unit : (double)NAN;
    snprintf(key, sizeof key, "tilt_rim_%s", name);
    cph_json_set(object, key, list_numbers(part->term + CPH_COMPARE_TILT, dims, slope));
    snprintf(key, sizeof key, "tilt_rim_sigma_%s", name);
    cph_json_set(object, key, list_numbers(part->sigma + CPH_COMPARE_TILT, dims, slope));
    for (size_t k = 0; k < sizeof terms / sizeof terms[0]; k++) {
        snprintf(key, sizeof key, "%s_%s", terms[k].key, name);
        cph_json_set_number(object, key, part->term[terms[k].term] * unit);
        snprintf(key, sizeof key, "%s_sigma_%s", terms[k].key, name);
        cph_json_set_number(object, key, part->sigma[terms[k].term] * unit);
    }
    const struct {
        const char *key;
        double value;
    } rms[] = {{"tilt_rms", part->tilt_rms * slope / unit},
               {"curvature_rms", part->curvature_rms},
               {"residual_rms", part->residual_rms},
               {"noise_rms", part->noise_rms}};
    for (size_t k = 0; k < sizeof rms / sizeof rms[0]; k++) {
        snprintf(key, sizeof key, "%s_%s", rms[k].key, name);
        cph_json_set_number(object, key, rms[k].value * unit);
    }
    cph_json_set_number(object, "residual_chi2_dof", part->chi2_dof);
    return object;
}

static json_t *describe_beam(const cph_array *array, const cph_compare_beam *beam)
{
    json_t *object = json_object(), *peak = json_object();
    cph_json_set_number(object, "loss_db", beam->loss_db);
    cph_json_set_number(object, "peak_loss_db", beam->peak_loss_db);
    cph_json_set_number(object, "directivity_db", beam->directivity_db);
    cph_json_set_number(object, "psll_db", beam->psll_db);
    cph_json_set_number(object, "sidelobe_rise_db", beam->sidelobe_rise_db);
    cph_json_set_number(object, "shift_deg", beam->shift_rad / degree);
    cph_json_set_number(object, "floor_db", beam->floor_db);
    cph_json_set_direction(peak, array, beam->peak);
    cph_json_set(object, "peak", peak);
    return object;
}

static json_t *describe_beams(const cph_compare_row *row)
{
    json_t *object = json_object();
    const cph_array *const array = &row->group->array;
    cph_json_set(object, "before", describe_beam(array, &row->effect.before));
    cph_json_set(object, "kept", describe_beam(array, &row->effect.kept));
    cph_json_set(object, "renewed", describe_beam(array, &row->effect.renewed));
    return object;
}

static json_t *describe_pointing(const cph_compare_row *row, bool has_slope)
{
    json_t *object = json_object();
    static const double unknown[3] = {NAN, NAN, NAN};
    cph_json_set_direction(object, &row->group->array,
                           has_slope ? row->pointing.direction : unknown);
    return object;
}

static void describe_change(const cph_compare_pair *pair, const cph_compare_row *row,
                            json_t *object)
{
    const cph_comparison *const c = &row->change;
    const double slope = pair->has_slope ? 1.0 / degree : (double)NAN;
    const double scale = pair->has_scale ? -neper_db : (double)NAN;
    json_t *worst = json_object();
    cph_json_set_number(object, "change_chi2_dof", c->chi2_dof);
    cph_json_set_number(object, "change_dof", c->dof);
    cph_json_set_number(object, "loss_db", c->amplitude.term[CPH_COMPARE_COMMON] * scale);
    cph_json_set_number(object, "loss_sigma_db", -loss_sigma(&c->amplitude) * scale);
    cph_json_set_number(object, "common_phase_deg", c->phase.term[CPH_COMPARE_COMMON] / degree);
    cph_json_set_number(object, "pointing_shift_deg", row->pointing.shift_rad * slope);
    cph_json_set_number(object, "pointing_sigma_deg", row->pointing.sigma_rad * slope);
    cph_json_set(object, "points", describe_pointing(row, pair->has_slope));
    cph_json_set_number(object, "radius_m", c->radius_m);
    json_t *axes = json_array();
    for (size_t k = 0; k < c->dims; k++)
        cph_json_append(axes, list_numbers(c->axis[k], 3, 1.0));
    cph_json_set(object, "axes", axes);
    cph_json_set(object, "phase",
                 describe_part(&c->phase, c->dims, pair->has_slope, 1.0 / degree, "deg"));
    cph_json_set(object, "amplitude", describe_part(&c->amplitude, c->dims, true, neper_db, "db"));
    cph_json_set_number(object, "residual_phase_rms_deg", c->phase.residual_rms / degree);
    cph_json_set_number(object, "residual_amplitude_rms_db", c->amplitude.residual_rms * neper_db);
    cph_json_set_count(worst, "element", row->group->array.element[row->worst].number);
    cph_json_set_number(worst, "residual_deg", c->phase_residual[row->worst] / degree);
    cph_json_set_number(worst, "residual_db", c->amplitude_residual[row->worst] * neper_db);
    cph_json_set(object, "worst", worst);
    cph_json_set(object, "beams", describe_beams(row));
}

static json_t *describe_row(const cph_compare_options *o, const cph_compare_pair *pair,
                            const cph_compare_row *row)
{
    const char polarization[] = {row->group->polarization, '\0'};
    json_t *object = json_object(), *look = json_object();
    cph_json_set_number(object, "freq_hz", row->freq_hz);
    cph_json_set_count(object, "channel", row->channel[0]);
    cph_json_set_count(object, "channel_after", row->channel[1]);
    cph_json_set_text(object, "polarization", polarization[0] != '\0' ? polarization : NULL);
    cph_json_set_text(object, "error", is_failed(row) ? row->error.message : NULL);
    cph_json_set_direction(look, &row->group->array, row->group->look);
    cph_json_set(object, "look", look);
    cph_json_set_count(object, "used", row->change.used);
    cph_json_set_count(object, "lost", row->change.lost);
    cph_json_set_count(object, "recovered", row->change.recovered);
    if (!is_failed(row)) {
        const cph_compare_advice advice = cph_compare_advise(o, row);
        describe_change(pair, row, object);
        cph_json_set(object, "regain", cph_compare_advice_json(&advice));
    }
    cph_json_set(object, "elements", describe_elements(row));
    return object;
}

static cph_exit print_json(const cph_compare_options *o, const cph_compare_pair *pair,
                           const cph_verdict *verdict, size_t verdicts)
{
    json_t *object = json_object(), *channels = json_array();
    size_t first;
    const bool kept = cph_limits_violated(verdict, verdicts, &first) == 0;
    for (size_t i = 0; i < pair->rows; i++)
        cph_json_append(channels, describe_row(o, pair, &pair->row[i]));
    cph_json_set_text(object, "frame", cph_frame_of(&pair->calibration[0].array));
    cph_json_set_text(object, "before", o->cli.input);
    cph_json_set_text(object, "after", o->after);
    cph_json_set_text(object, "data", o->cli.settle);
    cph_json_set_text(object, "path", cph_gain_path_name(pair->calibration[0].path));
    cph_json_set_count(object, "only_after", pair->only_after);
    cph_json_set_text(object, "look", o->cli.steer.item[0].text);
    cph_json_set(object, "channels", channels);
    cph_json_set_text(object, "advice", cph_compare_advice_word(o, pair));
    cph_json_set_text(object, "limits_for", o->renewed ? "renewed" : "kept");
    cph_json_set(object, "limits", cph_compare_limits_json(pair, verdict, verdicts));
    cph_json_set_text(object, "verdict", verdicts == 0 ? NULL : kept ? "kept" : "violated");
    cph_json_set_text(object, "plot", o->cli.plot);
    return cph_json_print(&o->cli, object);
}

/* ---- text ---- */

/* Three decimals without the sign of a rounding error. */
static double tidy(double value)
{
    return fabs(value) < 5e-4 ? 0.0 : value;
}

static void print_row(const cph_compare_pair *pair, const cph_compare_row *row)
{
    const char polarization[] = {row->group->polarization, '\0'};
    const cph_comparison *const c = &row->change;
    printf("%-3s  %7zu  %11.4f  ", polarization, row->channel[0], row->freq_hz * 1e-6);
    if (is_failed(row)) {
        printf("%4zu  %4zu  %9zu  %s\n", row->change.used, row->change.lost, row->change.recovered,
               row->error.message);
        return;
    }
    char loss[16] = "-", shift[16] = "-", chi2[24] = "-";
    if (pair->has_scale)
        snprintf(loss, sizeof loss, "%.3f",
                 tidy(-c->amplitude.term[CPH_COMPARE_COMMON] * neper_db));
    if (pair->has_slope && !isnan(row->pointing.shift_rad))
        snprintf(shift, sizeof shift, "%.4f", row->pointing.shift_rad / degree);
    if (!isnan(c->chi2_dof))
        snprintf(chi2, sizeof chi2, "%.4g", c->chi2_dof);
    printf("%4zu  %4zu  %9zu  %7s  %9s  %9.3f  %9.3f  %9.3f  %9s\n", c->used, c->lost, c->recovered,
           loss, shift, c->phase.curvature_rms / degree, c->phase.residual_rms / degree,
           c->amplitude.residual_rms * neper_db, chi2);
}

static void print_terms(const char *name, const cph_compare_part *part, double unit,
                        const char *word)
{
    static const char *const names[] = {"defocus", "astigmatism", "diagonal"};
    printf("%-13s", name);
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
        if (!isnan(part->term[CPH_COMPARE_DEFOCUS + k]))
            printf(" %s %.3f +- %.3f,", names[k], tidy(part->term[CPH_COMPARE_DEFOCUS + k] * unit),
                   part->sigma[CPH_COMPARE_DEFOCUS + k] * unit);
    printf(" %.3f %s rms; tilt %.3f %s rms\n", part->curvature_rms * unit, word,
           part->tilt_rms * unit, word);
}

static void print_beam(const char *name, const cph_compare_beam *beam)
{
    printf("%-13s loses %.3f dB (%.3f at its peak), highest sidelobe %.2f dB (%+.2f), floor ", name,
           tidy(beam->loss_db), tidy(beam->peak_loss_db), beam->psll_db,
           tidy(beam->sidelobe_rise_db));
    if (isnan(beam->floor_db))
        puts("not known");
    else
        printf("%.2f dB\n", beam->floor_db);
}

static void print_residual(const cph_compare_row *row)
{
    const cph_comparison *const c = &row->change;
    printf("%-13s %.3f deg, %.3f dB rms (errors of gains: ", "residual",
           c->phase.residual_rms / degree, c->amplitude.residual_rms * neper_db);
    if (isnan(c->phase.noise_rms))
        printf("not known");
    else
        printf("%.3f deg, %.3f dB", c->phase.noise_rms / degree, c->amplitude.noise_rms * neper_db);
    printf("); most at element %u: %.2f deg, %.2f dB\n",
           (unsigned)row->group->array.element[row->worst].number,
           c->phase_residual[row->worst] / degree, c->amplitude_residual[row->worst] * neper_db);
}

static void print_pointing(const cph_compare_pair *pair, const cph_compare_row *row)
{
    double az, el;
    printf("%-13s ", "pointing");
    if (!pair->has_slope) {
        puts("not known: the gauge of a calibration set phase slopes to 0");
    } else if (isnan(row->pointing.shift_rad)) {
        puts("beyond what is visible");
    } else {
        cph_direction_angles(&row->group->array, row->pointing.direction, &az, &el);
        printf("%.4f +- %.4f deg, to az %.3f deg  el %.3f deg\n", row->pointing.shift_rad / degree,
               row->pointing.sigma_rad / degree, az, el);
    }
}

static void print_change(const cph_compare_options *o, const cph_compare_pair *pair,
                         const cph_compare_row *row)
{
    const char polarization[] = {row->group->polarization, '\0'};
    const cph_comparison *const c = &row->change;
    const cph_compare_part *const level = &c->amplitude;
    printf("\n%s%s%.4f MHz, a beam toward %s\n", polarization, polarization[0] != '\0' ? ", " : "",
           row->freq_hz * 1e-6, o->cli.steer.item[0].text);
    printf("%-13s ", "common loss");
    if (pair->has_scale)
        printf("%.3f +- %.3f dB\n", tidy(-level->term[CPH_COMPARE_COMMON] * neper_db),
               loss_sigma(level) * neper_db);
    else
        puts("not known, and not in what beams lose: the gauge of a calibration set the mean |g| "
             "to 1");
    print_pointing(pair, row);
    print_terms("phase", &c->phase, 1.0 / degree, "deg");
    print_terms("amplitude", level, neper_db, "dB");
    print_residual(row);
    print_beam("weights kept", &row->effect.kept);
    print_beam("made again", &row->effect.renewed);
}

static cph_exit print_text(const cph_compare_options *o, const cph_compare_pair *pair,
                           const cph_verdict *verdict, size_t verdicts)
{
    enum { FEW = 2 };
    printf("%s: changes since %s\n", o->after, o->cli.input);
    puts("pol  channel          MHz  used  lost  recovered  loss dB  point deg  curve deg"
         "  resid deg   resid dB   chi2/dof");
    for (size_t i = 0; i < pair->rows; i++)
        print_row(pair, &pair->row[i]);
    for (size_t i = 0; i < pair->rows && pair->rows <= FEW; i++)
        if (!is_failed(&pair->row[i]))
            print_change(o, pair, &pair->row[i]);
    cph_compare_advice_print(o, pair);
    cph_compare_limits_print(verdict, verdicts);
    if (o->cli.plot != NULL)
        printf("%s\n", o->cli.plot);
    return cph_stdout_check(&o->cli);
}

cph_exit cph_compare_print(const cph_compare_options *options, const cph_compare_pair *pair,
                           const cph_verdict *verdict, size_t verdicts)
{
    return options->cli.json ? print_json(options, pair, verdict, verdicts)
                             : print_text(options, pair, verdict, verdicts);
}
