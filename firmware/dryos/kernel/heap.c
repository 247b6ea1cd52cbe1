/*
 * A heap. Every block has a header of 16 bytes before its memory; all blocks follow each other without a gap, so that a
 * block's neighbour is found by its size. A free neighbour is joined while searching.
 */
#include "heap.h"

#include <stdbool.h>

#include "kernel/debug.h"
#include "kernel/interrupt.h"

#define ALIGNMENT 16u
#define TAKEN 0x454B4154u
#define FREE 0x45455246u

struct block {
    uint32_t bytes; /* with the header */
    uint32_t state;
    struct heap *heap;
    uint32_t reserved;
};

static struct block *after(const struct block *block)
{
    return (struct block *)((uint32_t)block + block->bytes);
}

static void make_free(struct heap *heap, struct block *block, uint32_t bytes)
{
    *block = (struct block){.bytes = bytes, .state = FREE, .heap = heap};
}

void heap_open(struct heap *heap, uint32_t start, uint32_t bytes)
{
    start = (start + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
    bytes &= ~(ALIGNMENT - 1);
    *heap = (struct heap){.first = (struct block *)start, .end = (struct block *)(start + bytes), .total = bytes};
    make_free(heap, heap->first, bytes);
}

static void join_free_neighbours(struct heap *heap, struct block *block)
{
    for (struct block *next = after(block); next < heap->end && next->state == FREE; next = after(block))
        block->bytes += next->bytes;
}

/* Cuts a block in two; the rest behind `bytes` is free. */
static void cut(struct heap *heap, struct block *block, uint32_t bytes)
{
    if (block->bytes < bytes + 2 * sizeof *block)
        return;
    struct block *rest = (struct block *)((uint32_t)block + bytes);
    make_free(heap, rest, block->bytes - bytes);
    block->bytes = bytes;
}

/* Bytes to leave out at the block's start, so that its memory is aligned: none, or room for a block of its own. */
static uint32_t lead(const struct block *block, uint32_t alignment)
{
    uint32_t memory = (uint32_t)(block + 1);
    uint32_t skip = -memory & (alignment - 1);
    return skip && skip < 2 * sizeof *block ? skip + alignment : skip;
}

static struct block *find(struct heap *heap, uint32_t bytes, uint32_t alignment)
{
    for (struct block *block = heap->first; block < heap->end; block = after(block)) {
        if (block->state != FREE)
            continue;
        join_free_neighbours(heap, block);
        uint32_t skip = lead(block, alignment);
        if (block->bytes < skip + bytes)
            continue;
        if (skip) {
            cut(heap, block, skip);
            block = after(block);
        }
        return block;
    }
    return 0;
}

static void *take(struct heap *heap, uint32_t bytes, uint32_t alignment)
{
    struct block *block = find(heap, bytes, alignment);
    if (!block) {
        heap->failures++;
        return 0;
    }
    cut(heap, block, bytes);
    block->state = TAKEN;
    heap->used += block->bytes;
    return block + 1;
}

/* 0 when there is no room. The alignment is a power of two. */
void *heap_take(struct heap *heap, uint32_t bytes, uint32_t alignment)
{
    if (bytes > heap->total)
        return 0;
    bytes = (bytes + sizeof(struct block) + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
    uint32_t saved = interrupts_mask();
    void *memory = take(heap, bytes, alignment < ALIGNMENT ? ALIGNMENT : alignment);
    interrupts_restore(saved);
    return memory;
}

static bool ours(const struct heap *heap, const struct block *block)
{
    return block >= heap->first && block < heap->end && !((uint32_t)block & (ALIGNMENT - 1)) && block->state == TAKEN &&
           block->heap == heap;
}

void heap_give(struct heap *heap, void *memory)
{
    if (!memory)
        return;
    struct block *block = (struct block *)memory - 1;
    uint32_t saved = interrupts_mask();
    bool known = ours(heap, block);
    if (known) {
        block->state = FREE;
        heap->used -= block->bytes;
    }
    interrupts_restore(saved);
    ASSERT(known);
}

uint32_t heap_largest(const struct heap *heap)
{
    uint32_t largest = 0, run = 0, saved = interrupts_mask();
    for (const struct block *block = heap->first; block < heap->end; block = after(block)) {
        run = block->state == FREE ? run + block->bytes : 0;
        largest = run > largest ? run : largest;
    }
    interrupts_restore(saved);
    return largest > sizeof(struct block) ? largest - sizeof(struct block) : 0;
}
