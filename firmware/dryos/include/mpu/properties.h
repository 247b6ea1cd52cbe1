/*
 * Properties: numbered values of the camera that everybody may read, be told about, and ask to change. Most of them belong to
 * the MPU; the firmware keeps the last value of each. Slaves are told by the task PropMgr, one delivery at a time, in order.
 */
#ifndef MPU_PROPERTIES_H
#define MPU_PROPERTIES_H

#include <stdbool.h>
#include <stdint.h>

enum property_id {
    PROP_CAM_MODEL = 0x00000002,
    PROP_DCIM_DIR_SUFFIX = 0x00000005,
    PROP_BODY_ID = 0x01000006,
    PROP_FILE_PREFIX = 0x01000007,
    PROP_FIRMWARE_VER = 0x02000001,
    PROP_FOLDER_NUMBER_A = 0x02010000, /* then drives B and C, as for the next three */
    PROP_FILE_NUMBER_A = 0x02010003,
    PROP_CLUSTER_SIZE_A = 0x02010006,
    PROP_FREE_SPACE_A = 0x02010009,
    PROP_VIDEO_SYSTEM = 0x02040003,
    PROP_BATTERY_HISTORY = 0x0204000F,
    PROP_SHOOTING_MODE = 0x80000000,
    PROP_SHOOTING_MODE_CUSTOM = 0x80000001,
    PROP_METERING_MODE = 0x80000002,
    PROP_DRIVE = 0x80000003,
    PROP_AF_MODE = 0x80000004,
    PROP_SHUTTER = 0x80000005,
    PROP_APERTURE = 0x80000006,
    PROP_ISO = 0x80000007,
    PROP_AE = 0x80000008,
    PROP_WB_MODE_PH = 0x8000000D,
    PROP_WB_KELVIN_PH = 0x8000000E,
    PROP_WBS_GM = 0x80000010,
    PROP_WBS_BA = 0x80000011,
    PROP_PICTURE_STYLE = 0x80000028,
    PROP_PIC_QUALITY = 0x8000002F,
    PROP_VIDEO_MODE = 0x80000039,
    PROP_CFN = 0x80010004, /* custom functions, group I; then II to IV */
    PROP_TERMINATE_SHUT_REQ = 0x80010001,
    PROP_ABORT = 0x80010002,
    PROP_REBOOT = 0x80010003,
    PROP_GUI_STATE = 0x80020000,
    PROP_ICU_UILOCK = 0x80020009,
    PROP_REMOTE_SW2 = 0x80020016,
    PROP_BATTERY_POWER = 0x80030004,
    PROP_AVAIL_SHOT = 0x80030005,
    PROP_BURST_COUNT = 0x80030006,
    PROP_LENS = 0x80030011,
    PROP_USBRCA_MONITOR = 0x80030018,
    PROP_BATTERY_REPORT = 0x8003001D,
    PROP_LENS_NAME = 0x80030021,
    PROP_CARD_SELECT = 0x80040002,
    PROP_LV_MOVIE_SELECT = 0x8004001C,
    PROP_AFMA = 0x80040027,
    PROP_LV_LENS = 0x80050000,
    PROP_HALF_SHUTTER = 0x8005000A,
    PROP_LV_LENS_DRIVE_REMOTE = 0x80050013,
    PROP_WB_MODE_LV = 0x80050018,
    PROP_WB_KELVIN_LV = 0x80050019,
    PROP_LV_ACTION = 0x80050022,
};

/* What PROP_TERMINATE_SHUT_REQ says. */
enum shut_request { SHUT_REQUESTED = 0, SHUT_NOW = 3 };

/*
 * The value, 0 while nobody has given one. The pointer stays good until the value is set to another size; copy it if it may
 * change under you.
 */
const void *property_value(uint32_t id, uint32_t *bytes);

/* The first word of the value, 0 while there is none. */
uint32_t property_word(uint32_t id);

/* Stores and tells all slaves. The MPU is not told. Tasks only, as all below. */
void property_set(uint32_t id, const void *data, uint32_t bytes);
void property_set_word(uint32_t id, uint32_t value);

/* As property_set, and returns when all slaves have dealt with it; false when they have not after the timeout. */
bool property_set_and_wait(uint32_t id, const void *data, uint32_t bytes, uint32_t timeout_ms);

/* As somebody asks for it: stores, has its effect, tells the MPU if it is the MPU's, tells all slaves. */
void property_request(uint32_t id, const void *data, uint32_t bytes);

/*
 * f runs in the asking task when a property is asked to change: PROPERTY_EFFECT after it was stored and delivered,
 * PROPERTY_COMMAND instead of that (the "value" is an order, not a value).
 */
typedef void (*property_effect)(uint32_t id, const void *data, uint32_t bytes);
struct property_rule {
    uint32_t id;
    property_effect effect;
    bool is_command;
};
#define PROPERTY_EFFECT(property, function) PROPERTY_RULE_(property, function, false)
#define PROPERTY_COMMAND(property, function) PROPERTY_RULE_(property, function, true)
#define PROPERTY_RULE_(property, function, is_command) \
    static const struct property_rule rule_##function __attribute__((used, section(".property_rules"))) = {property, function, is_command}

/* A function that is told of every change, as ML's are; it must call nothing at its end. */
typedef void (*property_listener)(uint32_t id, const void *data, uint32_t bytes);
void property_listen(uint32_t id, property_listener listener);

#endif
