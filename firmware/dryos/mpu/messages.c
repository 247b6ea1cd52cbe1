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

/* The MPU has said everything when it is silent for the first; each step of the waiting ends after the second at the latest. */
#define SILENCE_MS 50u
#define PATIENCE_MS 1000u

static const uint8_t zero[] = {0}, one[] = {1};
static volatile uint32_t heard;

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
        heard++;
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

/* ML asks for properties as soon as it runs, and keeps what it derived from a value that only stood in for the MPU's. */
static void hear_all(void)
{
    uint32_t before;
    mpu_flush(PATIENCE_MS);
    for (uint32_t waited = 0; waited < PATIENCE_MS; waited += SILENCE_MS) {
        before = heard;
        task_sleep_ms(SILENCE_MS);
        if (heard == before)
            return;
    }
}
AT_START(START_APPLICATIONS, hear_all);
