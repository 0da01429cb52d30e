/* SPDX-License-Identifier: MIT */
/** @file digital_rf.h
 *  What stands behind an open channel of Digital RF: its files, and which stretch of samples is
 *  where. */
#ifndef CPH_IMPORT_DIGITAL_RF_H
#define CPH_IMPORT_DIGITAL_RF_H

#include "datasets/data.h"

/** In every file: the samples [row][subchannel], and [stretch] {sample since the epoch, row}. */
#define CPH_DRF_SAMPLES "/rf_data"
#define CPH_DRF_INDEX   "/rf_data_index"

/** Samples that follow each other, in the rows of one file. */
typedef struct cph_drf_stretch {
    size_t file, row;     /**< where the first one is */
    size_t first, times;  /**< in the capture */
    uint64_t since_epoch; /**< the first one, counted by the file */
} cph_drf_stretch;

typedef struct cph_drf {
    char **file; /**< [files] paths, by time */
    size_t files;
    bool late;                /**< a file came too late, which was said */
    cph_drf_stretch *stretch; /**< [stretches] in order */
    size_t stretches;
    size_t subchannels;
    bool real;
    cph_h5 open;    /**< the file that was read last */
    size_t open_at; /**< its index; SIZE_MAX: none */
    cph_h5_complex samples;
} cph_drf;

/** Opens file `index` and its samples, unless it is open already. */
CPH_MUST_CHECK cph_status cph_drf_use(const cph_data *data, cph_drf *drf, size_t index);
/** Closes it. */
void cph_drf_forget(cph_drf *drf);

/** Stretches of files from `from` on, behind *times that are there (digital_rf_index.c). While more
 *  may come (not `last`), one that cannot be read is still being copied, and ends what is there: it
 *  is looked for again, with those behind it. */
CPH_MUST_CHECK cph_status cph_drf_index(cph_data *data, cph_drf *drf, size_t from, bool last,
                                        size_t *times);

/** Paths folder/(folder/)prefix@*.h5 in order of time: those that look like dated subfolders and
 *  complete files. *file is on the heap, NULL when there are none. MEMORY, IO. */
CPH_MUST_CHECK cph_status cph_drf_list(const cph_data *data, const char *folder, const char *prefix,
                                       char ***file, size_t *files);
void cph_drf_list_free(char **file, size_t files);

/** FOLDER/drf_properties.h5 on the heap; NULL: no memory. */
char *cph_drf_properties(const char *path);
/** What Cophase writes there beside the layout: scale and the like, the array. */
CPH_MUST_CHECK cph_status cph_drf_own(cph_data *data);
/** reader.truth, truth_delays, truth_sources */
CPH_MUST_CHECK cph_status cph_drf_truth(cph_data *data, cph_c64 *gain);
CPH_MUST_CHECK cph_status cph_drf_truth_delays(cph_data *data, double *delay_s);
CPH_MUST_CHECK cph_status cph_drf_truth_sources(cph_data *data, char ***source, size_t *sources);

/** header.center_freq_hz from the channel's metadata, where it has any. */
CPH_MUST_CHECK cph_status cph_drf_metadata(cph_data *data);

#endif
