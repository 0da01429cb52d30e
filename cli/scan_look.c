/* SPDX-License-Identifier: MIT */
#include "cli/scan_look.h"

#include <math.h>
#include <stdlib.h>

#include "cli/flagged.h"

enum { MOST_LOOKS = 2 };

const char *cph_scan_way_name(cph_doa_method method)
{
    static const char *const names[CPH_DOA_METHODS] = {
        [CPH_DOA_BARTLETT] = "bartlett", [CPH_DOA_CAPON] = "capon", [CPH_DOA_MUSIC] = "music"};
    return (unsigned)method < CPH_DOA_METHODS ? names[method] : NULL;
}

cph_exit cph_scan_look_open(const cph_input *input, const cph_selection *selection, size_t time,
                            size_t channel, json_t *flagged, cph_scan_look *look)
{
    const size_t n = selection->elements;
    look->selection = selection;
    look->gain = calloc(n, sizeof *look->gain);
    look->flag = calloc(n, 1);
    if (look->gain == NULL || look->flag == NULL)
        return cph_report_memory(input->cli->name);
    cph_exit code = cph_input_covariance(input, selection, time, channel, &look->dump);
    /* Gains and flags: the calibration's, and what the data themselves show. */
    if (code == CPH_EXIT_DONE)
        code = cph_input_gains(input, selection, look->dump.freq_hz, look->dump.time_unix_s,
                               look->gain, look->flag);
    if (code == CPH_EXIT_DONE)
        code = cph_input_health(input, &look->dump, look->flag);
    if (code == CPH_EXIT_DONE)
        (void)cph_flagged_append(flagged, &selection->array, look->flag);
    return code;
}

void cph_scan_look_free(cph_scan_look *look)
{
    cph_dump_free(&look->dump);
    free(look->gain);
    free(look->flag);
}

static size_t count_flagged(const cph_scan_look *look)
{
    size_t flagged = 0;
    for (size_t e = 0; e < look->selection->elements; e++)
        flagged += look->flag[e] != 0;
    return flagged;
}

static cph_exit report(const cph_cli *cli, const cph_scan_look *look, const char *what,
                       cph_status status)
{
    if (status == CPH_ERR_TOO_FEW)
        return cph_report_line(cli->name, CPH_EXIT_INPUT,
                               "%s: %zu of %zu elements are flagged; expected at least 2 good ones "
                               "(--channel and --time choose what is looked at)",
                               cli->input, count_flagged(look), look->selection->elements);
    return status == CPH_OK ? CPH_EXIT_DONE
                            : cph_report_line(cli->name, cph_exit_of(status), "%s: %s: %s",
                                              cli->input, what, cph_status_name(status));
}

static cph_status image_of(const cph_scan_look *look, const cph_scan_config *config,
                           cph_scan_way *way, bool add, double *image, cph_error *error)
{
    const cph_doa_config from = {.elements = look->selection->elements,
                                 .position = config->position,
                                 .freq_hz = config->freq_hz,
                                 .covariance = look->dump.r,
                                 .ld = look->selection->elements,
                                 .gain = look->gain,
                                 .flag = look->flag,
                                 .samples = look->dump.samples,
                                 .exec = config->exec};
    cph_doa *doa = NULL;
    cph_status status = cph_doa_create(&from, &doa, error);
    if (status == CPH_OK && way->method == CPH_DOA_MUSIC && way->sources == 0) {
        status = cph_doa_count(doa, CPH_DOA_MDL, &way->sources, error);
        way->sources += status == CPH_OK && way->sources == 0;
    }
    const cph_doa_spectrum spectrum = {
        .method = way->method, .sources = way->sources, .loading = way->loading};
    if (status == CPH_OK)
        status = cph_doa_image(doa, &spectrum, config->grid, config->radius, add, image, error);
    cph_doa_destroy(doa);
    return status;
}

cph_exit cph_scan_look_image(const cph_cli *cli, const cph_scan_look *look,
                             const cph_scan_config *config, cph_scan_way *way, bool add,
                             double *image)
{
    cph_error error = {.status = CPH_OK};
    if (way->method == CPH_DOA_BARTLETT)
        return report(cli, look, "image",
                      cph_scan_image(config, look->dump.r, look->selection->elements, look->gain,
                                     look->flag, look->dump.has_diagonal, add, image));
    if (!look->dump.has_diagonal)
        return cph_report_line(cli->name, CPH_EXIT_INPUT,
                               "%s: /covariance has no diagonal; expected one for --method %s",
                               cli->input, cph_scan_way_name(way->method));
    const cph_status status = image_of(look, config, way, add, image, &error);
    const char *what_helps = "";
    if (status == CPH_ERR_SINGULAR && way->method == CPH_DOA_CAPON)
        what_helps = " (--loading -20dB)";
    if (way->method == CPH_DOA_MUSIC && way->sources == 0)
        what_helps = " (--sources-count K)";
    return status == CPH_OK ? CPH_EXIT_DONE
                            : cph_report_line(cli->name, cph_exit_of(status), "%s: %s%s",
                                              cli->input, error.message, what_helps);
}

cph_exit cph_scan_look_clean(const cph_cli *cli, size_t looks, const cph_scan_look *look,
                             const cph_scan_config *config, size_t most, cph_scan_source *source,
                             cph_scan_peak *peak, size_t *count, double *image)
{
    cph_scan_view view[MOST_LOOKS];
    for (size_t i = 0; i < looks && i < MOST_LOOKS; i++)
        view[i] =
            (cph_scan_view){.elements = look[i].selection->elements,
                            .position = look[i].selection->position,
                            .r = look[i].dump.r,
                            .ld = look[i].selection->elements,
                            .gain = look[i].gain,
                            .flag = look[i].flag,
                            .normalise = look[i].dump.has_diagonal,
                            .samples = look[i].dump.has_diagonal ? look[i].dump.samples : 0.0};
    const cph_status status = cph_scan_clean(config, looks, view, most, source, count, image);
    const double deviation =
        status == CPH_OK ? cph_scan_deviation(config->grid * config->grid, image) : NAN;
    for (size_t s = 0; status == CPH_OK && s < *count; s++)
        peak[s] = (cph_scan_peak){.u = source[s].direction[0],
                                  .v = source[s].direction[1],
                                  .value = source[s].flux,
                                  .snr = source[s].flux / deviation};
    return report(cli, &look[0], "--clean", status);
}
