/* The screens of the three modes. */
#ifndef SCREENS_H
#define SCREENS_H

#include <stdbool.h>
#include <stdint.h>

void screens_open(void);

/* A mode was entered: its screen starts anew. */
void screen_entered(uint32_t mode);

/* Draws a mode's screen, unless the display is off or the OSD is Magic Lantern's. Tasks only. */
void screen_draw(uint32_t mode);

/* A button that the mode's screen may know. True when the screen changed. */
bool screen_button(uint32_t mode, uint32_t event);

/* One per screen. */
void idle_draw(void);
void play_draw(void);
void menu_draw(void);
void menu_open(void);
bool menu_button(uint32_t event);

#endif
