/* The battery's report. */
#ifndef BATTERY_H
#define BATTERY_H

#include <stdbool.h>
#include <stdint.h>

/* Takes a message about the battery. False when it is about something else. */
bool battery_take(const uint8_t *message);

#endif
