/* The battery. */
#ifndef MPU_BATTERY_H
#define MPU_BATTERY_H

#include <stdint.h>

/* Charge in percent; 0 when the battery has not told it (simple batteries have only PROP_BATTERY_POWER). */
uint32_t battery_percent(void);

#endif
