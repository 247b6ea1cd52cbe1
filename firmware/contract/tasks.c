/* Tasks: records, priorities, turns, sleeping, ends. */
#include "groups.h"

#define STACK_FILL 0x19980218u

static volatile uint32_t ran, spins[2];
static volatile bool stop;

static void note(void *argument)
{
    ran = ran * 16 + (uint32_t)argument;
}

static void priorities(void)
{
    ran = 0;
    task_create("more", 0x1D, 0, note, (void *)1);
    check(ran == 1, "a more important task runs at once");
    task_create("less", 0x1F, 0, note, (void *)2);
    check(ran == 1, "a less important one waits");
    msleep(50);
    check(ran == 0x12, "and runs when this one sleeps");
}

static void spin(void *argument)
{
    while (!stop)
        spins[(uint32_t)argument]++;
}

static void turns(void)
{
    stop = false;
    task_create("spin 0", 0x1F, 0, spin, (void *)0);
    task_create("spin 1", 0x1F, 0, spin, (void *)1);
    msleep(200);
    check(spins[0] > 100 && spins[1] > 100, "equals take turns without asking");
    uint32_t before = clock_us();
    msleep(20);
    check(passed_ms(before) < 40, "a busy task of less importance does not delay this one");
    stop = true;
    msleep(30);
}

static void sleeping(void)
{
    uint32_t start = clock_us();
    msleep(100);
    uint32_t slept = passed_ms(start);
    check(slept >= 80 && slept <= 120, "msleep(100) sleeps for 100 ms");
    start = clock_us();
    for (int i = 0; i < 10; i++)
        msleep(10);
    slept = passed_ms(start);
    check(slept >= 70 && slept <= 200, "ten times msleep(10) too");
}

static void records(void)
{
    struct task_record *self = (struct task_record *)WORD(current_task);
    struct task_record *first = (struct task_record *)((uint32_t)self - ((self->id & 0xFFFF) - 1) * ADDRESS(task_record_bytes));
    check(self->self == self, "a record points to itself");
    check(first->id == 1 && first->self == first, "records stand in one array, the first has number 1");
    check(self->priority == 0x1E, "the record has the priority");
    check(self->name[0] == 'c' && self->name[1] == 'o', "the record has the name that was given");
    check((uint32_t)&self >= self->stack_start && (uint32_t)&self < self->stack_start + self->stack_bytes,
          "the stack is where the record says");
    check(*(uint32_t *)self->stack_start == STACK_FILL, "unused stack is filled");
    check(*(uint32_t *)first->stack_start == STACK_FILL, "the idle task's too");
    check(WORD(task_max) > (self->id & 0xFFFF), "the number of slots is told");
}

static void information(void)
{
    struct task_record *self = (struct task_record *)WORD(current_task);
    struct task_information is = {0};
    check(get_task_info_by_id(1, self->id & 0xFF, &is) == 0, "information by number");
    check(is.id == self->id && is.name == self->name && is.priority == 0x1E, "id, name, priority");
    check(is.stack == self->stack_start && is.size == self->stack_bytes, "stack");
    check(is.used > 0x40 && is.used < is.size, "bytes used");
    check(get_task_info_by_id(1, 0x7F, &is) != 0, "no information on a free slot");
}

static void ends(void)
{
    uint32_t total, before, after;
    GetMemoryInformation(&total, &before);
    for (int i = 0; i < 300; i++)
        task_create("short", 0x1D, 0x1000, note, 0);
    GetMemoryInformation(&total, &after);
    int id = task_create("last", 0x1D, 0x1000, note, (void *)7);
    check((id & 1) == 0, "an id is even: odd ones are errors");
    check(id > 0 && (ran & 0xF) == 7, "300 tasks that end leave room for more");
    check(before == after, "and nothing of the second heap");
}

void tasks_contract(void)
{
    group("tasks");
    priorities();
    turns();
    sleeping();
    records();
    information();
    ends();
}
