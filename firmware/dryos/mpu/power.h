/* Power: going down when told, or when asked. */
#ifndef POWER_H
#define POWER_H

#include <stdbool.h>
#include <stdint.h>

/* Takes a message about power. False when it is about something else. */
bool power_take(const uint8_t *message);

#endif
