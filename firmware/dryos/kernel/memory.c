/* The firmware's two heaps, as the rest of the firmware and Magic Lantern see them. */
#include "kernel/memory.h"

#include "heap.h"
#include "kernel/camera.h"
#include "kernel/debug.h"
#include "kernel/offer.h"

#define DMA_ALIGNMENT 32u

struct heap small_heap, large_heap;

/* ML reads the state of the small heap from the camera's words. */
static void publish(void)
{
    if (!camera->malloc_total)
        return;
    WORD(malloc_total) = small_heap.total;
    WORD(malloc_used) = small_heap.used;
}

/* From the init task; ML may have changed the camera's bounds. */
void memory_open(uint32_t start, uint32_t end)
{
    heap_open(&large_heap, start, end - start);
    publish();
}

void *heap_alloc(uint32_t bytes)
{
    void *memory = heap_take(&small_heap, bytes, 0);
    publish();
    return memory;
}

void *heap_alloc_zeroed(uint32_t bytes)
{
    void *memory = heap_alloc(bytes);
    return memory ? memset(memory, 0, bytes) : 0;
}

void heap_free(void *block)
{
    heap_give(&small_heap, block);
    publish();
}

static void *memory_alloc(uint32_t bytes)
{
    return heap_take(&large_heap, bytes, 0);
}

static void memory_free(void *block)
{
    heap_give(&large_heap, block);
}

void *dma_alloc(uint32_t bytes)
{
    void *memory = heap_take(&large_heap, bytes, DMA_ALIGNMENT);
    return memory ? (void *)((uint32_t)memory | UNCACHED) : 0;
}

void dma_free(void *block)
{
    heap_give(&large_heap, (void *)bus_address(block));
}

static int memory_information(uint32_t *total, uint32_t *left)
{
    *total = large_heap.total;
    *left = large_heap.total - large_heap.used;
    return 0;
}

static int largest_region(uint32_t *bytes)
{
    *bytes = heap_largest(&large_heap);
    return 0;
}

STUB_IS(_malloc, heap_alloc);
STUB_IS(_free, heap_free);
STUB_IS(_AllocateMemory, memory_alloc);
STUB_IS(_FreeMemory, memory_free);
STUB_IS(_alloc_dma_memory, dma_alloc);
STUB_IS(_free_dma_memory, dma_free);
STUB_IS(GetMemoryInformation, memory_information);
STUB_IS(GetSizeOfMaxRegion, largest_region);

static void show_heap(const char *name, const struct heap *heap)
{
    print("[memory] %s total=%X used=%X largest=%X failures=%u\n", name, heap->total, heap->used, heap_largest(heap),
          heap->failures);
}

static void show_memory(int count, char *words[])
{
    (void)count, (void)words;
    show_heap("malloc", &small_heap);
    show_heap("AllocateMemory", &large_heap);
}
SHELL_COMMAND("memory", show_memory, "the heaps: size, used, largest free piece, requests refused");
