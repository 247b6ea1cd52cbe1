/* The interrupt engine (reference interrupts-timers-uart.md section 2.1), and handlers per id. */
#include "kernel/interrupt.h"

#include "kernel/camera.h"
#include "kernel/debug.h"
#include "kernel/offer.h"
#include "kernel/registers.h"
#include "scheduler.h"

#define ENGINE_CAUSE 0xC0201004u /* id x 4; reading ends the request */
#define ENGINE_ENABLE 0xC0201010u
#define IDS 0x200u

struct attached {
    interrupt_handler handler;
    void *argument;
    const char *name;
    uint32_t count;
};

static struct attached attached[IDS];

#define LEVEL (*(volatile uint32_t *)(camera->current_interrupt - 4))

bool in_interrupt(void)
{
    return LEVEL != 0;
}

void interrupt_attach(uint32_t id, const char *name, interrupt_handler handler, void *argument)
{
    ASSERT(id > 0 && id < IDS);
    uint32_t saved = interrupts_mask();
    attached[id] = (struct attached){.handler = handler, .argument = argument, .name = name};
    reg_write(ENGINE_ENABLE, id);
    interrupts_restore(saved);
}

void interrupt_detach(uint32_t id)
{
    ASSERT(id > 0 && id < IDS);
    uint32_t saved = interrupts_mask();
    attached[id].handler = 0;
    interrupts_restore(saved);
}

/* Delivery switched the id off; it is switched on again behind the handler. */
static void serve(uint32_t id)
{
    struct attached *who = &attached[id];
    who->count++;
    if (!who->handler)
        return;
    who->handler(id, who->argument);
    reg_write(ENGINE_ENABLE, id);
}

/* From switch.S, on the interrupt stack. Returns the context to go on with. */
struct context *interrupt_serve(struct context *saved)
{
    uint32_t id = reg_read(ENGINE_CAUSE) >> 2;
    LEVEL++;
    WORD(current_interrupt) = id << 2;
    if (id > 0 && id < IDS)
        serve(id);
    LEVEL--;
    return in_interrupt() ? saved : switch_after_interrupt(saved);
}

void interrupts_init(void)
{
    LEVEL = 0;
    WORD(current_interrupt) = 0;
}

static void show_interrupts(int count, char *words[])
{
    (void)count, (void)words;
    for (uint32_t id = 1; id < IDS; id++) {
        if (attached[id].name)
            print("[interrupt] %03X %s count=%u\n", id, attached[id].name, attached[id].count);
    }
}
SHELL_COMMAND("interrupts", show_interrupts, "interrupts that somebody handles, and how often each came");
