/* The wire of the link: one message at a time in each direction. */
#ifndef LINK_H
#define LINK_H

#include "mpu/mpu.h"

void link_open(void);

/* Sends one whole message. Returns when the MPU has it; false when it does not take it within a second. */
bool link_send(const uint8_t *message);

/* Waits for the next message from the MPU. */
void link_receive(uint8_t *message);

#endif
