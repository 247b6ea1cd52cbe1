/* What the GUI task does with events. */
#ifndef EVENTS_H
#define EVENTS_H

#include <stdint.h>

/* As ML reads it. */
struct gui_event {
    uint32_t kind, param;
    void *object;
    uint32_t argument;
};

/* Event of kind GUI_EVENT_LOCAL: draw again. */
#define LOCAL_REDRAW 0x100u

void events_open(void);

void gui_deal_with(const struct gui_event *event);

#endif
