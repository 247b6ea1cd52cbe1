/* The kernels: small programs whose work and result are the same on every processor. */
#ifndef KERNELS_H
#define KERNELS_H

#include <stdint.h>

/* Does `rounds` rounds of equal amounts of work and gives a checksum of everything computed. */
typedef uint32_t kernel_fn(uint32_t rounds);

struct kernel {
    const char *name;
    kernel_fn *run;
};

extern const struct kernel kernels[];
extern const uint32_t kernel_count;

kernel_fn arith_kernel, sort_kernel, hash_kernel, strings_kernel, matrix_kernel, states_kernel, recursion_kernel,
    printf_kernel, lists_kernel, fat_kernel, dct_kernel, vm_kernel, float_kernel, pack_kernel, overlay_kernel;

/* Runs kernel number `index` and prints its line: name, rounds, checksum. */
void run_and_print(uint32_t index, uint32_t rounds);

/* The port's console. */
void console_write(const char *text);

#endif
