/* SPDX-License-Identifier: MIT */
#include "cli/coupling.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/parse_internal.h"
#include "cophase/data.h"
#include "cophase/data_text.h"

/* Beside the keys of a verb and of its states. */
enum { KEY_COUPLING = CPH_KEY_VERB + 0x90 };

/* What rounding in a file may add to a lossless network. */
static const double passive = 1.0 + 1e-6;

static const char *const radiators[] = {"voltage", "current", NULL};

cph_status cph_coupling_choice_parse(const char *text, cph_coupling_choice *choice,
                                     cph_error *error)
{
    static const char radiator_key[] = "radiator=";
    const char *colon = strrchr(text, ':');
    const bool keyed = colon != NULL && strncmp(colon + 1, radiator_key, strlen(radiator_key)) == 0;
    double radiator = 0.0;
    const cph_key keys[] = {{"radiator", CPH_NUMBER, &radiator, radiators}, {0}};
    const cph_status status = keyed ? cph_parse_keys(colon + 1, keys, error) : CPH_OK;
    if (status != CPH_OK)
        return status;
    char *path = strndup(text, keyed ? (size_t)(colon - text) : strlen(text));
    if (path == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    free(choice->path);
    *choice =
        (cph_coupling_choice){.text = text, .path = path, .radiator = (cph_radiator)(int)radiator};
    return CPH_OK;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_error error;
    if (key != KEY_COUPLING)
        return ARGP_ERR_UNKNOWN;
    return cph_parsed(state, cph_coupling_choice_parse(arg, state->input, &error), &error);
}

static const struct argp_option options[] = {
    {"coupling", KEY_COUPLING, "FILE.sNp", 0,
     "Touchstone file of the elements' ports: they radiate what couples into them, too, and their "
     "active reflection is told; :radiator=voltage (default; patches, apertures) or current "
     "(dipoles) behind it",
     0},
    {0}};
const struct argp cph_argp_coupling = {options, parse, NULL, NULL, NULL, NULL, NULL};

/* ---- use ---- */

/* c = conj(w) g of every element. */
static void excite(const cph_pattern_subject *s, cph_c64 *a)
{
    for (size_t n = 0; n < s->array.elements; n++) {
        const cph_c64 w = s->w[n], g = s->gain[n];
        a[n] = w.re == 0.0 && w.im == 0.0
                   ? (cph_c64){0.0, 0.0}
                   : (cph_c64){w.re * g.re + w.im * g.im, w.re * g.im - w.im * g.re};
    }
}

static cph_status couple(cph_coupling_choice *choice, const cph_network *network,
                         cph_pattern_subject *s, cph_c64 *a, cph_c64 *radiating)
{
    const size_t n = s->array.elements;
    excite(s, a);
    cph_status status = cph_coupling_reflection(n, network->s, a, NULL, &choice->reflection);
    if (status == CPH_OK)
        status = cph_coupling_norm(n, network->s, &choice->norm);
    if (status == CPH_OK)
        status = cph_coupling_radiating(n, network->s, a, choice->radiator, radiating);
    for (size_t i = 0; i < n && status == CPH_OK && !choice->embedded; i++) {
        s->w[i] = (cph_c64){radiating[i].re, -radiating[i].im};
        s->gain[i] = (cph_c64){1.0, 0.0};
    }
    choice->worst = s->array.element[choice->reflection.worst].number;
    return status;
}

static cph_status read_network(const cph_coupling_choice *choice, double freq_hz, size_t elements,
                               cph_network *network, cph_error *error)
{
    cph_network made = {0};
    const cph_status status = cph_network_read(choice->path, freq_hz, &made, error);
    if (status == CPH_OK && made.ports != elements) {
        (void)cph_fail(error, CPH_ERR_FORMAT,
                       "%s: has %zu ports, expected one for each of %zu elements", choice->path,
                       made.ports, elements);
        cph_network_free(&made);
        return CPH_ERR_FORMAT;
    }
    if (status == CPH_OK)
        *network = made;
    return status;
}

cph_status cph_coupling_choice_received(const cph_coupling_choice *choice, double freq_hz,
                                        size_t elements, cph_c64 *k, cph_error *error)
{
    cph_network network = {0};
    const cph_status status = read_network(choice, freq_hz, elements, &network, error);
    const double sign = choice->radiator == CPH_RADIATOR_VOLTAGE ? 1.0 : -1.0;
    for (size_t n = 0; status == CPH_OK && n < elements; n++)
        for (size_t m = 0; m < elements; m++) {
            const cph_c64 s = network.s[m * elements + n];
            k[n * elements + m] = (cph_c64){sign * s.re + (n == m ? 1.0 : 0.0), sign * s.im};
        }
    cph_network_free(&network);
    return status;
}

cph_status cph_coupling_choice_apply(cph_coupling_choice *choice, double freq_hz, bool embedded,
                                     cph_pattern_subject *subject, cph_error *error)
{
    cph_network network = {0};
    const size_t n = subject->array.elements;
    if (choice->path == NULL)
        return CPH_OK;
    cph_status status = read_network(choice, freq_hz, n, &network, error);
    if (status != CPH_OK)
        return status;
    choice->freq_hz = network.freq_hz;
    choice->embedded = embedded;
    cph_c64 *a = calloc(n, sizeof *a), *radiating = calloc(n, sizeof *radiating);
    status = a != NULL && radiating != NULL ? couple(choice, &network, subject, a, radiating)
                                            : CPH_ERR_MEMORY;
    if (status != CPH_OK)
        (void)cph_fail(error, status, "%s: %s", choice->path, cph_status_name(status));
    free(a);
    free(radiating);
    cph_network_free(&network);
    return status;
}

json_t *cph_coupling_object(const cph_coupling_choice *choice)
{
    if (choice->path == NULL)
        return json_null();
    json_t *object = json_object();
    cph_json_set_text(object, "file", choice->path);
    cph_json_set_number(object, "freq_hz", choice->freq_hz);
    cph_json_set_text(object, "radiator",
                      choice->embedded ? NULL : radiators[(size_t)choice->radiator]);
    cph_json_set_number(object, "norm", choice->norm);
    cph_json_set_count(object, "worst_element", choice->worst);
    cph_json_set_number(object, "worst_reflection_db", choice->reflection.worst_db);
    cph_json_set_number(object, "mean_reflection_db", choice->reflection.mean_db);
    cph_json_set_number(object, "mismatch_loss_db", choice->reflection.mismatch_loss_db);
    return object;
}

void cph_coupling_print(const cph_coupling_choice *choice)
{
    if (choice->path == NULL)
        return;
    printf("%-13s worst %.2f dB (element %u), mean %.2f dB, mismatch loss %.3f dB\n", "reflection",
           choice->reflection.worst_db, choice->worst, choice->reflection.mean_db,
           choice->reflection.mismatch_loss_db);
}

void cph_coupling_warn(const cph_coupling_choice *choice, const cph_cli *cli)
{
    if (choice->path != NULL && choice->norm > passive && !cli->quiet)
        fprintf(stderr,
                "%s: %s: makes power, its largest singular value is %.6f: expected a "
                "passive network\n",
                cli->name, choice->path, choice->norm);
}

void cph_coupling_choice_free(cph_coupling_choice *choice)
{
    free(choice->path);
    *choice = (cph_coupling_choice){0};
}
