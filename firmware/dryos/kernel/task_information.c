/* What is told of tasks: Magic Lantern's query, and the shell's list. */
#include "kernel/debug.h"
#include "kernel/interrupt.h"
#include "kernel/memory.h"
#include "kernel/offer.h"
#include "kernel/record.h"
#include "kernel/sync.h"

/* Reference: open-firmware.md section 3.3. */
struct task_information {
    uint32_t entry, argument, stack_start, stack_bytes, stack_used;
    const char *name;
    uint32_t id, flags;
    uint8_t waits, priority, state, fpu;
};

static uint32_t stack_used(const struct task *task)
{
    const uint32_t *word = (const uint32_t *)task->stack_start;
    const uint32_t *end = (const uint32_t *)(task->stack_start + task->stack_bytes);
    while (word < end && *word == STACK_FILL)
        word++;
    return (uint32_t)(end - word) * 4;
}

static struct task_information describe(struct task *task)
{
    return (struct task_information){
        .entry = (uint32_t)task->entry,
        .argument = (uint32_t)task->argument,
        .stack_start = task->stack_start,
        .stack_bytes = task->stack_bytes,
        .stack_used = stack_used(task),
        .name = task->name,
        .id = task->id,
        .waits = TASK_REASON(task),
        .priority = (uint8_t)task->priority,
        .state = TASK_STATE(task),
    };
}

static struct task *living(uint32_t slot)
{
    struct task *task = slot < TASK_SLOTS ? task_record(slot) : 0;
    return task && task->id && task->self ? task : 0;
}

/* `id` may be the number of the slot (from 1) alone. */
int STUB(get_task_info_by_id)(uint32_t unused, uint32_t id, struct task_information *out)
{
    (void)unused;
    struct task *task = living((id & 0xFFFF) - 1);
    if (!task)
        return WAIT_BAD_HANDLE;
    *out = describe(task);
    return 0;
}

const char *STUB(GetTaskName)(uint32_t id)
{
    const struct task *task = living((id & 0xFFFF) - 1);
    return task ? task->name : 0;
}

static void show_tasks(int count, char *words[])
{
    static const char *const states[] = {"ready", "waits", "suspended"};
    static const char *const reasons[] = {"sleep", "semaphore", "event", "post", "receive", "lock"};
    (void)count, (void)words;
    for (uint32_t slot = 0; slot < TASK_SLOTS; slot++) {
        struct task *task = living(slot);
        if (!task)
            continue;
        struct task_information is = describe(task);
        print("[task] %08X %-16s priority=%02X stack=%X/%X %s %s\n", is.id, is.name, is.priority, is.stack_used, is.stack_bytes,
              states[is.state], is.state == TASK_WAITS ? reasons[is.waits] : "");
    }
}
SHELL_COMMAND("tasks", show_tasks, "all tasks with priority, stack used/size, state");
