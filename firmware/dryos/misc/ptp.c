/* Handlers for commands over USB. They are kept and listed; nothing is connected that could call them. */
#include "kernel/debug.h"
#include "kernel/offer.h"

#define HANDLERS 64u
#define NO_ROOM 1

static struct {
    uint32_t id, handler, argument;
} handlers[HANDLERS];
static uint32_t count;

int STUB(ptp_register_handler)(uint32_t id, uint32_t handler, uint32_t argument)
{
    if (count == HANDLERS)
        return NO_ROOM;
    handlers[count].id = id;
    handlers[count].handler = handler;
    handlers[count].argument = argument;
    count++;
    return 0;
}

static void show_handlers(int unused, char *words[])
{
    (void)unused, (void)words;
    for (uint32_t i = 0; i < count; i++)
        print("[ptp] %04X handler=%08X\n", handlers[i].id, handlers[i].handler);
}
SHELL_COMMAND("ptp", show_handlers, "handlers for commands over USB (nothing calls them)");
