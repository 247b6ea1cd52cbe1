/*
 * The image's doors: where the cameras' pieces enter it. They stand at its start in an order that stays, so that a camera's pieces
 * do not change when the image does. A door is a jump and the address that it jumps to; some are addresses of data only.
 */
#ifndef DOORS_H
#define DOORS_H

#define DOOR_BYTES 8
#define DOORS 0xFFE00000
#define DOOR(number) (DOORS + (number) * DOOR_BYTES)
#define DOOR_VALUE(number) (DOOR(number) + 4)

#define DOOR_EARLY_START 0
#define DOOR_MEMORY_OPEN 1
#define DOOR_INIT_REST 2
#define DOOR_START_STACK 3
#define DOOR_BSS_START 4
#define DOOR_BSS_BYTES 5
#define DOOR_START_PARAMETERS 6
#define DOOR_GUI_FUNCTION 7
#define DOOR_WINDOW 8 /* data: kernel/window.h */

/* Then one for each name in any camera's table, in the order of the alphabet: cameras/stubs.awk. */
#define DOOR_FIRST_STUB 16

#endif
