/* The few routines the compiler may call by itself, for the boot ROM and the sample builds. By words where both sides are aligned. */
#include "darkroom_rom.h"

static bool aligned(const void *left, const void *right)
{
    return (((uint32_t)left | (uint32_t)right) & 3) == 0;
}

void *memcpy(void *to, const void *from, size_t bytes)
{
    uint8_t *out = to;
    const uint8_t *in = from;
    if (aligned(to, from)) {
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
    if (aligned(to, to)) {
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
    if (aligned(left, right)) {
        while (bytes >= 4 && *(const uint32_t *)a == *(const uint32_t *)b) {
            bytes -= 4;
            a += 4;
            b += 4;
        }
    }
    for (; bytes; bytes--, a++, b++) {
        if (*a != *b)
            return *a < *b ? -1 : 1;
    }
    return 0;
}
