/* Between the rooms of the kernel: the ready list, waiting and waking. All of these want interrupts masked. */
#ifndef SCHEDULER_H
#define SCHEDULER_H

#include <stdbool.h>

#include "kernel/record.h"
#include "kernel/sync.h"

void list_init(struct link *list);
void list_remove(struct link *entry);
bool list_empty(const struct link *list);
void list_insert_by_priority(struct link *list, struct task *task);

void scheduler_init(void);
void scheduler_start(void) __attribute__((noreturn));
void make_ready(struct task *task);

/* The running task waits in `list` (0: in none) until woken, or until the time is over. Returns what wake() gave. */
int wait_in(struct link *list, enum wait_reason reason, const void *object, uint32_t timeout_ms);

/* Ends the wait of a task. */
void wake(struct task *task, int result);

/* Ends the wait of the first task of a list; 0 when nobody waits. */
struct task *wake_first(struct link *list, int result);

/* Gives the CPU away if a more important task became ready, now or when the interrupt ends. */
void switch_if_wanted(void);

/* The running task gives the CPU away for good. */
void leave_cpu(void) __attribute__((noreturn));

/* From the interrupt's end and from switch.S: the context to go on with. */
struct context *switch_tasks(struct context *saved);
struct context *switch_after_interrupt(struct context *saved);

/* At each heartbeat: ends waits whose time is over, gives tasks of equal priority their turn. */
void scheduler_heartbeat(void);

/* switch.S: saves the running task and goes on with another. */
void switch_now(void);
void resume(struct context *context) __attribute__((noreturn));

/* task.c */
void task_reap(void);
int task_create_with_sequence(uint32_t sequence, const char *name, uint32_t priority, uint32_t stack_bytes, task_entry entry,
                              void *argument);

/* timer.c, clock.c, interrupt.c */
void clock_start(void);
void clock_update(void);
void timers_expire(void);
void interrupts_init(void);
struct context *interrupt_serve(struct context *saved);

#endif
