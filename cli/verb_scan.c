/* SPDX-License-Identifier: MIT */
/* cophase scan: an image of the sky from a covariance or a capture, and its peaks. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/flagged.h"
#include "cli/geometry.h"
#include "cli/input.h"
#include "cli/option_values.h"
#include "cli/plot/plot.h"
#include "cli/scan_look.h"
#include "cli/verbs.h"
#include "cophase/scan.h"

typedef struct options {
    cph_cli cli;
    size_t time, channel, grid, peaks, clean;
    double radius;
    cph_scan_way way;
} options;

enum {
    KEY_TIME = CPH_KEY_VERB,
    KEY_CHANNEL,
    KEY_GRID,
    KEY_RADIUS,
    KEY_PEAKS,
    KEY_METHOD,
    KEY_COUNT,
    KEY_LOADING,
    KEY_CLEAN
};

static error_t parse_radius(options *o, const char *arg, const struct argp_state *state)
{
    double radius = 0.0;
    cph_error error;
    const cph_status status = cph_parse_quantity(CPH_NUMBER, arg, &radius, &error);
    if (status == CPH_OK && !(radius > 0.0 && radius <= 1.0))
        return cph_usage(state, "--radius %s: expected a number above 0, at most 1", arg);
    o->radius = radius;
    return cph_parsed(state, status, &error);
}

static error_t parse_method(options *o, const char *arg, const struct argp_state *state)
{
    const char *names[CPH_DOA_METHODS];
    size_t index = o->way.method;
    for (cph_doa_method method = 0; method < CPH_DOA_METHODS; method++)
        names[method] = cph_scan_way_name(method);
    const error_t code = cph_chosen(state, arg, names, CPH_DOA_METHODS, &index);
    o->way.method = (cph_doa_method)index;
    return code;
}

static error_t check_method(const options *o, const struct argp_state *state)
{
    if (o->clean > 0 && o->way.method != CPH_DOA_BARTLETT)
        return cph_usage(state, "--clean subtracts from the image of --method bartlett");
    if (o->way.sources > 0 && o->way.method != CPH_DOA_MUSIC)
        return cph_usage(state, "--sources-count is for --method music");
    if (o->way.loading > 0.0 && o->way.method != CPH_DOA_CAPON)
        return cph_usage(state, "--loading is for --method capon");
    return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    options *o = state->input;
    cph_error error;
    switch (key) {
    case ARGP_KEY_INIT:
        return cph_cli_children(state, &o->cli);
    case KEY_TIME:
        return cph_parsed(state, cph_parse_count(arg, 0, SIZE_MAX, &o->time, &error), &error);
    case KEY_CHANNEL:
        return cph_parsed(state, cph_parse_count(arg, 0, SIZE_MAX, &o->channel, &error), &error);
    case KEY_GRID:
        return cph_parsed(state, cph_parse_count(arg, 3, 10001, &o->grid, &error), &error);
    case KEY_PEAKS:
        return cph_parsed(state, cph_parse_count(arg, 1, 1000, &o->peaks, &error), &error);
    case KEY_RADIUS:
        return parse_radius(o, arg, state);
    case KEY_METHOD:
        return parse_method(o, arg, state);
    case KEY_COUNT:
        return cph_parsed(state, cph_parse_count(arg, 1, 1000, &o->way.sources, &error), &error);
    case KEY_LOADING:
        return cph_parsed(state, cph_parse_quantity(CPH_POWER, arg, &o->way.loading, &error),
                          &error);
    case KEY_CLEAN:
        return cph_parsed(state, cph_parse_count(arg, 1, 1000, &o->clean, &error), &error);
    case ARGP_KEY_END:
        return check_method(o, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option own[] = {
    {"time", KEY_TIME, "N", 0, "Dump of a covariance file (default: 0)", 0},
    {"channel", KEY_CHANNEL, "N", 0, "Channel (default: 0)", 0},
    {"grid", KEY_GRID, "N", 0, "Points along u and along v (default: 201)", 0},
    {"radius", KEY_RADIUS, "R", 0, "Look where u^2 + v^2 < R^2 (default: 0.98)", 0},
    {"peaks", KEY_PEAKS, "N", 0, "List the N strongest peaks (default: 5)", 0},
    {"method", KEY_METHOD, "METHOD", 0,
     "bartlett (default), capon, or music, which part what a beam does not", 0},
    {"sources-count", KEY_COUNT, "K", 0, "music: how many sources (default: as MDL counts)", 0},
    {"loading", KEY_LOADING, "POWER", 0,
     "capon: add this much of the mean eigenvalue to all (-20dB)", 0},
    {"clean", KEY_CLEAN, "N", 0,
     "Find up to N sources one after the other, fit all their fluxes and directions together, and "
     "show what they leave",
     0},
    {0}};
static const struct argp_child children[] = {
    {&cph_argp_input, 0, NULL, 0},  {&cph_argp_calibration, 0, NULL, 0},
    {&cph_argp_range, 0, NULL, 0},  {&cph_argp_plot, 0, NULL, 0},
    {&cph_argp_common, 0, NULL, 0}, {0}};
static const struct argp argp = {
    own,
    parse,
    "INPUT",
    "Scans a beam over the sky and lists the brightest places. INPUT is a covariance, or a capture "
    "whose covariance is taken first. Autocorrelations are normalised where the file has them; an "
    "array of two polarisations is scanned in both and the images added. The snr of a peak is its "
    "value over the standard deviation of the image. A line of elements cannot tell the directions "
    "around it apart: places in the plane of the line and boresight are listed.\v"
    "Examples:\n"
    "  cophase scan cov.h5 --calibration cal.h5 --plot sky.png\n"
    "  cophase scan burst.hdf5 --positions antennas.txt --pol XX --json\n"
    "  cophase scan cap.h5 --start 10ms --duration 5ms --peaks 3\n"
    "  cophase scan cov.h5 --clean 10 --plot left.svg",
    children,
    NULL,
    NULL};

/* What a scan made. */
typedef struct result {
    double *image; /* [grid][grid] */
    cph_scan_peak *peaks;
    cph_scan_source *sources; /* --clean: the same, else NULL */
    size_t count, elements, looks;
    cph_scan_look look[2];
    double before, after; /* standard deviation of the image, of what --clean leaves */
    cph_scan_way way;     /* sources as counted */
    char polarization;    /* X, Y, I: both, 0: the array has one */
    json_t *flagged;
    bool normalised;
    double freq_hz, time_unix_s;
} result;

static cph_scan_config config_of(const options *o, const cph_selection *selection, double freq_hz)
{
    return (cph_scan_config){.elements = selection->elements,
                             .position = selection->position,
                             .freq_hz = freq_hz,
                             .grid = o->grid,
                             .radius = o->radius,
                             .exec = &o->cli.exec};
}

static cph_exit add_image(const options *o, const cph_input *input, const cph_selection *selection,
                          result *made)
{
    cph_scan_look *look = &made->look[made->looks];
    const cph_exit code =
        cph_scan_look_open(input, selection, o->time, o->channel, made->flagged, look);
    made->polarization = made->looks++ > 0 ? 'I' : selection->polarization;
    if (code != CPH_EXIT_DONE)
        return code;
    const cph_scan_config config = config_of(o, selection, look->dump.freq_hz);
    made->normalised = o->way.method == CPH_DOA_BARTLETT && look->dump.has_diagonal;
    made->freq_hz = look->dump.freq_hz;
    made->time_unix_s = look->dump.time_unix_s;
    made->elements += selection->elements;
    return cph_scan_look_image(&o->cli, look, &config, &made->way, made->looks > 1, made->image);
}

static cph_exit find_peaks(const options *o, const cph_input *input, result *made)
{
    const cph_scan_config config = config_of(o, &input->selection[0], made->freq_hz);
    made->before = made->after = cph_scan_deviation(o->grid * o->grid, made->image);
    if (o->clean > 0) {
        const cph_exit code =
            cph_scan_look_clean(&o->cli, made->looks, made->look, &config, o->clean, made->sources,
                                made->peaks, &made->count, made->image);
        made->after = cph_scan_deviation(o->grid * o->grid, made->image);
        return code;
    }
    const cph_status status =
        cph_scan_peaks(&config, made->image, o->peaks, made->peaks, &made->count);
    return status == CPH_OK ? CPH_EXIT_DONE
                            : cph_report_line(o->cli.name, cph_exit_of(status), "%s: peaks: %s",
                                              o->cli.input, cph_status_name(status));
}

static cph_exit scan(const options *o, const cph_input *input, result *made)
{
    cph_exit code = CPH_EXIT_DONE;
    for (size_t i = 0; i < input->selections && code == CPH_EXIT_DONE; i++)
        if (cph_input_wanted(input, &input->selection[i]))
            code = add_image(o, input, &input->selection[i], made);
    return code == CPH_EXIT_DONE ? find_peaks(o, input, made) : code;
}

/* ---- results ---- */

static void peak_direction(const cph_scan_peak *peak, double u[3])
{
    /* Refinement may leave the unit circle by a part of a grid step. */
    if (cph_direction_from_uv(peak->u, peak->v, u) != CPH_OK) {
        const double length = hypot(peak->u, peak->v);
        u[0] = peak->u / length;
        u[1] = peak->v / length;
        u[2] = 0.0;
    }
}

static const double degree = 0.017453292519943295;

static void set_sigmas(json_t *peak, const cph_scan_source *source)
{
    cph_json_set_number(peak, "sigma_deg", source->sigma / degree);
    cph_json_set_number(peak, "sigma_u", sqrt(source->covariance[0]));
    cph_json_set_number(peak, "sigma_v", sqrt(source->covariance[2]));
    cph_json_set_number(peak, "value_sigma", source->flux_sigma);
}

/* "     0.012      0.0345     0.0002", ? where it is not known. */
static void print_flux(const cph_scan_source *source)
{
    const struct {
        double value;
        int digits;
    } rows[] = {{source->sigma / degree, 2}, {source->flux, 4}, {source->flux_sigma, 2}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (isfinite(rows[i].value))
            printf("  %10.*g", rows[i].digits, rows[i].value);
        else
            printf("  %10s", "?");
}

static cph_exit print_json(const options *o, const cph_input *input, const result *made)
{
    const cph_array *array = &input->header->array;
    const char polarization[] = {made->polarization, '\0'};
    json_t *object = json_object(), *list = json_array();
    for (size_t i = 0; i < made->count; i++) {
        json_t *peak = json_object();
        double u[3];
        peak_direction(&made->peaks[i], u);
        cph_json_set_direction(peak, array, u);
        cph_json_set_number(peak, "snr", made->peaks[i].snr);
        cph_json_set_number(peak, "value", made->peaks[i].value);
        if (made->sources != NULL)
            set_sigmas(peak, &made->sources[i]);
        cph_json_append(list, peak);
    }
    cph_json_set_text(object, "frame", cph_frame_of(array));
    cph_json_set_text(object, "polarization", polarization[0] != '\0' ? polarization : NULL);
    cph_json_set_number(object, "freq_hz", made->freq_hz);
    cph_json_set_number(object, "time_unix_s", made->time_unix_s);
    cph_json_set_count(object, "elements", made->elements);
    cph_json_set_count(object, "used", made->elements - json_array_size(made->flagged));
    cph_json_set(object, "flagged", json_incref(made->flagged));
    cph_json_set(object, "calibrated", json_boolean(input->has_calibration));
    cph_json_set(object, "normalised", json_boolean(made->normalised));
    cph_json_set(object, "mirrored", json_boolean(input->header->real_sampling));
    cph_json_set_text(object, "method", cph_scan_way_name(o->way.method));
    if (o->way.method == CPH_DOA_MUSIC)
        cph_json_set_count(object, "sources_count", made->way.sources);
    cph_json_set(object, "cleaned", json_boolean(o->clean > 0));
    cph_json_set_number(object, "deviation", made->before);
    cph_json_set_number(object, "deviation_left", made->after);
    cph_json_set_count(object, "grid", o->grid);
    cph_json_set_number(object, "radius", o->radius);
    cph_json_set(object, "peaks", list);
    cph_json_set_text(object, "plot", o->cli.plot);
    return cph_json_print(&o->cli, object);
}

/* "68.3594 MHz, polarisation I, calibrated" */
static void describe(const cph_input *input, const result *made, size_t size, char *text)
{
    const char polarization[] = {made->polarization, '\0'};
    snprintf(text, size, "%.6g MHz%s%s, %s", made->freq_hz * 1e-6,
             polarization[0] != '\0' ? ", polarisation " : "", polarization,
             input->has_calibration ? "calibrated" : "not calibrated");
}

static cph_exit print_text(const options *o, const cph_input *input, const result *made)
{
    const cph_array *array = &input->header->array;
    char what[100];
    describe(input, made, sizeof what, what);
    printf("%s: %zu elements, %zu flagged, %s\n", o->cli.input, made->elements,
           json_array_size(made->flagged), what);
    cph_flagged_print(made->flagged);
    if (input->header->real_sampling)
        puts("real samples: each source has a mirror image at -u, -v");
    if (o->way.method == CPH_DOA_MUSIC)
        printf("music of %zu sources\n", made->way.sources);
    if (o->clean > 0)
        printf("%zu sources taken out leave %.3g of the image's standard deviation, %.3g\n",
               made->count, made->after / made->before, made->before);
    printf("%6s  %9s  %8s  %8s  %8s  %7s%s   (%s frame)\n", o->clean > 0 ? "source" : "peak",
           "az deg", "el deg", "u", "v", "snr",
           o->clean > 0 ? "   sigma deg        flux       sigma" : "", cph_frame_of(array));
    for (size_t i = 0; i < made->count; i++) {
        double u[3], az, el;
        peak_direction(&made->peaks[i], u);
        cph_direction_angles(array, u, &az, &el);
        printf("%6zu  %9.3f  %8.3f  %8.4f  %8.4f  %7.2f", i + 1, az, el, u[0], u[1],
               made->peaks[i].snr);
        if (made->sources != NULL)
            print_flux(&made->sources[i]);
        putchar('\n');
    }
    return cph_stdout_check(&o->cli);
}

static cph_exit draw(const options *o, const cph_input *input, const result *made)
{
    const cph_array *array = &input->header->array;
    const bool power = o->way.method == CPH_DOA_BARTLETT;
    char what[100], subtitle[400], title[100] = "Sky scan";
    cph_error error = {.status = CPH_OK};
    const char *name = strrchr(o->cli.input, '/');
    describe(input, made, sizeof what, what);
    snprintf(subtitle, sizeof subtitle, "%s, %s", name != NULL ? name + 1 : o->cli.input, what);
    if (o->clean > 0)
        snprintf(title, sizeof title, "Sky scan less %zu sources", made->count);
    if (!power)
        snprintf(title, sizeof title, "Sky scan, %s", cph_scan_way_name(o->way.method));
    for (size_t i = 0; i < o->grid * o->grid && !power; i++)
        made->image[i] = 10.0 * log10(made->image[i]);
    const cph_scan_plot plot = {.title = title,
                                .subtitle = subtitle,
                                .grid = o->grid,
                                .image = made->image,
                                .deviation = made->after,
                                .peaks = made->count,
                                .peak = made->peaks,
                                .array_to_enu =
                                    array->has_array_to_enu ? array->array_to_enu : NULL,
                                .unit = power ? NULL : "spectrum (dB)",
                                .range = 60.0,
                                .snr_name = "snr"};
    return cph_plot_scan(o->cli.plot, &plot, &error) == CPH_OK ? CPH_EXIT_DONE
                                                               : cph_report(o->cli.name, &error);
}

/* ---- the verb ---- */

static cph_exit run(const options *o, const cph_input *input)
{
    double *image = calloc(o->grid * o->grid, sizeof *image);
    cph_scan_peak *peaks = calloc(o->clean > 0 ? o->clean : o->peaks, sizeof *peaks);
    cph_scan_source *sources = o->clean > 0 ? calloc(o->clean, sizeof *sources) : NULL;
    result made = {
        .flagged = json_array(), .image = image, .peaks = peaks, .sources = sources, .way = o->way};
    cph_exit code = image == NULL || peaks == NULL || (o->clean > 0 && sources == NULL)
                        ? cph_report_memory(o->cli.name)
                        : cph_input_check_look(input, o->time, o->channel);
    if (code == CPH_EXIT_DONE)
        code = scan(o, input, &made);
    if (code == CPH_EXIT_DONE && o->cli.plot != NULL)
        code = draw(o, input, &made);
    if (code == CPH_EXIT_DONE)
        code = o->cli.json ? print_json(o, input, &made) : print_text(o, input, &made);
    json_decref(made.flagged);
    for (size_t i = 0; i < made.looks; i++)
        cph_scan_look_free(&made.look[i]);
    free(image);
    free(peaks);
    free(sources);
    return code;
}

int cph_verb_scan(int argc, char **argv)
{
    options o = {.grid = 201, .radius = 0.98, .peaks = 5};
    cph_input input;
    cph_exit code = cph_cli_parse(&argp, argc, argv, &o);
    if (code == CPH_EXIT_DONE)
        code = cph_input_open(&o.cli,
                              CPH_TAKES_CAPTURE | CPH_TAKES_COVARIANCE | CPH_NEEDS_POSITIONS |
                                  CPH_NEEDS_FREQUENCY,
                              &input);
    if (code == CPH_EXIT_DONE) {
        code = run(&o, &input);
        cph_input_close(&input);
    }
    cph_cli_free(&o.cli);
    return (int)code;
}
