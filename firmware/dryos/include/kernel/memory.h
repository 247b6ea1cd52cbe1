/* Memory: the firmware's heap, buffers for DMA, and the routines the compiler calls. */
#ifndef KERNEL_MEMORY_H
#define KERNEL_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* Bit 30 of a RAM address: the same bytes, without the cache. */
#define UNCACHED 0x40000000u

/* 8-byte aligned, not cleared, 0 when there is no room. */
void *heap_alloc(uint32_t bytes);
void *heap_alloc_zeroed(uint32_t bytes);
void heap_free(void *block);

/* For DMA: 32-byte aligned, the pointer is the uncached alias. */
void *dma_alloc(uint32_t bytes);
void dma_free(void *block);

/* The address a DMA engine sees for a buffer. */
static inline uint32_t bus_address(const void *buffer)
{
    return (uint32_t)buffer & ~UNCACHED;
}

void *memcpy(void *to, const void *from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);
int memcmp(const void *left, const void *right, size_t bytes);

size_t text_length(const char *text);
int text_compare(const char *left, const char *right);
int text_compare_folded(const char *left, const char *right); /* ASCII letters of either case are equal */
void text_copy(char *to, uint32_t capacity, const char *from);  /* always ends with a zero */

#endif
