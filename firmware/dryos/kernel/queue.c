/* Message queues of words. */
#include "kernel/interrupt.h"
#include "kernel/memory.h"
#include "kernel/offer.h"
#include "scheduler.h"

#define QUEUE_MAGIC 0x55455551u
#define LONGEST_QUEUE 0x10000u

struct queue {
    uint32_t magic;
    const char *name;
    uint32_t capacity, count, first;
    struct link waiting;
    uint32_t words[];
};

static bool valid(const struct queue *queue)
{
    return queue && !((uint32_t)queue & 3) && queue->magic == QUEUE_MAGIC;
}

struct queue *queue_create(const char *name, uint32_t capacity)
{
    struct queue *queue = capacity && capacity <= LONGEST_QUEUE ? heap_alloc(sizeof *queue + capacity * 4) : 0;
    if (!queue)
        return 0;
    *queue = (struct queue){.magic = QUEUE_MAGIC, .name = name, .capacity = capacity};
    list_init(&queue->waiting);
    return queue;
}

static void take_out(struct queue *queue, uint32_t *word)
{
    *word = queue->words[queue->first];
    queue->first = (queue->first + 1) % queue->capacity;
    queue->count--;
}

/* Every post wakes one; who comes in between may be faster, then the wait goes on (with its full time). */
static int receive(struct queue *queue, uint32_t *word, uint32_t timeout_ms)
{
    while (!queue->count) {
        int result = wait_in(&queue->waiting, WAITS_RECEIVE, queue, timeout_ms);
        if (result != WAIT_OK)
            return result;
    }
    take_out(queue, word);
    return WAIT_OK;
}

int queue_receive(struct queue *queue, uint32_t *word, uint32_t timeout_ms)
{
    if (!valid(queue))
        return WAIT_BAD_HANDLE;
    uint32_t saved = interrupts_mask();
    int result = receive(queue, word, timeout_ms);
    interrupts_restore(saved);
    return result;
}

static void put_in(struct queue *queue, uint32_t word)
{
    queue->words[(queue->first + queue->count) % queue->capacity] = word;
    queue->count++;
    wake_first(&queue->waiting, WAIT_OK);
    switch_if_wanted();
}

int queue_post(struct queue *queue, uint32_t word)
{
    if (!valid(queue))
        return WAIT_BAD_HANDLE;
    uint32_t saved = interrupts_mask();
    bool room = queue->count < queue->capacity;
    if (room)
        put_in(queue, word);
    interrupts_restore(saved);
    return room ? WAIT_OK : WAIT_FULL;
}

uint32_t queue_count(const struct queue *queue)
{
    return valid(queue) ? queue->count : 0;
}

static int stub_count(const struct queue *queue, uint32_t *count)
{
    if (!valid(queue))
        return WAIT_BAD_HANDLE;
    *count = queue->count;
    return WAIT_OK;
}

STUB_IS(msg_queue_create, queue_create);
STUB_IS(msg_queue_receive, queue_receive);
STUB_IS(msg_queue_post, queue_post);
STUB_IS(msg_queue_count, stub_count);
