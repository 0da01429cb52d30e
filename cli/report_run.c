/* SPDX-License-Identifier: MIT */
/* Other runs of this command: what they say, and figures of what they draw. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/child.h"
#include "cli/report_page.h"

void cph_report_add_list(cph_report_words *words, const char *const *list)
{
    for (; *list != NULL; list++)
        if (words->count < CPH_REPORT_WORDS)
            words->word[words->count++] = *list;
}

void cph_report_add_input(const cph_report_page *page, cph_report_words *words,
                          const cph_report_file *file)
{
    const char *const positions = page->options->cli.positions;
    cph_report_add(words, file->path);
    if (positions != NULL)
        cph_report_add(words, "--positions", positions);
}

/* All of a file, on the heap. */
static char *read_text(const char *path)
{
    FILE *const file = fopen(path, "re");
    char *text = NULL;
    size_t size = 0;
    if (file != NULL && getdelim(&text, &size, '\0', file) < 0) {
        free(text);
        text = NULL;
    }
    if (file != NULL)
        fclose(file);
    return text;
}

/* The line behind "cophase VERB: ". */
static void keep_line(cph_report_page *page, const char *verb)
{
    char head[64];
    char *const text = read_text(page->line);
    const char *line = text != NULL ? text : "";
    snprintf(head, sizeof head, "cophase %s: ", verb);
    if (strncmp(line, head, strlen(head)) == 0)
        line += strlen(head);
    snprintf(page->why, sizeof page->why, "%.*s", (int)strcspn(line, "\n"), line);
    if (page->why[0] == '\0')
        snprintf(page->why, sizeof page->why, "cophase %s failed", verb);
    free(text);
}

json_t *cph_report_run(cph_report_page *page, const cph_report_words *words)
{
    const cph_cli *const cli = &page->options->cli;
    char threads[32], memory[32];
    cph_report_words all = {.count = 0};
    cph_report_add(&all, "cophase");
    for (size_t i = 0; i < words->count; i++)
        cph_report_add(&all, words->word[i]);
    snprintf(threads, sizeof threads, "%zu", cli->threads);
    snprintf(memory, sizeof memory, "%zu", cli->max_memory);
    cph_report_add(&all, "--json", "--quiet");
    if (cli->threads > 0)
        cph_report_add(&all, "--threads", threads);
    if (cli->memory_given)
        cph_report_add(&all, "--max-memory", memory);
    if (cli->isa != NULL)
        cph_report_add(&all, "--isa", cli->isa);
    page->why[0] = '\0';
    const cph_child child = cph_child_run(all.word, page->words, page->line);
    if (child.failed != 0) {
        snprintf(page->why, sizeof page->why, "%s", strerror(child.failed));
        page->failed = true;
        return NULL;
    }
    json_error_t error;
    const bool done = child.exited && (child.code == CPH_EXIT_DONE || child.code == CPH_EXIT_LIMIT);
    json_t *const said = done ? json_load_file(page->words, 0, &error) : NULL;
    if (said == NULL)
        keep_line(page, words->word[0]);
    return said;
}

/* The command as it would be typed: words that a shell would change are quoted. */
static char *command_of(const cph_report_page *page, const cph_report_words *words)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%";
    char *text = NULL;
    size_t size = 0;
    FILE *const out = open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    fputs("cophase", out);
    for (size_t i = 0; i < words->count; i++) {
        const char *const word = words->word[i] == page->picture ? "picture.svg" : words->word[i];
        const bool quote = word[0] == '\0' || word[strspn(word, plain)] != '\0';
        fputs(quote ? " '" : " ", out);
        for (const char *c = word; *c != '\0'; c++)
            if (*c == '\'')
                fputs("'\\''", out);
            else
                putc(*c, out);
        fputs(quote ? "'" : "", out);
    }
    fclose(out);
    return text;
}

static void put_command(cph_report_page *page, const cph_report_words *words)
{
    char *const text = command_of(page, words);
    fputs("<code>", page->body);
    cph_report_text(page->body, text);
    fputs("</code>", page->body);
    free(text);
}

/* Whether half a page is too narrow for it. */
static bool is_wide(const char *svg)
{
    static const double most_px = 1000.0;
    static const char word[] = " width=\"";
    const char *const at = strstr(svg, word);
    return at != NULL && strtod(at + strlen(word), NULL) > most_px;
}

static bool put_picture(cph_report_page *page, const cph_report_figure *figure)
{
    char prefix[24];
    char *const svg = read_text(page->picture);
    char *text = NULL;
    size_t size = 0;
    FILE *const memory = svg != NULL ? open_memstream(&text, &size) : NULL;
    snprintf(prefix, sizeof prefix, "g%zu-", page->figures + 1);
    const cph_report_svg as = {prefix, figure->title, figure->description};
    bool ok = memory != NULL && cph_report_svg_put(memory, svg, &as, &page->styles);
    if (memory != NULL)
        ok = fclose(memory) == 0 && ok;
    if (ok) {
        fprintf(page->body, "<figure%s><h4>", is_wide(svg) ? " class=\"wide\"" : "");
        cph_report_text(page->body, figure->title);
        fprintf(page->body,
                "</h4><input type=\"checkbox\" class=\"enlarge\" id=\"%senlarge\"/>"
                "<label for=\"%senlarge\">enlarge</label>\n<div class=\"sheet\">",
                prefix, prefix);
        fwrite(text, 1, size, page->body);
        fputs("</div>\n", page->body);
        page->figures++;
    }
    free(text);
    free(svg);
    remove(page->picture);
    return ok;
}

static void tell_undrawn(cph_report_page *page, const char *title)
{
    json_t *const one = json_object();
    cph_report_remark(page, "%s: not drawn: %s", title, page->why);
    cph_report_say(page, CPH_REPORT_BAD, page->anchor, "%s: not drawn: %s", title, page->why);
    cph_json_set_text(one, "figure", title);
    cph_json_set_text(one, "reason", page->why);
    cph_json_set_text(one, "anchor", page->anchor);
    cph_json_append(page->undrawn, one);
}

json_t *cph_report_draw(cph_report_page *page, const cph_report_figure *figure,
                        const cph_report_words *words)
{
    json_t *const said = cph_report_run(page, words);
    if (said == NULL) {
        tell_undrawn(page, figure->title);
        return NULL;
    }
    if (!put_picture(page, figure)) {
        page->failed = true;
        return said;
    }
    fputs("<figcaption>", page->body);
    if (figure->note != NULL) {
        cph_report_text(page->body, figure->note);
        fputs("<br/>", page->body);
    }
    put_command(page, words);
    fputs("</figcaption></figure>\n", page->body);
    return said;
}
