/*
 * The on-screen picture (OSD): 720x480 palette indices, 4 or 8 bits each, scanned out of RAM.
 * Reference: display.md sections 2, 3 and 5.
 */
#include "rom.h"

#define OSD_WIDTH 720
#define OSD_HEIGHT 480
#define PITCH_4BIT 360u
#define PITCH_8BIT 960u

#define DISPLAY_UPDATE 0xC0F14000u
#define DISPLAY_INTERRUPT 0xC0F1401Cu
#define DISPLAY_4BIT_ON 0xC0F14078u
#define PALETTE_4BIT 0xC0F14080u
#define OSD_ADDRESS_A 0xC0F140D0u
#define OSD_ADDRESS_B 0xC0F140D4u
#define PALETTE_8BIT 0xC0F14400u

/* The boot screen of the cameras is a 4-bit picture at 64 MiB; ML's start-up code draws at the same place. */
#define BOOT_SCREEN 0x04000000u

/* Opacity, Y, U, V: a grey ramp from black to white, and amber for titles. */
static const uint32_t boot_palette[16] = {
    0x03000000, 0x030F0000, 0x031F0000, 0x032F0000, 0x033E0000, 0x034E0000, 0x03B1B232, 0x036D0000,
    0x037D0000, 0x038D0000, 0x039C0000, 0x03AC0000, 0x03BC0000, 0x03CB0000, 0x03DB0000, 0x03EB0000,
};

static struct {
    uint8_t *pixels; /* through the uncached alias */
    uint32_t pitch;
    enum osd_depth depth;
    int text_line;
} osd;

/*
 * The bootloader's display initialisation, found and called by ML's start-up code with whatever stack and RAM it has:
 * uses registers only. Afterwards a 4-bit picture at BOOT_SCREEN is shown.
 */
void display_init(uint32_t unused)
{
    (void)unused;
    reg_write(DISPLAY_INTERRUPT, 0);
    for (uint32_t i = 0; i < 16; i++)
        reg_write(PALETTE_4BIT + i * 4, boot_palette[i]);
    reg_write(DISPLAY_4BIT_ON, 1);
    reg_write(OSD_ADDRESS_A, BOOT_SCREEN);
    reg_write(OSD_ADDRESS_B, BOOT_SCREEN);
    reg_write(DISPLAY_UPDATE, 1);
}

void osd_open(enum osd_depth depth, uint32_t address)
{
    osd.depth = depth;
    osd.pitch = depth == OSD_4BIT ? PITCH_4BIT : PITCH_8BIT;
    osd.pixels = (uint8_t *)(address | UNCACHED);
    if (depth == OSD_4BIT)
        reg_write(DISPLAY_4BIT_ON, 1);
    reg_write(OSD_ADDRESS_A, address);
    reg_write(OSD_ADDRESS_B, address);
    reg_write(DISPLAY_UPDATE, 1);
}

void osd_colour(uint32_t index, uint32_t ouyv)
{
    uint32_t palette = osd.depth == OSD_4BIT ? PALETTE_4BIT : PALETTE_8BIT;
    uint32_t last = osd.depth == OSD_4BIT ? 15 : 255;
    reg_write(palette + (index & last) * 4, ouyv);
}

static void pixel_4bit(int x, int y, uint32_t colour)
{
    uint8_t *pair = &osd.pixels[y * osd.pitch + x / 2];
    uint32_t shift = (x & 1) * 4;
    *pair = (uint8_t)((*pair & ~(0xFu << shift)) | (colour & 0xF) << shift);
}

static int clip(int value, int limit)
{
    return value < 0 ? 0 : value > limit ? limit : value;
}

static void box_line(int left, int right, int y, uint32_t colour)
{
    if (osd.depth == OSD_8BIT)
        memset(&osd.pixels[y * osd.pitch + left], (int)colour, (size_t)(right - left));
    else
        for (int x = left; x < right; x++)
            pixel_4bit(x, y, colour);
}

void osd_box(int x, int y, int width, int height, uint32_t colour)
{
    int left = clip(x, OSD_WIDTH), right = clip(x + width, OSD_WIDTH);
    int top = clip(y, OSD_HEIGHT), bottom = clip(y + height, OSD_HEIGHT);
    for (int row = top; row < bottom && left < right; row++)
        box_line(left, right, row, colour);
}

static int magnitude(int value)
{
    return value < 0 ? -value : value;
}

struct point {
    int x, y;
};

/* A straight stroke of dots of scale x scale, by integer error accumulation. */
static void stroke(struct point origin, struct point from, struct point to, int scale, uint32_t colour)
{
    int dx = magnitude(to.x - from.x), dy = magnitude(to.y - from.y);
    int steps = dx > dy ? dx : dy;
    int error_x = steps / 2, error_y = steps / 2;
    for (int i = 0;; i++) {
        osd_box(origin.x + from.x * scale, origin.y + from.y * scale, scale, scale, colour);
        if (i == steps)
            return;
        error_x += dx;
        error_y += dy;
        if (error_x >= steps) {
            error_x -= steps;
            from.x += to.x > from.x ? 1 : -1;
        }
        if (error_y >= steps) {
            error_y -= steps;
            from.y += to.y > from.y ? 1 : -1;
        }
    }
}

static void draw_letter(struct point origin, int scale, uint32_t colour, char letter)
{
    const char *points = font_strokes(letter);
    bool pen_down = false;
    struct point last = { 0, 0 };
    while (*points) {
        if (*points == ' ') {
            pen_down = false;
            points++;
            continue;
        }
        struct point next = { points[0] - '0', points[1] - '0' };
        if (pen_down)
            stroke(origin, last, next, scale, colour);
        last = next;
        pen_down = true;
        points += 2;
    }
}

void osd_text(int x, int y, int scale, uint32_t colour, const char *text)
{
    struct point at = { x, y };
    for (; *text; text++) {
        if (*text == '\n') {
            at.x = x;
            at.y += 10 * scale;
            continue;
        }
        draw_letter(at, scale, colour, *text);
        at.x += 6 * scale;
    }
}

void screen_open(void)
{
    display_init(0);
    osd_open(OSD_4BIT, BOOT_SCREEN);
    memset(osd.pixels, 0, OSD_HEIGHT * PITCH_4BIT);
    osd.text_line = 0;
    screen_line(SCREEN_TITLE, "Darkroom open boot ROM " ROM_VERSION);
    osd.text_line++;
}

void screen_line(uint32_t colour, const char *text)
{
    const int scale = 2, left = 24, top = 30, line_height = 22;
    osd_text(left, top + osd.text_line * line_height, scale, colour, text);
    osd.text_line++;
}
