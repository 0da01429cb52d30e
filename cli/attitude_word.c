/* SPDX-License-Identifier: MIT */
#include "cli/attitude_word.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "cli/parse.h"
#include "cli/parse_internal.h"

/* False: they are no three angles. */
static bool read_angles(const char *text, double angle[3])
{
    for (size_t i = 0; i < 3; i++) {
        char piece[CPH_PIECE_SIZE];
        if (text == NULL || cph_parse_piece(&text, piece, sizeof piece, NULL) != CPH_OK ||
            cph_parse_quantity(CPH_ANGLE, piece, &angle[i], NULL) != CPH_OK)
            return false;
    }
    return text == NULL;
}

static cph_status check_angles(const char *text, const double angle[3], cph_error *error)
{
    static const double slack = 1e-12; /* units that are not degrees may round over the end */
    return fabs(angle[0]) > M_PI + slack || fabs(angle[1]) > M_PI_2 + slack ||
                   fabs(angle[2]) > 2.0 * M_PI + slack
               ? cph_fail(error, CPH_ERR_ARGUMENT,
                          "'%s': expected roll within +-180, pitch within +-90 and yaw within "
                          "+-360 degrees, or a table",
                          text)
               : CPH_OK;
}

cph_status cph_attitude_check(const char *text, cph_error *error)
{
    double angle[3];
    if (read_angles(text, angle))
        return check_angles(text, angle, error);
    return strchr(text, ',') == NULL || access(text, F_OK) == 0
               ? CPH_OK
               : cph_fail(error, CPH_ERR_ARGUMENT,
                          "'%s': expected roll, pitch and yaw in degrees, as in 0,10,170, or a "
                          "table's file",
                          text);
}

bool cph_attitude_stays(const char *text)
{
    double angle[3];
    return read_angles(text, angle);
}

cph_status cph_attitude_choose(const char *text, const cph_array *array, cph_attitude *attitude,
                               cph_error *error)
{
    double angle[3], enu[9];
    if (array->frame != CPH_FRAME_ARRAY)
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "--attitude: positions are in axes of the site already");
    if (!read_angles(text, angle))
        return cph_attitude_read(text, attitude, error);
    if (check_angles(text, angle, error) != CPH_OK)
        return CPH_ERR_ARGUMENT;
    cph_attitude_matrix(angle[0], angle[1], angle[2], enu);
    const cph_status status = cph_attitude_fixed(enu, attitude);
    return status == CPH_OK ? CPH_OK : cph_fail(error, status, "%s", cph_status_name(status));
}
