/* Integer arithmetic of all widths: multiply, divide, shift, carry chains, and what compilers make of bit tricks. */
#include "kernels.h"
#include "lib.h"

static uint32_t gcd(uint32_t a, uint32_t b)
{
    while (b) {
        uint32_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static uint32_t square_root(uint32_t x)
{
    uint32_t root = 0;
    for (uint32_t bit = 1u << 30; bit; bit >>= 2) {
        if (x >= root + bit) {
            x -= root + bit;
            root += bit << 1;
        }
        root >>= 1;
    }
    return root;
}

static uint32_t reverse_bits(uint32_t x)
{
    x = (x >> 1 & 0x55555555) | (x & 0x55555555) << 1;
    x = (x >> 2 & 0x33333333) | (x & 0x33333333) << 2;
    x = (x >> 4 & 0x0F0F0F0F) | (x & 0x0F0F0F0F) << 4;
    return x << 24 | (x & 0xFF00) << 8 | (x >> 8 & 0xFF00) | x >> 24;
}

static uint32_t count_bits(uint32_t x)
{
    uint32_t count = 0;
    for (; x; x &= x - 1)
        count++;
    return count;
}

static int32_t saturate(int64_t x)
{
    return x > INT32_MAX ? INT32_MAX : x < INT32_MIN ? INT32_MIN : (int32_t)x;
}

/* x^e modulo m, by squaring. */
static uint32_t power_modulo(uint32_t x, uint32_t e, uint32_t m)
{
    uint64_t result = 1, base = x % m;
    for (; e; e >>= 1) {
        if (e & 1)
            result = result * base % m;
        base = base * base % m;
    }
    return (uint32_t)result;
}

static uint32_t narrow(uint32_t sum, uint32_t x, uint32_t y)
{
    int16_t a = (int16_t)x, b = (int16_t)(y >> 16);
    int8_t c = (int8_t)(x >> 8);
    sum = mix(sum, (uint32_t)(a * b + c));
    sum = mix(sum, (uint32_t)((int32_t)x >> (y & 31)));
    return mix(sum, x >> (y & 31) | x << (-y & 31));
}

static uint32_t words(uint32_t sum, uint32_t x, uint32_t y)
{
    int32_t divisor = (int32_t)(y >> 12 | 1) * (y & 1 ? 1 : -1);
    sum = mix(sum, x * y + (x ^ ~y));
    sum = mix(sum, x / (y >> 7 | 1) + x % 1000);
    sum = mix(sum, (uint32_t)((int32_t)x / divisor) ^ (uint32_t)((int32_t)x % divisor));
    sum = mix(sum, gcd(x >> 8, y >> 8 | 1) + square_root(x));
    return mix(sum, reverse_bits(x) ^ count_bits(y) ^ (x ? (uint32_t)__builtin_clz(x) : 32));
}

static uint32_t doubles(uint32_t sum, uint32_t x, uint32_t y)
{
    uint64_t wide = (uint64_t)x << 32 | y;
    int64_t product = (int64_t)(int32_t)x * (int32_t)y;
    sum = mix(sum, (uint32_t)(wide * 0x9E3779B97F4A7C15u >> 32));
    sum = mix(sum, (uint32_t)(wide / (x | 1)) + (uint32_t)(wide % (y | 1)));
    sum = mix(sum, (uint32_t)(product / (int32_t)(y >> 9 | 3)) ^ (uint32_t)(wide >> (y & 63)));
    return mix(sum, (uint32_t)saturate(product >> 20) + (uint32_t)(wide - (uint64_t)product));
}

uint32_t arith_kernel(uint32_t rounds)
{
    uint32_t sum = 0;
    for (uint32_t round = 0; round < rounds; round++) {
        struct random r = random_for(round, 0xA517);
        for (int i = 0; i < 150; i++) {
            uint32_t x = random_next(&r), y = random_next(&r);
            sum = narrow(sum, x, y);
            sum = words(sum, x, y);
            sum = doubles(sum, x, y);
        }
        uint32_t base = random_next(&r);
        sum = mix(sum, power_modulo(base, random_next(&r), 0xFFFFFFFBu));
    }
    return sum;
}
