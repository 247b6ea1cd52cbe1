/* Waiting for a card (transfer.h). */
#include "transfer.h"

#include "kernel/interrupt.h"
#include "kernel/sync.h"
#include "kernel/timer.h"

/* Without an interrupt: so long the CPU asks, then it gives way to others for a heartbeat. */
#define ASK_US 500u
#define REST_MS 10u

static void report(uint32_t id, void *argument)
{
    struct transfer *transfer = argument;
    (void)id;
    if (!transfer->waiting || transfer->told)
        return;
    transfer->told = true;
    semaphore_give(transfer->done);
}

static void attach(struct transfer *transfer, const char *name, uint32_t interrupt)
{
    if (!interrupt)
        return;
    interrupt_attach(interrupt, name, report, transfer);
    transfer->interrupts++;
}

bool transfer_open(struct transfer *transfer, const char *name, uint32_t interrupt, uint32_t dma_interrupt)
{
    transfer->done = semaphore_create(name, 0);
    if (!transfer->done)
        return false;
    attach(transfer, name, interrupt);
    attach(transfer, name, dma_interrupt);
    return true;
}

void transfer_begin(struct transfer *transfer)
{
    transfer->waiting = true;
}

bool wait_briefly(uint32_t microseconds, enum progress (*look)(void))
{
    uint32_t start = time_us();
    enum progress progress = look();
    while (progress == WORKING && time_us() - start < microseconds)
        progress = look();
    return progress == DONE;
}

static void rest(struct transfer *transfer, uint32_t milliseconds, enum progress (*look)(void))
{
    if (transfer->interrupts) {
        semaphore_take(transfer->done, milliseconds);
        transfer->told = false; /* what was told in between shows in the next look */
    } else if (!wait_briefly(ASK_US, look)) {
        task_sleep_ms(REST_MS);
    }
}

bool transfer_wait(struct transfer *transfer, uint32_t milliseconds, enum progress (*look)(void))
{
    uint32_t start = time_ms();
    enum progress progress;
    while ((progress = look()) == WORKING) {
        uint32_t spent = time_ms() - start;
        if (spent >= milliseconds)
            break;
        rest(transfer, milliseconds - spent, look);
    }
    transfer->waiting = false;
    return progress == DONE;
}
