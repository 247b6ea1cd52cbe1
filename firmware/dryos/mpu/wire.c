/*
 * Properties on the wire. Numbers of one to four bytes come lowest byte first and are words in the firmware; counters and records
 * come highest byte first; the rest is bytes. Reference: mpu.md section 1, mpu-properties.tsv.
 */
#include "wire.h"

#include "groups.h"
#include "kernel/memory.h"
#include "kernel/timer.h"
#include "mpu/mpu.h"
#include "mpu/properties.h"
#include "slaves.h"
#include "store.h"

struct wire_name {
    uint8_t class, id;
    uint32_t property;
};

/* All properties that messages carry, by class and id. */
static const struct wire_name names[] = {
#include "mpu_properties.inc"
};
#define NAMES (sizeof(names) / sizeof(names[0]))

/* An answer to a request of ours comes within this time, or not at all. */
#define ANSWER_MS 500u

static const uint32_t big_endian_words[] = {PROP_VIDEO_MODE, 0x80030029 /* PROP_SHUTTER_COUNTER */};
static const uint32_t big_endian_halves[] = {PROP_WB_KELVIN_PH, 0x80000020, 0x80000021, 0x80000022 /* PROP_CARDn_STATUS */, 0x8004001A};

/* Settings that the MPU takes from us although they are no class 01. */
static const uint32_t also_settable[] = {0x80040004 /* PROP_SHOOTING_TYPE */, 0x80030013 /* PROP_BATTERY_CHECK */};

/* Kept in step by the firmware: the MPU's own value has another meaning, or comes too early. */
static const uint32_t not_taken[] = {PROP_ICU_UILOCK, PROP_CARD_SELECT, PROP_GUI_STATE, PROP_REBOOT, PROP_TERMINATE_SHUT_REQ,
                                     PROP_ABORT, PROP_BATTERY_REPORT};

#define IN(list, id) listed(list, sizeof(list) / sizeof((list)[0]), id)

static bool listed(const uint32_t *list, uint32_t count, uint32_t id)
{
    for (uint32_t i = 0; i < count; i++)
        if (list[i] == id)
            return true;
    return false;
}

uint32_t payload_bytes(const uint8_t *message)
{
    uint32_t length = message[MESSAGE_LENGTH];
    return length < 4 || length + 1u > MESSAGE_BYTES ? 0 : length - 4;
}

static uint32_t swapped(uint32_t word)
{
    return word >> 24 | (word >> 8 & 0xFF00) | (word << 8 & 0xFF0000) | word << 24;
}

static void swap_words(uint32_t *words, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        words[i] = swapped(words[i]);
}

/* Payload to value, in place; returns the value's size. `words` has room for a payload and three bytes more, all zero. */
static uint32_t from_wire(uint32_t property, uint32_t *words, uint32_t bytes)
{
    if (IN(big_endian_words, property))
        swap_words(words, bytes / 4);
    if (IN(big_endian_halves, property))
        words[0] = (words[0] >> 8 & 0xFF) | (words[0] << 8 & 0xFF00);
    return bytes < 4 ? 4 : bytes;
}

/* Whether this is an answer to a request that a later one has overtaken. */
static bool overtaken(struct property *property)
{
    if (property->awaited == 0)
        return false;
    if (time_ms() - property->asked_ms > ANSWER_MS)
        property->awaited = 0;
    else
        property->awaited--;
    return property->awaited != 0;
}

static void take_value(uint32_t id, const uint8_t *payload, uint32_t wire_bytes)
{
    uint32_t words[MESSAGE_BYTES / 4 + 1] = {0};
    bool changed = false;
    struct property *property = store_find(id);
    if (!property || overtaken(property))
        return;
    property->wire_bytes = wire_bytes;
    memcpy(words, payload, wire_bytes);
    uint32_t bytes = from_wire(id, words, wire_bytes);
    if (store_put(property, words, bytes, &changed) && changed)
        deliver(id, words, bytes);
}

static const struct wire_name *name_of_message(uint8_t class, uint8_t id)
{
    for (uint32_t i = 0; i < NAMES; i++)
        if (names[i].class == class && names[i].id == id)
            return &names[i];
    return 0;
}

static const struct wire_name *name_of_property(uint32_t property)
{
    for (uint32_t i = 0; i < NAMES; i++)
        if (names[i].property == property)
            return &names[i];
    return 0;
}

bool wire_take(const uint8_t *message)
{
    uint32_t bytes = payload_bytes(message);
    const uint8_t *payload = message + MESSAGE_PAYLOAD;
    if (group_take(message[MESSAGE_ID], message[MESSAGE_CLASS] == CLASS_GROUP, payload, bytes, take_value))
        return true;
    const struct wire_name *name = name_of_message(message[MESSAGE_CLASS], message[MESSAGE_ID]);
    if (!name || bytes == 0)
        return false;
    if (!IN(not_taken, name->property))
        take_value(name->property, payload, bytes);
    return true;
}

static bool settable(const struct wire_name *name)
{
    return (name->class == CLASS_SETTING || IN(also_settable, name->property)) && !IN(not_taken, name->property);
}

/* The wire's size is that of the last message; a word of which none came is one byte. */
static uint32_t wire_size(const struct property *property, uint32_t bytes)
{
    if (property->wire_bytes)
        return property->wire_bytes < bytes ? property->wire_bytes : bytes;
    return bytes == 4 ? 1 : bytes;
}

void wire_ask(uint32_t id, const void *data, uint32_t bytes)
{
    uint32_t words[MESSAGE_BYTES / 4] = {0};
    const struct wire_name *name = name_of_property(id);
    struct property *property = store_find(id);
    if (!name || !property || !settable(name) || bytes > sizeof(words))
        return;
    memcpy(words, data, bytes);
    from_wire(id, words, bytes); /* swapping twice is nothing */
    if (time_ms() - property->asked_ms > ANSWER_MS)
        property->awaited = 0;
    property->asked_ms = time_ms();
    property->awaited++;
    mpu_send(name->class, name->id, (const uint8_t *)words, wire_size(property, bytes));
}
