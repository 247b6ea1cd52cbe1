/* The kernel's calls that the file system uses, on the host. One thread: locks only check that they are used in pairs. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "kernel/debug.h"
#include "kernel/memory.h"
#include "kernel/sync.h"
#include "kernel/timer.h"

struct lock {
    int depth;
};

static int blocks, most_blocks = INT32_MAX;

static void report(const char *kind, const char *format, va_list arguments)
{
    fprintf(stderr, "%s: ", kind);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
}

void give_up(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report("trouble", format, arguments);
    exit(3);
}

void wrong(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report("WRONG", format, arguments);
    exit(1);
}

struct lock *lock_create(const char *name)
{
    (void)name;
    return calloc(1, sizeof(struct lock));
}

int lock_acquire(struct lock *lock, uint32_t timeout_ms)
{
    (void)timeout_ms;
    if (lock->depth++)
        wrong("a volume was locked while it was locked");
    return WAIT_OK;
}

int lock_release(struct lock *lock)
{
    if (--lock->depth)
        wrong("a volume was unlocked that was not locked");
    return WAIT_OK;
}

void scheduler_lock(void)
{
}

void scheduler_unlock(void)
{
}

void *heap_alloc(uint32_t bytes)
{
    if (blocks >= most_blocks)
        return NULL;
    blocks++;
    void *block = malloc(bytes);
    return block ? memset(block, 0xA5, bytes) : block;
}

void *heap_alloc_zeroed(uint32_t bytes)
{
    void *block = heap_alloc(bytes);
    return block ? memset(block, 0, bytes) : block;
}

void heap_free(void *block)
{
    blocks -= block != NULL;
    free(block);
}

void *dma_alloc(uint32_t bytes)
{
    return heap_alloc(bytes);
}

void dma_free(void *block)
{
    heap_free(block);
}

int heap_blocks(void)
{
    return blocks;
}

void heap_limit(int most)
{
    most_blocks = most;
}

void log_line(const char *format, ...)
{
    if (!getenv("FS_VERBOSE"))
        return;
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

void missing(const char *name, uint32_t caller)
{
    (void)caller;
    wrong("missing: %s", name);
}

uint32_t time_ms(void)
{
    static uint32_t now;
    return now += 7;
}
