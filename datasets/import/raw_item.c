/* SPDX-License-Identifier: MIT */
/* Samples as plain bytes: their names, and what is made of them. */
#include <string.h>

#include "cophase/convert.h"
#include "datasets/import/raw.h"

/* ---- names ---- */

typedef struct part_name {
    const char *name;
    size_t bytes;
    cph_type type;
} part_name;

static const part_name parts[] = {
    {"i8", 1, CPH_C8},    {"u8", 1, CPH_C8},    {"i16_", 2, CPH_C16}, {"u16_", 2, CPH_C16},
    {"i32_", 4, CPH_C32}, {"u32_", 4, CPH_C32}, {"f32_", 4, CPH_C32}, {"f64_", 8, CPH_C32},
};

bool cph_raw_item_same(const cph_raw_item *a, const cph_raw_item *b)
{
    return a->complex == b->complex && a->kind == b->kind && a->part_bytes == b->part_bytes &&
           a->big_endian == b->big_endian;
}

bool cph_raw_item_parse(const char *name, cph_raw_item *item)
{
    if (name[0] != 'c' && name[0] != 'r')
        return false;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const size_t length = strlen(parts[i].name);
        const char *order = name + 1 + length;
        if (strncmp(name + 1, parts[i].name, length) != 0)
            continue;
        const bool big = parts[i].bytes > 1 && strcmp(order, "be") == 0;
        if (!big && strcmp(order, parts[i].bytes > 1 ? "le" : "") != 0)
            continue;
        *item = (cph_raw_item){.complex = name[0] == 'c',
                               .kind = parts[i].name[0],
                               .part_bytes = parts[i].bytes,
                               .big_endian = big,
                               .bytes = parts[i].bytes * (name[0] == 'c' ? 2 : 1),
                               .type = parts[i].type};
        return true;
    }
    return false;
}

/* ---- values ---- */

/* Offset binary becomes two's complement by its highest bit. */
static void flip_signs(const cph_raw_item *item, unsigned char *at, size_t bytes)
{
    for (size_t i = item->big_endian ? 0 : item->part_bytes - 1; i < bytes; i += item->part_bytes)
        at[i] ^= 0x80U;
}

/* A part of 32-bit integers or 64-bit floats. */
static float wide_part(const cph_raw_item *item, const unsigned char *at)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < item->part_bytes; i++)
        bits = bits << 8 | at[item->big_endian ? i : item->part_bytes - 1 - i];
    if (item->kind == 'f') {
        double value;
        memcpy(&value, &bits, sizeof value);
        return (float)value;
    }
    const uint32_t low = (uint32_t)bits;
    int32_t value;
    memcpy(&value, &low, sizeof value);
    return (float)value;
}

static void unpack_wide(const cph_raw_item *item, const unsigned char *in, size_t in_ld,
                        size_t elements, size_t times, cph_c32 *out, size_t ld)
{
    for (size_t t = 0; t < times; t++)
        for (size_t n = 0; n < elements; n++) {
            const unsigned char *at = in + (t * in_ld + n) * item->bytes;
            out[t * ld + n] = (cph_c32){
                wide_part(item, at), item->complex ? wide_part(item, at + item->part_bytes) : 0.0F};
        }
}

cph_status cph_raw_unpack(const cph_raw_item *item, void *in, size_t in_ld, size_t elements,
                          size_t times, void *out, size_t ld)
{
    if (times == 0 || elements == 0)
        return CPH_OK;
    if (item->kind == 'u')
        flip_signs(item, in, ((times - 1) * in_ld + elements) * item->bytes);
    if (item->part_bytes == 8 || (item->part_bytes == 4 && item->kind != 'f')) {
        unpack_wide(item, in, in_ld, elements, times, out, ld);
        return CPH_OK;
    }
    const cph_samples_in from = {.format = {.type = item->type,
                                            .layout = item->complex ? CPH_INTERLEAVED : CPH_REAL,
                                            .big_endian = item->big_endian},
                                 .re = in,
                                 .ld = in_ld};
    return cph_samples_unpack(&from, elements, times, out, ld, NULL);
}
