/* SPDX-License-Identifier: MIT */
#include "cli/drift_temperatures.h"

#include <stdbool.h>
#include <stdlib.h>

#include "datasets/import/text_table.h"
#include "kernels/core/fail.h"

typedef struct table {
    const char *path;
    cph_error *error;
    bool begun;   /* a line was seen */
    size_t lines; /* with numbers */
    double time, temperature;
    /* What is asked for: */
    const double *at;
    double *found;
    size_t times, done;
} table;

static cph_status take(void *context, size_t line, char *field[], size_t fields)
{
    table *t = context;
    double time, temperature;
    const bool numbers =
        fields == 2 && cph_text_number(field[0], &time) && cph_text_number(field[1], &temperature);
    const bool words = !t->begun;
    t->begun = true;
    if (!numbers)
        return words ? CPH_OK
                     : cph_fail(t->error, CPH_ERR_FORMAT,
                                "%s: line %zu: expected Unix seconds and a temperature", t->path,
                                line);
    if (t->lines > 0 && !(time > t->time))
        return cph_fail(t->error, CPH_ERR_FORMAT, "%s: line %zu is not later than the one before",
                        t->path, line);
    for (; t->done < t->times && t->at[t->done] <= time; t->done++) {
        const double off = time - t->at[t->done];
        if (t->lines == 0 && off > 0.0)
            return cph_fail(t->error, CPH_ERR_FORMAT,
                            "%s: begins %g s after the first time that it is needed for", t->path,
                            off);
        t->found[t->done] =
            off > 0.0 ? temperature - off * (temperature - t->temperature) / (time - t->time)
                      : temperature;
    }
    t->time = time;
    t->temperature = temperature;
    t->lines++;
    return CPH_OK;
}

cph_status cph_drift_temperatures(const char *path, const double *time_unix_s, size_t times,
                                  double **temperature, cph_error *error)
{
    table t = {.path = path, .error = error, .at = time_unix_s, .times = times};
    t.found = calloc(times, sizeof *t.found);
    if (t.found == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    cph_status status = cph_text_each(path, take, &t, error);
    if (status == CPH_OK && t.lines == 0)
        status = cph_fail(error, CPH_ERR_FORMAT,
                          "%s: has no lines, expected Unix seconds and a temperature", path);
    if (status == CPH_OK && t.done < times)
        status = cph_fail(error, CPH_ERR_FORMAT,
                          "%s: ends %g s before the last time that it is needed for", path,
                          time_unix_s[times - 1] - t.time);
    if (status == CPH_OK)
        *temperature = t.found;
    else
        free(t.found);
    return status;
}
