/* SPDX-License-Identifier: MIT */
#include "datasets/import/utc.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, FIELDS };

static bool is_digit(char letter)
{
    return letter >= '0' && letter <= '9';
}

static bool leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* From 1970-01-01, in the Gregorian calendar. */
static int64_t days_of(int year, int month, int day)
{
    static const int before[12] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    const int64_t y = year - 1;
    const int64_t years = 365 * y + y / 4 - y / 100 + y / 400;
    return years + before[month - 1] + (month > 2 && leap(year) ? 1 : 0) + day - 1 - 719162;
}

static bool in_range(const int field[FIELDS])
{
    static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    static const int least[FIELDS] = {1, 1, 1, 0, 0, 0}, most[FIELDS] = {9999, 12, 31, 23, 59, 60};
    for (size_t i = 0; i < FIELDS; i++)
        if (field[i] < least[i] || field[i] > most[i])
            return false;
    const int february = field[MONTH] == 2 && leap(field[YEAR]) ? 1 : 0;
    return field[DAY] <= days[field[MONTH] - 1] + february;
}

/* Digits behind a point, 18 of them at most; returns what follows. */
static const char *take_rest(const char *text, double *rest_s)
{
    uint64_t digits = 0, unit = 1;
    for (; is_digit(*text); text++) {
        const bool counts = unit < 1000000000000000000U;
        digits = counts ? 10 * digits + (uint64_t)(*text - '0') : digits;
        unit = counts ? 10 * unit : unit;
    }
    *rest_s = (double)((long double)digits / (long double)unit);
    return text;
}

bool cph_utc_parse(const char *text, double *whole_s, double *rest_s)
{
    /* what stands behind each field; T stands for a blank, too */
    static const char behind[FIELDS] = {'-', '-', 'T', ':', ':', '\0'};
    int field[FIELDS] = {0};
    double rest = 0.0;
    for (size_t i = 0; i < FIELDS; i++) {
        for (size_t d = 0; d < (i == YEAR ? 4 : 2); d++, text++) {
            if (!is_digit(*text))
                return false;
            field[i] = 10 * field[i] + (*text - '0');
        }
        if (behind[i] == '\0')
            break;
        if (*text != behind[i] && !(i == DAY && *text == ' '))
            return false;
        text++;
    }
    if (text[0] == '.' && is_digit(text[1]))
        text = take_rest(text + 1, &rest);
    if (!in_range(field) ||
        (*text != '\0' && strcmp(text, "Z") != 0 && strcmp(text, "+00:00") != 0))
        return false;
    const int seconds = 3600 * field[HOUR] + 60 * field[MINUTE] + field[SECOND];
    *whole_s = (double)(86400 * days_of(field[YEAR], field[MONTH], field[DAY]) + seconds);
    *rest_s = rest;
    return true;
}
