/*
 * Orders by property for parts that this firmware has not: live view, release, focus drive. Turning live view on is refused, since
 * ML would take the value for the deed; the others are stored and delivered, which is what the one who asks waits for.
 */
#include "kernel/debug.h"
#include "mpu/properties.h"

#define LIVE_VIEW_START 0u

static void no_live_view(uint32_t id, const void *data, uint32_t bytes)
{
    (void)id, (void)bytes;
    if (*(const uint8_t *)data == LIVE_VIEW_START)
        MISSING("live view");
}
PROPERTY_COMMAND(PROP_LV_ACTION, no_live_view);

static void no_release(uint32_t id, const void *data, uint32_t bytes)
{
    (void)id, (void)bytes;
    if (*(const uint8_t *)data)
        MISSING("remote release");
}
PROPERTY_EFFECT(PROP_REMOTE_SW2, no_release);

static void no_focus_drive(uint32_t id, const void *data, uint32_t bytes)
{
    (void)id, (void)data, (void)bytes;
    MISSING("focus drive");
}
PROPERTY_EFFECT(PROP_LV_LENS_DRIVE_REMOTE, no_focus_drive);
