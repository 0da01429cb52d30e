/* SPDX-License-Identifier: MIT */
#include "kernels/doa/doa_frame.h"

#include <math.h>

#include "kernels/core/fail.h"
#include "kernels/core/vec3.h"

static const double two_pi = 6.28318530717958647692;

cph_status cph_doa_measure(cph_doa_frame *frame, cph_error *error)
{
    static const double boresight[3] = {0.0, 0.0, 1.0};
    double *mean = frame->centre;
    mean[0] = mean[1] = mean[2] = 0.0;
    frame->norm = 0.0;
    for (size_t i = 0; i < frame->n; i++) {
        cph_add3(mean, 1.0 / (double)frame->n, frame->position + 3 * i, mean);
        frame->norm +=
            frame->gain[i].re * frame->gain[i].re + frame->gain[i].im * frame->gain[i].im;
    }
    for (size_t i = 0; i < frame->n; i++)
        cph_add3(frame->position + 3 * i, -1.0, mean, frame->position + 3 * i);
    frame->wavenumber = two_pi * frame->freq_hz / CPH_SPEED_OF_LIGHT;
    cph_aperture_measure(frame->n, frame->position, CPH_SPEED_OF_LIGHT / frame->freq_hz, boresight,
                         &frame->aperture);
    frame->dims = frame->aperture.dims == 1 ? 1 : 2;
    return frame->aperture.dims > 0
               ? CPH_OK
               : cph_fail(error, CPH_ERR_TOO_FEW,
                          "all %zu live elements stand within a hundredth of a wavelength",
                          frame->n);
}

void cph_doa_steer(const cph_doa_frame *frame, const double u[3], cph_c64 *v)
{
    for (size_t i = 0; i < frame->n; i++) {
        const double phase = frame->wavenumber * cph_dot3(frame->position + 3 * i, u);
        const double co = cos(phase), si = sin(phase);
        const cph_c64 g = frame->gain[i];
        v[i] = (cph_c64){g.re * co - g.im * si, g.re * si + g.im * co};
    }
}

void cph_doa_tangents(const cph_doa_frame *frame, const double u[3], double tangent[2][3])
{
    cph_aperture_tangents(&frame->aperture, u, tangent);
}

void cph_doa_slope(const cph_doa_frame *frame, const double tangent[3], double *slope)
{
    for (size_t i = 0; i < frame->n; i++)
        slope[i] = frame->wavenumber * cph_dot3(frame->position + 3 * i, tangent);
}

void cph_doa_move(const cph_doa_frame *frame, const double u[3], const double *offset,
                  double moved[3])
{
    double tangent[2][3], to[3] = {u[0], u[1], u[2]};
    cph_doa_tangents(frame, u, tangent);
    for (size_t d = 0; d < frame->dims; d++)
        cph_add3(to, offset[d], tangent[d], to);
    cph_unit3(to);
    /* What is behind a line or a plane looks like what is before it. */
    const double *front = frame->aperture.axis[frame->aperture.dims == 1 ? 1 : 2];
    const double behind = cph_dot3(to, front);
    if (frame->aperture.dims < 3 && behind < 0.0)
        cph_add3(to, -2.0 * behind, front, to);
    for (size_t i = 0; i < 3; i++)
        moved[i] = to[i];
}

double cph_doa_off_rim(const cph_doa_frame *frame, const double u[3])
{
    double across[3];
    if (frame->aperture.dims == 1)
        return cph_reject3(frame->aperture.axis[0], u, across);
    return frame->aperture.dims == 2 ? fabs(cph_dot3(frame->aperture.axis[2], u)) : INFINITY;
}

void cph_doa_leave_rim(const cph_doa_frame *frame, double u[3])
{
    const double most = 1.0 - fmin(0.01 * cph_aperture_lobe(&frame->aperture), 0.5);
    const double least = sqrt(1.0 - most * most);
    if (cph_doa_off_rim(frame, u) >= least)
        return;
    const bool line = frame->aperture.dims == 1;
    const double *front = frame->aperture.axis[line ? 1 : 2];
    double along[3];
    if (line)
        for (size_t i = 0; i < 3; i++)
            along[i] = cph_dot3(frame->aperture.axis[0], u) * frame->aperture.axis[0][i];
    else
        cph_add3(u, -cph_dot3(front, u), front, along);
    cph_unit3(along);
    for (size_t i = 0; i < 3; i++)
        u[i] = most * along[i] + least * front[i];
}

void cph_doa_on_line(const cph_doa_frame *frame, double s, double u[3])
{
    const double up = sqrt(fmax(1.0 - s * s, 0.0));
    for (size_t i = 0; i < 3; i++)
        u[i] = s * frame->aperture.axis[0][i] + up * frame->aperture.axis[1][i];
}

double cph_doa_component(const double tangent[2][3], size_t dims, const double *c, size_t stride,
                         size_t a, size_t b)
{
    double sum = 0.0;
    for (size_t i = 0; i < dims; i++)
        for (size_t k = 0; k < dims; k++)
            sum += tangent[i][a] * c[i * stride + k] * tangent[k][b];
    return sum;
}

double cph_doa_worst_sigma(size_t dims, const double *c, size_t stride)
{
    if (dims == 1)
        return sqrt(c[0]);
    const double middle = 0.5 * (c[0] + c[stride + 1]);
    return sqrt(middle + hypot(0.5 * (c[0] - c[stride + 1]), c[1]));
}

cph_status cph_doa_check_vectors(const cph_doa *doa, cph_error *error)
{
    return doa->vector != NULL
               ? CPH_OK
               : cph_fail(error, CPH_ERR_ARGUMENT,
                          "the covariance of %zu elements has no eigenvectors: expected one made "
                          "without values_only",
                          doa->frame.n);
}

cph_status cph_doa_check_sources(const cph_doa *doa, size_t sources, cph_error *error)
{
    if (sources == 0)
        return cph_fail(error, CPH_ERR_ARGUMENT, "no sources: expected 1 or more");
    if (sources >= doa->frame.n)
        return cph_fail(error, CPH_ERR_TOO_FEW,
                        "%zu sources are too many for %zu live elements: expected fewer sources "
                        "than elements",
                        sources, doa->frame.n);
    return CPH_OK;
}
