/* SPDX-License-Identifier: MIT */
/** @file data.h
 *  Files: captures, covariances and beams in HDF5, native or foreign; data_write.h writes them,
 *  solutions.h has calibrations and weights, readings.h readings of a calibration, data_text.h
 * text. The layouts are in datasets/FORMAT.md. Not thread-safe per object. Every function that
 * takes a cph_error (may be NULL) fills it with one line naming file, dataset, value and what was
 * expected: IO when the system refused, FORMAT when the content is wrong, MISSING when something is
 * absent, UNSUPPORTED for a newer version or a filter that is not installed. HDF5's own printing of
 * errors is off afterwards in the calling thread. */
#ifndef COPHASE_DATA_H
#define COPHASE_DATA_H

#include <stdbool.h>

#include "cophase/array.h"
#include "cophase/exec.h"
#include "cophase/flags.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

/** More elements than any array has: no file with more is read; one that claims more has its axes
 *  in another order. */
enum { CPH_ELEMENTS_MAX = 1 << 20 };

typedef enum cph_kind {
    CPH_KIND_CAPTURE,
    CPH_KIND_COVARIANCE,
    CPH_KIND_CALIBRATION,
    CPH_KIND_WEIGHTS,
    CPH_KIND_BEAMS,
    CPH_KIND_REV,        /**< readings.h */
    CPH_KIND_CODED,      /**< readings.h */
    CPH_KIND_NEAR_FIELD, /**< readings.h */
    CPH_KIND_COUPLING,   /**< readings.h */
    CPH_KIND_POINTING,   /**< pointing.h */
    CPH_KIND_TRACK,      /**< track_log.h */
    CPH_KIND_COUNT
} cph_kind;

/** "capture", "covariance", "calibration", "weights", "beams", "rev", "coded",
 *  "near-field", "coupling", "pointing", "track". */
CPH_API const char *cph_kind_name(cph_kind kind);

/* ---- what a file says of itself ---- */

/** The way a signal takes through an element, each with gains of its own. */
typedef enum cph_gain_path { CPH_GAIN_RECEIVE, CPH_GAIN_TRANSMIT, CPH_GAIN_PATHS } cph_gain_path;

/** "receive", "transmit". */
CPH_API const char *cph_gain_path_name(cph_gain_path path);

/** Where times of a capture were lost: its sample `sample` is what sample `global` would be if none
 *  had been. */
typedef struct cph_data_gap {
    uint64_t sample, global;
} cph_data_gap;

typedef struct cph_data_header {
    cph_kind kind;
    char format[32]; /**< "cophase", "aavs", "uvh5", "digital_rf", "sigmf", "kraken", "binary" */
    size_t times;    /**< samples of a capture or beams, dumps of a covariance, solutions */
    size_t channels; /**< at least 1 */
    size_t axis_elements; /**< elements as the file counts them (antennas in layouts with
                               polarisation products, where array.elements is twice that) */
    size_t beams;         /**< weights, beams; else 0 */
    cph_array array;      /**< one entry per receiver input; zero elements when there is none */
    cph_type type;        /**< capture, beams: sample type */
    bool real_sampling;   /**< capture: samples are real, read as {x, 0} */
    double scale;         /**< signal = scale * integer sample */
    double sample_rate_hz, center_freq_hz, if_freq_hz; /**< NaN when the file has none */
    double wave_speed_m_s; /**< of sound, NaN where a file of microphones does not say; 0: light */
    double *channel_freq_hz;  /**< [channels]; for unchannelised data the centre; NaN unknown */
    double *time_unix_s;      /**< covariance: [times] middle of the dump; else NULL */
    double time_start_unix_s; /**< capture; NaN unknown */
    double time_start_rest_s; /**< what the rounding of time_start_unix_s left out: their sum is the
                                   start (cph_data_begin) */
    size_t gaps;              /**< capture, beams: places where times were lost */
    cph_data_gap *gap;        /**< [gaps]; sample and global - sample rise; NULL when gaps is 0 */
    bool has_lost_value;      /**< capture of integers: see lost_value */
    double lost_value;        /**< at a time at which every part is this, nothing was recorded; NaN
                                   always says so of floats */
    double independent;       /**< capture: share of its times that count as independent where
                                   noise fills the band, as of oversampled channels; 0: all */
    double integration_s;     /**< covariance; NaN unknown */
    double n_samples;         /**< covariance: independent samples of a dump; NaN unknown */
    bool has_diagonal;        /**< covariance */
    size_t missing;           /**< covariance: pairs of antennas, over all dumps, that the file has
                                   no baseline of: NaN when read */
    bool gains_conjugate;     /**< users of the layout that the data came in keep gains for the time
                                   factor exp(-j w t): cph_calibration_adapt */
    cph_gain_path path;       /**< calibration, weights */
    size_t sample_bytes;      /**< bytes of data a full read moves */
    char remark[200];         /**< what was passed over, in words; "" */
    const char *applied;      /**< which calibration was divided out of the data; NULL: none */
    double baseband_error;    /**< capture: 0, or what cph_data_baseband made of real samples: see
                                   cph_baseband_info */
} cph_data_header;

/* ---- captures with gaps ---- */

/** How many independent times `times` of a capture are worth. */
CPH_API double cph_data_independent(const cph_data_header *header, double times);

/** Sample `sample` of a capture, counted as if none had been lost. */
CPH_API uint64_t cph_data_global(const cph_data_header *header, size_t sample);

/** The first sample that is not before `global`; header->times when there is none. */
CPH_API size_t cph_data_sample_at(const cph_data_header *header, uint64_t global);

/** Times from the first to the last sample, those lost between them among them. */
CPH_API uint64_t cph_data_span(const cph_data_header *header);

/** Unix seconds at the middle of samples [start, start + times), times > 0; NaN where the start or
 *  the rate is unknown. */
CPH_API double cph_data_middle(const cph_data_header *header, size_t start, size_t times);

/** Sets the start to `whole_s` (an integer) + `rest_s`, to the last bit of rest_s. */
CPH_API void cph_data_begin(cph_data_header *header, double whole_s, double rest_s);

/** Puts the start `seconds` later, without rounding it to what a time in one double can tell
 *  (0.2 us). */
CPH_API void cph_data_begin_later(cph_data_header *header, double seconds);

/** Samples from `sample` on, at most `most`, between which none was lost; they are there. */
CPH_API size_t cph_data_unbroken(const cph_data_header *header, size_t sample, size_t most);

/** Gaps inside [start, start + times), counted from there, into gap[header->gaps] (NULL:
 *  not wanted); how many. */
CPH_API size_t cph_data_gaps_cut(const cph_data_header *header, size_t start, size_t times,
                                 cph_data_gap *gap);

/** Times at the start of samples[times][elements] of the header's type that are all lost, or all
 *  not (`lost` says which), NaN or header->lost_value standing for them; times > 0. */
CPH_API size_t cph_data_run(const cph_data_header *header, const void *samples, size_t times,
                            size_t elements, bool *lost);

/** samples[times][elements] of the header's type as floats, without its scale; times that were lost
 *  as NaN. No overlap. ARGUMENT, OVERFLOW as cph_convert_to_c32. */
CPH_MUST_CHECK CPH_API cph_status cph_data_floats(const cph_data_header *header,
                                                  const void *samples, size_t times,
                                                  size_t elements, cph_c32 *out);

typedef struct cph_data cph_data;

/** A capture that is still being written: more times are looked for every 50 ms. */
typedef struct cph_follow {
    double patience_s; /**< nothing new for so long: it has ended */
    /** Asked at each look, by any thread; false: stop (INTERRUPTED). NULL: go on. */
    bool (*go_on)(void *context);
    void *context;
} cph_follow;

typedef struct cph_data_options {
    const char *positions; /**< text table (idx name E N U flagged) or NULL; it replaces positions,
                                names and `listed` of any layout, matched by element number */
    bool by_hdf5; /**< HDF5 alone reads bulk data, on one thread: what reading here is measured
                       against */
    bool damaged; /**< files whose end is cut off are opened, and files of a folder that cannot be
                       read passed over; cph_data_skip_damage finds what else is lost */
    const cph_follow *follow; /**< copied; NULL: the file stays as it is. See cph_data_await */
} cph_data_options;

/** Opens a file (or folder) of any known layout and kind, checks shapes and sizes; reads no bulk
 * data. options may be NULL. */
CPH_MUST_CHECK CPH_API cph_status cph_data_open(const char *path, const cph_data_options *options,
                                                cph_data **data, cph_error *error);
CPH_API void cph_data_close(cph_data *data);
CPH_API const cph_data_header *cph_data_header_of(const cph_data *data);
CPH_API const char *cph_data_path(const cph_data *data);

/** The history of an HDF5 file: a JSON object a line, oldest first, each line once, on the heap.
 *  NULL: it has none, or memory ran out. */
CPH_MUST_CHECK CPH_API char *cph_data_history(const char *path);

/** From here on a capture has the listed inputs (indices into array.element) and channels alone, in
 *  that order: for the header, which is another one then (what cph_data_header_of gave before holds
 *  the whole until the data are closed), for every read and stream. Only they are read. NULL: all
 * of them; centre is the middle of the channels where some are left out. Once per object. ARGUMENT
 *  (also of another kind), MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_data_select(cph_data *data, const size_t *element,
                                                  size_t elements, const size_t *channel,
                                                  size_t channels, cph_error *error);

/** From here on a capture of real samples is one of complex baseband at half the rate (baseband.h),
 *  of 32-bit floats, whose centre lies at a quarter of the samples' rate: for the header, reads and
 *  streams, as in cph_data_select, which comes before. Samples stand at even places counted as if
 *  none had been lost, and none where their window holds lost times: gaps stay gaps, times of
 *  lost_value become NaN. Once per object; ARGUMENT where samples are complex or channels several,
 *  MISSING where the centre is known but not its place in the samples (if_freq_hz; microphones
 *  sample from 0 Hz on), FORMAT where samples are too few, MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_data_baseband(cph_data *data, cph_error *error);

/** Frequency that is 0 in real samples: the centre less if_freq_hz, 0 of microphones without a
 *  centre; else NaN. */
CPH_API double cph_data_real_zero(const cph_data_header *header);

/** A capture's block: samples[t][i] = input element[i] (indices into array.element; NULL: all) at
 *  times [start, start + times) of one channel, in the file's type, packed. Of beams likewise, a
 *  beam standing for an element. What samples holds after an error is undefined. */
CPH_MUST_CHECK CPH_API cph_status cph_data_read_samples(cph_data *data, size_t start, size_t times,
                                                        size_t channel, const size_t *element,
                                                        size_t elements, void *samples,
                                                        cph_error *error);

/** Later reads decompress on the threads of *exec, which is copied; NULL: on the calling thread, as
 *  before the first call. Results and errors do not depend on it. */
CPH_API void cph_data_set_exec(cph_data *data, const cph_exec *exec);

/** Bytes that a read of samples takes from the heap beside its output, at most, with the threads
 *  that were set: for each one six chunks of the file and 512 KiB, of which no more work than 64
 * MiB hold, at least one (a piece of 1 MiB, or a row, where the data are contiguous); and chunks of
 *  which a part was read, kept until the data are closed: as many as one time of all channels
 *  crosses, up to 64 MiB of them or a single one. 0 where HDF5 itself must read (filters that are
 *  not known here): it keeps such chunks instead. */
CPH_API size_t cph_data_scratch_bytes(const cph_data *data);

/* ---- captures that are still being written ---- */

/** Whether more may come of a capture that is followed. */
typedef enum cph_follow_end {
    CPH_FOLLOW_ON,    /**< it may */
    CPH_FOLLOW_QUIET, /**< nothing new came for patience_s */
    CPH_FOLLOW_CLOSED /**< who wrote it has closed it, which HDF5 files tell */
} cph_follow_end;

/** Waits until cph_data_span is above `global`, or until no more comes; the header then tells what
 *  is there: times and gaps are added, what was there stays (but header->gap may move). HDF5 files
 *  are those of writers in HDF5's SWMR mode; of chunks that are compressed only whole ones count
 *  before the end. A folder of Digital RF grows by files, one that cannot be read yet being waited
 *  for; KrakenSDR's by frames, plain bytes (SigMF, with a sidecar) by whole times, SigMF also by
 *  what its metadata say anew. What is left over in the end, or came too late, is added to
 *  header->remark. UNSUPPORTED for other layouts; FORMAT or IO when the file was cut off, removed
 *  or replaced; INTERRUPTED. At once for what is not followed. */
CPH_MUST_CHECK CPH_API cph_status cph_data_await(cph_data *data, uint64_t global, cph_error *error);
/** CLOSED for what is not followed. */
CPH_API cph_follow_end cph_data_follow_end(const cph_data *data);

/* ---- damaged captures, beams and covariances ---- */

/** Times [start, start + times). */
typedef struct cph_data_range {
    size_t start, times;
} cph_data_range;

/** Leaves times out of a capture or beams, as if they had been lost: the header's times become
 *  fewer, its gaps more (one at 0 where the first are left out); or dumps out of a covariance of
 *  which cph_data_skips holds. Before cph_data_baseband. The
 *  ranges rise, do not overlap, and are counted as the header counts now. ARGUMENT; FORMAT when
 * nothing would be left; MEMORY; nothing has changed then. */
CPH_MUST_CHECK CPH_API cph_status cph_data_leave_out(cph_data *data, const cph_data_range *range,
                                                     size_t ranges, cph_error *error);

typedef struct cph_damage_config {
    size_t start, times; /**< what is looked at; times 0: to the end */
    size_t max_memory;   /**< bytes that a block may take, at most 16 MiB are used */
    /** Hears of times that cannot be read, in order, and of the first reason. NULL: nobody. */
    void (*tell)(void *context, size_t start, size_t times, const cph_error *why);
    /** Called before each block, `done` times having been looked at; false: stop. NULL: go on. */
    bool (*go_on)(void *context, size_t done);
    void *context;
} cph_damage_config;

/** Whether it is a capture, beams, or a covariance in a layout that has dumps one behind the other
 *  (Cophase's, AAVS'). */
CPH_API bool cph_data_skips(const cph_data *data);

/** Reads samples of all elements and channels that are shown, or dumps of a covariance, and leaves
 * out the times that cannot be read (FORMAT, IO): from the first such time to the next that can be
 * read, as found by strides of up to a chunk. Other errors (a filter that is not installed) end it,
 * as does INTERRUPTED when go_on says so; nothing is left out then. */
CPH_MUST_CHECK CPH_API cph_status cph_data_skip_damage(cph_data *data,
                                                       const cph_damage_config *config,
                                                       cph_error *error);

/** A covariance's dump: r[i * elements + j] for the listed inputs (NULL: all), R_pq =
 *  E[x_p conj(x_q)]. What r holds after an error is undefined. */
CPH_MUST_CHECK CPH_API cph_status cph_data_read_covariance(cph_data *data, size_t time,
                                                           size_t channel, const size_t *element,
                                                           size_t elements, cph_c64 *r,
                                                           cph_error *error);

/** Truth of a simulated file: gain [array.elements] (NaN for dead) at a frequency, to which its
 *  delays, if it has any, turn what it says of its centre; NaN: as it says. MISSING where there is
 *  none. */
CPH_MUST_CHECK CPH_API cph_status cph_data_read_truth(cph_data *data, double freq_hz, cph_c64 *gain,
                                                      cph_error *error);

/** By how much each signal comes late in truth [array.elements], seconds; NaN for dead. MISSING
 *  where the truth is of one frequency. */
CPH_MUST_CHECK CPH_API cph_status cph_data_read_truth_delays(cph_data *data, double *delay_s,
                                                             cph_error *error);

/** Its sources, a line of text each: *source [*sources] is one block on the heap; NULL and 0 where
 *  there are none. */
CPH_MUST_CHECK CPH_API cph_status cph_data_read_truth_sources(cph_data *data, char ***source,
                                                              size_t *sources, cph_error *error);

/* ---- captures as streams of blocks ---- */

typedef struct cph_stream_config {
    size_t start, times;      /**< range in samples; times = 0: to the end */
    size_t channel, channels; /**< the first one, and how many from it on; channels = 0: one */
    const size_t *element;    /**< inputs wanted; NULL: all */
    size_t elements;
    bool follow;    /**< of data that are followed: `times` does not count; the range goes on until
                         `until` (counted as if no time had been lost), or until no more comes */
    uint64_t until; /**< UINT64_MAX: open */
    bool serial;    /**< no thread reads ahead: blocks are the same, read when they are asked for */
    size_t max_memory; /**< bytes that the blocks may take, those read ahead (up to two) included; a
                            list that is not consecutive takes up to 1 MiB (or one time of all
                            inputs) more, and a read what cph_data_scratch_bytes says */
} cph_stream_config;

typedef struct cph_block {
    const void *samples; /**< [channels][times][elements], the file's type, 64-byte aligned */
    size_t start, times;
} cph_block;

/** Blocks that a thread of the stream's own reads while the caller computes, signals blocked. Until
 *  it is closed `data` is the stream's alone: no other stream, no reads, no close; its header and
 *  path may be looked at. Blocks depend on shape, range and max_memory, not on threads. Of a range
 *  that is followed a block is what is there, at the latest some tenth of a second after it came;
 *  the header grows within cph_stream_next alone, when all blocks before were used. */
typedef struct cph_stream cph_stream;
/** data must outlive the stream. The element list is copied. */
CPH_MUST_CHECK CPH_API cph_status cph_stream_open(cph_data *data, const cph_stream_config *config,
                                                  cph_stream **stream, cph_error *error);
/** Next block in order; block->times = 0 at the end. Valid until the next call. What could not be
 *  read is said when its turn comes, and again by each call thereafter. */
CPH_MUST_CHECK CPH_API cph_status cph_stream_next(cph_stream *stream, cph_block *block,
                                                  cph_error *error);
CPH_API void cph_stream_close(cph_stream *stream);

CPH_END_DECLS

#endif
