/* SPDX-License-Identifier: MIT */
/* What a comparison with a mask prints. */
#include <math.h>
#include <stdio.h>

#include "cli/pattern_mask.h"

/* Three decimals without the sign of a rounding error. */
static double tidy(double value)
{
    return fabs(value) < 5e-4 ? 0.0 : value;
}

const char *cph_mask_title(const cph_mask_choice *choice)
{
    return choice->kind == CPH_MASK_COUNT ? choice->text : cph_mask_source(choice->kind);
}

static json_t *row_object(const cph_mask_row *row)
{
    json_t *object = json_object();
    cph_json_set_number(object, "angle_deg", row->angle_deg);
    cph_json_set_number(object, "level_db", row->level_db);
    cph_json_set_number(object, "mask_db", row->mask_db);
    cph_json_set_number(object, "margin_db", row->margin_db);
    return object;
}

json_t *cph_mask_object(const cph_mask_choice *choice, const cph_mask_report *r)
{
    json_t *object = json_object(), *rows = json_array();
    for (size_t i = 0; i < r->rows; i++)
        cph_json_append(rows, row_object(&r->row[i]));
    cph_json_set_text(object, "name", choice->text);
    cph_json_set_text(object, "source", cph_mask_title(choice));
    cph_json_set_text(object, "unit", r->mask[0].density ? "dBW/4kHz" : "dBi");
    cph_json_set_number(object, "diameter_wl", r->diameter_wl);
    cph_json_set(object, "in_scope", json_boolean(r->mask[0].in_scope));
    cph_json_set_number(object, "start_deg", r->start_deg);
    cph_json_set_number(object, "from_deg", r->from_deg);
    cph_json_set(object, "met", json_boolean(r->met));
    cph_json_set_number(object, "met_from_deg", r->met_from_deg);
    cph_json_set_number(object, "main_lobe_deg", r->main_lobe_deg);
    cph_json_set(object, "main_lobe", row_object(&r->main_lobe));
    cph_json_set(object, "beyond", row_object(&r->beyond));
    cph_json_set(object, "worst", row_object(&r->worst));
    cph_json_set_number(object, "relaxed_share", r->relaxed_share);
    cph_json_set(object, "rows", rows);
    return object;
}

static void print_row(const char *name, const cph_mask_row *row)
{
    if (!isnan(row->margin_db))
        printf("%-13s margin %.2f dB at %.2f deg\n", name, tidy(row->margin_db), row->angle_deg);
}

void cph_mask_print(const cph_mask_choice *choice, const cph_mask_report *r)
{
    const char *unit = r->mask[0].density ? "dBW/4kHz" : "dBi";
    printf("%-13s %s, D/lambda %.1f%s\n", "mask", cph_mask_title(choice), r->diameter_wl,
           r->mask[0].in_scope ? "" : " (the text leaves this size out)");
    printf("  %10s | %10s | %10s | %10s\n", "Angle", "Level", "Mask", "Margin");
    printf("  %10s | %10s | %10s | %10s\n", "deg", unit, unit, "dB");
    for (size_t i = 0; i < r->rows; i++)
        printf("  %10.2f | %10.2f | %10.2f | %10.2f\n", r->row[i].angle_deg, r->row[i].level_db,
               r->row[i].mask_db, tidy(r->row[i].margin_db));
    print_row("main lobe", &r->main_lobe);
    print_row("beyond it", &r->beyond);
    if (r->mask[0].relax_db > 0.0)
        printf("%-13s %.2f %% of the angles from %g deg on (%g %% may be, by %g dB)\n", "over it",
               1e2 * r->relaxed_share, r->mask[0].relax_from_deg, 1e2 * r->mask[0].relax_share,
               r->mask[0].relax_db);
    if (isnan(r->met_from_deg))
        printf("%-13s nowhere\n", "met");
    else
        printf("%-13s from %.2f deg on\n", "met", r->met_from_deg);
}

cph_exit cph_mask_verdict(const char *name, const cph_mask_choice *choice, const cph_mask_report *r)
{
    if (r->met)
        return CPH_EXIT_DONE;
    if (isnan(r->met_from_deg))
        return cph_report_line(name, CPH_EXIT_LIMIT, "mask %s: violated at every angle",
                               choice->text);
    return cph_report_line(name, CPH_EXIT_LIMIT,
                           "mask %s: violated from %.2f degrees on, by up to %.2f dB; met from "
                           "%.2f degrees on",
                           choice->text, r->from_deg, -r->worst.margin_db, r->met_from_deg);
}
