/*
 * The link: 16-bit units over a serial port, paced by two interrupts. The first says that a message begins, in whichever
 * direction; the second comes once per unit, and a unit may travel in both directions at once. Reference: mpu.md sections 2, 3.
 */
#include "link.h"

#include "kernel/camera.h"
#include "kernel/debug.h"
#include "kernel/interrupt.h"
#include "kernel/memory.h"
#include "kernel/registers.h"
#include "kernel/sync.h"

#define SERIAL_ACKNOWLEDGE 0xC0820304u
#define SERIAL_STEP 0xC0820310u
#define SERIAL_TRANSMIT 0xC0820318u
#define SERIAL_RECEIVE 0xC082031Cu
#define CONTROL_BEGIN 0x1Cu
#define STATUS_MPU_SENDS 1u

/* The request pin's set-up; its bit is high while we have nothing to send. */
#define PIN_SETUP 0x44u

#define SEND_ATTEMPTS 10
#define SEND_WAIT_MS 100u
#define INBOX_SLOTS 96u

/* Active while `at` < `bytes`. */
struct transfer {
    uint32_t at, bytes;
    uint8_t message[MESSAGE_BYTES];
};

static struct {
    struct transfer out, in;
    bool asked; /* the request line is low */
    struct semaphore *sent, *arrived;
    uint32_t inbox_head, inbox_tail, lost;
    uint8_t inbox[INBOX_SLOTS][MESSAGE_BYTES];
} link;

static bool active(const struct transfer *transfer)
{
    return transfer->at < transfer->bytes;
}

static void request_line(bool high)
{
    link.asked = !high;
    reg_write(camera->mpu_request, high ? PIN_SETUP | camera->mpu_request_bit : PIN_SETUP);
}

static void transmit(uint32_t unit)
{
    reg_write(SERIAL_TRANSMIT, unit);
    reg_write(SERIAL_ACKNOWLEDGE, 1);
}

static void put_unit(struct transfer *out)
{
    transmit((uint32_t)out->message[out->at] << 8 | out->message[out->at + 1]);
    out->at += 2;
}

/* The unit after the last one of our message: the MPU has it all. */
static void end_of_ours(void)
{
    request_line(true);
    semaphore_give(link.sent);
}

static bool mpu_sends(void)
{
    return (reg_read(camera->mpu_status) & STATUS_MPU_SENDS) != 0;
}

static void begin_of_theirs(struct transfer *in)
{
    in->at = 0;
    in->bytes = 2; /* until its first byte is known */
}

static void message_begins(uint32_t id, void *unused)
{
    (void)id, (void)unused;
    reg_write(camera->mpu_control, CONTROL_BEGIN);
    if (!active(&link.in) && mpu_sends())
        begin_of_theirs(&link.in);
    if (link.asked && link.out.at == 0)
        put_unit(&link.out);
}

static void keep_message(const struct transfer *in)
{
    uint32_t next = (link.inbox_head + 1) % INBOX_SLOTS;
    if (next == link.inbox_tail) {
        link.lost++;
        return;
    }
    memcpy(link.inbox[link.inbox_head], in->message, MESSAGE_BYTES);
    link.inbox_head = next;
    semaphore_give(link.arrived);
}

/* Reading the status line afterwards tells the MPU that its message was taken. */
static void end_of_theirs(struct transfer *in)
{
    keep_message(in);
    in->bytes = 0;
    in->at = 0;
    (void)mpu_sends();
}

static void take_unit(struct transfer *in)
{
    uint32_t unit = reg_read(SERIAL_RECEIVE);
    in->message[in->at] = (uint8_t)(unit >> 8);
    in->message[in->at + 1] = (uint8_t)unit;
    if (in->at == 0)
        in->bytes = in->message[MESSAGE_SIZE] < 2          ? 2
                    : in->message[MESSAGE_SIZE] > MESSAGE_BYTES ? MESSAGE_BYTES
                                                                : in->message[MESSAGE_SIZE] & ~1u;
    in->at += 2;
}

/* Something must be sent for each unit that is to come: our next one, or nothing. */
static void unit_passed(uint32_t id, void *unused)
{
    (void)id, (void)unused;
    reg_write(SERIAL_STEP, 0);
    if (active(&link.in))
        take_unit(&link.in);
    if (link.asked && link.out.at == link.out.bytes)
        end_of_ours();
    else if (link.asked && link.out.at != 0)
        put_unit(&link.out);
    else if (active(&link.in))
        transmit(0);
    if (link.in.bytes && !active(&link.in))
        end_of_theirs(&link.in);
}

void link_open(void)
{
    link.sent = semaphore_create("mpu_sent", 0);
    link.arrived = semaphore_create("mpu_arrived", 0);
    request_line(true);
    interrupt_attach(camera->mpu_request_interrupt, "MREQ", message_begins, 0);
    interrupt_attach(camera->mpu_serial_interrupt, "SIO3", unit_passed, 0);
}

/* Asks for the wire, unless the MPU is using it: then its message comes first, and ours goes along with the next. */
static void ask_for_wire(void)
{
    uint32_t saved = interrupts_mask();
    if (!link.asked && !active(&link.in) && !mpu_sends())
        request_line(false);
    interrupts_restore(saved);
}

bool link_send(const uint8_t *message)
{
    memcpy(link.out.message, message, message[MESSAGE_SIZE]);
    link.out.at = 0;
    link.out.bytes = message[MESSAGE_SIZE];
    for (int attempt = 0; attempt < SEND_ATTEMPTS; attempt++) {
        if (link.out.at == 0)
            ask_for_wire();
        if (semaphore_take(link.sent, SEND_WAIT_MS) == WAIT_OK)
            return true;
    }
    request_line(true);
    return false;
}

static void report_lost(void)
{
    uint32_t saved = interrupts_mask();
    uint32_t lost = link.lost;
    link.lost = 0;
    interrupts_restore(saved);
    if (lost)
        log_line("MPU: %u messages lost, too many at once", (unsigned)lost);
}

void link_receive(uint8_t *message)
{
    semaphore_take(link.arrived, FOREVER);
    memcpy(message, link.inbox[link.inbox_tail], MESSAGE_BYTES);
    link.inbox_tail = (link.inbox_tail + 1) % INBOX_SLOTS;
    report_lost();
}
