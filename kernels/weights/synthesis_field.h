/* SPDX-License-Identifier: MIT */
/** @file synthesis_field.h
 *  Where a pattern is held under a mask, sampled. Private to kernels/weights/synthesis*.c. */
#ifndef COPHASE_WEIGHTS_SYNTHESIS_FIELD_H
#define COPHASE_WEIGHTS_SYNTHESIS_FIELD_H

#include "cophase/synthesis.h"
#include "kernels/pattern/pattern_model.h"

/** Half planes through the peak in which the mask's edge is kept. */
enum { CPH_SYNTHESIS_TURNS = 72 };

/** A direction where |response| / limit stands above what is near it. */
typedef struct cph_synthesis_top {
    double u[3], ratio, limit;
    cph_c64 response;
} cph_synthesis_top;

/** Zero-initialise but for config; cph_synthesis_field_free in every case. */
typedef struct cph_synthesis_field {
    const cph_synthesis_config *config;
    cph_aperture aperture;
    cph_pattern_metrics metrics;      /**< of the beam that limits refer to */
    cph_pattern_metrics centre;       /**< whose peak and tangents angles refer to */
    double slack;                     /**< radians that the peak may be away from there */
    double edge[CPH_SYNTHESIS_TURNS]; /**< radians: the mask holds from here on, less the slack */
    size_t rows, columns;             /**< of the lattice; of a volume all around, columns close */
    size_t lattice, rim, ring;        /**< directions of each kind, in this order */
    size_t count;                     /**< of all */
    double *u;                        /**< [count][3] */
    double *limit;                    /**< [count] of |response|; infinite where there is none */
    float *power;                     /**< [count] */
    size_t tops;
    cph_synthesis_top *top; /**< [tops], the highest ratio first */
    cph_synthesis_top *trial;
} cph_synthesis_field;

void cph_synthesis_field_free(cph_synthesis_field *field);

/** Lays out directions and edges for the beam `model` (uniform weights) of field->metrics; its
 *  aperture must be measured. ARGUMENT: not a line, a plane or a volume; MEMORY, OVERFLOW. */
cph_status cph_synthesis_field_init(cph_synthesis_field *field, const cph_pattern_model *model);

/** Limits and the ring along the edge for field->metrics, when they have changed. */
void cph_synthesis_field_refer(cph_synthesis_field *field);

/** How far u is beyond the edge, radians, and in which half plane; and back. */
void cph_synthesis_field_place(const cph_synthesis_field *field, const double u[3],
                               double place[2]);
void cph_synthesis_field_direction(const cph_synthesis_field *field, const double place[2],
                                   double u[3]);

/** The limit of |response| toward u by field->metrics; infinite where there is none. */
double cph_synthesis_field_limit(const cph_synthesis_field *field, const double u[3]);

/** Finds the tops of a beam over its limits: those above `least` of them, climbed. MEMORY... */
cph_status cph_synthesis_field_scan(cph_synthesis_field *field, const cph_pattern_model *model,
                                    double least);

/** The least margin nearer to the peak than the edge. */
void cph_synthesis_field_inner(const cph_synthesis_field *field, const cph_pattern_model *model,
                               cph_synthesis_margin *inner);

/** What a top is relative to the mask. */
cph_synthesis_margin cph_synthesis_field_margin(const cph_synthesis_field *field,
                                                const cph_synthesis_top *top);

/** Limits are drawn in by this share. */
#define CPH_SYNTHESIS_RESERVE 1.3e-3

#endif
