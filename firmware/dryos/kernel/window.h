/*
 * The window: where the kernel's records stand, for whoever looks at the camera from outside (an emulator, a debugger) without
 * leaving a trace. The value of DOOR_WINDOW (boot/doors.h) is its address. Words, in this order; a field that is added goes to
 * the end, and one that changes its meaning changes the mark.
 */
#ifndef WINDOW_H
#define WINDOW_H

#include <stdint.h>

#include "kernel/record.h"

#define MISSING_NAMES 128u

struct missing_call {
    const char *name; /* 0 behind the last one */
    uint32_t caller, count;
};

struct window {
    char mark[8];                     /* DARKWIN1 */
    const uint8_t *tasks;             /* records, as Magic Lantern reads them (kernel/record.h) */
    uint32_t task_slots;              /* a slot with id 0 is free */
    const uint32_t *task_record_bytes; /* the camera's */
    const uint32_t *task_context;     /* offset of the saved context in a record: the state stands 7 bytes before it */
    uint32_t stack_fill;              /* the word that fills a stack before it is used */
    const struct missing_call *missing;
    uint32_t missing_names;
    const uint32_t *malloc;           /* total, used, refused requests: three words */
    const uint32_t *allocate_memory;  /* the same of the second heap */
};

extern uint8_t task_records[];
extern struct missing_call missing_calls[];

#endif
