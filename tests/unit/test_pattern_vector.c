/* SPDX-License-Identifier: MIT */
/* Arrays whose elements differ or are turned, against closed forms and plain sums. */
#include "tests/unit/field_rig.h"

static cph_pattern_metrics metrics_of(const cph_pattern_input *input)
{
    cph_pattern_metrics m = {0};
    CU_ASSERT_EQUAL_FATAL(cph_pattern_analyse(input, &m), CPH_OK);
    return m;
}

/* Dipoles along x and y in one place: the weight j on y makes c = -j, right-hand at boresight. */
static void crossed_dipoles_in_quadrature_are_circular(void)
{
    const cph_element_pattern x = {.kind = CPH_ELEMENT_DIPOLE, .height_wl = 0.25, .axis = 0};
    const cph_element_pattern y = {.kind = CPH_ELEMENT_DIPOLE, .height_wl = 0.25, .axis = 1};
    const cph_element_pattern *const both[2] = {&x, &y};
    const double position[6] = {0};
    cph_c64 w[2] = {{1, 0}, {0, 1}}, field[1][2];
    cph_pattern_input input = {.elements = 2,
                               .position = position,
                               .freq_hz = freq_hz,
                               .weights = w,
                               .look = {0, 0, 1},
                               .embedded = both};
    cph_polarization_ellipse e;
    for (int hand = 0; hand < 2; hand++) {
        w[1].im = hand == 0 ? 1.0 : -1.0;
        input.polarization = hand == 0 ? CPH_POLARIZATION_RHCP : CPH_POLARIZATION_LHCP;
        CU_ASSERT_EQUAL_FATAL(cph_pattern_field(&input, 1, input.look, field), CPH_OK);
        cph_polarization_measure((const cph_c64 *)field[0], input.polarization, &e);
        CU_ASSERT_DOUBLE_EQUAL(e.axial_ratio_db, 0.0, 1e-12);
        CU_ASSERT_EQUAL(e.right, hand == 0);
        CU_ASSERT(e.cross_db < -250.0);
        /* Balanis's 7.5 dB of one: both radiate alike, in quadrature powers add. */
        CU_ASSERT_DOUBLE_EQUAL(metrics_of(&input).directivity_db, 7.5, 0.05);
    }
    input.polarization = CPH_POLARIZATION_X;
    const double half = metrics_of(&input).directivity_db;
    input.polarization = CPH_POLARIZATION_TOTAL;
    CU_ASSERT_DOUBLE_EQUAL(metrics_of(&input).directivity_db - half, 10 * log10(2.0), 1e-9);
    input.embedded = NULL;
    input.polarization = CPH_POLARIZATION_X; /* isotropic elements have none */
    cph_pattern_metrics m;
    CU_ASSERT_EQUAL(cph_pattern_analyse(&input, &m), CPH_ERR_ARGUMENT);
}

enum { RING = 7 };

/* Elements around a cylinder that look outward and somewhat up, each with a weight of its own. */
typedef struct ring {
    double position[3 * RING], axes[9 * RING], look[3];
    cph_c64 w[RING];
} ring;

static ring make_ring(void)
{
    ring r = {.look = {0.8, 0.0, 0.6}};
    for (size_t n = 0; n < RING; n++) {
        const double angle = 2 * M_PI * (double)n / RING + 0.05 * (double)(n * n);
        r.position[3 * n] = 0.8 * wl * cos(angle);
        r.position[3 * n + 1] = 0.8 * wl * sin(angle);
        r.position[3 * n + 2] = 0.1 * wl * (double)(n % 3);
        turn(angle, 1.1, r.axes + 9 * n);
    }
    CU_ASSERT_EQUAL_FATAL(cph_steer_c64(RING, r.position, freq_hz, r.look, r.w), CPH_OK);
    for (size_t n = 0; n < RING; n++)
        r.w[n].re *= 1.0 + 0.1 * (double)n;
    return r;
}

static cph_pattern_input input_from(const ring *r)
{
    cph_pattern_input input = {.elements = RING,
                               .position = r->position,
                               .freq_hz = freq_hz,
                               .weights = r->w,
                               .axes = r->axes};
    memcpy(input.look, r->look, sizeof input.look);
    return input;
}

/* The sum by hand: c_n exp(j k u.r) R E(R^T u). */
static void sum_ring(const ring *r, const known *k, const double u[3], cph_c64 e[3])
{
    memset(e, 0, 3 * sizeof *e);
    for (size_t n = 0; n < RING; n++) {
        const double *a = r->axes + 9 * n, phase = 2 * M_PI / wl * dot(u, r->position + 3 * n);
        const double back[9] = {a[0], a[3], a[6], a[1], a[4], a[7], a[2], a[5], a[8]};
        const double re = r->w[n].re * cos(phase) + r->w[n].im * sin(phase);
        const double im = r->w[n].re * sin(phase) - r->w[n].im * cos(phase);
        double own[3];
        cph_c64 told[3];
        rotate(back, u, own);
        known_field(k, own, told);
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++) {
                e[i].re += a[3 * i + j] * (re * told[j].re - im * told[j].im);
                e[i].im += a[3 * i + j] * (re * told[j].im + im * told[j].re);
            }
    }
}

static void turned_fields_add_as_vectors(void)
{
    const ring r = make_ring();
    cph_element_field field = field_of(&lopsided, 91, 24, M_PI, 0.0);
    const cph_element_pattern element = {.kind = CPH_ELEMENT_FIELD, .field = &field};
    cph_pattern_input input = input_from(&r);
    input.element = &element;
    for (int i = 0; i < 60; i++) {
        double u[3], x[3], y[3];
        cph_c64 e[3], f[1][2], right;
        spiral(i, 60, u);
        sum_ring(&r, &lopsided, u, e);
        CU_ASSERT_EQUAL_FATAL(cph_pattern_field(&input, 1, u, f), CPH_OK);
        cph_polarization_vectors(u, x, y);
        for (int c = 0; c < 2; c++) {
            const double *p = c == 0 ? x : y;
            /* 7 elements of up to 1.6 and some 3: 1e-5 of each is left out. */
            CU_ASSERT_DOUBLE_EQUAL(f[0][c].re, e[0].re * p[0] + e[1].re * p[1] + e[2].re * p[2],
                                   3e-4);
            CU_ASSERT_DOUBLE_EQUAL(f[0][c].im, e[0].im * p[0] + e[1].im * p[1] + e[2].im * p[2],
                                   3e-4);
        }
        input.polarization = CPH_POLARIZATION_RHCP;
        CU_ASSERT_EQUAL_FATAL(cph_pattern_response(&input, 1, u, &right), CPH_OK);
        CU_ASSERT_DOUBLE_EQUAL(right.re, (f[0][0].re - f[0][1].im) * M_SQRT1_2, 1e-12);
        CU_ASSERT_DOUBLE_EQUAL(right.im, (f[0][0].im + f[0][1].re) * M_SQRT1_2, 1e-12);
    }
    cph_element_field_free(&field);
}

/* Mean over the sphere of (p.q - (p.u)(q.u)) exp(j k u.d) for short dipoles p, q: with s = sinc and
 * g = s'(x) / x at x = k |d|, s + g across d and -2 g along it. */
static double dipole_mean(const ring *r)
{
    double sum = 0.0;
    for (size_t m = 0; m < RING; m++)
        for (size_t n = 0; n < RING; n++) {
            const double *rm = r->position + 3 * m, *rn = r->position + 3 * n;
            const double d[3] = {rm[0] - rn[0], rm[1] - rn[1], rm[2] - rn[2]};
            const double length = sqrt(dot(d, d)), x = 2 * M_PI / wl * length;
            const double p[3] = {r->axes[9 * m], r->axes[9 * m + 3], r->axes[9 * m + 6]};
            const double q[3] = {r->axes[9 * n], r->axes[9 * n + 3], r->axes[9 * n + 6]};
            const double s = m == n ? 1.0 : sin(x) / x;
            const double g = m == n ? -1.0 / 3.0 : (cos(x) - s) / (x * x);
            const double along = m == n ? 0.0 : dot(p, d) * dot(q, d) / (length * length);
            const double c = r->w[m].re * r->w[n].re + r->w[m].im * r->w[n].im;
            sum += c * ((s + g) * (dot(p, q) - along) - 2.0 * g * along);
        }
    return sum;
}

static void directivity_of_turned_dipoles_is_that_of_the_double_sum(void)
{
    const ring r = make_ring();
    const known dipole = {.p = {{1, 0}, {0, 0}, {0, 0}}};
    cph_element_field field = field_of(&dipole, 91, 12, M_PI, 0.0);
    const cph_element_pattern element = {.kind = CPH_ELEMENT_FIELD, .field = &field};
    cph_pattern_input input = input_from(&r);
    input.element = &element;
    const cph_pattern_metrics m = metrics_of(&input);
    CU_ASSERT_DOUBLE_EQUAL(m.peak_power_db - m.directivity_db, 10 * log10(dipole_mean(&r)), 1e-4);
    /* It is a peak: nothing near is higher. */
    for (int i = 0; i < 20; i++) {
        double u[3] = {m.peak[0] + 0.01 * cos(i), m.peak[1] + 0.01 * sin(i), m.peak[2]}, power = 0;
        const double norm = sqrt(dot(u, u));
        cph_c64 e[3];
        for (int k = 0; k < 3; k++)
            u[k] /= norm;
        sum_ring(&r, &dipole, u, e);
        for (int k = 0; k < 3; k++)
            power += e[k].re * e[k].re + e[k].im * e[k].im;
        CU_ASSERT(10 * log10(power) < m.peak_power_db);
    }
    cph_element_field_free(&field);
}

/* 1.5 across it; its power has a harmonic of phi, and nothing but the element asks for points. */
static void one_short_dipole_has_its_directivity(void)
{
    const known dipole = {.p = {{1, 0}, {0, 0}, {0, 0}}};
    rig one = ula(1, 0.5);
    cph_element_field field = field_of(&dipole, 46, 12, M_PI, 0.0);
    const cph_element_pattern element = {.kind = CPH_ELEMENT_FIELD, .field = &field};
    cph_pattern_input input = input_of(&one);
    input.element = &element;
    CU_ASSERT_DOUBLE_EQUAL(metrics_of(&input).directivity_db, 10 * log10(1.5), 1e-4);
    cph_element_field_free(&field);
    release(&one);
}

static double power_of(const known *k, const double u[3])
{
    cph_c64 e[3];
    double power = 0.0;
    known_field(k, u, e);
    for (int i = 0; i < 3; i++)
        power += e[i].re * e[i].re + e[i].im * e[i].im;
    return power;
}

static void the_peak_of_one_element_is_found(void)
{
    rig one = ula(1, 0.5);
    cph_element_field field = field_of(&lopsided, 91, 24, M_PI, 0.2);
    const cph_element_pattern element = {.kind = CPH_ELEMENT_FIELD, .field = &field};
    cph_pattern_input input = input_of(&one);
    input.element = &element;
    const cph_pattern_metrics m = metrics_of(&input);
    /* 2e-5 of the amplitude may be left out or interpolated. */
    CU_ASSERT_DOUBLE_EQUAL(10 * log10(power_of(&lopsided, m.peak)), m.peak_power_db, 2e-4);
    CU_ASSERT(m.peak_power_db > 10 * log10(power_of(&lopsided, one.look)) + 0.1);
    for (int i = 0; i < 12; i++) {
        double u[3] = {m.peak[0] + 0.02 * cos(i), m.peak[1] + 0.02 * sin(i), m.peak[2]};
        const double norm = sqrt(dot(u, u));
        for (int k = 0; k < 3; k++)
            u[k] /= norm;
        CU_ASSERT(10 * log10(power_of(&lopsided, u)) < m.peak_power_db);
    }
    CU_ASSERT_EQUAL(m.planes, 0);
    cph_element_field_free(&field);
    release(&one);
}

static void a_turned_array_has_the_turned_pattern(void)
{
    const ring r = make_ring();
    ring there = r;
    double q[9];
    cph_element_field field = field_of(&lopsided, 61, 24, M_PI, 0.0);
    const cph_element_pattern element = {.kind = CPH_ELEMENT_FIELD, .field = &field};
    turn(0.7, -0.9, q);
    rotate(q, r.look, there.look);
    for (size_t n = 0; n < RING; n++) {
        rotate(q, r.position + 3 * n, there.position + 3 * n);
        for (size_t i = 0; i < 9; i++)
            there.axes[9 * n + i] = q[3 * (i / 3)] * r.axes[9 * n + i % 3] +
                                    q[3 * (i / 3) + 1] * r.axes[9 * n + 3 + i % 3] +
                                    q[3 * (i / 3) + 2] * r.axes[9 * n + 6 + i % 3];
    }
    cph_pattern_input input = input_from(&r), turned = input_from(&there);
    input.element = turned.element = &element;
    const cph_pattern_metrics a = metrics_of(&input), b = metrics_of(&turned);
    double peak[3], lobe[3];
    rotate(q, a.peak, peak);
    rotate(q, a.psll_at, lobe);
    CU_ASSERT_DOUBLE_EQUAL(a.directivity_db, b.directivity_db, 1e-4);
    CU_ASSERT_DOUBLE_EQUAL(a.peak_power_db, b.peak_power_db, 1e-4);
    CU_ASSERT_DOUBLE_EQUAL(a.psll_db, b.psll_db, 1e-4);
    for (int i = 0; i < 3; i++) {
        CU_ASSERT_DOUBLE_EQUAL(peak[i], b.peak[i], 1e-5);
        CU_ASSERT_DOUBLE_EQUAL(lobe[i], b.psll_at[i], 1e-4);
    }
    cph_element_field_free(&field);
}

/* Elements without a polarisation keep their power when turned. */
static void turned_cosines_add_as_numbers(void)
{
    const ring r = make_ring();
    const cph_element_pattern cosine = {.kind = CPH_ELEMENT_COSINE, .q = 1.5};
    cph_pattern_input input = input_from(&r);
    input.element = &cosine;
    for (int i = 0; i < 40; i++) {
        double u[3], re = 0, im = 0;
        cph_c64 y;
        spiral(i, 40, u);
        for (size_t n = 0; n < RING; n++) {
            const double *a = r.axes + 9 * n, phase = 2 * M_PI / wl * dot(u, r.position + 3 * n);
            const double w = a[2] * u[0] + a[5] * u[1] + a[8] * u[2];
            const double f = w > 0 ? pow(w, 0.75) : 0;
            re += f * (r.w[n].re * cos(phase) + r.w[n].im * sin(phase));
            im += f * (r.w[n].re * sin(phase) - r.w[n].im * cos(phase));
        }
        CU_ASSERT_EQUAL_FATAL(cph_pattern_response(&input, 1, u, &y), CPH_OK);
        CU_ASSERT_DOUBLE_EQUAL(hypot(y.re, y.im), hypot(re, im), 1e-12);
    }
    /* One alone, turned to the side: 2 (q + 1) where it looks, and that is found. */
    input.elements = 1;
    const cph_pattern_metrics m = metrics_of(&input);
    CU_ASSERT_DOUBLE_EQUAL(m.directivity_db, 10 * log10(5.0), 1e-2);
    for (int i = 0; i < 3; i++)
        CU_ASSERT_DOUBLE_EQUAL(m.peak[i], r.axes[2 + 3 * i], 1e-5);
}

/* The sum of alike elements is the product, whichever way it is made; axes that turn nothing change
 * nothing. */
static void alike_elements_give_the_product(void)
{
    rig r = ura(4, 3, 0.6);
    cph_element_field field = field_of(&lopsided, 46, 20, M_PI, 0.0);
    const cph_element_pattern element = {.kind = CPH_ELEMENT_FIELD, .field = &field};
    const cph_element_pattern *embedded[12];
    double axes[9 * 12];
    for (size_t n = 0; n < 12; n++) {
        embedded[n] = &element;
        turn(0.0, 0.0, axes + 9 * n);
    }
    steer(&r, 0.2, -0.4);
    cph_pattern_input input = input_of(&r);
    input.element = &element;
    for (int p = 0; p < CPH_POLARIZATION_COUNT; p++) {
        input.polarization = (cph_polarization)p;
        input.axes = NULL;
        input.embedded = NULL;
        const cph_pattern_metrics product = metrics_of(&input);
        input.axes = axes;
        const cph_pattern_metrics same = metrics_of(&input);
        input.embedded = embedded;
        const cph_pattern_metrics sum = metrics_of(&input);
        CU_ASSERT_EQUAL(product.directivity_db, same.directivity_db);
        CU_ASSERT_DOUBLE_EQUAL(product.directivity_db, sum.directivity_db, 1e-5);
        CU_ASSERT_DOUBLE_EQUAL(product.look_power_db, sum.look_power_db, 1e-9);
        CU_ASSERT_DOUBLE_EQUAL(product.psll_db, sum.psll_db, 1e-4);
        CU_ASSERT_DOUBLE_EQUAL(product.peak[0], sum.peak[0], 1e-5);
        CU_ASSERT_DOUBLE_EQUAL(product.peak[1], sum.peak[1], 1e-5);
    }
    axes[5] = 0.5; /* no rotation */
    cph_pattern_metrics m;
    CU_ASSERT_EQUAL(cph_pattern_analyse(&input, &m), CPH_ERR_ARGUMENT);
    cph_element_field_free(&field);
    release(&r);
}

CU_TestInfo cph_tests_pattern_vector[] = {
    {"crossed dipoles in quadrature are circular", crossed_dipoles_in_quadrature_are_circular},
    {"turned fields add as vectors", turned_fields_add_as_vectors},
    {"the directivity of turned dipoles is that of the double sum",
     directivity_of_turned_dipoles_is_that_of_the_double_sum},
    {"one short dipole has its directivity", one_short_dipole_has_its_directivity},
    {"the peak of one element is found", the_peak_of_one_element_is_found},
    {"a turned array has the turned pattern", a_turned_array_has_the_turned_pattern},
    {"turned cosines add as numbers", turned_cosines_add_as_numbers},
    {"alike elements give the product", alike_elements_give_the_product},
    CU_TEST_INFO_NULL,
};
