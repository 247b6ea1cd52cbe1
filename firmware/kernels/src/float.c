/* Floating point: single (Mandelbrot set, Fourier transform) and double (bodies in orbit, linear equations).
   Only sums, products, quotients and comparisons, none of them fused, so that every IEEE 754 processor agrees. */
#include "kernels.h"
#include "lib.h"

enum { POINTS = 32, BODIES = 3, SIZE = 6 };

union single {
    float value;
    uint32_t bits;
};

union pair {
    double value;
    uint32_t bits[2];
};

static uint32_t mix_float(uint32_t sum, float x)
{
    union single u = { x };
    return mix(sum, u.bits);
}

static uint32_t mix_double(uint32_t sum, double x)
{
    union pair u = { x };
    return mix(mix(sum, u.bits[0]), u.bits[1]);
}

static int escape_time(float cr, float ci)
{
    float zr = 0, zi = 0;
    int n = 0;
    while (n < 24 && zr * zr + zi * zi < 4.0f) {
        float t = zr * zr - zi * zi + cr;
        zi = 2.0f * zr * zi + ci;
        zr = t;
        n++;
    }
    return n;
}

static uint32_t mandelbrot(uint32_t sum, float shift)
{
    for (int y = 0; y < 8; y++)
        for (int x = 0; x < 12; x++)
            sum = mix(sum, (uint32_t)escape_time((float)x * 0.25f - 2.0f + shift, (float)y * 0.3f - 1.2f));
    return sum;
}

/* Sine and cosine of 2 pi / n for n = 2, 4, 8, 16, 32. */
static const float turn[5][2] = {
    { 0.0f, -1.0f },         { 1.0f, 0.0f },          { 0.70710678f, 0.70710678f },
    { 0.38268343f, 0.92387953f }, { 0.19509032f, 0.98078528f },
};

static void reorder(float re[POINTS], float im[POINTS])
{
    for (int i = 1, j = 0; i < POINTS; i++) {
        int bit = POINTS >> 1;
        for (; j & bit; bit >>= 1)
            j ^= bit;
        j ^= bit;
        if (i < j) {
            float r = re[i], m = im[i];
            re[i] = re[j];
            im[i] = im[j];
            re[j] = r;
            im[j] = m;
        }
    }
}

static void butterflies(float re[POINTS], float im[POINTS], int half, const float *step)
{
    for (int start = 0; start < POINTS; start += 2 * half) {
        float wr = 1, wi = 0;
        for (int i = start; i < start + half; i++) {
            float tr = wr * re[i + half] - wi * im[i + half];
            float ti = wr * im[i + half] + wi * re[i + half];
            re[i + half] = re[i] - tr;
            im[i + half] = im[i] - ti;
            re[i] += tr;
            im[i] += ti;
            float next = wr * step[1] - wi * -step[0];
            wi = wr * -step[0] + wi * step[1];
            wr = next;
        }
    }
}

static uint32_t fourier(uint32_t sum, struct random *r)
{
    float re[POINTS], im[POINTS];
    for (int i = 0; i < POINTS; i++) {
        re[i] = (float)(int32_t)(random_next(r) >> 20) / 64.0f;
        im[i] = (float)(int8_t)random_next(r);
    }
    reorder(re, im);
    for (int level = 0; level < 5; level++)
        butterflies(re, im, 1 << level, turn[level]);
    for (int i = 0; i < POINTS; i++)
        sum = mix_float(mix_float(sum, re[i]), im[i]);
    return sum;
}

static double root(double x)
{
    double y = x > 1 ? x : 1;
    for (int i = 0; i < 12; i++)
        y = 0.5 * (y + x / y);
    return y;
}

struct body {
    double at[2], speed[2], mass;
};

static void pull(struct body *a, const struct body *b, double time)
{
    double dx = b->at[0] - a->at[0], dy = b->at[1] - a->at[1];
    double square = dx * dx + dy * dy + 0.01;
    double strength = b->mass * time / (square * root(square));
    a->speed[0] += dx * strength;
    a->speed[1] += dy * strength;
}

static uint32_t orbits(uint32_t sum, struct random *r)
{
    struct body bodies[BODIES];
    for (int i = 0; i < BODIES; i++)
        for (int k = 0; k < 2; k++) {
            bodies[i].at[k] = (double)(random_next(r) & 0xFFF) / 1000.0;
            bodies[i].speed[k] = (double)(int32_t)(random_next(r) & 0xFF) / 256.0 - 0.5;
            bodies[i].mass = 1.0 + i;
        }
    for (int step = 0; step < 5; step++) {
        for (int i = 0; i < BODIES; i++)
            for (int j = 0; j < BODIES; j++)
                if (i != j)
                    pull(&bodies[i], &bodies[j], 0.01);
        for (int i = 0; i < BODIES; i++)
            for (int k = 0; k < 2; k++)
                bodies[i].at[k] += 0.01 * bodies[i].speed[k];
    }
    for (int i = 0; i < BODIES; i++)
        sum = mix_double(mix_double(sum, bodies[i].at[0]), bodies[i].at[1]);
    return sum;
}

/* Solves a system with a dominant diagonal, and rounds the answers to integers too. */
static uint32_t equations(uint32_t sum, struct random *r)
{
    double m[SIZE][SIZE + 1];
    for (int i = 0; i < SIZE; i++)
        for (int j = 0; j <= SIZE; j++)
            m[i][j] = (double)(int32_t)(random_next(r) >> 16) / 256.0 - 128.0 + (i == j ? 1000.0 : 0.0);
    for (int p = 0; p < SIZE; p++)
        for (int i = 0; i < SIZE; i++) {
            double factor = m[i][p] / m[p][p];
            for (int j = p; i != p && j <= SIZE; j++)
                m[i][j] -= factor * m[p][j];
        }
    for (int i = 0; i < SIZE; i++) {
        double x = m[i][SIZE] / m[i][i];
        sum = mix_float(mix_double(sum, x), (float)x);
        sum = mix(sum, (uint32_t)(int32_t)(x * 1e6));
        sum = mix(sum, (uint32_t)(x < 0) << 1 | (x > 0.05));
    }
    return sum;
}

uint32_t float_kernel(uint32_t rounds)
{
    uint32_t sum = 0;
    for (uint32_t round = 0; round < rounds; round++) {
        struct random r = random_for(round, 0xF10A);
        sum = mandelbrot(sum, (float)(round & 31) / 256.0f);
        sum = fourier(sum, &r);
        sum = orbits(sum, &r);
        sum = equations(sum, &r);
    }
    return sum;
}
