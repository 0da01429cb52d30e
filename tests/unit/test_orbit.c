/* SPDX-License-Identifier: MIT */
/* Satellites on circular orbits over a site: closed forms, published numbers, and the search for
 * who is up. */
#include "cophase/orbit.h"

#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cophase/random.h"
#include "kernels/orbit/orbit.h"

static const double degree = M_PI / 180.0;
static const double j2000 = 946728000.0;

/* ---- Earth ---- */

/* J. Meeus, "Astronomical Algorithms", 2nd ed., examples 12.a, 12.b and eq. 12.4. */
static void sidereal_time_is_published(void)
{
    static const struct {
        double unix_s, hours, tolerance_s;
    } rows[] = {
        {545011200.0, 13.0 + 10.0 / 60.0 + 46.3668 / 3600.0, 1e-4},
        {545011200.0 + 69660.0, 8.0 + 34.0 / 60.0 + 57.0896 / 3600.0, 1e-4},
        {946728000.0, 280.46061837 / 15.0, 1e-4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const double seconds = cph_sidereal_rad(rows[i].unix_s, NULL) / (2.0 * M_PI) * 86400.0;
        CU_ASSERT_DOUBLE_EQUAL(seconds, rows[i].hours * 3600.0, rows[i].tolerance_s);
    }
    double rate = 0.0;
    (void)cph_sidereal_rad(1.8e9, &rate);
    CU_ASSERT_DOUBLE_EQUAL(rate, 7.2921158e-5, 1e-12); /* a sidereal day of 86164.091 s */
}

/* WGS 84 at 45 degrees: radii from a and b = 6356752.314245 m. */
static void sites_stand_on_the_ellipsoid(void)
{
    const double a = CPH_EARTH_RADIUS_M, b = 6356752.314245;
    const cph_site site = {45.0 * degree, -30.0 * degree, 0.0};
    const cph_observer o = cph_observer_of(&site);
    const double root = sqrt(0.5 * (a * a + b * b));
    CU_ASSERT_DOUBLE_EQUAL(hypot(o.place[0], o.place[1]), a * a / root * sqrt(0.5), 1e-3);
    CU_ASSERT_DOUBLE_EQUAL(o.place[2], b * b / root * sqrt(0.5), 1e-3);
    CU_ASSERT_DOUBLE_EQUAL(atan2(o.place[1], o.place[0]), site.longitude_rad, 1e-12);
    const cph_site above = {45.0 * degree, -30.0 * degree, 1000.0};
    const cph_observer high = cph_observer_of(&above);
    for (size_t i = 0; i < 3; i++) /* up is where altitude goes */
        CU_ASSERT_DOUBLE_EQUAL(high.place[i] - o.place[i], 1000.0 * o.to_enu[6 + i], 1e-6);
}

static double node_deg_day(double altitude_m, double inclination_deg)
{
    const cph_shell shell = {altitude_m, inclination_deg * degree, 1, 1, 0.0};
    double along, node;
    cph_shell_rates(&shell, &along, &node);
    return node / degree * 86400.0;
}

static void nodes_precess(void)
{
    /* heliosynchronous: a turn a year, at the inclination that tables give for 560 km */
    CU_ASSERT_DOUBLE_EQUAL(node_deg_day(560e3, 97.64), 360.0 / 365.2422, 0.005);
    CU_ASSERT(node_deg_day(550e3, 53.0) < -4.0 && node_deg_day(550e3, 53.0) > -5.0);
    CU_ASSERT_DOUBLE_EQUAL(node_deg_day(550e3, 90.0), 0.0, 1e-12);
}

/* ---- a pass ---- */

/* A polar satellite that stands in the zenith of a site on the equator at time zero_s: the angle
 * at Earth's centre has cos = cos(n t) cos(w t). */
typedef struct overhead {
    cph_shell shell;
    cph_site site;
    double along, spin, zero_s;
} overhead;

static overhead overhead_of(double altitude_m)
{
    overhead o = {.shell = {altitude_m, M_PI_2, 1, 1, 0.0}};
    double node;
    cph_shell_rates(&o.shell, &o.along, &node);
    o.zero_s = j2000 + 120000.0 * 2.0 * M_PI / o.along; /* north over the equator */
    o.site.longitude_rad = -cph_sidereal_rad(o.zero_s, &o.spin);
    return o;
}

static cph_look look_of(const overhead *o, double t)
{
    cph_look look = {0};
    CU_ASSERT_EQUAL(cph_satellite_look(&o->shell, 0, 0, &o->site, o->zero_s + t, &look), CPH_OK);
    return look;
}

static void an_overhead_pass_has_its_closed_form(void)
{
    const overhead o = overhead_of(550e3);
    const double earth = CPH_EARTH_RADIUS_M, radius = earth + 550e3;
    double worst[3] = {0.0, 0.0, 0.0};
    for (int i = -41; i <= 41; i++) {
        const double t = 7.3 * (double)i;
        const cph_look look = look_of(&o, t);
        const double time = (o.zero_s + t) - o.zero_s; /* as it was rounded */
        const double n = o.along, w = o.spin, cosine = cos(n * time) * cos(w * time);
        const double range = sqrt(earth * earth + radius * radius - 2.0 * earth * radius * cosine);
        const double rate = earth * radius / range *
                            (n * sin(n * time) * cos(w * time) + w * cos(n * time) * sin(w * time));
        const double el = asin((radius * cosine - earth) / range);
        worst[0] = fmax(worst[0], fabs(look.range_m - range));
        worst[1] = fmax(worst[1], fabs(look.range_rate_m_s - rate));
        worst[2] = fmax(worst[2], fabs(look.el_rad - el));
    }
    /* phases of 7e5 radians are rounded to 1e-10, a millimetre along the orbit */
    CU_ASSERT(worst[0] < 5e-3 && worst[1] < 1e-4 && worst[2] < 2e-8);
    if (worst[0] >= 5e-3 || worst[1] >= 1e-4 || worst[2] >= 2e-8)
        printf("%g %g %g ", worst[0], worst[1], worst[2]);
}

/* When it crosses an elevation, between a time below and one above. */
static double crossing(const overhead *o, double el_rad, double below, double above)
{
    for (int i = 0; i < 60; i++) {
        const double middle = 0.5 * (below + above);
        *(look_of(o, middle).el_rad < el_rad ? &below : &above) = middle;
    }
    return 0.5 * (below + above);
}

/* The numbers of a terminal at 25 degrees under 550 km. Earth's rotation, at right angles to the
 * orbit here, changes them by (465 / 7585)^2 / 2, 0.2 %, at most. */
static void terminal_numbers_hold(void)
{
    const overhead o = overhead_of(550e3);
    const double rise = crossing(&o, 25.0 * degree, -300.0, 0.0);
    const double set = crossing(&o, 25.0 * degree, 300.0, 0.0);
    const cph_look at_rise = look_of(&o, rise), at_set = look_of(&o, set), top = look_of(&o, 0.0);
    CU_ASSERT_DOUBLE_EQUAL(set - rise, 269.5, 0.9);
    CU_ASSERT_DOUBLE_EQUAL(top.range_m, 550e3, 1.0);
    CU_ASSERT_DOUBLE_EQUAL(at_rise.range_m, 1123.3e3, 1e3);
    CU_ASSERT_DOUBLE_EQUAL(-at_rise.range_rate_m_s / CPH_SPEED_OF_LIGHT * 11.325e9, 239e3, 1e3);
    CU_ASSERT_DOUBLE_EQUAL(-at_set.range_rate_m_s / CPH_SPEED_OF_LIGHT * 11.325e9, -239e3, 1e3);
    CU_ASSERT_DOUBLE_EQUAL(-at_rise.range_rate_m_s / CPH_SPEED_OF_LIGHT * 14.25e9, 301e3, 1e3);
    const cph_look before = look_of(&o, -0.05), after = look_of(&o, 0.05);
    const double swept = M_PI - before.el_rad - after.el_rad; /* through the zenith */
    CU_ASSERT_DOUBLE_EQUAL(swept / 0.1 / degree, 0.79, 0.004);
}

/* The site under a satellite. */
static cph_site under(const cph_shell *shell, double time_unix_s)
{
    const cph_motion motion = cph_motion_of(shell);
    const cph_spin spin = cph_spin_at(time_unix_s);
    double place[3], velocity[3];
    cph_satellite_state(&motion, &spin, 0.0, 0.0, place, velocity);
    return (cph_site){.latitude_rad = atan2(place[2], hypot(place[0], place[1])),
                      .longitude_rad = atan2(place[1], place[0])};
}

/* Azimuths some seconds before and after it is overhead; `part` of an orbit behind the node. */
static void heading(double inclination_deg, double part, double az_deg[2])
{
    const cph_shell shell = {550e3, inclination_deg * degree, 1, 1, 0.0};
    double along, node;
    cph_shell_rates(&shell, &along, &node);
    const double time = j2000 + (100000.0 + part) * 2.0 * M_PI / along;
    const cph_site site = under(&shell, time);
    for (size_t i = 0; i < 2; i++) {
        cph_look look = {0};
        CU_ASSERT_EQUAL(
            cph_satellite_look(&shell, 0, 0, &site, time + (i == 0 ? -60.0 : 60.0), &look), CPH_OK);
        az_deg[i] = look.az_rad / degree;
        CU_ASSERT_EQUAL(look.range_rate_m_s < 0.0, i == 0);
    }
}

static void satellites_go_where_they_must(void)
{
    double az[2];
    heading(53.0, 1.0 / 12.0, az); /* on its way up: from the southwest to the northeast */
    CU_ASSERT(az[0] > 195.0 && az[0] < 255.0 && az[1] > 15.0 && az[1] < 75.0);
    heading(53.0, 5.0 / 12.0, az); /* on its way down: from the northwest to the southeast */
    CU_ASSERT(az[0] > 285.0 && az[0] < 345.0 && az[1] > 105.0 && az[1] < 165.0);
    heading(97.6, 1.0 / 12.0, az); /* retrograde: from south-southeast to north-northwest */
    CU_ASSERT(az[0] > 150.0 && az[0] < 180.0 && az[1] > 330.0 && az[1] < 360.0);
}

static void range_rate_is_the_derivative(void)
{
    const uint64_t seed = 8821;
    cph_random random;
    double worst = 0.0;
    cph_random_seed(&random, seed, 0);
    for (size_t i = 0; i < 500; i++) {
        static const double step = 0.25;
        const cph_shell shell = {3e5 + 1.5e6 * cph_random_uniform(&random),
                                 M_PI * cph_random_uniform(&random), 7, 5, 3.0};
        const cph_site site = {M_PI * (cph_random_uniform(&random) - 0.5),
                               2.0 * M_PI * (cph_random_uniform(&random) - 0.5),
                               4e3 * (cph_random_uniform(&random) - 0.1)};
        const double time = 1.6e9 + 4e8 * cph_random_uniform(&random);
        cph_look look[5] = {{0}};
        for (size_t k = 0; k < 5; k++)
            CU_ASSERT_EQUAL(cph_satellite_look(&shell, i % 7, i % 5, &site,
                                               time + step * ((double)k - 2.0), &look[k]),
                            CPH_OK);
        const double rate =
            (look[0].range_m - 8.0 * look[1].range_m + 8.0 * look[3].range_m - look[4].range_m) /
            (12.0 * step);
        worst = fmax(worst, fabs(rate - look[2].range_rate_m_s));
    }
    /* places are rounded to a millimetre or two (times to 2.4e-7 s): 1.5 of that over the step */
    if (worst > 0.05)
        printf("seed %llu: %g ", (unsigned long long)seed, worst);
    CU_ASSERT(worst < 0.05);
}

static void walker_shells_are_even(void)
{
    const cph_shell shell = {550e3, 53.0 * degree, 4, 3, 2.0};
    double node, along, zero_node, zero_along;
    cph_satellite_start(&shell, 0, 0, &zero_node, &zero_along);
    cph_satellite_start(&shell, 1, 0, &node, &along);
    CU_ASSERT_DOUBLE_EQUAL(node - zero_node, 90.0 * degree, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(along - zero_along, 60.0 * degree, 1e-12); /* 2 of 12 parts */
    cph_satellite_start(&shell, 0, 2, &node, &along);
    CU_ASSERT_DOUBLE_EQUAL(along - zero_along, 240.0 * degree, 1e-12);
    cph_look look;
    const cph_site site = {0};
    CU_ASSERT_EQUAL(cph_satellite_look(&shell, 4, 0, &site, 0.0, &look), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_satellite_look(&shell, 0, 3, &site, 0.0, &look), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_satellite_look(&shell, 0, 0, &site, NAN, &look), CPH_ERR_ARGUMENT);
}

/* ---- who is up ---- */

static size_t everybody(const cph_shell *shell, size_t shells, const cph_site *site, double least,
                        double time, size_t *index)
{
    size_t found = 0, at = 0;
    for (size_t s = 0; s < shells; s++)
        for (size_t k = 0; k < shell[s].planes * shell[s].per_plane; k++, at++) {
            cph_look look = {0};
            CU_ASSERT_EQUAL(cph_satellite_look(&shell[s], k / shell[s].per_plane,
                                               k % shell[s].per_plane, site, time, &look),
                            CPH_OK);
            if (look.el_rad >= least)
                index[found++] = at;
        }
    return found;
}

static void nobody_who_is_up_is_missed(void)
{
    const cph_shell shells[2] = {{550e3, 53.0 * degree, 18, 11, 5.0},
                                 {1200e3, 87.9 * degree, 7, 9, 0.0}};
    enum { ALL = 18 * 11 + 7 * 9 };
    static const double floors[] = {-0.1, 0.0, 10.0 * M_PI / 180.0, 40.0 * M_PI / 180.0};
    size_t wrong = 0, seen = 0;
    for (size_t f = 0; f < 4; f++) {
        const cph_site site = {(50.0 - 30.0 * (double)f) * degree, 8.5 * degree, 300.0};
        cph_passes *passes = NULL;
        CU_ASSERT_EQUAL_FATAL(cph_passes_create(shells, 2, &site, floors[f], &passes), CPH_OK);
        CU_ASSERT_EQUAL(cph_passes_satellites(passes), ALL);
        for (int k = 0; k < (f == 2 ? 1000 : 97); k++) {
            const double t = (f == 2 ? 3.0 : 31.0) * (double)k;
            size_t index[ALL], want[ALL], count = 0;
            cph_look look[ALL];
            CU_ASSERT_EQUAL(cph_passes_at(passes, 1.8e9 + t, index, look, &count), CPH_OK);
            const size_t all = everybody(shells, 2, &site, floors[f], 1.8e9 + t, want);
            wrong += all != count;
            for (size_t i = 0; i < count && i < all; i++)
                wrong += index[i] != want[i];
            seen += count;
        }
        size_t shell, plane, number, none = 0;
        cph_passes_which(passes, 18 * 11 + 10, &shell, &plane, &number);
        CU_ASSERT(shell == 1 && plane == 1 && number == 1);
        CU_ASSERT_EQUAL(cph_passes_at(passes, 1.8e9, &none, NULL, &none), CPH_ERR_ARGUMENT);
        cph_passes_destroy(passes);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(seen > 1000);
}

CU_TestInfo cph_tests_orbit[] = {
    {"sidereal time is as published", sidereal_time_is_published},
    {"sites stand on the ellipsoid", sites_stand_on_the_ellipsoid},
    {"nodes precess", nodes_precess},
    {"an overhead pass has its closed form", an_overhead_pass_has_its_closed_form},
    {"terminal numbers hold", terminal_numbers_hold},
    {"satellites go where they must", satellites_go_where_they_must},
    {"range rate is the derivative", range_rate_is_the_derivative},
    {"Walker shells are even", walker_shells_are_even},
    {"nobody who is up is missed", nobody_who_is_up_is_missed},
    CU_TEST_INFO_NULL};
