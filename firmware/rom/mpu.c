/*
 * The link to the MPU, the small processor that owns the buttons and the power switch: 16-bit units over a serial port, paced by two
 * interrupts (MREQ: a message begins; SIO3: the next unit). Driven by polling, half duplex. Reference: mpu.md sections 1 to 3, 7.
 */
#include "rom.h"

#define MPU_CONTROL 0xC020302Cu
#define SIO3_ACKNOWLEDGE 0xC0820304u
#define SIO3_STEP 0xC0820310u
#define SIO3_TRANSMIT 0xC0820318u
#define SIO3_RECEIVE 0xC082031Cu
#define CONTROL_BEGIN 0x1Cu
#define IRQ_MREQ 0x50u
#define IRQ_SIO3 0x36u

#define UNIT_TIMEOUT_US 100000u
#define REPLY_TIMEOUT_US 500000u
#define LONGEST_MESSAGE 256
#define ATTEMPTS 3
#define OTHER_MESSAGES 16

/* Class and id of the messages of a power-down. */
#define POWER_CLASS 0x02
#define POWER_ID 0x0B

static const uint8_t request_power_off[6] = { 0x06, 0x04, 0x04, 0x07, 0x00, 0x00 };
static const uint8_t confirm_power_off[6] = { 0x06, 0x05, POWER_CLASS, POWER_ID, 0x02, 0x00 };

static bool wait_irq(uint32_t id, uint32_t microseconds)
{
    struct timeout timeout = timeout_after_us(microseconds);
    irq_enable(id);
    do {
        if (irq_take() == id)
            return true;
    } while (!timed_out(&timeout));
    return false;
}

/* The request line: high while idle, low while we have something to send. The rest of the word is the pin's set-up. */
static void set_request_line(bool high)
{
    const struct camera *camera = camera_facts();
    uint32_t pin = camera->mpu_request_bit == 2 ? 0x44 : 0x00038C00;
    reg_write(camera->mpu_request, high ? pin | camera->mpu_request_bit : pin);
}

static void put_unit(const uint8_t *bytes)
{
    reg_write(SIO3_TRANSMIT, (uint32_t)bytes[0] << 8 | bytes[1]);
    reg_write(SIO3_ACKNOWLEDGE, 1);
}

static bool send(const uint8_t *message)
{
    set_request_line(true);
    set_request_line(false);
    bool sent = wait_irq(IRQ_MREQ, UNIT_TIMEOUT_US);
    if (sent)
        reg_write(MPU_CONTROL, CONTROL_BEGIN);
    for (uint32_t at = 0; sent && at < message[0]; at += 2) {
        put_unit(message + at);
        sent = wait_irq(IRQ_SIO3, UNIT_TIMEOUT_US);
        reg_write(SIO3_STEP, 0);
    }
    set_request_line(true);
    return sent;
}

/* Receives one message; its first byte says how long it is. */
static bool receive(uint8_t *message)
{
    uint32_t bytes = 2;
    if (!wait_irq(IRQ_MREQ, REPLY_TIMEOUT_US))
        return false;
    reg_write(MPU_CONTROL, CONTROL_BEGIN);
    for (uint32_t at = 0; at < bytes; at += 2) {
        if (!wait_irq(IRQ_SIO3, UNIT_TIMEOUT_US))
            return false;
        reg_write(SIO3_STEP, 0);
        uint32_t unit = reg_read(SIO3_RECEIVE);
        message[at] = (uint8_t)(unit >> 8);
        message[at + 1] = (uint8_t)unit;
        if (at == 0)
            bytes = message[0];
        if (at + 2 < bytes) {
            reg_write(SIO3_TRANSMIT, 0);
            reg_write(SIO3_ACKNOWLEDGE, 1);
        }
    }
    (void)reg_read(camera_facts()->mpu_status); /* tells the MPU that its message was taken */
    return true;
}

/* Waits for the MPU's own word that power goes down, over whatever it has to say before. */
static bool wait_power_message(void)
{
    static uint8_t message[LONGEST_MESSAGE + 2];
    for (int others = 0; others < OTHER_MESSAGES; others++) {
        if (!receive(message))
            return false;
        if (message[2] == POWER_CLASS && message[3] == POWER_ID)
            return true;
    }
    return false;
}

bool power_off(void)
{
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (send(request_power_off) && wait_power_message() && send(confirm_power_off)) {
            sleep_ms(100); /* the power goes while we wait */
            return true;
        }
    }
    return false;
}
