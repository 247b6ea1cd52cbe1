/* Engine registers, resource locks, copies by DMA. */
#include "groups.h"

#define BYTES 4096u
#define CONNECTION 6u
#define COPY_WIDTH 64u

static uint8_t from[BYTES] __attribute__((aligned(64))), to[BYTES] __attribute__((aligned(64)));
static void *done;

static volatile uint32_t got_lock;
static void *other_lock;

static void registers(void)
{
    uint32_t pairs[] = {0xC0F0A000, 0x11, 0xC0F0A004, 0x22, 0xFFFFFFFF};
    check(shamem_read(0xC0F0B000) == 0, "a register never written reads 0");
    _EngDrvOut(0xC0F0B000, 0x1234);
    check(shamem_read(0xC0F0B000) == 0x1234, "what was written is remembered");
    _engio_write(pairs);
    check(shamem_read(0xC0F0A000) == 0x11 && shamem_read(0xC0F0A004) == 0x22, "a list of registers");
}

static void lock_other(void *unused)
{
    (void)unused;
    LockEngineResources(other_lock);
    got_lock = 1;
    UnLockEngineResources(other_lock);
}

static void locks(void)
{
    uint32_t ids[] = {0x00000003, 0x00010019}, shared[] = {0x00010019}, apart[] = {0x00010020};
    void *lock = CreateResLockEntry(ids, 2), *third = CreateResLockEntry(apart, 1);
    other_lock = CreateResLockEntry(shared, 1);
    check(lock && other_lock && third, "entries are made");
    check(LockEngineResources(lock) == 0 && LockEngineResources(third) == 0, "sets without a common resource");
    got_lock = 0;
    task_create("locker", 0x1D, 0, lock_other, 0);
    check(got_lock == 0, "a common resource is waited for");
    UnLockEngineResources(lock);
    check(got_lock == 1, "until it is free");
    UnLockEngineResources(third);
}

static void finished(void *context)
{
    give_semaphore(context);
}

static void copies(void)
{
    uint32_t reads = 0x19, writes = 0x06;
    struct geometry all = {.xb = COPY_WIDTH, .yb = BYTES / COPY_WIDTH - 1};
    for (uint32_t i = 0; i < BYTES; i++)
        from[i] = (uint8_t)(i * 7 + (i >> 8));
    RegisterEDmacCompleteCBR(reads, finished, done);
    ConnectWriteEDmac(writes, CONNECTION);
    ConnectReadEDmac(reads, CONNECTION);
    SetEDmac(reads, from, &all, 0x20000000);
    SetEDmac(writes, to, &all, 0x20000000);
    StartEDmac(writes, 0);
    StartEDmac(reads, 2);
    check(take_semaphore(done, 1000) == 0, "a copy by DMA tells its end");
    bool equal = true;
    for (uint32_t i = 0; i < BYTES; i++)
        equal &= to[i] == from[i];
    check(equal, "and has copied");
    UnregisterEDmacCompleteCBR(reads);
}

static void copies_by_call(void)
{
    if (!dma_memcpy)
        return;
    to[0] = to[BYTES - 1] = 0xEE;
    check(dma_memcpy(to, from, BYTES) == to && to[0] == from[0] && to[BYTES - 1] == from[BYTES - 1], "dma_memcpy copies");
}

void engine_contract(void)
{
    group("engine");
    done = create_named_semaphore("copied", 0);
    registers();
    locks();
    copies();
    copies_by_call();
}
