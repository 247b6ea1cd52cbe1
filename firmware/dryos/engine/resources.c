/* Locks on sets of engine resources: a set is locked when none of it is in another locked set. */
#include <stdbool.h>

#include "kernel/interrupt.h"
#include "kernel/memory.h"
#include "kernel/offer.h"
#include "scheduler.h"

#define MOST_RESOURCES 64u

struct resource_set {
    struct resource_set *next; /* among the locked ones */
    bool locked;
    uint32_t count;
    uint32_t ids[];
};

static struct resource_set *locked_sets;
static struct link waiting;

struct resource_set *STUB(CreateResLockEntry)(const uint32_t *ids, uint32_t count)
{
    if (count > MOST_RESOURCES)
        return 0;
    struct resource_set *set = heap_alloc_zeroed(sizeof *set + count * sizeof *ids);
    if (!set)
        return 0;
    set->count = count;
    memcpy(set->ids, ids, count * sizeof *ids);
    return set;
}

static bool share(const struct resource_set *left, const struct resource_set *right)
{
    for (uint32_t i = 0; i < left->count; i++) {
        for (uint32_t j = 0; j < right->count; j++) {
            if (left->ids[i] == right->ids[j])
                return true;
        }
    }
    return false;
}

static bool is_free(const struct resource_set *set)
{
    for (const struct resource_set *other = locked_sets; other; other = other->next) {
        if (other == set || share(other, set))
            return false;
    }
    return true;
}

int STUB(LockEngineResources)(struct resource_set *set)
{
    if (!set)
        return WAIT_BAD_HANDLE;
    uint32_t saved = interrupts_mask();
    while (!is_free(set))
        wait_in(&waiting, WAITS_LOCK, set, FOREVER);
    set->locked = true;
    set->next = locked_sets;
    locked_sets = set;
    interrupts_restore(saved);
    return 0;
}

static void take_out(const struct resource_set *set)
{
    struct resource_set **place = &locked_sets;
    while (*place && *place != set)
        place = &(*place)->next;
    if (*place)
        *place = set->next;
}

int STUB(UnLockEngineResources)(struct resource_set *set)
{
    if (!set || !set->locked)
        return WAIT_BAD_HANDLE;
    uint32_t saved = interrupts_mask();
    set->locked = false;
    take_out(set);
    while (wake_first(&waiting, WAIT_OK))
        ;
    switch_if_wanted();
    interrupts_restore(saved);
    return 0;
}

static void resources_start(void)
{
    list_init(&waiting);
}
AT_START(START_DEVICES, resources_start);
