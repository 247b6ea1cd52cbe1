/*
 * The battery, as the MPU reports it: a count, one report each, an end. The property has the count as a word, then the bytes of
 * the report: charge in percent, wear, shots, name. Reference: mpu-spells.tsv, messages 03 35, 03 1D, 03 36.
 */
#include "battery.h"

#include "kernel/memory.h"
#include "mpu/mpu.h"
#include "mpu/properties.h"
#include "wire.h"

#define REPORT 0x1D /* class 03 */
#define REPORT_COUNT 0x35
#define REPORTS_END 0x36

#define RECORD_BYTES 96u

static struct {
    uint32_t count, bytes;
    uint8_t report[RECORD_BYTES];
} battery;

static void keep_report(const uint8_t *message)
{
    uint32_t bytes = payload_bytes(message);
    battery.bytes = bytes > RECORD_BYTES ? RECORD_BYTES : bytes;
    memcpy(battery.report, message + MESSAGE_PAYLOAD, battery.bytes);
}

static void give_record(void)
{
    uint8_t record[sizeof(battery.count) + RECORD_BYTES] = {0};
    memcpy(record, &battery.count, sizeof(battery.count));
    memcpy(record + sizeof(battery.count), battery.report, battery.bytes);
    property_set(PROP_BATTERY_REPORT, record, RECORD_BYTES);
}

bool battery_take(const uint8_t *message)
{
    if (message[MESSAGE_CLASS] != CLASS_STATUS)
        return false;
    switch (message[MESSAGE_ID]) {
    case REPORT_COUNT:
        battery.count = message[MESSAGE_PAYLOAD];
        return true;
    case REPORT:
        keep_report(message);
        return true;
    case REPORTS_END:
        give_record();
        return true;
    default:
        return false;
    }
}

uint32_t battery_percent(void)
{
    return battery.bytes ? battery.report[0] : 0;
}

/* Asking to "change" the report is how one asks for a new one; the byte says which parts. */
static void ask_for_report(uint32_t id, const void *data, uint32_t bytes)
{
    (void)id, (void)bytes;
    mpu_send(CLASS_STATUS, REPORT, data, 1);
}
PROPERTY_COMMAND(PROP_BATTERY_REPORT, ask_for_report);
