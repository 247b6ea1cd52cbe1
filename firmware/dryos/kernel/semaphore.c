/* Counting semaphores. */
#include "kernel/interrupt.h"
#include "kernel/memory.h"
#include "kernel/offer.h"
#include "scheduler.h"

#define SEMAPHORE_MAGIC 0x414D4553u

struct semaphore {
    uint32_t magic;
    const char *name;
    uint32_t count;
    struct link waiting;
};

static bool valid(const struct semaphore *semaphore)
{
    return semaphore && !((uint32_t)semaphore & 3) && semaphore->magic == SEMAPHORE_MAGIC;
}

struct semaphore *semaphore_create(const char *name, uint32_t count)
{
    struct semaphore *semaphore = heap_alloc(sizeof *semaphore);
    if (!semaphore)
        return 0;
    *semaphore = (struct semaphore){.magic = SEMAPHORE_MAGIC, .name = name, .count = count};
    list_init(&semaphore->waiting);
    return semaphore;
}

int semaphore_take(struct semaphore *semaphore, uint32_t timeout_ms)
{
    if (!valid(semaphore))
        return WAIT_BAD_HANDLE;
    uint32_t saved = interrupts_mask();
    int result = WAIT_OK;
    if (semaphore->count)
        semaphore->count--;
    else
        result = wait_in(&semaphore->waiting, WAITS_SEMAPHORE, semaphore, timeout_ms);
    interrupts_restore(saved);
    return result;
}

int semaphore_give(struct semaphore *semaphore)
{
    if (!valid(semaphore))
        return WAIT_BAD_HANDLE;
    uint32_t saved = interrupts_mask();
    if (!wake_first(&semaphore->waiting, WAIT_OK))
        semaphore->count++;
    switch_if_wanted();
    interrupts_restore(saved);
    return WAIT_OK;
}

void semaphore_delete(struct semaphore *semaphore)
{
    if (!valid(semaphore))
        return;
    uint32_t saved = interrupts_mask();
    semaphore->magic = 0;
    while (wake_first(&semaphore->waiting, WAIT_BAD_HANDLE))
        ;
    switch_if_wanted();
    interrupts_restore(saved);
    heap_free(semaphore);
}

STUB_IS(create_named_semaphore, semaphore_create);
STUB_IS(take_semaphore, semaphore_take);
STUB_IS(give_semaphore, semaphore_give);
