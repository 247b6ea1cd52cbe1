/* An 8-bit picture with the name of the camera, colour bands and a grey ramp. */
#include "greeting.h"

#define PICTURE_ADDRESS 0x05000000u

/* Palette indices; 0 is transparent on a camera. */
enum { BACKGROUND = 1, TEXT, ACCENT, FIRST_BAND, BANDS = 8, FIRST_GREY = FIRST_BAND + BANDS, GREYS = 40 };

enum { MARGIN = 60, BAND_TOP = 200, BAND_HEIGHT = 120, RAMP_TOP = 330, RAMP_HEIGHT = 40 };

/* Opacity, Y, U, V: white, yellow, cyan, green, magenta, red, blue, black at three quarters, as on a test card. */
static const uint32_t band_colours[BANDS] = {
    0x03BF0000, 0x03B1A009, 0x039616A0, 0x0389B6A9,
    0x03364A57, 0x0329EA60, 0x030E60F7, 0x03100000,
};

static void set_palette(const struct rom_services *rom)
{
    rom->osd_colour(BACKGROUND, 0x03180000);
    rom->osd_colour(TEXT, 0x03EB0000);
    rom->osd_colour(ACCENT, 0x03B1B232);
    for (uint32_t i = 0; i < BANDS; i++)
        rom->osd_colour(FIRST_BAND + i, band_colours[i]);
    for (uint32_t i = 0; i < GREYS; i++)
        rom->osd_colour(FIRST_GREY + i, 0x03000000 | i * 6 << 16);
}

static void draw_bands(const struct rom_services *rom, uint32_t band_to_spoil)
{
    const int width = (SCREEN_WIDTH - 2 * MARGIN) / BANDS;
    for (uint32_t i = 0; i < BANDS; i++) {
        uint32_t colour = FIRST_BAND + (i == band_to_spoil ? BANDS - 1 - i : i);
        rom->osd_box(MARGIN + (int)i * width, BAND_TOP, width, BAND_HEIGHT, colour);
    }
}

static void draw_ramp(const struct rom_services *rom)
{
    const int width = (SCREEN_WIDTH - 2 * MARGIN) / GREYS;
    for (int i = 0; i < GREYS; i++)
        rom->osd_box(MARGIN + i * width, RAMP_TOP, width, RAMP_HEIGHT, FIRST_GREY + (uint32_t)i);
}

void draw_greeting(uint32_t band_to_spoil)
{
    const struct rom_services *rom = services();
    rom->osd_open(OSD_8BIT, PICTURE_ADDRESS);
    set_palette(rom);
    rom->osd_box(0, 0, SCREEN_WIDTH, SCREEN_HEIGHT, BACKGROUND);
    rom->osd_text(MARGIN, 40, 6, TEXT, "Hello from");
    rom->osd_text(MARGIN, 110, 6, ACCENT, rom->camera()->name);
    draw_bands(rom, band_to_spoil);
    draw_ramp(rom);
    rom->osd_text(MARGIN, 400, 2, TEXT, "Darkroom sample build, drawn by the camera itself.");
}
