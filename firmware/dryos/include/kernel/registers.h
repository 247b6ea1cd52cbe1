/* Device registers. */
#ifndef KERNEL_REGISTERS_H
#define KERNEL_REGISTERS_H

#include <stdint.h>

static inline uint32_t reg_read(uint32_t address)
{
    return *(volatile uint32_t *)address;
}

static inline void reg_write(uint32_t address, uint32_t value)
{
    *(volatile uint32_t *)address = value;
}

#endif
