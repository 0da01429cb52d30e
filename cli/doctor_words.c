/* SPDX-License-Identifier: MIT */
#include "cli/doctor_words.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A part of a convention: what it is called, and what mends it. */
typedef struct words {
    const char *name, *remedy;
} words;

static const words conjugated = {"data conjugated", "conjugate the samples or the covariance"};

static const words axes_words[CPH_AXES_COUNT] = {
    [CPH_AXES_X_MIRRORED] = {"x mirrored", "positions: x to the other side (x times -1)"},
    [CPH_AXES_Y_MIRRORED] = {"y mirrored", "positions: y to the other side (y times -1)"},
    [CPH_AXES_HALF_TURN] = {"x and y mirrored",
                            "positions: x and y to the other side (both times -1)"},
    [CPH_AXES_SWAPPED] = {"x and y swapped", "positions: exchange x and y"},
    [CPH_AXES_ANTI_SWAPPED] = {"x and y swapped and mirrored",
                               "positions: exchange x and y, both times -1"},
    [CPH_AXES_LEFT_TURN] = {"array turned by 90 degrees",
                            "positions: turn them from x to y by 90 degrees, (x, y) to (-y, x)"},
    [CPH_AXES_RIGHT_TURN] = {"array turned by -90 degrees",
                             "positions: turn them from y to x by 90 degrees, (x, y) to (y, -x)"},
    [CPH_AXES_Z_MIRRORED] = {"z mirrored", "positions: z to the other side (z times -1)"},
    [CPH_AXES_XZ_SWAPPED] = {"x and z swapped", "positions: exchange x and z"},
    [CPH_AXES_YZ_SWAPPED] = {"y and z swapped", "positions: exchange y and z"}};

static const words gain_words[] = {
    [CPH_GAINS_INVERTED] = {"calibration holds corrections",
                            "calibration: invert its gains (they are 1/g)"},
    [CPH_GAINS_NONE] = {"gains are not of these data",
                        "leave --calibration out (gains applied already, or of others)"}};

static const struct {
    double scale;
    words words;
} scale_words[] = {
    {2.0, {"twice the wavelengths", "double the frequency or the positions"}},
    {0.5, {"half the wavelengths", "halve the frequency or the positions"}},
    {0.3048, {"positions are in feet", "positions: multiply by 0.3048 (feet)"}},
    {1.0 / 0.3048,
     {"positions were taken as feet", "positions: divide by 0.3048 (they are metres already)"}}};

CPH_PRINTF(3, 4)
static void add(char *text, const char *between, const char *format, ...)
{
    size_t used = strlen(text);
    va_list args;
    if (used > 0 && used < CPH_WORDS)
        used += (size_t)snprintf(text + used, CPH_WORDS - used, "%s", between);
    va_start(args, format);
    if (used < CPH_WORDS)
        (void)vsnprintf(text + used, CPH_WORDS - used, format, args);
    va_end(args);
}

/* Shifts beyond the middle are the other way around. */
static void shifted(size_t shift, size_t elements, const char **sign, size_t *by)
{
    const bool back = shift > elements / 2;
    *sign = back ? "-" : "+";
    *by = back ? elements - shift : shift;
}

static void add_order(const cph_convention *c, size_t elements, const char *between, char *text)
{
    const char *against = c->order_of_gains ? " of positions and calibration" : " of the positions";
    const char *sign;
    size_t by;
    switch (c->order) {
    case CPH_ORDER_SHIFTED:
        shifted(c->shift, elements, &sign, &by);
        add(text, between, "element n of the data is element n%s%zu%s", sign, by, against);
        break;
    case CPH_ORDER_REVERSED:
        add(text, between, "element n of the data is element %zu-n%s", elements - 1, against);
        break;
    case CPH_ORDER_PAIRS:
        add(text, between, "elements 0 and 1, 2 and 3, ... of the data are the other way around%s",
            c->order_of_gains ? " in positions and calibration" : " in the positions");
        break;
    case CPH_ORDER_AS_GIVEN:
        break;
    }
}

static const words *words_of_scale(double scale)
{
    static const words none = {"", ""};
    for (size_t i = 0; i < sizeof scale_words / sizeof scale_words[0]; i++)
        if (scale_words[i].scale == scale)
            return &scale_words[i].words;
    return &none;
}

/* The parts in words, names or remedies, of a convention. */
static void say(const cph_convention *c, size_t elements, const cph_readings *readings, bool remedy,
                char text[CPH_WORDS])
{
    const char *between = remedy ? "; " : ", ";
    const struct {
        bool holds;
        const words *words;
    } parts[] = {{c->conjugated, &conjugated},
                 {c->axes != CPH_AXES_AS_GIVEN, &axes_words[c->axes]},
                 {c->scale != 1.0, words_of_scale(c->scale)},
                 {c->gains != CPH_GAINS_AS_GIVEN, &gain_words[c->gains]}};
    text[0] = '\0';
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (parts[i].holds)
            add(text, between, "%s", remedy ? parts[i].words->remedy : parts[i].words->name);
    add_order(c, elements, between, text);
    if (c->reading > 0)
        add(text, between, "%s%s", remedy ? "--source: " : "", readings->what[c->reading]);
}

void cph_convention_name(const cph_convention *convention, size_t elements,
                         const cph_readings *readings, char text[CPH_WORDS])
{
    say(convention, elements, readings, false, text);
    if (text[0] == '\0')
        snprintf(text, CPH_WORDS, "as given");
}

void cph_convention_remedy(const cph_convention *convention, size_t elements,
                           const cph_readings *readings, char text[CPH_WORDS])
{
    say(convention, elements, readings, true, text);
}
