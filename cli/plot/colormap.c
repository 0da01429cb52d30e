/* SPDX-License-Identifier: MIT */
/* Curves through the Oklab space (B. Ottosson, "A perceptual color space for image processing",
 * 2020), chosen to stay inside sRGB with little to clip. */
#include "cli/plot/colormap.h"

#include <math.h>

static const double pi = 3.14159265358979323846;

static double clamp01(double x)
{
    return fmin(fmax(x, 0.0), 1.0);
}

static double encode(double linear)
{
    double x = clamp01(linear);
    return x <= 0.0031308 ? 12.92 * x : 1.055 * pow(x, 1 / 2.4) - 0.055;
}

static double decode(double encoded)
{
    return encoded <= 0.04045 ? encoded / 12.92 : pow((encoded + 0.055) / 1.055, 2.4);
}

static double cube(double x)
{
    return x * x * x;
}

static cph_rgb from_oklab(double light, double a, double b)
{
    double l = cube(light + 0.3963377774 * a + 0.2158037573 * b);
    double m = cube(light - 0.1055613458 * a - 0.0638541728 * b);
    double s = cube(light - 0.0894841775 * a - 1.2914855480 * b);
    return (cph_rgb){
        .r = encode(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
        .g = encode(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
        .b = encode(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s),
    };
}

static cph_rgb from_polar(double light, double chroma, double hue_deg)
{
    double hue = hue_deg * pi / 180;
    return from_oklab(light, chroma * cos(hue), chroma * sin(hue));
}

cph_rgb cph_colormap_sequential(double t)
{
    double x = clamp01(t);
    return from_polar(0.24 + 0.69 * x, 0.115 - 0.13 * x + 0.19 * x * x, 305 - 200 * x);
}

cph_rgb cph_colormap_cyclic(double t)
{
    double phase = 2 * pi * (clamp01(t) - 0.5);
    double side = sin(phase);
    return from_polar(0.60 + 0.31 * cos(phase), 0.14 * fabs(side), side < 0 ? 250 : 58);
}

double cph_rgb_lightness(cph_rgb colour)
{
    double y = 0.2126 * decode(colour.r) + 0.7152 * decode(colour.g) + 0.0722 * decode(colour.b);
    return y <= 216.0 / 24389 ? y * 24389 / 27 : 116 * cbrt(y) - 16;
}
