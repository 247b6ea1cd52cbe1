/*
 * The interrupt engine, used with the CPU's interrupts masked: the engine delivers an id, we read it. Reading the cause takes
 * the id off; a delivered id is disabled until it is enabled again. Reference: interrupts-timers-uart.md section 2.1.
 */
#include "rom.h"

#define IRQ_CAUSE 0xC0201004u
#define IRQ_ENABLE 0xC0201010u

void irq_enable(uint32_t id)
{
    reg_write(IRQ_ENABLE, id);
}

uint32_t irq_take(void)
{
    return reg_read(IRQ_CAUSE) >> 2;
}
