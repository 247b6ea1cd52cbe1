/* The engine's registers can often not be read: what was written is remembered. */
#ifndef SHADOW_H
#define SHADOW_H

#include <stdint.h>

void engine_write(uint32_t address, uint32_t value);
uint32_t engine_written(uint32_t address); /* 0 if nothing was */

#endif
