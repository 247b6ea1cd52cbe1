/* Semaphores and recursive locks. */
#include "groups.h"

static void *first, *second, *lock;
static volatile uint32_t order;
static volatile int result;

static void taker(void *argument)
{
    take_semaphore(first, 0);
    order = order * 16 + (uint32_t)argument;
}

static void wait_order(void)
{
    order = 0;
    task_create("low", 0x1D, 0, taker, (void *)1);
    task_create("high", 0x1C, 0, taker, (void *)2);
    check(order == 0, "takers of an empty semaphore wait");
    give_semaphore(first);
    check(order == 2, "the most important taker goes first");
    give_semaphore(first);
    check(order == 0x21, "then the other");
}

static void timeouts(void)
{
    check(take_semaphore(second, 1) == 0, "an initial count can be taken");
    uint32_t start = clock_us();
    check(take_semaphore(second, 50) != 0, "a timeout is told");
    uint32_t waited = passed_ms(start);
    check(waited >= 40 && waited <= 80, "and comes after its time");
    give_semaphore(second);
    check(take_semaphore(second, 50) == 0, "a timeout leaves the semaphore usable");
    check(take_semaphore(0, 10) != 0 && take_semaphore((void *)0x123, 10) != 0, "a bad handle is told");
}

static void give_late(int time, void *argument)
{
    (void)time;
    give_semaphore(argument);
}

static void from_interrupt(void)
{
    SetTimerAfter(20, give_late, give_late, second);
    check(take_semaphore(second, 500) == 0, "giving in an interrupt wakes a task");
}

static void contender(void *unused)
{
    (void)unused;
    result = AcquireRecursiveLock(lock, 30);
}

static void locks(void)
{
    lock = CreateRecursiveLock(0);
    check(AcquireRecursiveLock(lock, 0) == 0 && AcquireRecursiveLock(lock, 0) == 0, "a task may nest a lock");
    result = 0;
    task_create("contender", 0x1D, 0, contender, 0);
    msleep(80);
    check(result != 0, "another one does not get it");
    check(ReleaseRecursiveLock(lock) == 0, "one release");
    result = 1;
    task_create("contender", 0x1D, 0, contender, 0);
    check(ReleaseRecursiveLock(lock) == 0, "the second release");
    check(result == 0, "hands it to the one that waits");
    check(ReleaseRecursiveLock(lock) != 0, "a lock of another task cannot be released");
}

void semaphores_contract(void)
{
    group("semaphores");
    first = create_named_semaphore("first", 0);
    second = create_named_semaphore(0, 1);
    check(first && second && first != second, "made, with and without a name");
    wait_order();
    timeouts();
    from_interrupt();
    locks();
}
