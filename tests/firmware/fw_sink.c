/* SPDX-License-Identifier: MIT */
#include "tests/firmware/fw_sink.h"

#include "tests/firmware/fw_board.h"

static void put_text(const fw_sink *sink, const char *text)
{
    for (; *text != '\0'; text++)
        sink->put(*text);
}

/* A space, then the number. */
static void put_number(const fw_sink *sink, uint32_t value, uint32_t base)
{
    char digit[10];
    size_t digits = 0;
    do {
        digit[digits++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    sink->put(' ');
    while (digits > 0)
        sink->put(digit[--digits]);
}

static void put_signed(const fw_sink *sink, int32_t value)
{
    if (value >= 0) {
        put_number(sink, (uint32_t)value, 10);
        return;
    }
    put_text(sink, " -");
    char digit[10];
    size_t digits = 0;
    for (uint32_t left = 0U - (uint32_t)value; left != 0; left /= 10)
        digit[digits++] = (char)('0' + left % 10);
    while (digits > 0)
        sink->put(digit[--digits]);
}

/* As mantissa and exponent of two: what reads it needs no more than integers. */
static void put_float(const fw_sink *sink, float value)
{
    union {
        float value;
        uint32_t bits;
    } as = {.value = value};
    const int32_t exponent = (int32_t)(as.bits >> 23 & 0xff);
    const int32_t fraction = (int32_t)(as.bits & 0x7fffff) | (exponent != 0 ? 0x800000 : 0);
    if (exponent == 0xff) {
        put_text(sink, " none 0");
        return;
    }
    put_signed(sink, as.bits >> 31 != 0 ? -fraction : fraction);
    put_signed(sink, (exponent != 0 ? exponent : 1) - 150);
}

void fw_group(fw_sink *sink, const char *name, uint32_t seed)
{
    fw_group_end(sink);
    sink->name = name;
    sink->hash = 2166136261U;
    sink->words = 0;
    sink->state = seed != 0 ? seed : 1;
    put_text(sink, "seed ");
    put_text(sink, name);
    put_number(sink, seed, 10);
    sink->put('\n');
}

void fw_group_end(fw_sink *sink)
{
    if (sink->name == NULL)
        return;
    put_text(sink, "hash ");
    put_text(sink, sink->name);
    put_number(sink, sink->words, 10);
    put_number(sink, sink->hash, 16);
    sink->put('\n');
    sink->name = NULL;
}

static void hash_byte(fw_sink *sink, uint32_t byte)
{
    sink->hash = (sink->hash ^ (byte & 0xff)) * 16777619U;
}

void fw_word(fw_sink *sink, uint32_t word)
{
    for (unsigned shift = 0; shift < 32; shift += 8)
        hash_byte(sink, word >> shift);
    sink->words++;
}

void fw_words(fw_sink *sink, const uint32_t *word, size_t count)
{
    for (size_t i = 0; i < count; i++)
        fw_word(sink, word[i]);
}

void fw_halves(fw_sink *sink, const int16_t *half, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        hash_byte(sink, (uint32_t)half[i]);
        hash_byte(sink, (uint32_t)half[i] >> 8);
        sink->words++;
    }
}

void fw_bytes(fw_sink *sink, const void *bytes, size_t count)
{
    const unsigned char *const byte = bytes;
    for (size_t i = 0; i < count; i++)
        hash_byte(sink, byte[i]);
    sink->words += (uint32_t)count;
}

void fw_status(fw_sink *sink, cph_status status)
{
    fw_word(sink, (uint32_t)status);
}

void fw_float(fw_sink *sink, float value, float bound)
{
    put_text(sink, "float ");
    put_text(sink, sink->name);
    put_number(sink, sink->words++, 10);
    put_float(sink, value);
    put_float(sink, bound);
    sink->put('\n');
}

void fw_count_begin(fw_sink *sink, const char *name, size_t items)
{
    sink->count_name = name;
    sink->count_items = (uint32_t)items;
    if (sink->ticks != NULL)
        sink->count_start = sink->ticks();
}

void fw_count_end(fw_sink *sink)
{
    if (sink->ticks == NULL)
        return;
    const uint32_t ticks = (sink->ticks() - sink->count_start) & sink->ticks_mask;
    if (sink->count_name == NULL) {
        sink->ticks_of_a_call = ticks;
        return;
    }
    put_text(sink, "count ");
    put_text(sink, sink->count_name);
    put_number(sink, sink->count_items, 10);
    put_number(sink, ticks > sink->ticks_of_a_call ? ticks - sink->ticks_of_a_call : 0, 10);
    sink->put('\n');
}

uint32_t fw_random(fw_sink *sink)
{
    uint32_t x = sink->state;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    sink->state = x;
    return x;
}

int32_t fw_random_within(fw_sink *sink, int32_t limit)
{
    const uint32_t range = 2 * (uint32_t)limit + 1;
    return (int32_t)((uint64_t)fw_random(sink) * range >> 32) - limit;
}

void fw_run(fw_sink *sink)
{
    fw_count_begin(sink, NULL, 1);
    fw_count_end(sink);
#define FW_PART(part)                                                                              \
    fw_run_##part(sink);                                                                           \
    fw_group_end(sink);
#include "tests/firmware/parts.def"
#undef FW_PART
    put_text(sink, "end\n");
}
