/* Tasks: who runs, for how long it sleeps, and how to keep others from running. */
#ifndef KERNEL_TASK_H
#define KERNEL_TASK_H

#include <stdbool.h>
#include <stdint.h>

/* Lower runs first; equal ones take turns at each heartbeat (10 ms). ML uses 10..1F. */
#define TASK_PRIORITY_HIGHEST 1u
#define TASK_PRIORITY_IDLE 0x21u
#define TASK_STACK_DEFAULT 0x1000u

/* Waits for ever, wherever a timeout in milliseconds is asked for. */
#define FOREVER 0u

struct task;
typedef void (*task_entry)(void *argument);

/* Returns the new task's id, or a negative number when no slot or no memory is left. The name is kept, not copied. */
int task_create(const char *name, uint32_t priority, uint32_t stack_bytes, task_entry entry, void *argument);

/* Never call these from a handler of an interrupt. */
void task_sleep_ms(uint32_t milliseconds);
void task_yield(void);
void task_end(void) __attribute__((noreturn));

uint32_t task_self_id(void);
const char *task_self_name(void);

/* While locked, the running task keeps the CPU (interrupts still come). Locks nest. Sleeping while locked is an assertion. */
void scheduler_lock(void);
void scheduler_unlock(void);

#endif
