/* Making and ending tasks. */
#include "kernel/task.h"

#include "kernel/debug.h"
#include "kernel/interrupt.h"
#include "kernel/memory.h"
#include "kernel/offer.h"
#include "scheduler.h"
#include "window.h"

#define RECORD_BYTES_LARGEST 0x54u
#define SVC_INTERRUPTS_ON 0x53u

uint8_t task_records[TASK_SLOTS * RECORD_BYTES_LARGEST] __attribute__((aligned(8)));
static uint32_t last_sequence;

struct task *task_record(uint32_t slot)
{
    return (struct task *)(task_records + slot * camera->task_record_bytes);
}

/* The idle task is the first one that is made, with sequence 0. */
#define IDLE_SLOT 0

static int free_slot_from(uint32_t first)
{
    for (uint32_t slot = first; slot < TASK_SLOTS; slot += 2) {
        if (!task_record(slot)->id)
            return (int)slot;
    }
    return -1;
}

/* Ids are even while there are such slots: callers of task_create, modules of ML among them, take an odd answer for an error. */
static int free_slot(void)
{
    int slot = free_slot_from(1);
    return slot >= 0 ? slot : free_slot_from(2);
}

static void fill_stack(uint32_t start, uint32_t bytes)
{
    for (uint32_t *word = (uint32_t *)start; word < (uint32_t *)(start + bytes); word++)
        *word = STACK_FILL;
}

/* A new task begins in the trampoline, at the very address where ML looks for it. */
static struct context *first_context(const struct task *task)
{
    struct context *context = (struct context *)(task->stack_start + task->stack_bytes) - 1;
    memset(context, 0, sizeof *context);
    context->cpsr = SVC_INTERRUPTS_ON;
    context->pc = camera->task_trampoline;
    return context;
}

/* The slot is taken (its id set) before anything that may sleep or be interrupted. */
static struct task *claim(uint32_t sequence)
{
    uint32_t saved = interrupts_mask();
    int slot = sequence ? free_slot() : IDLE_SLOT;
    struct task *task = 0;
    if (slot >= 0) {
        task = task_record((uint32_t)slot);
        memset(task, 0, camera->task_record_bytes);
        task->id = (sequence << 16) + (uint32_t)slot + 1;
        task->self = task;
        list_init(&task->link);
        TASK_STATE(task) = TASK_SUSPENDED;
    }
    interrupts_restore(saved);
    return task;
}

static bool give_stack(struct task *task, uint32_t bytes)
{
    bytes = ((bytes ? bytes : TASK_STACK_DEFAULT) + 7) & ~7u;
    task->stack_start = (uint32_t)heap_alloc(bytes);
    task->stack_bytes = bytes;
    if (!task->stack_start)
        return false;
    fill_stack(task->stack_start, bytes);
    return true;
}

static void start(struct task *task)
{
    uint32_t saved = interrupts_mask();
    TASK_CONTEXT(task) = first_context(task);
    make_ready(task);
    switch_if_wanted();
    interrupts_restore(saved);
}

int task_create_with_sequence(uint32_t sequence, const char *name, uint32_t priority, uint32_t stack_bytes, task_entry entry,
                              void *argument)
{
    task_reap();
    struct task *task = claim(sequence);
    if (!task)
        return -1;
    if (!give_stack(task, stack_bytes)) {
        task->id = 0;
        return -1;
    }
    task->priority = priority;
    task->entry = entry;
    task->argument = argument;
    task->name = name;
    int id = (int)task->id;
    start(task);
    return id;
}

int task_create(const char *name, uint32_t priority, uint32_t stack_bytes, task_entry entry, void *argument)
{
    int id = task_create_with_sequence(++last_sequence & 0x7FFF, name, priority, stack_bytes, entry, argument);
    if (id < 0)
        log_line("no room for task %s", name ? name : "?");
    return id;
}
STUB_IS(task_create, task_create);

/* Entry and argument are read here, after the dispatch hook: ML replaces tasks by changing the record. */
void STUB(task_trampoline)(void)
{
    struct task *self = TASK_SELF;
    self->entry(self->argument);
    task_end();
}

/* The record and the stack are freed by the next one that makes a task: nobody can free the stack he stands on. */
void task_end(void)
{
    TASK_SELF->self = 0;
    leave_cpu();
}

static void reap(struct task *task)
{
    heap_free((void *)task->stack_start);
    task->id = 0;
}

void task_reap(void)
{
    for (uint32_t slot = 0; slot < TASK_SLOTS; slot++) {
        struct task *task = task_record(slot);
        uint32_t saved = interrupts_mask();
        bool ended = task->id && !task->self && TASK_STATE(task) == TASK_SUSPENDED;
        if (ended)
            reap(task);
        interrupts_restore(saved);
    }
}

uint32_t task_self_id(void)
{
    return TASK_SELF->id;
}
STUB_IS(get_current_task, task_self_id);

const char *task_self_name(void)
{
    const struct task *self = TASK_SELF;
    return self && self->name ? self->name : "?";
}
