/* SPDX-License-Identifier: MIT */
#include "cli/bench_reading.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/clock.h"
#include "cophase/data.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

static const char *const compressions[CPH_BENCH_READINGS] = {"deflate", "bitshuffle"};
static const size_t most_bytes = (size_t)512 << 20;

cph_status cph_bench_stream(const cph_cli *cli, cph_data *data, cph_error *error)
{
    const cph_stream_config config = {.max_memory = cli->max_memory};
    cph_stream *stream = NULL;
    cph_block block = {.times = 1};
    cph_status status = cph_stream_open(data, &config, &stream, error);
    while (status == CPH_OK && block.times > 0)
        status = cph_stream_next(stream, &block, error);
    cph_stream_close(stream);
    return status;
}

/* ---- whole processes ---- */

/* Times that are converted, and their bytes. */
static cph_exit choose_times(const cph_cli *cli, const char *capture, size_t *times, double *bytes)
{
    cph_error error = {.status = CPH_OK};
    cph_data *data = NULL;
    if (cph_data_open(capture, NULL, &data, &error) != CPH_OK)
        return cph_report_input(cli->name, &error);
    const cph_data_header *h = cph_data_header_of(data);
    const size_t row = h->times > 0 ? h->sample_bytes / h->times : 1;
    *times = cph_size_min(h->times, most_bytes / (row + 1) + 1);
    *bytes = (double)*times * (double)row;
    cph_data_close(data);
    return CPH_EXIT_DONE;
}

static cph_exit time_whole(const cph_cli *cli, const char *folder, cph_bench_reading *r)
{
    char output[CPH_BENCH_PATH], memory[32], threads[32];
    struct stat file = {0};
    snprintf(output, sizeof output, "%s/read.h5", folder);
    snprintf(memory, sizeof memory, "%zu", cli->max_memory);
    snprintf(threads, sizeof threads, "%zu", cli->exec.threads);
    const char *const word[CPH_BENCH_WORDS] = {
        "cophase",      "beamform",   r->capture,  "--steer", "uv:0,0",
        "--steer",      "uv:0.3,0.1", "-q",        "-o",      output,
        "--max-memory", memory,       "--threads", threads,   NULL};
    const cph_exit code = cph_bench_child_median(cli, word, &r->whole_s, &r->peak);
    unlink(output);
    if (stat(r->capture, &file) == 0)
        r->stored = (double)file.st_size;
    return code;
}

cph_exit cph_bench_reading_whole(const cph_cli *cli, const char *capture, const char *folder,
                                 cph_bench_reading reading[CPH_BENCH_READINGS])
{
    char duration[32];
    size_t times = 0;
    double bytes = 0.0, seconds = 0.0, peak = 0.0;
    cph_exit code = choose_times(cli, capture, &times, &bytes);
    snprintf(duration, sizeof duration, "%zu", times);
    for (size_t i = 0; code == CPH_EXIT_DONE && i < CPH_BENCH_READINGS; i++) {
        cph_bench_reading *r = &reading[i];
        *r = (cph_bench_reading){.compression = compressions[i], .bytes = bytes};
        snprintf(r->capture, sizeof r->capture, "%s/%s.h5", folder, r->compression);
        const char *const word[CPH_BENCH_WORDS] = {
            "cophase", "convert", capture,    "--compress", r->compression, "--duration", duration,
            "-q",      "-o",      r->capture, NULL};
        code = cph_bench_child(cli, word, &seconds, &peak);
        if (code == CPH_EXIT_DONE)
            code = time_whole(cli, folder, r);
    }
    return code;
}

void cph_bench_reading_remove(const cph_bench_reading reading[CPH_BENCH_READINGS])
{
    for (size_t i = 0; i < CPH_BENCH_READINGS; i++)
        if (reading[i].compression != NULL)
            unlink(reading[i].capture);
}

/* ---- the stream alone ---- */

static cph_status time_stream(const cph_cli *cli, const char *capture, bool by_hdf5,
                              double *seconds, cph_error *error)
{
    const cph_data_options options = {.by_hdf5 = by_hdf5};
    cph_data *data = NULL;
    cph_status status = cph_data_open(capture, &options, &data, error);
    if (status != CPH_OK)
        return status;
    cph_data_set_exec(data, &cli->exec);
    bench_settle();
    const double start = bench_now();
    status = cph_bench_stream(cli, data, error);
    *seconds = bench_now() - start;
    cph_data_close(data);
    return status;
}

/* All bytes of a file, a chunk's at a time, into memory that stays in a cache. */
static cph_status time_fetch(const char *path, double *seconds, cph_error *error)
{
    enum { CHUNK_BYTES = 1 << 20 };
    char *const chunk = calloc(1, CHUNK_BYTES);
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    off_t at = 0;
    ssize_t got = chunk != NULL && file >= 0 ? 1 : -1;
    bench_settle();
    const double start = bench_now();
    for (; got > 0; at += got)
        got = pread(file, chunk, CHUNK_BYTES, at);
    *seconds = bench_now() - start;
    const cph_status status =
        got == 0 ? CPH_OK : cph_fail(error, CPH_ERR_IO, "%s: %s", path, strerror(errno));
    if (file >= 0)
        close(file);
    free(chunk);
    return status;
}

/* All in turn, so that a slow minute is one of each. */
cph_exit cph_bench_reading_alone(const cph_cli *cli, cph_bench_reading reading[CPH_BENCH_READINGS])
{
    cph_error error = {.status = CPH_OK};
    for (size_t i = 0; i < CPH_BENCH_READINGS; i++) {
        cph_bench_reading *r = &reading[i];
        double read_s[CPH_BENCH_ROUNDS], hdf5_s[CPH_BENCH_ROUNDS], fetch_s[CPH_BENCH_ROUNDS];
        for (size_t k = 0; k < CPH_BENCH_ROUNDS; k++)
            if (time_stream(cli, r->capture, false, &read_s[k], &error) != CPH_OK ||
                time_stream(cli, r->capture, true, &hdf5_s[k], &error) != CPH_OK ||
                time_fetch(r->capture, &fetch_s[k], &error) != CPH_OK)
                return cph_report_input(cli->name, &error);
        r->read_s = cph_bench_median(read_s);
        r->hdf5_s = cph_bench_median(hdf5_s);
        r->fetch_s = cph_bench_median(fetch_s);
    }
    return CPH_EXIT_DONE;
}

/* ---- results ---- */

void cph_bench_reading_print(const cph_bench_reading reading[CPH_BENCH_READINGS])
{
    printf("%-12s %8s %10s %8s %7s %10s %8s  (GB/s, beamform)\n", "compressed", "reading",
           "by HDF5", "whole", "ratio", "peak MiB", "fetching");
    for (size_t i = 0; i < CPH_BENCH_READINGS; i++) {
        const cph_bench_reading *r = &reading[i];
        const double gb = 1e-9 * r->bytes;
        printf("%-12s %8.3f %10.3f %8.3f %7.2f %10.1f %8.3f\n", r->compression, gb / r->read_s,
               gb / r->hdf5_s, gb / r->whole_s, r->hdf5_s / r->read_s, r->peak / 0x1p20,
               gb / r->fetch_s);
    }
}

json_t *cph_bench_reading_json(const cph_bench_reading reading[CPH_BENCH_READINGS])
{
    json_t *list = json_array();
    for (size_t i = 0; i < CPH_BENCH_READINGS; i++) {
        const cph_bench_reading *r = &reading[i];
        json_t *row = json_object();
        cph_json_set_text(row, "compression", r->compression);
        cph_json_set_number(row, "bytes", r->bytes);
        cph_json_set_number(row, "stored_bytes", r->stored);
        cph_json_set_number(row, "read_s", r->read_s);
        cph_json_set_number(row, "hdf5_s", r->hdf5_s);
        cph_json_set_number(row, "ratio_to_hdf5", r->hdf5_s / r->read_s);
        cph_json_set_number(row, "fetch_s", r->fetch_s);
        cph_json_set_number(row, "whole_s", r->whole_s);
        cph_json_set_number(row, "peak_bytes", r->peak);
        cph_json_append(list, row);
    }
    return list;
}
