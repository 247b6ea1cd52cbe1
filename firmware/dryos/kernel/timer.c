/* One-shot timers on the heartbeat. */
#include "kernel/timer.h"

#include "kernel/debug.h"
#include "kernel/interrupt.h"
#include "kernel/offer.h"
#include "scheduler.h"

#define TIMERS 64u

static struct timer {
    uint32_t id; /* 0: free */
    uint32_t due_ms;
    timer_callback callback;
    void *argument;
} timers[TIMERS];

static uint32_t rounds;

static struct timer *free_timer(void)
{
    for (uint32_t i = 0; i < TIMERS; i++) {
        if (!timers[i].id)
            return &timers[i];
    }
    return 0;
}

/* The low byte of an id is the place, the rest counts, so that an old id cancels nothing new. */
static uint32_t next_id(const struct timer *timer)
{
    rounds = (rounds + 1) & 0x7FFFFF;
    return (rounds << 8) + (uint32_t)(timer - timers) + 1;
}

uint32_t timer_after_ms(uint32_t milliseconds, timer_callback callback, void *argument)
{
    uint32_t saved = interrupts_mask(), id = 0;
    struct timer *timer = free_timer();
    if (timer) {
        id = next_id(timer);
        *timer = (struct timer){.id = id, .due_ms = time_ms() + milliseconds, .callback = callback, .argument = argument};
    }
    interrupts_restore(saved);
    return id;
}

void timer_cancel(uint32_t id)
{
    uint32_t place = (id & 0xFF) - 1, saved = interrupts_mask();
    if (place < TIMERS && timers[place].id == id)
        timers[place].id = 0;
    interrupts_restore(saved);
}

static void expire(struct timer *timer)
{
    timer->id = 0;
    timer->callback(time_us(), timer->argument);
}

void timers_expire(void)
{
    uint32_t now = time_ms();
    for (uint32_t i = 0; i < TIMERS; i++) {
        if (timers[i].id && (int32_t)(now - timers[i].due_ms) >= 0)
            expire(&timers[i]);
    }
}

/* The second callback is for a time that has passed already, which cannot be with a time from now. */
uint32_t STUB(SetTimerAfter)(uint32_t milliseconds, timer_callback callback, timer_callback late, void *argument)
{
    (void)late;
    return timer_after_ms(milliseconds, callback, argument);
}
STUB_IS(CancelTimer, timer_cancel);
