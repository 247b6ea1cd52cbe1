/* Memory suites and their chunks. */
#include "suite.h"

#include <stdbool.h>

#include "kernel/debug.h"
#include "kernel/memory.h"
#include "kernel/offer.h"

#define SUITE_SIGNATURE "MemSuite"
#define CHUNK_SIGNATURE "MemChunk"
#define BAD_HANDLE (-1)

static bool is_suite(const struct suite *suite)
{
    return suite && !((uint32_t)suite & 3) && suite->signature && !text_compare(suite->signature, SUITE_SIGNATURE);
}

static bool is_chunk(const struct chunk *chunk)
{
    return chunk && !((uint32_t)chunk & 3) && chunk->signature && !text_compare(chunk->signature, CHUNK_SIGNATURE);
}

static struct chunk *chunk_of(struct chunk_link *link)
{
    return (struct chunk *)((uint32_t)link - __builtin_offsetof(struct chunk, link));
}

struct suite *suite_new(uint32_t type)
{
    struct suite *suite = heap_alloc_zeroed(sizeof *suite);
    if (!suite)
        return 0;
    suite->signature = SUITE_SIGNATURE;
    suite->type = type;
    suite->list.next = suite->list.previous = &suite->list;
    return suite;
}

struct chunk *chunk_new(void *address, uint32_t bytes, uint32_t type)
{
    struct chunk *chunk = heap_alloc_zeroed(sizeof *chunk);
    if (!chunk)
        return 0;
    *chunk = (struct chunk){.signature = CHUNK_SIGNATURE, .bytes = bytes, .address = address, .type = type};
    return chunk;
}

void suite_add(struct suite *suite, struct chunk *chunk)
{
    struct chunk_link *end = &suite->list, *link = &chunk->link;
    link->next = end;
    link->previous = end->previous;
    end->previous->next = link;
    end->previous = link;
    suite->bytes += chunk->bytes;
    suite->chunks++;
}

struct chunk *suite_first(struct suite *suite)
{
    return suite->list.next == &suite->list ? 0 : chunk_of(suite->list.next);
}

struct chunk *suite_after(struct suite *suite, struct chunk *chunk)
{
    return chunk->link.next == &suite->list ? 0 : chunk_of(chunk->link.next);
}

void suite_delete(struct suite *suite)
{
    for (struct chunk *chunk = suite_first(suite), *next; chunk; chunk = next) {
        next = suite_after(suite, chunk);
        chunk->signature = 0;
        heap_free(chunk);
    }
    suite->signature = 0;
    heap_free(suite);
}

struct chunk *STUB(CreateMemoryChunk)(void *address, uint32_t bytes, uint32_t flags)
{
    return chunk_new(address, bytes, flags);
}

struct suite *STUB(CreateMemorySuite)(void *address, uint32_t bytes, uint32_t flags)
{
    struct suite *suite = suite_new(flags);
    struct chunk *chunk = suite ? chunk_new(address, bytes, flags) : 0;
    if (chunk)
        suite_add(suite, chunk);
    return suite;
}

int STUB(AddMemoryChunk)(struct suite *suite, struct chunk *chunk)
{
    if (!is_suite(suite) || !is_chunk(chunk))
        return BAD_HANDLE;
    suite_add(suite, chunk);
    return 0;
}

int STUB(DeleteMemorySuite)(struct suite *suite)
{
    if (!is_suite(suite))
        return BAD_HANDLE;
    suite_delete(suite);
    return 0;
}

struct chunk *STUB(GetFirstChunkFromSuite)(struct suite *suite)
{
    return is_suite(suite) ? suite_first(suite) : 0;
}

struct chunk *STUB(GetNextMemoryChunk)(struct suite *suite, struct chunk *chunk)
{
    return is_suite(suite) && is_chunk(chunk) ? suite_after(suite, chunk) : 0;
}

void *STUB(GetMemoryAddressOfMemoryChunk)(struct chunk *chunk)
{
    return is_chunk(chunk) ? chunk->address : 0;
}

uint32_t STUB(GetSizeOfMemoryChunk)(struct chunk *chunk)
{
    return is_chunk(chunk) ? chunk->bytes : 0;
}
