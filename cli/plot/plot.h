/* SPDX-License-Identifier: MIT */
/** @file plot.h
 *  Pictures of plain data, as .svg or .png by the suffix of the path.
 *
 *  Every function writes PATH.partial and renames it when complete, so that a reader sees all of
 *  the picture or none; on error nothing is left behind and an existing picture is untouched.
 *  Titles are UTF-8, one line each, and cut with an ellipsis where they do not fit; NULL leaves the
 *  line out. Errors of all of them, each with one line in *error (may be NULL): ARGUMENT (suffix
 *  other than .svg or .png; sizes), NOT_FINITE (nothing finite to draw, a position that is not),
 *  EXISTS (the path is there and is no regular file), IO (the system refused to write), MEMORY. */
#ifndef CPH_CLI_PLOT_H
#define CPH_CLI_PLOT_H

#include "cophase/calib.h"
#include "cophase/pattern.h"
#include "cophase/scan.h"

/** ARGUMENT unless the path ends in .svg or .png (any case): to tell the user before the work. */
CPH_MUST_CHECK cph_status cph_plot_check_path(const char *path, cph_error *error);

/** Gains at the places of their elements. */
typedef struct cph_gain_plot {
    const char *title, *subtitle;
    size_t elements;           /**< N >= 1 */
    const double *position;    /**< [N][3] metres, array frame; x and y are drawn */
    const uint32_t *number;    /**< [N] what elements are called; NULL: 0..N-1 */
    const cph_c64 *gain;       /**< [N]; not finite or 0: drawn as unsolved unless flagged */
    const unsigned char *flag; /**< [N] cph_flag; NULL: none flagged */
    double wavelength_m;       /**< > 0: axes in wavelengths, else in metres */
    bool places;               /**< one panel of the elements' places and flags, no gains */
    bool stacked;              /**< phases below the gains, for narrow screens */
} cph_gain_plot;

/** Parts of one picture. */
enum { CPH_GAIN_PLOTS = 4 };

/** Two panels: |gain| in dB relative to the median of the good elements, and phase in degrees.
 *  Flagged elements carry a sign by reason. All elements are numbered where that can be read (up to
 *  some 300), else the flagged ones, as far as there is room. plot [plots], 1 to CPH_GAIN_PLOTS,
 * are drawn one below the other: a part a polarisation, elements in one place would hide each
 * other.
 */
CPH_MUST_CHECK cph_status cph_plot_gains(const char *path, const cph_gain_plot *plot, size_t plots,
                                         cph_error *error);

/** Pairs of elements, as vectors from one to the other in wavelengths: dots of a few, how many fall
 *  into each cell of many. */
typedef struct cph_baseline_plot {
    const char *title, *subtitle;
    size_t elements;        /**< >= 2 */
    const double *position; /**< [elements][3] metres; x and y are drawn */
    double wavelength_m;    /**< > 0: axes in wavelengths, else in metres */
} cph_baseline_plot;

CPH_MUST_CHECK cph_status cph_plot_baselines(const char *path, const cph_baseline_plot *plot,
                                             cph_error *error);

/** An image of cph_scan_image and its peaks. */
typedef struct cph_scan_plot {
    const char *title, *subtitle;
    size_t grid;                /**< points along u and v over [-1, 1], >= 2 */
    const double *image;        /**< [grid][grid], u fastest; NaN: not seen */
    double deviation;           /**< > 0: what the peaks' snr refers to (value / snr of a peak);
                                     colours show image / deviation, by asinh: what is
                                     about 1 and what is far above it are both seen */
    size_t peaks;               /**< marked and listed, strongest first; the first 12 of them */
    const cph_scan_peak *peak;  /**< [peaks]; NULL when 0 */
    const double *array_to_enu; /**< [9] row-major: lists sky azimuth and elevation and draws their
                                     grid; NULL: array frame */
    const char *unit;           /**< of an image that is drawn as it is, in even steps, `deviation`
                                     not used; NULL: snr */
    double range;               /**< with a unit: least value shown below the highest, > 0 */
    const char *snr_name;       /**< with a unit: head of the list's last column */
} cph_scan_plot;

CPH_MUST_CHECK cph_status cph_plot_scan(const char *path, const cph_scan_plot *plot,
                                        cph_error *error);

/** A map of cph_pattern_map or cph_pattern_map_azel, and its numbers. */
typedef struct cph_pattern_plot {
    const char *title, *subtitle;
    size_t grid;                        /**< points along u and v over [-1, 1], >= 2 */
    const float *power_db;              /**< [grid][grid] relative to the peak, u fastest */
    bool angles;                        /**< of cph_pattern_map_azel instead: azimuth fastest, over
                                             [-90, 90] degrees, elevation from -90 */
    double range_db;                    /**< > 0: colours span [-range, 0] dB; 60 is usual */
    const cph_pattern_metrics *metrics; /**< marks peak and sidelobe, lists numbers; NULL: none */
} cph_pattern_plot;

CPH_MUST_CHECK cph_status cph_plot_pattern_map(const char *path, const cph_pattern_plot *plot,
                                               cph_error *error);

/** One line of a pattern cut. */
typedef struct cph_cut_curve {
    const char *name;       /**< for the legend: "plane along x"; NULL: drawn as the one before */
    size_t points;          /**< >= 2 */
    const double *angle;    /**< [points] radians, ascending */
    const double *power_db; /**< [points] relative to the peak; not finite: gap, below the range */
    double hpbw_rad;        /**< drawn as the width at half power about the curve's peak, and
                                 told in the legend; NaN: not */
} cph_cut_curve;

/** Power in dB against angle. */
typedef struct cph_cut_plot {
    const char *title, *subtitle;
    const char *angle_name;     /**< "Angle from boresight"; degrees are added */
    size_t curves;              /**< 1 to 4 */
    const cph_cut_curve *curve; /**< [curves] */
    double range_db;            /**< > 0: the axis spans [-range, 0] dB; 60 is usual */
    double psll_db;             /**< drawn as a level and listed; NaN: not */
    double directivity_db;      /**< listed; NaN: not */
} cph_cut_plot;

/** One plane of a monopulse pair: a sum beam and the difference of its halves. */
typedef struct cph_monopulse_curve {
    const char *name;            /**< "Along the long axis" */
    size_t points;               /**< >= 2 */
    const double *angle;         /**< [points] radians from the axis of the pair, ascending */
    const double *sum_db;        /**< [points] relative to the sum's peak */
    const double *difference_db; /**< [points] relative to the same */
    const double *ratio;         /**< [points] difference over sum; not finite: gap */
    double slope_per_rad;        /**< of the ratio on the axis; drawn as a tangent */
    double ratio_range;          /**< > 0: the ratio's axis spans [-range, range] */
} cph_monopulse_curve;

typedef struct cph_monopulse_plot {
    const char *title, *subtitle;
    size_t planes;                    /**< 1 or 2, side by side */
    const cph_monopulse_curve *plane; /**< [planes] */
    double range_db;                  /**< > 0: the axis of the power spans [-range, 0] dB */
} cph_monopulse_plot;

/** Above the power of both, below their ratio. */
CPH_MUST_CHECK cph_status cph_plot_monopulse(const char *path, const cph_monopulse_plot *plot,
                                             cph_error *error);

CPH_MUST_CHECK cph_status cph_plot_cut(const char *path, const cph_cut_plot *plot,
                                       cph_error *error);

/** One line of a plot, or dots. */
typedef struct cph_curve {
    const char *name; /**< for the legend; NULL: not there */
    size_t points;    /**< >= 1 */
    const double *x;  /**< [points] ascending */
    const double *y;  /**< [points]; not finite: gap */
    bool dots;
    bool rim; /**< dots are larger: they show around those of a curve before that hide them */
} cph_curve;

/** Curves in a box under another, over the same x; of the colours and dashes that those above have.
 */
typedef struct cph_curve_box {
    const char *y_label;
    size_t curves; /**< 1 to 4 */
    const cph_curve *curve;
} cph_curve_box;

/** Values against something, with numbered places. */
typedef struct cph_curve_plot {
    const char *title, *subtitle;
    const char *x_label, *y_label; /**< with their units */
    bool degrees;                  /**< x ticks suit angles */
    bool counts;                   /**< x is a number of things */
    double x_low, x_high;          /**< the box; low < high */
    double y_least;                /**< values below this far under the highest are cut: > 0 */
    size_t curves;                 /**< 1 to 4 */
    const cph_curve *curve;        /**< [curves] */
    size_t marks;
    const double *mark; /**< [marks] x of upright lines, numbered from 1; NULL when 0 */
    double level;       /**< y of a level line; NaN: none */
    const char *level_name;
    const cph_curve_box *below; /**< NULL: none */
    const char *empty; /**< words in the box where no value is finite; NULL: that is an error */
} cph_curve_plot;

CPH_MUST_CHECK cph_status cph_plot_curves(const char *path, const cph_curve_plot *plot,
                                          cph_error *error);

/** What one satellite was seen through, from one hand-over to the next. */
typedef struct cph_sky_arc {
    const char *name;              /**< of the satellite; NULL: not there */
    size_t points;                 /**< >= 1 */
    const double *az_deg, *el_deg; /**< [points] */
} cph_sky_arc;

/** The sky from above, zenith in the middle, north up, east to the right. */
typedef struct cph_sky_plot {
    const char *title, *subtitle;
    double floor_deg; /**< drawn as a ring where it is above 0 */
    size_t horizon;   /**< points of what is obstructed, even over azimuth from 0; 0: none */
    const double *horizon_deg; /**< [horizon] least free elevation */
    size_t arcs;
    const cph_sky_arc *arc; /**< [arcs] numbered from 1 where each begins, as far as there is
                                 room */
    bool unnumbered;        /**< with their names alone */
    const char *empty; /**< words in the middle where there is no arc; NULL: that is an error */
} cph_sky_plot;

CPH_MUST_CHECK cph_status cph_plot_sky(const char *path, const cph_sky_plot *plot,
                                       cph_error *error);

enum { CPH_WATERFALL_MOST = 4096 };

/** Values in colour, a row a time, upward. */
typedef struct cph_waterfall_plot {
    const char *title, *subtitle;
    size_t rows, columns; /**< 1 to CPH_WATERFALL_MOST */
    const double *value;  /**< [rows][columns]; not finite: grey. Colours leave out the lowest 1 %
                               and the highest 0.5 % */
    double x_low, x_high; /**< the left edge of the first column, the right one of the last */
    double y_low, y_high; /**< likewise of the rows */
    const char *x_label, *y_label, *unit; /**< with their units */
    bool x_counts, y_counts;              /**< these axes are numbers of things */
} cph_waterfall_plot;

CPH_MUST_CHECK cph_status cph_plot_waterfall(const char *path, const cph_waterfall_plot *plot,
                                             cph_error *error);

/** One number of every element, left to right. */
typedef struct cph_health_strip {
    const char *label;      /**< with its unit, short */
    double low, high;       /**< low < high; what is outside is drawn at the edge */
    const double *value[2]; /**< [elements] each, the second may be NULL; not finite: not drawn */
    const double *error;    /**< [elements] half the width of bars about the first; NULL: none */
    double limit[2];        /**< lines; NaN: none */
} cph_health_strip;

enum { CPH_HEALTH_STRIPS = 8 };

/** What samples of elements look like, a row an element, the first on top. */
typedef struct cph_health_plot {
    const char *title, *subtitle;
    const char *row;        /**< what each is; NULL: "Element" */
    size_t elements;        /**< 1 to CPH_WATERFALL_MOST */
    const uint32_t *number; /**< [elements] what they are called */
    size_t columns;         /**< of the spectra; 0: none */
    const double *spectrum; /**< [elements][columns] dB */
    double x_low, x_high;   /**< the left edge of the first column, the right one of the last */
    const char *x_label;
    size_t strips;                 /**< 1 to CPH_HEALTH_STRIPS */
    const cph_health_strip *strip; /**< [strips] */
    const char *const *words;      /**< [elements] what stands out, marked and told where there is
                                        room; NULL entries: nothing */
} cph_health_plot;

CPH_MUST_CHECK cph_status cph_plot_health(const char *path, const cph_health_plot *plot,
                                          cph_error *error);

#endif
