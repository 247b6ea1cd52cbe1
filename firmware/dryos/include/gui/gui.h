/*
 * The GUI: events from everywhere, dealt with by one task (which Magic Lantern replaces by its own, that calls back into ours),
 * and three screens.
 */
#ifndef GUI_GUI_H
#define GUI_GUI_H

#include <stdbool.h>
#include <stdint.h>

/* Kinds of events, as the GUI task tells them apart. */
enum gui_event_kind {
    GUI_EVENT_BUTTON = 0, /* a button, wheel, door, or new shooting data; numbers differ between cameras */
    GUI_EVENT_MODE = 1,   /* a gui_mode is asked for */
    GUI_EVENT_LOCAL = 2,  /* between parts of the GUI */
    GUI_EVENT_KINDS = 8,
};

enum gui_mode { GUI_IDLE = 0, GUI_PLAY = 1, GUI_MENU = 2 };

/* Queues an event. Any context. False when too many wait. */
bool gui_post(uint32_t kind, uint32_t param, void *object, uint32_t argument);

/* Asks the GUI task to enter a mode, and tells the MPU. */
void gui_ask_mode(uint32_t mode);

/* Asks the GUI task to draw the present screen again. Any context. */
void gui_redraw(void);

#endif
