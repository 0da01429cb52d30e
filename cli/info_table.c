/* SPDX-License-Identifier: MIT */
/* The table of elements that `cophase info` prints. */
#include <langinfo.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/info_health.h"

enum {
    ROWS_MOST = 64, /* more are for a file or a picture */
    NAME_MOST = 16,
    THUMB = 16, /* characters of a spectrum */
    LEVELS = 8
};
/* Least that a thumbnail's height stands for: noise is flat in it. */
static const double height_db = 12.0;

/* ---- cells ---- */

/* Width 9 with its space; what is unknown is a dash. */
static void print_cell(double value, int decimals)
{
    if (isfinite(value))
        printf(" %8.*f", decimals, value);
    else
        printf(" %8s", "-");
}

/* Value and standard error, 8 and 6 wide. */
static void print_error(double value, double sigma)
{
    if (isfinite(value))
        printf(" %7.2f", value);
    else
        printf(" %7s", "-");
    if (isfinite(sigma))
        printf(" %5.2f", sigma);
    else
        printf(" %5s", "-");
}

static const char *const blocks[LEVELS] = {"\u2581", "\u2582", "\u2583", "\u2584",
                                           "\u2585", "\u2586", "\u2587", "\u2588"};
static const char *const plain[LEVELS] = {"_", ".", "-", ":", "=", "+", "*", "#"};

/* What to draw with: blocks where a person looks whose terminal has them. */
static const char *const *pens(void)
{
    const char *const *chosen = plain;
    const locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    if (locale == (locale_t)0)
        return plain;
    if (isatty(STDOUT_FILENO) && strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0)
        chosen = blocks;
    freelocale(locale);
    return chosen;
}

/* The highest of the columns that share a character: lines are seen. */
static void print_thumb(const double *spectrum, size_t columns, const char *const *pen)
{
    const size_t wide = columns < THUMB ? columns : THUMB;
    double shown[THUMB], high = -INFINITY, low = INFINITY;
    for (size_t i = 0; i < wide; i++) {
        double most = 0.0;
        for (size_t k = i * columns / wide; k < (i + 1) * columns / wide; k++)
            most = spectrum[k] > most ? spectrum[k] : most;
        shown[i] = most > 0.0 ? 10.0 * log10(most) : NAN;
        high = fmax(high, isnan(shown[i]) ? high : shown[i]);
        low = fmin(low, isnan(shown[i]) ? low : shown[i]);
    }
    const double range = fmax(high - low, height_db);
    for (size_t i = 0; i < THUMB; i++) {
        const double level = i < wide ? LEVELS * (1.0 - (high - shown[i]) / range) : NAN;
        fputs(isnan(level)      ? " "
              : level >= LEVELS ? pen[LEVELS - 1]
              : level < 1.0     ? pen[0]
                                : pen[(size_t)level],
              stdout);
    }
}

static void print_words(const cph_health_row *row)
{
    const char *reason = cph_health_reason(row), *between = "  ";
    if (reason != NULL)
        printf("  %s", reason);
    for (unsigned i = 0; i < CPH_SUSPECTS; i++)
        if ((row->suspects & 1U << i) != 0) {
            printf("%s%s", between, cph_suspect_name(i));
            between = ", ";
        }
    putchar('\n');
}

/* ---- of samples ---- */

typedef struct table {
    const cph_data_header *header;
    const cph_health *health;
    int name; /* width of names; 0: nobody has one */
    bool complex_samples, thumbs;
    const char *const *pen;
} table;

static table table_of(const cph_data_header *header, const cph_health *health)
{
    size_t name = 0;
    for (size_t i = 0; i < health->rows; i++) {
        const size_t length = strnlen(health->row[i].name, NAME_MOST);
        name = length > name ? length : name;
    }
    return (table){.header = header,
                   .health = health,
                   .name = (int)name,
                   .complex_samples = !header->real_sampling,
                   .thumbs = health->look.columns > 0,
                   .pen = pens()};
}

static void print_head(const table *t)
{
    printf("\n%7s", t->header->kind == CPH_KIND_BEAMS ? "beam" : "element");
    if (t->name > 0)
        printf("  %-*s", t->name, "name");
    printf(" %8s %8s %8s %8s", t->header->type == CPH_C32 ? "rms dB" : "rms dBFS", "relative",
           "clip %", "DC dB");
    if (t->complex_samples)
        printf(" %7s %5s %7s %5s %8s %8s", "Q/I dB", "+-", "deg", "+-", "kurt. I", "kurt. Q");
    else
        printf(" %8s", "kurtosis");
    if (t->thumbs)
        printf("  %-*s", (int)THUMB, "spectrum");
    puts("  what");
}

static void print_row(const table *t, const cph_health_row *row)
{
    double number[CPH_INFO_NUMBERS];
    cph_info_numbers(t->header, row, number);
    printf("%6u%c", row->number, row->polarization != 0 ? row->polarization : ' ');
    if (t->name > 0)
        printf("  %-*.*s", t->name, t->name, row->name);
    print_cell(t->header->type == CPH_C32 ? row->power_db : number[CPH_INFO_RMS_DBFS], 2);
    print_cell(row->relative_db, 2);
    print_cell(100.0 * row->full_scale_share, 3);
    print_cell(number[CPH_INFO_DC_DB], 1);
    if (t->complex_samples) {
        print_error(number[CPH_INFO_IQ_GAIN], number[CPH_INFO_IQ_GAIN_SIGMA]);
        print_error(number[CPH_INFO_IQ_PHASE], number[CPH_INFO_IQ_PHASE_SIGMA]);
    }
    print_cell(number[CPH_INFO_KURTOSIS_RE], 2);
    if (t->complex_samples)
        print_cell(number[CPH_INFO_KURTOSIS_IM], 2);
    if (t->thumbs) {
        fputs("  ", stdout);
        print_thumb(row->spectrum, t->health->look.columns, t->pen);
    }
    print_words(row);
}

static bool striking(const cph_health_row *row)
{
    return row->suspects != 0 || cph_health_reason(row) != NULL;
}

static void print_looked_at(const cph_data_header *header, const cph_health *health)
{
    const cph_look *look = &health->look;
    const double step = header->sample_rate_hz / (double)look->points;
    printf("%-12s %zu of %zu times%s%s\n", "looked at", look->times, header->times,
           look->times < header->times && look->places > 1 ? ", in stretches from end to end" : "",
           cph_health_too_few(health) ? ": too few samples to judge elements by" : "");
    if (look->points == 0)
        return;
    printf("%-12s %zu columns", "spectrum", look->columns);
    if (step > 0.0)
        printf(" of %.6g Hz; lines narrower than %.6g Hz are drawn as wide as that\n", step,
               CPH_LOOK_RESOLUTION * step);
    else
        printf(" of 1/%zu of the sample rate; lines are %g of them wide at least\n", look->points,
               CPH_LOOK_RESOLUTION);
}

/* All rows, or, of many, the first that stand out. */
static void print_samples(const cph_data_header *header, const cph_health *health)
{
    const bool many = health->rows > ROWS_MOST;
    const table t = table_of(header, health);
    size_t shown = 0, left = 0;
    print_looked_at(header, health);
    if (many && cph_health_good(health) == health->rows && cph_health_suspected(health) == 0)
        return;
    print_head(&t);
    for (size_t i = 0; i < health->rows; i++) {
        const cph_health_row *row = &health->row[i];
        if (many && !striking(row))
            continue;
        if (shown < ROWS_MOST) {
            print_row(&t, row);
            shown++;
        } else {
            left++;
        }
    }
    if (left > 0)
        printf("%zu more that stand out: --elements LIST or --json shows them\n", left);
}

/* ---- of anything else ---- */

static void print_flagged(const cph_health *health)
{
    printf("\n%7s  %-16s %8s %8s  %s\n", "element", "name", "power dB", "relative", "what");
    for (size_t i = 0; i < health->rows; i++) {
        const cph_health_row *row = &health->row[i];
        if (!striking(row))
            continue;
        printf("%6u%c  %-16s", row->number, row->polarization != 0 ? row->polarization : ' ',
               row->name);
        print_cell(row->power_db, 2);
        print_cell(row->relative_db, 2);
        print_words(row);
    }
}

void cph_info_health_print(const cph_data_header *header, const cph_health *health)
{
    const size_t good = cph_health_good(health), suspected = cph_health_suspected(health);
    printf("%-12s %zu good", "health", good);
    if (suspected > 0)
        printf(" (%zu of them suspect)", suspected);
    printf(", %zu not\n", health->rows - good);
    if (health->look.vitals != NULL)
        print_samples(header, health);
    else if (good < health->rows)
        print_flagged(health);
}
