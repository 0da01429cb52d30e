/* SPDX-License-Identifier: MIT */
/* Strings of any length. They lie in collections of the file's global heap, in which HDF5 1.10
 * trusts what it reads: one damaged byte ends the process. So HDF5 is asked for no more than where
 * each string is, by a conversion to opaque bytes that keeps what the file holds, and the
 * collections are read here, every number of theirs checked. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "datasets/h5/h5.h"

static const char tag[] = "cophase reference";

/* The file that holds the strings, which a link may have led to: its size, the sizes of addresses
 * and lengths in it, and where its address 0 is. */
typedef struct heap {
    const cph_h5 *h5;
    int fd;
    uint64_t bytes;
    size_t address, length;
    uint64_t base;
} heap;

/* A string as the data set holds it. */
typedef struct reference {
    uint64_t length, address, index;
} reference;

/* ---- what the file says of where strings are ---- */

static herr_t keep_bytes(hid_t from, hid_t to, H5T_cdata_t *about, size_t count, size_t stride,
                         size_t back_stride, void *buffer, void *back, hid_t plist)
{
    (void)count, (void)stride, (void)back_stride, (void)buffer, (void)back, (void)plist;
    if (about->command == H5T_CONV_FREE)
        return 0;
    if (about->command == H5T_CONV_CONV)
        return H5Tget_size(from) == H5Tget_size(to) ? 0 : -1;
    char *const is = H5Tget_class(to) == H5T_OPAQUE ? H5Tget_tag(to) : NULL;
    const bool wanted = is != NULL && strcmp(is, tag) == 0 && H5Tis_variable_str(from) > 0;
    H5free_memory(is);
    about->need_bkg = H5T_BKG_NO;
    return wanted ? 0 : -1;
}

/* The bytes of references, for which HDF5 knows the conversion from here on. Negative: refused. */
static hid_t make_opaque(hid_t type, size_t bytes)
{
    H5T_cdata_t *about = NULL;
    const hid_t opaque = H5Tcreate(H5T_OPAQUE, bytes);
    if (opaque >= 0 && H5Tset_tag(opaque, tag) >= 0 &&
        (H5Tfind(type, opaque, &about) != NULL ||
         H5Tregister(H5T_PERS_SOFT, "cophase strings", type, opaque, keep_bytes) >= 0))
        return opaque;
    if (opaque >= 0)
        H5Tclose(opaque);
    return -1;
}

static uint64_t number_at(const unsigned char *at, size_t bytes)
{
    uint64_t value = 0;
    while (bytes-- > 0)
        value = value << 8 | at[bytes];
    return value;
}

static bool look_at_file(const cph_h5 *h5, hid_t id, heap *out)
{
    const cph_h5 at = {.file = H5Iget_file_id(id)};
    if (at.file < 0)
        return false;
    hsize_t base = 0;
    struct stat about;
    const hid_t plist = H5Fget_create_plist(at.file);
    *out = (heap){.h5 = h5, .fd = cph_h5_descriptor(&at)};
    const bool done = plist >= 0 && H5Pget_sizes(plist, &out->address, &out->length) >= 0 &&
                      H5Pget_userblock(plist, &base) >= 0 && out->address >= 2 &&
                      out->address <= sizeof(uint64_t) && out->length >= 2 &&
                      out->length <= sizeof(uint64_t) && out->fd >= 0 &&
                      fstat(out->fd, &about) == 0;
    out->base = base;
    out->bytes = done ? (uint64_t)about.st_size : 0;
    if (plist >= 0)
        H5Pclose(plist);
    H5Fclose(at.file);
    return done;
}

/* Those of a virtual data set are in the heaps of its sources. */
static bool is_virtual(hid_t set)
{
    const hid_t plist = H5Dget_create_plist(set);
    const bool found = H5Pget_layout(plist) == H5D_VIRTUAL;
    H5Pclose(plist);
    return found;
}

/* ---- a collection ---- */

static bool read_at(const heap *h, uint64_t at, size_t bytes, void *out)
{
    return at <= h->bytes && bytes <= h->bytes - at &&
           pread(h->fd, out, bytes, (off_t)at) == (ssize_t)bytes;
}

enum { UNIT = 8, COUNTS = 8, OBJECTS = UINT16_MAX + 1, SIZE_BYTES = sizeof(uint64_t) };

static uint64_t in_units(uint64_t bytes)
{
    return bytes + (UNIT - bytes % UNIT) % UNIT;
}

/* Where the bytes of objects of a collection are: "GCOL", version, three bytes, its size; then of
 * each object number, count of references, four bytes, size and its bytes, all in units of eight;
 * number 0 is what is free. */
typedef struct collection {
    uint64_t address; /* UINT64_MAX: none was read */
    struct {
        uint64_t at, bytes; /* at 0: it is not there */
    } object[OBJECTS];
} collection;

static bool read_collection(const heap *h, uint64_t address, collection *out)
{
    unsigned char head[COUNTS + SIZE_BYTES];
    const uint64_t header = in_units(COUNTS + h->length), all = h->bytes;
    memset(out, 0, sizeof *out);
    out->address = UINT64_MAX;
    if (address > all || h->base > all - address)
        return false;
    uint64_t at = h->base + address;
    if (!read_at(h, at, COUNTS + h->length, head) || memcmp(head, "GCOL\1", 5) != 0)
        return false;
    const uint64_t size = number_at(head + COUNTS, h->length);
    if (size < header || size > all - at)
        return false;
    const uint64_t end = at + size;
    at += header;
    while (end - at >= header) {
        if (!read_at(h, at, COUNTS + h->length, head))
            return false;
        const size_t number = (size_t)number_at(head, 2);
        const uint64_t bytes = number_at(head + COUNTS, h->length);
        if (number == 0)
            break;
        at += header;
        if (bytes > end - at || in_units(bytes) > end - at || out->object[number].at != 0)
            return false;
        out->object[number].at = at;
        out->object[number].bytes = bytes;
        at += in_units(bytes);
    }
    out->address = address;
    return true;
}

/* ---- strings ---- */

static cph_status read_text(const heap *h, const char *object, const reference *from,
                            collection *now, char **text)
{
    const bool none = from->address == 0 || from->length == 0;
    if (!none && now->address != from->address && !read_collection(h, from->address, now))
        return cph_h5_fail(h->h5, CPH_ERR_FORMAT, object,
                           "is damaged: there are no strings of any length at byte %llu",
                           (unsigned long long)from->address);
    if (!none && (from->index >= OBJECTS || now->object[from->index].at == 0 ||
                  from->length > now->object[from->index].bytes))
        return cph_h5_fail(h->h5, CPH_ERR_FORMAT, object,
                           "is damaged: the strings at byte %llu have no number %llu of %llu bytes",
                           (unsigned long long)from->address, (unsigned long long)from->index,
                           (unsigned long long)from->length);
    const size_t bytes = none ? 0 : (size_t)from->length; /* no more than the file has */
    *text = calloc(bytes + 1, 1);
    if (*text == NULL)
        return cph_h5_fail(h->h5, CPH_ERR_MEMORY, object, "no memory for %zu bytes", bytes);
    if (!none && !read_at(h, now->object[from->index].at, bytes, *text))
        return cph_h5_fail(h->h5, CPH_ERR_IO, object, "cannot be read");
    return CPH_OK;
}

static cph_status read_texts(const heap *h, const char *object, const unsigned char *reference_at,
                             size_t count, char **text)
{
    enum { LENGTH = 4 };
    const size_t bytes = LENGTH + h->address + LENGTH;
    collection *now = calloc(1, sizeof *now);
    uint64_t left = h->bytes; /* strings share no bytes, so that there are no more */
    cph_status status = CPH_OK;
    if (now == NULL)
        return cph_h5_fail(h->h5, CPH_ERR_MEMORY, object, "no memory for its strings");
    now->address = UINT64_MAX;
    for (size_t i = 0; status == CPH_OK && i < count; i++, reference_at += bytes) {
        const reference from = {
            .length = number_at(reference_at, LENGTH),
            .address = number_at(reference_at + LENGTH, h->address),
            .index = number_at(reference_at + LENGTH + h->address, LENGTH),
        };
        if (from.address != 0 && from.length > left)
            status = cph_h5_fail(h->h5, CPH_ERR_FORMAT, object,
                                 "is damaged: its strings are longer than the file");
        else
            status = read_text(h, object, &from, now, &text[i]);
        left -= from.address != 0 && status == CPH_OK ? from.length : 0;
    }
    free(now);
    return status;
}

cph_status cph_h5_heap_read(const cph_h5 *h5, const char *object, hid_t id, hid_t memory,
                            hid_t space, size_t count, char **text)
{
    heap h;
    const bool attribute = H5Iget_type(id) == H5I_ATTR;
    if (!look_at_file(h5, id, &h) || (!attribute && is_virtual(id)))
        return cph_h5_fail(h5, CPH_ERR_UNSUPPORTED, object, "has strings that cannot be found");
    const hid_t type = attribute ? H5Aget_type(id) : H5Dget_type(id);
    const size_t bytes = 4 + h.address + 4;
    const hid_t opaque = make_opaque(type, bytes);
    unsigned char *where = calloc(count + 1, bytes);
    cph_status status = CPH_OK;
    if (where == NULL)
        status = cph_h5_fail(h5, CPH_ERR_MEMORY, object, "no memory for %zu strings", count);
    else if (opaque < 0 || (attribute ? H5Aread(id, opaque, where)
                                      : H5Dread(id, opaque, memory, space, H5P_DEFAULT, where)) < 0)
        status = cph_h5_fail_call(h5, object, "cannot be read");
    else
        status = read_texts(&h, object, where, count, text);
    free(where);
    if (opaque >= 0)
        H5Tclose(opaque);
    H5Tclose(type);
    return status;
}

void cph_h5_heap_free(size_t count, char **text)
{
    for (size_t i = 0; text != NULL && i < count; i++)
        free(text[i]);
    free((void *)text);
}
