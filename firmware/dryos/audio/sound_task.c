/*
 * The task that adapts the microphones' gain. ML puts its own in its place, so it starts at the address where ML looks for it, and
 * its record has what ML's finds there.
 */
#include "kernel/camera.h"
#include "kernel/offer.h"
#include "kernel/registers.h"
#include "kernel/sync.h"

#define SEMAPHORE_VOLUME 0x68u
#define SEMAPHORE_GAIN 0x70u
#define SOUND_PRIORITY 0x17u
#define SOUND_STACK 0x1000u

static void set(uint32_t offset, struct semaphore *semaphore)
{
    *(struct semaphore **)(camera->sounddev + offset) = semaphore;
}

/* Without sound there is no gain to adapt. */
void STUB(sounddev_task)(void)
{
    struct semaphore *gain = semaphore_create("sound gain", 0);
    set(SEMAPHORE_GAIN, gain);
    for (;;)
        semaphore_take(gain, FOREVER);
}

/* Calls back when the input is selected, which is at once. */
void STUB(sounddev_active_in)(void (*ready)(uint32_t), uint32_t context)
{
    if (ready)
        ready(context);
}

static void sound_start(void)
{
    if (!camera->sounddev || !camera->sounddev_task)
        return;
    set(SEMAPHORE_VOLUME, semaphore_create("sound volume", 1));
    task_create("AudioCtrl", SOUND_PRIORITY, SOUND_STACK, (task_entry)camera->sounddev_task, 0);
}
AT_START(START_APPLICATIONS, sound_start);
