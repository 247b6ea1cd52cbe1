/* What it does wrong after its start, when it is asked to: each of these is something that a scenario must notice. */
#include "stand_in.h"

#define WORD_AT(address) (*(volatile uint32_t *)(address))

static void flicker(void *unused)
{
    (void)unused;
    for (uint8_t colour = 1;; colour ^= 3) {
        WORD(osd_owned) = 1;
        fill(100, 100, 100, 100, colour);
        msleep(100);
    }
}

/* The heartbeat stops, no interrupt is taken any more, and the CPU waits for one. */
static void halt(void)
{
    WORD_AT(0xC0210000 + ADDRESS(kernel_timer) * 0x100) = 0;
    __asm__ volatile("msr cpsr_c, #0xD3\n1: mcr p15, 0, %0, c7, c0, 4\n\tb 1b" ::"r"(0));
}

static void fault(void)
{
    WORD_AT(0x7BAD0000) = 1;
}

static void overflow(void *unused)
{
    (void)unused;
    WORD_AT(((struct task_record *)WORD(current_task))->stack_start) = 0;
    for (;;)
        msleep(100);
}

void start_trouble(void)
{
    if (asked_for("MISSING"))
        call("NoSuchCall");
    if (asked_for("FLICKER"))
        task_create("flicker", 0x1E, 0x1000, flicker, 0);
    if (asked_for("OVERFLOW"))
        task_create("overflow", 0x1E, 0x1000, overflow, 0);
    if (asked_for("FAULT"))
        fault();
    if (asked_for("HALT"))
        halt();
}
