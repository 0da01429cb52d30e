/* SPDX-License-Identifier: MIT */
/** @file digital_rf_write.h
 *  A channel of Digital RF that is being written: its open file, and where in time it is. */
#ifndef CPH_IMPORT_DIGITAL_RF_WRITE_H
#define CPH_IMPORT_DIGITAL_RF_WRITE_H

#include "cophase/data_write.h"
#include "datasets/native/write.h"

typedef struct cph_drf_writer {
    char *folder, *final;            /* PATH.partial, and drf_properties.h5 in it */
    uint64_t numerator, denominator; /* of the sample rate */
    uint64_t cadence_ms;             /* time that a file spans */
    uint64_t first;                  /* number of the first sample */
    double freq_hz;                  /* NaN unknown */
    bool continuous;                 /* some samples stand for lost times */
    size_t gap_at;                   /* the next of the writer's gaps */
    uint64_t lost;                   /* times before the next sample */

    cph_h5_sink sink;   /* of the open file */
    hid_t file;         /* negative when none is open */
    char *path;         /* of it */
    uint64_t end, next; /* number behind its last sample; behind the last one written */
    size_t rows;        /* in it */
    uint64_t *index;    /* [stretches] {sample, row} */
    size_t stretches, room, files;
} cph_drf_writer;

/** Fills o->first: the number of the sample nearest to the header's start; returns by how many
 *  seconds that one is later. */
double cph_drf_number(cph_drf_writer *o, const cph_data_header *header);
/** Attributes of the channel and of each file. */
CPH_MUST_CHECK bool cph_drf_put_properties(hid_t object, const cph_writer *w,
                                           const cph_drf_writer *o);
/** CPH_OK when done is true and the system refused nothing of the open file. */
CPH_MUST_CHECK cph_status cph_drf_check(const cph_writer *w, const cph_drf_writer *o, bool done);
/** Begins the file that a sample belongs into. */
CPH_MUST_CHECK cph_status cph_drf_begin(cph_writer *w, cph_drf_writer *o, uint64_t sample);
/** Ends the open file, if any, whatever became of it; `whole`: with its index. */
bool cph_drf_end(cph_writer *w, cph_drf_writer *o, bool whole);
/** The frequency, where it is known, as the channel's metadata. */
CPH_MUST_CHECK cph_status cph_drf_put_metadata(cph_writer *w, cph_drf_writer *o);

#endif
