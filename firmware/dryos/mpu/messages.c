/* What comes from the MPU goes where it belongs; and the talk at start-up. */
#include "battery.h"
#include "kernel/camera.h"
#include "kernel/debug.h"
#include "kernel/offer.h"
#include "kernel/task.h"
#include "link.h"
#include "power.h"
#include "switches.h"
#include "wire.h"

#define START_REQUEST 0x00    /* class 02: tell everything */
#define PERMIT_ICU_EVENT 0x0A /* class 02 */
#define CARD1_RECORD 0x0C     /* class 03: the drive was looked at */
#define CARD2_RECORD 0x0D
#define SLOT_SD 1u
#define TFT_STATUS 0x19 /* class 03: the display's power */

static const uint8_t zero[] = {0}, one[] = {1};

/* The notice names the message; nothing follows. */
static void give_notice(const uint8_t *message)
{
    const uint8_t what[] = {message[MESSAGE_CLASS], message[MESSAGE_ID]};
    mpu_send(CLASS_COMPLETION, 0, what, sizeof(what));
}

static bool wants_notice(const uint8_t *message)
{
    uint32_t last = message[MESSAGE_LENGTH];
    return message[MESSAGE_CLASS] != CLASS_COMPLETION && last < MESSAGE_BYTES && last > MESSAGE_ID && message[last] != 0;
}

static void take_message(const uint8_t *message)
{
    bool taken = power_take(message) || battery_take(message) || switch_take(message) || wire_take(message);
    if (!taken && message[MESSAGE_CLASS] > CLASS_OVERLAY)
        log_line("MPU: message %02X %02X is of an unknown class", message[MESSAGE_CLASS], message[MESSAGE_ID]);
    if (wants_notice(message))
        give_notice(message);
}

static void inbox_task(void *unused)
{
    (void)unused;
    for (;;) {
        uint8_t message[MESSAGE_BYTES];
        link_receive(message);
        take_message(message);
    }
}

/* The lens and the door switches are told of only after the last of these; which one each camera waits for differs. */
static void say_hello(void)
{
    mpu_send(CLASS_GROUP, START_REQUEST, zero, 0);
    mpu_send(CLASS_GROUP, PERMIT_ICU_EVENT, zero, 1);
    if (camera->slots & SLOT_SD) {
        mpu_send(CLASS_STATUS, CARD2_RECORD, zero, 1);
        mpu_send(CLASS_STATUS, CARD1_RECORD, zero, 1);
    }
    mpu_send(CLASS_STATUS, TFT_STATUS, one, 1);
    mpu_send(CLASS_GROUP, PERMIT_ICU_EVENT, one, 1);
}

static void messages_start(void)
{
    task_create("MpuRecv", 0x13, TASK_STACK_DEFAULT, inbox_task, 0);
    say_hello();
}
AT_START(START_SERVICES, messages_start);
