/* SPDX-License-Identifier: MIT */
/* INI descriptions of arrays: what elements there are, where they look, and what belongs to them.
 */
#include <errno.h>
#include <ini.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "datasets/data.h"
#include "datasets/import/array_file.h"
#include "datasets/import/text_table.h"
#include "kernels/core/vec3.h"

enum {
    GENERATOR,
    POSITIONS,
    FRAME,
    LABEL,
    POLARIZATION,
    LATITUDE,
    LONGITUDE,
    ALTITUDE,
    ROTATION,
    AZIMUTH,
    TILT,
    ROLL,
    PATTERN,
    RECEIVE,
    TRANSMIT,
    SIZE,
    TABLE,
    KEYS
};

typedef struct description {
    const char *path;
    cph_error *error;
    FILE *file;
    size_t line; /* that inih is at */
    cph_status status;
    size_t given[KEYS]; /* lines; 0: not given */
    double azimuth_deg, tilt_deg, roll_deg;
    cph_array_file made;
} description;

#define ini_fail(d, ...) cph_h5_error((d)->error, CPH_ERR_FORMAT, (d)->path, NULL, __VA_ARGS__)

/* What a value is, and where it goes in the description. */
typedef struct rule {
    const char *section, *name;
    cph_status (*take)(description *d, const struct rule *key, const char *value);
    size_t offset;
    double least, most;
} rule;

static void *slot(description *d, const rule *key)
{
    return (char *)d + key->offset;
}

static cph_status no_memory(const description *d)
{
    return cph_h5_error(d->error, CPH_ERR_MEMORY, d->path, NULL, "no memory");
}

/* ---- values ---- */

static cph_status take_text(description *d, const rule *key, const char *value)
{
    char **text = slot(d, key);
    *text = strdup(value);
    return *text != NULL ? CPH_OK : no_memory(d);
}

static cph_status take_file(description *d, const rule *key, const char *value)
{
    char **text = slot(d, key);
    *text = cph_array_file_beside(d->path, value);
    return *text != NULL ? CPH_OK : no_memory(d);
}

static cph_status take_number(description *d, const rule *key, const char *value)
{
    double number = 0.0;
    if (!cph_text_number(value, &number) || number < key->least || number > key->most)
        return ini_fail(d, "line %zu, %s is \"%.60s\", expected a number from %g to %g", d->line,
                        key->name, value, key->least, key->most);
    *(double *)slot(d, key) = number;
    return CPH_OK;
}

static cph_status take_frame(description *d, const rule *key, const char *value)
{
    static const char *const frames[] = {
        [CPH_FRAME_ARRAY] = "array", [CPH_FRAME_ENU] = "enu", [CPH_FRAME_ECEF] = "ecef"};
    for (unsigned i = 0; i < sizeof frames / sizeof frames[0]; i++) {
        if (strcmp(value, frames[i]) != 0)
            continue;
        *(cph_frame *)slot(d, key) = (cph_frame)i;
        d->made.has_frame = true;
        return CPH_OK;
    }
    return ini_fail(d, "line %zu, frame is \"%.60s\", expected array, enu or ecef", d->line, value);
}

static cph_status take_label(description *d, const rule *key, const char *value)
{
    char *label = slot(d, key);
    if (strlen(value) >= sizeof d->made.array.label)
        return ini_fail(d, "line %zu, label is longer than %zu bytes", d->line,
                        sizeof d->made.array.label - 1);
    cph_h5_text_line(label, sizeof d->made.array.label, value, strlen(value));
    return CPH_OK;
}

static cph_status take_polarization(description *d, const rule *key, const char *value)
{
    if (strcmp(value, "X") != 0 && strcmp(value, "Y") != 0)
        return ini_fail(d, "line %zu, polarization is \"%.60s\", expected X or Y", d->line, value);
    *(char *)slot(d, key) = value[0];
    return CPH_OK;
}

static cph_status take_rotation(description *d, const rule *key, const char *value)
{
    char copy[CPH_TEXT_LINE], *field[CPH_TEXT_FIELDS];
    double m[9] = {0};
    (void)snprintf(copy, sizeof copy, "%s", value);
    const size_t fields = cph_text_split(copy, field);
    bool numbers = fields == 9;
    for (size_t i = 0; numbers && i < fields; i++)
        numbers = cph_text_number(field[i], &m[i]);
    if (!numbers || !cph_is_rotation3(m, 1e-6))
        return ini_fail(d,
                        "line %zu, array_to_enu is no rotation, expected nine numbers, by rows "
                        "orthonormal and right-handed to 1e-6",
                        d->line);
    memcpy(slot(d, key), m, sizeof m);
    return CPH_OK;
}

static cph_status take_size(description *d, const rule *key, const char *value)
{
    char copy[CPH_TEXT_LINE];
    double size[2] = {0, 0};
    (void)snprintf(copy, sizeof copy, "%s", value);
    char *x = strchr(copy, 'x');
    if (x != NULL)
        *x = '\0';
    if (x == NULL || !cph_text_whole(copy, CPH_ELEMENTS_MAX, &size[0]) ||
        !cph_text_whole(x + 1, CPH_ELEMENTS_MAX, &size[1]) || size[0] < 1.0 || size[1] < 1.0)
        return ini_fail(d, "line %zu, size is \"%.60s\", expected AxB elements, as in 4x2", d->line,
                        value);
    size_t *tile = slot(d, key);
    tile[0] = (size_t)size[0];
    tile[1] = (size_t)size[1];
    return CPH_OK;
}

#define MADE(member)  offsetof(description, made.member)
#define ARRAY(member) offsetof(description, made.array.member)
static const rule keys[KEYS] = {
    [GENERATOR] = {"array", "generator", take_text, MADE(generator), 0, 0},
    [POSITIONS] = {"array", "positions", take_file, MADE(positions), 0, 0},
    [FRAME] = {"array", "frame", take_frame, ARRAY(frame), 0, 0},
    [LABEL] = {"array", "label", take_label, ARRAY(label), 0, 0},
    [POLARIZATION] = {"array", "polarization", take_polarization, MADE(polarization), 0, 0},
    [LATITUDE] = {"site", "latitude_deg", take_number, ARRAY(latitude_deg), -90, 90},
    [LONGITUDE] = {"site", "longitude_deg", take_number, ARRAY(longitude_deg), -360, 360},
    [ALTITUDE] = {"site", "altitude_m", take_number, ARRAY(altitude_m), -1e5, 1e9},
    [ROTATION] = {"site", "array_to_enu", take_rotation, ARRAY(array_to_enu), 0, 0},
    [AZIMUTH] = {"site", "azimuth_deg", take_number, offsetof(description, azimuth_deg), -360, 360},
    [TILT] = {"site", "tilt_deg", take_number, offsetof(description, tilt_deg), 0, 180},
    [ROLL] = {"site", "roll_deg", take_number, offsetof(description, roll_deg), -360, 360},
    [PATTERN] = {"element", "pattern", take_text, MADE(element), 0, 0},
    [RECEIVE] = {"gains", "receive", take_file, MADE(gain[CPH_GAIN_RECEIVE]), 0, 0},
    [TRANSMIT] = {"gains", "transmit", take_file, MADE(gain[CPH_GAIN_TRANSMIT]), 0, 0},
    [SIZE] = {"subarrays", "size", take_size, MADE(tile), 0, 0},
    [TABLE] = {"subarrays", "file", take_file, MADE(subarrays), 0, 0},
};

/* ---- lines ---- */

static bool is_section(const char *name)
{
    size_t k = 0;
    while (k < KEYS && strcmp(keys[k].section, name) != 0)
        k++;
    return k < KEYS;
}

static cph_status unknown_section(const description *d, const char *name)
{
    return ini_fail(d,
                    "line %zu, section [%.60s] is not known, expected [array] [site] "
                    "[element] [gains] or [subarrays]",
                    d->line, name);
}

static cph_status unknown_key(const description *d, const char *section, const char *name)
{
    char names[160] = "";
    for (size_t k = 0; k < KEYS; k++) {
        const size_t used = strlen(names);
        if (strcmp(keys[k].section, section) == 0)
            (void)snprintf(names + used, sizeof names - used, " %s", keys[k].name);
    }
    return ini_fail(d, "line %zu, [%s] has no key \"%.60s\", expected one of:%s", d->line, section,
                    name, names);
}

/* Without the quotes around it; copy[CPH_TEXT_LINE]. */
static void unquote(const char *value, char *copy)
{
    const size_t length = strlen(value);
    const bool quoted = length >= 2 && value[0] == '"' && value[length - 1] == '"';
    (void)snprintf(copy, CPH_TEXT_LINE, "%.*s", (int)(quoted ? length - 2 : length),
                   quoted ? value + 1 : value);
}

static cph_status take_key(description *d, const char *section, const char *name, const char *value)
{
    char copy[CPH_TEXT_LINE];
    size_t k = 0;
    if (section[0] == '\0')
        return ini_fail(d, "line %zu, \"%.60s\" stands before any [section]", d->line, name);
    while (k < KEYS && (strcmp(keys[k].section, section) != 0 || strcmp(keys[k].name, name) != 0))
        k++;
    if (k == KEYS)
        return unknown_key(d, section, name);
    if (d->given[k] > 0)
        return ini_fail(d, "line %zu, %s was given before, in line %zu", d->line, name,
                        d->given[k]);
    d->given[k] = d->line;
    unquote(value, copy);
    if (copy[0] == '\0')
        return ini_fail(d, "line %zu, %s has no value", d->line, name);
    return keys[k].take(d, &keys[k], copy);
}

static int on_key(void *user, const char *section, const char *name, const char *value)
{
    description *d = user;
    if (d->status == CPH_OK)
        d->status = take_key(d, section, name, value);
    return d->status == CPH_OK;
}

/* inih tells of no section without keys. */
static cph_status check_section(const description *d, const char *line)
{
    char name[CPH_TEXT_LINE];
    const size_t length = strcspn(line + 1, "]");
    if (line[1 + length] == '\0')
        return CPH_OK; /* inih's to refuse */
    (void)snprintf(name, sizeof name, "%.*s", (int)length, line + 1);
    return is_section(name) ? CPH_OK : unknown_section(d, name);
}

/* As fgets, but from the first character on that is no blank: what is indented goes on with no
 * value of the line before. */
static char *next_line(char *text, int size, void *user)
{
    description *d = user;
    bool got = false;
    if (d->status != CPH_OK)
        return NULL;
    d->line++;
    d->status = cph_text_line(d->file, d->path, d->line, text, (size_t)size, &got, d->error);
    if (d->status != CPH_OK || !got)
        return NULL;
    const size_t blanks = strspn(text, " \t");
    memmove(text, text + blanks, strlen(text + blanks) + 1);
    if (text[0] == '[')
        d->status = check_section(d, text);
    return d->status == CPH_OK ? text : NULL;
}

static cph_status read_keys(description *d)
{
    const int bad = ini_parse_stream(next_line, d, on_key, d);
    if (d->status == CPH_OK && bad != 0)
        d->status = bad > 0 ? ini_fail(d, "line %d is neither [section] nor key = value", bad)
                            : no_memory(d);
    return d->status;
}

/* ---- what the keys say together ---- */

/* The boresight leans from the zenith by the tilt toward the azimuth; y points up the slope, x is
 * level; then x and y turn about the boresight by the roll, x toward y. Columns of the rotation are
 * x, y and z of the array in east, north, up. */
static void orient(const description *d, double m[9])
{
    const double degree = M_PI / 180.0;
    const double sa = sin(d->azimuth_deg * degree), ca = cos(d->azimuth_deg * degree);
    const double st = sin(d->tilt_deg * degree), ct = cos(d->tilt_deg * degree);
    const double sr = sin(d->roll_deg * degree), cr = cos(d->roll_deg * degree);
    const double x[3] = {-ca, sa, 0.0}, y[3] = {-sa * ct, -ca * ct, st};
    const double z[3] = {sa * st, ca * st, ct};
    for (size_t i = 0; i < 3; i++) {
        m[3 * i] = cr * x[i] + sr * y[i];
        m[3 * i + 1] = cr * y[i] - sr * x[i];
        m[3 * i + 2] = z[i];
    }
}

static cph_status check_pair(const description *d, int first, int second)
{
    if (d->given[first] == 0 || d->given[second] == 0)
        return CPH_OK;
    const bool later = d->given[first] > d->given[second];
    return ini_fail(d, "line %zu, expected either %s or %s, not both",
                    later ? d->given[first] : d->given[second], keys[first].name,
                    keys[second].name);
}

static cph_status check_angles(const description *d)
{
    for (int k = AZIMUTH; k <= ROLL; k++)
        if (d->given[k] > 0 && (d->given[AZIMUTH] == 0 || d->given[TILT] == 0))
            return ini_fail(d, "line %zu, %s: expected azimuth_deg and tilt_deg together",
                            d->given[k], keys[k].name);
    return check_pair(d, ROTATION, AZIMUTH);
}

/* Gains are for who takes them to miss. */
static cph_status check_file(const description *d, int key, const char *path)
{
    return path == NULL || access(path, R_OK) == 0
               ? CPH_OK
               : cph_h5_error(d->error, CPH_ERR_IO, d->path, NULL, "line %zu, %s: %s: %s",
                              d->given[key], keys[key].name, path, strerror(errno));
}

static cph_status settle(description *d)
{
    cph_array_file *made = &d->made;
    cph_status status = check_angles(d);
    if (status == CPH_OK)
        status = check_pair(d, GENERATOR, POSITIONS);
    if (status == CPH_OK)
        status = check_pair(d, SIZE, TABLE);
    if (status != CPH_OK)
        return status;
    if (d->given[GENERATOR] == 0 && d->given[POSITIONS] == 0)
        return cph_h5_error(d->error, CPH_ERR_MISSING, d->path, NULL,
                            "has no elements, expected generator or positions in [array]");
    if (d->given[SIZE] > 0 && d->given[GENERATOR] == 0)
        return ini_fail(d, "line %zu, size goes with a generator; expected file", d->given[SIZE]);
    if (d->given[AZIMUTH] > 0)
        orient(d, made->array.array_to_enu);
    made->boresight_line = d->given[ROTATION] + d->given[AZIMUTH]; /* one of them is 0 */
    made->has_boresight = made->boresight_line > 0;
    made->generator_line = d->given[GENERATOR];
    made->element_line = d->given[PATTERN];
    made->tile_line = d->given[SIZE];
    made->gain_line[CPH_GAIN_RECEIVE] = d->given[RECEIVE];
    made->gain_line[CPH_GAIN_TRANSMIT] = d->given[TRANSMIT];
    status = check_file(d, POSITIONS, made->positions);
    return status == CPH_OK ? check_file(d, TABLE, made->subarrays) : status;
}

cph_status cph_array_ini_read(const char *path, cph_array_file *file, cph_error *error)
{
    description d = {.path = path, .error = error, .file = cph_text_source(path, error)};
    d.made.array.latitude_deg = d.made.array.longitude_deg = d.made.array.altitude_m = NAN;
    if (d.file == NULL)
        return CPH_ERR_IO;
    cph_status status = read_keys(&d);
    if (status == CPH_OK)
        status = settle(&d);
    fclose(d.file);
    if (status == CPH_OK)
        *file = d.made;
    else
        cph_array_file_free(&d.made);
    return status;
}
