/* What a camera's overlays do with a live image: YUV 4:2:2 to RGB, histogram, zebra, edges, blending by palette. */
#include "kernels.h"
#include "lib.h"

enum { WIDTH = 64, HEIGHT = 24 };

static uint32_t uyvy[HEIGHT][WIDTH / 2];
static uint8_t indexed[HEIGHT][WIDTH];
static uint16_t screen[HEIGHT][WIDTH];
static uint32_t histogram[64];

static int32_t clamp(int32_t v)
{
    return v < 0 ? 0 : v > 255 ? 255 : v;
}

static int32_t luma(int y, int x)
{
    return (int32_t)(uyvy[y][x >> 1] >> (x & 1 ? 24 : 8) & 255);
}

static uint16_t rgb565(int32_t y, int32_t u, int32_t v)
{
    int32_t r = clamp(y + ((359 * v) >> 8));
    int32_t g = clamp(y - ((88 * u + 183 * v) >> 8));
    int32_t b = clamp(y + ((454 * u) >> 8));
    return (uint16_t)((r & 0xF8) << 8 | (g & 0xFC) << 3 | b >> 3);
}

static void paint(struct random *r)
{
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH / 2; x++) {
            uint32_t light = (uint32_t)(x * 7 + y * 3) & 255, noise = random_next(r);
            uint32_t second = (light + (noise >> 28)) & 255;
            uyvy[y][x] = (noise & 0x3F) + 96 | light << 8 | ((noise >> 8 & 0x3F) + 96) << 16 | second << 24;
        }
}

static void convert(void)
{
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            uint32_t w = uyvy[y][x >> 1];
            screen[y][x] = rgb565(luma(y, x), (int32_t)(w & 255) - 128, (int32_t)(w >> 16 & 255) - 128);
        }
}

static void measure(void)
{
    for (int i = 0; i < 64; i++)
        histogram[i] = 0;
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            histogram[luma(y, x) >> 2]++;
}

/* Palette index: 1 and 2 zebra, 3 an edge, 0 transparent. */
static void mark(void)
{
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            int32_t here = luma(y, x);
            int32_t right = luma(y, x + 1 < WIDTH ? x + 1 : x), below = luma(y + 1 < HEIGHT ? y + 1 : y, x);
            int32_t edge = (right > here ? right - here : here - right) + (below > here ? below - here : here - below);
            indexed[y][x] = here > 235 ? 1 + ((x + y) >> 2 & 1) : edge > 40 ? 3 : 0;
        }
}

static void blend(void)
{
    static const uint16_t palette[4] = { 0, 0xF800, 0xFFFF, 0x07E0 };
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            uint8_t index = indexed[y][x];
            if (index == 3)
                screen[y][x] = (uint16_t)((screen[y][x] >> 1 & 0x7BEF) + (palette[3] >> 1 & 0x7BEF));
            else if (index)
                screen[y][x] = palette[index];
        }
}

uint32_t overlay_kernel(uint32_t rounds)
{
    uint32_t sum = 0;
    for (uint32_t round = 0; round < rounds; round++) {
        struct random r = random_for(round, 0x07E2);
        paint(&r);
        convert();
        measure();
        mark();
        blend();
        for (int i = 0; i < 64; i++)
            sum = mix(sum, histogram[i]);
        for (int y = 0; y < HEIGHT; y++)
            for (int x = 0; x < WIDTH; x += 2)
                sum = mix(sum, (uint32_t)screen[y][x] << 16 | screen[y][x + 1]);
    }
    return sum;
}
