/* SPDX-License-Identifier: MIT */
#include "jones_files.h"
#include "cophase/data_write.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double freq = 11.7e9; /* of fixture_header */

jones_files jones_files_unpolarised(void)
{
    return (jones_files){
        .sources = 1, .u = {{0.6, 0.0, 0.8}}, .stokes = {{1.0, 0.0, 0.0, 0.0}}, .noise = 0.5};
}

jones_files jones_files_polarised(void)
{
    jones_files f = {
        .sources = JONES_SKY,
        .u = {{0.6, 0.0, 0.0}, {-0.3, 0.2, 0.0}, {0.1, -0.5, 0.0}},
        .stokes = {{1.0, 0.3, 0.0, 0.1}, {0.5, 0.0, -0.2, 0.05}, {0.8, 0.0, 0.1, -0.4}}};
    for (size_t s = 0; s < f.sources; s++)
        f.u[s][2] = sqrt(1.0 - f.u[s][0] * f.u[s][0] - f.u[s][1] * f.u[s][1]);
    return f;
}

double complex jones_files_leakage(size_t input)
{
    const size_t n = input / 2 > JONES_ALONE ? JONES_ALONE : input / 2;
    const double turn = 2.0 * M_PI * (double)n / (JONES_ANTENNAS - 1);
    return input / 2 == JONES_ALONE ? 0.0
           : input % 2 == 0         ? 0.05 * cexp(I * turn)
                                    : 0.08 * cexp(-I * (2.0 * turn + 0.3));
}

double complex jones_files_row(size_t input, size_t column)
{
    const double x = (double)input;
    const double complex g = (1.0 + 0.3 * sin(x)) * cexp(I * sin(3.0 * x));
    return column == input % 2 ? g : g * jones_files_leakage(input);
}

void jones_files_header(const jones_files *f, cph_kind kind, cph_type type, cph_data_header *header)
{
    fixture_header(kind, type, 1, JONES_PAIRED, header);
    for (size_t i = 0; i < JONES_PAIRED; i++) {
        cph_element *const e = &header->array.element[i];
        const bool apart = f->apart || (f->alone && i / 2 == JONES_ALONE && i % 2 == 1);
        e->listed = false;
        e->number = (uint32_t)(apart ? 100 + i : 1 + i / 2);
        memcpy(e->position, header->array.element[i - i % 2].position, sizeof e->position);
    }
    header->times = 1;
    header->time_unix_s = calloc(1, sizeof(double));
}

/* Field by field: input p hears sum_c J_pc e_c; <e_x e_x*> = I + Q, <e_x e_y*> = U + jV. */
double complex jones_files_entry(const jones_files *f, const cph_array *array, size_t p, size_t q)
{
    const double *const a = array->element[p].position, *const b = array->element[q].position;
    double complex sum = p == q ? f->noise : 0.0, x[2], y[2];
    for (size_t c = 0; c < 2; c++) {
        x[c] = f->plain ? (c == p % 2 ? 1.0 : 0.0) : jones_files_row(p, c);
        y[c] = conj(f->plain ? (c == q % 2 ? 1.0 : 0.0) : jones_files_row(q, c));
    }
    for (size_t s = 0; s < f->sources; s++) {
        const double *const t = f->stokes[s], *const u = f->u[s];
        double path = 0.0;
        for (size_t c = 0; c < 3; c++)
            path += u[c] * (a[c] - b[c]);
        sum += (x[0] * y[0] * (t[0] + t[1]) + x[1] * y[1] * (t[0] - t[1]) +
                x[0] * y[1] * (t[2] + I * t[3]) + x[1] * y[0] * (t[2] - I * t[3])) *
               cexp(2.0 * M_PI * I * freq / CPH_SPEED_OF_LIGHT * path);
    }
    return sum;
}

void jones_files_write(const jones_files *f, const char *path)
{
    cph_data_header header;
    cph_writer *writer = NULL;
    cph_error error;
    cph_c64 r[JONES_ENTRIES];
    jones_files_header(f, CPH_KIND_COVARIANCE, CPH_C32, &header);
    for (size_t k = 0; k < JONES_ENTRIES; k++) {
        const double complex z =
            jones_files_entry(f, &header.array, k / JONES_PAIRED, k % JONES_PAIRED);
        r[k] = (cph_c64){creal(z), cimag(z)};
    }
    CU_ASSERT_EQUAL_FATAL(cph_covariance_create_file(path, &header, NULL, &writer, &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_covariance_put(writer, 0, 0, r, &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_writer_commit(writer, &error), CPH_OK);
    fixture_header_free(&header);
}
