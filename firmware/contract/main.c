/* All groups, one after the other. */
#include "groups.h"

const char guest_task[] = "contract";

static void start_contract(void)
{
    group("start");
    check(start.id > 0x68, "the init task's id is large");
    check(start.word_overwritten, "the init task overwrites the word that ML waits for");
    check(start.hook_calls > 0, "the dispatch hook is called");
    check(start.first_runs > 0, "new tasks are seen at the trampoline");
}

void guest_main(void *unused)
{
    (void)unused;
    start_contract();
    tasks_contract();
    semaphores_contract();
    queues_contract();
    timers_contract();
    memory_contract();
    suites_contract();
    debug_contract();
    calls_contract();
    engine_contract();
    sound_contract();
    files_contract();
    properties_contract();
    gui_contract();
    display_contract();
    say("[contract] done\n");
    for (;;)
        msleep(1000);
}
