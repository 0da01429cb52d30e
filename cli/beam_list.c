/* SPDX-License-Identifier: MIT */
#include "cli/beam_list.h"

#include <stdlib.h>
#include <string.h>

#include "cli/history.h"
#include "cli/options.h"

enum { KEY_BEAM_LIST = 0x1c0 };

typedef struct reader {
    cph_beam_list *list;
    cph_directions *directions;
} reader;

static cph_status find_taper(cph_beam_list *list, const char *text, const cph_named_taper **taper,
                             cph_error *error)
{
    for (size_t i = 0; i < list->tapers; i++)
        if (strcmp(list->taper[i]->text, text) == 0) {
            *taper = list->taper[i];
            return CPH_OK;
        }
    cph_named_taper made = {.text = cph_texts_keep(&list->texts, text)};
    if (made.text == NULL)
        return CPH_ERR_MEMORY;
    const cph_status status = cph_parse_taper(text, &made.taper, error);
    if (status != CPH_OK)
        return status;
    cph_named_taper **all = reallocarray(list->taper, list->tapers + 1, sizeof(cph_named_taper *));
    if (all == NULL)
        return CPH_ERR_MEMORY;
    list->taper = all;
    cph_named_taper *kept = malloc(sizeof *kept);
    if (kept == NULL)
        return CPH_ERR_MEMORY;
    *kept = made;
    *taper = all[list->tapers++] = kept;
    return CPH_OK;
}

static cph_status take_beam(void *context, const char *direction, const char *name,
                            char *const *extra, cph_error *error)
{
    const reader *r = context;
    const char *kept = cph_texts_keep(&r->list->texts, direction);
    const char *shown = name[0] != '\0' ? cph_texts_keep(&r->list->texts, name) : kept;
    const cph_named_taper *taper = NULL;
    if (kept == NULL || shown == NULL)
        return CPH_ERR_MEMORY;
    cph_status status = extra[0][0] != '\0' ? find_taper(r->list, extra[0], &taper, error) : CPH_OK;
    if (status == CPH_OK)
        status = cph_directions_add(r->directions, kept, NULL, error);
    if (status != CPH_OK)
        return status;
    cph_direction *added = &r->directions->item[r->directions->count - 1];
    added->text = shown;
    added->taper = taper;
    return CPH_OK;
}

cph_exit cph_beam_list_load(cph_cli *cli)
{
    static const char *const extra[] = {"taper", NULL};
    reader r = {&cli->beam_list, &cli->steer};
    cph_error error = {.status = CPH_OK};
    if (cli->beam_list.path == NULL)
        return CPH_EXIT_DONE;
    const cph_exit code = cph_output_check(cli, &cli->beam_list.path, 1);
    if (code != CPH_EXIT_DONE)
        return code;
    if (cph_direction_table_read(cli->beam_list.path, "beam", extra, take_beam, &r, &error) !=
        CPH_OK)
        return cph_report_input(cli->name, &error);
    return cli->beam_list.tapers > 0 && cli->method.kind != CPH_METHOD_CONVENTIONAL
               ? cph_report_line(cli->name, CPH_EXIT_USAGE,
                                 "%s: column taper goes with --method conventional",
                                 cli->beam_list.path)
               : CPH_EXIT_DONE;
}

void cph_beam_list_free(cph_beam_list *list)
{
    for (size_t i = 0; i < list->tapers; i++)
        free(list->taper[i]);
    cph_texts_free(&list->texts);
    free(list->taper);
    *list = (cph_beam_list){0};
}

/* ---- the option ---- */

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_cli *cli = state->input;
    if (key != KEY_BEAM_LIST)
        return ARGP_ERR_UNKNOWN;
    if (cli->beam_list.path != NULL)
        return cph_usage(state, "more than one --beam-list");
    cli->beam_list.path = arg;
    return 0;
}

static const struct argp_option options[] = {
    {"beam-list", KEY_BEAM_LIST, "FILE.csv", 0,
     "A beam for every line of a table whose first line names its columns: direction (as --steer "
     "has it), or az_deg,el_deg sky_az_deg,sky_el_deg theta_deg,phi_deg u,v; name and taper where "
     "wanted",
     0},
    {0}};
const struct argp cph_argp_beam_list = {options, parse, NULL, NULL, NULL, NULL, NULL};
