/*
 * The task PropMgr and the deliveries that wait for it. A value is copied when it is delivered, so each slave sees every change.
 * ML tells by the task's name whether it runs inside a handler.
 */
#include "slaves.h"

#include "kernel/debug.h"
#include "kernel/interrupt.h"
#include "kernel/memory.h"
#include "kernel/offer.h"
#include "kernel/sync.h"
#include "kernel/task.h"
#include "mpu/properties.h"

#define PROPMGR_PRIORITY 0x14u
#define PROPMGR_STACK 0x4000u
#define WAITING_DELIVERIES 512u

/* Handlers copy records of fixed size out of their buffer, whatever its length is. */
#define BUFFER_MARGIN 256u

struct slave {
    struct slave *next;
    slave_handler handler;
    void *private;
    bool gone;
    uint32_t count;
    uint32_t ids[];
};

struct delivery {
    struct slave *only; /* 0 = to all */
    uint32_t id;        /* 0 with `only`: all its ids */
    uint32_t bytes;
    struct semaphore *done;
    uint32_t data[];
};

static struct slave *slaves;
static struct queue *deliveries;

struct slave *slave_add(const uint32_t *ids, uint32_t count, slave_handler handler, void *private)
{
    struct slave *slave = heap_alloc_zeroed(sizeof(*slave) + count * sizeof(uint32_t));
    if (!slave)
        return 0;
    slave->handler = handler;
    slave->private = private;
    slave->count = count;
    memcpy(slave->ids, ids, count * sizeof(uint32_t));
    uint32_t saved = interrupts_mask();
    slave->next = slaves;
    slaves = slave;
    interrupts_restore(saved);
    return slave;
}

/* Its record stays: a delivery may be under way. */
void slave_remove(struct slave *slave)
{
    slave->gone = true;
}

static bool post(struct delivery *delivery)
{
    if (queue_post(deliveries, (uint32_t)delivery) == WAIT_OK)
        return true;
    log_line("properties: no room to deliver %08X", (unsigned)delivery->id);
    heap_free(delivery);
    return false;
}

static struct delivery *make_delivery(uint32_t id, const void *data, uint32_t bytes)
{
    struct delivery *delivery = heap_alloc_zeroed(sizeof(*delivery) + bytes + BUFFER_MARGIN);
    if (!delivery)
        return 0;
    delivery->id = id;
    delivery->bytes = bytes;
    memcpy(delivery->data, data, bytes);
    return delivery;
}

bool deliver(uint32_t id, const void *data, uint32_t bytes)
{
    struct delivery *delivery = make_delivery(id, data, bytes);
    return delivery && post(delivery);
}

/* The semaphore outlives a timeout: the delivery may still give it. */
bool deliver_and_wait(uint32_t id, const void *data, uint32_t bytes, uint32_t timeout_ms)
{
    struct delivery *delivery = make_delivery(id, data, bytes);
    struct semaphore *done = semaphore_create("prop_done", 0);
    if (!delivery || !done)
        return false;
    delivery->done = done;
    if (!post(delivery) || semaphore_take(done, timeout_ms) != WAIT_OK)
        return false;
    semaphore_delete(done);
    return true;
}

bool deliver_present(struct slave *slave)
{
    struct delivery *delivery = make_delivery(0, "", 0);
    if (delivery)
        delivery->only = slave;
    return delivery && post(delivery);
}

static void hand_over(struct slave *slave, struct delivery *delivery)
{
    for (uint32_t i = 0; i < slave->count && !slave->gone; i++)
        if (slave->ids[i] == delivery->id) {
            slave->handler(delivery->id, slave->private, delivery->data, delivery->bytes);
            return;
        }
}

static void hand_to_all(struct delivery *delivery)
{
    for (struct slave *slave = slaves; slave; slave = slave->next)
        hand_over(slave, delivery);
}

static void hand_present(struct slave *slave, uint32_t id)
{
    uint32_t bytes;
    const void *data = property_value(id, &bytes);
    struct delivery *delivery = data ? make_delivery(id, data, bytes) : 0;
    if (!delivery)
        return;
    hand_over(slave, delivery);
    heap_free(delivery);
}

static void hand_all_present(struct slave *slave)
{
    for (uint32_t i = 0; i < slave->count && !slave->gone; i++)
        hand_present(slave, slave->ids[i]);
}

static void deal_with(struct delivery *delivery)
{
    if (delivery->only)
        hand_all_present(delivery->only);
    else
        hand_to_all(delivery);
    if (delivery->done)
        semaphore_give(delivery->done);
    heap_free(delivery);
}

static void propmgr_task(void *unused)
{
    uint32_t word;
    (void)unused;
    for (;;)
        if (queue_receive(deliveries, &word, FOREVER) == WAIT_OK)
            deal_with((struct delivery *)word);
}

static void propmgr_start(void)
{
    deliveries = queue_create("prop_deliveries", WAITING_DELIVERIES);
    task_create("PropMgr", PROPMGR_PRIORITY, PROPMGR_STACK, propmgr_task, 0);
}
AT_START(START_DEVICES, propmgr_start);
