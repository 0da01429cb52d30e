/* SPDX-License-Identifier: MIT */
#include "cli/described.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/geometry.h"

bool cph_array_is_described(const cph_array_spec *spec)
{
    return spec->kind == CPH_ARRAY_FILE && cph_array_file_probe(spec->text);
}

cph_status cph_described_read(const cph_array_spec *spec, cph_array_file *file, cph_error *error)
{
    *file = (cph_array_file){0};
    return cph_array_is_described(spec) ? cph_array_file_read(spec->text, file, error) : CPH_OK;
}

size_t cph_described_paths(const cph_array_file *file, const char *path[3])
{
    const char *const known[3] = {file->path, file->positions, file->subarrays};
    size_t count = 0;
    for (size_t i = 0; i < 3; i++)
        if (known[i] != NULL)
            path[count++] = known[i];
    return count;
}

/* Neighbours of a lattice in rows of A, in rectangles. */
static cph_status tile(const cph_array_file *file, const cph_array_spec *spec, cph_array *array,
                       cph_error *error)
{
    const size_t *size = file->tile, a = spec->count[0], b = spec->count[1];
    const bool rows = spec->kind == CPH_ARRAY_ULA || spec->kind == CPH_ARRAY_URA ||
                      spec->kind == CPH_ARRAY_CYLINDER;
    if (size[0] == 0)
        return CPH_OK;
    if (!rows || a % size[0] != 0 || b % size[1] != 0)
        return cph_fail(error, CPH_ERR_FORMAT,
                        "%s: line %zu, size: subarrays of %zux%zu do not fill %s", file->path,
                        file->tile_line, size[0], size[1], spec->text);
    for (size_t n = 0; n < array->elements; n++)
        array->element[n].subarray = (uint32_t)(n / a / size[1] * (a / size[0]) + n % a / size[0]);
    return CPH_OK;
}

static cph_status generate(const cph_array_file *file, double freq_hz, cph_array *array,
                           cph_error *error)
{
    cph_array_spec spec;
    cph_error why = {.status = CPH_OK};
    cph_status status = cph_parse_array(file->generator, &spec, &why);
    if (status == CPH_OK && spec.kind == CPH_ARRAY_FILE)
        status = cph_fail(&why, CPH_ERR_ARGUMENT, "'%s': expected one of %s", file->generator,
                          CPH_ARRAY_FORMS);
    if (status == CPH_OK)
        status = cph_array_build(&spec, freq_hz, array, &why);
    if (status != CPH_OK)
        return cph_fail(error, status == CPH_ERR_ARGUMENT ? CPH_ERR_FORMAT : status,
                        "%s: line %zu, generator: %s", file->path, file->generator_line,
                        why.message);
    status = tile(file, &spec, array, error);
    if (status == CPH_OK)
        status = cph_array_file_dress(file, array, error);
    if (status != CPH_OK)
        cph_array_free(array);
    return status;
}

cph_status cph_described_element(cph_array_file *file, cph_element_choice *choice, cph_error *error)
{
    cph_error why = {.status = CPH_OK};
    if (file->element == NULL)
        return CPH_OK;
    if (cph_element_choose(file->element, choice, &why) != CPH_OK)
        return cph_fail(error, CPH_ERR_FORMAT, "%s: line %zu, pattern: %s", file->path,
                        file->element_line, why.message);
    if (choice->path == NULL)
        return CPH_OK;
    char *const beside = cph_array_file_beside(file->path, file->element);
    if (beside == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    free(file->element);
    file->element = beside;
    const cph_status status = cph_element_choose(beside, choice, error);
    if (status == CPH_OK && !cph_element_choice_present(choice))
        return cph_fail(error, CPH_ERR_IO,
                        "%s: line %zu, pattern: %s: %s (and no element is called that: isotropic, "
                        "cos:q=1, dipole:height=0.25,axis=x)",
                        file->path, file->element_line, choice->path, strerror(errno));
    return status;
}

cph_status cph_described_build(const char *path, double freq_hz, cph_array *array, cph_error *error)
{
    cph_array_file file;
    cph_array made = {0};
    cph_status status = cph_array_file_read(path, &file, error);
    if (status != CPH_OK)
        return status;
    if (file.generator != NULL) {
        status = generate(&file, freq_hz, &made, error);
    } else {
        made = file.array;
        file.array = (cph_array){0};
    }
    if (status == CPH_OK)
        *array = made;
    cph_array_file_free(&file);
    return status;
}
