/* SPDX-License-Identifier: MIT */
/** @file student.h
 *  Student's t fitted to complex errors. */
#ifndef CPH_CALIB_STUDENT_H
#define CPH_CALIB_STUDENT_H

#include <stdbool.h>
#include <stddef.h>

typedef struct cph_student {
    double nu;     /**< degrees of freedom */
    double sigma2; /**< E|e|^2 of the normal core */
} cph_student;

/** Weight of an error of |e|^2 = u sigma^2. */
static inline double cph_student_weight(double nu, double u)
{
    return (nu + 2.0) / (nu + 2.0 * u);
}

/** Likeliest fit to x [count] = |e|^2; nu 0: estimated, between 2 and 30. False, and *fit
 * untouched, where errors are rounding (mean or core of `least` and less) or, nu being estimated,
 * normal errors are as likely. */
bool cph_student_fit(const double *x, size_t count, double nu, double least, cph_student *fit);

#endif
