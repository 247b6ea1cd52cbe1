/* A task that waits for the end of a card's work while others run. */
#ifndef FS_TRANSFER_H
#define FS_TRANSFER_H

#include <stdbool.h>
#include <stdint.h>

struct semaphore;

struct transfer {
    struct semaphore *done;
    volatile bool waiting;
    volatile bool told; /* `done` was given and not taken */
    uint32_t interrupts; /* how many ids report; 0: nobody does, so ask again and again */
};

/* Attaches the interrupts (0 = none) that report this work. */
bool transfer_open(struct transfer *transfer, const char *name, uint32_t interrupt, uint32_t dma_interrupt);
/* Before the command that will report. */
void transfer_begin(struct transfer *transfer);

enum progress { WORKING, DONE, FAILED };
/* Until `look` says that it is done or failed, or the time is over: true if it is done. */
bool transfer_wait(struct transfer *transfer, uint32_t milliseconds, enum progress (*look)(void));

/* The same by asking only, for what takes a few microseconds. */
bool wait_briefly(uint32_t microseconds, enum progress (*look)(void));

#endif
