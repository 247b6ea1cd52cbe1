/*
 * One-shot timers on the high-precision timers 6 to 13, which share one interrupt (reference interrupts-timers-uart.md
 * section 3.3). A compare can tell apart half the clock's range only; longer times are waited for in steps.
 */
#include "kernel/camera.h"
#include "kernel/debug.h"
#include "kernel/interrupt.h"
#include "kernel/offer.h"
#include "kernel/registers.h"
#include "kernel/timer.h"

#define FIRST 6u
#define COUNT 8u
#define TIMER(i) (0xC0243000u + (FIRST + (i)) * 0x10)
#define COMPARE 0x104u
#define ACTIVE 0x200u
#define TRIGGERED 0x204u
#define STATUS 0xC0243300u
#define CLOCK 0xC0242014u
#define CLOCK_MASK 0xFFFFFu
#define LONGEST_STEP_US 400000u

static struct hptimer {
    timer_callback callback; /* 0: free */
    void *argument;
    uint32_t due_us; /* on time_us() */
} hptimers[COUNT];

static void arm(uint32_t i)
{
    int32_t left = (int32_t)(hptimers[i].due_us - time_us());
    uint32_t step = left < 0 ? 0 : (uint32_t)left > LONGEST_STEP_US ? LONGEST_STEP_US : (uint32_t)left;
    reg_write(TIMER(i) + TRIGGERED, 0);
    reg_write(TIMER(i) + COMPARE, (reg_read(CLOCK) + step) & CLOCK_MASK);
    reg_write(TIMER(i) + ACTIVE, 1);
}

static void disarm(uint32_t i)
{
    reg_write(TIMER(i) + ACTIVE, 0);
    reg_write(TIMER(i) + TRIGGERED, 0);
}

static void fire(uint32_t i)
{
    struct hptimer was = hptimers[i];
    disarm(i);
    if (!was.callback)
        return;
    if ((int32_t)(was.due_us - time_us()) > 0) {
        arm(i);
        return;
    }
    hptimers[i].callback = 0;
    was.callback(time_us(), was.argument);
}

static void on_interrupt(uint32_t id, void *argument)
{
    (void)id, (void)argument;
    uint32_t status = reg_read(STATUS);
    for (uint32_t i = 0; i < COUNT; i++) {
        if (status & 1u << (2 * i + 4))
            fire(i);
    }
}

static int start(uint32_t due_us, timer_callback callback, void *argument)
{
    uint32_t saved = interrupts_mask(), i = 0;
    while (i < COUNT && hptimers[i].callback)
        i++;
    if (i < COUNT) {
        hptimers[i] = (struct hptimer){.callback = callback, .argument = argument, .due_us = due_us};
        arm(i);
    }
    interrupts_restore(saved);
    return i < COUNT ? 0 : -1;
}

int hptimer_after_us(uint32_t microseconds, timer_callback callback, void *argument)
{
    return start(time_us() + microseconds, callback, argument);
}

int STUB(SetHPTimerAfterNow)(uint32_t microseconds, timer_callback callback, timer_callback late, void *argument)
{
    (void)late;
    return hptimer_after_us(microseconds, callback, argument);
}

/* From a callback: `microseconds` after the time that the callback was given. Too late: the other callback, at once. */
int STUB(SetHPTimerNextTick)(uint32_t time, uint32_t microseconds, timer_callback callback, timer_callback late, void *argument)
{
    if ((int32_t)(time + microseconds - time_us()) > 0)
        return start(time + microseconds, callback, argument);
    late(time_us(), argument);
    return 0;
}

static void hptimer_start(void)
{
    interrupt_attach(camera->hptimer_interrupt, "hptimer", on_interrupt, 0);
}
AT_START(START_DEVICES, hptimer_start);
