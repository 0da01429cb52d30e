/* SPDX-License-Identifier: MIT */
#include "cli/repaired.h"

#include <stdio.h>

void cph_repaired_json(const cph_nulls *nulls, size_t b, json_t *beam)
{
    if (nulls->repaired == NULL)
        return;
    const cph_repair_result *r = &nulls->repaired[b];
    json_t *repair = json_object();
    cph_json_set_number(repair, "intact_psll_db", r->intact_db);
    cph_json_set_number(repair, "before_psll_db", r->before_db);
    cph_json_set_number(repair, "after_psll_db", r->after_db);
    cph_json_set_number(repair, "before_mean_db", r->mean_before_db);
    cph_json_set_number(repair, "after_mean_db", r->mean_after_db);
    cph_json_set_number(repair, "before_loss_db", r->loss_before_db);
    cph_json_set_number(repair, "after_loss_db", r->loss_after_db);
    cph_json_set_count(repair, "rounds", r->rounds);
    cph_json_set(beam, "repair", repair);
}

void cph_repaired_print(const cph_nulls *nulls, size_t b)
{
    if (nulls->repaired == NULL)
        return;
    const cph_repair_result *r = &nulls->repaired[b];
    printf("  repair  peak sidelobe %.2f dB intact, %.2f dB before, %.2f dB after; mean %.2f dB "
           "before, %.2f dB after; loss %.2f dB before, %.2f dB after\n",
           r->intact_db, r->before_db, r->after_db, r->mean_before_db, r->mean_after_db,
           r->loss_before_db, r->loss_after_db);
}
