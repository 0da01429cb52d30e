/* SPDX-License-Identifier: MIT */
/* usage: append MODE IN OUT PIECE MILLISECONDS
 * Writes the capture IN again as OUT, PIECE times at a time, that long apart, as a recorder would:
 * the time axis of /samples without an end, chunks of 64 times, all else as it was. It says "ready"
 * when readers may come, and closes the file when there is one OUT.close. MODE: swmr, deflate (the
 * same, compressed), locked (without SWMR), killed (swmr, but it ends without closing the file). */
#include <hdf5.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { RANK = 3, CHUNK = 64 };

typedef struct copy {
    hid_t in, out, type;
    int rank;
    hsize_t dim[RANK];
} copy;

static bool keep(hid_t attr_of, const char *name, hid_t to)
{
    const hid_t from = H5Aopen(attr_of, name, H5P_DEFAULT);
    const hid_t type = H5Aget_type(from), space = H5Aget_space(from);
    const hid_t made = H5Acreate2(to, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    void *value = calloc((size_t)H5Sget_simple_extent_npoints(space) + 1, H5Tget_size(type) + 1);
    const bool done =
        value != NULL && H5Aread(from, type, value) >= 0 && H5Awrite(made, type, value) >= 0;
    free(value);
    H5Aclose(made);
    H5Aclose(from);
    H5Tclose(type);
    H5Sclose(space);
    return done;
}

static herr_t keep_each(hid_t from, const char *name, const H5A_info_t *info, void *to)
{
    (void)info;
    return keep(from, name, *(hid_t *)to) ? 0 : -1;
}

/* What does not grow, and the data set that does. */
static bool begin(copy *c, hid_t from, hid_t to, bool deflate)
{
    c->in = H5Dopen2(from, "/samples", H5P_DEFAULT);
    c->type = H5Dget_type(c->in);
    hid_t space = H5Dget_space(c->in);
    c->rank = H5Sget_simple_extent_dims(space, c->dim, NULL);
    H5Sclose(space);
    hsize_t none[RANK], most[RANK], chunk[RANK];
    for (int i = 0; i < c->rank; i++) {
        none[i] = i == 0 ? 0 : c->dim[i];
        most[i] = i == 0 ? H5S_UNLIMITED : c->dim[i];
        chunk[i] = i == 0 ? CHUNK : c->dim[i];
    }
    space = H5Screate_simple(c->rank, none, most);
    const hid_t plist = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(plist, c->rank, chunk);
    if (deflate)
        H5Pset_deflate(plist, 1);
    c->out = H5Dcreate2(to, "/samples", c->type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    H5Pclose(plist);
    H5Sclose(space);
    return c->out >= 0 &&
           H5Aiterate2(from, H5_INDEX_NAME, H5_ITER_INC, NULL, keep_each, &to) >= 0 &&
           H5Aiterate2(c->in, H5_INDEX_NAME, H5_ITER_INC, NULL, keep_each, &c->out) >= 0 &&
           H5Ocopy(from, "/array", to, "/array", H5P_DEFAULT, H5P_DEFAULT) >= 0 &&
           (c->rank == 2 || H5Ocopy(from, "/channel_freq_hz", to, "/channel_freq_hz", H5P_DEFAULT,
                                    H5P_DEFAULT) >= 0);
}

static bool append(const copy *c, hsize_t start, hsize_t times)
{
    hsize_t first[RANK] = {start}, count[RANK] = {times}, extent[RANK] = {start + times};
    hsize_t points = times;
    for (int i = 1; i < c->rank; i++) {
        count[i] = extent[i] = c->dim[i];
        points *= c->dim[i];
    }
    void *samples = malloc((size_t)points * H5Tget_size(c->type));
    bool done = samples != NULL && H5Dset_extent(c->out, extent) >= 0;
    const hid_t memory = H5Screate_simple(c->rank, count, NULL);
    const hid_t from = H5Dget_space(c->in), to = H5Dget_space(c->out);
    H5Sselect_hyperslab(from, H5S_SELECT_SET, first, NULL, count, NULL);
    H5Sselect_hyperslab(to, H5S_SELECT_SET, first, NULL, count, NULL);
    done = done && H5Dread(c->in, c->type, memory, from, H5P_DEFAULT, samples) >= 0 &&
           H5Dwrite(c->out, c->type, memory, to, H5P_DEFAULT, samples) >= 0 &&
           H5Dflush(c->out) >= 0;
    H5Sclose(memory);
    H5Sclose(from);
    H5Sclose(to);
    free(samples);
    return done;
}

/* OUT.close, for a minute. */
static void wait_for(const char *out)
{
    static const struct timespec pause = {.tv_nsec = 5000000L};
    char name[256];
    snprintf(name, sizeof name, "%s.close", out);
    for (int i = 0; i < 12000 && access(name, F_OK) != 0; i++)
        nanosleep(&pause, NULL);
}

int main(int argc, char **argv)
{
    if (argc != 6)
        return 2;
    const bool locked = strcmp(argv[1], "locked") == 0;
    const hsize_t piece = strtoull(argv[4], NULL, 10);
    const long ms = strtol(argv[5], NULL, 10);
    const struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
    const hid_t from = H5Fopen(argv[2], H5F_ACC_RDONLY, H5P_DEFAULT);
    const hid_t to = H5Fcreate(argv[3], H5F_ACC_TRUNC, H5P_DEFAULT, access);
    copy c = {0};
    if (!begin(&c, from, to, strcmp(argv[1], "deflate") == 0) ||
        (!locked && H5Fstart_swmr_write(to) < 0))
        return 1;
    puts("ready");
    fflush(stdout);
    for (hsize_t t = 0; t < c.dim[0]; t += piece) {
        nanosleep(&pause, NULL);
        if (!append(&c, t, piece < c.dim[0] - t ? piece : c.dim[0] - t))
            return 1;
    }
    if (strcmp(argv[1], "killed") == 0)
        _exit(0);
    wait_for(argv[3]);
    H5Dclose(c.out);
    H5Dclose(c.in);
    H5Tclose(c.type);
    H5Pclose(access);
    return H5Fclose(to) >= 0 && H5Fclose(from) >= 0 ? 0 : 1;
}
