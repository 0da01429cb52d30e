/* SPDX-License-Identifier: MIT */
#include "kernels/covariance/panel_neon.h"

#include "kernels/covariance/covariance_pack_body.h"

void cph_covariance_pack_c16_i16_neon(const cph_covariance_rows *in, void *panel)
{
    pack_rows(pack_c16, CPH_C16, in, panel);
}
