/* Recursion: calls and returns, deep and wide, direct and through a pointer. */
#include "kernels.h"
#include "lib.h"

static uint32_t fibonacci(uint32_t n)
{
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

static uint32_t ackermann(uint32_t m, uint32_t n)
{
    if (m == 0)
        return n + 1;
    return ackermann(m - 1, n == 0 ? 1 : ackermann(m, n - 1));
}

static uint32_t hanoi(int discs, uint32_t from, uint32_t to, uint32_t sum)
{
    if (discs == 0)
        return sum;
    sum = hanoi(discs - 1, from, 6 - from - to, sum);
    sum = mix(sum, from << 8 | to);
    return hanoi(discs - 1, 6 - from - to, to, sum);
}

/* Ways to place queens in the rows that are left; bits of columns and diagonals in use. */
static uint32_t queens(uint32_t all, uint32_t columns, uint32_t left, uint32_t right)
{
    uint32_t ways = 0;
    if (columns == all)
        return 1;
    for (uint32_t open = all & ~(columns | left | right); open; open &= open - 1) {
        uint32_t bit = open & -open;
        ways += queens(all, columns | bit, (left | bit) << 1, (right | bit) >> 1);
    }
    return ways;
}

typedef uint32_t visitor(const uint8_t *order, int count, uint32_t sum);

static uint32_t visit(const uint8_t *order, int count, uint32_t sum)
{
    for (int i = 0; i < count; i++)
        sum = sum * 31 + order[i];
    return sum;
}

static uint32_t backwards(const uint8_t *order, int count, uint32_t sum)
{
    while (count--)
        sum = sum * 37 + order[count];
    return sum;
}

static uint32_t permute(uint8_t *order, int count, int fixed, visitor *each, uint32_t sum)
{
    if (fixed == count)
        return each(order, count, sum);
    for (int i = fixed; i < count; i++) {
        uint8_t t = order[fixed];
        order[fixed] = order[i];
        order[i] = t;
        sum = permute(order, count, fixed + 1, each, sum);
        order[i] = order[fixed];
        order[fixed] = t;
    }
    return sum;
}

uint32_t recursion_kernel(uint32_t rounds)
{
    uint32_t sum = 0;
    for (uint32_t round = 0; round < rounds; round++) {
        uint8_t order[6] = { 1, 2, 3, 4, 5, (uint8_t)round };
        sum = mix(sum, fibonacci(15 + (round & 1)));
        sum = mix(sum, ackermann(2, 12 + (round & 3)));
        sum = hanoi(8, 1, 3, sum);
        sum = mix(sum, queens(0x3F, 0, 2u << round % 5, 0));
        sum = permute(order, 6, 0, round & 1 ? visit : backwards, sum);
    }
    return sum;
}
