/* SPDX-License-Identifier: MIT */
/** @file serial.h
 *  Libraries that thread by themselves. */
#ifndef CPH_CLI_SERIAL_H
#define CPH_CLI_SERIAL_H

/** From here on LAPACK (an OpenBLAS that uses OpenMP) computes on the calling thread; executors
 *  that have been made keep their threads. For a verb of many small matrices: each takes some
 *  hundred barriers of microseconds, or of milliseconds where processors are busy. */
void cph_serial_lapack(void);

#endif
