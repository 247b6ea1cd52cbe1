/*
 * Time and timers. Callbacks come as a handler of an interrupt does: they must not sleep.
 */
#ifndef KERNEL_TIMER_H
#define KERNEL_TIMER_H

#include <stdint.h>

uint32_t time_us(void); /* since start; wraps after 71 minutes; resolution is the camera's clock */
uint32_t time_ms(void); /* since start */

/* Busy wait; for a few microseconds around a register only. */
void spin_us(uint32_t microseconds);

/* `time` is the microsecond clock at the call. */
typedef void (*timer_callback)(uint32_t time, void *argument);

/* One shot, resolution 10 ms. Returns an id for timer_cancel, or 0 when all timers are in use. */
uint32_t timer_after_ms(uint32_t milliseconds, timer_callback callback, void *argument);
void timer_cancel(uint32_t id);

/* One shot, resolution of the hardware timer (256 us in the emulator). 0 on success. */
int hptimer_after_us(uint32_t microseconds, timer_callback callback, void *argument);

#endif
