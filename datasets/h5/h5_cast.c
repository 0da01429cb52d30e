/* SPDX-License-Identifier: MIT */
/* Numbers of a file as numbers in memory, with the roundings of HDF5: those that are the same but
 * for the order of their bytes, narrower integers, and anything as float or double. */
#include <string.h>

#include "datasets/h5/h5_raw.h"
#include "kernels/core/kernels.h"
#include "kernels/core/size.h"

enum { I8, U8, I16, U16, I32, U32, F32, F64, KINDS };
static const unsigned char size_of[KINDS] = {1, 1, 2, 2, 4, 4, 4, 8};

/* Which numbers of files each kind in memory is made of. */
static const unsigned made_of[KINDS] = {
    [I8] = 1u << I8,
    [U8] = 1u << U8 | 1u << I8, /* enumerations of Python: 0 and 1 */
    [I16] = 1u << I8 | 1u << U8 | 1u << I16,
    [F32] = (1u << KINDS) - 1,
    [F64] = (1u << KINDS) - 1,
};

static const bool host_big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;

/* The kind of a number or an enumeration, and whether its bytes are in the other order; KINDS for
 * others. */
static int kind_of(hid_t type, bool *swap)
{
    const hid_t little[KINDS] = {H5T_STD_I8LE,  H5T_STD_U8LE,  H5T_STD_I16LE,  H5T_STD_U16LE,
                                 H5T_STD_I32LE, H5T_STD_U32LE, H5T_IEEE_F32LE, H5T_IEEE_F64LE};
    const hid_t big[KINDS] = {H5T_STD_I8BE,  H5T_STD_U8BE,  H5T_STD_I16BE,  H5T_STD_U16BE,
                              H5T_STD_I32BE, H5T_STD_U32BE, H5T_IEEE_F32BE, H5T_IEEE_F64BE};
    const bool named = H5Tget_class(type) == H5T_ENUM;
    const hid_t number = named ? H5Tget_super(type) : type;
    int kind = 0;
    while (kind < KINDS) {
        const bool is_little = H5Tequal(number, little[kind]) > 0;
        *swap = host_big ? is_little : !is_little;
        if (is_little || H5Tequal(number, big[kind]) > 0)
            break;
        kind++;
    }
    if (named)
        H5Tclose(number);
    return kind;
}

/* The two numbers of a pair: kinds that are the same, and their places. */
static int pair_of(hid_t type, bool *swap, size_t at[2])
{
    bool swaps[2];
    int kind[2];
    if (H5Tget_nmembers(type) != 2)
        return KINDS;
    for (unsigned i = 0; i < 2; i++) {
        const hid_t member = H5Tget_member_type(type, i);
        at[i] = H5Tget_member_offset(type, i);
        kind[i] = kind_of(member, &swaps[i]);
        H5Tclose(member);
    }
    *swap = swaps[0];
    return kind[0] == kind[1] && swaps[0] == swaps[1] ? kind[0] : KINDS;
}

bool cph_h5_cast_make(hid_t file, hid_t memory, cph_h5_cast *cast)
{
    const bool pair = H5Tget_class(file) == H5T_COMPOUND;
    size_t packed[2] = {0, 0};
    bool swap = false;
    if (H5Tequal(file, memory) > 0) {
        const size_t size = H5Tget_size(file);
        *cast = (cph_h5_cast){.from = size, .to = size, .parts = 1, .copy = true};
        return true;
    }
    if (pair != (H5Tget_class(memory) == H5T_COMPOUND))
        return false;
    *cast =
        (cph_h5_cast){.from = H5Tget_size(file), .to = H5Tget_size(memory), .parts = pair ? 2 : 1};
    cast->in = pair ? pair_of(file, &cast->swap, cast->at) : kind_of(file, &cast->swap);
    cast->out = pair ? pair_of(memory, &swap, packed) : kind_of(memory, &swap);
    if (cast->in == KINDS || cast->out == KINDS || swap ||
        !(made_of[cast->out] >> (unsigned)cast->in & 1u))
        return false;
    cast->swap = cast->swap && size_of[cast->in] > 1;
    cast->copy = cast->in == cast->out && !cast->swap && cast->from == cast->to &&
                 cast->at[0] == 0 && (!pair || cast->at[1] == packed[1]);
    return true;
}

/* ---- numbers one by one ---- */

static inline void take(const char *in, size_t size, bool swap, void *value)
{
    unsigned char *const to = value;
    for (size_t i = 0; i < size; i++)
        to[swap ? size - 1 - i : i] = (unsigned char)in[i];
}

#define LOAD(kind, type)                                                                           \
    case kind: {                                                                                   \
        type value;                                                                                \
        take(in, sizeof value, swap, &value);                                                      \
        return value;                                                                              \
    }
static inline double load(int kind, bool swap, const char *in)
{
    switch (kind) {
        LOAD(I8, int8_t)
        LOAD(U8, uint8_t)
        LOAD(I16, int16_t)
        LOAD(U16, uint16_t)
        LOAD(I32, int32_t)
        LOAD(U32, uint32_t)
        LOAD(F32, float)
    default: {
        double value;
        take(in, sizeof value, swap, &value);
        return value;
    }
    }
}
#undef LOAD

#define STORE(kind, type, value)                                                                   \
    case kind: {                                                                                   \
        const type number = (type)(value);                                                         \
        memcpy(out, &number, sizeof number);                                                       \
        break;                                                                                     \
    }
static inline void store(int kind, double value, char *out)
{
    switch (kind) {
        STORE(I8, int8_t, value)
        STORE(U8, uint8_t, value < 0.0 ? 0.0 : value)
        STORE(I16, int16_t, value)
        STORE(F32, float, value)
    default:
        memcpy(out, &value, sizeof value);
    }
}
#undef STORE

static inline void one_by_one(const cph_h5_cast *c, int in, int out, const char *from, size_t count,
                              char *to)
{
    const size_t size = size_of[out];
    for (size_t i = 0; i < count; i++, from += c->from)
        for (size_t p = 0; p < c->parts; p++, to += size)
            store(out, load(in, c->swap, from + c->at[p]), to);
}

/* The compiler makes a loop of its own of each case. */
static void to_double(const cph_h5_cast *c, const char *in, size_t count, char *out)
{
    switch (c->in) {
    case I32:
        one_by_one(c, I32, F64, in, count, out);
        break;
    case F32:
        one_by_one(c, F32, F64, in, count, out);
        break;
    case F64:
        one_by_one(c, F64, F64, in, count, out);
        break;
    default:
        one_by_one(c, c->in, F64, in, count, out);
    }
}

/* Swapped numbers of 2 or 4 bytes without anything between them, by the kernels for samples: pairs
 * of them, whose values are not looked at. Returns the numbers that are done. */
static size_t swap_pairs(const cph_h5_cast *c, const char *in, size_t numbers, char *out)
{
    const cph_sample_form form = {.layout = CPH_INTERLEAVED, .swap = true};
    const size_t size = size_of[c->in];
    if (c->in != c->out || !c->swap || c->from != c->to || c->at[0] != 0 ||
        (size != 2 && size != 4))
        return 0;
    cph_unpack_fn *const unpack = size == 2 ? CPH_BOUND(unpack_c16) : CPH_BOUND(unpack_c32);
    unpack(form, in, NULL, numbers / 2, out);
    return numbers / 2 * 2;
}

void cph_h5_cast_run(const cph_h5_cast *cast, const void *in, size_t count, void *out)
{
    if (cast->copy) {
        memcpy(out, in, count * cast->from);
        return;
    }
    const size_t done = swap_pairs(cast, in, count * cast->parts, out) / cast->parts;
    const char *const from = (const char *)in + done * cast->from;
    char *const to = (char *)out + done * cast->to;
    if (cast->out == F64)
        to_double(cast, from, count - done, to);
    else
        one_by_one(cast, cast->in, cast->out, from, count - done, to);
}
