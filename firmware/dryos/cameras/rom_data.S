/* Contents of `data` lines in the cameras' tables that are longer than a word: one macro per name. */

#define FIRST_GLYPH 0x20
#define GLYPHS 95
#define GLYPH_BYTES 16
#define GLYPH_WIDTH 12

/* The camera's own font (reference open-firmware.md section 3.5): codes, then offsets that rise, then bitmaps. */
    .macro font_codes
    .set glyph, 0
    .rept GLYPHS
    .word FIRST_GLYPH + glyph
    .set glyph, glyph + 1
    .endr
    .word 0
    .endm

    .macro font_offsets
    .set glyph, 0
    .rept GLYPHS
    .word glyph * GLYPH_BYTES
    .set glyph, glyph + 1
    .endr
    .word 0
    .endm

/* Empty glyphs: our screens have strokes of their own, ML its own fonts. */
    .macro font_bitmaps
    .rept GLYPHS
    .hword 0, 0, GLYPH_WIDTH, 0, 0, 0, 0, 0
    .endr
    .endm

/* What the GUI task calls for each kind of event. ML copies the pointers. */
    .macro gui_functions
    .rept 8
    .word DOOR(DOOR_GUI_FUNCTION)
    .endr
    .endm
