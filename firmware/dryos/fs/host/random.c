/* Numbers that look random (torture.h): splitmix64. */
#include "torture.h"

static uint64_t state;

static uint64_t next(uint64_t *from)
{
    uint64_t z = *from += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

void random_seed(uint64_t seed)
{
    state = seed;
}

uint32_t random_below(uint32_t limit)
{
    return (uint32_t)((next(&state) >> 32) * limit >> 32);
}

void random_bytes(uint32_t seed, uint8_t *out, uint32_t bytes)
{
    uint64_t own = seed;
    for (uint32_t i = 0; i < bytes; i++)
        out[i] = (uint8_t)(next(&own) >> 13);
}
