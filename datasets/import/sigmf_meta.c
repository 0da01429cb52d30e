/* SPDX-License-Identifier: MIT */
/* What is said of recordings of SigMF that are written, and of collections. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "datasets/import/sigmf_write.h"

/* ---- values ---- */

static const char *datatype_of(const cph_writer *w)
{
    static const char *const names[CPH_TYPE_COUNT][2] = {
        [CPH_C8] = {"ci8", "ri8"},
        [CPH_C16] = {"ci16_le", "ri16_le"},
        [CPH_C32] = {"cf32_le", "rf32_le"},
    };
    return names[w->sample_type][w->real != NULL];
}

/* Only what is known. */
static bool put_number(json_t *object, const char *key, double value)
{
    return !isfinite(value) || json_object_set_new(object, key, json_real(value)) == 0;
}

/* NaN where it is not above 0. */
static double known(double value)
{
    return value > 0.0 ? value : NAN;
}

static bool put_count(json_t *object, const char *key, uint64_t value)
{
    return json_object_set_new(object, key, json_integer((json_int_t)value)) == 0;
}

static bool put_text(json_t *object, const char *key, const char *value)
{
    return json_object_set_new(object, key, json_string(value)) == 0;
}

/* The version, and that what begins with `cophase:` may be passed over. */
static bool put_version(json_t *object)
{
    json_t *ours =
        json_pack("[{s:s, s:s, s:b}]", "name", "cophase", "version", "1.0.0", "optional", 1);
    return put_text(object, "core:version", "1.0.0") &&
           json_object_set_new(object, "core:extensions", ours) == 0;
}

/* What was made of the samples. */
static bool put_marks(json_t *global, const cph_data_header *h)
{
    return (h->applied == NULL || put_text(global, CPH_SIGMF_APPLIED, h->applied)) &&
           (!h->gains_conjugate ||
            put_text(global, CPH_SIGMF_GAIN_FACTOR, CPH_TIME_FACTOR_CONJUGATE)) &&
           (h->kind == CPH_KIND_CAPTURE ||
            put_text(global, CPH_SIGMF_KIND, cph_kind_name(h->kind)));
}

bool cph_sigmf_put_global(const cph_writer *w, json_t *global, const cph_data_header *h,
                          size_t channels)
{
    return put_text(global, "core:datatype", datatype_of(w)) && put_version(global) &&
           put_count(global, "core:num_channels", channels) &&
           put_number(global, "core:sample_rate", h->sample_rate_hz) &&
           put_text(global, "core:recorder", "cophase convert") &&
           put_number(global, "cophase:scale", h->scale > 0.0 ? h->scale : 1.0) &&
           put_number(global, "cophase:if_freq_hz", h->if_freq_hz) &&
           put_number(global, "cophase:wave_speed_m_s", known(h->wave_speed_m_s)) &&
           put_number(global, "cophase:independent", known(h->independent)) &&
           put_number(global, "cophase:lost_value", h->has_lost_value ? h->lost_value : NAN) &&
           put_marks(global, h);
}

/* ---- captures ---- */

/* Nine digits of a second behind the point, or as many more, up to 18, as tell it from every other
 * number. */
static void put_fraction(double part_s, size_t size, char *text)
{
    long double unit = 1e9L;
    int digits = 9;
    long long value = llroundl((long double)part_s * unit);
    while (digits < 18 && (double)((long double)value / unit) != part_s) {
        unit *= 10.0L;
        digits++;
        value = llroundl((long double)part_s * unit);
    }
    snprintf(text, size, "%0*lld", digits, value);
}

/* When sample `global` was taken: whole seconds and the rest are kept apart. */
static bool put_time(json_t *capture, const cph_sigmf_clock *clock, uint64_t global)
{
    char date[40], part[24], text[80];
    struct tm parts;
    if (!isfinite(clock->start_unix_s))
        return true;
    const double whole = floor(clock->start_unix_s);
    const long double rest = (long double)(clock->start_unix_s - whole) +
                             (long double)clock->start_rest_s +
                             (long double)global / (long double)clock->rate_hz;
    const long double carry = floorl(rest);
    double fraction = (double)(rest - carry);
    const time_t seconds = (time_t)(whole + (double)carry) + (fraction < 1.0 ? 0 : 1);
    fraction = fraction < 1.0 ? fraction : 0.0;
    if (gmtime_r(&seconds, &parts) == NULL ||
        strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts) == 0)
        return false;
    put_fraction(fraction, sizeof part, part);
    snprintf(text, sizeof text, "%s.%sZ", date, part);
    return put_text(capture, "core:datetime", text);
}

/* The segment of samples from `sample` on, `global` where none was lost. */
static bool add_capture(json_t *captures, const cph_sigmf_clock *clock, uint64_t sample,
                        uint64_t global)
{
    json_t *capture = json_object();
    const bool done = put_count(capture, "core:sample_start", sample) &&
                      put_count(capture, "core:global_index", global) &&
                      put_number(capture, "core:frequency", clock->freq_hz) &&
                      put_time(capture, clock, global);
    return json_array_append_new(captures, capture) == 0 && done;
}

bool cph_sigmf_put_captures(json_t *captures, const cph_sigmf_clock *clock, const cph_data_gap *gap,
                            size_t gaps)
{
    bool done = add_capture(captures, clock, 0, 0);
    for (size_t i = 0; done && i < gaps; i++)
        done = add_capture(captures, clock, gap[i].sample, gap[i].global);
    return done;
}

/* ---- what Cophase alone knows ---- */

bool cph_sigmf_put_elements(json_t *about, const cph_array *array, bool collection)
{
    json_t *names = json_array(), *numbers = json_array(), *letters = json_array();
    bool done = true, numbered = collection, polarized = false;
    for (size_t n = 0; done && n < array->elements; n++) {
        const cph_element *e = &array->element[n];
        numbered = numbered || e->number != n;
        polarized = polarized || e->polarization != '\0';
        done = json_array_append_new(names, json_string(e->name)) == 0 &&
               json_array_append_new(numbers, json_integer(e->number)) == 0 &&
               json_array_append_new(letters, json_string((char[]){e->polarization, '\0'})) == 0;
    }
    done = json_object_set_new(about, CPH_SIGMF_NAMES, names) == 0 && done;
    done = (!numbered || json_object_set(about, CPH_SIGMF_NUMBERS, numbers) == 0) && done;
    done = (!polarized || json_object_set(about, CPH_SIGMF_POLARIZATIONS, letters) == 0) && done;
    json_decref(numbers);
    json_decref(letters);
    return done;
}

bool cph_sigmf_put_truth(json_t *about, size_t elements, const cph_c64 *gain,
                         const char *const *source, size_t sources)
{
    json_t *gains = json_array(), *lines = json_array();
    bool done = true;
    for (size_t n = 0; done && n < elements; n++)
        done = json_array_append_new(gains, isfinite(gain[n].re) && isfinite(gain[n].im)
                                                ? json_pack("[f, f]", gain[n].re, gain[n].im)
                                                : json_null()) == 0;
    for (size_t i = 0; done && i < sources; i++)
        done = json_array_append_new(lines, json_string(source[i])) == 0;
    done = json_object_set_new(about, CPH_SIGMF_TRUTH_GAIN, gains) == 0 && done;
    return json_object_set_new(about, CPH_SIGMF_TRUTH_SOURCE, lines) == 0 && done;
}

bool cph_sigmf_put_delays(json_t *about, size_t elements, const double *delay_s)
{
    json_t *delays = json_array();
    bool done = true;
    for (size_t n = 0; done && n < elements; n++)
        done = json_array_append_new(delays, isfinite(delay_s[n]) ? json_real(delay_s[n])
                                                                  : json_null()) == 0;
    return json_object_set_new(about, CPH_SIGMF_TRUTH_DELAY, delays) == 0 && done;
}

/* ---- files ---- */

cph_status cph_sigmf_refused(const cph_writer *w, const char *path)
{
    return cph_h5_error(w->error, CPH_ERR_IO, path, NULL, "cannot be written: %s", strerror(errno));
}

/* Takes `object` over; NULL: no memory. `sum` (may be NULL) becomes that of the file. */
static cph_status write_json(cph_writer *w, const char *path, json_t *object, char *sum)
{
    char *text = object != NULL ? json_dumps(object, JSON_INDENT(2)) : NULL;
    json_decref(object);
    if (text == NULL)
        return cph_writer_fail(w, CPH_ERR_MEMORY, NULL, "no memory for its metadata");
    FILE *file = fopen(path, "wxe");
    bool done = file != NULL && fputs(text, file) != EOF && fputc('\n', file) != EOF &&
                fflush(file) == 0 && fsync(fileno(file)) == 0;
    if (file != NULL)
        done = fclose(file) == 0 && done;
    if (sum != NULL) {
        SHA512_CTX all;
        SHA512Init(&all);
        SHA512Update(&all, (const uint8_t *)text, strlen(text));
        SHA512Update(&all, (const uint8_t *)"\n", 1);
        SHA512End(&all, sum);
    }
    free(text);
    return done ? CPH_OK : cph_sigmf_refused(w, path);
}

/* A recording of a collection says of its element what the collection does, should it be read
 * alone. */
static bool put_own_element(const cph_sigmf_writer *o, size_t i, json_t *global)
{
    bool done = true;
    for (size_t k = 0; done && cph_sigmf_lists[k] != NULL; k++) {
        const json_t *list = json_object_get(o->about, cph_sigmf_lists[k]);
        if (list != NULL)
            done = json_object_set_new(global, cph_sigmf_lists[k],
                                       json_pack("[O]", json_array_get(list, i))) == 0;
    }
    return done;
}

/* The metadata of recording i; NULL: no memory. */
static json_t *make_meta(const cph_sigmf_writer *o, size_t i)
{
    char sum[SHA512_DIGEST_STRING_LENGTH];
    SHA512_CTX samples = o->recording[i].sum;
    json_t *global = json_copy(o->global);
    SHA512End(&samples, sum);
    if (put_text(global, "core:sha512", sum) &&
        (o->list.path != NULL ? put_own_element(o, i, global)
                              : json_object_update(global, o->about) == 0))
        return json_pack("{s:o, s:O, s:[]}", "global", global, "captures", o->captures,
                         "annotations");
    json_decref(global);
    return NULL;
}

/* What a stream is called: its recording beside the collection, without the ending. */
static json_t *stream_of(const cph_sigmf_recording *r, const char *sum)
{
    const char *slash = strrchr(r->data.path, '/');
    const char *name = slash != NULL ? slash + 1 : r->data.path;
    return json_pack("{s:s%, s:s}", "name", name, strlen(name) - strlen(CPH_SIGMF_DATA), "hash",
                     sum);
}

cph_status cph_sigmf_write_meta(cph_writer *w, const cph_sigmf_writer *o)
{
    char sum[SHA512_DIGEST_STRING_LENGTH];
    json_t *streams = json_array();
    cph_status status = CPH_OK;
    for (size_t i = 0; status == CPH_OK && i < o->recordings; i++) {
        const cph_sigmf_recording *r = &o->recording[i];
        status = write_json(w, r->meta.partial, make_meta(o, i), sum);
        if (status == CPH_OK && json_array_append_new(streams, stream_of(r, sum)) != 0)
            status = cph_writer_fail(w, CPH_ERR_MEMORY, NULL, "no memory for its metadata");
    }
    if (status != CPH_OK || o->list.path == NULL) {
        json_decref(streams);
        return status;
    }
    const bool done =
        put_version(o->about) && json_object_set_new(o->about, "core:streams", streams) == 0;
    return write_json(w, o->list.partial, done ? json_pack("{s:O}", "collection", o->about) : NULL,
                      NULL);
}
