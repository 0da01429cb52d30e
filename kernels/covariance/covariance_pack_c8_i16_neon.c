/* SPDX-License-Identifier: MIT */
#include "kernels/covariance/panel_neon.h"

#include "kernels/covariance/covariance_pack_body.h"

void cph_covariance_pack_c8_i16_neon(const cph_covariance_rows *in, void *panel)
{
    pack_rows(pack_i16, CPH_C8, in, panel);
}
