/* Recursive locks. */
#include "kernel/interrupt.h"
#include "kernel/memory.h"
#include "kernel/offer.h"
#include "scheduler.h"

#define LOCK_MAGIC 0x4B434F4Cu
#define NOT_THE_OWNER 0xF

struct lock {
    uint32_t magic;
    const char *name;
    struct task *owner;
    uint32_t depth;
    struct link waiting;
};

static bool valid(const struct lock *lock)
{
    return lock && !((uint32_t)lock & 3) && lock->magic == LOCK_MAGIC;
}

struct lock *lock_create(const char *name)
{
    struct lock *lock = heap_alloc_zeroed(sizeof *lock);
    if (!lock)
        return 0;
    lock->magic = LOCK_MAGIC;
    lock->name = name;
    list_init(&lock->waiting);
    return lock;
}

/* The lock is handed over by the one that releases it. */
static int acquire(struct lock *lock, uint32_t timeout_ms)
{
    if (lock->owner && lock->owner != TASK_SELF)
        return wait_in(&lock->waiting, WAITS_LOCK, lock, timeout_ms);
    lock->owner = TASK_SELF;
    lock->depth++;
    return WAIT_OK;
}

int lock_acquire(struct lock *lock, uint32_t timeout_ms)
{
    if (!valid(lock))
        return WAIT_BAD_HANDLE;
    uint32_t saved = interrupts_mask();
    int result = acquire(lock, timeout_ms);
    interrupts_restore(saved);
    return result;
}

static void hand_over(struct lock *lock)
{
    lock->owner = wake_first(&lock->waiting, WAIT_OK);
    lock->depth = lock->owner ? 1 : 0;
    switch_if_wanted();
}

int lock_release(struct lock *lock)
{
    if (!valid(lock))
        return WAIT_BAD_HANDLE;
    if (lock->owner != TASK_SELF)
        return NOT_THE_OWNER;
    uint32_t saved = interrupts_mask();
    if (!--lock->depth)
        hand_over(lock);
    interrupts_restore(saved);
    return WAIT_OK;
}

/* ML's first argument is a set of flags. */
struct lock *STUB(CreateRecursiveLock)(uint32_t flags)
{
    (void)flags;
    return lock_create("recursive");
}
STUB_IS(AcquireRecursiveLock, lock_acquire);
STUB_IS(ReleaseRecursiveLock, lock_release);
