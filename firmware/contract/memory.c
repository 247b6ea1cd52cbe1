/* The two heaps and DMA buffers. */
#include "groups.h"

#define PIECES 16
#define UNCACHED 0x40000000u

static uint32_t malloc_left(void)
{
    return WORD(malloc_total) - WORD(malloc_used);
}

static void no_overlap(void)
{
    uint8_t *pieces[PIECES];
    bool intact = true;
    for (uint32_t i = 0; i < PIECES; i++) {
        pieces[i] = _malloc(100 + i * 37);
        for (uint32_t j = 0; j < 100 + i * 37; j++)
            pieces[i][j] = (uint8_t)i;
    }
    for (uint32_t i = 0; i < PIECES; i++) {
        for (uint32_t j = 0; j < 100 + i * 37; j++)
            intact &= pieces[i][j] == i;
        _free(pieces[i]);
    }
    check(intact, "pieces do not overlap");
}

static void small_heap(void)
{
    uint32_t before = malloc_left();
    check(before >= 256 * 1024, "at least 256 KiB to malloc");
    void *memory = _malloc(100000);
    check(memory && !((uint32_t)memory & 7), "aligned to 8 bytes");
    check(before - malloc_left() >= 100000, "the free size falls");
    _free(memory);
    check(malloc_left() == before, "and rises");
    check(_malloc(0x10000000) == 0, "too much is refused");
    no_overlap();
    check(malloc_left() == before, "all is given back");
}

static void large_heap(void)
{
    uint32_t total, before, left, largest;
    GetMemoryInformation(&total, &before);
    GetSizeOfMaxRegion(&largest);
    check(largest >= 512 * 1024 && largest <= before && before <= total, "at least 512 KiB in one piece of the second heap");
    void *memory = _AllocateMemory(largest);
    check(memory != 0, "the largest region can be had");
    _FreeMemory(memory);
    GetMemoryInformation(&total, &left);
    check(left == before, "and given back");
}

static void dma(void)
{
    uint32_t *memory = _alloc_dma_memory(4096);
    check(memory && ((uint32_t)memory & UNCACHED), "DMA memory is uncached");
    check(!((uint32_t)memory & 31), "and starts a cache line");
    memory[0] = 0x12345678;
    check(*(volatile uint32_t *)((uint32_t)memory & ~UNCACHED) == 0x12345678, "the alias has the same bytes");
    _free_dma_memory(memory);
    memory[0] = 1;
    bzero32(memory, 4);
    check(memory[0] == 0, "bzero32 clears");
}

void memory_contract(void)
{
    group("memory");
    small_heap();
    large_heap();
    dma();
}
