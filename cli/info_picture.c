/* SPDX-License-Identifier: MIT */
#include "cli/info_picture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/info_health.h"
#include "cli/plot/plot.h"

/* Below the highest column: what is further down is drawn as if it were there. */
static const double depth_db = 60.0;

enum { WORDS_SIZE = 48 };

/* Numbers of elements, a row each, behind those of info_health.h. */
enum { POWER = CPH_INFO_NUMBERS, CLIPPED, COLUMNS };

typedef struct easel {
    const cph_data_header *header;
    const cph_health *health;
    double *value[COLUMNS]; /* [rows] each */
    double *spectrum;       /* [rows][look.columns] dB */
    double highest;         /* of the spectra; -INFINITY: there is nothing in them */
    uint32_t *number;
    char (*text)[WORDS_SIZE];
    const char **words;
} easel;

static bool easel_make(easel *e)
{
    const size_t rows = e->health->rows, columns = e->health->look.columns;
    bool made = true;
    for (size_t i = 0; i < COLUMNS; i++) {
        e->value[i] = calloc(rows, sizeof *e->value[i]);
        made = made && e->value[i] != NULL;
    }
    e->spectrum = calloc(rows * columns + 1, sizeof *e->spectrum);
    e->number = calloc(rows, sizeof *e->number);
    e->text = calloc(rows, sizeof *e->text);
    e->words = (const char **)calloc(rows, sizeof *e->words);
    return made && e->spectrum != NULL && e->number != NULL && e->text != NULL && e->words != NULL;
}

static void easel_free(easel *e)
{
    for (size_t i = 0; i < COLUMNS; i++)
        free(e->value[i]);
    free(e->spectrum);
    free(e->number);
    free(e->text);
    free((void *)e->words);
}

/* ---- numbers ---- */

static void write_words(easel *e, size_t n)
{
    const cph_health_row *row = &e->health->row[n];
    const char *reason = cph_health_reason(row);
    size_t used = 0;
    if (reason != NULL)
        used = (size_t)snprintf(e->text[n], WORDS_SIZE, "%s", reason);
    for (unsigned i = 0; i < CPH_SUSPECTS && used < WORDS_SIZE; i++)
        if ((row->suspects & 1U << i) != 0)
            used += (size_t)snprintf(e->text[n] + used, WORDS_SIZE - used, "%s%s",
                                     used > 0 ? ", " : "", cph_suspect_name(i));
    e->words[n] = used > 0 ? e->text[n] : NULL;
}

static void fill_row(easel *e, size_t n)
{
    const cph_health_row *row = &e->health->row[n];
    double found[COLUMNS] = {[POWER] = row->relative_db, [CLIPPED] = 100.0 * row->full_scale_share};
    cph_info_numbers(e->header, row, found);
    const size_t columns = e->health->look.columns;
    for (size_t i = 0; i < COLUMNS; i++)
        e->value[i][n] = found[i];
    for (size_t k = 0; k < columns; k++) {
        const double power = e->header->scale * e->header->scale * row->spectrum[k];
        e->spectrum[n * columns + k] = row->vitals->power > 0.0 ? 10.0 * log10(power) : (double)NAN;
        e->highest = power > 0.0 ? fmax(e->highest, 10.0 * log10(power)) : e->highest;
    }
    e->number[n] = row->number;
    write_words(e, n);
}

/* Dead elements stay without a spectrum. */
static void cut_depth(easel *e)
{
    const size_t all = e->health->rows * e->health->look.columns;
    for (size_t i = 0; i < all; i++)
        if (!isnan(e->spectrum[i]))
            e->spectrum[i] = fmax(e->spectrum[i], e->highest - depth_db);
}

/* ---- what is drawn ---- */

/* How a column is drawn: [low, high] at least, wider where values are, up to [least, most]. */
typedef struct style {
    const char *label, *real_label; /* NULL: of complex samples alone */
    double low, high, least, most;
    unsigned value[2]; /* the second COLUMNS: none */
    unsigned error;    /* COLUMNS: none */
    bool integers;     /* for these alone */
} style;

static const style styles[] = {
    {"Power, rel. (dB)", "Power, rel. (dB)", -8, 8, -30, 20, {POWER, COLUMNS}, COLUMNS, false},
    {"Clipped (%)", "Clipped (%)", -0.02, 0.2, -0.02, 100, {CLIPPED, COLUMNS}, COLUMNS, true},
    {"DC / rest (dB)",
     "DC / rest (dB)",
     -40,
     -10,
     -70,
     20,
     {CPH_INFO_DC_DB, COLUMNS},
     COLUMNS,
     false},
    {"Q / I (dB)", NULL, -1, 1, -6, 6, {CPH_INFO_IQ_GAIN, COLUMNS}, CPH_INFO_IQ_GAIN_SIGMA, false},
    {"Q, I phase (\u00b0)",
     NULL,
     -6,
     6,
     -45,
     45,
     {CPH_INFO_IQ_PHASE, COLUMNS},
     CPH_INFO_IQ_PHASE_SIGMA,
     false},
    {"Kurtosis I, Q",
     "Kurtosis",
     -1,
     1,
     -2.1,
     10,
     {CPH_INFO_KURTOSIS_RE, CPH_INFO_KURTOSIS_IM},
     COLUMNS,
     false}};

/* What elements are flagged or suspected by. An image w in amplitude is a gain of (1 + w) / (1 - w)
 * or a phase of 2 atan(w). */
static void limits_of(unsigned column, double limit[2])
{
    const cph_health_limits flags = cph_health_defaults();
    const cph_suspect_limits suspects = cph_suspect_defaults();
    const double image = sqrt(suspects.image), gain = 20.0 * log10((1.0 + image) / (1.0 - image)),
                 phase = 2.0 * atan(image) * 180.0 / M_PI;
    const double known[COLUMNS][2] = {
        [POWER] = {10.0 * log10(flags.weak_below), 10.0 * log10(flags.hot_above)},
        [CLIPPED] = {100.0 * suspects.clipped, NAN},
        [CPH_INFO_DC_DB] = {10.0 * log10(suspects.offset), NAN},
        [CPH_INFO_IQ_GAIN] = {-gain, gain},
        [CPH_INFO_IQ_PHASE] = {-phase, phase},
        [CPH_INFO_KURTOSIS_RE] = {-suspects.kurtosis, suspects.kurtosis}};
    memcpy(limit, known[column], sizeof known[column]);
}

static cph_health_strip strip_of(const easel *e, const style *s)
{
    cph_health_strip strip = {.label = e->header->real_sampling ? s->real_label : s->label,
                              .low = s->low,
                              .high = s->high};
    limits_of(s->value[0], strip.limit);
    for (size_t i = 0; i < 2 && s->value[i] != COLUMNS; i++) {
        strip.value[i] = e->value[s->value[i]];
        for (size_t n = 0; n < e->health->rows; n++) {
            const double value = strip.value[i][n];
            if (!isfinite(value))
                continue;
            strip.low = fmax(fmin(strip.low, value), s->least);
            strip.high = fmin(fmax(strip.high, value), s->most);
        }
    }
    const double margin = 0.06 * (strip.high - strip.low); /* of dots */
    strip.low -= margin;
    strip.high += margin;
    strip.error = s->error != COLUMNS ? e->value[s->error] : NULL;
    return strip;
}

static size_t choose_strips(const easel *e, cph_health_strip strip[CPH_HEALTH_STRIPS])
{
    const bool complex_samples = !e->header->real_sampling, integers = e->header->type != CPH_C32;
    size_t count = 0;
    for (size_t i = 0; i < sizeof styles / sizeof styles[0]; i++)
        if ((complex_samples || styles[i].real_label != NULL) && (integers || !styles[i].integers))
            strip[count++] = strip_of(e, &styles[i]);
    return count;
}

/* Frequencies from the centre, of real samples from 0 Hz; else numbers of columns. */
static void choose_axis(const easel *e, cph_health_plot *plot)
{
    const cph_look *look = &e->health->look;
    const double rate = e->header->sample_rate_hz;
    plot->x_low = -0.5;
    plot->x_high = (double)e->header->channels - 0.5;
    plot->x_label = "Channel";
    if (look->points == 0)
        return;
    const bool real_sampling = e->header->real_sampling, known = rate > 0.0, fast = rate >= 1e5;
    const double unit = !known ? 1.0 : fast ? 1e-6 * rate : 1e-3 * rate;
    const double half = 0.5 / (double)look->points;
    plot->x_low = unit * ((real_sampling ? 0.0 : -0.5) - half);
    plot->x_high = unit * (0.5 + (real_sampling ? half : -half));
    plot->x_label = !known ? "Frequency (of the rate)"
                    : fast ? "Frequency from the centre (MHz)"
                           : "Frequency from the centre (kHz)";
    if (real_sampling && known)
        plot->x_label = fast ? "Frequency in the samples (MHz)" : "Frequency in the samples (kHz)";
}

static cph_exit draw(const cph_cli *cli, const easel *e)
{
    const char *slash = strrchr(cli->input, '/');
    char subtitle[400];
    cph_health_strip strip[CPH_HEALTH_STRIPS];
    cph_error error = {.status = CPH_OK};
    const bool beams = e->header->kind == CPH_KIND_BEAMS;
    cph_health_plot plot = {.title = beams ? "Samples of each beam" : "Samples of each element",
                            .row = beams ? "Beam" : "Element",
                            .subtitle = subtitle,
                            .elements = e->health->rows,
                            .number = e->number,
                            .columns = isfinite(e->highest) ? e->health->look.columns : 0,
                            .spectrum = e->spectrum,
                            .strips = choose_strips(e, strip),
                            .strip = strip,
                            .words = e->words};
    snprintf(subtitle, sizeof subtitle,
             "%.200s: %zu of %zu %s good, %zu of them suspect; %zu of %zu times",
             slash != NULL ? slash + 1 : cli->input, cph_health_good(e->health), e->health->rows,
             beams ? "beams" : "elements", cph_health_suspected(e->health), e->health->look.times,
             e->header->times);
    choose_axis(e, &plot);
    return cph_plot_health(cli->plot, &plot, &error) == CPH_OK ? CPH_EXIT_DONE
                                                               : cph_report(cli->name, &error);
}

cph_exit cph_info_picture(const cph_cli *cli, const cph_data_header *header,
                          const cph_health *health)
{
    easel e = {.header = header, .health = health, .highest = -INFINITY};
    cph_exit code = CPH_EXIT_DONE;
    if (easel_make(&e)) {
        for (size_t n = 0; n < health->rows; n++)
            fill_row(&e, n);
        cut_depth(&e);
        code = draw(cli, &e);
    } else {
        code = cph_report_memory(cli->name);
    }
    easel_free(&e);
    return code;
}
