/* SPDX-License-Identifier: MIT */
/** @file bench_reading.h
 *  Compressed captures: read here and by HDF5, and a whole process on them. */
#ifndef CPH_CLI_BENCH_READING_H
#define CPH_CLI_BENCH_READING_H

#include "cli/bench_child.h"
#include "cli/json.h"

enum { CPH_BENCH_READINGS = 2 };

typedef struct cph_bench_reading {
    const char *compression; /**< as `convert --compress` has it */
    double bytes, stored;    /**< of the samples; of the file */
    double whole_s, peak;    /**< a beamform of two beams */
    double read_s, hdf5_s;   /**< the stream alone, here and by HDF5 */
    double fetch_s;          /**< what is stored alone, on one thread: no reader that fetches one
                                  chunk after the other, as HDF5 has it, is faster */
    char capture[CPH_BENCH_PATH];
} cph_bench_reading;

/** Converts the beginning of a capture (at most 512 MiB of samples) into `folder`, and times whole
 *  processes: while this one is small. */
cph_exit cph_bench_reading_whole(const cph_cli *cli, const char *capture, const char *folder,
                                 cph_bench_reading reading[CPH_BENCH_READINGS]);
/** Times the stream alone. */
cph_exit cph_bench_reading_alone(const cph_cli *cli, cph_bench_reading reading[CPH_BENCH_READINGS]);
/** Removes what was made. */
void cph_bench_reading_remove(const cph_bench_reading reading[CPH_BENCH_READINGS]);

void cph_bench_reading_print(const cph_bench_reading reading[CPH_BENCH_READINGS]);
json_t *cph_bench_reading_json(const cph_bench_reading reading[CPH_BENCH_READINGS]);

/** Reads all of an open capture in blocks within --max-memory. */
cph_status cph_bench_stream(const cph_cli *cli, cph_data *data, cph_error *error);

#endif
