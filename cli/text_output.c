/* SPDX-License-Identifier: MIT */
#include "cli/text_output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/native/output.h"
#include "kernels/core/fail.h"

cph_status cph_text_check(const char *path, const char *const *inputs, cph_error *error)
{
    char *real = NULL;
    cph_status status = cph_output_resolve(path, inputs, &real, error);
    free(real);
    return status;
}

void cph_text_drop(cph_text_output *output)
{
    if (output->file != NULL) {
        fclose(output->file);
        remove(output->partial);
    }
    free(output->path);
    free(output->partial);
    *output = (cph_text_output){0};
}

cph_status cph_text_open(cph_text_output *output, const char *path, const char *const *inputs,
                         cph_error *error)
{
    *output = (cph_text_output){0};
    cph_status status = cph_output_resolve(path, inputs, &output->path, error);
    if (status == CPH_OK && asprintf(&output->partial, "%s.partial", output->path) < 0) {
        output->partial = NULL;
        status = cph_fail(error, CPH_ERR_MEMORY, "%s: out of memory", path);
    }
    if (status == CPH_OK)
        status = cph_output_clear(output->partial, inputs, error);
    if (status == CPH_OK && (output->file = fopen(output->partial, "wxe")) == NULL)
        status = cph_fail(error, CPH_ERR_IO, "%s: cannot be written: %s", output->partial,
                          strerror(errno));
    if (status != CPH_OK)
        cph_text_drop(output);
    return status;
}

cph_status cph_text_commit(cph_text_output *output, cph_error *error)
{
    errno = 0;
    int why = fflush(output->file) != 0 ? errno : 0;
    if (why == 0 && ferror(output->file))
        why = EIO;
    if (why == 0 && rename(output->partial, output->path) != 0)
        why = errno;
    cph_status status = CPH_OK;
    if (why != 0) {
        status =
            cph_fail(error, CPH_ERR_IO, "%s: cannot be written: %s", output->path, strerror(why));
    } else {
        fclose(output->file);
        output->file = NULL;
    }
    cph_text_drop(output);
    return status;
}
