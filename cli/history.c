/* SPDX-License-Identifier: MIT */
#include "cli/history.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "cli/json.h"
#include "cli/progress.h"

/* ---- may an output be written? ---- */

enum { FOLDER_SIZE = 4096 };

/* Everything up to the last slash; "." where there is none. */
static bool folder_of(const char *path, char folder[FOLDER_SIZE])
{
    const char *slash = strrchr(path, '/');
    const size_t length = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    if (length >= FOLDER_SIZE)
        return false;
    snprintf(folder, FOLDER_SIZE, "%.*s", slash == NULL ? 1 : (int)length,
             slash == NULL ? "." : path);
    return true;
}

static const char *name_in_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

cph_exit cph_output_folder_check(const cph_cli *cli, const char *path)
{
    char folder[FOLDER_SIZE];
    if (!folder_of(path, folder))
        return cph_report_line(cli->name, CPH_EXIT_FAILED, "%s: %s", path, strerror(ENAMETOOLONG));
    if (access(folder, W_OK | X_OK) != 0)
        return cph_report_line(cli->name, CPH_EXIT_FAILED, "%s: cannot write in %s: %s", path,
                               folder, strerror(errno));
    return CPH_EXIT_DONE;
}

static bool same_inode(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* One file, or one name in one folder where neither is there yet. */
static bool same_file(const char *a, const char *b)
{
    struct stat one, other;
    char folder[FOLDER_SIZE], folder_b[FOLDER_SIZE];
    const bool have = stat(a, &one) == 0, have_b = stat(b, &other) == 0;
    if (have || have_b)
        return have && have_b && same_inode(&one, &other);
    return strcmp(name_in_folder(a), name_in_folder(b)) == 0 && folder_of(a, folder) &&
           folder_of(b, folder_b) && stat(folder, &one) == 0 && stat(folder_b, &other) == 0 &&
           same_inode(&one, &other);
}

/* Refuses an output that is what another one is while it is written. */
static cph_exit check_unfinished(const cph_cli *cli, const cph_named_output *output,
                                 const cph_named_output *other)
{
    char *partial = NULL;
    if (asprintf(&partial, "%s.partial", other->path) < 0)
        return cph_report_memory(cli->name);
    const cph_exit code = same_file(output->path, partial)
                              ? cph_report_line(cli->name, CPH_EXIT_USAGE,
                                                "%s %s: is %s until that is complete; expected "
                                                "another name",
                                                output->option, output->path, other->option)
                              : CPH_EXIT_DONE;
    free(partial);
    return code;
}

static cph_exit check_pair(const cph_cli *cli, const cph_named_output *a, const cph_named_output *b)
{
    if (same_file(a->path, b->path))
        return cph_report_line(cli->name, CPH_EXIT_USAGE, "%s: is both %s and %s", a->path,
                               b->option, a->option);
    const cph_exit code = check_unfinished(cli, a, b);
    return code == CPH_EXIT_DONE ? check_unfinished(cli, b, a) : code;
}

cph_exit cph_outputs_apart(const cph_cli *cli, const cph_named_output *output, size_t count)
{
    cph_exit code = CPH_EXIT_DONE;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i && code == CPH_EXIT_DONE; k++)
            if (output[i].path != NULL && output[k].path != NULL)
                code = check_pair(cli, &output[i], &output[k]);
    return code;
}

static cph_exit check_output(const cph_cli *cli, const char *path, const char *const *inputs,
                             size_t count)
{
    struct stat out, in;
    if (stat(path, &out) != 0)
        return cph_output_folder_check(cli, path);
    if (!S_ISREG(out.st_mode))
        return cph_report_line(cli->name, CPH_EXIT_USAGE,
                               "%s: exists and is not a regular file; expected another output",
                               path);
    for (size_t i = 0; i < count; i++)
        if (inputs[i] != NULL && stat(inputs[i], &in) == 0 && same_inode(&in, &out))
            return cph_report_line(cli->name, CPH_EXIT_USAGE,
                                   "%s: is also an input; expected another output", path);
    return cph_output_folder_check(cli, path);
}

cph_exit cph_outputs_check(const cph_cli *cli, const cph_named_output *output, size_t outputs,
                           const char *const *inputs, size_t count)
{
    for (size_t i = 0; i < outputs; i++) {
        const char *path = output[i].path;
        cph_exit code = path == NULL ? CPH_EXIT_DONE : check_output(cli, path, inputs, count);
        if (code != CPH_EXIT_DONE)
            return code;
    }
    return cph_outputs_apart(cli, output, outputs);
}

cph_exit cph_output_check(const cph_cli *cli, const char *const *inputs, size_t count)
{
    const cph_named_output outputs[] = {{"-o", cli->output}, {"--plot", cli->plot}};
    return cph_outputs_check(cli, outputs, sizeof outputs / sizeof outputs[0], inputs, count);
}

/* Says what stays, if it does: writers remove what nobody could go on with. */
static void suspend(const cph_cli *cli, cph_writer *writer)
{
    char *partial = NULL;
    cph_writer_suspend(writer);
    if (asprintf(&partial, "%s.partial", cli->output) < 0)
        return;
    if (access(partial, F_OK) == 0)
        (void)cph_report_line(cli->name, CPH_EXIT_FAILED, "left %s", partial);
    free(partial);
}

/* What is written is gone on with after a signal, and where an input that is followed broke off. */
static bool is_kept(const cph_cli *cli, cph_exit code)
{
    return cph_interrupted() || (cli->follow && code == CPH_EXIT_INPUT);
}

static cph_exit end(const cph_cli *cli, cph_writer *writer, cph_exit code, bool resumes)
{
    cph_error error = {.status = CPH_OK};
    if (writer == NULL)
        return code;
    if (code == CPH_EXIT_DONE)
        return cph_writer_commit(writer, &error) == CPH_OK ? CPH_EXIT_DONE
                                                           : cph_report(cli->name, &error);
    if (resumes && is_kept(cli, code))
        suspend(cli, writer);
    else
        cph_writer_abort(writer);
    return code;
}

cph_exit cph_output_end(const cph_cli *cli, cph_writer *writer, cph_exit code)
{
    return end(cli, writer, code, true);
}

cph_exit cph_output_end_once(const cph_cli *cli, cph_writer *writer, cph_exit code)
{
    return end(cli, writer, code, false);
}

/* ---- checksums ---- */

enum { PIECE = 1 << 20, PIECES = 64 };
static const off_t whole_limit = (off_t)1 << 30;

static bool hash_piece(FILE *file, off_t start, unsigned char *buffer, XXH3_state_t *hash)
{
    if (fseeko(file, start, SEEK_SET) != 0)
        return false;
    const size_t got = fread(buffer, 1, PIECE, file);
    return !ferror(file) && XXH3_128bits_update(hash, buffer, got) == XXH_OK;
}

static bool hash_pieces(FILE *file, off_t bytes, unsigned char *buffer, XXH3_state_t *hash)
{
    bool ok = XXH3_128bits_reset(hash) == XXH_OK;
    if (bytes <= whole_limit) {
        for (off_t at = 0; ok && at < bytes; at += PIECE)
            ok = hash_piece(file, at, buffer, hash);
        return ok;
    }
    char size[32];
    snprintf(size, sizeof size, "%lld\n", (long long)bytes);
    ok = ok && XXH3_128bits_update(hash, size, strlen(size)) == XXH_OK;
    for (off_t i = 0; ok && i < PIECES; i++)
        ok = hash_piece(file, (bytes - PIECE) / (PIECES - 1) * i, buffer, hash);
    return ok;
}

/* The digest as xxhsum -H128 prints it. */
static bool hash_file(FILE *file, off_t bytes, char text[33])
{
    unsigned char *buffer = malloc(PIECE);
    XXH3_state_t *hash = XXH3_createState();
    const bool ok = buffer != NULL && hash != NULL && hash_pieces(file, bytes, buffer, hash);
    if (ok) {
        const XXH128_hash_t digest = XXH3_128bits_digest(hash);
        snprintf(text, 33, "%016llx%016llx", (unsigned long long)digest.high64,
                 (unsigned long long)digest.low64);
    }
    XXH3_freeState(hash);
    free(buffer);
    return ok;
}

/* One that is followed has no checksum yet. */
static json_t *describe_input(const char *path, bool followed)
{
    json_t *object = json_object();
    cph_json_set_text(object, "path", path);
    if (followed) {
        cph_json_set(object, "followed", json_true());
        return object;
    }
    struct stat info;
    FILE *file = fopen(path, "rb");
    if (file == NULL || fstat(fileno(file), &info) != 0 || !S_ISREG(info.st_mode)) {
        if (file != NULL)
            fclose(file);
        return object;
    }
    char text[33] = "";
    bool hashed = hash_file(file, info.st_size, text);
    fclose(file);
    cph_json_set_count(object, "bytes", (size_t)info.st_size);
    cph_json_set_text(object, info.st_size <= whole_limit ? "xxh128" : "xxh128_sampled",
                      hashed ? text : NULL);
    return object;
}

char *cph_history_file(const char *path)
{
    json_t *object = describe_input(path, false);
    char *text = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    return text;
}

/* ---- the line ---- */

/* How many words from `word` on are no part of what a file is made of: options, however short, that
 * change what is said, or how fast. Two of an option whose value is a word of its own. */
static int idle_words(const cph_cli *cli, const char *word)
{
    const struct {
        const char *name;
        bool given;
        int words;
    } idle[] = {{"--resume", cli->resume, 1},
                {"--quiet", cli->quiet, 1},
                {"--json", cli->json, 1},
                {"--follow", cli->follow, 1}, /* its value is part of the word */
                {"--threads", cli->threads > 0, 2}};
    const size_t length = strcspn(word, "=");
    if (cli->quiet && strcmp(word, "-q") == 0)
        return 1;
    for (size_t i = 0; i < sizeof idle / sizeof idle[0]; i++)
        if (idle[i].given && length > 2 && strncmp(word, idle[i].name, length) == 0)
            return word[length] == '=' ? 1 : idle[i].words;
    return 0;
}

/* The command line as a shell would take it. */
static json_t *command_line(const cph_cli *cli)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_-+=:,./@%";
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL)
        return NULL;
    fputs(cli->name, stream);
    for (int i = 1; i < cli->argc; i++) {
        const char *word = cli->argv[i];
        const int idle = idle_words(cli, word);
        if (idle > 0) {
            i += idle - 1;
            continue;
        }
        bool quote = word[0] == '\0' || word[strspn(word, plain)] != '\0';
        fputs(quote ? " '" : " ", stream);
        for (; *word != '\0'; word++)
            fputs(*word == '\'' ? "'\\''" : (char[]){*word, '\0'}, stream);
        if (quote)
            fputc('\'', stream);
    }
    bool ok = fclose(stream) == 0;
    json_t *line = ok ? cph_json_text(text) : NULL;
    free(text);
    return line;
}

cph_exit cph_history_make(const cph_cli *cli, const char *const *inputs, size_t count,
                          cph_history *history)
{
    *history = (cph_history){0};
    json_t *command = command_line(cli);
    if (command == NULL)
        return cph_report_memory(cli->name);
    json_t *object = json_object(), *list = json_array();
    size_t used = 0;
    for (size_t i = 0; i < count && used < CPH_HISTORY_INPUTS; i++) {
        if (inputs[i] == NULL)
            continue;
        history->inputs[used++] = inputs[i];
        cph_json_append(list, describe_input(inputs[i], cli->follow && inputs[i] == cli->input));
    }
    cph_json_set(object, "command", command);
    cph_json_set_text(object, "version", cph_version());
    cph_json_set(object, "inputs", list);
    history->line = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    history->options = (cph_write_options){
        .history = history->line, .inputs = history->inputs, .resume = cli->resume};
    return CPH_EXIT_DONE;
}

void cph_history_free(cph_history *history)
{
    free(history->line);
    *history = (cph_history){0};
}
