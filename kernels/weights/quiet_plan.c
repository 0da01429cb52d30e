/* SPDX-License-Identifier: MIT */
/* What does not depend on the look: the live elements, the region, its form. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"
#include "kernels/core/vec3.h"
#include "kernels/weights/quiet.h"

static cph_status check(const cph_quiet_config *c, cph_error *error)
{
    if (c == NULL || c->elements == 0 || c->position == NULL || !(c->freq_hz > 0.0) ||
        !isfinite(c->freq_hz) || !cph_quiet_is_unit(c->up))
        return cph_fail(error, CPH_ERR_ARGUMENT, "quiet: bad argument");
    if (!(c->from_rad >= -0.5 * M_PI && c->from_rad < c->below_rad && c->below_rad <= 0.5 * M_PI))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "a region from %g to %g degrees of elevation: expected rising, within "
                        "-90 to 90",
                        c->from_rad * 180.0 / M_PI, c->below_rad * 180.0 / M_PI);
    return c->element != NULL ? cph_element_check(c->element, error) : CPH_OK;
}

static cph_status take_live(const cph_quiet_config *c, cph_quiet *plan, cph_error *error)
{
    double middle[3] = {0.0, 0.0, 0.0}, farthest = 0.0;
    plan->index = calloc(c->elements, sizeof *plan->index);
    plan->position = calloc(c->elements, 3 * sizeof *plan->position);
    if (plan->index == NULL || plan->position == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    for (size_t n = 0; n < c->elements; n++) {
        const double *r = c->position + 3 * n;
        if (c->flag != NULL && c->flag[n] != 0)
            continue;
        if (!isfinite(r[0] + r[1] + r[2]))
            return cph_fail(error, CPH_ERR_NOT_FINITE, "element %zu: its position is not finite",
                            n);
        memcpy(plan->position + 3 * plan->used, r, 3 * sizeof *r);
        plan->index[plan->used++] = n;
    }
    if (plan->used == 0)
        return cph_fail(error, CPH_ERR_TOO_FEW, "all %zu elements are flagged", c->elements);
    for (size_t n = 0; n < plan->used; n++)
        cph_add3(middle, 1.0 / (double)plan->used, plan->position + 3 * n, middle);
    for (size_t n = 0; n < plan->used; n++) {
        double d[3];
        cph_add3(plan->position + 3 * n, -1.0, middle, d);
        farthest = fmax(farthest, cph_norm3(d));
    }
    plan->extent_rad = 4.0 * M_PI * farthest * c->freq_hz / CPH_SPEED_OF_LIGHT;
    return CPH_OK;
}

/* North is the array's y as far as it is level, x where y is upright. */
static void lay_frame(cph_quiet *plan)
{
    static const double axes[2][3] = {{0.0, 1.0, 0.0}, {1.0, 0.0, 0.0}};
    const size_t axis = fabs(plan->up[1]) < 0.9 ? 0 : 1;
    (void)cph_reject3(axes[axis], plan->up, plan->north);
    (void)cph_unit3(plan->north);
    cph_cross3(plan->north, plan->up, plan->east);
}

static cph_status find_form(cph_quiet *plan, cph_error *error)
{
    const size_t n = plan->used;
    double diagonal = 0.0;
    if (n == 0 || !cph_size_matrix(n, n, n, sizeof(cph_c64)))
        return cph_fail(error, CPH_ERR_OVERFLOW, "too many elements");
    cph_c64 *q = calloc(n, n * sizeof *q);
    cph_status status = q != NULL ? cph_quiet_gram(plan, q, &diagonal) : CPH_ERR_MEMORY;
    if (status == CPH_OK)
        status = cph_quiet_factor(n, q, plan->exec, &plan->form);
    plan->form.diagonal = diagonal;
    free(q);
    if (status == CPH_ERR_MISSING)
        return cph_fail(error, status, "the elements radiate nothing under that elevation");
    return status == CPH_OK ? CPH_OK : cph_fail(error, status, "%s", cph_status_name(status));
}

cph_status cph_quiet_create(const cph_quiet_config *config, cph_quiet **plan, cph_error *error)
{
    if (plan == NULL)
        return cph_fail(error, CPH_ERR_ARGUMENT, "quiet: bad argument");
    cph_status status = check(config, error);
    if (status != CPH_OK)
        return status;
    cph_quiet *made = calloc(1, sizeof *made);
    if (made == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    made->elements = config->elements;
    made->freq_hz = config->freq_hz;
    made->from = config->from_rad;
    made->below = config->below_rad;
    made->exec = config->exec;
    made->has_element = config->element != NULL;
    if (config->element != NULL)
        made->element = *config->element;
    memcpy(made->up, config->up, sizeof made->up);
    lay_frame(made);
    status = take_live(config, made, error);
    if (status == CPH_OK)
        status = cph_quiet_lay_nodes(made, error);
    if (status == CPH_OK)
        status = find_form(made, error);
    if (status == CPH_OK)
        *plan = made;
    else
        cph_quiet_destroy(made);
    return status;
}

void cph_quiet_destroy(cph_quiet *plan)
{
    if (plan == NULL)
        return;
    free(plan->index);
    free(plan->position);
    free(plan->ring);
    free(plan->turn);
    cph_quiet_form_free(&plan->form);
    free(plan);
}

cph_quiet_size cph_quiet_sizes(const cph_quiet *plan)
{
    return (cph_quiet_size){plan->used, plan->rings * plan->turns, plan->form.rank};
}
