/* SPDX-License-Identifier: MIT */
#include "cli/weights_csv.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "cli/geometry.h"
#include "cli/text_output.h"
#include "datasets/import/csv.h"

enum { WORD = 64 };

/* What all lines of one beam at one channel begin with. */
static void put_beam(FILE *file, const cph_weights *weights, size_t beam, size_t channel,
                     const char *direction)
{
    fprintf(file, "%zu,", beam);
    cph_csv_put(file, weights->name[beam]);
    fputc(',', file);
    cph_csv_put(file, direction);
    fprintf(file, ",%zu,%.12g,", channel, weights->channel_freq_hz[channel]);
}

static void put_weight(FILE *file, cph_c32 w)
{
    const double re = (double)w.re, im = (double)w.im, degree = M_PI / 180.0;
    if (w.re == 0.0f && w.im == 0.0f) {
        fprintf(file, "0,0,,,0,0,\n");
        return;
    }
    fprintf(file, "%.9g,%.9g,%.6f,%.6f,%.9g,%.9g,%.6f\n", re, im, 20.0 * log10(hypot(re, im)),
            atan2(im, re) / degree, re, -im, atan2(-im, re) / degree);
}

cph_status cph_weights_csv(const char *path, const char *const *inputs, const cph_weights *weights,
                           cph_error *error)
{
    const size_t n = weights->array.elements;
    cph_text_output output;
    cph_status status = cph_text_open(&output, path, inputs, error);
    if (status != CPH_OK)
        return status;
    fprintf(output.file, "beam,name,direction,channel,freq_hz,element,w_re,w_im,amplitude_db,"
                         "phase_deg,c_re,c_im,c_phase_deg\n");
    for (size_t b = 0; b < weights->beams; b++) {
        char direction[WORD];
        double az_deg, el_deg;
        cph_direction_angles(&weights->array, weights->direction + 3 * b, &az_deg, &el_deg);
        snprintf(direction, sizeof direction, "%s:%.6f,%.6f",
                 weights->array.has_array_to_enu ? "sky" : "azel", az_deg, el_deg);
        for (size_t i = 0; i < weights->channels * n; i++) {
            put_beam(output.file, weights, b, i / n, direction);
            fprintf(output.file, "%" PRIu32 ",", weights->array.element[i % n].number);
            put_weight(output.file, weights->weights[b * weights->channels * n + i]);
        }
    }
    return cph_text_commit(&output, error);
}
