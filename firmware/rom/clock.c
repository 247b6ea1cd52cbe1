/*
 * Time: the free-running 20-bit microsecond clock, and one-shot sleep by HPTimer 0.
 * Reference: interrupts-timers-uart.md sections 3.1 and 3.3.
 */
#include "rom.h"

#define CLOCK 0xC0242014u
#define CLOCK_MASK 0xFFFFFu
#define HPTIMER0_COMPARE 0xC0243104u
#define HPTIMER0_ACTIVE 0xC0243200u
#define HPTIMER0_TRIGGERED 0xC0243204u
#define HPTIMER0_IRQ 0x18u
#define LONGEST_SLEEP_MS 100u /* far below half the clock's range, which is what the compare can tell apart */

uint32_t clock_us(void)
{
    return reg_read(CLOCK) & CLOCK_MASK;
}

struct timeout timeout_after_us(uint32_t microseconds)
{
    return (struct timeout){ .last = clock_us(), .spent = 0, .limit = microseconds };
}

bool timed_out(struct timeout *timeout)
{
    uint32_t now = clock_us();
    timeout->spent += (now - timeout->last) & CLOCK_MASK;
    timeout->last = now;
    return timeout->spent >= timeout->limit;
}

static void sleep_once(uint32_t milliseconds)
{
    reg_write(HPTIMER0_COMPARE, (clock_us() + milliseconds * 1000) & CLOCK_MASK);
    reg_write(HPTIMER0_ACTIVE, 1);
    irq_enable(HPTIMER0_IRQ);
    struct timeout timeout = timeout_after_us(2 * milliseconds * 1000 + 1000);
    while (irq_take() != HPTIMER0_IRQ && !timed_out(&timeout))
        wait_for_interrupt();
    reg_write(HPTIMER0_ACTIVE, 0);
    reg_write(HPTIMER0_TRIGGERED, 0);
}

void sleep_ms(uint32_t milliseconds)
{
    for (; milliseconds > LONGEST_SLEEP_MS; milliseconds -= LONGEST_SLEEP_MS)
        sleep_once(LONGEST_SLEEP_MS);
    if (milliseconds)
        sleep_once(milliseconds);
}
