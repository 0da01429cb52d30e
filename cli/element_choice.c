/* SPDX-License-Identifier: MIT */
#include "cli/element_choice.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "cli/parse_internal.h"
#include "cli/pattern_mask.h"
#include "cophase/data.h"
#include "cophase/data_text.h"
#include "datasets/import/text_table.h"

/* Where the element's number goes in the names of files. */
static const char number_mark[] = "%d";

static cph_status no_memory(cph_error *error)
{
    (void)cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    return CPH_ERR_MEMORY;
}

/* ---- the word ---- */

/* The options of a field behind its path, or NULL. */
static const char *options_of(const char *text)
{
    static const char *const keys[] = {"polarization=", "origin="};
    const char *colon = strrchr(text, ':');
    for (size_t i = 0; colon != NULL && i < sizeof keys / sizeof keys[0]; i++)
        if (strncmp(colon + 1, keys[i], strlen(keys[i])) == 0)
            return colon + 1;
    return NULL;
}

static cph_status read_options(const char *options, cph_element_choice *made, cph_error *error)
{
    static const char *const origins[] = {"element", "array", NULL};
    const char *polarizations[CPH_POLARIZATION_COUNT + 1] = {NULL};
    double polarization = 0.0, origin = 0.0;
    for (size_t i = 0; i < CPH_POLARIZATION_COUNT; i++)
        polarizations[i] = cph_polarization_name((cph_polarization)i);
    const cph_key keys[] = {{"polarization", CPH_NUMBER, &polarization, polarizations},
                            {"origin", CPH_NUMBER, &origin, origins},
                            {0}};
    const cph_status status = cph_parse_keys(options, keys, error);
    made->polarization = (cph_polarization)(int)polarization;
    made->about_array = origin > 0.0;
    return status;
}

cph_status cph_element_choose(const char *text, cph_element_choice *choice, cph_error *error)
{
    const char *options = options_of(text);
    const size_t length = options != NULL ? (size_t)(options - 1 - text) : strlen(text);
    cph_element_choice made = {.text = text, .freq_hz = NAN};
    made.path = strndup(text, length);
    if (made.path == NULL)
        return no_memory(error);
    cph_status status = CPH_OK;
    if (options != NULL)
        status = read_options(options, &made, error);
    if (options != NULL || cph_element_field_named(made.path))
        made.pattern.kind = CPH_ELEMENT_FIELD;
    else
        status = cph_parse_element(text, &made.pattern, error);
    if (made.pattern.kind != CPH_ELEMENT_FIELD && made.pattern.kind != CPH_ELEMENT_TABLE) {
        free(made.path);
        made.path = NULL;
    }
    if (status != CPH_OK) {
        free(made.path);
        return status;
    }
    cph_element_choice_free(choice);
    *choice = made;
    return CPH_OK;
}

bool cph_element_choice_present(const cph_element_choice *choice)
{
    return choice->path == NULL || strstr(choice->path, number_mark) != NULL ||
           access(choice->path, R_OK) == 0;
}

/* ---- files ---- */

/* One field each, to be read. */
typedef struct wanted {
    cph_element_choice *choice;
    const cph_array *array;
    const double *position;
    double freq_hz;
    char **path; /* [N], NULL: none yet */
} wanted;

static cph_status reserve(cph_element_choice *choice, size_t fields, cph_error *error)
{
    choice->field = calloc(fields, sizeof *choice->field);
    choice->own = calloc(fields, sizeof *choice->own);
    return choice->field != NULL && choice->own != NULL ? CPH_OK : no_memory(error);
}

/* Reads one more field; all phases are then about `centre`, or the file's origin for NULL. */
static cph_status read_field(cph_element_choice *choice, const char *path, const double *centre,
                             double freq_hz, cph_error *error)
{
    const size_t i = choice->fields;
    double file_hz = NAN;
    const cph_status status =
        cph_element_field_read(path, freq_hz, centre, &choice->field[i], &file_hz, error);
    if (status != CPH_OK)
        return status;
    if (i == 0)
        choice->freq_hz = file_hz;
    choice->own[i] = (cph_element_pattern){.kind = CPH_ELEMENT_FIELD, .field = &choice->field[i]};
    choice->fields++;
    return CPH_OK;
}

/* Of elements before n, one of the same file; n: none. */
static size_t same_file(const wanted *w, size_t n)
{
    size_t i = 0;
    while (i < n && strcmp(w->path[i], w->path[n]) != 0)
        i++;
    return i;
}

static cph_status read_each(const wanted *w, cph_error *error)
{
    cph_element_choice *choice = w->choice;
    const size_t n = w->array->elements;
    cph_status status = reserve(choice, n, error);
    choice->embedded = calloc(n, sizeof(cph_element_pattern *));
    if (status == CPH_OK && choice->embedded == NULL)
        status = no_memory(error);
    for (size_t i = 0; i < n && status == CPH_OK; i++) {
        if (w->path[i] == NULL)
            return cph_fail(error, CPH_ERR_FORMAT, "%s: no element %u, which the array has",
                            choice->path, w->array->element[i].number);
        const double *centre = choice->about_array ? w->position + 3 * i : NULL;
        const size_t same = choice->about_array ? i : same_file(w, i);
        if (same == i)
            status = read_field(choice, w->path[i], centre, w->freq_hz, error);
        if (status == CPH_OK)
            choice->embedded[i] =
                same == i ? &choice->own[choice->fields - 1] : choice->embedded[same];
    }
    if (status == CPH_OK)
        choice->pattern = choice->own[0];
    return status;
}

/* NAME%d.ffe for element 12: NAME12.ffe. */
static cph_status name_by_number(const wanted *w, cph_error *error)
{
    const char *path = w->choice->path, *mark = strstr(path, number_mark);
    for (size_t n = 0; n < w->array->elements; n++) {
        const int head = mark != NULL ? (int)(mark - path) : (int)strlen(path);
        const char *tail = mark != NULL ? mark + strlen(number_mark) : "";
        char digits[16] = "";
        if (mark != NULL)
            snprintf(digits, sizeof digits, "%u", w->array->element[n].number);
        if (asprintf(&w->path[n], "%.*s%s%s", head, path, digits, tail) < 0) {
            w->path[n] = NULL;
            return no_memory(error);
        }
    }
    return CPH_OK;
}

/* A line `number,file`; files are beside the list. */
static cph_status take_line(const wanted *w, size_t number, char *line, cph_error *error)
{
    const char *list = w->choice->path, *slash = strrchr(list, '/');
    char *end = NULL;
    line[strcspn(line, "\r\n")] = '\0';
    char *text = line + strspn(line, " \t");
    if (*text == '\0' || *text == '#' || (number == 1 && isalpha((unsigned char)*text)))
        return CPH_OK;
    const unsigned long element = strtoul(text, &end, 10);
    if (!isdigit((unsigned char)*text) || *end != ',' || end[1] == '\0')
        return cph_fail(error, CPH_ERR_FORMAT, "%s:%zu: expected element,file", list, number);
    const char *file = end + 1 + strspn(end + 1, " \t");
    const int folder = file[0] == '/' || slash == NULL ? 0 : (int)(slash + 1 - list);
    bool known = false;
    for (size_t n = 0; n < w->array->elements; n++) {
        if (w->array->element[n].number != element)
            continue;
        known = true;
        if (w->path[n] != NULL)
            return cph_fail(error, CPH_ERR_FORMAT, "%s:%zu: element %lu was listed before", list,
                            number, element);
        if (asprintf(&w->path[n], "%.*s%s", folder, list, file) < 0) {
            w->path[n] = NULL;
            return no_memory(error);
        }
    }
    return known ? CPH_OK
                 : cph_fail(error, CPH_ERR_FORMAT, "%s:%zu: the array has no element %lu", list,
                            number, element);
}

static cph_status name_by_list(const wanted *w, cph_error *error)
{
    const char *list = w->choice->path;
    char line[CPH_TEXT_LINE];
    bool got = true;
    cph_status status = CPH_OK;
    FILE *file = fopen(list, "re");
    if (file == NULL)
        return cph_fail(error, CPH_ERR_IO, "%s: %s", list, strerror(errno));
    for (size_t number = 1; status == CPH_OK && got; number++) {
        status = cph_text_line(file, list, number, line, sizeof line, &got, error);
        if (status == CPH_OK && got)
            status = take_line(w, number, line, error);
    }
    fclose(file);
    return status;
}

/* Whether a file begins `element`: a list of files, not of angles. */
static bool is_list(const char *path)
{
    static const char head[] = "element";
    char text[sizeof head] = "";
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    const bool list =
        fgets(text, sizeof text, file) != NULL && strncasecmp(text, head, strlen(head)) == 0;
    fclose(file);
    return list;
}

static cph_status load_each(const wanted *w, bool list, cph_error *error)
{
    const cph_status status = list ? name_by_list(w, error) : name_by_number(w, error);
    return status == CPH_OK ? read_each(w, error) : status;
}

cph_status cph_element_choice_load(cph_element_choice *choice, const cph_array *array,
                                   const double *position, double freq_hz, cph_error *error)
{
    wanted w = {choice, array, position, freq_hz, NULL};
    cph_status status = CPH_OK;
    if (choice->path == NULL)
        return CPH_OK;
    if (choice->about_array && isnan(freq_hz))
        return cph_fail(error, CPH_ERR_MISSING, "%s: origin=array needs --freq", choice->path);
    const bool list = !cph_element_field_named(choice->path) && is_list(choice->path);
    if (choice->pattern.kind == CPH_ELEMENT_TABLE && !list) {
        choice->pattern.table = &choice->table;
        return cph_element_read(choice->path, &choice->table, error);
    }
    if (!list && !choice->about_array && strstr(choice->path, number_mark) == NULL) {
        status = reserve(choice, 1, error);
        if (status == CPH_OK)
            status = read_field(choice, choice->path, NULL, freq_hz, error);
        if (status == CPH_OK)
            choice->pattern = choice->own[0];
        return status;
    }
    w.path = calloc(array->elements, sizeof *w.path);
    status = w.path != NULL ? load_each(&w, list, error) : no_memory(error);
    for (size_t n = 0; w.path != NULL && n < array->elements; n++)
        free(w.path[n]);
    free(w.path);
    return status;
}

void cph_element_choice_apply(const cph_element_choice *choice, const double *axes,
                              cph_pattern_input *input)
{
    input->element = &choice->pattern;
    input->embedded = choice->embedded;
    input->axes = choice->about_array ? NULL : axes;
    input->polarization = choice->polarization;
}

void cph_element_choice_free(cph_element_choice *choice)
{
    for (size_t i = 0; i < choice->fields; i++)
        cph_element_field_free(&choice->field[i]);
    free(choice->field);
    free(choice->own);
    free(choice->embedded);
    free(choice->path);
    *choice = (cph_element_choice){0};
}

/* ---- what it comes to ---- */

/* Ellipse at the peak; false where elements have no polarisation. */
static bool measure(const cph_pattern_input *input, const double peak[3],
                    cph_polarization_ellipse *ellipse)
{
    cph_c64 field[1][2];
    const cph_element_pattern *first =
        input->embedded != NULL ? input->embedded[0] : input->element;
    if (!cph_element_polarized(first) || cph_pattern_field(input, 1, peak, field) != CPH_OK)
        return false;
    cph_polarization_measure((const cph_c64 *)field[0], input->polarization, ellipse);
    return true;
}

/* Beyond this axial ratio nobody asks which hand it is. */
static const char *sense_of(const cph_polarization_ellipse *ellipse)
{
    static const double linear_db = 60.0;
    return !(ellipse->axial_ratio_db < linear_db) ? "linear" : ellipse->right ? "right" : "left";
}

json_t *cph_polarization_object(const cph_pattern_input *input, const double peak[3])
{
    cph_polarization_ellipse ellipse;
    if (!measure(input, peak, &ellipse))
        return json_null();
    json_t *object = json_object();
    cph_json_set_text(object, "name", cph_polarization_name(input->polarization));
    cph_json_set_number(object, "cross_db", ellipse.cross_db);
    cph_json_set_number(object, "axial_ratio_db", ellipse.axial_ratio_db);
    cph_json_set_text(object, "sense", sense_of(&ellipse));
    return object;
}

void cph_polarization_print(const cph_pattern_input *input, const double peak[3])
{
    cph_polarization_ellipse ellipse;
    if (!measure(input, peak, &ellipse))
        return;
    printf("%-13s %s, at the peak %s", "polarisation", cph_polarization_name(input->polarization),
           sense_of(&ellipse));
    if (isfinite(ellipse.axial_ratio_db))
        printf(", axial ratio %.3f dB", ellipse.axial_ratio_db);
    if (!isnan(ellipse.cross_db))
        printf(", cross level %.2f dB", ellipse.cross_db);
    putchar('\n');
}
