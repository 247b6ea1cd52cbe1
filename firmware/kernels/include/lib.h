/* What the kernels have instead of a C library, so that guest and host run the same code. */
#ifndef LIB_H
#define LIB_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* Pseudo-random numbers (xorshift32); the state must not be zero. */
struct random {
    uint32_t state;
};

static inline uint32_t random_next(struct random *r)
{
    uint32_t x = r->state;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return r->state = x;
}

/* A generator for one round of a kernel. */
static inline struct random random_for(uint32_t round, uint32_t salt)
{
    struct random r = { (round + 1) * 2654435761u ^ salt };
    if (r.state == 0)
        r.state = salt | 1;
    return r;
}

/* Adds a value to a running checksum. */
static inline uint32_t mix(uint32_t sum, uint32_t value)
{
    sum = (sum ^ value) * 16777619u;
    return sum ^ sum >> 15;
}

uint32_t mix_bytes(uint32_t sum, const void *bytes, size_t len);

void *mem_copy(void *to, const void *from, size_t len);
void *mem_move(void *to, const void *from, size_t len);
void *mem_set(void *to, int byte, size_t len);
int mem_compare(const void *a, const void *b, size_t len);

size_t str_length(const char *s);
char *str_copy(char *to, const char *from);
int str_compare(const char *a, const char *b);
const char *str_find(const char *in, const char *what);
const char *str_char(const char *in, char c);

/* A subset of printf: %d %i %u %x %X %o %c %s %p %%, flags "-0+ #", width, precision, "*", h and ll.
   Gives the length the whole text has, and always ends what it stores with a zero. */
int format_list(char *to, size_t room, const char *format, va_list args);
__attribute__((format(printf, 3, 4))) int format(char *to, size_t room, const char *format, ...);

#endif
