/*
 * Custom functions: groups I to IV of numbered settings. A camera with one list has it as group 0. The properties are as the MPU
 * sends them: a count, then a byte per function; functions count from 1. Reference: mpu-spells.tsv, messages 02 04 to 02 08.
 */
#include "kernel/debug.h"
#include "kernel/memory.h"
#include "kernel/offer.h"
#include "mpu/properties.h"

#define GROUPS 4u
#define LONGEST 64u

/* 0 when there is no such function. */
static uint32_t find(uint32_t group, uint32_t function, const uint8_t **values)
{
    uint32_t bytes = 0;
    *values = group < GROUPS ? property_value(PROP_CFN + group, &bytes) : 0;
    return *values && function > 0 && function < bytes && bytes <= LONGEST ? bytes : 0;
}

int STUB(GetCFnData)(uint32_t group, uint32_t function)
{
    const uint8_t *values;
    if (find(group, function, &values))
        return values[function];
    MISSING("GetCFnData of a function that the camera has not");
    return 0;
}

int STUB(SetCFnData)(uint32_t group, uint32_t function, uint32_t value)
{
    const uint8_t *values;
    uint8_t changed[LONGEST];
    uint32_t bytes = find(group, function, &values);
    if (!bytes) {
        MISSING("SetCFnData of a function that the camera has not");
        return -1;
    }
    memcpy(changed, values, bytes);
    changed[function] = (uint8_t)value;
    property_set(PROP_CFN + group, changed, bytes);
    return 0;
}
