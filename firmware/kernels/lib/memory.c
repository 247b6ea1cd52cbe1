#include "lib.h"

/* A word that may alias anything. */
typedef uint32_t __attribute__((may_alias)) word;

uint32_t mix_bytes(uint32_t sum, const void *bytes, size_t len)
{
    const uint8_t *p = bytes;
    while (len--)
        sum = mix(sum, *p++);
    return sum;
}

static int words_fit(const void *a, const void *b)
{
    return (((uintptr_t)a | (uintptr_t)b) & 3) == 0;
}

void *mem_copy(void *to, const void *from, size_t len)
{
    uint8_t *d = to;
    const uint8_t *s = from;
    if (words_fit(d, s)) {
        for (; len >= 16; len -= 16, d += 16, s += 16) {
            word *dw = (word *)(void *)d;
            const word *sw = (const word *)(const void *)s;
            word a = sw[0], b = sw[1], c = sw[2], e = sw[3];
            dw[0] = a;
            dw[1] = b;
            dw[2] = c;
            dw[3] = e;
        }
    }
    while (len--)
        *d++ = *s++;
    return to;
}

void *mem_move(void *to, const void *from, size_t len)
{
    uint8_t *d = to;
    const uint8_t *s = from;
    if ((uintptr_t)d - (uintptr_t)s >= len)
        return mem_copy(to, from, len);
    while (len--)
        d[len] = s[len];
    return to;
}

void *mem_set(void *to, int byte, size_t len)
{
    uint8_t *d = to;
    uint32_t all = (uint8_t)byte * 0x01010101u;
    for (; len && ((uintptr_t)d & 3); len--)
        *d++ = (uint8_t)byte;
    for (; len >= 4; len -= 4, d += 4)
        *(word *)(void *)d = all;
    while (len--)
        *d++ = (uint8_t)byte;
    return to;
}

int mem_compare(const void *a, const void *b, size_t len)
{
    const uint8_t *x = a, *y = b;
    for (; len; len--, x++, y++)
        if (*x != *y)
            return *x - *y;
    return 0;
}
