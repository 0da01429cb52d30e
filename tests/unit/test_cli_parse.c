/* SPDX-License-Identifier: MIT */
/* The grammar of the command line takes what it should and nothing else. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/character.h"
#include "cli/parse.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* A refusal says something, in one line, and leaves the output alone. */
static int refused(cph_status status, const cph_error *error)
{
    return status == CPH_ERR_ARGUMENT && error->status == CPH_ERR_ARGUMENT &&
           error->message[0] != '\0' && strchr(error->message, '\n') == NULL;
}

static void quantities_in_their_units(void)
{
    static const struct {
        cph_quantity quantity;
        const char *text;
        double value;
    } good[] = {
        {CPH_NUMBER, "-.5e1", -5},
        {CPH_NUMBER, "+7", 7},
        {CPH_ANGLE, "180", M_PI},
        {CPH_ANGLE, "-90deg", -M_PI / 2},
        {CPH_ANGLE, "0.25rad", 0.25},
        {CPH_TIME, "10ms", 0.01},
        {CPH_TIME, "2s", 2},
        {CPH_TIME, "5us", 5e-6},
        {CPH_TIME, "0s", 0},
        {CPH_TIME, "0", 0},
        {CPH_METRES, "0", 0},
        {CPH_TIME, "3min", 180},
        {CPH_FREQUENCY, "11.7e9", 11.7e9},
        {CPH_FREQUENCY, "11.7GHz", 11.7e9},
        {CPH_FREQUENCY, "240kHz", 240e3},
        {CPH_POWER, "-3dB", 0.501187233627272},
        {CPH_POWER, "30dB", 1000},
        {CPH_POWER, "0.5", 0.5},
        {CPH_DECIBEL, "-30", -30},
        {CPH_DECIBEL, "1dB", 1},
        {CPH_SIZE, "256M", 268435456},
        {CPH_SIZE, "4096", 4096},
        {CPH_SIZE, "1.5G", 1610612736},
        {CPH_SIZE, "8KiB", 8192},
    };
    for (size_t i = 0; i < COUNT(good); i++) {
        double value = NAN;
        cph_error error;
        cph_status status = cph_parse_quantity(good[i].quantity, good[i].text, &value, &error);
        if (status != CPH_OK || !(fabs(value - good[i].value) <= 1e-14 * fabs(good[i].value)))
            printf("%s\n", good[i].text);
        CU_ASSERT_EQUAL(status, CPH_OK);
        CU_ASSERT_DOUBLE_EQUAL(value, good[i].value, 1e-14 * fabs(good[i].value));
    }
}

static void quantities_refused(void)
{
    static const struct {
        cph_quantity quantity;
        const char *text;
    } bad[] = {
        {CPH_NUMBER, ""},      {CPH_NUMBER, "nan"},      {CPH_NUMBER, "inf"},
        {CPH_NUMBER, "1e999"}, {CPH_NUMBER, "0x10"},     {CPH_NUMBER, " 1"},
        {CPH_NUMBER, "1 "},    {CPH_NUMBER, "1,5"},      {CPH_NUMBER, "-"},
        {CPH_NUMBER, "."},     {CPH_ANGLE, "20degrees"}, {CPH_ANGLE, "20 deg"},
        {CPH_ANGLE, "NaN"},    {CPH_TIME, "10"},         {CPH_TIME, "-1s"},
        {CPH_SPAN, "0s"},      {CPH_SPAN, "0"},          {CPH_TIME, "0x10"},
        {CPH_TIME, "1S"},      {CPH_TIME, "s"},          {CPH_FREQUENCY, "0"},
        {CPH_FREQUENCY, "-1"}, {CPH_FREQUENCY, "11.7g"}, {CPH_FREQUENCY, "1e308GHz"},
        {CPH_POWER, "-1"},     {CPH_POWER, "-3db"},      {CPH_POWER, "9999dB"},
        {CPH_DECIBEL, "1dBm"}, {CPH_SIZE, "0"},          {CPH_SIZE, "256MX"},
        {CPH_SIZE, "-1M"},     {CPH_SIZE, "M"},
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        double value = 42;
        cph_error error = {.status = CPH_OK};
        cph_status status = cph_parse_quantity(bad[i].quantity, bad[i].text, &value, &error);
        if (!refused(status, &error))
            printf("not refused: '%s'\n", bad[i].text);
        CU_ASSERT_TRUE(refused(status, &error));
        CU_ASSERT_EQUAL(value, 42);
    }
}

static void lengths_in_metres_or_wavelengths(void)
{
    cph_length length = {.value = 0};
    cph_error error;
    CU_ASSERT_EQUAL(cph_parse_length("12.8mm", &length, &error), CPH_OK);
    CU_ASSERT_FALSE(length.wavelengths);
    CU_ASSERT_DOUBLE_EQUAL(length.value, 0.0128, 1e-17);
    CU_ASSERT_DOUBLE_EQUAL(cph_length_wavelengths(length, 299792458.0), 0.0128, 1e-15);
    CU_ASSERT_EQUAL(cph_parse_length("0.5wl", &length, &error), CPH_OK);
    CU_ASSERT_TRUE(length.wavelengths);
    CU_ASSERT_DOUBLE_EQUAL(cph_length_metres(length, 299792458e1), 0.05, 1e-15);
    static const char *const bad[] = {"0.5", "0wl", "-1m", "wl", "0.5wlx", "1e400m", "0m"};
    for (size_t i = 0; i < COUNT(bad); i++)
        CU_ASSERT_TRUE(refused(cph_parse_length(bad[i], &length, &error), &error));
    CU_ASSERT_TRUE(length.wavelengths);
}

static void counts_are_whole(void)
{
    size_t value = 7;
    uint64_t seed = 7;
    cph_error error;
    CU_ASSERT_EQUAL(cph_parse_count("12", 1, 12, &value, &error), CPH_OK);
    CU_ASSERT_EQUAL(value, 12);
    CU_ASSERT_EQUAL(cph_parse_u64("18446744073709551615", &seed, &error), CPH_OK);
    CU_ASSERT_EQUAL(seed, UINT64_MAX);
    static const char *const bad[] = {"0",   "13", "-1", "1.0",
                                      "1e1", "",   " 2", "99999999999999999999"};
    for (size_t i = 0; i < COUNT(bad); i++)
        CU_ASSERT_TRUE(refused(cph_parse_count(bad[i], 1, 12, &value, &error), &error));
    CU_ASSERT_TRUE(refused(cph_parse_u64("18446744073709551616", &seed, &error), &error));
    CU_ASSERT_EQUAL(value, 12);
}

static void directions_keep_the_order_written(void)
{
    double snr = -1, flux = -1;
    const cph_key keys[] = {{"snr", CPH_POWER, &snr, NULL}, {"flux", CPH_NUMBER, &flux, NULL}, {0}};
    cph_direction d;
    cph_error error;
    CU_ASSERT_EQUAL(cph_parse_direction("sky:282.4,74.4", NULL, &d, &error), CPH_OK);
    CU_ASSERT_EQUAL(d.kind, CPH_DIRECTION_SKY);
    CU_ASSERT_DOUBLE_EQUAL(d.angle[0], 282.4 * M_PI / 180, 1e-14);
    CU_ASSERT_DOUBLE_EQUAL(d.angle[1], 74.4 * M_PI / 180, 1e-14);
    CU_ASSERT_EQUAL(cph_parse_direction("azel:-40,5deg,flux=2,snr=10dB", keys, &d, &error), CPH_OK);
    CU_ASSERT_EQUAL(d.kind, CPH_DIRECTION_AZEL);
    CU_ASSERT_DOUBLE_EQUAL(d.angle[0], -40 * M_PI / 180, 1e-14);
    CU_ASSERT_DOUBLE_EQUAL(snr, 10, 1e-14);
    CU_ASSERT_EQUAL(flux, 2);
    CU_ASSERT_EQUAL(cph_parse_direction("uv:-0.6,0.8", NULL, &d, &error), CPH_OK);
    CU_ASSERT_EQUAL(d.angle[0], -0.6);
    CU_ASSERT_EQUAL(d.angle[1], 0.8);
    CU_ASSERT_EQUAL(cph_parse_direction("thetaphi:180,-360", NULL, &d, &error), CPH_OK);
}

static void moments_in_utc_and_unix_seconds(void)
{
    static const struct {
        const char *text;
        double unix_s;
    } good[] = {{"1970-01-02T00:00:00.5Z", 86400.5},
                {"2026-11-23T10:00:00Z", 1795428000.0},
                {"1795428000.25", 1795428000.25},
                {"-3", -3.0},
                {"1e9", 1e9}};
    static const char *const bad[] = {"", "3s", "0x10", "1e12", "nan", "2026-11-23", "10:00"};
    cph_error error;
    for (size_t i = 0; i < COUNT(good); i++) {
        double unix_s = NAN;
        CU_ASSERT_EQUAL(cph_parse_moment(good[i].text, &unix_s, &error), CPH_OK);
        CU_ASSERT_EQUAL(unix_s, good[i].unix_s);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        double unix_s = 7.0;
        CU_ASSERT_TRUE(refused(cph_parse_moment(bad[i], &unix_s, &error), &error));
        CU_ASSERT_EQUAL(unix_s, 7.0);
    }
}

static void directions_refused(void)
{
    double snr = -1;
    const cph_key keys[] = {{"snr", CPH_POWER, &snr, NULL}, {0}};
    static const char *const bad[] = {
        "",
        "20,10",
        "azel",
        "azel:",
        "azel:20",
        "azel:20,",
        "azel:20,91",
        "azel:361,0",
        "sky:1,2,3",
        "polar:1,2",
        "uv:1,1",
        "uv:20deg,0",
        "thetaphi:-1,0",
        "azel:1,2,snr",
        "azel:1,2,snr=",
        "azel:1,2,",
        "AZEL:1,2",
        "azel:1,2,x=1",
        "azel:1,2,snr=1,snr=2",
        "azel:nan,0",
        "azel:1,2,snr=0dB,inr=3dB",
    };
    cph_direction d = {.text = "untouched"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        cph_error error = {.status = CPH_OK};
        cph_status status = cph_parse_direction(bad[i], keys, &d, &error);
        if (!refused(status, &error))
            printf("not refused: '%s'\n", bad[i]);
        CU_ASSERT_TRUE(refused(status, &error));
    }
    CU_ASSERT_STRING_EQUAL(d.text, "untouched");
    CU_ASSERT_EQUAL(snr, -1);
    cph_directions list = {0};
    cph_error error;
    for (size_t i = 0; i < 20; i++)
        CU_ASSERT_EQUAL(cph_directions_add(&list, i % 2 != 0 ? "uv:0,1" : "uv:1,0", NULL, &error),
                        CPH_OK);
    CU_ASSERT_TRUE(refused(cph_directions_add(&list, "uv:2,0", NULL, &error), &error));
    CU_ASSERT_EQUAL(list.count, 20);
    CU_ASSERT_EQUAL(list.item[19].angle[1], 1);
    cph_directions_free(&list);
}

static void arrays_or_files(void)
{
    cph_array_spec spec;
    cph_error error;
    CU_ASSERT_EQUAL(cph_parse_array("ura:8x4,0.5wl", &spec, &error), CPH_OK);
    CU_ASSERT_EQUAL(spec.kind, CPH_ARRAY_URA);
    CU_ASSERT_EQUAL(spec.count[0], 8);
    CU_ASSERT_EQUAL(spec.count[1], 4);
    CU_ASSERT_TRUE(spec.pitch.wavelengths);
    CU_ASSERT_EQUAL(cph_parse_array("disc:1280,12.8mm", &spec, &error), CPH_OK);
    CU_ASSERT_EQUAL(spec.kind, CPH_ARRAY_DISC);
    CU_ASSERT_EQUAL(spec.count[0], 1280);
    CU_ASSERT_TRUE(cph_array_spec_metric(&spec));
    CU_ASSERT_EQUAL(cph_parse_array("cylinder:12x5,0.5wl,20cm", &spec, &error), CPH_OK);
    CU_ASSERT_EQUAL(spec.kind, CPH_ARRAY_CYLINDER);
    CU_ASSERT_TRUE(spec.count[0] == 12 && spec.count[1] == 5 && spec.pitch.wavelengths);
    CU_ASSERT_TRUE(spec.radius.value == 0.2 && !spec.radius.wavelengths);
    CU_ASSERT_TRUE(cph_array_spec_metric(&spec));
    CU_ASSERT_EQUAL(cph_parse_array("sphere:61,0.5wl,4wl", &spec, &error), CPH_OK);
    CU_ASSERT_TRUE(spec.kind == CPH_ARRAY_SPHERE && !cph_array_spec_metric(&spec));
    CU_ASSERT_EQUAL(cph_parse_array("circle:12,0.5wl", &spec, &error), CPH_OK);
    CU_ASSERT_TRUE(spec.kind == CPH_ARRAY_CIRCLE && !cph_array_spec_metric(&spec));
    CU_ASSERT_EQUAL(cph_parse_array("some/file.h5", &spec, &error), CPH_OK);
    CU_ASSERT_EQUAL(spec.kind, CPH_ARRAY_FILE);
    CU_ASSERT_EQUAL(cph_parse_array("ula:1048576,1m", &spec, &error), CPH_OK);
    CU_ASSERT_EQUAL(cph_parse_array("ura:1024x1024,1m", &spec, &error), CPH_OK);
    CU_ASSERT_EQUAL(cph_parse_array("some/file.h5", &spec, &error), CPH_OK);
    static const char *const bad[] = {"ula:10",
                                      "ula:10,0.5",
                                      "ula:0,1m",
                                      "ula:-3,1m",
                                      "ura:8,0.5wl",
                                      "ura:8x,0.5wl",
                                      "ura:8x8x2,0.5wl",
                                      "tri:7,0.5wl,1",
                                      "disc:,1m",
                                      "ula:1048577,1m",
                                      "ura:1025x1024,1m",
                                      "ula:99999999,1m",
                                      "ura:99999x99999,1m",
                                      "circle:1,1m",
                                      "circle:5,1m,2m",
                                      "cylinder:5,1m,2m",
                                      "cylinder:5x2,1m",
                                      "sphere:7,1m",
                                      "sphere:7,1m,0m",
                                      "sphere:7,1m,2m,3m",
                                      ""};
    for (size_t i = 0; i < COUNT(bad); i++) {
        cph_status status = cph_parse_array(bad[i], &spec, &error);
        if (!refused(status, &error))
            printf("not refused: '%s'\n", bad[i]);
        CU_ASSERT_TRUE(refused(status, &error));
    }
    CU_ASSERT_EQUAL(spec.kind, CPH_ARRAY_FILE);
}

static void tapers_by_name(void)
{
    cph_taper taper = {.nbar = -1};
    cph_error error;
    CU_ASSERT_EQUAL(cph_parse_taper("uniform", &taper, &error), CPH_OK);
    CU_ASSERT_EQUAL(taper.kind, CPH_TAPER_UNIFORM);
    CU_ASSERT_EQUAL(cph_parse_taper("taylor:nbar=6,sll=-35dB", &taper, &error), CPH_OK);
    CU_ASSERT_EQUAL(taper.kind, CPH_TAPER_TAYLOR);
    CU_ASSERT_EQUAL(taper.nbar, 6);
    CU_ASSERT_EQUAL(taper.sll_db, -35);
    CU_ASSERT_EQUAL(cph_parse_taper("bayliss:axis=y,sll=-25", &taper, &error), CPH_OK);
    CU_ASSERT(taper.kind == CPH_TAPER_BAYLISS && taper.axis == 1 && taper.nbar == 4);
    CU_ASSERT_EQUAL(cph_parse_taper("cosine:shape=radial,power=2", &taper, &error), CPH_OK);
    CU_ASSERT(taper.shape == CPH_TAPER_RADIAL && taper.pedestal == 0.3 && taper.power == 2.0);
    static const char *const bad[] = {"",
                                      "Taylor",
                                      "taylor:pedestal=1",
                                      "cosine:pedestal=1.5",
                                      "cosine:power=0",
                                      "gaussian:edge=3",
                                      "hann:shape=round",
                                      "bayliss:nbar=1",
                                      "bayliss:sll=-50",
                                      "bayliss:axis=z",
                                      "circular-taylor:shape=radial",
                                      "taylor:nbar=1e30",
                                      "taylor:",
                                      "taylor:nbar=4.5",
                                      "taylor:4",
                                      "taylor:sll=30",
                                      "uniform:nbar=4",
                                      "taylor:nbar=0",
                                      "uniform,x",
                                      "taylor:sll=-30,nbar=4,x=1"};
    for (size_t i = 0; i < COUNT(bad); i++)
        CU_ASSERT_TRUE(refused(cph_parse_taper(bad[i], &taper, &error), &error));
    CU_ASSERT_EQUAL(taper.kind, CPH_TAPER_COSINE);
}

static void every_taper_reads_its_own_form(void)
{
    char forms[512], *rest = forms;
    cph_error error;
    cph_taper_forms(forms, sizeof forms);
    for (size_t kind = 0; kind < CPH_TAPER_COUNT; kind++) {
        const char *form = strsep(&rest, " ");
        cph_taper written, bare;
        CU_ASSERT_PTR_NOT_NULL_FATAL(form);
        CU_ASSERT_EQUAL(cph_parse_taper(form, &written, &error), CPH_OK);
        CU_ASSERT_EQUAL(cph_parse_taper(cph_taper_name((cph_taper_kind)kind), &bare, &error),
                        CPH_OK);
        CU_ASSERT(written.kind == (cph_taper_kind)kind && bare.kind == written.kind);
        CU_ASSERT(written.nbar == bare.nbar && written.sll_db == bare.sll_db &&
                  written.pedestal == bare.pedestal && written.edge_db == bare.edge_db);
    }
    CU_ASSERT_PTR_NULL(rest);
}

/* Of 1 to 4 bytes; too long forms, surrogates, control characters, cut ones and beyond the last. */
static void characters_of_utf8(void)
{
    static const char *const whole[] = {"a", "~", "\xc3\xa4", "\xe2\x80\xa6", "\xf0\x9f\x93\xa1"};
    static const char *const none[] = {"",
                                       "\n",
                                       "\x7f",
                                       "\xa4",
                                       "\xff",
                                       "\xc3",
                                       "\xc3z",
                                       "\xe2\x80",
                                       "\xc2\x9b",
                                       "\xc1\xa1",
                                       "\xe0\x80\xa1",
                                       "\xed\xa0\x80",
                                       "\xf4\x90\x80\x80"};
    for (size_t i = 0; i < COUNT(whole); i++)
        CU_ASSERT_EQUAL(cph_character(whole[i]), strlen(whole[i]));
    for (size_t i = 0; i < COUNT(none); i++)
        CU_ASSERT_EQUAL(cph_character(none[i]), 0);
}

static void element_lists_expand_sorted(void)
{
    cph_ranges ranges = {0};
    cph_error error;
    size_t *index = NULL, count = 0;
    CU_ASSERT_EQUAL(cph_ranges_add(&ranges, "17,3,20-22", &error), CPH_OK);
    CU_ASSERT_EQUAL(cph_ranges_add(&ranges, "21-23", &error), CPH_OK);
    static const char *const bad[] = {"",  "3,",    "5-4", "-3",           "3-",
                                      "a", "1-2-3", "3 4", "1,99999999999"};
    for (size_t i = 0; i < COUNT(bad); i++)
        CU_ASSERT_TRUE(refused(cph_ranges_add(&ranges, bad[i], &error), &error));
    CU_ASSERT_TRUE(refused(cph_ranges_add(&ranges, "4,-17", &error), &error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "'-17'"));
    CU_ASSERT_TRUE(refused(cph_ranges_add(&ranges, "17-", &error), &error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "'17-'"));
    CU_ASSERT_FALSE(cph_ranges_contain(&ranges, 1));
    CU_ASSERT_TRUE(cph_ranges_contain(&ranges, 22));
    CU_ASSERT_TRUE(refused(cph_ranges_expand(&ranges, 23, &index, &count, &error), &error));
    CU_ASSERT_EQUAL_FATAL(cph_ranges_expand(&ranges, 24, &index, &count, &error), CPH_OK);
    static const size_t expected[] = {3, 17, 20, 21, 22, 23};
    CU_ASSERT_EQUAL(count, COUNT(expected));
    CU_ASSERT_EQUAL(memcmp(index, expected, sizeof expected), 0);
    free(index);
    cph_ranges_free(&ranges);
}

static void pairs_and_choices(void)
{
    double value[2] = {0, 0};
    cph_error error;
    CU_ASSERT_EQUAL(cph_parse_pair(CPH_DECIBEL, CPH_ANGLE, "1dB,20deg", value, &error), CPH_OK);
    CU_ASSERT_EQUAL(value[0], 1);
    CU_ASSERT_DOUBLE_EQUAL(value[1], M_PI / 9, 1e-15);
    static const char *const bad[] = {"1dB", "1dB,", "1dB,2,3", "20deg,1dB"};
    for (size_t i = 0; i < COUNT(bad); i++)
        CU_ASSERT_TRUE(
            refused(cph_parse_pair(CPH_DECIBEL, CPH_ANGLE, bad[i], value, &error), &error));
    static const char *const negative[] = {"-1dB,3deg", "1dB,-3deg", "3deg,1dB"};
    CU_ASSERT_EQUAL(cph_parse_gain_errors("0.5dB,30deg", value, &error), CPH_OK);
    for (size_t i = 0; i < COUNT(negative); i++)
        CU_ASSERT_TRUE(refused(cph_parse_gain_errors(negative[i], value, &error), &error));
    CU_ASSERT_EQUAL(value[0], 0.5);
    CU_ASSERT_DOUBLE_EQUAL(value[1], M_PI / 6, 1e-15);
    static const char *const modes[] = {"zero", "noise"};
    size_t index = 9;
    CU_ASSERT_EQUAL(cph_parse_choice("noise", modes, 2, &index, &error), CPH_OK);
    CU_ASSERT_EQUAL(index, 1);
    CU_ASSERT_TRUE(refused(cph_parse_choice("noisy", modes, 2, &index, &error), &error));
    cph_type type = CPH_C32;
    CU_ASSERT_EQUAL(cph_parse_type("c16", &type, &error), CPH_OK);
    CU_ASSERT_EQUAL(type, CPH_C16);
    CU_ASSERT_TRUE(refused(cph_parse_type("c64", &type, &error), &error));
}

CU_TestInfo cph_tests_cli_parse[] = {
    {"quantities in their units", quantities_in_their_units},
    {"quantities that are refused", quantities_refused},
    {"lengths in metres or wavelengths", lengths_in_metres_or_wavelengths},
    {"counts are whole and in range", counts_are_whole},
    {"directions keep the order written", directions_keep_the_order_written},
    {"moments in UTC and Unix seconds", moments_in_utc_and_unix_seconds},
    {"directions that are refused", directions_refused},
    {"arrays by name, else files", arrays_or_files},
    {"tapers by name", tapers_by_name},
    {"every taper reads its own form", every_taper_reads_its_own_form},
    {"characters of UTF-8", characters_of_utf8},
    {"element lists expand sorted", element_lists_expand_sorted},
    {"pairs and choices", pairs_and_choices},
    CU_TEST_INFO_NULL,
};
