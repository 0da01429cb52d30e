/* SPDX-License-Identifier: MIT */
/** @file data.h
 *  Files: captures, covariances, calibrations, weights and beams in HDF5, native or foreign.
 *  The layouts are in datasets/FORMAT.md. Not thread-safe per object. Every function that takes a
 *  cph_error (may be NULL) fills it with one line naming file, dataset, value and what was
 * expected: IO when the system refused, FORMAT when the content is wrong, MISSING when something is
 * absent, UNSUPPORTED for a newer version or a filter that is not installed. HDF5's own printing of
 * errors is off afterwards in the calling thread. */
#ifndef COPHASE_DATA_H
#define COPHASE_DATA_H

#include <stdbool.h>

#include "cophase/array.h"
#include "cophase/element.h"
#include "cophase/exec.h"
#include "cophase/flags.h"
#include "cophase/states.h"
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
    CPH_KIND_COUNT
} cph_kind;

/** "capture", "covariance", "calibration", "weights", "beams", "rev", "coded",
 *  "near-field", "coupling". */
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
    char remark[200];         /**< what was passed over while opening, in words; "" */
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

/** Gaps inside [start, start + times), counted from there, into gap[header->gaps]; how many. */
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

typedef struct cph_data_options {
    const char *positions; /**< text table (idx name E N U flagged) or NULL; it replaces positions,
                                names and `listed` of any layout, matched by element number */
    bool by_hdf5; /**< HDF5 alone reads bulk data, on one thread: what reading here is measured
                       against */
    bool damaged; /**< files whose end is cut off are opened, and files of a folder that cannot be
                       read passed over; cph_data_skip_damage finds what else is lost */
} cph_data_options;

/** Opens a file (or folder) of any known layout and kind, checks shapes and sizes; reads no bulk
 * data. options may be NULL. */
CPH_MUST_CHECK CPH_API cph_status cph_data_open(const char *path, const cph_data_options *options,
                                                cph_data **data, cph_error *error);
CPH_API void cph_data_close(cph_data *data);
CPH_API const cph_data_header *cph_data_header_of(const cph_data *data);
CPH_API const char *cph_data_path(const cph_data *data);

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

/* ---- damaged captures ---- */

/** Times [start, start + times). */
typedef struct cph_data_range {
    size_t start, times;
} cph_data_range;

/** Leaves times out of a capture or beams, as if they had been lost: the header's times become
 *  fewer, its gaps more (one at 0 where the first are left out). Before cph_data_baseband. The
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

/** Reads samples of all elements and channels that are shown, and leaves out the times that cannot
 *  be read (FORMAT, IO): from the first such time to the next that can be read, as found by strides
 *  of up to a chunk. Other errors (a filter that is not installed) end it, as does INTERRUPTED when
 *  go_on says so; nothing is left out then. */
CPH_MUST_CHECK CPH_API cph_status cph_data_skip_damage(cph_data *data,
                                                       const cph_damage_config *config,
                                                       cph_error *error);

/** A covariance's dump: r[i * elements + j] for the listed inputs (NULL: all), R_pq =
 *  E[x_p conj(x_q)]. What r holds after an error is undefined. */
CPH_MUST_CHECK CPH_API cph_status cph_data_read_covariance(cph_data *data, size_t time,
                                                           size_t channel, const size_t *element,
                                                           size_t elements, cph_c64 *r,
                                                           cph_error *error);

/** Truth of a simulated file: gain [array.elements] (NaN for dead). MISSING where there is none. */
CPH_MUST_CHECK CPH_API cph_status cph_data_read_truth(cph_data *data, cph_c64 *gain,
                                                      cph_error *error);

/** Its sources, a line of text each: *source [*sources] is one block on the heap; NULL and 0 where
 *  there are none. */
CPH_MUST_CHECK CPH_API cph_status cph_data_read_truth_sources(cph_data *data, char ***source,
                                                              size_t *sources, cph_error *error);

/* ---- arrays in text ---- */

/** An array that text describes: a table of positions, the layout of a station of the OSKAR
 *  simulator, or an INI description (FORMAT.md). Texts are on the heap, NULL where absent; files
 *  named by an INI are joined to its folder. */
typedef struct cph_array_file {
    char *path;      /**< the file itself: FOLDER/layout.txt of a folder */
    char *positions; /**< INI: the file that elements come from */
    char *generator; /**< INI: words that `array` is still to be made of; it has no elements then */
    char *element;   /**< INI: words of an element pattern */
    char *gain[CPH_GAIN_PATHS]; /**< INI: calibration files */
    char *subarrays;            /**< INI: table of element numbers and subarrays */
    size_t tile[2];             /**< INI: subarrays of that many elements of a lattice; or 0 */
    size_t generator_line, element_line, tile_line; /**< for messages */
    size_t gain_line[CPH_GAIN_PATHS];               /**< so, too */
    bool has_frame;                                 /**< array.frame was given */
    bool has_boresight; /**< array.array_to_enu was given, by itself or by angles */
    size_t boresight_line;
    char polarization; /**< INI: of elements without one; or 0 */
    cph_array array;   /**< the elements; else what cph_array_file_dress gives to others */
} cph_array_file;

/** Whether `path` is such text, or to be opened as it: a folder, `*.ini`, `layout.txt`, or a file
 *  that begins with text and is not HDF5. */
CPH_API bool cph_array_file_probe(const char *path);

/** Reads it; free with cph_array_file_free. IO, MEMORY, FORMAT and MISSING name file and line. */
CPH_MUST_CHECK CPH_API cph_status cph_array_file_read(const char *path, cph_array_file *file,
                                                      cph_error *error);
CPH_API void cph_array_file_free(cph_array_file *file);

/** Gives an array made of file->generator the frame, site, orientation, label, polarisation and
 *  table of subarrays of the file. *array is changed in part after an error. FORMAT, IO, MISSING,
 *  MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_array_file_dress(const cph_array_file *file, cph_array *array,
                                                       cph_error *error);

/** `name`, from the folder of the file unless it is absolute, on the heap; NULL: no memory. */
CPH_MUST_CHECK CPH_API char *cph_array_file_beside(const char *path, const char *name);

/* ---- captures as streams of blocks ---- */

typedef struct cph_stream_config {
    size_t start, times;      /**< range in samples; times = 0: to the end */
    size_t channel, channels; /**< the first one, and how many from it on; channels = 0: one */
    const size_t *element;    /**< inputs wanted; NULL: all */
    size_t elements;
    bool serial; /**< no thread reads ahead: blocks are the same, read when they are asked for */
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
 *  path may be looked at. Blocks depend on shape, range and max_memory, not on threads. */
typedef struct cph_stream cph_stream;
/** data must outlive the stream. The element list is copied. */
CPH_MUST_CHECK CPH_API cph_status cph_stream_open(cph_data *data, const cph_stream_config *config,
                                                  cph_stream **stream, cph_error *error);
/** Next block in order; block->times = 0 at the end. Valid until the next call. What could not be
 *  read is said when its turn comes, and again by each call thereafter. */
CPH_MUST_CHECK CPH_API cph_status cph_stream_next(cph_stream *stream, cph_block *block,
                                                  cph_error *error);
CPH_API void cph_stream_close(cph_stream *stream);

/* ---- writing ---- */

/** A file being written as PATH.partial. */
typedef struct cph_writer cph_writer;

/** How samples and beams are compressed. Both are lossless. */
typedef enum cph_compression {
    CPH_COMPRESSION_NONE,
    CPH_COMPRESSION_DEFLATE, /**< shuffled bytes, deflate: every program that reads HDF5 knows it */
    CPH_COMPRESSION_BITSHUFFLE /**< shuffled bits, LZ4: others need the plugin of bitshuffle */
} cph_compression;

/** Layouts that captures (beams as captures) and covariances are written in; FORMAT.md says how. */
typedef enum cph_file_layout {
    CPH_FILE_NATIVE,     /**< of every kind */
    CPH_FILE_DIGITAL_RF, /**< a folder of files; captures whose start and rate are known */
    CPH_FILE_SIGMF,      /**< NAME.sigmf-meta and NAME.sigmf-data; captures whose rate is known */
    CPH_FILE_UVH5,       /**< covariances whose array, site, times and frequencies are known */
    CPH_FILE_LAYOUTS
} cph_file_layout;

/** "native", "digital-rf", "sigmf", "uvh5"; "unknown". */
CPH_API const char *cph_file_layout_name(cph_file_layout layout);

typedef struct cph_write_options {
    const char *history;         /**< this command's JSON object, one line; NULL: none */
    const char *const *inputs;   /**< paths that the output must not be (NULL-terminated), or NULL;
                                      their own history lines are carried over */
    cph_compression compression; /**< of captures and beams */
    bool resume; /**< captures, beams, covariances: goes on with the PATH.partial that this command
                      left when it was suspended. What would be the same, history included, must
                      be: FORMAT when it is not, MISSING when there is none; it is left as it is
                      then. Native files alone */
    cph_file_layout layout; /**< of captures and beams; an output in another layout than the native
                            one must not be there yet (EXISTS) */
} cph_write_options;

/** Capture: header gives kind CAPTURE (or BEAMS with beams set), type, scale, channels, array and
 *  times (0 when unknown); numbers that are NaN or 0 are left out. With real_sampling samples are
 *  handed over as {x, 0} and stored as x. Refuses an output that exists and is not a regular file,
 * or that is one of the inputs (EXISTS). MISSING and FORMAT for what options->layout cannot do
 * without, or cannot hold. */
CPH_MUST_CHECK CPH_API cph_status cph_capture_create(const char *path,
                                                     const cph_data_header *header,
                                                     const cph_write_options *options,
                                                     cph_writer **writer, cph_error *error);
/** Appends [times][channels][elements or beams] samples of the header's type. */
CPH_MUST_CHECK CPH_API cph_status cph_capture_append(cph_writer *writer, const void *samples,
                                                     size_t times, cph_error *error);
/** Reads back times [start, start + times) of what was appended, as they were handed over (not of
 *  real sampling). ARGUMENT, IO. */
CPH_MUST_CHECK CPH_API cph_status cph_capture_look(cph_writer *writer, size_t start, size_t times,
                                                   void *samples, cph_error *error);
/** Times of a capture or beams that were written so far, dumps of a covariance from the first one
 *  on that are whole: where a resumed file is gone on with. */
CPH_API size_t cph_writer_times(const cph_writer *writer);
/** A number that is kept while the file is suspended, at first 0. */
CPH_API uint64_t *cph_writer_tally(cph_writer *writer);
/** Adds /truth: gain [array.elements], and one text line per source. */
CPH_MUST_CHECK CPH_API cph_status cph_capture_truth(cph_writer *writer, const cph_c64 *gain,
                                                    const char *const *source, size_t sources,
                                                    cph_error *error);
/** Adds /truth/delay_s [array.elements] to a /truth that is there. ARGUMENT, IO. */
CPH_MUST_CHECK CPH_API cph_status cph_capture_truth_delays(cph_writer *writer,
                                                           const double *delay_s, cph_error *error);
/** Completes the file and renames it into place; frees the writer in every case, and removes
 *  the partial file on failure. */
CPH_MUST_CHECK CPH_API cph_status cph_writer_commit(cph_writer *writer, cph_error *error);
/** Gives up: removes the partial file. NULL is fine. */
CPH_API void cph_writer_abort(cph_writer *writer);
/** Gives up but leaves PATH.partial as a valid file with the attribute `partial` (after SIGINT). */
CPH_API void cph_writer_suspend(cph_writer *writer);

/** Covariance [time][channel][N][N]: written one dump at a time, times = header->times. */
CPH_MUST_CHECK CPH_API cph_status cph_covariance_create_file(const char *path,
                                                             const cph_data_header *header,
                                                             const cph_write_options *options,
                                                             cph_writer **writer, cph_error *error);
CPH_MUST_CHECK CPH_API cph_status cph_covariance_put(cph_writer *writer, size_t time,
                                                     size_t channel, const cph_c64 *r,
                                                     cph_error *error);

/** Says how many samples stand behind each entry, where the header did not know it yet; once. */
CPH_MUST_CHECK CPH_API cph_status cph_covariance_put_samples(cph_writer *writer, double n_samples,
                                                             cph_error *error);

/** Rows of a UVH5 file, to be changed in place. */
typedef struct cph_visibility_block {
    size_t rows; /**< 0: there are no more */
    size_t channels, products;
    const size_t *time;  /**< [rows] index into the header's time_unix_s */
    const size_t *input; /**< [rows][products][2] p and q of the header's inputs: a visibility is
                              E[x_p conj(x_q)] */
    cph_c64 *visibility; /**< [rows][channels][products], whatever flags say */
    unsigned char *flag; /**< the same; not 0: flagged */
} cph_visibility_block;

/** A copy of the UVH5 file `source`, whose visibilities and flags may be changed on the way; the
 *  other numbers and texts are copied as they are, without attributes. Visibilities are
 *  written as 32-bit floats (64 where they have more than 32 already), flags as booleans. `applied`
 *  (may be NULL) says which calibration is divided out. Blocks take up to max_memory bytes, and not
 *  less than a row. source must outlive the writer. UNSUPPORTED where it is no UVH5 file or has
 *  data sets of other kinds; FORMAT where it is damaged. */
CPH_MUST_CHECK CPH_API cph_status cph_visibility_create(const char *path, cph_data *source,
                                                        const char *applied, size_t max_memory,
                                                        const cph_write_options *options,
                                                        cph_writer **writer, cph_error *error);
/** Stores what the block of the call before holds now, and reads the next rows. */
CPH_MUST_CHECK CPH_API cph_status cph_visibility_next(cph_writer *writer,
                                                      cph_visibility_block *block,
                                                      cph_error *error);

/** A calibration in memory. Arrays are [time][channel][element] unless said. */
typedef struct cph_calibration {
    cph_array array; /**< the calibrated inputs only; `number` and `polarization` identify them */
    size_t times, channels;
    cph_c64 *gain;           /**< observed = gain * true; NaN where flagged */
    double *phase_sigma;     /**< rad */
    double *amplitude_sigma; /**< relative */
    double *delay_s;         /**< by which the element's signal comes late: gains turn by
                                  exp(-j 2 pi (f - channel_freq_hz) delay_s) within a channel; NaN
                                  unknown. NULL: nothing is known of delays */
    cph_c64 *leakage;        /**< D-term of the input, as in cph_jones_solution: the part of its
                                  antenna's other polarisation over its own gain, of X J_xy/J_xx,
                                  of Y J_yx/J_yy; NaN unknown. NULL: nothing is known of leakage */
    double *leakage_sigma;   /**< rms modulus of its errors, NaN unknown; NULL as leakage is */
    cph_c64 *coupling;       /**< [time][channel][element][element] C of observed = C true, by rows,
                                  the gains on its diagonal; NaN unknown, and in rows of flagged
                                  elements. NULL: nothing is known of coupling */
    double *coupling_sigma;  /**< rms modulus of its errors, NaN unknown; NULL as coupling is */
    unsigned char *filled;   /**< 1: the gain is no measurement but filled in from other channels;
                                  NULL: none is */
    unsigned char *flag;     /**< cph_flag */
    double *chi2_dof;        /**< [time][channel] */
    double *channel_freq_hz; /**< [channel] */
    double *time_unix_s;     /**< [time] */
    char gauge[64];          /**< "mean phase 0, mean |g| 1" */
    cph_gain_path path;      /**< whose gains they are; RECEIVE unless set */
    cph_c64 *behind;         /**< gains that the file holds behind flags too, for those who divide
                                  flagged data; NULL where there are none. Never written */
    bool time_factor;        /**< its file says that gains are for exp(+j w t), as they are here;
                                  all that is written says so */
} cph_calibration;

/** Allocates all arrays (gains NaN, flags UNSOLVED) for a copy of `array`. */
CPH_MUST_CHECK CPH_API cph_status cph_calibration_create(const cph_array *array, size_t times,
                                                         size_t channels,
                                                         cph_calibration *calibration);
CPH_API void cph_calibration_free(cph_calibration *calibration);
/** Makes room for delays, NaN, where there is none. Errors: ARGUMENT, MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_calibration_add_delays(cph_calibration *calibration);
/** The same for leakages and their standard errors: both, or on MEMORY neither. */
CPH_MUST_CHECK CPH_API cph_status cph_calibration_add_leakages(cph_calibration *calibration);
/** The same for marks of what is filled, 0. */
CPH_MUST_CHECK CPH_API cph_status cph_calibration_add_filled(cph_calibration *calibration);
/** The same for coupling and its standard errors. Errors: also OVERFLOW. */
CPH_MUST_CHECK CPH_API cph_status cph_calibration_add_coupling(cph_calibration *calibration);
CPH_MUST_CHECK CPH_API cph_status cph_calibration_read(const char *path,
                                                       cph_calibration *calibration,
                                                       cph_error *error);
CPH_MUST_CHECK CPH_API cph_status cph_calibration_write(const char *path,
                                                        const cph_calibration *calibration,
                                                        const cph_write_options *options,
                                                        cph_error *error);
/** Makes a calibration one for data with that header, where its file leaves things open. Without a
 *  word on the time factor its gains and leakages are in the convention of the data's layout, and
 *  conjugated where that is the other (UVH5). Without polarisations it is for data of a single one.
 */
CPH_API void cph_calibration_adapt(cph_calibration *calibration, const cph_data_header *header);
/** The channel nearest to freq_hz. Refused where freq_hz is further from it than half the way to
 *  the next channel, or than 1 % of a single one (FORMAT), and where either frequency is unknown
 *  (MISSING); *error goes behind the name of the file that the channels are of. */
CPH_MUST_CHECK CPH_API cph_status cph_channel_find(const double *channel_freq_hz, size_t channels,
                                                   double freq_hz, size_t *channel,
                                                   cph_error *error);

/** The solution nearest to time_unix_s; one that is alone is for all times. Refused where that is
 *  further from it than half the way to the next solution (FORMAT), and where either time is
 * unknown (MISSING); *error goes behind the name of the file. */
CPH_MUST_CHECK CPH_API cph_status cph_solution_find(const double *solution_unix_s, size_t solutions,
                                                    double time_unix_s, size_t *solution,
                                                    cph_error *error);

/** Gains and flags (cph_flag) of one time for the inputs of `array` at freq_hz (nearest channel):
 *  gain [array->elements], flag [array->elements]. Inputs are matched by number and polarisation;
 *  one that the calibration lacks is flagged UNSOLVED. Refused (FORMAT) when positions of matched
 *  inputs differ by more than 1 mm, when nothing matches, or as
 *  cph_channel_find does. */
CPH_MUST_CHECK CPH_API cph_status cph_calibration_lookup(const cph_calibration *calibration,
                                                         const cph_array *array, double freq_hz,
                                                         size_t time, cph_c64 *gain,
                                                         unsigned char *flag, cph_error *error);

/** C of one time for the inputs of `array` at freq_hz, [array->elements][array->elements] by rows:
 *  rows of inputs that are flagged or that the calibration lacks are 0, as is what is not known of
 *  others; the diagonal is that of the gains. ARGUMENT where it holds no coupling; else refused as
 *  cph_calibration_lookup is. */
CPH_MUST_CHECK CPH_API cph_status cph_calibration_coupling(const cph_calibration *calibration,
                                                           const cph_array *array, double freq_hz,
                                                           size_t time, cph_c64 *matrix,
                                                           cph_error *error);

/** Beam weights in memory. */
typedef struct cph_weights {
    cph_array array;
    size_t beams, channels;
    cph_c32 *weights;            /**< [beam][channel][element], y = w^H x, flagged elements 0 */
    double *direction;           /**< [beam][3] unit vectors, array frame */
    char (*name)[CPH_NAME_SIZE]; /**< [beam] */
    double *channel_freq_hz;     /**< [channel] */
    unsigned precision_bits;     /**< 32: float */
    cph_gain_path path;          /**< that they are for; RECEIVE unless set */
} cph_weights;

CPH_MUST_CHECK CPH_API cph_status cph_weights_create(const cph_array *array, size_t beams,
                                                     size_t channels, cph_weights *weights);
CPH_API void cph_weights_free(cph_weights *weights);
CPH_MUST_CHECK CPH_API cph_status cph_weights_read(const char *path, cph_weights *weights,
                                                   cph_error *error);
CPH_MUST_CHECK CPH_API cph_status cph_weights_write(const char *path, const cph_weights *weights,
                                                    const cph_write_options *options,
                                                    cph_error *error);

/** A chip's measured states from a text table, in order of their codes; free with cph_states_free.
 *  A line a state: `code,phase_deg,gain_db` (blanks and semicolons do too, `#` begins a remark),
 * the code decimal or 0x..., the phase by which the state advances the signal, the gain in any unit
 *  (0 where left out). A first line may name the columns, in any order. Errors: IO, MEMORY, FORMAT
 *  (a line that is no state, a code twice, no states). */
CPH_MUST_CHECK CPH_API cph_status cph_states_read(const char *path, cph_states *states,
                                                  cph_error *error);

/** Whether the name ends like a file of a far field: .cut, .ffe, .ffd. */
CPH_API bool cph_element_field_named(const char *path);

/** The far field of an element from a GRASP .cut, FEKO .ffe or HFSS .ffd file; free with
 *  cph_element_field_free. Of several frequencies the one nearest to freq_hz (NaN: the first);
 *  *field_freq_hz (may be NULL) becomes the file's, NaN where it says none. Fields are taken about
 *  the file's origin; with `centre` (metres, in the axes of the field; not NULL) their phase is
 *  referred to that place, at freq_hz. The grid must be even, theta from 0 (cuts through 0 from
 *  -theta to theta do) and phi all around; values are kept as they are. Errors: IO, MEMORY, FORMAT
 *  (a line that is not as the format wants it, with its number; a grid with gaps; a frequency more
 *  than 10 % off). */
CPH_MUST_CHECK CPH_API cph_status cph_element_field_read(const char *path, double freq_hz,
                                                         const double *centre,
                                                         cph_element_field *field,
                                                         double *field_freq_hz, cph_error *error);

/** Scattering parameters of an array's ports at one frequency. */
typedef struct cph_network {
    size_t ports;
    double freq_hz;       /**< that they are for */
    double reference_ohm; /**< of all ports */
    cph_c64 *s;           /**< [ports][ports]: s[n][m] is the wave out of n for one into m */
} cph_network;

/** From a Touchstone file of version 1, named .sNp for N ports, S, Y or Z parameters (the latter
 * two normalised to R, as that version has them). Between two frequencies real and imaginary parts
 * are interpolated linearly. freq_hz NaN: the file must have one frequency. Noise data of two-ports
 * are passed over. Free with cph_network_free. Errors: IO, MEMORY, UNSUPPORTED (version 2, H and
 * G), FORMAT (a line that is none, with its number; a frequency that the file does not cover, of
 * one frequency: within 1 %). */
CPH_MUST_CHECK CPH_API cph_status cph_network_read(const char *path, double freq_hz,
                                                   cph_network *network, cph_error *error);
CPH_API void cph_network_free(cph_network *network);

CPH_END_DECLS

#endif
