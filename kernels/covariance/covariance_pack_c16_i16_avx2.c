/* SPDX-License-Identifier: MIT */
#include "kernels/covariance/panel_avx2.h"

#include "kernels/covariance/covariance_pack_body.h"

void cph_covariance_pack_c16_i16_avx2(const cph_covariance_rows *in, void *panel)
{
    pack_rows(pack_c16, CPH_C16, in, panel);
}
