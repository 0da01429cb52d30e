/* SPDX-License-Identifier: MIT */
#include "cli/character.h"

#include <stdbool.h>
#include <stdint.h>

size_t cph_character(const char *text)
{
    static const struct {
        unsigned char mask, lead;
        uint32_t least; /* shorter forms of the same character are not allowed */
    } forms[] = {
        {0x80, 0x00, 0x20}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
    const unsigned char *const s = (const unsigned char *)text;
    for (size_t n = 0; n < sizeof forms / sizeof forms[0]; n++) {
        if ((s[0] & forms[n].mask) != forms[n].lead)
            continue;
        uint32_t code = s[0] & (unsigned char)~forms[n].mask;
        for (size_t i = 1; i <= n; i++) {
            if ((s[i] & 0xc0) != 0x80)
                return 0;
            code = code << 6 | (s[i] & 0x3f);
        }
        bool surrogate = code >= 0xd800 && code < 0xe000;
        bool control = code == 0x7f || (code >= 0x80 && code < 0xa0);
        return code < forms[n].least || surrogate || control || code > 0x10ffff ? 0 : n + 1;
    }
    return 0;
}
