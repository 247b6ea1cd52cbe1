/* Rectangles in the picture that is shown. */
#include "stand_in.h"

#define PITCH 960

void fill(uint32_t x, uint32_t y, uint32_t width, uint32_t height, uint8_t colour)
{
    const uint32_t shown = 5; /* word of the records */
    volatile uint8_t *picture = (volatile uint8_t *)(((uint32_t *)ADDRESS(bmp_vram_info))[shown] | 0x40000000);
    for (uint32_t row = y; row < y + height; row++)
        for (uint32_t column = x; column < x + width; column++)
            picture[row * PITCH + column] = colour;
}
