/* Messages that wait for the wire, and the task that sends them. */
#include "kernel/debug.h"
#include "kernel/interrupt.h"
#include "kernel/memory.h"
#include "kernel/offer.h"
#include "kernel/sync.h"
#include "kernel/task.h"
#include "link.h"

#define OUTBOX_SLOTS 64u
#define LONGEST_PAYLOAD (MESSAGE_BYTES - 6)

static struct {
    struct queue *messages;
    volatile uint32_t waiting; /* messages given and not yet gone */
} outbox;

static void count(int change)
{
    uint32_t saved = interrupts_mask();
    outbox.waiting += (uint32_t)change;
    interrupts_restore(saved);
}

/* Header, payload, the byte that wants no notice, and a byte to make it even. */
static uint8_t *compose(uint8_t class, uint8_t id, const uint8_t *payload, uint32_t bytes)
{
    uint32_t length = bytes + 4, size = (length + 2) & ~1u;
    uint8_t *message = heap_alloc_zeroed(size);
    if (!message)
        return 0;
    message[MESSAGE_SIZE] = (uint8_t)size;
    message[MESSAGE_LENGTH] = (uint8_t)length;
    message[MESSAGE_CLASS] = class;
    message[MESSAGE_ID] = id;
    memcpy(message + MESSAGE_PAYLOAD, payload, bytes);
    return message;
}

bool mpu_send(uint8_t class, uint8_t id, const uint8_t *payload, uint32_t bytes)
{
    uint8_t *message = bytes > LONGEST_PAYLOAD ? 0 : compose(class, id, payload, bytes);
    if (!message)
        return false;
    count(+1);
    if (queue_post(outbox.messages, (uint32_t)message) == WAIT_OK)
        return true;
    count(-1);
    heap_free(message);
    return false;
}

bool mpu_flush(uint32_t timeout_ms)
{
    for (uint32_t waited = 0; outbox.waiting != 0; waited += 10) {
        if (waited >= timeout_ms)
            return false;
        task_sleep_ms(10);
    }
    return true;
}

static void send_next(void)
{
    uint32_t word;
    queue_receive(outbox.messages, &word, FOREVER);
    uint8_t *message = (uint8_t *)word;
    if (!link_send(message))
        log_line("MPU: does not take message %02X %02X", message[MESSAGE_CLASS], message[MESSAGE_ID]);
    heap_free(message);
    count(-1);
}

static void outbox_task(void *unused)
{
    (void)unused;
    for (;;)
        send_next();
}

static void outbox_start(void)
{
    outbox.messages = queue_create("mpu_outbox", OUTBOX_SLOTS);
    link_open();
    task_create("MpuSend", 0x12, TASK_STACK_DEFAULT, outbox_task, 0);
}
AT_START(START_DEVICES, outbox_start);
