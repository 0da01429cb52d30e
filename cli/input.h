/* SPDX-License-Identifier: MIT */
/** @file input.h
 *  The input of a verb: the file, the inputs chosen from it, their covariance and calibration. */
#ifndef CPH_CLI_INPUT_H
#define CPH_CLI_INPUT_H

#include <jansson.h>

#include "cli/options.h"
#include "cophase/convert.h"
#include "cophase/data.h"
#include "cophase/data_write.h"
#include "cophase/solutions.h"

/** The inputs of one polarisation (or all, of an array with one). */
typedef struct cph_selection {
    char polarization; /**< 'X', 'Y' or 0 */
    size_t elements;
    size_t *index;       /**< [elements] into header->array.element */
    cph_array array;     /**< those elements */
    double *position;    /**< [elements][3] metres, array frame; NULL when the file has none. Of
                              microphones: times the speed of light over that of sound, so that
                              phases come out by the same formulas */
    unsigned char *flag; /**< [elements] cph_flag: listed, excluded, no position (UNSOLVED) */
} cph_selection;

typedef struct cph_input {
    const cph_cli *cli;
    cph_data *data;
    const cph_data_header *header;
    size_t selections; /**< 1, or 2: X and Y */
    cph_selection selection[2];
    size_t start, times; /**< capture: --start and --duration in samples; else 0, header->times */
    uint64_t until;      /**< --follow: where the range ends, counted as if no time had been lost;
                              `times` is then what was there when it was opened */
    size_t remarked;     /**< characters of header->remark that were said when it was opened */
    bool has_calibration;
    cph_calibration calibration; /**< --calibration */
    cph_data_header bare;        /**< of an array without data: the header; `data` is NULL then */
    double bare_freq_hz;         /**< its one channel */
} cph_input;

/** What a verb cannot do without; combine with |. */
enum {
    CPH_TAKES_CAPTURE = 1 << CPH_KIND_CAPTURE,
    CPH_TAKES_COVARIANCE = 1 << CPH_KIND_COVARIANCE,
    CPH_TAKES_CALIBRATION = 1 << CPH_KIND_CALIBRATION,
    CPH_TAKES_WEIGHTS = 1 << CPH_KIND_WEIGHTS,
    CPH_TAKES_BEAMS = 1 << CPH_KIND_BEAMS,
    CPH_TAKES_TRACK = 1 << CPH_KIND_TRACK,
    CPH_NEEDS_POSITIONS = 1 << 16,
    CPH_NEEDS_FREQUENCY = 1 << 17,
    CPH_NEEDS_BASEBAND = 1 << 19, /**< microphones' samples as complex baseband, too */
    CPH_TAKES_REAL = 1 << 18, /**< real samples as they are, which others get as complex baseband
                                  (cph_data_baseband); microphones' and channels' always are */
    CPH_TAKES_CALIBRATED = 1 << 20 /**< --calibration for data that are calibrated already is for
                                        the verb to refuse */
};

/** Opens cli->input with cli->positions, checks cli->output and cli->plot, selects, flags, loads
 *  --calibration. On failure everything is released again. */
cph_exit cph_input_open(const cph_cli *cli, unsigned needs, cph_input *input);

/** The same for an array that has no data, with one channel at freq_hz: all but reading samples
 *  and covariances works. */
cph_exit cph_input_open_array(const cph_cli *cli, const cph_array_spec *spec, double freq_hz,
                              cph_input *input);

/** The same for readings of a calibration (a kind of readings.h): one time, one channel at freq_hz
 *  (NaN: unknown). Takes over the array in every case. */
cph_exit cph_input_open_readings(const cph_cli *cli, cph_kind kind, cph_array *array,
                                 double freq_hz, cph_input *input);
void cph_input_close(cph_input *input);

/** Paths for cph_history_make: the input, positions and calibration; returns how many were put
 *  into path[3]. */
size_t cph_input_paths(const cph_input *input, const char *path[3]);

/** Does one block of a stream. An error must be filled in. */
typedef cph_status cph_block_task(void *context, const cph_block *block, cph_error *error);

/** Streams a range (its max_memory is set here; times is not 0) through `task`, with a progress
 * bar, within --max-memory less the `reserved` bytes that the caller holds; stops at SIGINT. */
cph_exit cph_input_stream(const cph_input *input, const cph_stream_config *range, size_t reserved,
                          cph_block_task *task, void *context);

/** The same, but `task` is handed only the times that were recorded (cph_data_run). */
cph_exit cph_input_stream_recorded(const cph_input *input, const cph_stream_config *range,
                                   size_t reserved, cph_block_task *task, void *context);

/** Says that --max-memory must be more than so many bytes (4). */
cph_exit cph_input_little_memory(const cph_input *input, size_t needed);

/** MISSING unless no time was lost in samples [start, start + times) of an input of `path`; `what`
 *  says who cannot do without. */
CPH_MUST_CHECK cph_status cph_check_unbroken(const char *path, const cph_data_header *header,
                                             size_t start, size_t times, const char *what,
                                             cph_error *error);

/** Times of the chosen range that are there by now: input->times unless it is followed. */
size_t cph_input_times(const cph_input *input);

/** --follow: tells a writer the gaps that are known by now; before samples of a block go there. */
CPH_MUST_CHECK cph_status cph_input_follow_gaps(const cph_input *input, cph_writer *writer,
                                                cph_error *error);

/** --follow: adds to a result why it ended, "follow_ended": "duration", "quiet" or "closed". */
void cph_input_follow_json(const cph_input *input, json_t *object);

/** Makes a copy of the input's header that of the chosen range: its start and its gaps, which are
 *  put into gap [header->gaps]; of an input that is followed none (cph_input_follow_gaps). */
void cph_input_cut(const cph_input *input, cph_data_header *header, cph_data_gap *gap);

/** One covariance of a selection. Zero-initialise; one dump may be reused for many calls. */
typedef struct cph_dump {
    size_t elements;
    cph_c64 *r;       /**< [elements][elements], R_pq = E[x_p conj(x_q)] in units of the signal */
    double *power;    /**< [elements] diagonal of r, NaN where the file has none */
    cph_level *level; /**< [elements] of a capture's samples; NULL for a covariance file */
    bool has_diagonal;
    size_t held;        /**< bytes that its owner keeps beside it: none of a stream's */
    double samples;     /**< K behind each entry; 0 unknown */
    double freq_hz;     /**< of the channel; NaN unknown */
    double time_unix_s; /**< middle; NaN unknown */
} cph_dump;

/** Dumps that an input holds: header->times of a covariance, 1 of a capture (all of it). */
size_t cph_input_dumps(const cph_input *input);

/** Usage, said, unless the input has such a dump (--time) and channel (--channel). */
cph_exit cph_input_check_indices(const cph_input *input, size_t dump, size_t channel);

/** The same for who looks for directions in it: also refused is a channel at 0 Hz (3). */
cph_exit cph_input_check_look(const cph_input *input, size_t dump, size_t channel);

/** The covariance of (dump, channel): read from a covariance file, or summed over the selected
 *  range of a capture, which is streamed under --max-memory with a progress bar. */
cph_exit cph_input_covariance(const cph_input *input, const cph_selection *selection, size_t dump,
                              size_t channel, cph_dump *result);

/** The same for samples [start, start + times) of a capture. */
cph_exit cph_input_integrate(const cph_input *input, const cph_selection *selection, size_t start,
                             size_t times, size_t channel, cph_dump *result);
void cph_dump_free(cph_dump *dump); /**< all but `held` is zero then */

/** Adds to flag [elements] what the data themselves show: not finite, dead, weak, hot, saturated;
 *  elements that are flagged already do not count among the others. */
cph_exit cph_input_health(const cph_input *input, const cph_dump *dump, unsigned char *flag);

/** The same for those who do without single entries: only an element whose diagonal, or all of
 *  whose other entries, are missing is not finite. */
cph_exit cph_input_health_gaps(const cph_input *input, const cph_dump *dump, unsigned char *flag);

/** FORMAT, with what goes behind the input's name, if a calibration was divided out of the data
 *  before; else OK. */
CPH_MUST_CHECK cph_status cph_input_once(const cph_input *input, cph_error *error);

/** The solution of --calibration for data of a time, as cph_solution_find has it: FORMAT or
 * MISSING, with what goes behind the calibration's name, where none is near or a time is unknown;
 * *solution is the nearest (or first) all the same. An input that holds no data, but an array or
 * gains, is of any time. */
CPH_MUST_CHECK cph_status cph_input_solution(const cph_input *input, double time_unix_s,
                                             size_t *solution, cph_error *error);

/** Gains [elements] and flags of the selection at freq_hz from --calibration (the solution that
 *  cph_input_solution finds for time_unix_s; refused where it finds none). flag [elements]
 * combines: the selection's own first, then the calibration's; a listed element that the
 * calibration has a gain of is not flagged. Without
 * --calibration gains are 1 and flags the selection's. */
cph_exit cph_input_gains(const cph_input *input, const cph_selection *selection, double freq_hz,
                         double time_unix_s, cph_c64 *gain, unsigned char *flag);

/** When the chosen part of the input begins, or its first dump is; NaN unknown. */
double cph_input_begin(const cph_input *input);

/** The same of every channel of the input at cph_input_begin: *gain and *flag [channels][elements],
 * both on the heap; untouched unless DONE. */
cph_exit cph_input_channel_gains(const cph_input *input, const cph_selection *selection,
                                 cph_c64 **gain, unsigned char **flag);

/** Whether a verb that was asked for no polarisation takes this one of the input's: of two, a
 *  calibration of one chooses that one. */
bool cph_input_wanted(const cph_input *input, const cph_selection *selection);

#endif
