/* SPDX-License-Identifier: MIT */
/* Off-axis masks as tables of segments. */
#include "cophase/mask.h"

#include <math.h>

enum { TABLED = 5 };

/* A mask for sizes low <= D / lambda < high. It starts at the largest of `least` and
 * factor x^exponent, x = D / lambda; the first segment's own start is that. */
typedef struct variant {
    cph_mask_kind kind;
    double low, high;
    double least, factor[2], exponent[2];
    cph_mask_segment segment[TABLED]; /* ended by to_deg 0 */
} variant;

static const variant variants[] = {
    {CPH_MASK_25_209,
     0,
     INFINITY,
     1.5,
     {0},
     {0},
     {{0, 7, 29, -25, 0, 0},
      {7, 9.2, 8, 0, 0, 0},
      {9.2, 19.1, 32, -25, 0, 0},
      {19.1, 180, 0, 0, 0, 0}}},
    {CPH_MASK_25_218,
     0,
     INFINITY,
     1.5,
     {0},
     {0},
     {{0, 7, 15, -25, 0, 0},
      {7, 9.2, -6, 0, 0, 0},
      {9.2, 19.1, 18, -25, 0, 0},
      {19.1, 180, -14, 0, 0, 0}}},
    {CPH_MASK_S465, 0, 50, 2, {114}, {-1.09}, {{0, 48, 32, -25, 0, 0}, {48, 180, -10, 0, 0, 0}}},
    {CPH_MASK_S465,
     50,
     INFINITY,
     1,
     {100},
     {-1},
     {{0, 48, 32, -25, 0, 0}, {48, 180, -10, 0, 0, 0}}},
    {CPH_MASK_S580,
     50,
     INFINITY,
     1,
     {100},
     {-1},
     {{0, 20, 29, -25, 0, 0},
      {20, 26.3, -3.5, 0, 0, 0},
      {26.3, 48, 32, -25, 0, 0},
      {48, 180, -10, 0, 0, 0}}},
    {CPH_MASK_S1855,
     15,
     46.8,
     0,
     {15.85, 118},
     {-0.6, -1.06},
     {{0, 7, 29, -25, 0, 0},
      {7, 9.2, 7.9, 0, 0, 0},
      {9.2, 30.2, 32, -25, 0, 0},
      {30.2, 70, -5, 0, 0, 0},
      {70, 180, 0, 0, 0, 0}}},
    {CPH_MASK_S1855,
     46.8,
     INFINITY,
     0,
     {15.85, 118},
     {-0.6, -1.06},
     {{0, 7, 29, -25, 0, 0},
      {7, 9.2, 7.9, 0, 0, 0},
      {9.2, 48, 32, -25, 0, 0},
      {48, 180, -10, 0, 0, 0}}},
};
enum { VARIANTS = sizeof variants / sizeof variants[0] };

static const struct {
    const char *name, *source;
    bool density;
    double relax_db, relax_share, relax_from_deg;
} kinds[CPH_MASK_COUNT] = {
    [CPH_MASK_25_209] = {"25.209", "47 CFR 25.209(a)(2)", false, 3, 0.1, 7},
    [CPH_MASK_25_218] = {"25.218", "47 CFR 25.218(f)(1)", true, 3, 0.1, 7},
    [CPH_MASK_S465] = {"S.465", "Rec. ITU-R S.465-6", false, 0, 0, 0},
    [CPH_MASK_S580] = {"S.580", "Rec. ITU-R S.580-6", false, 0, 0, 0},
    [CPH_MASK_S1528] = {"S.1528", "Rec. ITU-R S.1528-0", false, 0, 0, 0},
    [CPH_MASK_S1855] = {"S.1855", "Rec. ITU-R S.1855-0", false, 0, 0, 0},
};

const char *cph_mask_name(cph_mask_kind kind)
{
    return (size_t)kind < CPH_MASK_COUNT ? kinds[kind].name : NULL;
}

const char *cph_mask_source(cph_mask_kind kind)
{
    return (size_t)kind < CPH_MASK_COUNT ? kinds[kind].source : NULL;
}

/* Segments that would end before the mask starts are left out. */
static void take_variant(const variant *v, double diameter_wl, cph_mask *mask)
{
    double start = v->least;
    for (size_t i = 0; i < 2; i++)
        if (v->factor[i] > 0.0)
            start = fmax(start, v->factor[i] * pow(diameter_wl, v->exponent[i]));
    for (size_t i = 0; i < TABLED && v->segment[i].to_deg > 0.0; i++) {
        if (v->segment[i].to_deg <= start)
            continue;
        mask->segment[mask->segments] = v->segment[i];
        if (mask->segments++ == 0)
            mask->segment[0].from_deg = start;
    }
}

/* 3 dB down at half the width and falling with its square, then from one and a half of that on
 * 25 dB a decade below L_S, down to L_F. */
static void take_s1528(const cph_mask_antenna *antenna, cph_mask *mask)
{
    static const double near_db = -6.75, far_dbi = 5.0;
    const double b = 0.5 * antenna->hpbw_deg, y = 1.5 * b, peak = antenna->peak_dbi;
    const double z = fmin(y * pow(10.0, 0.04 * (peak + near_db - far_dbi)), 180.0);
    const cph_mask_segment all[] = {
        {b, y, peak, 0, 0, -3.0 / (b * b)},
        {y, z, peak + near_db + 25.0 * log10(y), -25, 0, 0},
        {fmax(y, z), 180, far_dbi, 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i].from_deg < all[i].to_deg)
            mask->segment[mask->segments++] = all[i];
}

cph_status cph_mask_make(cph_mask_kind kind, const cph_mask_antenna *antenna, cph_mask *mask)
{
    if ((size_t)kind >= CPH_MASK_COUNT || antenna == NULL || mask == NULL ||
        !(antenna->diameter_wl > 0.0) || !isfinite(antenna->diameter_wl) ||
        (kind == CPH_MASK_S1528 &&
         (!(antenna->hpbw_deg > 0.0 && antenna->hpbw_deg < 180.0) || !isfinite(antenna->peak_dbi))))
        return CPH_ERR_ARGUMENT;
    const variant *chosen = NULL;
    for (size_t i = VARIANTS; i-- > 0;)
        if (variants[i].kind == kind && (chosen == NULL || antenna->diameter_wl < chosen->low))
            chosen = &variants[i];
    cph_mask made = {.density = kinds[kind].density,
                     .in_scope = chosen == NULL || antenna->diameter_wl >= chosen->low,
                     .relax_db = kinds[kind].relax_db,
                     .relax_share = kinds[kind].relax_share,
                     .relax_from_deg = kinds[kind].relax_from_deg};
    if (chosen == NULL)
        take_s1528(antenna, &made);
    else
        take_variant(chosen, antenna->diameter_wl, &made);
    if (made.segments == 0)
        return CPH_ERR_ARGUMENT;
    *mask = made;
    return CPH_OK;
}

cph_status cph_mask_from_points(size_t points, const double *angle_deg, const double *level,
                                cph_mask *mask)
{
    if (points < 2 || points > CPH_MASK_SEGMENTS + 1 || angle_deg == NULL || level == NULL ||
        mask == NULL)
        return CPH_ERR_ARGUMENT;
    for (size_t i = 0; i < points; i++) {
        if (!isfinite(angle_deg[i]) || !isfinite(level[i]))
            return CPH_ERR_NOT_FINITE;
        if (angle_deg[i] < 0.0 || angle_deg[i] > 180.0 ||
            (i > 0 && angle_deg[i] <= angle_deg[i - 1]))
            return CPH_ERR_ARGUMENT;
    }
    cph_mask made = {.segments = points - 1, .in_scope = true};
    for (size_t i = 0; i + 1 < points; i++) {
        const double slope = (level[i + 1] - level[i]) / (angle_deg[i + 1] - angle_deg[i]);
        made.segment[i] = (cph_mask_segment){.from_deg = angle_deg[i],
                                             .to_deg = angle_deg[i + 1],
                                             .level = level[i] - slope * angle_deg[i],
                                             .linear = slope};
    }
    *mask = made;
    return CPH_OK;
}

double cph_mask_level(const cph_mask *mask, double angle_deg)
{
    for (size_t i = 0; i < mask->segments; i++) {
        const cph_mask_segment *s = &mask->segment[i];
        const bool inside = angle_deg > s->from_deg || (i == 0 && angle_deg == s->from_deg);
        if (inside && angle_deg <= s->to_deg)
            return s->level + (s->log != 0.0 ? s->log * log10(angle_deg) : 0.0) +
                   angle_deg * (s->linear + angle_deg * s->square);
    }
    return NAN;
}
