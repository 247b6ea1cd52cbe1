/* Assertions: ML puts its own handler in front of the firmware's, and a task of its own writes what was said to the card. */
#include "stand_in.h"

typedef void (*handler)(const char *condition, const char *file, int line, uint32_t caller);

static handler before;
static void *asserted;
static char said[0x100];
static uint32_t said_bytes;

static void write_log(void *unused)
{
    (void)unused;
    for (uint32_t number = 0;; number++) {
        char path[0x20];
        take_semaphore(asserted, 0);
        format(path, sizeof path, "ASSERT%02d.LOG", number);
        write_file(path, said, said_bytes < sizeof said ? said_bytes : sizeof said - 1);
    }
}

static void note(const char *condition, const char *file, int line, uint32_t caller)
{
    const char *task = ((struct task_record *)WORD(current_task))->name;
    said_bytes = (uint32_t)format(said, sizeof said, "ASSERT: %s\nat %s:%d, task %s\n", condition, file, line, task);
    give_semaphore(asserted);
    before(condition, file, line, caller);
}

void take_assertions(void)
{
    asserted = create_named_semaphore("asserted", 0);
    task_create("crash_log", 0x1E, 0x2000, write_log, 0);
    before = (handler)WORD(assert_handler);
    WORD(assert_handler) = (uint32_t)note;
}

/* The firmware calls whoever stands in this word. */
void assertion(const char *condition, const char *file, int line)
{
    ((handler)WORD(assert_handler))(condition, file, line, (uint32_t)__builtin_return_address(0));
}
