/*
 * What this firmware knows of the camera it runs on: numbers and addresses, from cameras/MODEL.VERSION.tsv (and the camera's
 * row of rom/cameras.tsv). One image serves all cameras; the table stands at a fixed place of each camera's ROM.
 *
 * The fields are the names in cameras/constants.list, all uint32_t, 0 where the camera has none. A field that is the address
 * of a word in RAM that ML reads or writes is used through WORD:
 *     WORD(gui_mode) = 2;
 */
#ifndef KERNEL_CAMERA_H
#define KERNEL_CAMERA_H

#include <stdint.h>

/* A button message of the MPU, and the event that the GUI task gets for it. The last has message 0. */
struct camera_button {
    uint16_t message, event;
};

struct camera_constants {
    char model[8];   /* "60D" */
    char version[8]; /* "111": firmware 1.1.1 */
    const char *name;     /* "Canon EOS 60D" */
    const char *firmware; /* "1.1.1" */
    const void *ram_stubs; /* for boot/early.c */
    const struct camera_button *buttons;
#include "camera_fields.inc"
};

#define CAMERA_CONSTANTS_ADDRESS 0xFFDF0000u
#define camera ((const struct camera_constants *)CAMERA_CONSTANTS_ADDRESS)

#define WORD(field) (*(volatile uint32_t *)camera->field)

#endif
