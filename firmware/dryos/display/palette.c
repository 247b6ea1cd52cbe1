/*
 * The palette, given as red, green, blue, and turned into the display's luminance and colour differences (reference display.md
 * section 3). ML changes single entries, and finds each entry's registers and value in the camera's own table.
 */
#include "palette.h"

#include <stdint.h>

#include "kernel/camera.h"
#include "kernel/registers.h"

#define COLOURS 256u
#define GREYS_FIRST 0x26u
#define GREYS_LAST 0x4Fu

#define PALETTE_A 0xC0F14400u
#define PALETTE_B 0xC0F14800u

/* ML's table: register, unused, value; first for one bank of registers, then for the other. */
#define TABLE_STEP 3u
#define TABLE_VALUE 2u

#define OPAQUE 3u
#define HALF_TRANSPARENT 1u
#define TRANSPARENT_ENTRY 0x00FF0000u
#define UNUSED_COLOUR 0xFF00FFu

static const uint32_t first_colours[GREYS_FIRST] = {
    0x000000, 0xEBEBEB, 0x000000, 0x000000, 0x80B0E0, 0x00C8E8, 0x00D000, 0x60F060, /* 00 */
    0xE80000, 0x60A0F0, 0x3060C0, 0x0030E8, 0x900000, 0xA060D0, 0xE800E8, 0xF0E000, /* 08 */
    0x804000, 0xC08040, 0xE0C080, 0xF08000, 0x606060, 0x006000, 0x00A000, 0x985000, /* 10 */
    0x004858, 0x006878, 0x807800, 0xB0A000, 0x103060, 0x204880, 0x6080A0, 0x90A8C0, /* 18 */
    0x400000, 0x600020, 0x200040, 0x400060, 0x203020, 0x304030,                     /* 20 */
};

static uint32_t grey(uint32_t index)
{
    uint32_t level = 0x10 + (index - GREYS_FIRST) * 0xDB / (GREYS_LAST - GREYS_FIRST);
    return level << 16 | level << 8 | level;
}

static uint32_t rgb_of(uint32_t index)
{
    if (index < GREYS_FIRST)
        return first_colours[index];
    if (index <= GREYS_LAST)
        return grey(index);
    return index == GREYS_LAST + 1 ? first_colours[1] : UNUSED_COLOUR;
}

static uint32_t byte_of(int32_t value)
{
    int32_t fits = value < -128 ? -128 : value > 127 ? 127 : value;
    return (uint32_t)fits & 0xFF;
}

/* The inverse of the display's formula, in 1/1024. */
static uint32_t entry_of(uint32_t index)
{
    uint32_t rgb = rgb_of(index), opacity = index == 3 ? HALF_TRANSPARENT : OPAQUE;
    int32_t red = rgb >> 16 & 0xFF, green = rgb >> 8 & 0xFF, blue = rgb & 0xFF;
    int32_t luminance = (218 * red + 732 * green + 74 * blue) >> 10;
    uint32_t u = byte_of((blue - luminance) * 552 / 1024), v = byte_of((red - luminance) * 652 / 1024);
    return index == 0 ? TRANSPARENT_ENTRY : opacity << 24 | (uint32_t)luminance << 16 | u << 8 | v;
}

static void list_entry(uint32_t *table, uint32_t bank, uint32_t index, uint32_t entry)
{
    table[index * TABLE_STEP] = bank + index * 4;
    table[index * TABLE_STEP + TABLE_VALUE] = entry;
    reg_write(bank + index * 4, entry);
}

void palette_load(void)
{
    uint32_t *table = (uint32_t *)camera->LCD_Palette;
    for (uint32_t i = 0; i < COLOURS; i++) {
        list_entry(table, PALETTE_A, i, entry_of(i));
        list_entry(table + COLOURS * TABLE_STEP, PALETTE_B, i, entry_of(i));
    }
}
