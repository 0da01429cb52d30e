/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "datasets/h5/h5.h"

static bool is_padding(char c)
{
    return c == '\0' || c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Bytes 10xxxxxx continue a character of UTF-8. */
static bool continues(char c)
{
    return ((unsigned char)c & 0xC0u) == 0x80u;
}

void cph_h5_text_line(char *out, size_t size, const char *text, size_t length)
{
    length = strnlen(text, length);
    while (length > 0 && is_padding(text[length - 1]))
        length--;
    if (length >= size) {
        length = size - 1;
        while (length > 0 && continues(text[length]))
            length--;
    }
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        out[i] = c < 0x20u || c == 0x7Fu ? ' ' : text[i];
    }
    out[length] = '\0';
}

static size_t put_utf8(uint32_t code, char *out)
{
    static const unsigned char lead[5] = {0, 0x00, 0xC0, 0xE0, 0xF0};
    if (code > 0x10FFFFu || (code >= 0xD800u && code < 0xE000u))
        code = 0xFFFDu;
    size_t bytes = code < 0x80u ? 1 : code < 0x800u ? 2 : code < 0x10000u ? 3 : 4;
    for (size_t i = bytes - 1; i > 0; i--, code >>= 6)
        out[i] = (char)(0x80u | (code & 0x3Fu));
    out[0] = (char)(lead[bytes] | code);
    return bytes;
}

void cph_h5_text_ucs4(const uint32_t *code, size_t count, char *out)
{
    size_t length = 0;
    for (size_t i = 0; i < count && code[i] != 0; i++)
        length += put_utf8(code[i], out + length);
    out[length] = '\0';
}
