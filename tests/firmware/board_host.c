/* SPDX-License-Identifier: MIT */
/* The host: standard output. */
#include <stdio.h>

#include "tests/firmware/fw_board.h"

static void put(char c)
{
    (void)putchar(c);
}

int main(void)
{
    fw_sink sink = {.put = put};
    fw_run(&sink);
    return fflush(stdout) != 0;
}
