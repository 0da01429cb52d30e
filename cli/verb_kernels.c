/* SPDX-License-Identifier: MIT */
/* usage: cophase kernels [--isa NAME] [--json] */
#include <stdio.h>
#include <string.h>

#include "cli/json.h"
#include "cli/options.h"
#include "cli/verbs.h"
#include "cophase/dispatch.h"

static error_t parse(int key, char *arg, struct argp_state *state)
{
    (void)arg;
    return key == ARGP_KEY_INIT ? cph_cli_children(state, state->input) : ARGP_ERR_UNKNOWN;
}

static const struct argp_child children[] = {{&cph_argp_common, 0, NULL, 0}, {0}};
static const struct argp argp = {
    .parser = parse,
    .children = children,
    .doc = "Lists the kernels, the instruction sets they are written for, and which of those this "
           "machine and --isa (or COPHASE_ISA) make them use.\v"
           "Examples:\n"
           "  cophase kernels\n"
           "  cophase kernels --isa scalar --json\n",
};

static bool usable(const cph_kernel_info *info, cph_isa isa)
{
    return info->has[isa] && cph_isa_available(isa);
}

static json_t *json_sets(const cph_kernel_info *info)
{
    json_t *const sets = json_array();
    for (unsigned isa = 0; isa < CPH_ISA_COUNT; isa++)
        if (info == NULL ? cph_isa_available((cph_isa)isa) : info->has[isa])
            cph_json_append(sets, cph_json_text(cph_isa_name((cph_isa)isa)));
    return sets;
}

static cph_exit print_json(const cph_cli *cli)
{
    json_t *const object = json_object(), *const kernels = json_array();
    cph_kernel_info info;
    for (size_t i = 0; cph_kernel_describe(i, &info) == CPH_OK; i++) {
        json_t *const row = json_object();
        cph_json_set_text(row, "name", info.name);
        cph_json_set_text(row, "summary", info.summary);
        cph_json_set(row, "variants", json_sets(&info));
        cph_json_set_text(row, "bound", cph_isa_name(info.bound));
        cph_json_append(kernels, row);
    }
    cph_json_set_text(object, "isa", cph_isa_name(cph_dispatch_isa()));
    cph_json_set(object, "available", json_sets(NULL));
    cph_json_set(object, "kernels", kernels);
    return cph_json_print(cli, object);
}

/* A column a set: '*' the variant in use, '+' one that could be, '-' one that this machine cannot
 * run. */
static char mark(const cph_kernel_info *info, cph_isa isa)
{
    if (!info->has[isa])
        return ' ';
    return info->bound == isa ? '*' : usable(info, isa) ? '+' : '-';
}

/* Widths of the columns; 0 for a set that no kernel of this build has. */
struct columns {
    int name, set[CPH_ISA_COUNT];
};

static struct columns measure_columns(void)
{
    struct columns c = {.name = (int)strlen("kernel")};
    cph_kernel_info info;
    for (size_t i = 0; cph_kernel_describe(i, &info) == CPH_OK; i++) {
        const int length = (int)strlen(info.name);
        c.name = length > c.name ? length : c.name;
        for (unsigned isa = 0; isa < CPH_ISA_COUNT; isa++)
            if (info.has[isa])
                c.set[isa] = (int)strlen(cph_isa_name((cph_isa)isa));
    }
    return c;
}

static cph_exit print_table(const cph_cli *cli)
{
    const struct columns c = measure_columns();
    cph_kernel_info info;
    printf("%-*s", c.name, "kernel");
    for (unsigned isa = 0; isa < CPH_ISA_COUNT; isa++)
        if (c.set[isa] > 0)
            printf(" %s", cph_isa_name((cph_isa)isa));
    printf(" computes\n");
    for (size_t i = 0; cph_kernel_describe(i, &info) == CPH_OK; i++) {
        printf("%-*s", c.name, info.name);
        for (unsigned isa = 0; isa < CPH_ISA_COUNT; isa++)
            if (c.set[isa] > 0)
                printf(" %-*c", c.set[isa], mark(&info, (cph_isa)isa));
        printf(" %s\n", info.summary);
    }
    printf("* in use, + available, - not on this machine\n");
    return cph_stdout_check(cli);
}

int cph_verb_kernels(int argc, char **argv)
{
    cph_cli cli = {0};
    cph_exit status = cph_cli_parse(&argp, argc, argv, &cli);
    if (status == CPH_EXIT_DONE)
        status = cli.json ? print_json(&cli) : print_table(&cli);
    cph_cli_free(&cli);
    return status;
}
