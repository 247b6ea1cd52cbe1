/*
 * Starts the firmware as Magic Lantern's classic form does (reference open-firmware.md section 2.2): its first code is copied, two
 * calls and two literals in the copy are changed, and our own init function runs in the init task.
 */
#include "interface.h"
#include "guest.h"

#define COPIED 0x3000u
#define ENTRY 0xCu
#define WAIT_MARK 0xBAAABAAAu
#define BRANCH_AND_LINK 0xEB000000u

static uint32_t copy[COPIED / 4] __attribute__((aligned(32)));

struct start start;

static uint32_t *in_copy(uint32_t address)
{
    return &copy[(address - ADDRESS(rom_base)) / 4];
}

static void call_instead(uint32_t place, uint32_t target)
{
    uint32_t *instruction = in_copy(place);
    *instruction = BRANCH_AND_LINK | ((target - ((uint32_t)instruction + 8)) >> 2 & 0xFFFFFF);
}

/* r0: the address of the pointer to the saved context of the task that runs next. */
static void hook(uint32_t **context)
{
    start.hook_calls++;
    if ((*context)[15] != (uint32_t)task_trampoline)
        return;
    start.first_runs++;
    replace_gui_task((struct task_record *)WORD(current_task));
}

static int my_init_task(int a, int b, int c, int d)
{
    struct task_record *self = (struct task_record *)WORD(current_task);
    volatile uint32_t *wait = (volatile uint32_t *)(ADDRESS(init_wait_base) + 4 * (self->id - 1));
    uint32_t was = *wait;
    *wait = WAIT_MARK;
    WORD(task_dispatch_hook) = (uint32_t)hook;
    int result = init_task(a, b, c, d);
    start.id = self->id;
    start.word_overwritten = *wait == 0;
    *wait = was;
    task_create(guest_task, 0x1E, 0x4000, guest_main, 0);
    return result;
}

static void forget_caches(void)
{
    uint32_t zero = 0;
    __asm__ volatile("mcr p15, 0, %0, c7, c10, 4\n\tmcr p15, 0, %0, c7, c5, 0\n\tmcr p15, 0, %0, c7, c6, 0" ::"r"(zero) : "memory");
}

extern uint32_t bss_end[];

void boot(void)
{
    const uint32_t *rom = (const uint32_t *)ADDRESS(rom_base);
    for (uint32_t i = 0; i < COPIED / 4; i++)
        copy[i] = rom[i];
    call_instead(ADDRESS(clear_call), (uint32_t)bzero32);
    call_instead(ADDRESS(create_call), (uint32_t)create_init_task);
    *in_copy(ADDRESS(pool_literal)) = (uint32_t)bss_end;
    *in_copy(ADDRESS(init_literal)) = (uint32_t)my_init_task;
    forget_caches();
    ((void (*)(void))((uint32_t)copy + ENTRY))();
}
