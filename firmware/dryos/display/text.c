/* Text in strokes: the letters of the boot ROM (rom/strokes.inc), on a grid 5 wide and 9 high, at any size. */
#include "display/display.h"

#define FIRST_LETTER ' '
#define LAST_LETTER '~'
#define LETTER_STEP 6

static const char *const strokes[] = {
#include "rom/strokes.inc"
};

struct point {
    int x, y;
};

/* Where a stroke's next dot lies, by integer error accumulation. */
struct pen {
    struct point at, end;
    int dx, dy, steps, error_x, error_y;
};

static int magnitude(int value)
{
    return value < 0 ? -value : value;
}

static struct pen pen_from(struct point from, struct point to)
{
    int dx = magnitude(to.x - from.x), dy = magnitude(to.y - from.y), steps = dx > dy ? dx : dy;
    return (struct pen){from, to, dx, dy, steps, steps / 2, steps / 2};
}

/* One axis: moves a dot when the error is full. */
static void advance(int *at, int end, int distance, int steps, int *error)
{
    *error += distance;
    if (*error < steps)
        return;
    *error -= steps;
    *at += end > *at ? 1 : -1;
}

static void dot(struct point origin, struct point at, int scale, uint8_t colour)
{
    osd_box(origin.x + at.x * scale, origin.y + at.y * scale, scale, scale, colour);
}

static void stroke(struct point origin, struct pen pen, int scale, uint8_t colour)
{
    dot(origin, pen.at, scale, colour);
    for (int i = 0; i < pen.steps; i++) {
        advance(&pen.at.x, pen.end.x, pen.dx, pen.steps, &pen.error_x);
        advance(&pen.at.y, pen.end.y, pen.dy, pen.steps, &pen.error_y);
        dot(origin, pen.at, scale, colour);
    }
}

static const char *strokes_of(char letter)
{
    return strokes[(letter < FIRST_LETTER || letter > LAST_LETTER ? '?' : letter) - FIRST_LETTER];
}

/* One line of points up to a space or the end; returns what follows. A point is a pair of digits. */
static const char *draw_line(struct point origin, int scale, uint8_t colour, const char *points)
{
    struct point last = {points[0] - '0', points[1] - '0'};
    for (; *points && *points != ' '; points += 2) {
        struct point next = {points[0] - '0', points[1] - '0'};
        stroke(origin, pen_from(last, next), scale, colour);
        last = next;
    }
    return *points ? points + 1 : points;
}

void osd_text(int x, int y, int scale, uint8_t colour, const char *text)
{
    for (; *text; text++, x += LETTER_STEP * scale)
        for (const char *points = strokes_of(*text); *points;)
            points = draw_line((struct point){x, y}, scale, colour, points);
}

int osd_text_width(int scale, const char *text)
{
    int letters = 0;
    while (text[letters])
        letters++;
    return letters * LETTER_STEP * scale;
}
