/* Buttons, wheels, doors. */
#ifndef SWITCHES_H
#define SWITCHES_H

#include <stdbool.h>
#include <stdint.h>

/* Takes a message about a switch, the shutter button or new shooting data. False when it is about something else. */
bool switch_take(const uint8_t *message);

#endif
