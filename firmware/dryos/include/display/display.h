/* The display: on and off, and drawing into the on-screen picture (OSD), 720x480 palette indices. */
#ifndef DISPLAY_DISPLAY_H
#define DISPLAY_DISPLAY_H

#include <stdbool.h>
#include <stdint.h>

#define OSD_WIDTH 720
#define OSD_HEIGHT 480

/* The colours that our screens use; ML uses the same numbers (reference open-firmware.md section 3.5). */
enum osd_colour {
    OSD_TRANSPARENT = 0x00,
    OSD_WHITE = 0x01,
    OSD_BLACK = 0x02,
    OSD_GREEN = 0x06,
    OSD_RED = 0x08,
    OSD_BLUE = 0x0B,
    OSD_YELLOW = 0x0F,
    OSD_ORANGE = 0x13,
    OSD_DARK_GREY = 0x2C,
    OSD_GREY = 0x3B,
    OSD_LIGHT_GREY = 0x48,
};

bool display_is_on(void);
void display_turn_on(void);
void display_turn_off(void);

/* Drawing goes to the hidden buffer; osd_show copies it to the one that is scanned out. Coordinates outside are clipped. */
void osd_box(int x, int y, int width, int height, uint8_t colour);
void osd_text(int x, int y, int scale, uint8_t colour, const char *text);
void osd_show(void);

/* False while Magic Lantern owns the OSD: then nothing of ours may be drawn. */
bool osd_is_ours(void);

/* Width of a text in pixels. */
int osd_text_width(int scale, const char *text);

#endif
