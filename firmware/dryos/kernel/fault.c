/* Exceptions: what happened, where, in which task; then the end. */
#include "console.h"
#include "kernel/debug.h"
#include "kernel/task.h"

static const char *const kinds[] = {"undefined instruction", "software interrupt", "prefetch abort", "data abort", "fast interrupt",
                                    "jump to 0"};

/* `saved`: r0-r14, pc, psr. */
void fault_report(uint32_t kind, const uint32_t *saved)
{
    print("[fault] %s, task %s\n", kinds[kind], task_self_name());
    print("[fault] PC=%08X PSR=%08X LR=%08X SP=%08X\n", saved[15], saved[16], saved[14], saved[13]);
    for (uint32_t i = 0; i < 12; i += 4)
        print("[fault] R%u=%08X R%u=%08X R%u=%08X R%u=%08X\n", i, saved[i], i + 1, saved[i + 1], i + 2, saved[i + 2], i + 3,
              saved[i + 3]);
    print("[fault] R12=%08X\n", saved[12]);
}
