/*
 * The task record as Magic Lantern reads it (reference open-firmware.md section 3.1). The older form lacks one word, so
 * the fields behind `id` are found from the offset of the saved context, which the camera's table gives.
 */
#ifndef KERNEL_RECORD_H
#define KERNEL_RECORD_H

#include <stdint.h>

#include "kernel/camera.h"
#include "kernel/task.h"

struct link {
    struct link *next, *previous;
};

/* A task that does not run: on its own stack. */
struct context {
    uint32_t cpsr, r[13], lr, pc;
};

struct task {
    struct link link;
    uint32_t priority;
    task_entry entry;
    void *argument;
    const void *waits_for;
    uint32_t reserved_18;
    uint32_t stack_start, stack_bytes;
    const char *name;
    uint32_t reserved_28[2];
    struct task *self;
    uint32_t reserved_34[3];
    uint32_t id;
    uint8_t rest[];
};

/* As the camera's own task list shows them. */
enum task_state { TASK_READY = 0, TASK_WAITS = 1, TASK_SUSPENDED = 2 };
enum wait_reason { WAITS_SLEEP = 0, WAITS_SEMAPHORE = 1, WAITS_EVENT = 2, WAITS_POST = 3, WAITS_RECEIVE = 4, WAITS_LOCK = 5 };

static inline uint8_t *task_byte(struct task *task, uint32_t before_context)
{
    return (uint8_t *)task + camera->task_context_offset - before_context;
}
#define TASK_STATE(task) (*task_byte(task, 7))
#define TASK_YIELD(task) (*task_byte(task, 5))
#define TASK_REASON(task) (*task_byte(task, 3))
#define TASK_CONTEXT(task) (*(struct context **)task_byte(task, 0))

#define STACK_FILL 0x19980218u

#define TASK_SLOTS 128u
#define TASK_SELF (*(struct task **)camera->current_task)

/* The record of a slot (from 0), whether in use (id not 0) or not. */
struct task *task_record(uint32_t slot);

#endif
