/* SPDX-License-Identifier: MIT */
#include "bench/json.h"

#include <math.h>
#include <time.h>

#include "bench/openblas.h"

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *count(size_t value)
{
    return json_integer((json_int_t)value);
}

/* "" and NULL are null. */
static json_t *text(const char *value)
{
    return value == NULL || value[0] == '\0' ? json_null() : json_string(value);
}

static void set_spread(json_t *o, const bench_spread *spread)
{
    json_object_set_new(o, "median_s", number(spread->median));
    json_object_set_new(o, "p10_s", number(spread->p10));
    json_object_set_new(o, "p90_s", number(spread->p90));
    json_object_set_new(o, "rounds", count(spread->count));
}

static json_t *json_path(const bench_path *p)
{
    json_t *const o = json_object();
    json_object_set_new(o, "isa", text(p->isa));
    json_object_set_new(o, "threads", count(p->threads));
    json_object_set_new(o, "times", count(p->times));
    set_spread(o, &p->series.spread);
    json_object_set_new(o, "gflops", number(p->gflops));
    json_object_set_new(o, "samples_per_s", number(p->samples_per_s));
    json_object_set_new(o, "bytes_per_s", number(p->bytes_per_s));
    json_object_set_new(o, "roof_gflops", number(p->roof_gflops));
    json_object_set_new(o, "roof_share", number(p->roof_share));
    json_object_set_new(o, "roof", text(p->roof));
    json_object_set_new(o, "ratio_to_scalar", number(p->ratio_to_scalar));
    json_object_set_new(o, "error_of_bound", number(p->error_of_bound));
    return o;
}

static json_t *json_peer(const bench_peer *p)
{
    json_t *const o = json_object();
    json_object_set_new(o, "name", text(p->name));
    json_object_set_new(o, "core", text(p->core));
    json_object_set_new(o, "call", text(p->call));
    json_object_set_new(o, "threads", count(p->threads));
    set_spread(o, &p->series.spread);
    json_object_set_new(o, "gflops", number(p->gflops));
    json_object_set_new(o, "median_with_conversion_s", number(p->median_with_conversion_s));
    return o;
}

json_t *bench_json_case(const bench_result *r)
{
    const bench_case *const c = &r->c;
    json_t *const o = json_object(), *const paths = json_array(), *const peers = json_array();
    for (size_t i = 0; i < r->paths; i++)
        json_array_append_new(paths, json_path(&r->path[i]));
    for (size_t i = 0; i < r->peers; i++)
        json_array_append_new(peers, json_peer(&r->peer[i]));
    json_object_set_new(o, "name", text(c->name));
    json_object_set_new(o, "source", text(c->source));
    json_object_set_new(o, "kernel", text(bench_kernel_name(c->kernel)));
    json_object_set_new(o, "type", text(bench_type_name(c->type)));
    json_object_set_new(o, "weight_bits",
                        c->weight_bits == 0 ? json_null() : count(c->weight_bits));
    json_object_set_new(o, "elements", count(c->elements));
    json_object_set_new(o, "beams", count(c->beams));
    json_object_set_new(o, "channels", count(c->channels));
    json_object_set_new(o, "times", count(c->times));
    json_object_set_new(o, "cold", json_boolean(c->cold));
    json_object_set_new(o, "operations", number(r->operations));
    json_object_set_new(o, "roof_gflops", number(r->roof_gflops));
    json_object_set_new(o, "roof", text(r->roof));
    json_object_set_new(o, "read_bytes_per_s", number(r->read_bytes_per_s[0]));
    json_object_set_new(o, "read_bytes_per_s_all_threads", number(r->read_bytes_per_s[1]));
    json_object_set_new(o, "paths", paths);
    json_object_set_new(o, "peers", peers);
    json_object_set_new(o, "ratio_to_peer", number(r->ratio_to_peer));
    json_object_set_new(o, "ratio_to_peer_p10", number(r->peers > 0 ? r->peer_ratio.p10 : NAN));
    json_object_set_new(o, "ratio_to_peer_p90", number(r->peers > 0 ? r->peer_ratio.p90 : NAN));
    json_object_set_new(o, "ratio_to_peer_with_conversion", number(r->ratio_with_conversion));
    json_object_set_new(o, "verdict", text(r->verdict));
    json_object_set_new(o, "refused", text(r->refused));
    json_object_set_new(o, "wrong", text(r->wrong ? r->complaint : NULL));
    return o;
}

static json_t *json_machine(const bench_machine *m, size_t threads)
{
    json_t *const o = json_object(), *const isa = json_array(), *const caches = json_array();
    for (unsigned i = 0; i < CPH_ISA_COUNT; i++)
        if (cph_isa_available((cph_isa)i))
            json_array_append_new(isa, text(cph_isa_name((cph_isa)i)));
    for (size_t i = 0; i < m->caches; i++) {
        json_t *const cache = json_object();
        json_object_set_new(cache, "level", count(m->cache[i].level));
        json_object_set_new(cache, "type", text(m->cache[i].type));
        json_object_set_new(cache, "bytes", count(m->cache[i].bytes));
        json_array_append_new(caches, cache);
    }
    json_object_set_new(o, "cpu", text(m->cpu));
    json_object_set_new(o, "cores", count(m->cores));
    json_object_set_new(o, "threads", count(threads));
    json_object_set_new(o, "isa", isa);
    json_object_set_new(o, "governor", text(m->governor));
    json_object_set_new(o, "memory_bytes", count(m->memory_bytes));
    json_object_set_new(o, "huge_pages", json_boolean(m->huge_pages));
    json_object_set_new(o, "caches", caches);
    return o;
}

static json_t *json_build(void)
{
    json_t *const o = json_object();
    json_object_set_new(o, "compiler", text(bench_build_compiler()));
    json_object_set_new(o, "flags", text(bench_build_flags()));
    json_object_set_new(o, "openblas", text(bench_openblas_config()));
    return o;
}

static json_t *json_roof(const bench_roof *roof, size_t row)
{
    static const char *const kinds[] = {"fma", "bf16", "int16", "int8"};
    const double *const rate = roof->rate[row];
    json_t *const o = json_object(), *const gflops = json_object(), *const levels = json_array();
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        json_object_set_new(gflops, kinds[i], number(rate[i]));
    for (size_t i = 0; i < BENCH_LEVELS; i++) {
        json_t *const level = json_object();
        json_object_set_new(level, "level", text(bench_level_name(i)));
        json_object_set_new(level, "read_bytes_per_s", number(rate[BENCH_READ + i]));
        json_object_set_new(level, "copy_bytes_per_s", number(rate[BENCH_COPY + i]));
        json_array_append_new(levels, level);
    }
    json_object_set_new(o, "threads", count(roof->threads[row]));
    json_object_set_new(o, "gflops", gflops);
    json_object_set_new(o, "bandwidth", levels);
    return o;
}

static json_t *json_noise(const bench_roof *roof)
{
    const bench_spread clock = bench_roof_spread(roof);
    json_t *const o = json_object();
    json_object_set_new(o, "roof_measurements", count(roof->rounds));
    json_object_set_new(o, "fma_p10_of_median", number(clock.p10));
    json_object_set_new(o, "fma_p90_of_median", number(clock.p90));
    return o;
}

json_t *bench_json(const bench_options *options, const bench_roof *roof, json_t *cases)
{
    json_t *const o = json_object(), *const rows = json_array();
    for (size_t row = 0; row < roof->counts; row++)
        json_array_append_new(rows, json_roof(roof, row));
    json_object_set_new(o, "format", text("cophase-bench"));
    json_object_set_new(o, "format_version", json_integer(BENCH_FORMAT_VERSION));
    json_object_set_new(o, "version", text(cph_version()));
    json_object_set_new(o, "git", text(bench_build_git()));
    json_object_set_new(o, "seed", json_integer((json_int_t)options->seed));
    json_object_set_new(o, "seconds", number(options->seconds));
    json_object_set_new(o, "isa_limit", text(cph_isa_name(options->isa)));
    json_object_set_new(o, "time_unix_s", json_integer((json_int_t)time(NULL)));
    json_object_set_new(o, "machine", json_machine(&roof->machine, options->threads));
    json_object_set_new(o, "build", json_build());
    json_object_set_new(o, "roof", rows);
    json_object_set_new(o, "noise", json_noise(roof));
    json_object_set_new(o, "cases", cases);
    return o;
}
