/* What our guests share: the start-up, saying what was found, and the addresses of the camera. */
#ifndef GUEST_H
#define GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One line on the UART per check: "[contract] GROUP: ok WHAT" or "[contract] GROUP: FAIL WHAT". */
void group(const char *name);
void check(bool holds, const char *what);
void say(const char *text);

/* An address of the camera's table, by its name there. */
#define ADDRESS(name) ({ extern char name[]; (uint32_t)name; })
#define WORD(name) (*(volatile uint32_t *)ADDRESS(name))

static inline uint32_t clock_us(void)
{
    return *(volatile uint32_t *)0xC0242014 & 0xFFFFF;
}

/* Milliseconds between two readings less than a second apart. */
static inline uint32_t passed_ms(uint32_t from)
{
    return ((clock_us() - from) & 0xFFFFF) / 1000;
}

/* Each guest has these: its first task, and what becomes of a task of the firmware's that runs for the first time. */
struct task_record;
extern const char guest_task[];
void guest_main(void *unused);
void replace_gui_task(struct task_record *task);

/* What the start-up saw of the firmware. */
struct start {
    uint32_t hook_calls, first_runs, id;
    bool word_overwritten;
};
extern struct start start;

#endif
