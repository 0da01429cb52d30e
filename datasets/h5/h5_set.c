/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "datasets/h5/h5_raw.h"
#include "kernels/core/size.h"

/* What a file can hold: no filter of HDF5's own makes more than 1032 bytes of one (deflate's
 * bound), and what was never written needs none, up to a little. */
enum { RATIO_MAX = 1100, UNWRITTEN_MAX = 1 << 20, CACHE_MAX = 64 << 20, CACHE_DEFAULT = 1 << 20 };

static size_t holdable(const cph_h5 *h5, hid_t set, bool is_virtual)
{
    size_t stored = (size_t)H5Dget_storage_size(set), most;
    if (!is_virtual) /* its bytes are in other files */
        stored = cph_size_min(stored, (size_t)h5->bytes);
    if (!cph_size_mul(stored, RATIO_MAX, &most) || !cph_size_add(most, UNWRITTEN_MAX, &most))
        return SIZE_MAX;
    return most;
}

/* Fills rank and dim; *bytes is the claimed size, SIZE_MAX when it does not fit. */
static cph_status read_shape(const cph_h5 *h5, cph_h5_set *set, size_t *bytes)
{
    hsize_t dim[H5S_MAX_RANK];
    hid_t space = H5Dget_space(set->id);
    H5S_class_t kind = H5Sget_simple_extent_type(space);
    int rank = H5Sget_simple_extent_ndims(space);
    if (kind == H5S_NULL || rank < 0 || rank > CPH_H5_RANK) {
        H5Sclose(space);
        return cph_h5_fail(h5, CPH_ERR_FORMAT, set->name, "has %d axes, expected 0 to %d", rank,
                           CPH_H5_RANK);
    }
    H5Sget_simple_extent_dims(space, dim, NULL);
    H5Sclose(space);
    set->rank = (size_t)rank;
    *bytes = set->type_size;
    for (size_t i = 0; i < set->rank; i++) {
        set->dim[i] = set->chunk[i] = (size_t)dim[i];
        if (!cph_size_mul(*bytes, (size_t)dim[i], bytes))
            *bytes = SIZE_MAX;
    }
    return CPH_OK;
}

/* Chunks that a row of the first axis crosses, times their size: what the cache should hold so that
 * nothing is read twice. At least one chunk. */
static size_t cache_wanted(const cph_h5_set *set, size_t chunk_bytes)
{
    size_t wanted = chunk_bytes;
    for (size_t i = 1; i < set->rank; i++)
        if (!cph_size_mul(wanted, (set->dim[i] + set->chunk[i] - 1) / set->chunk[i], &wanted))
            return chunk_bytes;
    return wanted <= CACHE_MAX ? wanted : chunk_bytes;
}

/* Reads the chunk shape, and opens the set again where the default cache (1 MiB) is too small. */
static cph_status use_chunks(const cph_h5 *h5, cph_h5_set *set, hid_t plist, size_t most)
{
    enum { SLOTS = 12421 }; /* a prime, some hundred times the chunks that fit */
    hsize_t chunk[H5S_MAX_RANK];
    size_t bytes = set->type_size;
    H5Pget_chunk(plist, (int)set->rank, chunk);
    for (size_t i = 0; i < set->rank; i++) {
        set->chunk[i] = (size_t)chunk[i];
        if (!cph_size_mul(bytes, (size_t)chunk[i], &bytes))
            bytes = SIZE_MAX;
    }
    if (bytes > most && H5Dget_storage_size(set->id) > 0)
        return cph_h5_fail(h5, CPH_ERR_FORMAT, set->name,
                           "has chunks of %zu bytes, more than the file can hold", bytes);
    /* Without a filter HDF5 reads parts of a chunk, unless its cache can hold the whole. */
    if (bytes > CACHE_MAX && H5Pget_nfilters(plist) == 0)
        return CPH_OK;
    size_t wanted = cache_wanted(set, bytes);
    if (wanted < CACHE_DEFAULT)
        return CPH_OK;
    hid_t access = H5Pcreate(H5P_DATASET_ACCESS);
    H5Pset_chunk_cache(access, SLOTS, wanted + 1, 1.0);
    H5Dclose(set->id);
    set->id = H5Dopen2(h5->file, set->name, access);
    cph_status status = set->id < 0 ? cph_h5_fail_call(h5, set->name, "cannot be opened") : CPH_OK;
    H5Pclose(access);
    return status;
}

/* An enumeration, as booleans of Python are stored. */
static bool is_named_number(hid_t type)
{
    hid_t base = H5Tget_class(type) == H5T_ENUM ? H5Tget_super(type) : H5I_INVALID_HID;
    bool number = base >= 0 && cph_h5_is_number(base);
    if (base >= 0)
        H5Tclose(base);
    return number;
}

static cph_status describe(const cph_h5 *h5, cph_h5_set *set)
{
    hid_t type = H5Dget_type(set->id);
    set->type_class = H5Tget_class(type);
    set->type_size = H5Tget_size(type);
    set->is_number = cph_h5_is_number(type) || is_named_number(type);
    H5Tclose(type);
    hid_t plist = H5Dget_create_plist(set->id);
    H5D_layout_t layout = H5Pget_layout(plist);
    size_t bytes = 0, most = holdable(h5, set->id, layout == H5D_VIRTUAL);
    cph_status status = read_shape(h5, set, &bytes);
    if (status == CPH_OK && bytes > most)
        status =
            cph_h5_fail(h5, CPH_ERR_FORMAT, set->name,
                        "claims %s%zu bytes, more than the file's %llu bytes can hold",
                        bytes == SIZE_MAX ? "over " : "", bytes, (unsigned long long)h5->bytes);
    if (status == CPH_OK && layout == H5D_CHUNKED)
        status = use_chunks(h5, set, plist, most);
    if (status == CPH_OK)
        set->raw = cph_h5_raw_open(h5, set, plist);
    H5Pclose(plist);
    return status;
}

cph_status cph_h5_set_open(const cph_h5 *h5, const char *name, cph_h5_set *set)
{
    *set = (cph_h5_set){.id = -1, .name = name};
    if (!cph_h5_exists(h5, name))
        return cph_h5_fail(h5, CPH_ERR_MISSING, name, "is absent, expected a data set");
    H5O_info_t about;
    if (H5Oget_info_by_name2(h5->file, name, &about, H5O_INFO_BASIC, H5P_DEFAULT) < 0)
        return cph_h5_fail_call(h5, name, "cannot be opened");
    if (about.type != H5O_TYPE_DATASET)
        return cph_h5_fail(h5, CPH_ERR_FORMAT, name, "is a group or type, expected a data set");
    set->id = H5Dopen2(h5->file, name, H5P_DEFAULT);
    if (set->id < 0)
        return cph_h5_fail_call(h5, name, "cannot be opened");
    cph_status status = describe(h5, set);
    if (status != CPH_OK)
        cph_h5_set_close(set);
    return status;
}

void cph_h5_set_close(cph_h5_set *set)
{
    if (set->id >= 0)
        H5Dclose(set->id);
    cph_h5_raw_close(set->raw);
    set->raw = NULL;
    set->id = -1;
}

cph_status cph_h5_set_refresh(const cph_h5 *h5, cph_h5_set *set, bool last, size_t *rows)
{
    size_t bytes = 0;
    cph_h5_set now = *set;
    if (H5Drefresh(set->id) < 0)
        return cph_h5_fail_call(h5, set->name, "cannot be read again");
    const hid_t plist = H5Dget_create_plist(set->id);
    const bool filters = H5Pget_nfilters(plist) > 0;
    const bool is_virtual = H5Pget_layout(plist) == H5D_VIRTUAL;
    H5Pclose(plist);
    cph_status status = read_shape(h5, &now, &bytes);
    if (status != CPH_OK)
        return status;
    if (set->inner > 0)
        now.rank--;
    bool grown = now.rank == set->rank && now.dim[0] >= set->dim[0];
    for (size_t i = 1; grown && i < set->rank; i++)
        grown = now.dim[i] == set->dim[i];
    if (!grown)
        return cph_h5_fail(h5, CPH_ERR_FORMAT, set->name,
                           "changed its shape while it was followed; expected its first axis to "
                           "grow");
    if (bytes > holdable(h5, set->id, is_virtual))
        return cph_h5_fail(h5, CPH_ERR_FORMAT, set->name,
                           "claims %zu rows, more than the file's %llu bytes can hold", now.dim[0],
                           (unsigned long long)h5->bytes);
    set->dim[0] = now.dim[0];
    *rows = filters && !last ? now.dim[0] - now.dim[0] % set->chunk[0] : now.dim[0];
    return CPH_OK;
}

/* "[3, 4, any]" */
static void write_shape(char *out, size_t size, size_t rank, const size_t *dim, bool zero_is_any)
{
    size_t at = 0;
    for (size_t i = 0; i < rank && at < size; i++) {
        const char *before = i == 0 ? "" : ", ";
        int wrote = zero_is_any && dim[i] == 0
                        ? snprintf(out + at, size - at, "%sany", before)
                        : snprintf(out + at, size - at, "%s%zu", before, dim[i]);
        at += wrote > 0 ? (size_t)wrote : 0;
    }
    if (rank == 0)
        out[0] = '\0';
}

cph_status cph_h5_set_shape(const cph_h5 *h5, const cph_h5_set *set, size_t rank,
                            const size_t *expect, const char *axes)
{
    bool same = set->rank == rank;
    for (size_t i = 0; same && i < rank; i++)
        same = expect[i] == 0 ? set->dim[i] > 0 : set->dim[i] == expect[i];
    if (same)
        return CPH_OK;
    char is[96], wanted[96];
    bool empty = false;
    for (size_t i = 0; i < set->rank; i++)
        empty = empty || set->dim[i] == 0;
    if (h5->empty != NULL && set->rank == rank && rank > 0)
        *h5->empty = set->dim[0] == 0;
    write_shape(is, sizeof is, set->rank, set->dim, false);
    write_shape(wanted, sizeof wanted, rank, expect, true);
    return cph_h5_fail(h5, CPH_ERR_FORMAT, set->name, "%s [%s], expected [%s] (%s)",
                       empty ? "is empty, shape" : "has shape", is, wanted, axes);
}

cph_status cph_h5_doubles(const cph_h5 *h5, const char *name, size_t rank, const size_t *dim,
                          double *value)
{
    cph_h5_set set;
    cph_status status = cph_h5_set_open(h5, name, &set);
    if (status == CPH_OK)
        status = cph_h5_set_shape(h5, &set, rank, dim, "numbers");
    if (status == CPH_OK && !set.is_number)
        status = cph_h5_fail(h5, CPH_ERR_FORMAT, name, "does not hold numbers, expected floats");
    if (status == CPH_OK &&
        H5Dread(set.id, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, value) < 0)
        status = cph_h5_fail_call(h5, name, "cannot be read");
    cph_h5_set_close(&set);
    return status;
}

cph_status cph_h5_set_read(const cph_h5 *h5, const cph_h5_set *set, hid_t memory_type,
                           const size_t *start, const size_t *count, void *value)
{
    if (!set->is_number || set->rank == 0)
        return cph_h5_fail(h5, CPH_ERR_FORMAT, set->name, "does not hold an array of numbers");
    return cph_h5_box_read(h5, set, memory_type, start, count, value);
}

/* The readers of strings: false when HDF5 or the heap refused. */
static bool strings_fixed(const cph_h5_set *set, hid_t type, size_t count, size_t size, char *value)
{
    char *text = calloc(count + 1, set->type_size);
    bool done = text != NULL && H5Dread(set->id, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text) >= 0;
    for (size_t i = 0; done && i < count; i++)
        cph_h5_text_line(value + i * size, size, text + i * set->type_size, set->type_size);
    free(text);
    return done;
}

static cph_status strings_variable(const cph_h5 *h5, const cph_h5_set *set, size_t count,
                                   size_t size, char *value)
{
    char **text = calloc(count + 1, sizeof *text);
    if (text == NULL)
        return cph_h5_fail(h5, CPH_ERR_MEMORY, set->name, "no memory for %zu strings", count);
    const cph_status status =
        cph_h5_heap_read(h5, set->name, set->id, H5S_ALL, H5S_ALL, count, text);
    for (size_t i = 0; status == CPH_OK && i < count; i++)
        cph_h5_text_line(value + i * size, size, text[i], strlen(text[i]));
    cph_h5_heap_free(count, text);
    return status;
}

static bool strings_ucs4(const cph_h5_set *set, size_t count, size_t size, char *value)
{
    size_t length = set->dim[1];
    uint32_t *code = calloc(count * length, sizeof *code);
    char *text = malloc(4 * length + 1);
    bool done = code != NULL && text != NULL &&
                H5Dread(set->id, H5T_NATIVE_UINT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, code) >= 0;
    for (size_t i = 0; done && i < count; i++) {
        cph_h5_text_ucs4(code + i * length, length, text);
        cph_h5_text_line(value + i * size, size, text, strlen(text));
    }
    free(code);
    free(text);
    return done;
}

static cph_status read_strings(const cph_h5 *h5, const cph_h5_set *set, size_t count, size_t size,
                               char *value)
{
    hid_t type = H5Dget_type(set->id);
    const bool variable = set->type_class == H5T_STRING && H5Tis_variable_str(type) > 0;
    cph_status status = CPH_OK;
    if (variable)
        status = strings_variable(h5, set, count, size, value);
    else if (!(set->type_class != H5T_STRING ? strings_ucs4(set, count, size, value)
                                             : strings_fixed(set, type, count, size, value)))
        status = cph_h5_fail_call(h5, set->name, "cannot be read");
    H5Tclose(type);
    return status;
}

cph_status cph_h5_strings(const cph_h5 *h5, const char *name, size_t count, size_t size,
                          char *value)
{
    cph_h5_set set;
    cph_status status = cph_h5_set_open(h5, name, &set);
    if (status != CPH_OK)
        return status;
    bool ucs4 =
        set.is_number && set.type_class == H5T_INTEGER && set.type_size == 4 && set.rank > 1;
    size_t total = 1, shown = ucs4 ? set.rank - 1 : set.rank;
    for (size_t i = 0; i < shown; i++)
        total *= set.dim[i]; /* fits: the claimed size was checked */
    if (set.type_class != H5T_STRING && !(ucs4 && shown == 1))
        status = cph_h5_fail(h5, CPH_ERR_FORMAT, name, "does not hold strings");
    else if (total != count)
        status =
            cph_h5_fail(h5, CPH_ERR_FORMAT, name, "holds %zu strings, expected %zu", total, count);
    else
        status = read_strings(h5, &set, count, size, value);
    cph_h5_set_close(&set);
    return status;
}
