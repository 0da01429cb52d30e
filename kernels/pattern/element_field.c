/* SPDX-License-Identifier: MIT */
/* Sampled far fields: Fourier series over phi of the Cartesian components, polynomials over theta.
 *
 * A Cartesian component is a smooth function on the sphere, so E(-theta, phi) = E(theta, phi + pi):
 * harmonic m goes on over the poles with the sign (-1)^m. */
#include "kernels/pattern/element_field.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/size.h"

enum { NODES = 6, SPANS = NODES - 1 };

/* What harmonics may add together before they must be kept, of the largest value. */
static const double left_out = 1e-5;

static size_t columns_of(size_t orders)
{
    return 2 * orders + 1;
}

/* ---- values ---- */

/* A node of the polynomial: the row it stands for, its weight for even and for odd harmonics. */
typedef struct node {
    size_t row;
    double even, odd;
} node;

static void find_nodes(const cph_element_field *field, double theta, node nodes[NODES])
{
    const long last = (long)field->thetas - 1;
    const double place = fmin(theta / field->step, (double)last);
    long first = (long)place - (NODES / 2 - 1);
    if (!field->sphere && first > last - SPANS)
        first = last - SPANS;
    for (long i = 0; i < NODES; i++) {
        const long at = first + i;
        double weight = 1.0;
        for (long j = 0; j < NODES; j++)
            if (j != i)
                weight *= (place - (double)(first + j)) / (double)(i - j);
        const bool over = at < 0 || at > last;
        const long row = at < 0 ? -at : at > last ? 2 * last - at : at;
        nodes[i] = (node){(size_t)row, weight, over ? -weight : weight};
    }
}

static void add_scaled(cph_c64 sum[3], double weight, const cph_c64 value[3])
{
    for (int k = 0; k < 3; k++) {
        sum[k].re += weight * value[k].re;
        sum[k].im += weight * value[k].im;
    }
}

void cph_element_field_value(const cph_element_field *field, const double u[3], cph_c64 e[3])
{
    const double across = hypot(u[0], u[1]), theta = atan2(across, u[2]);
    const double end = field->step * (double)(field->thetas - 1);
    node nodes[NODES];
    memset(e, 0, 3 * sizeof *e);
    if (theta > end + 1e-9)
        return;
    find_nodes(field, theta, nodes);
    const cph_c64 turn = across > 0.0 ? (cph_c64){u[0] / across, u[1] / across} : (cph_c64){1, 0};
    const size_t orders = field->orders, columns = columns_of(orders);
    cph_c64 phase = {1.0, 0.0}; /* exp(j m phi) */
    for (size_t m = 0; m <= orders; m++) {
        cph_c64 up[3] = {{0}}, down[3] = {{0}};
        for (int i = 0; i < NODES; i++) {
            const cph_c64 *row = field->harmonic + 3 * (nodes[i].row * columns);
            const double weight = m % 2 == 0 ? nodes[i].even : nodes[i].odd;
            add_scaled(up, weight, row + 3 * (orders + m));
            if (m > 0)
                add_scaled(down, weight, row + 3 * (orders - m));
        }
        for (int k = 0; k < 3; k++) {
            e[k].re += (up[k].re + down[k].re) * phase.re - (up[k].im - down[k].im) * phase.im;
            e[k].im += (up[k].re - down[k].re) * phase.im + (up[k].im + down[k].im) * phase.re;
        }
        phase = (cph_c64){phase.re * turn.re - phase.im * turn.im,
                          phase.re * turn.im + phase.im * turn.re};
    }
}

/* ---- from samples ---- */

typedef struct samples {
    size_t thetas, phis;
    double last, first_phi;
    const cph_c64 *e_theta, *e_phi; /* [thetas][phis] */
    cph_c64 *turn;                  /* [phis] exp(-j 2 pi i / phis) */
    cph_c64 *cartesian;             /* [phis][3], of one theta */
} samples;

static void to_cartesian(const samples *s, size_t row)
{
    const double theta = s->last * (double)row / (double)(s->thetas - 1);
    for (size_t j = 0; j < s->phis; j++) {
        const double phi = s->first_phi + 2.0 * M_PI * (double)j / (double)s->phis;
        const cph_c64 t = s->e_theta[row * s->phis + j], p = s->e_phi[row * s->phis + j];
        const double along[3] = {cos(theta) * cos(phi), cos(theta) * sin(phi), -sin(theta)};
        const double around[3] = {-sin(phi), cos(phi), 0.0};
        for (int k = 0; k < 3; k++)
            s->cartesian[3 * j + (size_t)k] =
                (cph_c64){t.re * along[k] + p.re * around[k], t.im * along[k] + p.im * around[k]};
    }
}

/* Harmonic m of the row in s->cartesian; the highest of an even number of samples is halved, its
 * other half being that of -m. */
static void transform(const samples *s, long m, cph_c64 out[3])
{
    const size_t phis = s->phis, order = (size_t)labs(m);
    const double share = (2 * order == phis ? 0.5 : 1.0) / (double)phis;
    const double angle = -(double)m * s->first_phi;
    cph_c64 sum[3] = {{0}};
    size_t at = 0; /* order * j modulo phis */
    for (size_t j = 0; j < phis; j++, at = at + order < phis ? at + order : at + order - phis) {
        const cph_c64 w = s->turn[at];
        const double im = m < 0 ? -w.im : w.im;
        for (int k = 0; k < 3; k++) {
            const cph_c64 e = s->cartesian[3 * j + (size_t)k];
            sum[k].re += e.re * w.re - e.im * im;
            sum[k].im += e.re * im + e.im * w.re;
        }
    }
    for (int k = 0; k < 3; k++)
        out[k] = (cph_c64){share * (sum[k].re * cos(angle) - sum[k].im * sin(angle)),
                           share * (sum[k].re * sin(angle) + sum[k].im * cos(angle))};
}

/* At a pole a field has no phi: what other harmonics hold there is noise. */
static void transform_all(const samples *s, bool sphere, size_t orders, cph_c64 *harmonic)
{
    const size_t columns = columns_of(orders);
    for (size_t row = 0; row < s->thetas; row++) {
        const bool pole = row == 0 || (sphere && row == s->thetas - 1);
        to_cartesian(s, row);
        for (size_t c = 0; c < columns; c++)
            if (!pole || c == orders)
                transform(s, (long)c - (long)orders, harmonic + 3 * (row * columns + c));
    }
}

static double size3(const cph_c64 e[3])
{
    double power = 0.0;
    for (int k = 0; k < 3; k++)
        power += e[k].re * e[k].re + e[k].im * e[k].im;
    return sqrt(power);
}

/* The fewest orders beyond which no theta has more than `least` together. */
static size_t orders_needed(const cph_c64 *harmonic, size_t thetas, size_t orders, double least)
{
    const size_t columns = columns_of(orders);
    size_t needed = 0;
    for (size_t row = 0; row < thetas; row++) {
        const cph_c64 *at = harmonic + 3 * row * columns;
        double beyond = 0.0;
        for (size_t m = orders; m > needed; m--) {
            beyond += size3(at + 3 * (orders + m)) + size3(at + 3 * (orders - m));
            if (beyond > least)
                needed = m;
        }
    }
    return needed;
}

static void narrow(cph_c64 *harmonic, size_t thetas, size_t from, size_t to)
{
    for (size_t row = 0; row < thetas; row++)
        memmove(harmonic + 3 * row * columns_of(to),
                harmonic + 3 * (row * columns_of(from) + from - to),
                3 * columns_of(to) * sizeof *harmonic);
}

/* Size of harmonic n over theta of column c: over the poles the column repeats after 2 pi. */
static double column_harmonic(const cph_element_field *f, size_t c, size_t n)
{
    const size_t last = f->thetas - 1, columns = columns_of(f->orders);
    const double sign = (c + f->orders) % 2 == 0 ? 1.0 : -1.0;
    cph_c64 cosines[3] = {{0}}, sines[3] = {{0}};
    for (size_t i = 0; i <= last; i++) {
        const double angle = M_PI * (double)((n * i) % (2 * last)) / (double)last;
        const double both = i == 0 || i == last ? 0.5 : 1.0;
        const cph_c64 *value = f->harmonic + 3 * (i * columns + c);
        add_scaled(cosines, both * (1.0 + sign) * cos(angle), value);
        add_scaled(sines, both * (1.0 - sign) * sin(angle), value);
    }
    return hypot(size3(cosines), size3(sines)) / (double)last;
}

/* Degree of the whole in spherical harmonics: of a complete sphere, from the harmonics over theta;
 * of a part, what its steps can tell, at most. */
static size_t find_degree(const cph_element_field *f, double least)
{
    enum { PART_DEGREE = 32 };
    const size_t most = f->thetas - 1;
    size_t degree = f->orders > 0 ? f->orders : 1;
    if (!f->sphere) {
        const size_t told = (size_t)(M_PI / f->step);
        const size_t part = told < PART_DEGREE ? told : PART_DEGREE;
        return part > degree ? part : degree;
    }
    for (size_t c = 0; c < columns_of(f->orders); c++) {
        double beyond = 0.0;
        for (size_t n = most; n > degree; n--) {
            beyond += column_harmonic(f, c, n);
            if (beyond > least)
                degree = n;
        }
    }
    return degree;
}

static cph_status check(const samples *s, const cph_element_field *field)
{
    size_t count, bytes;
    if (s->e_theta == NULL || s->e_phi == NULL || field == NULL || !(s->last > 0.0) ||
        !(s->last <= M_PI + 1e-9) || !isfinite(s->first_phi))
        return CPH_ERR_ARGUMENT;
    if (!cph_size_mul(s->thetas, s->phis + 1, &count) ||
        !cph_size_mul(count, 3 * sizeof(cph_c64), &bytes))
        return CPH_ERR_OVERFLOW;
    for (size_t i = 0; i < s->thetas * s->phis; i++)
        if (!isfinite(s->e_theta[i].re) || !isfinite(s->e_theta[i].im) ||
            !isfinite(s->e_phi[i].re) || !isfinite(s->e_phi[i].im))
            return CPH_ERR_NOT_FINITE;
    return CPH_OK;
}

static double largest(const samples *s)
{
    double most = 0.0;
    for (size_t i = 0; i < s->thetas * s->phis; i++)
        most = fmax(most, hypot(hypot(s->e_theta[i].re, s->e_theta[i].im),
                                hypot(s->e_phi[i].re, s->e_phi[i].im)));
    return most;
}

static void fill(const samples *s, double top, cph_element_field *f)
{
    const double least = left_out * top;
    for (size_t i = 0; i < s->phis; i++) {
        const double angle = 2.0 * M_PI * (double)i / (double)s->phis;
        s->turn[i] = (cph_c64){cos(angle), -sin(angle)};
    }
    const size_t all = s->phis / 2;
    transform_all(s, f->sphere, all, f->harmonic);
    f->orders = orders_needed(f->harmonic, s->thetas, all, least);
    narrow(f->harmonic, s->thetas, all, f->orders);
    f->degree = find_degree(f, least);
}

cph_status cph_element_field_make(size_t thetas, size_t phis, double last, double first_phi,
                                  const cph_c64 *e_theta, const cph_c64 *e_phi,
                                  cph_element_field *field)
{
    samples s = {thetas, phis, last, first_phi, e_theta, e_phi, NULL, NULL};
    if (thetas < NODES || phis < 2)
        return CPH_ERR_ARGUMENT;
    cph_status status = check(&s, field);
    if (status != CPH_OK)
        return status;
    const double top = largest(&s);
    if (!(top > 0.0))
        return CPH_ERR_MISSING;
    cph_element_field made = {
        .thetas = thetas, .step = last / (double)(thetas - 1), .sphere = last > M_PI - 1e-9};
    s.turn = calloc(phis, sizeof *s.turn);
    s.cartesian = calloc(phis, 3 * sizeof *s.cartesian);
    made.harmonic = calloc(thetas, columns_of(phis / 2) * 3 * sizeof *made.harmonic);
    if (s.turn != NULL && s.cartesian != NULL && made.harmonic != NULL) {
        fill(&s, top, &made);
        *field = made;
    } else {
        free(made.harmonic);
        status = CPH_ERR_MEMORY;
    }
    free(s.turn);
    free(s.cartesian);
    return status;
}

void cph_element_field_free(cph_element_field *field)
{
    free(field->harmonic);
    *field = (cph_element_field){0};
}
