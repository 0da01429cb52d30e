/* SPDX-License-Identifier: MIT */
/* Satellites by name: a hash table with open addressing over blocks of names that never move. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/pointing/pointing.h"

enum { SLOTS_START = 256 };

/* FNV-1a. */
static size_t hash(const char *name)
{
    uint64_t h = 14695981039346656037U;
    for (; *name != '\0'; name++)
        h = (h ^ (unsigned char)*name) * 1099511628211U;
    return (size_t)(h ^ h >> 32);
}

/* Whether it is UTF-8 (RFC 3629) without control characters. */
static bool is_text(const char *name)
{
    const unsigned char *at = (const unsigned char *)name;
    while (*at != '\0') {
        if (*at < 0x20 || *at == 0x7F || (*at > 0x7F && *at < 0xC2) || *at > 0xF4)
            return false;
        const size_t more = *at < 0x80 ? 0 : *at < 0xE0 ? 1 : *at < 0xF0 ? 2 : 3;
        const unsigned char least = *at == 0xE0 ? 0xA0 : *at == 0xF0 ? 0x90 : 0x80;
        const unsigned char most = *at == 0xED ? 0x9F : *at == 0xF4 ? 0x8F : 0xBF;
        for (size_t i = 1; i <= more; i++)
            if (at[i] < (i == 1 ? least : 0x80) || at[i] > (i == 1 ? most : 0xBF))
                return false;
        at += more + 1;
    }
    return true;
}

const char *cph_pointing_names_at(const cph_pointing_names *names, uint32_t number)
{
    return number < names->count
               ? names->block[number / CPH_POINTING_BLOCK][number % CPH_POINTING_BLOCK]
               : "";
}

/* The slot of a name, or the free one where it belongs. */
static size_t slot_of(const cph_pointing_names *names, const char *name)
{
    size_t at = hash(name) & (names->slots - 1);
    while (names->slot[at] != 0 &&
           strcmp(cph_pointing_names_at(names, names->slot[at] - 1), name) != 0)
        at = (at + 1) & (names->slots - 1);
    return at;
}

static bool grow(cph_pointing_names *names)
{
    if (2 * names->count < names->slots)
        return true;
    const size_t slots = names->slots > 0 ? 2 * names->slots : SLOTS_START;
    double *last_s = reallocarray(names->last_s, slots / 2, sizeof *last_s);
    if (last_s != NULL)
        names->last_s = last_s;
    uint32_t *slot = calloc(slots, sizeof *slot);
    if (slot == NULL || last_s == NULL) {
        free(slot);
        return false;
    }
    free(names->slot);
    names->slot = slot;
    names->slots = slots;
    for (uint32_t i = 0; i < names->count; i++)
        slot[slot_of(names, cph_pointing_names_at(names, i))] = i + 1;
    return true;
}

static cph_status add(cph_pointing_names *names, const char *name, const char **why)
{
    if (names->count == CPH_POINTING_SATELLITES_MAX) {
        *why = "is one more than the 65536 satellites that a table may have";
        return CPH_ERR_FORMAT;
    }
    if (!is_text(name)) {
        *why = "is not text (UTF-8), expected a name";
        return CPH_ERR_FORMAT;
    }
    char(**block)[CPH_POINTING_NAME_SIZE] = &names->block[names->count / CPH_POINTING_BLOCK];
    if (*block == NULL)
        *block = calloc(CPH_POINTING_BLOCK, sizeof **block);
    if (*block == NULL || !grow(names))
        return CPH_ERR_MEMORY;
    memcpy((*block)[names->count % CPH_POINTING_BLOCK], name, strlen(name) + 1);
    names->last_s[names->count] = NAN;
    names->slot[slot_of(names, name)] = (uint32_t)names->count + 1;
    names->count++;
    return CPH_OK;
}

/* The name without blanks around it; false when it is none or too long. */
static bool trim(const char *from, char name[CPH_POINTING_NAME_SIZE], const char **why)
{
    from += strspn(from, " ");
    size_t length = strlen(from);
    while (length > 0 && from[length - 1] == ' ')
        length--;
    if (length == 0 || length >= CPH_POINTING_NAME_SIZE) {
        *why = length == 0 ? "is empty, expected a name"
                           : "is longer than 63 bytes, expected a name of at most 63";
        return false;
    }
    memcpy(name, from, length);
    name[length] = '\0';
    return true;
}

cph_status cph_pointing_names_find(cph_pointing_names *names, const char *text, uint32_t *number,
                                   bool *added, const char **why)
{
    const size_t before = names->count;
    char name[CPH_POINTING_NAME_SIZE];
    if (!trim(text, name, why))
        return CPH_ERR_FORMAT;
    *why = "no memory";
    size_t at = names->slots > 0 ? slot_of(names, name) : 0;
    if (names->slots == 0 || names->slot[at] == 0) {
        const cph_status status = add(names, name, why);
        if (status != CPH_OK)
            return status;
        at = slot_of(names, name);
    }
    *number = names->slot[at] - 1;
    if (added != NULL)
        *added = names->count > before;
    return CPH_OK;
}

void cph_pointing_names_drop(cph_pointing_names *names)
{
    /* no name was placed behind it, so that none is looked for beyond its slot */
    names->slot[slot_of(names, cph_pointing_names_at(names, (uint32_t)names->count - 1))] = 0;
    names->count--;
}

void cph_pointing_names_free(cph_pointing_names *names)
{
    for (size_t i = 0; i < sizeof names->block / sizeof names->block[0]; i++)
        free(names->block[i]);
    free(names->slot);
    free(names->last_s);
    *names = (cph_pointing_names){0};
}
