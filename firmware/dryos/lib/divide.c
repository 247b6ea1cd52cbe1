/*
 * Division, which this processor has no instruction for, under the names the compiler uses (ARM RTABI section 4.3).
 * Quotient and remainder come back together in a pair of registers.
 */
#include <stdint.h>

static uint64_t pair(uint32_t quotient, uint32_t remainder)
{
    return (uint64_t)remainder << 32 | quotient;
}

/* Long division, one bit at a time from the first that counts. Division by zero: 0, and the dividend remains. */
uint64_t __aeabi_uidivmod(uint32_t value, uint32_t by)
{
    uint32_t quotient = 0;
    if (!by || value < by)
        return pair(0, value);
    for (int shift = __builtin_clz(by) - __builtin_clz(value); shift >= 0; shift--) {
        quotient <<= 1;
        if (value >= by << shift) {
            value -= by << shift;
            quotient |= 1;
        }
    }
    return pair(quotient, value);
}

uint32_t __aeabi_uidiv(uint32_t value, uint32_t by)
{
    return (uint32_t)__aeabi_uidivmod(value, by);
}

static uint32_t magnitude(int32_t value)
{
    return value < 0 ? -(uint32_t)value : (uint32_t)value;
}

uint64_t __aeabi_idivmod(int32_t value, int32_t by)
{
    uint64_t both = __aeabi_uidivmod(magnitude(value), magnitude(by));
    uint32_t quotient = (uint32_t)both, remainder = (uint32_t)(both >> 32);
    return pair((value < 0) != (by < 0) ? -quotient : quotient, value < 0 ? -remainder : remainder);
}

int32_t __aeabi_idiv(int32_t value, int32_t by)
{
    return (int32_t)__aeabi_idivmod(value, by);
}

/* As the above; divide.S puts the pair of 64-bit results where the RTABI wants it. */
uint64_t divide_long(uint64_t value, uint64_t by, uint64_t *remainder)
{
    uint64_t quotient = 0;
    if (by && value >= by) {
        for (int shift = __builtin_clzll(by) - __builtin_clzll(value); shift >= 0; shift--) {
            quotient <<= 1;
            if (value >= by << shift) {
                value -= by << shift;
                quotient |= 1;
            }
        }
    }
    *remainder = value;
    return quotient;
}
