/* SPDX-License-Identifier: MIT */
#include "datasets/h5/h5_sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* HDF5's own part must come first. */
typedef struct sink_file {
    H5FD_t base;
    cph_h5_sink *sink;
    haddr_t allocated; /* HDF5's idea of the end */
} sink_file;

/* Travels through the property list by copy. */
typedef struct sink_info {
    cph_h5_sink *sink;
} sink_info;

static H5FD_t *sink_open(const char *name, unsigned flags, hid_t access, haddr_t most)
{
    (void)name, (void)flags, (void)most;
    const sink_info *info = H5Pget_driver_info(access);
    sink_file *file = calloc(1, sizeof *file);
    if (info == NULL || file == NULL) {
        free(file);
        return NULL;
    }
    file->sink = info->sink;
    return &file->base;
}

static herr_t sink_close(H5FD_t *base)
{
    free(base);
    return 0;
}

static herr_t sink_query(const H5FD_t *base, unsigned long *flags)
{
    (void)base;
    *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
             H5FD_FEAT_AGGREGATE_SMALLDATA;
    return 0;
}

static haddr_t sink_get_eoa(const H5FD_t *base, H5FD_mem_t type)
{
    (void)type;
    return ((const sink_file *)base)->allocated;
}

static herr_t sink_set_eoa(H5FD_t *base, H5FD_mem_t type, haddr_t address)
{
    (void)type;
    ((sink_file *)base)->allocated = address;
    return 0;
}

static haddr_t sink_get_eof(const H5FD_t *base, H5FD_mem_t type)
{
    (void)type;
    return ((const sink_file *)base)->sink->end;
}

/* What lies past the end reads as zeros. */
static herr_t sink_read(H5FD_t *base, H5FD_mem_t type, hid_t plist, haddr_t address, size_t size,
                        void *buffer)
{
    (void)type, (void)plist;
    const cph_h5_sink *sink = ((const sink_file *)base)->sink;
    unsigned char *to = buffer;
    while (size > 0) {
        ssize_t got = pread(sink->fd, to, size, (off_t)address);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0) {
            memset(to, 0, size);
            return 0;
        }
        to += got;
        size -= (size_t)got;
        address += (haddr_t)got;
    }
    return 0;
}

static herr_t sink_write(H5FD_t *base, H5FD_mem_t type, hid_t plist, haddr_t address, size_t size,
                         const void *buffer)
{
    (void)type, (void)plist;
    cph_h5_sink *sink = ((const sink_file *)base)->sink;
    const unsigned char *from = buffer;
    if (address + size > sink->end)
        sink->end = address + size;
    while (size > 0 && sink->error == 0) {
        ssize_t put = pwrite(sink->fd, from, size, (off_t)address);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0) {
            sink->error = errno;
            break;
        }
        from += put;
        size -= (size_t)put;
        address += (haddr_t)put;
    }
    return 0;
}

static herr_t sink_truncate(H5FD_t *base, hid_t plist, hbool_t closing)
{
    (void)plist, (void)closing;
    sink_file *file = (sink_file *)base;
    cph_h5_sink *sink = file->sink;
    if (file->allocated == sink->end)
        return 0;
    if (sink->error == 0 && ftruncate(sink->fd, (off_t)file->allocated) != 0)
        sink->error = errno;
    sink->end = file->allocated;
    return 0;
}

static herr_t sink_get_handle(H5FD_t *base, hid_t access, void **handle)
{
    (void)access;
    *handle = &((const sink_file *)base)->sink->fd;
    return 0;
}

static const H5FD_class_t sink_class = {
    .name = "cophase_sink",
    .maxaddr = (haddr_t)INT64_MAX,
    .fc_degree = H5F_CLOSE_STRONG,
    .fapl_size = sizeof(sink_info),
    .open = sink_open,
    .close = sink_close,
    .query = sink_query,
    .get_eoa = sink_get_eoa,
    .set_eoa = sink_set_eoa,
    .get_eof = sink_get_eof,
    .get_handle = sink_get_handle,
    .read = sink_read,
    .write = sink_write,
    .truncate = sink_truncate,
    .fl_map = H5FD_FLMAP_DICHOTOMY,
};

static bool open_fd(cph_h5_sink *sink, const char *path, int how)
{
    struct stat about;
    sink->fd = open(path, O_RDWR | O_CLOEXEC | how, 0666);
    if (sink->fd < 0 || fstat(sink->fd, &about) != 0) {
        sink->error = errno;
        return false;
    }
    sink->device = about.st_dev;
    sink->inode = about.st_ino;
    sink->end = (haddr_t)about.st_size;
    return true;
}

/* A property list of files that go through the sink. */
static hid_t use_sink(cph_h5_sink *sink)
{
    const sink_info info = {sink};
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    sink->driver = H5FDregister(&sink_class);
    if (sink->driver < 0 || H5Pset_driver(access, sink->driver, &info) < 0) {
        H5Pclose(access);
        return -1;
    }
    return access;
}

hid_t cph_h5_sink_create(cph_h5_sink *sink, const char *path)
{
    *sink = (cph_h5_sink){.fd = -1, .driver = -1};
    if (!open_fd(sink, path, O_CREAT | O_EXCL))
        return -1;
    hid_t access = use_sink(sink), file = -1;
    if (access >= 0) {
        file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
        H5Pclose(access);
    }
    if (file < 0 && sink->error == 0)
        sink->error = ENOMEM;
    return file;
}

hid_t cph_h5_sink_open(cph_h5_sink *sink, const char *path)
{
    *sink = (cph_h5_sink){.fd = -1, .driver = -1};
    if (!open_fd(sink, path, 0))
        return -1;
    hid_t access = use_sink(sink), file = -1;
    if (access >= 0) {
        file = H5Fopen(path, H5F_ACC_RDWR, access);
        H5Pclose(access);
    }
    return file;
}

void cph_h5_sink_close(cph_h5_sink *sink)
{
    if (sink->driver >= 0)
        H5FDunregister(sink->driver);
    sink->driver = -1;
    if (sink->fd < 0)
        return;
    if (sink->error == 0 && fsync(sink->fd) != 0 && errno != EINVAL && errno != ENOTSUP)
        sink->error = errno;
    if (close(sink->fd) != 0 && sink->error == 0)
        sink->error = errno;
    sink->fd = -1;
}
