/*
 * Going down. The MPU asks (power switch, card door, a request of ours); everybody gets time to save, files go to the card, and
 * only then the MPU hears that it may cut the power. When the battery door opens there is no time: it cuts on its own.
 * Reference: mpu.md section 7.
 */
#include "power.h"

#include "fs/fs.h"
#include "kernel/debug.h"
#include "kernel/offer.h"
#include "kernel/sync.h"
#include "kernel/task.h"
#include "mpu/mpu.h"
#include "mpu/properties.h"

#define TERMINATE 0x0B /* class 02 */
#define ABORT 0x0C
#define SHUT_CONFIRMED 0x02

#define REBOOT_REQUEST 0x07 /* class 04 */

#define SAVE_TIMEOUT_MS 5000u
#define TASKS_END_MS 200u
#define SEND_TIMEOUT_MS 500u
#define ABORT_TRIGGERED 1u

enum power_order { ORDER_SHUT_DOWN = 1, ORDER_ABORT = 2 };

static struct queue *orders;
static volatile bool going_down;

static void tell_slaves(uint32_t id, uint32_t value)
{
    if (!property_set_and_wait(id, &value, sizeof(value), SAVE_TIMEOUT_MS))
        log_line("power: somebody has not dealt with %08X in time", (unsigned)id);
}

static void save_everything(void)
{
    task_sleep_ms(TASKS_END_MS);
    int error = fs_sync();
    if (error)
        log_line("power: cards not in order (%d)", error);
}

static void shut_down(void)
{
    static const uint8_t confirmed[] = {SHUT_CONFIRMED};
    if (going_down)
        return;
    going_down = true;
    log_line("power: going down");
    tell_slaves(PROP_TERMINATE_SHUT_REQ, SHUT_REQUESTED);
    save_everything();
    tell_slaves(PROP_TERMINATE_SHUT_REQ, SHUT_NOW);
    log_line("power: off");
    mpu_send(CLASS_GROUP, TERMINATE, confirmed, sizeof(confirmed));
    mpu_flush(SEND_TIMEOUT_MS);
}

static void abort_now(void)
{
    log_line("power: battery door open");
    tell_slaves(PROP_ABORT, ABORT_TRIGGERED);
    fs_sync();
}

static void power_task(void *unused)
{
    uint32_t order;
    (void)unused;
    for (;;) {
        queue_receive(orders, &order, FOREVER);
        if (order == ORDER_ABORT)
            abort_now();
        else
            shut_down();
    }
}

bool power_take(const uint8_t *message)
{
    if (message[MESSAGE_CLASS] != CLASS_GROUP)
        return false;
    if (message[MESSAGE_ID] != TERMINATE && message[MESSAGE_ID] != ABORT)
        return false;
    queue_post(orders, message[MESSAGE_ID] == ABORT ? ORDER_ABORT : ORDER_SHUT_DOWN);
    return true;
}

/* The MPU answers with its own request to terminate. */
static void ask_for_power_off(uint32_t id, const void *data, uint32_t bytes)
{
    (void)id, (void)data, (void)bytes;
    mpu_send(CLASS_REQUEST, REBOOT_REQUEST, (const uint8_t *)"", 0);
}
PROPERTY_COMMAND(PROP_REBOOT, ask_for_power_off);

static void shutdown_command(int count, char *words[])
{
    (void)count, (void)words;
    ask_for_power_off(PROP_REBOOT, 0, 0);
}
SHELL_COMMAND("shutdown", shutdown_command, "ask the MPU for power-down");

static void power_start(void)
{
    orders = queue_create("power_orders", 8);
    task_create("TermShut", 0x15, 0x2000, power_task, 0);
}
AT_START(START_DEVICES, power_start);
