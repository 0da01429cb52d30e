/* SPDX-License-Identifier: MIT */
#include "cli/bench_report.h"

#include <string.h>

#include "bench/report/compare.h"
#include "cli/history.h"
#include "cli/json.h"
#include "cli/text_output.h"

enum { KEY_CSV = 0x300, KEY_HTML, KEY_FROM, KEY_COMPARE, KEY_LATENCY, KEY_SCALING };

static const struct argp_option option_list[] = {
    {"csv", KEY_CSV, "FILE", 0, "Write every figure of every path as a table (-: to stdout)", 0},
    {"html", KEY_HTML, "FILE", 0, "Write a page with roofline, bars and tables", 0},
    {"from", KEY_FROM, "RUN.json", 0, "Write these of a run that --json has kept; time nothing", 0},
    {"compare", KEY_COMPARE, "OLD.json", 0,
     "Compare with the run NEW.json that follows; time nothing. Exit status 4: a path is slower",
     0},
    {"latency", KEY_LATENCY, NULL, 0,
     "Time single calls on small blocks, and new weights: median, tail and worst", 0},
    {"scaling", KEY_SCALING, NULL, 0,
     "Time some cases (--filter, --kernel: others) on 1 to all threads", 0},
    {0}};

static error_t check(const cph_bench_report *o, const struct argp_state *state)
{
    const bool outputs = o->csv != NULL || o->html != NULL;
    const bool kept = o->compare != NULL || o->from != NULL;
    if (o->compare != NULL && o->compare_to == NULL)
        return cph_usage(state, "--compare OLD.json needs a second run: NEW.json");
    if (o->compare != NULL && (o->from != NULL || outputs))
        return cph_usage(state,
                         "--compare prints a table or, with --json, an object; --from, --csv "
                         "and --html show one run");
    if (o->from != NULL && !outputs)
        return cph_usage(state, "--from needs --html FILE or --csv FILE");
    if (o->latency + o->scaling + kept > 1)
        return cph_usage(state, "--latency, --scaling, --from and --compare exclude each other");
    if ((o->latency || o->scaling) && o->csv != NULL)
        return cph_usage(state,
                         "--csv lists cases; --latency and --scaling have --json and --html");
    return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_bench_report *const o = state->input;
    switch (key) {
    case KEY_CSV:
        o->csv = arg;
        return 0;
    case KEY_HTML:
        o->html = arg;
        return 0;
    case KEY_FROM:
        o->from = arg;
        return 0;
    case KEY_COMPARE:
        o->compare = arg;
        return 0;
    case KEY_LATENCY:
        o->latency = true;
        return 0;
    case KEY_SCALING:
        o->scaling = true;
        return 0;
    case ARGP_KEY_ARG:
        if (o->compare == NULL || o->compare_to != NULL)
            return cph_usage(state, "unexpected argument '%s'", arg);
        o->compare_to = arg;
        return 0;
    case ARGP_KEY_END:
        return check(o, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp cph_argp_bench_report = {.options = option_list, .parser = parse};

/* ---- outputs ---- */

static bool to_stdout(const char *path)
{
    return strcmp(path, "-") == 0;
}

bool cph_bench_csv_to_stdout(const cph_bench_report *options)
{
    return options->csv != NULL && to_stdout(options->csv);
}

cph_exit cph_bench_check_outputs(const cph_cli *cli, const cph_bench_report *options)
{
    const char *const outputs[] = {options->csv, options->html};
    const char *const inputs[] = {options->from, NULL};
    cph_error error;
    if (cph_bench_csv_to_stdout(options) && cli->json)
        return cph_report_line(cli->name, CPH_EXIT_USAGE, "--csv - and --json both want stdout");
    if (options->html != NULL && to_stdout(options->html))
        return cph_report_line(cli->name, CPH_EXIT_USAGE, "--html needs the name of a file");
    const cph_named_output named[] = {
        {"--csv", cph_bench_csv_to_stdout(options) ? NULL : outputs[0]}, {"--html", outputs[1]}};
    const cph_exit code = cph_outputs_apart(cli, named, sizeof named / sizeof named[0]);
    if (code != CPH_EXIT_DONE)
        return code;
    for (size_t i = 0; i < 2; i++)
        if (outputs[i] != NULL && !to_stdout(outputs[i]) &&
            cph_text_check(outputs[i], inputs, &error) != CPH_OK)
            return cph_report(cli->name, &error);
    return CPH_EXIT_DONE;
}

static cph_exit write_file(const cph_cli *cli, const cph_bench_report *options, const report *run,
                           const char *path, void (*render)(const report *run, FILE *file))
{
    const char *const inputs[] = {options->from, NULL};
    cph_text_output output;
    cph_error error;
    if (path == NULL)
        return CPH_EXIT_DONE;
    if (to_stdout(path)) {
        render(run, stdout);
        return cph_stdout_check(cli);
    }
    if (cph_text_open(&output, path, inputs, &error) != CPH_OK)
        return cph_report(cli->name, &error);
    render(run, output.file);
    return cph_text_commit(&output, &error) == CPH_OK ? CPH_EXIT_DONE
                                                      : cph_report(cli->name, &error);
}

static cph_exit write_all(const cph_cli *cli, const cph_bench_report *options, const report *run)
{
    const cph_exit code = write_file(cli, options, run, options->csv, report_csv);
    return code == CPH_EXIT_DONE ? write_file(cli, options, run, options->html, report_html) : code;
}

cph_exit cph_bench_write(const cph_cli *cli, const cph_bench_report *options, json_t *run)
{
    report r;
    cph_error error;
    if (options->csv == NULL && options->html == NULL)
        return CPH_EXIT_DONE;
    if (report_from(&r, run, "this run", &error) != CPH_OK)
        return cph_report(cli->name, &error);
    const cph_exit code = write_all(cli, options, &r);
    report_free(&r);
    return code;
}

cph_exit cph_bench_render(const cph_cli *cli, const cph_bench_report *options)
{
    report r;
    cph_error error;
    cph_exit code = CPH_EXIT_DONE;
    if (report_open(&r, options->from, &error) != CPH_OK)
        return cph_report_input(cli->name, &error);
    code = write_all(cli, options, &r);
    report_free(&r);
    return code;
}

/* ---- comparison ---- */

static cph_exit print(const cph_cli *cli, const report_comparison *c)
{
    if (cli->json)
        return cph_json_print(cli, report_comparison_json(c));
    report_comparison_print(c, stdout);
    return cph_stdout_check(cli);
}

static cph_exit compare(const cph_cli *cli, const report *was, const report *is)
{
    report_comparison c;
    cph_error error;
    if (report_compare(&c, was, is, &error) != CPH_OK)
        return cph_report_input(cli->name, &error);
    const size_t slower = c.count[REPORT_SLOWER];
    cph_exit code = print(cli, &c);
    if (code == CPH_EXIT_DONE && slower > 0)
        code = cph_report_line(cli->name, CPH_EXIT_LIMIT, "%zu of %zu paths %s slower", slower,
                               c.pairs, slower == 1 ? "is" : "are");
    report_comparison_free(&c);
    return code;
}

cph_exit cph_bench_compare(const cph_cli *cli, const cph_bench_report *options)
{
    report was, is;
    cph_error error;
    if (report_open(&was, options->compare, &error) != CPH_OK)
        return cph_report_input(cli->name, &error);
    cph_exit code = CPH_EXIT_INPUT;
    if (report_open(&is, options->compare_to, &error) != CPH_OK) {
        code = cph_report_input(cli->name, &error);
    } else {
        code = compare(cli, &was, &is);
        report_free(&is);
    }
    report_free(&was);
    return code;
}
