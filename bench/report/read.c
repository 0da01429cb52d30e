/* SPDX-License-Identifier: MIT */
/* The JSON of a run into structures: tables say which key goes where. */
#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "bench/report/report.h"
#include "kernels/core/fail.h"

const char *const report_peak_name[REPORT_PEAKS] = {"fma", "bf16", "int16", "int8"};

typedef enum field_kind { TEXT, COUNT, NUMBER, FLAG } field_kind;
typedef struct field {
    const char *key;
    size_t offset;
    field_kind kind;
    bool needed; /* neither absent nor null */
} field;

/* A place in a file, for messages: "cases[3].paths[0]". */
typedef struct place {
    const char *path;
    char name[80];
} place;

#define FIELD(type, key, kind, needed)                                                             \
    {                                                                                              \
#key, offsetof(type, key), kind, needed                                                    \
    }

static const field cache_fields[] = {FIELD(report_cache, type, TEXT, false),
                                     FIELD(report_cache, level, COUNT, false),
                                     FIELD(report_cache, bytes, COUNT, false)};
static const field roof_fields[] = {FIELD(report_roof, threads, COUNT, true)};
static const field level_fields[] = {FIELD(report_level, level, TEXT, true),
                                     FIELD(report_level, read_bytes_per_s, NUMBER, false),
                                     FIELD(report_level, copy_bytes_per_s, NUMBER, false)};
static const field path_fields[] = {FIELD(report_path, isa, TEXT, true),
                                    FIELD(report_path, roof, TEXT, false),
                                    FIELD(report_path, threads, COUNT, true),
                                    FIELD(report_path, rounds, COUNT, false),
                                    FIELD(report_path, median_s, NUMBER, false),
                                    FIELD(report_path, p10_s, NUMBER, false),
                                    FIELD(report_path, p90_s, NUMBER, false),
                                    FIELD(report_path, gflops, NUMBER, false),
                                    FIELD(report_path, bytes_per_s, NUMBER, false),
                                    FIELD(report_path, samples_per_s, NUMBER, false),
                                    FIELD(report_path, roof_share, NUMBER, false),
                                    FIELD(report_path, ratio_to_scalar, NUMBER, false),
                                    FIELD(report_path, error_of_bound, NUMBER, false)};
static const field peer_fields[] = {FIELD(report_peer, name, TEXT, true),
                                    FIELD(report_peer, core, TEXT, false),
                                    FIELD(report_peer, threads, COUNT, true),
                                    FIELD(report_peer, median_s, NUMBER, false),
                                    FIELD(report_peer, p10_s, NUMBER, false),
                                    FIELD(report_peer, p90_s, NUMBER, false),
                                    FIELD(report_peer, gflops, NUMBER, false),
                                    FIELD(report_peer, median_with_conversion_s, NUMBER, false)};
static const field case_fields[] = {
    FIELD(report_case, name, TEXT, false),
    FIELD(report_case, source, TEXT, false),
    FIELD(report_case, refused, TEXT, false),
    FIELD(report_case, wrong, TEXT, false),
    FIELD(report_case, kernel, TEXT, true),
    FIELD(report_case, type, TEXT, false),
    FIELD(report_case, roof, TEXT, false),
    FIELD(report_case, verdict, TEXT, false),
    FIELD(report_case, weight_bits, COUNT, false),
    FIELD(report_case, elements, COUNT, false),
    FIELD(report_case, beams, COUNT, false),
    FIELD(report_case, channels, COUNT, false),
    FIELD(report_case, times, COUNT, false),
    FIELD(report_case, cold, FLAG, false),
    FIELD(report_case, roof_gflops, NUMBER, false),
    FIELD(report_case, ratio_to_peer, NUMBER, false),
    FIELD(report_case, ratio_to_peer_with_conversion, NUMBER, false)};
static const field latency_fields[] = {
    FIELD(report_latency, kernel, TEXT, true),        FIELD(report_latency, type, TEXT, false),
    FIELD(report_latency, isa, TEXT, false),          FIELD(report_latency, threads, COUNT, false),
    FIELD(report_latency, weight_bits, COUNT, false), FIELD(report_latency, elements, COUNT, false),
    FIELD(report_latency, beams, COUNT, false),       FIELD(report_latency, times, COUNT, false),
    FIELD(report_latency, runs, COUNT, false),        FIELD(report_latency, p50_s, NUMBER, false),
    FIELD(report_latency, p99_s, NUMBER, false),      FIELD(report_latency, p999_s, NUMBER, false),
    FIELD(report_latency, worst_s, NUMBER, false)};
static const field scaling_fields[] = {
    FIELD(report_scaling, name, TEXT, false),      FIELD(report_scaling, kernel, TEXT, true),
    FIELD(report_scaling, type, TEXT, false),      FIELD(report_scaling, isa, TEXT, false),
    FIELD(report_scaling, limiter, TEXT, false),   FIELD(report_scaling, weight_bits, COUNT, false),
    FIELD(report_scaling, elements, COUNT, false), FIELD(report_scaling, beams, COUNT, false),
    FIELD(report_scaling, channels, COUNT, false), FIELD(report_scaling, times, COUNT, false),
    FIELD(report_scaling, fma_gain, NUMBER, false)};
static const field step_fields[] = {
    FIELD(report_step, threads, COUNT, true), FIELD(report_step, median_s, NUMBER, false),
    FIELD(report_step, gflops, NUMBER, false), FIELD(report_step, efficiency, NUMBER, false),
    FIELD(report_step, roof_share, NUMBER, false)};
static const field run_fields[] = {
    FIELD(report, version, TEXT, false), FIELD(report, git, TEXT, false),
    FIELD(report, seed, COUNT, false), FIELD(report, time_unix_s, NUMBER, false)};
static const field machine_fields[] = {FIELD(report, cpu, TEXT, false),
                                       FIELD(report, governor, TEXT, false),
                                       FIELD(report, cores, COUNT, false),
                                       {"threads", offsetof(report, machine_threads), COUNT, false},
                                       FIELD(report, memory_bytes, COUNT, false)};
static const field build_fields[] = {FIELD(report, compiler, TEXT, false),
                                     FIELD(report, flags, TEXT, false),
                                     FIELD(report, openblas, TEXT, false)};
#define TABLE(fields) (fields), sizeof(fields) / sizeof((fields)[0])

static cph_status unexpected(const place *at, const char *key, const char *wanted, cph_error *error)
{
    const bool both = at->name[0] != '\0' && key[0] != '\0';
    return cph_fail(error, CPH_ERR_FORMAT, "%s: %s%s%s: expected %s", at->path, at->name,
                    both ? "." : "", key, wanted);
}

/* Stores a value that is there; false when it is of another kind. */
static bool store(const json_t *value, field_kind kind, char *out)
{
    switch (kind) {
    case TEXT:
        *(const char **)(void *)out = json_string_value(value);
        return json_is_string(value);
    case COUNT:
        *(size_t *)(void *)out = (size_t)json_integer_value(value);
        return json_is_integer(value) && json_integer_value(value) >= 0;
    case NUMBER:
        *(double *)(void *)out = json_number_value(value);
        return json_is_number(value);
    case FLAG:
        *(bool *)(void *)out = json_is_true(value);
        return json_is_boolean(value);
    }
    return false;
}

static cph_status read_fields(const json_t *object, const place *at, const field *fields,
                              size_t count, void *out, cph_error *error)
{
    static const char *const wanted[] = {"text", "a count", "a number", "true or false"};
    for (size_t i = 0; i < count; i++) {
        const field *const f = &fields[i];
        const json_t *const value = json_object_get(object, f->key);
        char *const to = (char *)out + f->offset;
        const bool absent = value == NULL || json_is_null(value);
        if (absent && f->kind == NUMBER)
            *(double *)(void *)to = NAN;
        if (absent ? f->needed : !store(value, f->kind, to))
            return unexpected(at, f->key, wanted[f->kind], error);
    }
    return CPH_OK;
}

/* object[key], which may be absent, as an array of structures of `size` bytes. */
static cph_status read_list(const json_t *object, const char *key, const place *at,
                            const field *fields, size_t count, size_t size, void *list,
                            size_t *length, cph_error *error)
{
    const json_t *const array = json_object_get(object, key);
    if (array == NULL || json_is_null(array))
        return CPH_OK;
    if (!json_is_array(array))
        return unexpected(at, key, "an array", error);
    const size_t items = json_array_size(array);
    char *const out = calloc(items + 1, size);
    if (out == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "%s: out of memory", at->path);
    memcpy(list, &(void *){out}, sizeof(void *));
    *length = items;
    for (size_t i = 0; i < items; i++) {
        place here = {.path = at->path};
        snprintf(here.name, sizeof here.name, "%.30s%s%s[%zu]", at->name,
                 at->name[0] != '\0' ? "." : "", key, i);
        const json_t *const item = json_array_get(array, i);
        if (!json_is_object(item))
            return unexpected(&here, "", "an object", error);
        cph_status status = read_fields(item, &here, fields, count, out + i * size, error);
        if (status != CPH_OK)
            return status;
    }
    return CPH_OK;
}
#define LIST(fields, list, length) TABLE(fields), sizeof *(list), (void *)&(list), &(length), error

static place item_of(const report *r, const char *key, size_t i)
{
    place at = {.path = r->path};
    snprintf(at.name, sizeof at.name, "%s[%zu]", key, i);
    return at;
}

static cph_status read_roofs(report *r, cph_error *error)
{
    const place root = {.path = r->path};
    cph_status status = read_list(r->json, "roof", &root, LIST(roof_fields, r->roof, r->roofs));
    for (size_t i = 0; status == CPH_OK && i < r->roofs; i++) {
        const place at = item_of(r, "roof", i);
        const json_t *const item = json_array_get(json_object_get(r->json, "roof"), i);
        report_roof *const roof = &r->roof[i];
        field peaks[REPORT_PEAKS];
        for (size_t k = 0; k < REPORT_PEAKS; k++)
            peaks[k] = (field){report_peak_name[k], k * sizeof(double), NUMBER, false};
        status =
            read_fields(json_object_get(item, "gflops"), &at, TABLE(peaks), roof->gflops, error);
        if (status == CPH_OK)
            status = read_list(item, "bandwidth", &at,
                               LIST(level_fields, roof->bandwidth, roof->bandwidths));
    }
    return status;
}

static cph_status read_cases(report *r, cph_error *error)
{
    const place root = {.path = r->path};
    cph_status status =
        read_list(r->json, "cases", &root, LIST(case_fields, r->cases, r->case_count));
    for (size_t i = 0; status == CPH_OK && i < r->case_count; i++) {
        const place at = item_of(r, "cases", i);
        const json_t *const item = json_array_get(json_object_get(r->json, "cases"), i);
        report_case *const c = &r->cases[i];
        status = read_list(item, "paths", &at, LIST(path_fields, c->path, c->paths));
        if (status == CPH_OK)
            status = read_list(item, "peers", &at, LIST(peer_fields, c->peer, c->peers));
    }
    return status;
}

static cph_status read_scalings(report *r, cph_error *error)
{
    const place root = {.path = r->path};
    cph_status status =
        read_list(r->json, "scaling", &root, LIST(scaling_fields, r->scaling, r->scalings));
    for (size_t i = 0; status == CPH_OK && i < r->scalings; i++) {
        const place at = item_of(r, "scaling", i);
        const json_t *const item = json_array_get(json_object_get(r->json, "scaling"), i);
        status = read_list(item, "threads", &at,
                           LIST(step_fields, r->scaling[i].step, r->scaling[i].steps));
    }
    return status;
}

static cph_status read_machine(report *r, cph_error *error)
{
    const place root = {.path = r->path}, machine = {.path = r->path, .name = "machine"},
                build = {.path = r->path, .name = "build"};
    const json_t *const about = json_object_get(r->json, "machine");
    cph_status status = read_fields(r->json, &root, TABLE(run_fields), r, error);
    if (status == CPH_OK)
        status = read_fields(about, &machine, TABLE(machine_fields), r, error);
    if (status == CPH_OK)
        status = read_list(about, "caches", &machine, LIST(cache_fields, r->cache, r->caches));
    if (status == CPH_OK)
        status =
            read_fields(json_object_get(r->json, "build"), &build, TABLE(build_fields), r, error);
    r->isa = json_object_get(about, "isa");
    r->noise = json_object_get(r->json, "noise");
    return status;
}

static cph_status check_format(const report *r, cph_error *error)
{
    const char *const format = json_string_value(json_object_get(r->json, "format"));
    const json_t *const version = json_object_get(r->json, "format_version");
    if (format == NULL || strcmp(format, REPORT_FORMAT) != 0)
        return cph_fail(error, CPH_ERR_FORMAT,
                        "%s: is no report of cophase bench: expected \"format\": \"%s\"", r->path,
                        REPORT_FORMAT);
    if (!json_is_integer(version) || json_integer_value(version) < 1)
        return cph_fail(error, CPH_ERR_FORMAT, "%s: format_version: expected a count from 1",
                        r->path);
    if (json_integer_value(version) > REPORT_FORMAT_VERSION)
        return cph_fail(error, CPH_ERR_FORMAT,
                        "%s: is of format version %lld, this cophase reads up to %d", r->path,
                        (long long)json_integer_value(version), REPORT_FORMAT_VERSION);
    return CPH_OK;
}

cph_status report_from(report *r, json_t *json, const char *path, cph_error *error)
{
    *r = (report){.path = path, .json = json_incref(json)};
    cph_status status = check_format(r, error);
    if (status == CPH_OK)
        status = read_machine(r, error);
    if (status == CPH_OK)
        status = read_roofs(r, error);
    if (status == CPH_OK)
        status = read_cases(r, error);
    const place root = {.path = path};
    if (status == CPH_OK)
        status = read_list(json, "latency", &root, LIST(latency_fields, r->latency, r->latencies));
    if (status == CPH_OK)
        status = read_scalings(r, error);
    if (status != CPH_OK)
        report_free(r);
    return status;
}

cph_status report_open(report *r, const char *path, cph_error *error)
{
    json_error_t why;
    *r = (report){.path = path};
    FILE *const file = fopen(path, "rb");
    if (file == NULL)
        return cph_fail(error, CPH_ERR_IO, "%s: cannot be opened: %s", path, strerror(errno));
    errno = 0;
    json_t *const json = json_loadf(file, JSON_REJECT_DUPLICATES, &why);
    const int failed = ferror(file) != 0 ? errno : 0;
    fclose(file);
    if (json == NULL && failed != 0)
        return cph_fail(error, CPH_ERR_IO, "%s: cannot be read: %s", path, strerror(failed));
    if (json == NULL)
        return cph_fail(error, CPH_ERR_FORMAT, "%s: is not JSON: line %d: %s", path, why.line,
                        why.text);
    cph_status status = report_from(r, json, path, error);
    json_decref(json);
    return status;
}

void report_free(report *r)
{
    for (size_t i = 0; i < r->roofs; i++)
        free(r->roof[i].bandwidth);
    for (size_t i = 0; i < r->case_count; i++) {
        free(r->cases[i].path);
        free(r->cases[i].peer);
    }
    for (size_t i = 0; i < r->scalings; i++)
        free(r->scaling[i].step);
    free(r->cache);
    free(r->roof);
    free(r->cases);
    free(r->latency);
    free(r->scaling);
    json_decref(r->json);
    *r = (report){0};
}
