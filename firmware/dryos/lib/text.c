/* Text and overlapping memory. */
#include "kernel/memory.h"

void *memmove(void *to, const void *from, size_t bytes)
{
    uint8_t *out = to;
    const uint8_t *in = from;
    if (out <= in || out >= in + bytes)
        return memcpy(to, from, bytes);
    while (bytes--)
        out[bytes] = in[bytes];
    return to;
}

size_t text_length(const char *text)
{
    size_t length = 0;
    while (text[length])
        length++;
    return length;
}

int text_compare(const char *left, const char *right)
{
    while (*left && *left == *right)
        left++, right++;
    return (uint8_t)*left - (uint8_t)*right;
}

static uint8_t folded(char c)
{
    return (uint8_t)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

int text_compare_folded(const char *left, const char *right)
{
    while (*left && folded(*left) == folded(*right))
        left++, right++;
    return folded(*left) - folded(*right);
}

void text_copy(char *to, uint32_t capacity, const char *from)
{
    uint32_t i = 0;
    for (; i + 1 < capacity && from[i]; i++)
        to[i] = from[i];
    if (capacity)
        to[i] = 0;
}
