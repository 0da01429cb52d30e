/* SPDX-License-Identifier: MIT */
/* Sweeps of power readings from a text table. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/h5/h5.h"
#include "datasets/import/readings_table.h"
#include "datasets/import/text_table.h"
#include "kernels/core/size.h"

enum { SWEEP, ELEMENT, PHASE, POWER, POWER_DB, STATE_DB, SETTING };
static const cph_readings_columns columns = {
    {"sweep", "element", "phase_deg", "power", "power_db", "state_db", "setting", NULL}, 3};

typedef struct row {
    double power, phase, db;
    uint32_t setting;
    size_t line;
} row;

typedef struct sweep {
    size_t first, line; /* row, line of the file */
    size_t member;      /* into the list of members, up to the next sweep's */
} sweep;

typedef struct table {
    const char *path;
    cph_error *error;
    bool named;
    size_t fields, place[CPH_READINGS_COLUMNS];
    size_t rows, sweeps, members; /* counts; rooms behind them */
    size_t row_room, sweep_room, member_room;
    row *row;
    sweep *sweep;
    uint32_t *member; /* element numbers, sweep after sweep */
} table;

/* Room for one more of `size` bytes; NULL: no memory (the old block stays). */
static void *grown(void *block, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return block;
    const size_t more = *room > 0 ? 2 * *room : 64;
    void *const made = reallocarray(block, more, size);
    if (made != NULL)
        *room = more;
    return made;
}

static cph_status no_memory(const table *t)
{
    return cph_h5_error(t->error, CPH_ERR_MEMORY, t->path, NULL, "no memory for its readings");
}

static cph_status add_member(table *t, uint32_t number)
{
    uint32_t *const list = grown(t->member, t->members, &t->member_room, sizeof *list);
    if (list == NULL)
        return no_memory(t);
    t->member = list;
    t->member[t->members++] = number;
    return CPH_OK;
}

/* "3" or "3+5+7", each number once and rising. */
static cph_status take_members(table *t, size_t line, char *text)
{
    const size_t first = t->members;
    char *rest = NULL;
    for (char *word = strtok_r(text, "+", &rest); word != NULL; word = strtok_r(NULL, "+", &rest)) {
        double number = 0.0;
        if (!cph_text_whole(word, (double)(UINT32_MAX - 1), &number) ||
            (t->members > first && number <= (double)t->member[t->members - 1]))
            break;
        const cph_status status = add_member(t, (uint32_t)number);
        if (status != CPH_OK)
            return status;
        if (rest == NULL || *rest == '\0')
            return CPH_OK;
    }
    return cph_h5_error(t->error, CPH_ERR_FORMAT, t->path, NULL,
                        "line %zu: element is no number, nor rising numbers joined by +", line);
}

/* The same elements all through a sweep. */
static cph_status check_members(table *t, size_t line, char *text)
{
    const sweep *const s = &t->sweep[t->sweeps - 1];
    const size_t had = t->members, count = had - s->member;
    cph_status status = take_members(t, line, text);
    if (status == CPH_OK &&
        (t->members - had != count ||
         memcmp(t->member + s->member, t->member + had, count * sizeof *t->member) != 0))
        status = cph_h5_error(t->error, CPH_ERR_FORMAT, t->path, NULL,
                              "line %zu: sweep %zu turns other elements than on line %zu", line,
                              t->sweeps - 1, s->line);
    t->members = had;
    return status;
}

static cph_status begin_sweep(table *t, size_t line, char *elements)
{
    sweep *const list = grown(t->sweep, t->sweeps, &t->sweep_room, sizeof *list);
    if (list == NULL)
        return no_memory(t);
    t->sweep = list;
    t->sweep[t->sweeps++] = (sweep){.first = t->rows, .line = line, .member = t->members};
    return take_members(t, line, elements);
}

/* A setting once in a sweep; a sweep goes round by phases where there are none. */
static cph_status check_new(const table *t, const row *r)
{
    for (size_t i = t->sweep[t->sweeps - 1].first; i < t->rows; i++) {
        const row *const o = &t->row[i];
        const bool same = t->place[SETTING] != SIZE_MAX ? o->setting == r->setting
                                                        : o->phase == r->phase && o->db == r->db;
        if (same)
            return cph_h5_error(t->error, CPH_ERR_FORMAT, t->path, NULL,
                                "line %zu: sweep %zu has this state already on line %zu", r->line,
                                t->sweeps - 1, o->line);
    }
    return CPH_OK;
}

/* Powers are linear, whatever their unit: a meter's dBm are not, and below 0 they show. */
static cph_status take_power(const table *t, double db, row *r)
{
    const bool linear = t->place[POWER] != SIZE_MAX;
    if (!linear)
        r->power = pow(10.0, db / 10.0);
    if (r->power >= 0.0 && isfinite(r->power))
        return CPH_OK;
    return cph_h5_error(t->error, CPH_ERR_FORMAT, t->path, NULL, "line %zu: %s is %g, expected %s",
                        r->line, columns.name[linear ? POWER : POWER_DB], linear ? r->power : db,
                        linear ? "a linear power, not negative; dB go into a column power_db"
                               : "what is a finite power");
}

static cph_status take_row(table *t, size_t line, char *field[])
{
    double number, setting, db;
    row r = {.line = line};
    const struct {
        size_t column;
        double *value;
    } numbers[] = {{PHASE, &r.phase}, {POWER, &r.power}, {POWER_DB, &db}, {STATE_DB, &r.db}};
    cph_status status = cph_readings_whole(t->path, line, field, "sweep", t->place[SWEEP],
                                           (double)CPH_ELEMENTS_MAX, &number, t->error);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0] && status == CPH_OK; i++) {
        const size_t c = numbers[i].column;
        status = cph_readings_number(t->path, line, field, columns.name[c], t->place[c], 0.0,
                                     numbers[i].value, t->error);
    }
    if (status == CPH_OK)
        status = take_power(t, db, &r);
    if (status == CPH_OK)
        status = cph_readings_whole(t->path, line, field, "setting", t->place[SETTING],
                                    (double)UINT32_MAX, &setting, t->error);
    if (status != CPH_OK)
        return status;
    r.setting = (uint32_t)setting;
    const size_t at = (size_t)number;
    if (at != t->sweeps && at + 1 != t->sweeps)
        return cph_h5_error(t->error, CPH_ERR_FORMAT, t->path, NULL,
                            "line %zu is of sweep %zu, expected sweeps 0, 1, 2 ... one behind the "
                            "other, each once: here %zu",
                            line, at, t->sweeps);
    status = at == t->sweeps ? begin_sweep(t, line, field[t->place[ELEMENT]])
                             : check_members(t, line, field[t->place[ELEMENT]]);
    if (status == CPH_OK)
        status = check_new(t, &r);
    if (status != CPH_OK)
        return status;
    row *const list = grown(t->row, t->rows, &t->row_room, sizeof *list);
    if (list == NULL)
        return no_memory(t);
    t->row = list;
    t->row[t->rows++] = r;
    return CPH_OK;
}

static cph_status take_header(table *t, size_t line, char *field[], size_t fields)
{
    const cph_status status =
        cph_readings_header(t->path, line, field, fields, &columns, t->place, t->error);
    if (status != CPH_OK || (t->place[POWER] == SIZE_MAX) != (t->place[POWER_DB] == SIZE_MAX))
        return status;
    return cph_h5_error(t->error, CPH_ERR_MISSING, t->path, NULL,
                        "line %zu: expected either power or power_db", line);
}

static cph_status take_line(void *context, size_t line, char *field[], size_t fields)
{
    table *const t = context;
    if (!t->named) {
        t->named = true;
        t->fields = fields;
        return take_header(t, line, field, fields);
    }
    if (fields != t->fields)
        return cph_h5_error(t->error, CPH_ERR_FORMAT, t->path, NULL,
                            "line %zu has %zu fields, expected %zu", line, fields, t->fields);
    return take_row(t, line, field);
}

static size_t sweep_end(const table *t, size_t c)
{
    return c + 1 < t->sweeps ? t->sweep[c + 1].first : t->rows;
}

static size_t member_end(const table *t, size_t c)
{
    return c + 1 < t->sweeps ? t->sweep[c + 1].member : t->members;
}

static cph_status check_steps(const table *t)
{
    if (t->sweeps == 0)
        return cph_h5_error(t->error, CPH_ERR_FORMAT, t->path, NULL, "has no readings");
    const size_t steps = sweep_end(t, 0);
    for (size_t c = 1; c < t->sweeps; c++) {
        const size_t has = sweep_end(t, c) - t->sweep[c].first;
        if (has != steps)
            return cph_h5_error(t->error, CPH_ERR_FORMAT, t->path, NULL,
                                "sweep %zu, from line %zu, has %zu steps, expected %zu as sweep 0",
                                c, t->sweep[c].line, has, steps);
    }
    return CPH_OK;
}

/* Whether every sweep turns one element and every element has its sweep: sweeps then go in the
 * order of the elements, place [C]; else in their own. */
static bool place_sweeps(const table *t, const cph_array *array, size_t *place)
{
    bool single = t->sweeps == array->elements && t->members == t->sweeps;
    for (size_t c = 0; c < t->sweeps; c++)
        place[c] = SIZE_MAX;
    for (size_t c = 0; c < t->sweeps && single; c++) {
        const size_t n = cph_readings_index(array, t->member[t->sweep[c].member]);
        single = place[n] == SIZE_MAX;
        place[n] = c;
    }
    for (size_t c = 0; c < t->sweeps && !single; c++)
        place[c] = c;
    return single;
}

/* The same states in the same order in all sweeps. */
static bool same_states(const table *t, size_t steps)
{
    for (size_t i = steps; i < t->rows; i++) {
        const row *const r = &t->row[i], *const first = &t->row[i % steps];
        if (r->phase != first->phase || r->db != first->db || r->setting != first->setting)
            return false;
    }
    return true;
}

static void fill(const table *t, const size_t *place, cph_rev_readings *r)
{
    for (size_t c = 0; c < r->sweeps; c++) {
        const row *const from = t->row + t->sweep[place[c]].first;
        for (size_t m = 0; m < r->steps; m++) {
            const size_t at = r->tables == 1 ? m : c * r->steps + m;
            r->power[c * r->steps + m] = from[m].power;
            r->state[at] = cph_readings_state(from[m].db, from[m].phase);
            if (r->setting != NULL)
                r->setting[at] = from[m].setting;
        }
        for (size_t i = t->sweep[c].member; r->member != NULL && i < member_end(t, c); i++)
            r->member[c * r->array.elements + cph_readings_index(&r->array, t->member[i])] = 1;
    }
}

static cph_status build(const table *t, cph_rev_readings *readings)
{
    cph_array array = {0};
    cph_rev_readings r = {0};
    const size_t steps = sweep_end(t, 0), tables = same_states(t, steps) ? 1 : t->sweeps;
    size_t *const place = calloc(t->sweeps, sizeof *place);
    if (place == NULL)
        return no_memory(t);
    cph_status status = cph_readings_array(t->member, t->members, &array);
    if (status != CPH_OK)
        status = no_memory(t);
    if (status == CPH_OK) {
        const bool single = place_sweeps(t, &array, place);
        status = cph_rev_readings_create(&array, t->sweeps, steps, tables, !single, &r);
        if (status == CPH_OK && t->place[SETTING] != SIZE_MAX &&
            (r.setting = calloc(tables * steps, sizeof *r.setting)) == NULL)
            status = CPH_ERR_MEMORY;
        if (status != CPH_OK)
            status = no_memory(t);
    }
    if (status == CPH_OK) {
        fill(t, place, &r);
        *readings = r;
    } else {
        cph_rev_readings_free(&r);
    }
    cph_array_free(&array);
    free(place);
    return status;
}

cph_status cph_rev_table_read(const char *path, cph_rev_readings *readings, cph_error *error)
{
    table t = {.path = path, .error = error};
    cph_status status = cph_text_each(path, take_line, &t, error);
    if (status == CPH_OK)
        status = check_steps(&t);
    if (status == CPH_OK)
        status = build(&t, readings);
    free(t.row);
    free(t.sweep);
    free(t.member);
    return status;
}
