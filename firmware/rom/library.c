/* The few routines the compiler may call by itself. */
#include "rom.h"

void *memcpy(void *to, const void *from, size_t bytes)
{
    uint8_t *out = to;
    const uint8_t *in = from;
    if ((((uint32_t)out | (uint32_t)in) & 3) == 0) {
        for (; bytes >= 4; bytes -= 4, out += 4, in += 4)
            *(uint32_t *)out = *(const uint32_t *)in;
    }
    while (bytes--)
        *out++ = *in++;
    return to;
}

void *memset(void *to, int value, size_t bytes)
{
    uint8_t *out = to;
    uint32_t word = (uint8_t)value * 0x01010101u;
    if (((uint32_t)out & 3) == 0) {
        for (; bytes >= 4; bytes -= 4, out += 4)
            *(uint32_t *)out = word;
    }
    while (bytes--)
        *out++ = (uint8_t)value;
    return to;
}

int memcmp(const void *left, const void *right, size_t bytes)
{
    const uint8_t *a = left, *b = right;
    for (; bytes; bytes--, a++, b++) {
        if (*a != *b)
            return *a < *b ? -1 : 1;
    }
    return 0;
}
