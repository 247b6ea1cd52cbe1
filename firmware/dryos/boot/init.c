/* From the first task to all tasks. */
#include "heap.h"
#include "kernel/camera.h"
#include "kernel/debug.h"
#include "kernel/interrupt.h"
#include "kernel/memory.h"
#include "kernel/offer.h"
#include "kernel/task.h"
#include "kernel/version.h"
#include "scheduler.h"

/*
 * ML's init function watches the word at init_wait_base + 4 * (id - 1) of the init task (reference section 2.4); with this
 * sequence number it lies in 500000..5FFFFF on every camera, where nothing else is.
 */
#define INIT_SEQUENCE 0x14u
#define INIT_PRIORITY 0x11u
#define INIT_STACK 0x4000u
#define IDLE_STACK 0x800u

struct start_parameters {
    uint32_t pool_start;
};
struct start_parameters start_parameters __attribute__((section(".noinit")));

extern void (*const start_devices[])(void), (*const start_services[])(void), (*const start_applications[])(void);
extern void (*const start_end[])(void);
void use_low_vectors(void);
void wait_for_interrupt(void);
void asserts_init(void);

static void idle(void *unused)
{
    (void)unused;
    for (;;)
        wait_for_interrupt();
}

static void kernel_init(void)
{
    interrupts_init();
    scheduler_init();
    heap_open(&small_heap, camera->heap_start, camera->heap_bytes);
    asserts_init();
    WORD(task_dispatch_hook) = 0;
    if (camera->task_max)
        WORD(task_max) = TASK_SLOTS;
}

void STUB(create_init_task)(const struct start_parameters *parameters, task_entry init, uint32_t unused)
{
    (void)parameters, (void)unused;
    interrupts_mask();
    use_low_vectors();
    kernel_init();
    TASK_SELF = 0;
    task_create_with_sequence(0, "idle", TASK_PRIORITY_IDLE, IDLE_STACK, idle, 0);
    task_create_with_sequence(INIT_SEQUENCE, "init", INIT_PRIORITY, INIT_STACK, init, 0);
    clock_start();
    scheduler_start();
}

static void run_all(void (*const *from)(void), void (*const *to)(void))
{
    for (; from < to; from++)
        (*from)();
}

/* A camera's init task overwrites this word (reference section 2.4), and ML waits until it has. */
static void release_ml(void)
{
    if (camera->init_wait_base)
        *(volatile uint32_t *)(camera->init_wait_base + 4 * (task_self_id() - 1)) = 0;
}

/* With the second heap open. */
int init_rest(void)
{
    log_line("Darkroom open firmware %s, %s %s", FIRMWARE_VERSION, camera->model, camera->version);
    run_all(start_devices, start_services);
    run_all(start_services, start_applications);
    run_all(start_applications, start_end);
    release_ml();
    return 0;
}

/* In the pool form boot/start.S has this; here for the other forms. */
int STUB(init_task)(int a, int b, int c, int d)
{
    (void)a, (void)b, (void)c, (void)d;
    if (camera->memory_setup)
        return ((int (*)(void))camera->memory_setup)();
    memory_open(camera->memory_start, camera->memory_end);
    return init_rest();
}

void STUB(bzero32)(uint32_t *address, uint32_t bytes)
{
    memset(address, 0, bytes);
}
