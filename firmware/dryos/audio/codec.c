/* The audio chip's registers: what was written is read back. A word is a register's number and, in its low byte, the value. */
#include <stdint.h>

#include "kernel/offer.h"

#define REGISTER_COUNT 256u

static uint8_t registers[REGISTER_COUNT];

void STUB(_audio_ic_write)(uint32_t word)
{
    registers[word >> 8 & 0xFF] = (uint8_t)word;
}

void STUB(_audio_ic_read)(uint32_t word, uint32_t *value)
{
    *value = registers[word >> 8 & 0xFF];
}
