/* SPDX-License-Identifier: MIT */
#include "tests/unit/survey_rig.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/calib_scene.h"

cph_c64 survey_put(double complex z)
{
    return (cph_c64){creal(z), cimag(z)};
}

static double uniform(survey_rig *r, double from, double to)
{
    return from + (to - from) * cph_random_uniform(&r->random);
}

void survey_open(survey_rig *r, size_t n, size_t looks, double off, uint64_t seed)
{
    double mean[3] = {0.0};
    memset(r, 0, sizeof *r);
    r->n = n;
    r->looks = looks;
    cph_random_seed(&r->random, seed, 0);
    printf("seed %u ", (unsigned)seed);
    for (size_t p = 0; p < n; p++) {
        for (size_t k = 0; k < 3; k++) {
            r->nominal[3 * p + k] = SURVEY_WAVELENGTH * uniform(r, -2.0, 2.0);
            r->truth[3 * p + k] = r->nominal[3 * p + k] + SURVEY_WAVELENGTH * uniform(r, -off, off);
            mean[k] += (r->truth[3 * p + k] - r->nominal[3 * p + k]) / (double)n;
        }
        for (size_t b = 0; b < 2; b++)
            r->gain[b][p] = uniform(r, 0.5, 1.5) * cexp(I * uniform(r, -3.0, 3.0));
    }
    for (size_t p = 0; p < n; p++)
        for (size_t k = 0; k < 3; k++)
            r->truth[3 * p + k] -= mean[k];
    for (size_t s = 0; s < looks; s++) {
        const double azimuth = 2.4 * (double)s + uniform(r, 0.0, 0.4),
                     w = 0.15 + 0.8 * fmod(0.618 * (double)s + 0.1, 1.0);
        r->direction[3 * s] = sqrt(1.0 - w * w) * sin(azimuth);
        r->direction[3 * s + 1] = sqrt(1.0 - w * w) * cos(azimuth);
        r->direction[3 * s + 2] = w;
        r->freq[s] = SURVEY_FREQ;
        r->turn[s] = cexp(I * uniform(r, -3.0, 3.0));
        r->level[s] = uniform(r, 0.6, 1.4);
    }
    r->config = (cph_survey_config){.elements = n,
                                    .looks = looks,
                                    .direction = r->direction,
                                    .freq_hz = r->freq,
                                    .response = r->y,
                                    .position = r->nominal};
    r->found = (cph_survey_positions){.position = r->position, .sigma = r->sigma, .flag = r->flag};
}

static size_t band_of(const survey_rig *r, size_t s)
{
    return r->freq[s] > SURVEY_FREQ;
}

void survey_measure(survey_rig *r, double sigma)
{
    for (size_t s = 0; s < r->looks; s++)
        for (size_t p = 0; p < r->n; p++) {
            double path = 0.0;
            for (size_t k = 0; k < 3; k++)
                path += r->direction[3 * s + k] * r->truth[3 * p + k];
            const double complex g =
                r->config.gain != NULL ? scene_get(r->known[p]) : r->gain[band_of(r, s)][p];
            r->y[s * r->n + p] =
                survey_put(r->level[s] * r->turn[s] * g *
                               cexp(2.0 * M_PI * I * r->freq[s] * path / CPH_SPEED_OF_LIGHT) +
                           sigma * scene_get(cph_random_normal(&r->random)));
        }
}

cph_status survey_locate(survey_rig *r)
{
    return cph_survey_locate(&r->config, &r->found, &r->error);
}

cph_status survey_orient(survey_rig *r, double search)
{
    return cph_survey_orient(&r->config, r->flag, NULL, search, &r->turned, &r->error);
}

void survey_add_row(survey_fisher *f, const double *row, double weight)
{
    for (size_t i = 0; i < f->unknowns; i++)
        for (size_t j = 0; j < f->unknowns; j++)
            f->a[i][j] += weight * row[i] * row[j];
}

void survey_invert(survey_fisher *f)
{
    const size_t n = f->unknowns;
    for (size_t p = 0; p < n; p++)
        f->a[p][n + p] = 1.0;
    for (size_t p = 0; p < n; p++) {
        const double pivot = f->a[p][p];
        for (size_t j = 0; j < 2 * n; j++)
            f->a[p][j] /= pivot;
        for (size_t i = 0; i < n; i++) {
            const double factor = i == p ? 0.0 : f->a[i][p];
            for (size_t j = 0; factor != 0.0 && j < 2 * n; j++)
                f->a[i][j] -= factor * f->a[p][j];
        }
    }
}

void survey_fill(const survey_rig *r, double sigma, survey_fisher *f, size_t parts,
                 void (*derive)(const survey_rig *r, size_t s, size_t p, double *row))
{
    static double row[SURVEY_X_MOST];
    memset(f, 0, sizeof *f);
    f->unknowns = parts + r->n + r->looks;
    for (size_t s = 0; s < r->looks; s++)
        for (size_t p = 0; p < r->n; p++) {
            memset(row, 0, sizeof row);
            derive(r, s, p, row);
            row[parts + p] = row[parts + r->n + s] = 1.0;
            /* Fisher information of a phase: 2 |y|^2 / sigma^2. */
            survey_add_row(f, row, 2.0 * pow(r->level[s] * cabs(r->gain[0][p]) / sigma, 2.0));
        }
    /* The common phase, fixed in the gains. */
    memset(row, 0, sizeof row);
    for (size_t p = 0; p < r->n; p++)
        row[parts + p] = 1.0;
    survey_add_row(f, row, 1e3 / (sigma * sigma));
}
