#include "lib.h"

size_t str_length(const char *s)
{
    const char *end = s;
    while (*end)
        end++;
    return (size_t)(end - s);
}

char *str_copy(char *to, const char *from)
{
    char *d = to;
    while ((*d++ = *from++))
        ;
    return to;
}

int str_compare(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return (uint8_t)*a - (uint8_t)*b;
}

static int starts_with(const char *s, const char *prefix)
{
    while (*prefix)
        if (*s++ != *prefix++)
            return 0;
    return 1;
}

const char *str_find(const char *in, const char *what)
{
    for (; *in; in++)
        if (*in == *what && starts_with(in, what))
            return in;
    return *what ? NULL : in;
}

const char *str_char(const char *in, char c)
{
    for (; *in; in++)
        if (*in == c)
            return in;
    return NULL;
}
