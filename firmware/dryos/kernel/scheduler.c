/* Who runs: the first task of the ready list, which is sorted by priority. The running task stays in the list. */
#include "scheduler.h"

#include "kernel/debug.h"
#include "kernel/interrupt.h"
#include "kernel/memory.h"
#include "kernel/offer.h"
#include "kernel/timer.h"

static struct link ready;
static bool switch_wanted;
static uint32_t lock_depth;

/* What the kernel keeps of a task beside its record. */
static struct {
    uint32_t wake_ms;
    bool timed;
    int result;
} waits[TASK_SLOTS];

static uint32_t slot_of(const struct task *task)
{
    return (task->id & 0xFFFF) - 1;
}

void list_init(struct link *list)
{
    list->next = list->previous = list;
}

bool list_empty(const struct link *list)
{
    return list->next == list;
}

void list_remove(struct link *entry)
{
    entry->next->previous = entry->previous;
    entry->previous->next = entry->next;
    list_init(entry);
}

static void list_insert_before(struct link *place, struct link *entry)
{
    entry->next = place;
    entry->previous = place->previous;
    place->previous->next = entry;
    place->previous = entry;
}

/* Behind all of the same priority: first come, first served. */
void list_insert_by_priority(struct link *list, struct task *task)
{
    struct link *place = list->next;
    while (place != list && ((struct task *)place)->priority <= task->priority)
        place = place->next;
    list_insert_before(place, &task->link);
}

/* Nothing is switched until scheduler_start. */
void scheduler_init(void)
{
    list_init(&ready);
    lock_depth = 1;
}

void scheduler_start(void)
{
    lock_depth = 0;
    switch_wanted = false;
    TASK_SELF = (struct task *)ready.next;
    resume(TASK_CONTEXT(TASK_SELF));
}

void make_ready(struct task *task)
{
    TASK_STATE(task) = TASK_READY;
    task->waits_for = 0;
    list_insert_by_priority(&ready, task);
    if (ready.next == &task->link)
        switch_wanted = true;
}

int wait_in(struct link *list, enum wait_reason reason, const void *object, uint32_t timeout_ms)
{
    ASSERT(lock_depth == 0 && !in_interrupt());
    struct task *self = TASK_SELF;
    uint32_t slot = slot_of(self);
    list_remove(&self->link);
    TASK_STATE(self) = TASK_WAITS;
    TASK_REASON(self) = reason;
    self->waits_for = object;
    waits[slot].timed = timeout_ms != FOREVER;
    waits[slot].wake_ms = time_ms() + timeout_ms;
    if (list)
        list_insert_by_priority(list, self);
    switch_now();
    return waits[slot].result;
}

void wake(struct task *task, int result)
{
    uint32_t slot = slot_of(task);
    waits[slot].timed = false;
    waits[slot].result = result;
    list_remove(&task->link);
    make_ready(task);
}

struct task *wake_first(struct link *list, int result)
{
    if (list_empty(list))
        return 0;
    struct task *task = (struct task *)list->next;
    wake(task, result);
    return task;
}

void switch_if_wanted(void)
{
    if (switch_wanted && !lock_depth && !in_interrupt())
        switch_now();
}

void leave_cpu(void)
{
    interrupts_mask();
    list_remove(&TASK_SELF->link);
    TASK_STATE(TASK_SELF) = TASK_SUSPENDED;
    switch_now();
    __builtin_unreachable();
}

static void check_stack(const struct task *task)
{
    static uint32_t told[TASK_SLOTS];
    if (*(const uint32_t *)task->stack_start == STACK_FILL || told[slot_of(task)] == task->id)
        return;
    told[slot_of(task)] = task->id;
    print("[stack] overflow in task %s\n", task->name);
}

/* A task whose stack pointer left its stack writes over others' memory: it is taken out of the way at once. */
static void stop_if_outside(struct task *self, const struct context *saved)
{
    uint32_t at = (uint32_t)saved;
    if (at >= self->stack_start && at < self->stack_start + self->stack_bytes)
        return;
    print("[stack] task %s stands at %08X, outside of its stack, and is stopped\n", self->name, at);
    list_remove(&self->link);
    TASK_STATE(self) = TASK_SUSPENDED;
    switch_wanted = true;
}

typedef void (*dispatch_hook)(struct context **next_context, struct task *previous, struct task *next);

struct context *switch_tasks(struct context *saved)
{
    struct task *previous = TASK_SELF, *next = (struct task *)ready.next;
    TASK_CONTEXT(previous) = saved;
    switch_wanted = false;
    if (next == previous)
        return saved;
    check_stack(previous);
    TASK_YIELD(next) = 0;
    TASK_SELF = next;
    dispatch_hook hook = (dispatch_hook)WORD(task_dispatch_hook);
    if (hook)
        hook(&TASK_CONTEXT(next), previous, next);
    return TASK_CONTEXT(next);
}

struct context *switch_after_interrupt(struct context *saved)
{
    stop_if_outside(TASK_SELF, saved);
    return switch_wanted && !lock_depth ? switch_tasks(saved) : saved;
}

static void end_timed_waits(void)
{
    uint32_t now = time_ms();
    for (uint32_t slot = 0; slot < TASK_SLOTS; slot++) {
        if (waits[slot].timed && (int32_t)(now - waits[slot].wake_ms) >= 0)
            wake(task_record(slot), WAIT_TIMEOUT);
    }
}

/* Behind the others of its priority. */
static void take_turns(struct task *task)
{
    list_remove(&task->link);
    list_insert_by_priority(&ready, task);
    if (ready.next != &task->link)
        switch_wanted = true;
}

void scheduler_heartbeat(void)
{
    end_timed_waits();
    if (TASK_STATE(TASK_SELF) == TASK_READY)
        take_turns(TASK_SELF);
}

void task_yield(void)
{
    uint32_t saved = interrupts_mask();
    TASK_YIELD(TASK_SELF) = 1;
    take_turns(TASK_SELF);
    switch_if_wanted();
    interrupts_restore(saved);
}

/* Half a heartbeat is left out, so that on the average a sleep is as long as asked for. */
void task_sleep_ms(uint32_t milliseconds)
{
    uint32_t saved = interrupts_mask();
    uint32_t heartbeat_half = 5;
    if (milliseconds)
        wait_in(0, WAITS_SLEEP, 0, milliseconds > heartbeat_half ? milliseconds - heartbeat_half : 1);
    interrupts_restore(saved);
    if (!milliseconds)
        task_yield();
}
STUB_IS(msleep, task_sleep_ms);

void scheduler_lock(void)
{
    uint32_t saved = interrupts_mask();
    lock_depth++;
    interrupts_restore(saved);
}

void scheduler_unlock(void)
{
    uint32_t saved = interrupts_mask();
    ASSERT(lock_depth != 0);
    lock_depth--;
    switch_if_wanted();
    interrupts_restore(saved);
}
