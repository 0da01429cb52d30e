/* SPDX-License-Identifier: MIT */
#include "kernels/covariance/panel_avx2.h"

#include "kernels/covariance/covariance_pack_body.h"

void cph_covariance_pack_c8_i16_avx2(const cph_covariance_rows *in, void *panel)
{
    pack_rows(pack_i16, CPH_C8, in, panel);
}
