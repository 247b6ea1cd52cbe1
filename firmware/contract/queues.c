/* Message queues. */
#include "groups.h"

static void *queue;
static volatile uint32_t got;

static void receiver(void *unused)
{
    uint32_t word = 0;
    (void)unused;
    msg_queue_receive(queue, &word, 0);
    got = word;
}

static void post_late(int time, void *argument)
{
    (void)time;
    msg_queue_post(queue, (uint32_t)argument);
}

static void order_and_room(void)
{
    uint32_t word = 0, count = 0;
    check(msg_queue_post(queue, 11) == 0 && msg_queue_post(queue, 22) == 0, "posts fit");
    check(msg_queue_post(queue, 33) != 0, "a full queue says so");
    check(msg_queue_count(queue, &count) == 0 && count == 2, "the count is told");
    check(msg_queue_receive(queue, &word, 10) == 0 && word == 11, "first in");
    check(msg_queue_receive(queue, &word, 10) == 0 && word == 22, "first out");
}

static void waiting(void)
{
    uint32_t word = 0, start = clock_us();
    check(msg_queue_receive(queue, &word, 50) != 0, "an empty queue times out");
    check(passed_ms(start) >= 40, "after its time");
    got = 0;
    task_create("receiver", 0x1D, 0, receiver, 0);
    msg_queue_post(queue, 44);
    check(got == 44, "a post wakes who waits");
    SetTimerAfter(20, post_late, post_late, (void *)55);
    check(msg_queue_receive(queue, &word, 500) == 0 && word == 55, "posting in an interrupt");
    check(msg_queue_receive(0, &word, 10) != 0, "a bad handle is told");
}

void queues_contract(void)
{
    group("queues");
    queue = msg_queue_create("queue", 2);
    check(queue != 0, "made");
    order_and_room();
    waiting();
}
