/* SPDX-License-Identifier: MIT */
/** @file h5_sink.h
 *  A file that HDF5 writes to and that never fails before its face. HDF5 1.10 cannot close a file
 *  whose last bytes the system refuses (disk full): it leaks the file and crashes when the process
 *  ends. This driver notes the first refusal and drops what comes after; whoever closes the file
 *  asks for the note. */
#ifndef CPH_H5_H5_SINK_H
#define CPH_H5_H5_SINK_H

#include <hdf5.h>
#include <stdbool.h>
#include <sys/types.h>

typedef struct cph_h5_sink {
    int fd;       /**< -1 when not open */
    int error;    /**< errno of the first refusal, or 0 */
    hid_t driver; /**< HDF5's handle of this driver */
    haddr_t end;  /**< end of what was written */
    dev_t device; /**< identity of the file, */
    ino_t inode;  /**< to tell whether it was replaced */
} cph_h5_sink;

/** Creates a new file (an existing one is an error) and gives HDF5's handle of it; negative when
 *  refused, sink->error then says why. The sink must stay where it is until it is closed. */
hid_t cph_h5_sink_create(cph_h5_sink *sink, const char *path);

/** The same for a file that is there, to be changed. */
hid_t cph_h5_sink_open(cph_h5_sink *sink, const char *path);

/** After H5Fclose: brings everything to the disk and closes. sink->error tells. */
void cph_h5_sink_close(cph_h5_sink *sink);

#endif
