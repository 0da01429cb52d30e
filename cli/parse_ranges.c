/* SPDX-License-Identifier: MIT */
/* Lists of element numbers: `3,17,20-25`. */
#include <stdlib.h>
#include <string.h>

#include "cli/parse.h"
#include "cli/parse_internal.h"

/* Element numbers are uint32_t in files. */
static const size_t most = UINT32_MAX;

static cph_status append(cph_ranges *ranges, size_t first, size_t last, cph_error *error)
{
    if (ranges->count == ranges->capacity) {
        size_t capacity = ranges->capacity == 0 ? 8 : 2 * ranges->capacity;
        void *item = reallocarray(ranges->item, capacity, sizeof *ranges->item);
        if (item == NULL)
            return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
        ranges->item = item;
        ranges->capacity = capacity;
    }
    ranges->item[ranges->count].first = first;
    ranges->item[ranges->count].last = last;
    ranges->count++;
    return CPH_OK;
}

/* "17" or "20-25". */
static cph_status read_range(char *piece, size_t *first, size_t *last, cph_error *error)
{
    char *dash = strchr(piece, '-');
    if (dash == NULL) {
        cph_status status = cph_parse_count(piece, 0, most, first, error);
        *last = *first;
        return status;
    }
    if (dash == piece || dash[1] == '\0')
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "'%s': expected a whole number from 0 to %zu, or a range such as 20-25",
                        piece, most);
    *dash = '\0';
    cph_status status = cph_parse_count(piece, 0, most, first, error);
    if (status == CPH_OK)
        status = cph_parse_count(dash + 1, *first, most, last, error);
    return status;
}

cph_status cph_ranges_add(cph_ranges *ranges, const char *text, cph_error *error)
{
    const size_t before = ranges->count;
    const char *rest = text;
    cph_status status = CPH_OK;
    while (status == CPH_OK && rest != NULL) {
        char piece[CPH_PIECE_SIZE];
        size_t first = 0, last = 0;
        status = cph_parse_piece(&rest, piece, sizeof piece, error);
        if (status == CPH_OK)
            status = read_range(piece, &first, &last, error);
        if (status == CPH_OK)
            status = append(ranges, first, last, error);
    }
    if (status != CPH_OK)
        ranges->count = before;
    return status;
}

bool cph_ranges_contain(const cph_ranges *ranges, size_t number)
{
    for (size_t i = 0; i < ranges->count; i++)
        if (number >= ranges->item[i].first && number <= ranges->item[i].last)
            return true;
    return false;
}

cph_status cph_ranges_expand(const cph_ranges *ranges, size_t limit, size_t **index, size_t *count,
                             cph_error *error)
{
    for (size_t i = 0; i < ranges->count; i++)
        if (ranges->item[i].last >= limit)
            return cph_fail(error, CPH_ERR_ARGUMENT,
                            "there is no element %zu: expected numbers below %zu",
                            ranges->item[i].last, limit);
    size_t found = 0;
    for (size_t n = 0; n < limit; n++)
        found += cph_ranges_contain(ranges, n);
    size_t *list = calloc(found + 1, sizeof *list);
    if (list == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    size_t used = 0;
    for (size_t n = 0; n < limit; n++)
        if (cph_ranges_contain(ranges, n))
            list[used++] = n;
    *index = list;
    *count = used;
    return CPH_OK;
}

cph_status cph_ranges_all(size_t limit, size_t **index, size_t *count, cph_error *error)
{
    size_t *list = calloc(limit + 1, sizeof *list);
    if (list == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    for (size_t n = 0; n < limit; n++)
        list[n] = n;
    *index = list;
    *count = limit;
    return CPH_OK;
}

void cph_ranges_free(cph_ranges *ranges)
{
    free(ranges->item);
    *ranges = (cph_ranges){0};
}
