/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <strings.h>

#include "cophase/convert.h"
#include "datasets/h5/h5.h"
#include "kernels/core/size.h"

hid_t cph_h5_pair_type(hid_t part, const char *re, const char *im)
{
    size_t bytes = H5Tget_size(part);
    hid_t type = H5Tcreate(H5T_COMPOUND, 2 * bytes);
    H5Tinsert(type, re, 0, part);
    H5Tinsert(type, im, bytes, part);
    return type;
}

static const char *const member_names[][2] = {{"r", "i"}, {"real", "imag"}, {"re", "im"}};

static void take_part(cph_h5_complex *c, hid_t type)
{
    c->part_class = H5Tget_class(type);
    c->part_size = H5Tget_size(type);
    c->part_signed = c->part_class == H5T_FLOAT || H5Tget_sign(type) == H5T_SGN_2;
}

/* Whether member `index` of a pair is called `name`; then it is noted. */
static bool take_member(cph_h5_complex *c, hid_t type, unsigned index, const char *name)
{
    char *is = H5Tget_member_name(type, index);
    bool same = is != NULL && strcasecmp(is, name) == 0;
    if (same)
        memcpy(c->name[index], is, strlen(is) + 1);
    if (is != NULL)
        H5free_memory(is);
    return same;
}

static bool take_pair(cph_h5_complex *c, hid_t type)
{
    if (!cph_h5_is_pair(type))
        return false;
    for (size_t i = 0; i < sizeof member_names / sizeof member_names[0]; i++) {
        if (!take_member(c, type, 0, member_names[i][0]) ||
            !take_member(c, type, 1, member_names[i][1]))
            continue;
        hid_t part = H5Tget_member_type(type, 0);
        take_part(c, part);
        H5Tclose(part);
        c->form = CPH_H5_PAIR;
        return true;
    }
    return false;
}

static bool take_plain(cph_h5_complex *c, hid_t type, bool real)
{
    cph_h5_set *set = &c->set;
    if (!cph_h5_is_number(type))
        return false;
    take_part(c, type);
    c->form = real ? CPH_H5_REAL : CPH_H5_AXIS;
    if (real)
        return true;
    if (set->rank == 0 || set->dim[set->rank - 1] != 2)
        return false;
    set->rank--;
    set->inner = 2;
    return true;
}

cph_status cph_h5_complex_open(const cph_h5 *h5, const char *name, bool real, cph_h5_complex *c)
{
    *c = (cph_h5_complex){.set = {.id = -1}};
    cph_status status = cph_h5_set_open(h5, name, &c->set);
    if (status != CPH_OK)
        return status;
    hid_t type = H5Dget_type(c->set.id);
    bool known = c->set.type_class == H5T_COMPOUND ? take_pair(c, type) : take_plain(c, type, real);
    H5Tclose(type);
    if (known)
        return CPH_OK;
    cph_h5_set_close(&c->set);
    return cph_h5_fail(h5, CPH_ERR_FORMAT, name,
                       "is not complex, expected compounds {r, i}, {real, imag} or {re, im}, or a "
                       "last axis of two");
}

/* x becomes {x, 0}, in place: the reals stand in the upper half, and a piece of them is taken away
 * before what is made of it can reach it. */
static bool widen(void *out, size_t count, size_t part)
{
    static const cph_type type_of[] = {[1] = CPH_C8, [2] = CPH_C16, [4] = CPH_C32};
    if (part != 1 && part != 2 && part != 4)
        return false;
    _Alignas(sizeof(double)) char piece[4096];
    const char *const from = (const char *)out + count * part;
    cph_status status = CPH_OK;
    for (size_t i = 0, some = 0; i < count && status == CPH_OK; i += some) {
        some = cph_size_min(sizeof piece / part, count - i);
        memcpy(piece, from + i * part, some * part);
        const cph_samples_in in = {
            .format = {.type = type_of[part], .layout = CPH_REAL}, .re = piece, .ld = some};
        status = cph_samples_unpack(&in, some, 1, (char *)out + 2 * i * part, some, NULL);
    }
    return status == CPH_OK;
}

static hid_t memory_type(const cph_h5_complex *c, hid_t part)
{
    return c->form == CPH_H5_PAIR ? cph_h5_pair_type(part, c->name[0], c->name[1]) : H5Tcopy(part);
}

cph_status cph_h5_complex_read(const cph_h5 *h5, const cph_h5_complex *c, hid_t part,
                               const size_t *start, const size_t *count, void *out)
{
    size_t total = 1, bytes = H5Tget_size(part);
    for (size_t i = 0; i < c->set.rank; i++) {
        if (start[i] > c->set.dim[i] || count[i] > c->set.dim[i] - start[i])
            return cph_h5_fail(h5, CPH_ERR_ARGUMENT, c->set.name,
                               "has %zu on axis %zu, asked for %zu from %zu", c->set.dim[i], i,
                               count[i], start[i]);
        total *= count[i]; /* fits: not above the claimed size, which was checked */
    }
    if (total == 0)
        return CPH_OK;
    hid_t type = memory_type(c, part);
    char *to = (char *)out + (c->form == CPH_H5_REAL ? total * bytes : 0);
    cph_status status = cph_h5_box_read(h5, &c->set, type, start, count, to);
    if (status == CPH_OK && c->form == CPH_H5_REAL)
        status = widen(out, total, bytes)
                     ? CPH_OK
                     : cph_h5_fail(h5, CPH_ERR_ARGUMENT, c->set.name,
                                   "is real, which is read as int8, int16 or float alone");
    H5Tclose(type);
    return status;
}

cph_status cph_h5_complex_all(const cph_h5 *h5, const char *name, size_t rank, const size_t *dim,
                              cph_c64 *value)
{
    static const size_t origin[CPH_H5_RANK];
    cph_h5_complex c;
    cph_status status = cph_h5_complex_open(h5, name, false, &c);
    if (status == CPH_OK)
        status = cph_h5_set_shape(h5, &c.set, rank, dim, "complex");
    if (status == CPH_OK)
        status = cph_h5_complex_read(h5, &c, H5T_NATIVE_DOUBLE, origin, dim, value);
    cph_h5_set_close(&c.set);
    return status;
}
