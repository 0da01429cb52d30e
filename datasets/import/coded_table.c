/* SPDX-License-Identifier: MIT */
/* Sums under codes from a text table. */
#include <stdlib.h>
#include <string.h>

#include "cophase/states.h"
#include "datasets/h5/h5.h"
#include "datasets/import/readings_table.h"
#include "datasets/import/text_table.h"
#include "kernels/core/size.h"

enum { CODE, RE, IM, SIGN, REPEAT, PATTERN, SETTING, PHASE, STATE_DB };
static const cph_readings_columns columns = {
    {"code", "re", "im", "sign", "repeat", "pattern", "setting", "phase_deg", "state_db", NULL}, 3};

enum { INDEX_MOST = 1 << 20 };

typedef struct row {
    size_t state, code, sign, repeat, line;
    cph_c64 value;
    char *pattern; /* on the heap; NULL without */
} row;

typedef struct state {
    uint32_t setting;
    double phase, db;
    size_t line;
} state;

typedef struct table {
    const char *path;
    cph_error *error;
    bool named;
    size_t fields, place[CPH_READINGS_COLUMNS];
    size_t rows, room, states;
    row *row;
    state *state; /* [CPH_STATES_MAX], in order of appearance */
    size_t codes, signs, repeats, elements;
} table;

static cph_status no_memory(const table *t)
{
    return cph_h5_error(t->error, CPH_ERR_MEMORY, t->path, NULL, "no memory for its readings");
}

/* Without a column there is one state. */
static cph_status find_state(table *t, const state *s, size_t *index)
{
    size_t i = 0;
    while (i < t->states && t->state[i].setting != s->setting)
        i++;
    *index = i;
    if (i == CPH_STATES_MAX)
        return cph_h5_error(t->error, CPH_ERR_FORMAT, t->path, NULL,
                            "line %zu: is of the %dth setting, expected at most %d", s->line,
                            CPH_STATES_MAX + 1, CPH_STATES_MAX);
    if (i == t->states)
        t->state[t->states++] = *s;
    const state *const first = &t->state[i];
    if (first->phase != s->phase || first->db != s->db)
        return cph_h5_error(t->error, CPH_ERR_FORMAT, t->path, NULL,
                            "line %zu: setting %u has another state than on line %zu", s->line,
                            s->setting, first->line);
    return CPH_OK;
}

/* 1 or -1, as pairs are; 1 where absent. */
static cph_status take_sign(const table *t, row *r, char *const field[])
{
    double sign = 1.0;
    const cph_status status =
        cph_readings_number(t->path, r->line, field, "sign", t->place[SIGN], 1.0, &sign, t->error);
    if (status != CPH_OK || sign == 1.0 || sign == -1.0) {
        r->sign = sign < 0.0;
        return status;
    }
    return cph_h5_error(t->error, CPH_ERR_FORMAT, t->path, NULL,
                        "line %zu: sign is %g, expected 1 or -1", r->line, sign);
}

/* Signs of all elements: +, - or 0 (off) each. */
static cph_status take_pattern(table *t, row *r, char *const field[])
{
    if (t->place[PATTERN] == SIZE_MAX)
        return CPH_OK;
    const char *const text = field[t->place[PATTERN]];
    const size_t length = strlen(text);
    if (t->rows == 0)
        t->elements = length;
    if (strspn(text, "+-0") != length || length != t->elements)
        return cph_h5_error(t->error, CPH_ERR_FORMAT, t->path, NULL,
                            "line %zu: pattern has %zu letters, expected +, - or 0 for each of %zu "
                            "elements",
                            r->line, length, t->elements);
    r->pattern = strdup(text);
    return r->pattern != NULL ? CPH_OK : no_memory(t);
}

static cph_status take_numbers(table *t, row *r, char *const field[])
{
    double code = 0.0, repeat = 0.0, setting = 0.0;
    state s = {.line = r->line};
    const struct {
        size_t column;
        double *value, limit; /* limit 0: any number */
    } numbers[] = {{CODE, &code, INDEX_MOST},       {REPEAT, &repeat, INDEX_MOST},
                   {SETTING, &setting, UINT32_MAX}, {RE, &r->value.re, 0.0},
                   {IM, &r->value.im, 0.0},         {PHASE, &s.phase, 0.0},
                   {STATE_DB, &s.db, 0.0}};
    cph_status status = CPH_OK;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0] && status == CPH_OK; i++) {
        const size_t c = numbers[i].column;
        status = numbers[i].limit > 0.0
                     ? cph_readings_whole(t->path, r->line, field, columns.name[c], t->place[c],
                                          numbers[i].limit, numbers[i].value, t->error)
                     : cph_readings_number(t->path, r->line, field, columns.name[c], t->place[c],
                                           0.0, numbers[i].value, t->error);
    }
    r->code = (size_t)code;
    r->repeat = (size_t)repeat;
    s.setting = (uint32_t)setting;
    return status == CPH_OK ? find_state(t, &s, &r->state) : status;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static cph_status take_row(table *t, size_t line, char *field[])
{
    if (t->rows == t->room) {
        const size_t room = t->room > 0 ? 2 * t->room : 64;
        row *const list = reallocarray(t->row, room, sizeof *list);
        if (list == NULL)
            return no_memory(t);
        t->row = list;
        t->room = room;
    }
    row r = {.line = line};
    cph_status status = take_numbers(t, &r, field);
    if (status == CPH_OK)
        status = take_sign(t, &r, field);
    if (status == CPH_OK)
        status = take_pattern(t, &r, field);
    if (status != CPH_OK)
        return status;
    t->row[t->rows++] = r;
    t->codes = larger(t->codes, r.code + 1);
    t->signs = larger(t->signs, r.sign + 1);
    t->repeats = larger(t->repeats, r.repeat + 1);
    return CPH_OK;
}

static cph_status take_line(void *context, size_t line, char *field[], size_t fields)
{
    table *const t = context;
    if (!t->named) {
        t->named = true;
        t->fields = fields;
        return cph_readings_header(t->path, line, field, fields, &columns, t->place, t->error);
    }
    if (fields != t->fields)
        return cph_h5_error(t->error, CPH_ERR_FORMAT, t->path, NULL,
                            "line %zu has %zu fields, expected %zu", line, fields, t->fields);
    return take_row(t, line, field);
}

static size_t cell_of(const table *t, const row *r)
{
    return ((r->state * t->codes + r->code) * t->signs + r->sign) * t->repeats + r->repeat;
}

static int sign_of(size_t sign)
{
    return sign == 0 ? 1 : -1;
}

/* Every combination once: line [cells] becomes where each stands. */
static cph_status check_cells(const table *t, size_t cells, size_t *line)
{
    for (size_t i = 0; i < t->rows; i++) {
        const row *const r = &t->row[i];
        size_t *const at = &line[cell_of(t, r)];
        if (*at != 0)
            return cph_h5_error(t->error, CPH_ERR_FORMAT, t->path, NULL,
                                "line %zu: code %zu, sign %d, repeat %zu is on line %zu already",
                                r->line, r->code, sign_of(r->sign), r->repeat, *at);
        *at = r->line;
    }
    for (size_t i = 0; i < cells; i++) {
        const size_t repeat = i % t->repeats, rest = i / t->repeats;
        const size_t code = rest / t->signs % t->codes, which = rest / t->signs / t->codes;
        if (line[i] == 0)
            return cph_h5_error(t->error, CPH_ERR_FORMAT, t->path, NULL,
                                "lacks a line: code %zu, sign %d, repeat %zu of setting %u", code,
                                sign_of(rest % t->signs), repeat, t->state[which].setting);
    }
    return CPH_OK;
}

/* The same pattern in all readings of a code and sign. */
static cph_status fill_codes(const table *t, cph_coded_readings *r, size_t *line)
{
    const size_t n = r->array.elements;
    for (size_t i = 0; i < t->rows; i++) {
        const row *const from = &t->row[i];
        const size_t at = from->code * t->signs + from->sign;
        cph_c64 *const code = r->code + at * n;
        for (size_t e = 0; e < n; e++) {
            const char c = from->pattern[e];
            const double value = c == '+' ? 1.0 : c == '-' ? -1.0 : 0.0;
            if (line[at] != 0 && code[e].re != value)
                return cph_h5_error(t->error, CPH_ERR_FORMAT, t->path, NULL,
                                    "line %zu: code %zu, sign %d has another pattern than on line "
                                    "%zu",
                                    from->line, from->code, sign_of(from->sign), line[at]);
            code[e].re = value;
        }
        line[at] = from->line;
    }
    return CPH_OK;
}

static cph_status fill(const table *t, cph_coded_readings *r, size_t *line, size_t cells)
{
    cph_status status = check_cells(t, cells, line);
    for (size_t i = 0; status == CPH_OK && i < t->rows; i++)
        r->reading[cell_of(t, &t->row[i])] = t->row[i].value;
    memset(line, 0, cells * sizeof *line);
    if (status == CPH_OK && r->code != NULL)
        status = fill_codes(t, r, line);
    if (status != CPH_OK || t->place[SETTING] == SIZE_MAX)
        return status;
    r->setting = calloc(t->states, sizeof *r->setting);
    if (r->setting == NULL)
        return no_memory(t);
    const cph_c64 rest = cph_readings_state(t->state[0].db, t->state[0].phase);
    const double power = rest.re * rest.re + rest.im * rest.im;
    for (size_t s = 0; s < t->states; s++) {
        const cph_c64 c = cph_readings_state(t->state[s].db, t->state[s].phase);
        r->setting[s] = t->state[s].setting;
        if (r->state != NULL)
            r->state[s] = (cph_c64){(c.re * rest.re + c.im * rest.im) / power,
                                    (c.im * rest.re - c.re * rest.im) / power};
    }
    return CPH_OK;
}

static cph_status build(const table *t, cph_coded_readings *readings)
{
    cph_array array = {0};
    cph_coded_readings r = {0};
    const bool coded = t->place[PATTERN] != SIZE_MAX;
    size_t cells, more;
    if (t->rows == 0)
        return cph_h5_error(t->error, CPH_ERR_FORMAT, t->path, NULL, "has no readings");
    /* A number beyond all others claims cells that no line can fill. */
    if (!cph_size_mul(t->codes, t->signs * t->repeats, &more) ||
        !cph_size_mul(more, t->states, &cells) || cells == 0 || cells / 4 > t->rows + 1024)
        return cph_h5_error(t->error, CPH_ERR_FORMAT, t->path, NULL,
                            "has %zu readings of %zu codes, %zu repeats, %zu settings: some lack",
                            t->rows, t->codes, t->repeats, t->states);
    size_t *const line = calloc(cells, sizeof *line);
    cph_status status =
        line != NULL ? cph_array_create(coded ? t->elements : t->codes, &array) : CPH_ERR_MEMORY;
    if (status == CPH_OK)
        status =
            cph_coded_readings_create(&array, t->states, t->codes, t->signs, t->repeats, coded, &r);
    status = status != CPH_OK ? no_memory(t) : fill(t, &r, line, cells);
    if (status == CPH_OK)
        *readings = r;
    else
        cph_coded_readings_free(&r);
    cph_array_free(&array);
    free(line);
    return status;
}

cph_status cph_coded_table_read(const char *path, cph_coded_readings *readings, cph_error *error)
{
    table t = {.path = path, .error = error};
    t.state = calloc(CPH_STATES_MAX, sizeof *t.state);
    cph_status status = t.state != NULL ? cph_text_each(path, take_line, &t, error) : no_memory(&t);
    if (status == CPH_OK)
        status = build(&t, readings);
    for (size_t i = 0; i < t.rows; i++)
        free(t.row[i].pattern);
    free(t.row);
    free(t.state);
    return status;
}
