/* A heap: blocks in one region of RAM, first fit, neighbours joined when freed. */
#ifndef HEAP_H
#define HEAP_H

#include <stdint.h>

struct block;

struct heap {
    struct block *first, *end;
    uint32_t total, used, failures;
};

void heap_open(struct heap *heap, uint32_t start, uint32_t bytes);
void *heap_take(struct heap *heap, uint32_t bytes, uint32_t alignment);
void heap_give(struct heap *heap, void *memory);
uint32_t heap_largest(const struct heap *heap);

/* The two heaps of the firmware: _malloc and _AllocateMemory. */
extern struct heap small_heap, large_heap;
void memory_open(uint32_t start, uint32_t end);

#endif
