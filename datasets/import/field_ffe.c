/* SPDX-License-Identifier: MIT */
/* FEKO .ffe: `##Key: value` of the file, `#Key: value` of a field (`#Frequency:` begins one),
 * `**` remarks, then lines Theta Phi Re(Etheta) Im(Etheta) Re(Ephi) Im(Ephi) and gains, which are
 * passed over. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "datasets/import/field_file.h"

enum { COLUMNS = 6 };

/* What stands behind `key:` at the head of the text, or NULL. */
static const char *value_of(const char *text, const char *key)
{
    const size_t length = strlen(key);
    text += strspn(text, " \t");
    if (strncasecmp(text, key, length) != 0)
        return NULL;
    text += length;
    text += strspn(text, " \t");
    return *text == ':' ? text + 1 + strspn(text + 1, " \t") : NULL;
}

static cph_status take_key(cph_field_file *f, const char *text)
{
    const char *value = value_of(text, "Frequency");
    double freq_hz;
    if (value != NULL) {
        if (cph_field_numbers(value, 1, &freq_hz) != 1 || !(freq_hz > 0.0))
            return cph_field_fail(f, CPH_ERR_FORMAT, "expected a frequency in Hz");
        cph_field_begin(f, freq_hz);
    }
    value = value_of(text, "Coordinate System");
    if (value != NULL && strncasecmp(value, "spherical", strlen("spherical")) != 0)
        return cph_field_fail(f, CPH_ERR_FORMAT, "expected Coordinate System: Spherical");
    value = value_of(text, "File Type");
    if (value != NULL && strncasecmp(value, "far field", strlen("far field")) != 0)
        return cph_field_fail(f, CPH_ERR_FORMAT, "expected File Type: Far Field");
    return CPH_OK;
}

cph_status cph_field_read_ffe(cph_field_file *f)
{
    cph_status status = CPH_OK;
    cph_field_begin(f, NAN);
    while (status == CPH_OK && cph_field_next_line(f, &status)) {
        const char *text = f->line + strspn(f->line, " \t\r\n");
        double v[COLUMNS];
        if (*text == '\0' || strncmp(text, "**", 2) == 0)
            continue;
        if (*text == '#') {
            status = take_key(f, text + strspn(text, "#"));
            continue;
        }
        if (cph_field_numbers(text, COLUMNS, v) != COLUMNS)
            return cph_field_fail(f, CPH_ERR_FORMAT,
                                  "expected theta, phi, and E theta and E phi as real and "
                                  "imaginary parts");
        const cph_field_sample sample = {v[0], v[1], {v[2], v[3]}, {v[4], v[5]}};
        status = cph_field_add(f, &sample);
    }
    return status;
}
