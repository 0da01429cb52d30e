/* SPDX-License-Identifier: MIT */
/* Beams as arrays of C: floats, or the fixed point of the firmware profile. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "cli/export.h"
#include "cophase/fw_states.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"

cph_c64 cph_export_coefficient(const cph_export_options *options, const cph_export_beams *beams,
                               size_t beam, size_t element)
{
    const cph_weights *w = beams->weights;
    const size_t row =
        beams->index[beam] * w->channels + (beams->calibration ? 0 : options->channel);
    const cph_c32 z = w->weights[row * w->array.elements + element];
    return (cph_c64){(double)z.re, -(double)z.im};
}

/* ---- what both headers begin with ---- */

static size_t put_top(const cph_export_options *o, const cph_export_beams *beams, const char *upper,
                      const char *what, FILE *file)
{
    const cph_weights *w = beams->weights;
    const double freq_hz = w->channel_freq_hz[beams->calibration ? 0 : o->channel];
    fputs("/* ", file);
    cph_export_words(file, cph_export_name(o->cli.input));
    fprintf(file,
            ", %s path, channel %zu. Hardware coefficients c = conj(w) of y = w^H x%s:\n"
            " * the complex factor that a phase shifter and attenuator apply. %s */\n",
            cph_gain_path_name(w->path), o->channel,
            beams->calibration ? ",\n * here 1 / gain, to be multiplied into those of beams" : "",
            what);
    fprintf(file, "#ifndef %s_BEAMS_H\n#define %s_BEAMS_H\n\n", upper, upper);
    fprintf(file, "#define %s_ELEMENTS %zu\n#define %s_BEAMS %zu\n", upper, w->array.elements,
            upper, beams->count);
    if (isfinite(freq_hz))
        fprintf(file, "#define %s_FREQ_HZ %.17e\n", upper, freq_hz);
    return w->array.elements;
}

static void finish(const cph_export_beams *beams, FILE *file, cph_exported *done)
{
    fputs("\n#endif\n", file);
    done->rows = beams->weights->array.elements;
    done->beams = beams->count;
}

/* Whether no beam drives an element. */
static bool silent(const cph_export_options *o, const cph_export_beams *beams, size_t n)
{
    for (size_t b = 0; b < beams->count; b++)
        if (!cph_c64_is_zero(cph_export_coefficient(o, beams, b, n)))
            return false;
    return true;
}

size_t cph_export_dead(const cph_export_options *options, const cph_export_beams *beams,
                       size_t word, uint32_t *bits)
{
    const size_t elements = beams->weights->array.elements;
    size_t dead = 0;
    *bits = 0;
    for (size_t n = 32 * word; n < elements && n < 32 * (word + 1); n++) {
        const bool off = silent(options, beams, n);
        *bits |= off ? UINT32_C(1) << n % 32 : 0;
        dead += off;
    }
    return dead;
}

static void put_numbers(const cph_export_beams *beams, const char *prefix, const char *upper,
                        FILE *file)
{
    const cph_weights *w = beams->weights;
    fprintf(file,
            "\n/* What people call the elements. */\nstatic const unsigned long "
            "%s_number[%s_ELEMENTS] = {\n",
            prefix, upper);
    for (size_t n = 0; n < w->array.elements; n++)
        fprintf(file, "    %" PRIu32 "ul,\n", w->array.element[n].number);
    fputs("};\n", file);
}

cph_status cph_export_beams_header(const cph_export_options *options, const cph_export_beams *beams,
                                   FILE *file, cph_exported *done, cph_error *error)
{
    char upper[64];
    (void)error;
    cph_export_upper(options->prefix, upper);
    const size_t elements =
        put_top(options, beams, upper, "An element that is not driven has 0.", file);
    put_numbers(beams, options->prefix, upper, file);
    fprintf(file, "\nstatic const float %s_coefficient[%s_BEAMS][%s_ELEMENTS][2] = {\n",
            options->prefix, upper, upper);
    for (size_t b = 0; b < beams->count; b++) {
        fputs("    {\n", file);
        for (size_t n = 0; n < elements; n++) {
            const cph_c64 c = cph_export_coefficient(options, beams, b, n);
            fprintf(file, "        {%.9ef, %.9ef},\n", c.re, c.im);
        }
        fputs("    },\n", file);
    }
    fputs("};\n", file);
    uint32_t bits;
    for (size_t word = 0; 32 * word < elements; word++)
        done->flagged += cph_export_dead(options, beams, word, &bits);
    finish(beams, file, done);
    return CPH_OK;
}

/* ---- fixed point ---- */

/* Numbers in lines of eight. */
static void put_number(FILE *file, size_t i, const char *text)
{
    fprintf(file, "%s%s,", i % 8 == 0 ? "\n    " : " ", text);
}

static uint32_t angle_of(cph_c64 c)
{
    const double turns = atan2(c.im, c.re) / (2.0 * M_PI);
    return (uint32_t)(int64_t)llround(turns * 0x1p32);
}

static double largest_of(const cph_export_options *o, const cph_export_beams *beams, size_t b)
{
    double largest = 0.0;
    for (size_t n = 0; n < beams->weights->array.elements; n++) {
        const cph_c64 c = cph_export_coefficient(o, beams, b, n);
        largest = fmax(largest, hypot(c.re, c.im));
    }
    return largest;
}

/* What stands in an array [beam][element]: amplitudes over the largest of a beam times `scale`, or
 * the phases. */
typedef struct fixed_array {
    const char *words, *type, *name;
    double scale; /* 0: phases */
} fixed_array;

static const fixed_array fixed_arrays[] = {
    {"Binary angles, 2^32 = one turn: phases of beams, and cph_fw_units.phase", "uint32_t", "phase",
     0.0},
    {"Amplitudes, 32768 for the largest of a beam: cph_fw_gain_codes takes them with\n"
     " * cph_fw_adar300x_law or a law of the same unit",
     "uint16_t", "gain", 32768.0},
    {"Amplitudes, 31744 for the largest of a beam: cph_fw_units.amplitude of an ADAR1000",
     "uint16_t", "amplitude", 31744.0}};

static void put_fixed(const cph_export_options *o, const cph_export_beams *beams, const char *upper,
                      const fixed_array *array, FILE *file)
{
    char text[32];
    fprintf(file, "\n/* %s. */\nstatic const %s %s_%s[%s_BEAMS][%s_ELEMENTS] = {\n", array->words,
            array->type, o->prefix, array->name, upper, upper);
    for (size_t b = 0; b < beams->count; b++) {
        const double largest = largest_of(o, beams, b);
        fputs("    {", file);
        for (size_t n = 0; n < beams->weights->array.elements; n++) {
            const cph_c64 c = cph_export_coefficient(o, beams, b, n);
            if (array->scale > 0.0)
                snprintf(text, sizeof text, "%ld",
                         largest > 0.0 ? lround(hypot(c.re, c.im) / largest * array->scale) : 0);
            else
                snprintf(text, sizeof text, "0x%08" PRIx32 "u", angle_of(c));
            put_number(file, n, text);
        }
        fputs("\n    },\n", file);
    }
    fputs("};\n", file);
}

static size_t put_dead(const cph_export_options *o, const cph_export_beams *beams,
                       const char *upper, FILE *file)
{
    size_t dead = 0;
    fprintf(file,
            "\n/* Elements that no beam drives: bit n %% 32 of word n / 32. */\nstatic const "
            "uint32_t %s_dead[(%s_ELEMENTS + 31) / 32] = {",
            o->prefix, upper);
    for (size_t word = 0; 32 * word < beams->weights->array.elements; word++) {
        uint32_t bits;
        char text[32];
        dead += cph_export_dead(o, beams, word, &bits);
        snprintf(text, sizeof text, "0x%08" PRIx32 "u", bits);
        put_number(file, word, text);
    }
    fputs("\n};\n", file);
    return dead;
}

/* ---- arcs of states ---- */

enum { ARCS_MOST = 256 };

static double rms_amplitude(const cph_states *states)
{
    double sum = 0.0;
    for (size_t i = 0; i < states->count; i++)
        sum += cph_c64_power(states->value[i]);
    return sqrt(sum / (double)states->count);
}

/* The last phase of an arc, and which one holds a phase. Ends that are whole numbers but for
 * rounding are taken as such. */
static uint32_t last_of(const cph_states_arc *arc)
{
    return (uint32_t)fmin(floor(arc->end * 0x1p32 + 1e-3), 0x1p32 - 1.0);
}

/* A code as the firmware takes it: of an ADAR1000, whose tables have 256 I + Q, as its bytes follow
 * each other in the chip's memory. */
static uint32_t firmware_code(bool adar1000, uint32_t code)
{
    return adar1000 ? code >> 8 | (code & 0xFF) << 8 : code;
}

static void put_arcs(const cph_states *states, bool adar1000, const cph_states_arc *arc,
                     size_t count, const char *prefix, const char *upper, FILE *file)
{
    char text[32];
    fprintf(file,
            "\n/* Nearest states of cph_fw_states: {.arcs = %s_ARCS, .last = %s_last, .first = "
            "%s_first, .code = %s_code}. */\n#define %s_ARCS %zu\nstatic const uint32_t "
            "%s_last[%s_ARCS] = {",
            upper, prefix, prefix, prefix, upper, count, prefix, upper);
    for (size_t i = 0; i < count; i++) {
        snprintf(text, sizeof text, "0x%08" PRIx32 "u", last_of(&arc[i]));
        put_number(file, i, text);
    }
    fprintf(file, "\n};\nstatic const uint8_t %s_first[256] = {", prefix);
    for (size_t b = 0, at = 0; b < 256; b++) {
        while ((uint32_t)b << 24 > last_of(&arc[at]))
            at++;
        snprintf(text, sizeof text, "%zu", at);
        put_number(file, b, text);
    }
    fprintf(file, "\n};\n%sstatic const uint16_t %s_code[%s_ARCS] = {",
            adar1000 ? "/* I + 256 Q. */\n" : "", prefix, upper);
    for (size_t i = 0; i < count; i++) {
        snprintf(text, sizeof text, "0x%04" PRIx32,
                 firmware_code(adar1000, states->code[arc[i].state]));
        put_number(file, i, text);
    }
    fputs("\n};\n", file);
}

static cph_status put_states(const cph_export_options *o, const char *upper, FILE *file,
                             cph_error *error)
{
    static const cph_fw_chip adar1000 = {.layout = CPH_FW_LAYOUT_ADAR1000};
    const bool of_adar1000 =
        o->chip == CPH_EXPORT_CHIP_ADAR1000 ||
        (o->chip == CPH_EXPORT_CHIP_UNKNOWN && cph_image_of_adar1000(&o->image));
    cph_states states = {0};
    cph_states_arc arc[ARCS_MOST];
    size_t count = 0;
    cph_status status = cph_image_states(&o->image, &adar1000, &states, error);
    if (status != CPH_OK)
        return status;
    for (size_t i = 0; status == CPH_OK && i < states.count; i++)
        if (of_adar1000 ? !cph_image_holds(&adar1000, states.code[i]) : states.code[i] > UINT16_MAX)
            status = cph_fail(error, CPH_ERR_FORMAT, "%s: code %#" PRIx32 " %s", o->image.states,
                              states.code[i],
                              of_adar1000 ? "is none of the chip's" : "has more than 16 bits");
    if (status == CPH_OK) {
        status = cph_states_arcs(&states, rms_amplitude(&states), ARCS_MOST, arc, &count);
        if (status != CPH_OK) /* MEMORY is that of the arcs */
            status = cph_fail(error, CPH_ERR_FORMAT,
                              status == CPH_ERR_MEMORY ? "%s: more than 256 states round the turn"
                                                       : "%s: no states to choose from",
                              o->image.states);
    }
    if (status == CPH_OK)
        put_arcs(&states, of_adar1000, arc, count, o->prefix, upper, file);
    cph_states_free(&states);
    return status;
}

cph_status cph_export_fw_table(const cph_export_options *options, const cph_export_beams *beams,
                               FILE *file, cph_exported *done, cph_error *error)
{
    char upper[64];
    cph_export_upper(options->prefix, upper);
    (void)put_top(
        options, beams, upper,
        "For the\n * firmware profile: phases, gains and dead elements as cph_fw_units takes them.",
        file);
    fputs("\n#include <stdint.h>\n", file);
    put_numbers(beams, options->prefix, upper, file);
    for (size_t i = 0; i < sizeof fixed_arrays / sizeof fixed_arrays[0]; i++)
        put_fixed(options, beams, upper, &fixed_arrays[i], file);
    done->flagged = put_dead(options, beams, upper, file);
    const cph_status status =
        options->image.states != NULL ? put_states(options, upper, file, error) : CPH_OK;
    if (status == CPH_OK)
        finish(beams, file, done);
    return status;
}
