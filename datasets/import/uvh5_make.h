/* SPDX-License-Identifier: MIT */
/** @file uvh5_make.h
 *  A covariance that is written as UVH5: which inputs its antennas are, and where they stand. */
#ifndef CPH_IMPORT_UVH5_MAKE_H
#define CPH_IMPORT_UVH5_MAKE_H

#include "datasets/native/write.h"

typedef struct cph_uvh5_writer {
    size_t antennas, pols, products; /* pols 1: X or Y alone */
    char letter[2];                  /* of the polarisations */
    size_t *input;                   /* [antennas][pols] of the covariance; SIZE_MAX: none */
    uint32_t *number;                /* [antennas] rising */
    double *enu, *ecef;              /* [antennas][3] metres, relative to the site */
    size_t *pair;                    /* [pairs][2] antennas of a row: first, second */
    size_t pairs, inputs;
    hid_t flags, nsamples, boolean; /* data sets, and the type of the first; negative: not open */
    double count;                   /* integrations that an entry averages */
    cph_c64 *value;                 /* [pairs][products] of one channel */
    unsigned char *flag;
    float *weight;
} cph_uvh5_writer;

/** Antennas, pairs and places; MISSING and FORMAT for what UVH5 cannot do without. */
CPH_MUST_CHECK cph_status cph_uvh5_plan(cph_uvh5_writer *u, const cph_data_header *h,
                                        const char *path, cph_error *error);
/** /Header */
bool cph_uvh5_put_header(hid_t file, cph_uvh5_writer *u, const cph_data_header *h);
/** Width of the channels, Hz, and the integrations of an entry. */
void cph_uvh5_width(const cph_data_header *h, double *width_hz, double *count);

#endif
