#include "kernels.h"
#include "lib.h"

const struct kernel kernels[] = {
    { "arith", arith_kernel },     { "sort", sort_kernel },           { "hash", hash_kernel },
    { "strings", strings_kernel }, { "matrix", matrix_kernel },       { "states", states_kernel },
    { "recursion", recursion_kernel }, { "printf", printf_kernel },   { "lists", lists_kernel },
    { "fat", fat_kernel },         { "dct", dct_kernel },             { "vm", vm_kernel },
    { "float", float_kernel },     { "pack", pack_kernel },           { "overlay", overlay_kernel },
};

const uint32_t kernel_count = sizeof kernels / sizeof kernels[0];

void run_and_print(uint32_t index, uint32_t rounds)
{
    char line[80];
    uint32_t sum = kernels[index].run(rounds);
    format(line, sizeof line, "%-10s rounds %u checksum %08x\n", kernels[index].name, (unsigned)rounds, (unsigned)sum);
    console_write(line);
}
