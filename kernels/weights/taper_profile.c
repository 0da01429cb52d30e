/* SPDX-License-Identifier: MIT */
/* Tapers along a line: coefficients, and values at any place. */
#include "kernels/weights/taper_profile.h"

#include <math.h>
#include <stdlib.h>

/* A of Taylor's ideal pattern: cosh(pi A) is the sidelobe ratio. */
static double taylor_a(double sll_db)
{
    return acosh(pow(10.0, -sll_db / 20.0)) / M_PI;
}

static cph_status reserve(cph_taper_profile *profile, size_t terms)
{
    profile->terms = terms;
    profile->term = calloc(terms + 1, sizeof *profile->term);
    profile->rate = calloc(terms + 1, sizeof *profile->rate);
    return profile->term != NULL && profile->rate != NULL ? CPH_OK : CPH_ERR_MEMORY;
}

/* ---- cosine series: uniform, Taylor, Chebyshev, binomial ---- */

/* term[m - 1] = F_m, what the spectrum holds m periods over the aperture from its middle. */
static double series_value(const cph_taper_profile *profile, double s)
{
    double t = 1.0;
    for (size_t m = 1; m <= profile->terms; m++)
        t += 2.0 * profile->term[m - 1] * cos(2.0 * M_PI * (double)m * s);
    return t;
}

static cph_status make_uniform(cph_taper_profile *profile, size_t points)
{
    (void)points;
    return reserve(profile, 0);
}

/* sigma stretches the first nbar - 1 zeros of the ideal pattern to meet those of
 * sin(pi u) / (pi u) at u = nbar. */
static cph_status make_taylor(cph_taper_profile *profile, size_t points)
{
    (void)points;
    const int terms = profile->taper.nbar - 1;
    const double a = taylor_a(profile->taper.sll_db), a2 = a * a;
    const double nbar = profile->taper.nbar;
    const double sigma2 = nbar * nbar / (a2 + (nbar - 0.5) * (nbar - 0.5));
    const cph_status status = reserve(profile, (size_t)terms);
    for (int m = 1; m <= terms && status == CPH_OK; m++) {
        double m2 = (double)m * m, f = m % 2 == 1 ? 0.5 : -0.5;
        for (int i = 1; i <= terms; i++) {
            double half = i - 0.5;
            f *= 1.0 - m2 / sigma2 / (a2 + half * half);
            if (i != m)
                f /= 1.0 - m2 / ((double)i * i);
        }
        profile->term[m - 1] = f;
    }
    return status;
}

/* Of degree n at x, which may lie outside [-1, 1]. */
static double chebyshev_polynomial(double n, double x)
{
    if (fabs(x) <= 1.0)
        return cos(n * acos(x));
    return cosh(n * acosh(fabs(x))) * (x < 0.0 && fmod(n, 2.0) > 0.0 ? -1.0 : 1.0);
}

/* N values of the spectrum are the whole window; over bins k and -k it is even, and for even N
 * what stands at N / 2 is 0. */
static cph_status make_chebyshev(cph_taper_profile *profile, size_t points)
{
    const double degree = (double)points - 1.0;
    const double ratio = pow(10.0, -profile->taper.sll_db / 20.0);
    const double x0 = cosh(acosh(ratio) / fmax(degree, 1.0));
    if (points > CPH_TAPER_POINTS_MAX)
        return CPH_ERR_ARGUMENT;
    const cph_status status = reserve(profile, (points - 1) / 2);
    for (size_t k = 1; k <= profile->terms && status == CPH_OK; k++)
        profile->term[k - 1] =
            chebyshev_polynomial(degree, x0 * cos(M_PI * (double)k / (double)points)) / ratio;
    return status;
}

/* (1 + z)^(N-1) on the unit circle. */
static cph_status make_binomial(cph_taper_profile *profile, size_t points)
{
    if (points > CPH_TAPER_POINTS_MAX)
        return CPH_ERR_ARGUMENT;
    const cph_status status = reserve(profile, (points - 1) / 2);
    for (size_t k = 1; k <= profile->terms && status == CPH_OK; k++)
        profile->term[k - 1] = pow(cos(M_PI * (double)k / (double)points), (double)points - 1.0);
    return status;
}

/* ---- circular Taylor ---- */

static double circular_value(const cph_taper_profile *profile, double s)
{
    double t = 1.0;
    for (size_t m = 0; m < profile->terms; m++)
        t += profile->term[m] * j0(2.0 * profile->rate[m] * fabs(s));
    return t;
}

/* The m-th zero of J1, m >= 1: McMahon's expansion, then Newton with J1' = J0 - J1 / x. */
static double bessel_zero(int m)
{
    const double beta = (m + 0.25) * M_PI;
    double x = beta - 3.0 / (8.0 * beta);
    for (int pass = 0; pass < 4; pass++)
        x -= j1(x) / (j0(x) - j1(x) / x);
    return x;
}

/* With x = pi u: zeros of the uniform disc at j_m, those of the ideal pattern stretched to meet
 * them at j_nbar. term[m - 1] = F_m / J0(j_m)^2. */
static cph_status make_circular(cph_taper_profile *profile, size_t points)
{
    (void)points;
    const int terms = profile->taper.nbar - 1;
    const double a = taylor_a(profile->taper.sll_db), half = profile->taper.nbar - 0.5;
    const cph_status status = reserve(profile, (size_t)terms);
    if (status != CPH_OK)
        return status;
    const double last = bessel_zero(profile->taper.nbar);
    const double sigma2 = last * last / (a * a + half * half);
    for (int m = 1; m <= terms; m++)
        profile->rate[m - 1] = bessel_zero(m);
    for (int m = 1; m <= terms; m++) {
        const double x = profile->rate[m - 1], bessel = j0(x);
        double f = -1.0 / bessel;
        for (int i = 1; i <= terms; i++) {
            const double zero = profile->rate[i - 1];
            f *= 1.0 - x * x / sigma2 / (a * a + (i - 0.5) * (i - 0.5));
            if (i != m)
                f /= 1.0 - x * x / (zero * zero);
        }
        profile->term[m - 1] = f;
    }
    return CPH_OK;
}

/* ---- Bayliss ---- */

static double bayliss_value(const cph_taper_profile *profile, double s)
{
    double t = 0.0;
    for (size_t m = 0; m < profile->terms; m++)
        t += profile->term[m] * sin(2.0 * M_PI * ((double)m + 0.5) * s);
    return t;
}

/* A and the first four zeros xi of the ideal difference pattern, polynomials of the paper in the
 * level in dB (negative). */
static const double bayliss_a[5] = {0.30387530, -0.05042922, -0.00027989, -0.00000343, -0.00000002};
enum { TABLED = 4 };
static const double bayliss_xi[TABLED][5] = {
    {0.98583020, -0.03338850, 0.00014064, 0.00000190, 0.00000001},
    {2.00337487, -0.01141548, 0.00041590, 0.00000373, 0.00000001},
    {3.00636321, -0.00683394, 0.00029281, 0.00000161, 0.0},
    {4.00518423, -0.00501795, 0.00021735, 0.00000088, 0.0},
};

static double polynomial(const double c[5], double x)
{
    return c[0] + x * (c[1] + x * (c[2] + x * (c[3] + x * c[4])));
}

/* Squared zero n >= 1 before it is stretched. */
static double bayliss_zero2(double sll_db, int n)
{
    const double a = polynomial(bayliss_a, sll_db);
    const double xi = n <= TABLED ? polynomial(bayliss_xi[n - 1], sll_db) : 0.0;
    return n <= TABLED ? xi * xi : a * a + (double)n * n;
}

/* Zeros 1 to nbar - 1 are stretched to meet that of the aperture at u = nbar + 1/2. */
static cph_status make_bayliss(cph_taper_profile *profile, size_t points)
{
    (void)points;
    const int nbar = profile->taper.nbar;
    const double level = profile->taper.sll_db;
    const double sigma2 = (nbar + 0.5) * (nbar + 0.5) / bayliss_zero2(level, nbar);
    const cph_status status = reserve(profile, (size_t)nbar);
    for (int m = 0; m < nbar && status == CPH_OK; m++) {
        const double u2 = (m + 0.5) * (m + 0.5);
        double b = m % 2 == 0 ? u2 : -u2;
        for (int n = 1; n < nbar; n++)
            b *= 1.0 - u2 / (sigma2 * bayliss_zero2(level, n));
        for (int n = 0; n < nbar; n++)
            if (n != m)
                b /= 1.0 - u2 / ((n + 0.5) * (n + 0.5));
        profile->term[m] = b;
    }
    for (int m = nbar - 1; m >= 0 && status == CPH_OK; m--)
        profile->term[m] /= profile->term[0];
    return status;
}

/* ---- shapes in closed form ---- */

static double cosine_value(const cph_taper_profile *profile, double s)
{
    const double pedestal = profile->taper.pedestal;
    return pedestal + (1.0 - pedestal) * pow(fmax(cos(M_PI * s), 0.0), profile->taper.power);
}

static double gaussian_value(const cph_taper_profile *profile, double s)
{
    return pow(10.0, profile->taper.edge_db / 20.0 * 4.0 * s * s);
}

static cph_status make_closed(cph_taper_profile *profile, size_t points)
{
    (void)points;
    return reserve(profile, 0);
}

static cph_status make_hamming(cph_taper_profile *profile, size_t points)
{
    profile->taper.pedestal = 0.08;
    profile->taper.power = 2.0;
    return make_closed(profile, points);
}

static cph_status make_hann(cph_taper_profile *profile, size_t points)
{
    profile->taper.pedestal = 0.0;
    profile->taper.power = 2.0;
    return make_closed(profile, points);
}

/* ---- all of them ---- */

static const struct {
    cph_status (*make)(cph_taper_profile *profile, size_t points);
    double (*value)(const cph_taper_profile *profile, double s);
} profiles[CPH_TAPER_COUNT] = {
    [CPH_TAPER_UNIFORM] = {make_uniform, series_value},
    [CPH_TAPER_TAYLOR] = {make_taylor, series_value},
    [CPH_TAPER_CIRCULAR_TAYLOR] = {make_circular, circular_value},
    [CPH_TAPER_CHEBYSHEV] = {make_chebyshev, series_value},
    [CPH_TAPER_BAYLISS] = {make_bayliss, bayliss_value},
    [CPH_TAPER_HAMMING] = {make_hamming, cosine_value},
    [CPH_TAPER_HANN] = {make_hann, cosine_value},
    [CPH_TAPER_COSINE] = {make_closed, cosine_value},
    [CPH_TAPER_GAUSSIAN] = {make_closed, gaussian_value},
    [CPH_TAPER_BINOMIAL] = {make_binomial, series_value},
};

void cph_taper_profile_free(cph_taper_profile *profile)
{
    free(profile->term);
    free(profile->rate);
    *profile = (cph_taper_profile){0};
}

cph_status cph_taper_profile_make(const cph_taper *taper, size_t points, cph_taper_profile *profile)
{
    cph_taper_profile made = {.value = profiles[taper->kind].value, .taper = *taper};
    const cph_status status = profiles[taper->kind].make(&made, points);
    if (status == CPH_OK)
        *profile = made;
    else
        cph_taper_profile_free(&made);
    return status;
}
