/* SPDX-License-Identifier: MIT */
/* usage: cophase VERB ... */
#include <argp.h>
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/json.h"
#include "cli/report.h"
#include "cli/verbs.h"
#include "cophase/types.h"

static const struct {
    const char *name, *summary;
    int (*run)(int argc, char **argv);
} verbs[] = {
#define CPH_VERB_AS(function, name, summary) {name, summary, cph_verb_##function},
#define CPH_VERB(name, summary)              CPH_VERB_AS(name, #name, summary)
#include "cli/verbs.def"
#undef CPH_VERB
#undef CPH_VERB_AS
    {NULL, NULL, NULL}};

static void print_version(FILE *stream, struct argp_state *state)
{
    (void)state;
    fprintf(stream, "cophase %s\n%s FFTW\n", cph_version(), CPH_HAVE_FFTW ? "with" : "without");
}

/* What was printed and did not arrive makes the run a failure, whatever printed it. Verbs have said
 * so by then and left the error mark; help has not. */
static void close_stdout(void)
{
    const bool said = ferror(stdout) != 0;
    if (fclose(stdout) == 0)
        return;
    if (!said)
        (void)cph_report_line("cophase", CPH_EXIT_FAILED, "standard output: %s", strerror(errno));
    _exit(CPH_EXIT_FAILED);
}

/* Freed matrices go back to the system at once: what is resident is what --max-memory counts. */
static void return_memory(void)
{
    enum { MATRIX_BYTES = 4 << 20 };
    (void)mallopt(M_MMAP_THRESHOLD, MATRIX_BYTES);
}

static int print_help(void)
{
    puts("Usage: cophase VERB [INPUT] [OPTION...]\n"
         "Calibrates antenna arrays and forms beams.\n\n"
         "Verbs:");
    for (size_t i = 0; verbs[i].name != NULL; i++)
        printf("  %-12s %s\n", verbs[i].name, verbs[i].summary);
    puts("\n`cophase VERB --help' lists a verb's options with examples; `cophase --version' says\n"
         "what this one is. Exit status: 0 done, 1 failed, 2 usage, 3 bad input, 4 a limit\n"
         "that was asked for is violated.");
    return CPH_EXIT_DONE;
}

static int run_verb(size_t verb, int argc, char **argv)
{
    char name[64];
    snprintf(name, sizeof name, "cophase %s", verbs[verb].name);
    argv[1] = name;
    return verbs[verb].run(argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
    atexit(close_stdout);
    (void)signal(SIGXFSZ, SIG_IGN); /* a limit on the size of files is an error of writing */
    return_memory();
    cph_json_setup();
    argp_program_version_hook = print_version;
    if (argc < 2)
        return cph_report_line("cophase", CPH_EXIT_USAGE, "no verb; see `cophase --help'");
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-?") == 0)
        return print_help();
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        print_version(stdout, NULL);
        return CPH_EXIT_DONE;
    }
    for (size_t i = 0; verbs[i].name != NULL; i++)
        if (strcmp(argv[1], verbs[i].name) == 0)
            return run_verb(i, argc, argv);
    return cph_report_line("cophase", CPH_EXIT_USAGE, "unknown verb '%s'; see `cophase --help'",
                           argv[1]);
}
