/* SPDX-License-Identifier: MIT */
/* cophase report: one page of a set of files, for people. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/history.h"
#include "cli/progress.h"
#include "cli/report_page.h"
#include "cli/text_output.h"
#include "cli/verbs.h"

enum { KEY_TITLE = CPH_KEY_VERB, KEY_MASK, KEY_STRICT, KEY_PLACES };

static error_t take_input(char *arg, cph_report_options *o, const struct argp_state *state)
{
    if (arg[0] == '\0')
        return cph_usage(state, "an empty file name");
    const char **const more = realloc(o->input, (o->inputs + 1) * sizeof *more);
    if (more == NULL)
        return cph_usage(state, "out of memory");
    o->input = more;
    o->input[o->inputs++] = arg;
    return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_report_options *o = state->input;
    cph_error error;
    switch (key) {
    case ARGP_KEY_INIT:
        return cph_cli_children(state, &o->cli);
    case ARGP_KEY_ARG:
        return take_input(arg, o, state);
    case KEY_TITLE:
        o->title = arg;
        return 0;
    case KEY_MASK:
        o->mask = arg;
        return cph_parsed(state, cph_parse_mask(arg, &o->choice, &error), &error);
    case KEY_STRICT:
        o->strict = true;
        return 0;
    case KEY_PLACES:
        o->cli.positions = arg;
        return 0;
    case ARGP_KEY_END:
        return o->inputs == 0
                   ? cph_usage(state, "expected files or a folder, as in cophase report DIR -o "
                                      "report.html")
                   : 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option own[] = {
    {"title", KEY_TITLE, "TEXT", 0, "Head of the page (default: Cophase report)", 0},
    {"mask", KEY_MASK, "MASK", 0, "Compare beams of weights with it, as pattern --mask does", 0},
    {"positions", KEY_PLACES, "FILE", 0,
     "Element positions of captures that have none: a text table of index, name, east, north, up, "
     "flag",
     0},
    {"strict", KEY_STRICT, NULL, 0, "Exit status 3 if any file cannot be read", 0},
    {0}};
static const struct argp_child children[] = {
    {&cph_argp_output, 0, NULL, 0}, {&cph_argp_common, 0, NULL, 0}, {0}};
static const struct argp argp = {
    own,
    parse,
    "FILE|DIR...",
    "Writes one page (HTML, pictures inside, nothing loaded from elsewhere) of captures, "
    "covariances, calibrations, weights, beams, pointing tables, logs of track and benchmark runs "
    "(bench --json): a summary, the array, gains with their standard errors, what changed from one "
    "calibration to the next, cuts of beams, maps of the sky, power over time, satellites and the "
    "gain toward them, and the commands that made the files."
    "\v"
    "Of a folder all files that can be read, in the order of their names; not folders in it. "
    "Each figure tells the command that draws it. Large files are looked at in parts of 32 MiB. "
    "Files that cannot be read are listed with the reason; exit status 3 when none can.\n\n"
    "Examples:\n"
    "  cophase report build/demo -o report.html\n"
    "  cophase report before.h5 after.h5 weights.h5 --mask 25.209 \\\n"
    "    --title 'Terminal 7' -o t7.html",
    children,
    NULL,
    NULL};

/* ---- a folder for children ---- */

static bool make_folder(cph_report_page *page)
{
    const char *const place = getenv("TMPDIR");
    if (asprintf(&page->folder, "%s/cophase-report-XXXXXX",
                 place != NULL && place[0] != '\0' ? place : "/tmp") < 0)
        page->folder = NULL;
    if (page->folder == NULL || mkdtemp(page->folder) == NULL) {
        free(page->folder);
        page->folder = NULL;
        return false;
    }
    const bool made = asprintf(&page->picture, "%s/picture.svg", page->folder) >= 0 &&
                      asprintf(&page->words, "%s/out", page->folder) >= 0 &&
                      asprintf(&page->line, "%s/err", page->folder) >= 0;
    return made;
}

static void remove_folder(cph_report_page *page)
{
    char *const inside[] = {page->picture, page->words, page->line};
    for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++) {
        if (inside[i] != NULL)
            remove(inside[i]);
        free(inside[i]);
    }
    if (page->folder != NULL)
        rmdir(page->folder);
    free(page->folder);
}

static bool page_make(cph_report_page *page, const cph_report_options *o)
{
    *page = (cph_report_page){.options = o};
    page->summary = json_array();
    page->sections = json_array();
    page->undrawn = json_array();
    page->body = open_memstream(&page->body_text, &page->body_size);
    return make_folder(page) && page->body != NULL;
}

static void page_free(cph_report_page *page)
{
    if (page->body != NULL)
        fclose(page->body);
    free(page->body_text);
    for (size_t i = 0; i < page->files; i++) {
        free(page->file[i].path);
        free(page->file[i].why);
        json_decref(page->file[i].info);
    }
    free(page->file);
    json_decref(page->summary);
    json_decref(page->sections);
    json_decref(page->undrawn);
    cph_report_styles_free(&page->styles);
    remove_folder(page);
}

/* ---- told ---- */

static size_t unread(const cph_report_page *page)
{
    size_t count = 0;
    for (size_t i = 0; i < page->files; i++)
        count += page->file[i].info == NULL;
    return count;
}

static cph_exit print_json(const cph_report_page *page, double bytes)
{
    const cph_cli *const cli = &page->options->cli;
    json_t *const object = json_object(), *const files = json_array(),
                  *const skipped = json_array();
    for (size_t i = 0; i < page->files; i++) {
        const cph_report_file *const file = &page->file[i];
        json_t *const one = json_object();
        cph_json_set_text(one, "file", file->path);
        cph_json_set_text(one, file->info != NULL ? "kind" : "reason",
                          file->info != NULL ? file->kind : file->why);
        cph_json_append(file->info != NULL ? files : skipped, one);
    }
    cph_json_set_text(object, "output", cli->output);
    cph_json_set_number(object, "bytes", bytes);
    cph_json_set_count(object, "figures", page->figures);
    cph_json_set(object, "sections", json_incref(page->sections));
    cph_json_set(object, "summary", json_incref(page->summary));
    cph_json_set(object, "failed", json_incref(page->undrawn));
    cph_json_set(object, "files", files);
    cph_json_set(object, "skipped", skipped);
    cph_json_set_count(object, "others", page->others);
    return cph_json_print(cli, object);
}

static cph_exit tell(const cph_report_page *page)
{
    const cph_cli *const cli = &page->options->cli;
    struct stat about = {0};
    (void)stat(cli->output, &about);
    if (cli->json)
        return print_json(page, (double)about.st_size);
    printf("%s: %zu figures of %zu files, %.0f kB\n", cli->output, page->figures,
           page->files - unread(page), 1e-3 * (double)about.st_size);
    if (page->others > 0)
        printf("passed over: %s%s\n", page->other_names,
               page->others > page->others_told ? " ..." : "");
    return cph_stdout_check(cli);
}

/* ---- written ---- */

static cph_exit write_page(cph_report_page *page)
{
    const cph_report_options *const o = page->options;
    cph_text_output output;
    cph_error error = {.status = CPH_OK};
    const char **const inputs = calloc(page->files + 1, sizeof *inputs);
    if (inputs == NULL)
        return cph_report_memory(o->cli.name);
    for (size_t i = 0; i < page->files; i++)
        inputs[i] = page->file[i].path;
    cph_exit code = CPH_EXIT_DONE;
    if (cph_text_open(&output, o->cli.output, inputs, &error) != CPH_OK) {
        code = cph_report(o->cli.name, &error);
    } else {
        cph_report_put(page, output.file);
        if (cph_text_commit(&output, &error) != CPH_OK)
            code = cph_report(o->cli.name, &error);
    }
    free(inputs);
    return code;
}

static cph_exit check_read(const cph_report_page *page)
{
    const char *const name = page->options->cli.name;
    const size_t bad = unread(page);
    for (size_t i = 0; i < page->files && bad > 0; i++)
        if (page->file[i].info == NULL && (page->options->strict || bad == page->files))
            return cph_report_line(name, CPH_EXIT_INPUT, "%s%s", page->file[i].why,
                                   bad > 1 ? " (and others)" : "");
    return page->files > 0 ? CPH_EXIT_DONE
                           : cph_report_line(name, CPH_EXIT_INPUT, "%s: no file that can be read",
                                             page->options->input[0]);
}

/* A line of each that is left out. */
static void warn_unread(const cph_report_page *page)
{
    const cph_cli *const cli = &page->options->cli;
    for (size_t i = 0; i < page->files && !cli->quiet; i++)
        if (page->file[i].info == NULL)
            (void)cph_report_line(cli->name, CPH_EXIT_DONE, "not read: %s", page->file[i].why);
}

static cph_exit run(cph_report_page *page)
{
    const char *const name = page->options->cli.name;
    cph_exit code = cph_report_gather(page) ? check_read(page) : CPH_EXIT_DONE;
    if (code == CPH_EXIT_DONE && !page->failed && !cph_interrupted()) {
        warn_unread(page);
        if (unread(page) > 0)
            cph_report_say(page, CPH_REPORT_BAD, "unread", "%zu of %zu files cannot be read",
                           unread(page), page->files);
        cph_report_fill(page);
        page->failed = fflush(page->body) != 0 || page->failed;
    }
    if (code != CPH_EXIT_DONE)
        return code;
    if (cph_interrupted())
        return cph_report_line(name, CPH_EXIT_FAILED, "interrupted");
    if (page->failed)
        return cph_report_line(name, CPH_EXIT_FAILED, "%s",
                               page->why[0] != '\0' ? page->why : "out of memory");
    code = write_page(page);
    return code == CPH_EXIT_DONE ? tell(page) : code;
}

/* A mask that is none of the names is a file. */
static cph_exit check_mask(const cph_report_options *o)
{
    cph_mask mask;
    cph_error error = {.status = CPH_OK};
    if (o->mask == NULL || o->choice.kind != CPH_MASK_COUNT ||
        cph_mask_read(o->mask, &mask, &error) == CPH_OK)
        return CPH_EXIT_DONE;
    if (error.status != CPH_ERR_IO)
        return cph_report_input(o->cli.name, &error);
    return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                           "--mask %s: expected the name of a mask, as 25.209 or S.580 (cophase "
                           "pattern --help has all), or a file of angle,level",
                           o->mask);
}

int cph_verb_report(int argc, char **argv)
{
    cph_report_options o = {.title = NULL};
    cph_report_page page;
    cph_interrupt_catch();
    cph_exit code = cph_cli_parse(&argp, argc, argv, &o);
    if (code == CPH_EXIT_DONE)
        code = check_mask(&o);
    if (code == CPH_EXIT_DONE)
        code = cph_output_check(&o.cli, o.input, o.inputs);
    if (code == CPH_EXIT_DONE) {
        code = page_make(&page, &o) ? run(&page)
                                    : cph_report_line(o.cli.name, CPH_EXIT_FAILED,
                                                      "no temporary folder (TMPDIR) can be made");
        page_free(&page);
    }
    free(o.input);
    cph_cli_free(&o.cli);
    return (int)code;
}
