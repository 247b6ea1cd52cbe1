/* Time since start, from the 20-bit microsecond clock; the kernel's heartbeat keeps up with its wrapping every second. */
#include "kernel/camera.h"
#include "kernel/interrupt.h"
#include "kernel/registers.h"
#include "kernel/timer.h"
#include "scheduler.h"

#define CLOCK 0xC0242014u
#define CLOCK_MASK 0xFFFFFu

#define COUNTDOWN_TIMER (0xC0210000u + camera->kernel_timer * 0x100)
#define TIMER_CONTROL 0x00u
#define TIMER_RELOAD 0x08u
#define TIMER_INTERRUPT 0x10u
#define HEARTBEAT_US 10000u

static uint32_t last_clock, microseconds, milliseconds, below_millisecond;

void clock_update(void)
{
    uint32_t clock = reg_read(CLOCK) & CLOCK_MASK;
    uint32_t passed = (clock - last_clock) & CLOCK_MASK;
    last_clock = clock;
    microseconds += passed;
    below_millisecond += passed;
    while (below_millisecond >= 1000) {
        below_millisecond -= 1000;
        milliseconds++;
    }
}

uint32_t time_us(void)
{
    uint32_t saved = interrupts_mask();
    clock_update();
    uint32_t now = microseconds;
    interrupts_restore(saved);
    return now;
}

uint32_t time_ms(void)
{
    uint32_t saved = interrupts_mask();
    clock_update();
    uint32_t now = milliseconds;
    interrupts_restore(saved);
    return now;
}

void spin_us(uint32_t wanted)
{
    uint32_t start = time_us();
    while (time_us() - start < wanted)
        ;
}

static void heartbeat(uint32_t id, void *argument)
{
    (void)id, (void)argument;
    clock_update();
    timers_expire();
    scheduler_heartbeat();
}

void clock_start(void)
{
    last_clock = reg_read(CLOCK) & CLOCK_MASK;
    reg_write(COUNTDOWN_TIMER + TIMER_RELOAD, HEARTBEAT_US - 1);
    reg_write(COUNTDOWN_TIMER + TIMER_INTERRUPT, 1);
    interrupt_attach(camera->kernel_interrupt, "heartbeat", heartbeat, 0);
    reg_write(COUNTDOWN_TIMER + TIMER_CONTROL, 1);
}
