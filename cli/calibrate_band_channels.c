/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/calibrate_band.h"
#include "cophase/steer.h"
#include "kernels/core/c64.h"

static const size_t none = 1; /* rooms of nothing are no failure */

/* All that is on the heap. */
enum { ROOMS = 16 };
static void list(const cph_band_desk *d, void *all[ROOMS])
{
    void *const rooms[ROOMS] = {d->solved, d->r,        d->response, d->model,
                                d->passed, d->sigma[0], d->sigma[1], d->coherence,
                                d->flag,   d->gain,     d->number,   d->state,
                                d->place,  d->freq_hz,  d->steering, d->polarity};
    memcpy(all, rooms, sizeof rooms);
}

void cph_band_desk_free(cph_band_desk *d)
{
    void *all[ROOMS];
    list(d, all);
    for (size_t i = 0; i < ROOMS; i++)
        free(all[i]);
}

/* Products fit: the calibration has [C][N], a covariance [N][N]. */
cph_exit cph_band_desk_make(cph_band_desk *d, const cph_cli *cli, size_t channels, size_t elements)
{
    const size_t c = channels + none, n = elements + none;
    void *all[ROOMS];
    d->channels = channels;
    d->solved = calloc(c, sizeof *d->solved);
    d->r = calloc(n * n, sizeof *d->r);
    d->response = calloc(c * n, sizeof *d->response);
    d->model = calloc(c * n, sizeof *d->model);
    d->passed = calloc(c * n, sizeof *d->passed);
    d->coherence = calloc(c * n, sizeof *d->coherence);
    d->sigma[0] = calloc(c * n, sizeof *d->sigma[0]);
    d->sigma[1] = calloc(c * n, sizeof *d->sigma[1]);
    d->flag = calloc(c * n, sizeof *d->flag);
    d->gain = calloc(n, sizeof *d->gain);
    d->steering = calloc(n, sizeof *d->steering);
    d->number = calloc(n, CPH_BAND_NUMBERS * sizeof *d->number);
    d->place = calloc(n, 3 * sizeof *d->place);
    d->freq_hz = calloc(c, sizeof *d->freq_hz);
    d->state = calloc(n, sizeof *d->state);
    d->polarity = calloc(n, sizeof *d->polarity);
    list(d, all);
    for (size_t i = 0; i < ROOMS; i++)
        if (all[i] == NULL)
            return cph_report_memory(cli->name);
    return CPH_EXIT_DONE;
}

static const double up[3] = {0.0, 0.0, 1.0}; /* any: all stand in one place */

/* Gains of a channel, of mean |g| 1, of a source that all hear alike; NaN where it has none. */
static cph_status solve_channel(const cph_band_desk *d, const cph_calibrate_bench *b,
                                cph_gain_solution *found, size_t c, cph_error *error)
{
    const size_t n = d->elements;
    const cph_gain_problem problem = {.elements = n,
                                      .r = d->r,
                                      .ld = n,
                                      .has_diagonal = b->dump.has_diagonal,
                                      .position = d->place,
                                      .freq_hz = d->freq_hz[c],
                                      .sources = 1,
                                      .direction = up,
                                      .samples = b->dump.samples};
    const cph_gain_options options = cph_gain_defaults();
    double *fluxes = found->flux, flux = 0.0;
    found->flux = &flux;
    const cph_status status = cph_gains_solve(&problem, &options, found, error);
    found->flux = fluxes;
    double good = 0.0;
    for (size_t i = 0; i < n && status == CPH_OK; i++)
        good += found->flag[i] == CPH_FLAG_NONE;
    const double own = sqrt(good / (good - 1.0)); /* errors before they were those from a mean */
    for (size_t i = 0; i < n; i++) {
        const bool solved = status == CPH_OK && found->flag[i] == CPH_FLAG_NONE;
        d->passed[c * n + i] = solved ? found->gain[i] : (cph_c64){NAN, NAN};
        d->sigma[0][c * n + i] = solved ? own * found->phase_sigma[i] : NAN;
        d->sigma[1][c * n + i] = solved ? own * found->amplitude_sigma[i] : NAN;
        d->flag[c * n + i] =
            solved || found->flag[i] != CPH_FLAG_NONE ? found->flag[i] : CPH_FLAG_UNSOLVED;
    }
    return status;
}

/* A channel by itself, without the way to the elements: R_pq / (a_p a_q*). What is wrong with the
 * data of one is no matter to the others. */
cph_exit cph_band_desk_load(cph_band_desk *d, cph_calibrate_bench *b, cph_calibrate_row *row,
                            size_t c, cph_calibrated *made)
{
    const size_t n = d->elements;
    cph_error error = {.status = CPH_OK};
    const cph_exit code = cph_calibrate_load(b, row, made);
    if (code != CPH_EXIT_DONE)
        return code;
    d->freq_hz[c] = row->freq_hz;
    for (size_t p = 0; p < n; p++)
        d->steering[p] = (cph_c64){1.0, 0.0};
    if (b->o->sources > 0 && cph_steer_c64(n, row->selection->position, row->freq_hz,
                                           made->direction, d->steering) != CPH_OK)
        return cph_report_line(b->o->cli.name, CPH_EXIT_FAILED, "%s: steering vector of the source",
                               b->o->cli.input);
    for (size_t p = 0; p < n; p++)
        for (size_t q = 0; q < n; q++)
            d->r[p * n + q] =
                cph_c64_mulc(cph_c64_mul(b->dump.r[p * n + q], d->steering[q]), d->steering[p]);
    cph_gain_solution found = cph_calibrate_found(b, row);
    for (size_t i = 0; i < b->o->sources; i++)
        row->found.flux[i] = NAN;
    const cph_status status = solve_channel(d, b, &found, c, &error);
    d->solved[c] = found;
    return status == CPH_ERR_MEMORY ? cph_report(b->o->cli.name, &error) : CPH_EXIT_DONE;
}
