/*
 * Letters as strokes, drawn for this ROM on a grid 5 wide and 9 high (rows 0..6 above the base line, 7 and 8 below).
 * A glyph is a string of points "xy"; a space lifts the pen. So one table serves every size.
 */
#include "rom.h"

#define FIRST_LETTER ' '
#define LAST_LETTER '~'

static const char *const strokes[] = {
#include "rom/strokes.inc"
};

const char *font_strokes(char letter)
{
    if (letter < FIRST_LETTER || letter > LAST_LETTER)
        letter = '?';
    return strokes[letter - FIRST_LETTER];
}
