/* SPDX-License-Identifier: MIT */
#include "cli/text_table.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* The first line has both words, and not the third. */
static const struct {
    const char *word[2], *without, *what;
} known[] = {
    {{"roll_deg", "pitch_deg"},
     "#",
     "attitudes over time, which --attitude of track and simulate take"},
    {{"slot", "beam"}, "#", "a schedule of images, written by track --images"},
    {{"gain_re", "gain_im"}, "#", "gains, written by export --format csv"},
    {{"code", "gain_db"}, "#", "states of a shifter, which --states takes"},
    {{"az_deg", "el_deg"}, "time", "a horizon, which track --horizon takes"},
};

const char *cph_text_table_what(const char *path)
{
    char line[512] = "";
    struct stat about;
    if (stat(path, &about) != 0 || !S_ISREG(about.st_mode))
        return NULL;
    FILE *const file = fopen(path, "r");
    if (file == NULL)
        return NULL;
    do
        if (fgets(line, sizeof line, file) == NULL)
            line[0] = '\0';
    while (line[0] == '#');
    fclose(file);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strstr(line, known[i].word[0]) != NULL && strstr(line, known[i].word[1]) != NULL &&
            strstr(line, known[i].without) == NULL)
            return known[i].what;
    return NULL;
}
