/* All groups, one after the other. */
#include "groups.h"

void contract(void)
{
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
}
