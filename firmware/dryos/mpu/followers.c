/*
 * Properties that follow others: the exposure in force is the one that is set (nothing is metered), and live view has the white
 * balance of the pictures.
 */
#include "kernel/memory.h"
#include "kernel/offer.h"
#include "mpu/properties.h"

#define PROP_SHUTTER_AUTO 0x8000002Cu
#define PROP_APERTURE_AUTO 0x8000002Du
#define PROP_ISO_AUTO 0x8000002Eu

static const struct pair {
    uint32_t leader, follower;
} pairs[] = {
    {PROP_SHUTTER, PROP_SHUTTER_AUTO},    {PROP_APERTURE, PROP_APERTURE_AUTO},      {PROP_ISO, PROP_ISO_AUTO},
    {PROP_WB_MODE_PH, PROP_WB_MODE_LV}, {PROP_WB_KELVIN_PH, PROP_WB_KELVIN_LV},
};
#define PAIRS (sizeof(pairs) / sizeof(pairs[0]))

static void follow(uint32_t leader, const void *data, uint32_t bytes)
{
    uint32_t value = 0;
    memcpy(&value, data, bytes < sizeof(value) ? bytes : sizeof(value));
    for (uint32_t i = 0; i < PAIRS; i++)
        if (pairs[i].leader == leader && property_word(pairs[i].follower) != value)
            property_set_word(pairs[i].follower, value);
}

static void followers_start(void)
{
    for (uint32_t i = 0; i < PAIRS; i++)
        property_listen(pairs[i].leader, follow);
}
AT_START(START_SERVICES, followers_start);
