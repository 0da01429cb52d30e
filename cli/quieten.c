/* SPDX-License-Identifier: MIT */
#include "cli/quieten.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/geometry.h"
#include "cli/plot/plot.h"
#include "cli/text_output.h"
#include "cophase/steer.h"
#include "cophase/weights.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

/* One run; N elements. */
typedef struct job {
    const cph_quieten_options *options;
    const cph_array *array;
    const cph_element_pattern *element;
    const double *position;
    cph_steer_plan *steer; /* with --eirp-density, and the next two */
    cph_c64 *c;            /* [N] */
    cph_c32 *room;         /* [CPH_DENSITY_BATCH][N] */
    cph_quiet *plan;       /* of the channel */
    cph_states states;
    bool has_states;
    const cph_c64 *gain;       /* [N] of the channel */
    const unsigned char *flag; /* [N] */
    double freq_hz;
    cph_c64 *w, *a;  /* [N] */
    double *taper;   /* [N] */
    uint32_t *state; /* [N] */
    cph_quietened *made;
} job;

void cph_quietened_free(cph_quietened *made)
{
    free(made->beam);
    free(made->state);
}

static void job_free(job *j)
{
    cph_quiet_destroy(j->plan);
    if (j->has_states)
        cph_states_free(&j->states);
    cph_steer_destroy(j->steer);
    free(j->c);
    free(j->room);
    free(j->w);
    free(j->a);
    free(j->taper);
    free(j->state);
}

static cph_status job_make(const cph_weights *weights, job *j, cph_error *error)
{
    const size_t n = weights->array.elements, items = weights->beams * weights->channels;
    size_t states;
    cph_quietened *made = j->made;
    if (!cph_size_mul(items, n, &states))
        return cph_fail(error, CPH_ERR_OVERFLOW, "too many beams");
    made->beams = weights->beams;
    made->channels = weights->channels;
    made->elements = n;
    made->beam = calloc(items + 1, sizeof *made->beam);
    made->state = j->has_states ? calloc(states + 1, sizeof *made->state) : NULL;
    j->w = calloc(n, sizeof *j->w);
    j->a = calloc(n, sizeof *j->a);
    j->taper = calloc(n, sizeof *j->taper);
    j->state = calloc(n, sizeof *j->state);
    return made->beam != NULL && (made->state != NULL || !j->has_states) && j->w != NULL &&
                   j->a != NULL && j->taper != NULL && j->state != NULL
               ? CPH_OK
               : cph_fail(error, CPH_ERR_MEMORY, "out of memory");
}

/* What EIRP density takes. */
static cph_status make_density(job *j, cph_error *error)
{
    const size_t n = j->array->elements;
    const cph_steer_config config = {.elements = n, .position = j->position, .lattice = true};
    if (!cph_density_asked(&j->options->region))
        return CPH_OK;
    j->c = calloc(n, sizeof *j->c);
    j->room = calloc(n, CPH_DENSITY_BATCH * sizeof *j->room);
    const cph_status status =
        j->c != NULL && j->room != NULL ? cph_steer_create(&config, &j->steer) : CPH_ERR_MEMORY;
    return status == CPH_OK
               ? status
               : cph_fail(error, status, "--eirp-density: %s", cph_status_name(status));
}

/* Up in the array's frame: what the array knows, or what was told. */
static cph_status find_up(const job *j, double up[3], cph_error *error)
{
    static const double zenith[3] = {0.0, 0.0, 1.0};
    if (j->options->has_zenith && j->array->has_array_to_enu)
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "--zenith %s: the array knows where it points (array_to_enu)",
                        j->options->zenith.text);
    if (j->options->has_zenith)
        return cph_direction_resolve(&j->options->zenith, j->array, up, error);
    if (j->array->frame != CPH_FRAME_ARRAY) {
        memcpy(up, zenith, sizeof zenith);
        return CPH_OK;
    }
    return cph_direction_enu_to_array(j->array, zenith, up) == CPH_OK
               ? CPH_OK
               : cph_fail(error, CPH_ERR_MISSING,
                          "--quiet-below: the array does not know where it points (no attribute "
                          "array_to_enu of /array): expected --zenith DIRECTION");
}

/* ---- one beam ---- */

static cph_status find_density(const job *j, const double look[3], const cph_c64 *w,
                               cph_density *density)
{
    const size_t n = j->array->elements;
    cph_mask mask;
    cph_error error;
    cph_density_scan scan = {.from_rad = j->options->region.from_rad,
                             .below_rad = j->options->region.below_rad,
                             .density_dbw = j->options->region.density_dbw,
                             .mask = &mask,
                             .elements = n,
                             .steer = j->steer,
                             .freq_hz = j->freq_hz,
                             .element = j->element,
                             .c = j->c,
                             .room = j->room};
    memcpy(scan.look, look, sizeof scan.look);
    memcpy(scan.up, j->made->up, sizeof scan.up);
    scan.step_rad = fmin(0.25 / cph_mask_diameter_wl(j->array, j->position, j->freq_hz),
                         scan.below_rad - scan.from_rad);
    for (size_t i = 0; i < n; i++)
        j->c[i] = j->flag[i] != 0 ? (cph_c64){0.0, 0.0} : cph_c64_mulc(j->gain[i], w[i]);
    const cph_status status = cph_density_mask(j->array, j->position, j->freq_hz, &mask, &error);
    return status == CPH_OK ? cph_density_find(&scan, density) : status;
}

static cph_status measure(const job *j, const double look[3], const cph_c64 *w, cph_quieten_row row,
                          cph_quieten_beam *beam)
{
    beam->has[row] = true;
    const cph_status status = cph_quiet_measure(j->plan, look, j->gain, w, true, &beam->level[row]);
    return status == CPH_OK && cph_density_asked(&j->options->region)
               ? find_density(j, look, w, &beam->density[row])
               : status;
}

/* A conventional beam of a taper (NULL: uniform), and of its nearest states. */
static cph_status measure_taper(job *j, const double look[3], const cph_taper *taper,
                                cph_quieten_row row, cph_quieten_beam *beam)
{
    const size_t n = j->array->elements;
    cph_status status = cph_steer_c64(n, j->position, j->freq_hz, look, j->a);
    if (status == CPH_OK && taper != NULL)
        status = cph_taper_array(taper, n, j->position, j->array->pitch_m, j->taper);
    if (status == CPH_OK)
        status = cph_weights_conventional(n, j->a, j->gain, j->flag,
                                          taper != NULL ? j->taper : NULL, j->w);
    if (status == CPH_OK)
        status = measure(j, look, j->w, row, beam);
    if (status != CPH_OK || taper != NULL || !j->has_states)
        return status;
    const cph_states_config config = {.states = &j->states, .elements = n, .weights = j->w};
    status = cph_states_choose(&config, j->state, j->a, NULL);
    return status == CPH_OK ? measure(j, look, j->a, CPH_QUIETEN_PLAIN_STATES, beam) : status;
}

static cph_quiet_request request_of(const job *j, const double look[3], double price_db,
                                    bool states)
{
    cph_quiet_request request = {.gain = j->gain,
                                 .price_db = price_db,
                                 .states = states ? &j->states : NULL,
                                 .criterion =
                                     j->options->worst ? CPH_QUIET_WORST : CPH_QUIET_INTEGRATED};
    memcpy(request.look, look, sizeof request.look);
    return request;
}

/* j->w: quiet weights, of states where there are. */
static cph_status make_quiet(job *j, const double look[3], cph_quieten_beam *beam, cph_error *error)
{
    cph_quiet_request request = request_of(j, look, cph_quiet_price_db(&j->options->region), false);
    cph_status status = cph_quiet_weights(j->plan, &request, j->w, NULL, &beam->result, error);
    if (status == CPH_OK && measure(j, look, j->w, CPH_QUIETEN_FLOAT, beam) != CPH_OK)
        return cph_fail(error, CPH_ERR_ARGUMENT, "quiet weights have no beam");
    if (status != CPH_OK || !j->has_states)
        return status;
    request.states = &j->states;
    status = cph_quiet_weights(j->plan, &request, j->w, j->state, &beam->result, error);
    if (status == CPH_OK && measure(j, look, j->w, CPH_QUIETEN_STATES, beam) != CPH_OK)
        return cph_fail(error, CPH_ERR_ARGUMENT, "quiet states have no beam");
    return status;
}

static cph_status make_beam(job *j, const double look[3], cph_quieten_beam *beam, cph_error *error)
{
    static const cph_taper tapers[] = {
        {.kind = CPH_TAPER_CIRCULAR_TAYLOR, .nbar = 4, .sll_db = -25.0},
        {.kind = CPH_TAPER_CIRCULAR_TAYLOR, .nbar = 5, .sll_db = -30.0}};
    if (!(cph_element_power(j->element, look) > 0.0))
        return cph_fail(error, CPH_ERR_ARGUMENT, "the elements radiate nothing toward the look");
    cph_status status = measure_taper(j, look, NULL, CPH_QUIETEN_PLAIN, beam);
    if (status != CPH_OK)
        return cph_fail(error, status, "the plain beam: %s", cph_status_name(status));
    for (size_t i = 0; i < 2; i++) { /* a line along z has none */
        const cph_quieten_row row = i == 0 ? CPH_QUIETEN_TAYLOR_25 : CPH_QUIETEN_TAYLOR_30;
        beam->has[row] = measure_taper(j, look, &tapers[i], row, beam) == CPH_OK;
    }
    return make_quiet(j, look, beam, error);
}

void cph_quietened_loss(const cph_quietened *made, cph_quantised *quantised)
{
    for (size_t i = 0; made->state != NULL && i < made->beams * made->channels; i++)
        quantised->beam[i].look_loss_db = made->beam[i].level[CPH_QUIETEN_STATES].loss_db -
                                          made->beam[i].level[CPH_QUIETEN_FLOAT].loss_db;
}

/* ---- trade ---- */

enum { PRICES = CPH_QUIETEN_PRICES };
static const double prices[PRICES] = {0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 3.0};

bool cph_quieten_is_table(const char *path)
{
    const char *const dot = strrchr(path, '.');
    return dot != NULL && strcasecmp(dot, ".csv") == 0;
}

cph_status cph_quietened_curve(const cph_quieten_options *o, const cph_quietened *made,
                               const char *const *inputs, cph_error *error)
{
    const char *const path = o->curve;
    const size_t curves = made->state != NULL ? 2 : 1;
    const double(*const value)[PRICES] = made->curve;
    if (path == NULL)
        return CPH_OK;
    if (!cph_quieten_is_table(path)) {
        const cph_curve curve[2] = {
            {.name = "any weights", .points = PRICES, .x = prices, .y = value[0]},
            {.name = "states", .points = PRICES, .x = prices, .y = value[1]}};
        const cph_curve_plot plot = {
            .title = "What quiet costs",
            .subtitle = o->worst ? "highest EIRP in the region against the plain beam's"
                                 : "integrated EIRP in the region against the plain beam's",
            .x_label = "Gain lost at most (dB)",
            .y_label = "Over the plain beam's EIRP (dB)",
            .x_high = prices[PRICES - 1],
            .y_least = 300.0,
            .curves = curves,
            .curve = curve,
            .level = NAN};
        return cph_plot_curves(path, &plot, error);
    }
    cph_text_output output;
    const cph_status status = cph_text_open(&output, path, inputs, error);
    if (status != CPH_OK)
        return status;
    fprintf(output.file, "price_db,relative_db%s\n", curves > 1 ? ",states_relative_db" : "");
    for (size_t i = 0; i < PRICES; i++) {
        fprintf(output.file, "%g,%.3f", prices[i], value[0][i]);
        if (curves > 1)
            fprintf(output.file, ",%.3f", value[1][i]);
        fputc('\n', output.file);
    }
    return cph_text_commit(&output, error);
}

static cph_status make_curve(job *j, const double look[3], const cph_quiet_level *plain,
                             cph_error *error)
{
    const bool worst = j->options->worst;
    const size_t curves = j->has_states ? 2 : 1;
    for (size_t i = 0; i < curves * PRICES; i++) {
        const cph_quiet_request request = request_of(j, look, prices[i % PRICES], i >= PRICES);
        cph_quiet_level level;
        cph_status status = cph_quiet_weights(j->plan, &request, j->a, j->state, NULL, error);
        if (status == CPH_OK &&
            cph_quiet_measure(j->plan, look, j->gain, j->a, worst, &level) != CPH_OK)
            status = cph_fail(error, CPH_ERR_ARGUMENT, "quiet weights have no beam");
        if (status != CPH_OK)
            return status;
        j->made->curve[i / PRICES][i % PRICES] =
            worst ? level.worst_db - plain->worst_db : level.integrated_db - plain->integrated_db;
    }
    return CPH_OK;
}

/* ---- all ---- */

static cph_status make_channel(job *j, size_t channel, cph_weights *weights, cph_error *error)
{
    cph_quietened *made = j->made;
    const size_t n = made->elements;
    cph_status status = CPH_OK;
    for (size_t b = 0; b < made->beams && status == CPH_OK; b++) {
        const size_t item = b * made->channels + channel;
        const double *look = weights->direction + 3 * b;
        cph_error why;
        status = make_beam(j, look, &made->beam[item], &why);
        if (status != CPH_OK)
            return cph_fail(error, status, "--quiet-below, beam %s at %.6g Hz: %s",
                            weights->name[b], j->freq_hz, why.message);
        for (size_t i = 0; i < n; i++)
            weights->weights[item * n + i] = (cph_c32){(float)j->w[i].re, (float)j->w[i].im};
        if (made->state != NULL)
            memcpy(made->state + item * n, j->state, n * sizeof *j->state);
        if (item == 0 && j->options->curve != NULL)
            status = make_curve(j, look, &made->beam[0].level[CPH_QUIETEN_PLAIN], error);
    }
    return status;
}

static cph_status make_all(job *j, const cph_element_pattern *element, const cph_exec *exec,
                           const cph_c64 *gain, const unsigned char *flag,
                           const char *const *inputs, cph_weights *weights, cph_error *error)
{
    const cph_quieten_options *o = j->options;
    const size_t n = j->array->elements;
    j->element = element;
    cph_status status = find_up(j, j->made->up, error);
    if (status == CPH_OK && o->curve != NULL)
        status = cph_text_check(o->curve, inputs, error);
    for (size_t c = 0; c < weights->channels && status == CPH_OK; c++) {
        cph_quiet_config config = {.elements = n,
                                   .position = j->position,
                                   .freq_hz = weights->channel_freq_hz[c],
                                   .flag = flag + c * n,
                                   .element = element,
                                   .from_rad = o->region.from_rad,
                                   .below_rad = o->region.below_rad,
                                   .exec = exec};
        memcpy(config.up, j->made->up, sizeof config.up);
        j->gain = gain + c * n;
        j->flag = flag + c * n;
        j->freq_hz = config.freq_hz;
        cph_quiet_destroy(j->plan);
        j->plan = NULL;
        status = cph_quiet_create(&config, &j->plan, error);
        if (status == CPH_OK) {
            j->made->size = cph_quiet_sizes(j->plan);
            status = make_channel(j, c, weights, error);
        }
    }
    return status;
}

cph_exit cph_quieten_input(const cph_quieten_options *o, const cph_synthesis_options *mask,
                           const cph_states_options *states, const cph_input *input,
                           const cph_selection *selection, const unsigned char *flag,
                           const char *const *inputs, cph_weights *weights, cph_quietened *made)
{
    cph_c64 *gain = NULL;
    unsigned char *again = NULL;
    cph_element_table table;
    cph_element_pattern element;
    cph_error error = {.status = CPH_OK};
    job j = {.options = o,
             .array = &weights->array,
             .position = selection->position,
             .has_states = cph_states_asked(states),
             .made = made};
    cph_exit code = cph_input_channel_gains(input, selection, &gain, &again);
    if (code == CPH_EXIT_DONE) {
        cph_status status =
            cph_synthesis_element(mask, "--quiet-below", &weights->array, &table, &element, &error);
        if (status == CPH_OK && j.has_states)
            status = cph_states_load(states, &j.states, &error);
        if (status == CPH_OK)
            status = job_make(weights, &j, &error);
        if (status == CPH_OK)
            status = make_density(&j, &error);
        if (status == CPH_OK)
            status = make_all(&j, &element, &input->cli->exec, gain, flag, inputs, weights, &error);
        if (status != CPH_OK)
            code = cph_report_input(input->cli->name, &error);
    }
    job_free(&j);
    free(gain);
    free(again);
    return code;
}
