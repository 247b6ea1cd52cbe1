/* From the start to the tasks that a scenario expects of ML. */
#include "stand_in.h"

const char guest_task[] = "ml_init";

#define ASSERT(condition) ((condition) ? (void)0 : assertion(#condition, "stand_in/main.c", __LINE__))

void guest_main(void *unused)
{
    (void)unused;
    while (!((uint32_t *)ADDRESS(bmp_vram_info))[5])
        msleep(100);
    find_card();
    ASSERT(!asked_for("EARLY"));
    take_assertions();
    DryosDebugMsg(0x32, 3, "Magic Lantern stand-in (Darkroom)");
    ASSERT(!asked_for("ASSERT"));
    read_settings();
    load_modules();
    watch_power();
    if (!asked_for("NOMENU"))
        start_menu();
    start_trouble();
    start_writer();
}
