/* The inner part of a JPEG coder in integers: cosine transform, quantisation, zigzag, run lengths, and back. */
#include "kernels.h"
#include "lib.h"

enum { SIDE = 32 };

static uint8_t picture[SIDE][SIDE];

/* Row k, column n: round(2^12 * s(k) * cos((2n + 1) k pi / 16) / 2), with s(0) = 1/sqrt 2, else 1. */
static const int16_t cosine[8][8] = {
    { 1448, 1448, 1448, 1448, 1448, 1448, 1448, 1448 },     { 2009, 1703, 1138, 400, -400, -1138, -1703, -2009 },
    { 1892, 784, -784, -1892, -1892, -784, 784, 1892 },     { 1703, -400, -2009, -1138, 1138, 2009, 400, -1703 },
    { 1448, -1448, -1448, 1448, 1448, -1448, -1448, 1448 }, { 1138, -2009, 400, 1703, -1703, -400, 2009, -1138 },
    { 784, -1892, 1892, -784, -784, 1892, -1892, 784 },     { 400, -1138, 1703, -2009, 2009, -1703, 1138, -400 },
};

static int16_t step_of(int row, int column)
{
    return (int16_t)(8 + 3 * (row + column) + (row * column >> 1));
}

static void forward(int32_t out[8][8], int32_t in[8][8])
{
    int32_t half[8][8];
    for (int y = 0; y < 8; y++)
        for (int k = 0; k < 8; k++) {
            int32_t sum = 0;
            for (int x = 0; x < 8; x++)
                sum += in[y][x] * cosine[k][x];
            half[y][k] = (sum + 2048) >> 12;
        }
    for (int x = 0; x < 8; x++)
        for (int k = 0; k < 8; k++) {
            int32_t sum = 0;
            for (int y = 0; y < 8; y++)
                sum += half[y][x] * cosine[k][y];
            out[k][x] = (sum + 2048) >> 12;
        }
}

static void inverse(int32_t out[8][8], int32_t in[8][8])
{
    int32_t half[8][8];
    for (int x = 0; x < 8; x++)
        for (int y = 0; y < 8; y++) {
            int32_t sum = 0;
            for (int k = 0; k < 8; k++)
                sum += in[k][x] * cosine[k][y];
            half[y][x] = (sum + 2048) >> 12;
        }
    for (int y = 0; y < 8; y++)
        for (int x = 0; x < 8; x++) {
            int32_t sum = 0;
            for (int k = 0; k < 8; k++)
                sum += half[y][k] * cosine[k][x];
            out[y][x] = (sum + 2048) >> 12;
        }
}

static void quantise(int32_t block[8][8])
{
    for (int y = 0; y < 8; y++)
        for (int x = 0; x < 8; x++) {
            int32_t step = step_of(y, x), v = block[y][x];
            block[y][x] = v < 0 ? -((-v + step / 2) / step) : (v + step / 2) / step;
        }
}

/* Visits the diagonals in turn and writes (run of zeros, value) pairs; gives a checksum of them. */
static uint32_t run_lengths(uint32_t sum, int32_t block[8][8])
{
    uint32_t run = 0;
    for (int d = 0; d < 15; d++)
        for (int i = 0; i <= d; i++) {
            int y = d & 1 ? i : d - i, x = d - y;
            if (y > 7 || x > 7)
                continue;
            if (block[y][x] == 0) {
                run++;
                continue;
            }
            sum = mix(sum, run << 16 | ((uint32_t)block[y][x] & 0xFFFF));
            run = 0;
        }
    return mix(sum, run);
}

static uint8_t clamp(int32_t v)
{
    return v < 0 ? 0 : v > 255 ? 255 : (uint8_t)v;
}

static uint32_t code_block(uint32_t sum, int top, int left)
{
    int32_t pixels[8][8], block[8][8], back[8][8];
    uint32_t error = 0;
    for (int y = 0; y < 8; y++)
        for (int x = 0; x < 8; x++)
            pixels[y][x] = picture[top + y][left + x] - 128;
    forward(block, pixels);
    quantise(block);
    sum = run_lengths(sum, block);
    for (int y = 0; y < 8; y++)
        for (int x = 0; x < 8; x++)
            block[y][x] *= step_of(y, x);
    inverse(back, block);
    for (int y = 0; y < 8; y++)
        for (int x = 0; x < 8; x++) {
            int32_t d = clamp(back[y][x] + 128) - picture[top + y][left + x];
            error += (uint32_t)(d * d);
        }
    return mix(sum, error);
}

/* Ramps and edges with some noise. */
static void paint(struct random *r)
{
    uint32_t tilt = random_next(r) & 7;
    for (uint32_t y = 0; y < SIDE; y++)
        for (uint32_t x = 0; x < SIDE; x++) {
            uint32_t v = x * tilt + y * 3 + (random_next(r) & 15);
            picture[y][x] = (uint8_t)((x ^ y) & 16 ? v : 255 - v);
        }
}

uint32_t dct_kernel(uint32_t rounds)
{
    uint32_t sum = 0;
    for (uint32_t round = 0; round < rounds; round++) {
        struct random r = random_for(round, 0xDC78);
        paint(&r);
        for (int top = 0; top < SIDE; top += 8)
            for (int left = 0; left < SIDE; left += 8)
                sum = code_block(sum, top, left);
    }
    return sum;
}
