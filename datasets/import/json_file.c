/* SPDX-License-Identifier: MIT */
#include "datasets/import/json_file.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "datasets/h5/h5.h"

static const off_t most_bytes = (off_t)64 << 20;

cph_status cph_json_file_read(const char *path, json_t **object, cph_error *error)
{
    struct stat about;
    json_error_t where;
    FILE *file = fopen(path, "re");
    if (file == NULL || fstat(fileno(file), &about) != 0) {
        const cph_status status =
            cph_h5_error(error, CPH_ERR_IO, path, NULL, "cannot open: %s", strerror(errno));
        if (file != NULL)
            fclose(file);
        return status;
    }
    if (!S_ISREG(about.st_mode) || about.st_size > most_bytes) {
        fclose(file);
        return cph_h5_error(error, CPH_ERR_FORMAT, path, NULL,
                            "is no file of at most 64 MiB, expected JSON");
    }
    json_t *made = json_loadf(file, JSON_REJECT_DUPLICATES, &where);
    fclose(file);
    if (made == NULL)
        return cph_h5_error(error, CPH_ERR_FORMAT, path, NULL, "line %d: %s, expected JSON",
                            where.line, where.text);
    if (!json_is_object(made)) {
        json_decref(made);
        return cph_h5_error(error, CPH_ERR_FORMAT, path, NULL, "holds no JSON object");
    }
    *object = made;
    return CPH_OK;
}

/* The value of a key; NULL when there is none. */
static const json_t *find(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_null(value) ? NULL : value;
}

cph_status cph_json_file_number(const json_t *object, const char *key, const char *path,
                                double *value, cph_error *error)
{
    const json_t *found = find(object, key);
    if (found == NULL)
        return CPH_OK;
    if (!json_is_number(found))
        return cph_h5_error(error, CPH_ERR_FORMAT, path, key, "is no number");
    *value = json_number_value(found);
    return CPH_OK;
}

cph_status cph_json_file_count(const json_t *object, const char *key, const char *path,
                               uint64_t *value, cph_error *error)
{
    double number = (double)*value;
    const cph_status status = cph_json_file_number(object, key, path, &number, error);
    if (status != CPH_OK || find(object, key) == NULL)
        return status;
    if (!(number >= 0.0) || number > 0x1p53 || number != floor(number))
        return cph_h5_error(error, CPH_ERR_FORMAT, path, key,
                            "is %g, expected a whole number, not negative", number);
    *value = (uint64_t)number;
    return CPH_OK;
}

cph_status cph_json_file_text(const json_t *object, const char *key, const char *path,
                              const char **value, cph_error *error)
{
    const json_t *found = find(object, key);
    if (found == NULL)
        return CPH_OK;
    if (!json_is_string(found))
        return cph_h5_error(error, CPH_ERR_FORMAT, path, key, "is no text");
    *value = json_string_value(found);
    return CPH_OK;
}
