/* SPDX-License-Identifier: MIT */
/** @file history.h
 *  What a written file says of its making, and whether an output may be written at all. */
#ifndef CPH_CLI_HISTORY_H
#define CPH_CLI_HISTORY_H

#include "cli/options.h"
#include "cophase/data.h"
#include "cophase/data_write.h"

enum { CPH_HISTORY_INPUTS = 16 };

/** A history line and the inputs it names; `options` goes to the writers of data.h. It points into
 *  the object, which must stay where it was made. */
typedef struct cph_history {
    char *line; /**< {"command", "version", "inputs": [{"path", "bytes", "xxh128"}]} */
    const char *inputs[CPH_HISTORY_INPUTS + 1];
    cph_write_options options;
} cph_history;

/** Refuses an output (cli->output, cli->plot; either may be NULL) that is an input or exists and is
 *  not a regular file (2), or whose folder is absent or not writable (1). inputs: paths, NULL
 *  entries skipped. Call it before computing. */
cph_exit cph_output_check(const cph_cli *cli, const char *const *inputs, size_t count);

/** Refuses a path whose folder is absent or not writable (1). */
cph_exit cph_output_folder_check(const cph_cli *cli, const char *path);

/** An output and the option that names it. */
typedef struct cph_named_output {
    const char *option, *path; /**< path: NULL where it is not asked for */
} cph_named_output;

/** Refuses two outputs that are one file, however it is spelt, or one that is another's .partial
 * (2).
 */
cph_exit cph_outputs_apart(const cph_cli *cli, const cph_named_output *output, size_t count);

/** Of outputs by name: what cph_output_check refuses of each, and what cph_outputs_apart does. */
cph_exit cph_outputs_check(const cph_cli *cli, const cph_named_output *output, size_t outputs,
                           const char *const *inputs, size_t count);

/** Ends an output: puts it in place when `code` is DONE, leaves a marked NAME.partial, and
 *  says so, when the process was interrupted or an input that is followed broke off (INPUT), else
 *  removes it. NULL is fine. Returns what is then so. */
cph_exit cph_output_end(const cph_cli *cli, cph_writer *writer, cph_exit code);
/** The same of verbs that cannot go on with what they left, and therefore leave nothing. */
cph_exit cph_output_end_once(const cph_cli *cli, cph_writer *writer, cph_exit code);

/** A file as the line names it, {"path", "bytes", "xxh128"}, on the heap. */
char *cph_history_file(const char *path);

/** Makes the line. Inputs up to 1 GiB carry "xxh128" of all their bytes; of larger ones
 *  "xxh128_sampled" hashes the size and 64 pieces of 1 MiB spread evenly. */
cph_exit cph_history_make(const cph_cli *cli, const char *const *inputs, size_t count,
                          cph_history *history);
void cph_history_free(cph_history *history);

#endif
