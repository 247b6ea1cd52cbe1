/* Between properties and the messages that carry them. */
#ifndef WIRE_H
#define WIRE_H

#include <stdbool.h>
#include <stdint.h>

/* A message that carries a property, or a group of them, came. False when it carries none that we know. */
bool wire_take(const uint8_t *message);

/* Tells the MPU that a property shall change, if the property is the MPU's and can be set. */
void wire_ask(uint32_t id, const void *data, uint32_t bytes);

/* How many meaningful bytes of payload a message has. */
uint32_t payload_bytes(const uint8_t *message);

#endif
