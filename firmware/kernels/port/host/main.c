/* The kernels as a program of the host: [ROUNDS [KERNEL]]. Prints what a guest prints. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels.h"

void console_write(const char *text)
{
    fputs(text, stdout);
}

int main(int argc, char **argv)
{
    uint32_t rounds = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1;
    uint32_t done = 0;
    for (uint32_t i = 0; i < kernel_count; i++) {
        if (argc > 2 && strcmp(argv[2], kernels[i].name) != 0)
            continue;
        run_and_print(i, rounds);
        done++;
    }
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
