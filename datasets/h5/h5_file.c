/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "datasets/h5/h5.h"

/* What HDF5 would say less clearly: absent, forbidden, a folder, a pipe. */
static cph_status look_at_file(const char *path, cph_h5 *h5)
{
    struct stat about;
    if (stat(path, &about) != 0)
        return cph_h5_fail(h5, CPH_ERR_IO, NULL, "cannot open: %s", strerror(errno));
    if (!S_ISREG(about.st_mode))
        return cph_h5_fail(h5, CPH_ERR_FORMAT, NULL, "is a %s, expected an HDF5 file",
                           S_ISDIR(about.st_mode) ? "folder" : "device or pipe");
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return cph_h5_fail(h5, CPH_ERR_IO, NULL, "cannot open: %s", strerror(errno));
    close(file);
    h5->bytes = (uint64_t)about.st_size;
    return CPH_OK;
}

/* ---- files that are being written ---- */

int cph_h5_descriptor(const cph_h5 *h5)
{
    int *file = NULL;
    const bool got = H5Fget_vfd_handle(h5->file, H5P_DEFAULT, (void **)&file) >= 0;
    return got && file != NULL ? *file : -1;
}

/* What the superblock says of who has the file open: signature, version, two sizes, flags. */
static unsigned open_flags(int file)
{
    enum { SIGNATURE = 8, AT_FLAGS = 11, SIZE = 12, HAS_FLAGS = 3 };
    unsigned char start[SIZE];
    return pread(file, start, SIZE, 0) == SIZE && start[SIGNATURE] >= HAS_FLAGS ? start[AT_FLAGS]
                                                                                : 0;
}

enum { WRITING = 1, SWMR = 4 };

bool cph_h5_is_written(const cph_h5 *h5)
{
    return (open_flags(cph_h5_descriptor(h5)) & WRITING) != 0;
}

/* Why a file that is followed cannot be opened: somebody holds its lock, or wrote or writes it such
 * that nobody may read meanwhile. */
static cph_status fail_follow(const cph_h5 *h5)
{
    const int file = open(h5->path, O_RDONLY | O_CLOEXEC);
    const bool locked = file >= 0 && flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    const bool alone = file >= 0 && (open_flags(file) & (WRITING | SWMR)) == WRITING;
    if (file >= 0)
        close(file);
    if (!locked && !alone)
        return cph_h5_fail_call(h5, NULL, "HDF5 cannot open it, damaged or truncated");
    return cph_h5_fail(h5, CPH_ERR_FORMAT, NULL,
                       "is being written without HDF5's SWMR mode (or was not closed), so that "
                       "nobody can read it meanwhile; expected a writer that uses libver latest "
                       "and H5Fstart_swmr_write");
}

/* ---- opening ---- */

cph_status cph_h5_open(const char *path, cph_h5 *h5)
{
    h5->path = path;
    h5->file = -1;
    cph_status status = look_at_file(path, h5);
    if (status != CPH_OK)
        return status;
    if (h5->bytes == 0)
        return cph_h5_fail(h5, CPH_ERR_FORMAT, NULL, "is empty (0 bytes), expected an HDF5 file");
    if (H5Fis_hdf5(path) <= 0)
        return cph_h5_fail(h5, CPH_ERR_FORMAT, NULL,
                           "is not an HDF5 file (%llu bytes); plain binary needs a sidecar beside "
                           "it, its name with .json or .ini",
                           (unsigned long long)h5->bytes);
    cph_h5_use_filters();
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
    /* File systems without locks (some network ones) are read all the same. */
    H5Pset_file_locking(access, true, true);
    h5->file = H5Fopen(path, H5F_ACC_RDONLY | (h5->follow ? H5F_ACC_SWMR_READ : 0), access);
    if (h5->file < 0 && h5->follow)
        status = fail_follow(h5);
    else if (h5->file < 0)
        status = cph_h5_fail_call(h5, NULL, "HDF5 cannot open it, damaged or truncated");
    h5->cut = h5->file < 0 && h5->damaged;
    if (h5->cut)
        h5->file = cph_h5_open_cut(path, access);
    if (h5->file >= 0)
        status = CPH_OK;
    H5Pclose(access);
    return status;
}

void cph_h5_close(cph_h5 *h5)
{
    if (h5->file >= 0)
        H5Fclose(h5->file);
    h5->file = -1;
}

bool cph_h5_exists(const cph_h5 *h5, const char *object)
{
    char part[512];
    size_t length = strlen(object);
    if (length >= sizeof part || object[0] != '/')
        return false;
    /* H5Lexists fails, rather than says no, where a parent is absent. */
    for (size_t i = 1; i <= length; i++) {
        if (object[i] != '/' && object[i] != '\0')
            continue;
        memcpy(part, object, i);
        part[i] = '\0';
        if (i > 1 && (H5Lexists(h5->file, part, H5P_DEFAULT) <= 0 ||
                      H5Oexists_by_name(h5->file, part, H5P_DEFAULT) <= 0))
            return false;
    }
    return true;
}
