/*
 * The memory for raw pictures, lent out as suites of chunks, or one picture's buffer at a time. Requests that cannot be met wait until
 * something comes back. Answers come from a task of its own, as in a camera.
 */
#include <stdbool.h>

#include "heap.h"
#include "kernel/camera.h"
#include "kernel/debug.h"
#include "kernel/memory.h"
#include "kernel/offer.h"
#include "kernel/sync.h"
#include "suite.h"

#define BUFFERS 8u
#define CHUNK_ALIGNMENT 64u
#define CHUNK_OVERHEAD (2 * CHUNK_ALIGNMENT)
#define SMALLEST_CHUNK 0x1000u
#define REQUESTS 64u
#define MANAGER_PRIORITY 0x11u
#define MANAGER_STACK 0x1000u

enum kind { ALLOCATE, ALLOCATE_ONE, FREE, ALLOCATE_PICTURE, FREE_PICTURE };

struct request {
    enum kind kind;
    uint32_t bytes, type;
    struct suite *suite;
    uint32_t buffer;
    void (*callback)(); /* arguments differ by kind */
    uint32_t context;
    struct request *next;
};

static struct heap buffers[BUFFERS];
static bool lent_whole[BUFFERS];
static struct queue *requests;
static struct request *waiting;

static uint32_t buffer_start(uint32_t i)
{
    return camera->shoot_start + i * camera->raw_buffer_bytes;
}

static void open_buffer(uint32_t i)
{
    lent_whole[i] = false;
    heap_open(&buffers[i], buffer_start(i), camera->raw_buffer_bytes);
}

static void give_chunks_back(struct suite *suite)
{
    for (struct chunk *chunk = suite_first(suite); chunk; chunk = suite_after(suite, chunk)) {
        if (chunk->heap)
            heap_give(chunk->heap, (void *)bus_address(chunk->address));
    }
    suite_delete(suite);
}

/* How much of `wanted` one chunk in this buffer can have. */
static uint32_t room_in(const struct heap *heap, uint32_t wanted)
{
    uint32_t largest = heap_largest(heap);
    uint32_t room = largest > CHUNK_OVERHEAD ? (largest - CHUNK_OVERHEAD) & ~(CHUNK_ALIGNMENT - 1) : 0;
    return room < wanted ? room : wanted;
}

static bool add_chunk(struct suite *suite, struct heap *heap, uint32_t bytes)
{
    void *memory = heap_take(heap, bytes, CHUNK_ALIGNMENT);
    struct chunk *chunk = memory ? chunk_new((void *)((uint32_t)memory | UNCACHED), bytes, suite->type) : 0;
    if (!chunk)
        return false;
    chunk->heap = heap;
    suite_add(suite, chunk);
    return true;
}

/* Takes chunks until the suite has all its bytes. */
static bool gather(struct suite *suite, uint32_t bytes)
{
    for (uint32_t i = 0; i < camera->shoot_buffers && suite->bytes < bytes; i++) {
        if (lent_whole[i])
            continue;
        uint32_t room = room_in(&buffers[i], bytes - suite->bytes);
        while (room && (room >= SMALLEST_CHUNK || room == bytes - suite->bytes)) {
            if (!add_chunk(suite, &buffers[i], room))
                return false;
            room = room_in(&buffers[i], bytes - suite->bytes);
        }
    }
    return suite->bytes >= bytes;
}

static bool gather_one(struct suite *suite, uint32_t bytes)
{
    for (uint32_t i = 0; i < camera->shoot_buffers; i++) {
        if (!lent_whole[i] && room_in(&buffers[i], bytes) == bytes)
            return add_chunk(suite, &buffers[i], bytes);
    }
    return false;
}

static bool allocate(struct request *request)
{
    struct suite *suite = suite_new(request->type);
    if (!suite)
        return false;
    uint32_t bytes = (request->bytes + 3) & ~3u;
    if (!(request->kind == ALLOCATE ? gather : gather_one)(suite, bytes)) {
        give_chunks_back(suite);
        return false;
    }
    request->callback(request->context, suite);
    return true;
}

/* A whole buffer of which nothing is lent out. */
static bool allocate_picture(struct request *request)
{
    for (uint32_t i = 0; i < camera->shoot_buffers; i++) {
        if (lent_whole[i] || buffers[i].used)
            continue;
        lent_whole[i] = true;
        request->callback((uint32_t *)request->context, buffer_start(i) | UNCACHED, camera->raw_buffer_bytes);
        return true;
    }
    return false;
}

static void free_picture(const struct request *request)
{
    for (uint32_t i = 0; i < camera->shoot_buffers; i++) {
        if (lent_whole[i] && buffer_start(i) == (request->buffer & ~UNCACHED))
            open_buffer(i);
    }
    if (request->callback)
        request->callback(request->context);
}

static void free_suite(const struct request *request)
{
    give_chunks_back(request->suite);
    if (request->callback)
        request->callback(request->context);
}

/* False: it must wait. */
static bool served(struct request *request)
{
    switch (request->kind) {
    case ALLOCATE: case ALLOCATE_ONE: return allocate(request);
    case ALLOCATE_PICTURE: return allocate_picture(request);
    case FREE: free_suite(request); return true;
    case FREE_PICTURE: free_picture(request); return true;
    }
    return true;
}

static void serve_waiting(void)
{
    for (struct request **place = &waiting; *place;) {
        struct request *request = *place;
        if (!served(request)) {
            place = &request->next;
            continue;
        }
        *place = request->next;
        heap_free(request);
    }
}

static void keep_waiting(struct request *request)
{
    struct request **place = &waiting;
    while (*place)
        place = &(*place)->next;
    *place = request;
}

static void manage(void *unused)
{
    (void)unused;
    for (;;) {
        struct request *request = 0;
        queue_receive(requests, (uint32_t *)&request, FOREVER);
        bool gives = request->kind == FREE || request->kind == FREE_PICTURE;
        if (served(request))
            heap_free(request);
        else
            keep_waiting(request);
        if (gives)
            serve_waiting();
    }
}

static int ask(struct request what)
{
    struct request *request = heap_alloc(sizeof *request);
    if (!request)
        return -1;
    *request = what;
    return queue_post(requests, (uint32_t)request);
}

int STUB(AllocateMemoryResource)(uint32_t bytes, void (*callback)(), uint32_t context, uint32_t type)
{
    return ask((struct request){.kind = ALLOCATE, .bytes = bytes, .callback = callback, .context = context, .type = type});
}

int STUB(AllocateContinuousMemoryResource)(uint32_t bytes, void (*callback)(), uint32_t context, uint32_t type)
{
    return ask((struct request){.kind = ALLOCATE_ONE, .bytes = bytes, .callback = callback, .context = context, .type = type});
}

int STUB(FreeMemoryResource)(struct suite *suite, void (*callback)(), uint32_t context)
{
    return ask((struct request){.kind = FREE, .suite = suite, .callback = callback, .context = context});
}

int STUB(SRM_AllocateMemoryResourceFor1stJob)(void (*callback)(), uint32_t context)
{
    return ask((struct request){.kind = ALLOCATE_PICTURE, .callback = callback, .context = context});
}

int STUB(SRM_FreeMemoryResourceFor1stJob)(uint32_t buffer, void (*callback)(), uint32_t context)
{
    return ask((struct request){.kind = FREE_PICTURE, .buffer = buffer, .callback = callback, .context = context});
}

static void manager_start(void)
{
    ASSERT(camera->shoot_buffers <= BUFFERS);
    for (uint32_t i = 0; i < camera->shoot_buffers; i++)
        open_buffer(i);
    requests = queue_create("RscMgr", REQUESTS);
    task_create("RscMgr", MANAGER_PRIORITY, MANAGER_STACK, manage, 0);
}
AT_START(START_SERVICES, manager_start);

static void show_pictures(int count, char *words[])
{
    (void)count, (void)words;
    for (uint32_t i = 0; i < camera->shoot_buffers; i++)
        print("[memory] picture buffer %u at %08X: used=%X%s\n", i, buffer_start(i), buffers[i].used,
              lent_whole[i] ? ", lent as a whole" : "");
}
SHELL_COMMAND("pictures", show_pictures, "the memory for raw pictures");
