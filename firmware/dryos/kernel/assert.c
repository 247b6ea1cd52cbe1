/* Broken assumptions. The camera's table says where the pointer to the handler stands; ML puts its own there. */
#include "kernel/camera.h"
#include "kernel/debug.h"
#include "kernel/interrupt.h"
#include "scheduler.h"

typedef void (*assert_handler)(const char *condition, const char *file, int line, uint32_t caller);

/* Says where, and takes the task out of the way: the others go on, so that the log can be read. */
static void report(const char *condition, const char *file, int line, uint32_t caller)
{
    print("[assert] %s at %s:%d, task %s, caller=%08X\n", condition, file, line, task_self_name(), caller);
    if (in_interrupt())
        for (;;)
            ;
    leave_cpu();
}

void assert_failed(const char *condition, const char *file, int line)
{
    uint32_t caller = (uint32_t)__builtin_return_address(0);
    assert_handler handler = camera->assert_handler ? (assert_handler)WORD(assert_handler) : 0;
    (handler ? handler : report)(condition, file, line, caller);
}

void asserts_init(void)
{
    if (camera->assert_handler)
        WORD(assert_handler) = (uint32_t)report;
}
