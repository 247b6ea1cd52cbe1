/*
 * The MPU, the small processor that owns the buttons, the dial, the lens and the power switch. Messages travel both ways over a
 * serial link; most of them carry properties (mpu/properties.h).
 */
#ifndef MPU_MPU_H
#define MPU_MPU_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A message: bytes on the wire (even), number of meaningful bytes behind the first, class, id, payload; the last meaningful
 * byte says whether the other side wants a notice when the message was dealt with.
 */
#define MESSAGE_SIZE 0
#define MESSAGE_LENGTH 1
#define MESSAGE_CLASS 2
#define MESSAGE_ID 3
#define MESSAGE_PAYLOAD 4
#define MESSAGE_BYTES 128u /* the longest known has 112 */

enum message_class {
    CLASS_COMPLETION = 0x00,
    CLASS_SETTING = 0x01,
    CLASS_GROUP = 0x02,
    CLASS_STATUS = 0x03,
    CLASS_REQUEST = 0x04,
    CLASS_CAPTURE = 0x05,
    CLASS_BUTTON = 0x06,
    CLASS_LIVE_VIEW = 0x09,
    CLASS_OVERLAY = 0x0A,
};

/* Sends when the link is free. Tasks only; the payload is copied. False when nothing is to be sent with. */
bool mpu_send(uint8_t class, uint8_t id, const uint8_t *payload, uint32_t bytes);

/* Waits until everything that was given to mpu_send has left. False after the timeout. */
bool mpu_flush(uint32_t timeout_ms);

#endif
