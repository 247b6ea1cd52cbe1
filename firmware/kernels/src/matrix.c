/* Matrices of integers: product, transpose, fixed-point convolution, elimination modulo a prime. */
#include "kernels.h"
#include "lib.h"

enum { N = 20, PRIME = 65521 };

typedef int32_t matrix[N][N];

static matrix a, b, product, smooth;

static void fill(matrix m, struct random *r)
{
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            m[i][j] = (int32_t)(random_next(r) >> 16) - 32768;
}

static void multiply(matrix out, matrix x, matrix y)
{
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            uint32_t sum = 0;
            for (int k = 0; k < N; k++)
                sum += (uint32_t)x[i][k] * (uint32_t)y[k][j];
            out[i][j] = (int32_t)sum;
        }
}

static void transpose(matrix m)
{
    for (int i = 0; i < N; i++)
        for (int j = 0; j < i; j++) {
            int32_t t = m[i][j];
            m[i][j] = m[j][i];
            m[j][i] = t;
        }
}

/* Three by three, weights 1 2 1 / 2 4 2 / 1 2 1, in 16ths. */
static void convolve(matrix out, matrix in)
{
    static const int weight[3][3] = { { 1, 2, 1 }, { 2, 4, 2 }, { 1, 2, 1 } };
    for (int i = 1; i < N - 1; i++)
        for (int j = 1; j < N - 1; j++) {
            int32_t sum = 8;
            for (int y = 0; y < 3; y++)
                for (int x = 0; x < 3; x++)
                    sum += weight[y][x] * in[i + y - 1][j + x - 1];
            out[i][j] = sum >> 4;
        }
}

static int32_t inverse(int32_t x)
{
    uint32_t result = 1, base = (uint32_t)x;
    for (uint32_t e = PRIME - 2; e; e >>= 1) {
        if (e & 1)
            result = (uint32_t)((uint64_t)result * base % PRIME);
        base = (uint32_t)((uint64_t)base * base % PRIME);
    }
    return (int32_t)result;
}

static void subtract_row(int32_t *row, const int32_t *pivot, int32_t factor, int from)
{
    for (int k = from; k < N; k++) {
        int32_t less = (int32_t)((uint64_t)(uint32_t)factor * (uint32_t)pivot[k] % PRIME);
        row[k] = (row[k] - less + PRIME) % PRIME;
    }
}

/* The determinant modulo the prime, or 0 where a pivot is 0. */
static uint32_t determinant(matrix m)
{
    uint64_t det = 1;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            m[i][j] = (m[i][j] % PRIME + PRIME) % PRIME;
    for (int i = 0; i < N && det; i++) {
        det = det * (uint32_t)m[i][i] % PRIME;
        int32_t inv = inverse(m[i][i]);
        for (int j = i + 1; j < N; j++)
            subtract_row(m[j], m[i], (int32_t)((uint64_t)(uint32_t)m[j][i] * (uint32_t)inv % PRIME), i);
    }
    return (uint32_t)det;
}

static uint32_t checksum(uint32_t sum, matrix m)
{
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            sum = mix(sum, (uint32_t)m[i][j]);
    return sum;
}

uint32_t matrix_kernel(uint32_t rounds)
{
    uint32_t sum = 0;
    for (uint32_t round = 0; round < rounds; round++) {
        struct random r = random_for(round, 0x3A7B);
        fill(a, &r);
        fill(b, &r);
        for (int i = 0; i < 3; i++) {
            multiply(product, a, b);
            sum = checksum(sum, product);
            transpose(b);
        }
        convolve(smooth, a);
        sum = checksum(sum, smooth);
        sum = mix(sum, determinant(a));
    }
    return sum;
}
