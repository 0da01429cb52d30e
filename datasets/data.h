/* SPDX-License-Identifier: MIT */
/** @file data.h
 *  What stands behind cph_data: a file, its header, and the functions of its layout and kind. A
 *  layout is one row of the table in data.c. */
#ifndef CPH_DATASETS_DATA_H
#define CPH_DATASETS_DATA_H

#include "cophase/data.h"
#include "cophase/readings.h"
#include "cophase/solutions.h"
#include "datasets/h5/h5.h"

/** What a kind of a layout can read; NULL for what it does not hold. All shapes were checked by
 *  the caller against the header. */
typedef struct cph_reader {
    /** Samples [start, start + times) of elements (or beams) [first, first + count), packed. */
    cph_status (*samples)(cph_data *data, size_t start, size_t times, size_t channel, size_t first,
                          size_t count, void *samples);
    cph_status (*covariance)(cph_data *data, size_t time, size_t channel, const size_t *element,
                             size_t elements, cph_c64 *r);
    cph_status (*truth)(cph_data *data, cph_c64 *gain);
    /** MISSING where there are none. */
    cph_status (*truth_delays)(cph_data *data, double *delay_s);
    /** The lines of text that come with it, as cph_data_read_truth_sources. */
    cph_status (*truth_sources)(cph_data *data, char ***source, size_t *sources);
    /** Fill arrays that were created with the header's shape. */
    cph_status (*calibration)(cph_data *data, cph_calibration *calibration);
    cph_status (*weights)(cph_data *data, cph_weights *weights);
    /** Make readings; unchanged on error. */
    cph_status (*rev)(cph_data *data, cph_rev_readings *readings);
    cph_status (*coded)(cph_data *data, cph_coded_readings *readings);
    cph_status (*near_field)(cph_data *data, cph_near_field_readings *readings);
    cph_status (*coupling)(cph_data *data, cph_coupling_readings *readings);
    /** Adds to the header's times and gaps what was written since; `last`: all that is there,
     * before it whole pieces alone. data->h5.error is set. NULL: the layout is not followed, as all
     * but Cophase's captures, Acoular, AIAA, Digital RF, SigMF, KrakenSDR and sidecars'. */
    cph_status (*grow)(cph_data *data, bool last);
    void (*close)(cph_data *data); /**< frees data->layout */
} cph_reader;

/** Root attribute that says which calibration was divided out. */
#define CPH_APPLIED "calibration_applied"

/** What stands behind complex baseband of real samples (baseband.c). */
typedef struct cph_data_real cph_data_real;

/** What cph_data_select and cph_data_baseband show of a capture. */
typedef struct cph_data_view {
    cph_data_header header;
    size_t *element, *channel; /**< [header.axis_elements], [header.channels] of the file's own */
    cph_data_real *real;       /**< NULL: samples are those of the file */
} cph_data_view;

/** Times [first, first + times) of the file, which are shown from `shown` on. */
typedef struct cph_data_kept {
    size_t first, shown, times;
} cph_data_kept;

/** Of a capture that is followed (stream/follow.c). */
typedef struct cph_following {
    cph_follow asked;
    double grown_s; /**< when it grew last, on the monotonic clock */
    bool written;   /**< who writes it was seen to */
    cph_follow_end end;
} cph_following;

struct cph_data {
    cph_data_header header; /**< of the whole file: readers go by it */
    cph_data_view *view;    /**< NULL: all is shown */
    char *path;
    char *applied; /**< what header.applied points to */
    cph_h5 h5;
    const cph_reader *reader;
    cph_h5_complex bulk; /**< the data set that the reader reads from */
    cph_exec exec;       /**< where h5.exec points to when it is not NULL */
    cph_data_kept *kept; /**< [kepts] what is left of the file's times; kepts 0: all */
    size_t kepts;
    cph_following *following; /**< NULL: the file stays as it is */
    void *layout;             /**< what the reader keeps beside it */
};

/** A layout: whether a file has it, and how to fill header, reader and bulk. */
typedef struct cph_format {
    const char *name;
    bool (*probe)(const cph_h5 *h5);
    cph_status (*open)(cph_data *data);
} cph_format;

bool cph_renew_probe(const cph_h5 *h5);
cph_status cph_renew_open(cph_data *data);
bool cph_borealis_probe(const cph_h5 *h5);
cph_status cph_borealis_open(cph_data *data);
bool cph_borealis_lags_probe(const cph_h5 *h5);
cph_status cph_borealis_lags_open(cph_data *data);

bool cph_acoular_probe(const cph_h5 *h5);
cph_status cph_acoular_open(cph_data *data);
bool cph_aiaa_probe(const cph_h5 *h5);
cph_status cph_aiaa_open(cph_data *data);

/** A layout in a folder, or in files that are not HDF5: data->h5.file stays negative. */
typedef struct cph_path_format {
    const char *name;
    bool (*probe)(const char *path);
    cph_status (*open)(cph_data *data);
} cph_path_format;

/** What a message says behind the path that it begins with: ": " or the folder's "/" go, too. Who
 *  prints a remark names the file. */
const char *cph_data_inside(const cph_data *data, const char *message);

bool cph_digital_rf_probe(const char *path);
cph_status cph_digital_rf_open(cph_data *data);
bool cph_kraken_probe(const char *path);
cph_status cph_kraken_open(cph_data *data);
bool cph_sigmf_probe(const char *path);
cph_status cph_sigmf_open(cph_data *data);
bool cph_sidecar_probe(const char *path);
cph_status cph_sidecar_open(cph_data *data);

bool cph_native_probe(const cph_h5 *h5);
cph_status cph_native_open(cph_data *data);
bool cph_aavs_probe(const cph_h5 *h5);
cph_status cph_aavs_open(cph_data *data);
bool cph_uvh5_probe(const cph_h5 *h5);
cph_status cph_uvh5_open(cph_data *data);

/** header.array with `elements` entries, header.axis_elements with `axis`; FORMAT above
 *  CPH_ELEMENTS_MAX. `name` is the data set that claims them. */
CPH_MUST_CHECK cph_status cph_data_make_array(cph_data *data, const char *name, size_t elements,
                                              size_t axis);
/** Data that are beams: the array's elements were those. */
void cph_data_make_beams(cph_data *data);
/** header.channel_freq_hz and, for a covariance, header.time_unix_s, all NaN. */
CPH_MUST_CHECK cph_status cph_data_make_axes(cph_data *data, size_t times, size_t channels);

/** The smallest sample type that holds every value of the file; wider integers are read as floats,
 *  exact up to 2^24. */
cph_type cph_data_sample_type(const cph_h5_complex *c);
/** A part of a sample type, in memory. */
hid_t cph_data_part(cph_type type);

/** Notes that `sample` is sample `global` of the whole, behind all that was noted before; nothing
 *  where nothing was lost. FORMAT, naming `name`, when it does not come behind them. */
CPH_MUST_CHECK cph_status cph_data_add_gap(cph_data *data, const char *name, uint64_t sample,
                                           uint64_t global);
/** Where shown time `start` is in the file, and how many of `times` follow it there. */
size_t cph_data_kept_run(const cph_data *data, size_t start, size_t times, size_t *at);
/** data->following, patient since then. MEMORY. */
CPH_MUST_CHECK cph_status cph_follow_make(cph_data *data, const cph_follow *asked, double since_s);
/** What is there of a file that was just opened. */
CPH_MUST_CHECK cph_status cph_follow_begin(cph_data *data);
/** The monotonic clock. */
double cph_follow_now_s(void);
/** Sleeps until it is time to look again; false: nobody wants to wait any longer, *status says
 *  why: OK at the end of patience. */
bool cph_follow_sleep(const cph_data *data, cph_status *status);
/** Bytes of a file that is followed, open as `fd` and once `before` bytes long: FORMAT when it was
 *  removed, replaced or cut off since. */
CPH_MUST_CHECK cph_status cph_follow_file(const cph_h5 *h5, const char *path, int fd,
                                          uint64_t before, uint64_t *bytes);
/** reader.grow where times are the first axis of data->bulk. */
CPH_MUST_CHECK cph_status cph_data_grow_rows(cph_data *data, bool last);
/** header.times and sample_bytes; OVERFLOW. */
CPH_MUST_CHECK cph_status cph_data_set_times(cph_data *data, size_t times);
/** NULL is fine. */
void cph_view_free(cph_data_view *view);
/** The file's own numbers of inputs of a view (element NULL: the first ones), on the heap. MEMORY.
 */
CPH_MUST_CHECK cph_status cph_view_elements(const cph_data_view *view, const size_t *element,
                                            size_t elements, size_t **list);

/** Opens a file of one kind, its errors going into *error; NULL with *status set when refused. */
cph_data *cph_data_open_kind(const char *path, cph_kind kind, cph_status *status, cph_error *error);

/** `count` numbers on the heap, all NaN; NULL when there is no memory. */
double *cph_data_unknown(size_t count);

/** Gains, those behind flags and leakages become those of the other time factor. */
void cph_calibration_conjugate(cph_calibration *calibration);

/** Fills positions, names and `listed` of header.array from the text table
 *  `idx name E N U flagged`, matched by element number. */
CPH_MUST_CHECK cph_status cph_positions_apply(cph_data *data, const char *path);

/** reader.truth, truth_delays, truth_sources of files with the group /truth. */
CPH_MUST_CHECK cph_status cph_native_truth(cph_data *data, cph_c64 *gain);
CPH_MUST_CHECK cph_status cph_native_truth_delays(cph_data *data, double *delay_s);
CPH_MUST_CHECK cph_status cph_native_truth_sources(cph_data *data, char ***source, size_t *sources);

/** `count` lines of `size` bytes each as one block of pointers and text; NULL: no memory. */
char **cph_data_lines(size_t count, size_t size);

/** Doubles [dim...] of a data set that may be absent: then NaN. */
CPH_MUST_CHECK cph_status cph_native_optional(const cph_h5 *h5, const char *name, size_t rank,
                                              const size_t *dim, double *value);

#endif
