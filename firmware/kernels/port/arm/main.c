#include "header.h"
#include "kernels.h"
#include "lib.h"

/* What compilers call by themselves, freestanding or not. */
void *memcpy(void *to, const void *from, size_t len) { return mem_copy(to, from, len); }
void *memmove(void *to, const void *from, size_t len) { return mem_move(to, from, len); }
void *memset(void *to, int byte, size_t len) { return mem_set(to, byte, len); }
int memcmp(const void *a, const void *b, size_t len) { return mem_compare(a, b, len); }

void guest_main(void)
{
    uint32_t rounds = image_header.rounds, wanted = image_header.kernel;
    for (uint32_t i = 0; i < kernel_count; i++)
        if (wanted == EVERY_KERNEL || wanted == i)
            run_and_print(i, rounds);
}
