/* Timers, and what an interrupt shows. */
#include "groups.h"

static volatile uint32_t calls, level, number, called_at, argument_seen;

static void called(int time, void *argument)
{
    (void)time;
    calls++;
    argument_seen = (uint32_t)argument;
    called_at = clock_us();
    level = (&WORD(current_interrupt))[-1];
    number = WORD(current_interrupt);
}

static void again(int time, void *argument)
{
    called(time, argument);
    if (calls < 5)
        SetHPTimerNextTick(time, 2000, again, called, argument);
}

static uint32_t after_ms(uint32_t start)
{
    return ((called_at - start) & 0xFFFFF) / 1000;
}

static void slow_timers(void)
{
    calls = 0;
    uint32_t start = clock_us();
    SetTimerAfter(100, called, called, (void *)77);
    msleep(50);
    check(calls == 0, "not before its time");
    msleep(150);
    check(calls == 1 && argument_seen == 77, "once, with its argument");
    check(after_ms(start) >= 80 && after_ms(start) <= 130, "after 100 ms");
    check(level > 0, "the nesting level is above 0 meanwhile");
    check((&WORD(current_interrupt))[-1] == 0, "and 0 in a task");
    CancelTimer(SetTimerAfter(50, called, called, 0));
    msleep(120);
    check(calls == 1, "not when cancelled");
}

static void fast_timers(void)
{
    calls = 0;
    uint32_t start = clock_us();
    SetHPTimerAfterNow(3000, called, called, (void *)88);
    msleep(30);
    check(calls == 1 && argument_seen == 88, "a fast timer");
    check(after_ms(start) >= 2 && after_ms(start) <= 6, "after 3 ms");
    check(number == ADDRESS(hptimer_interrupt) * 4, "its interrupt's number x 4 is shown");
    calls = 0;
    start = clock_us();
    SetHPTimerAfterNow(2000, again, called, 0);
    msleep(60);
    check(calls == 5, "re-armed from inside");
    check(after_ms(start) >= 9 && after_ms(start) <= 15, "in steps");
}

void timers_contract(void)
{
    group("timers");
    slow_timers();
    fast_timers();
}
