/* The image's doors (doors.h). The stubs' doors follow in a generated file. */
#include "doors.h"

    .syntax unified
    .arm
    .macro door number, to
    .org DOOR_BYTES * \number
    ldr pc, [pc, #-4]
    .word \to
    .endm

    .section .doors.first, "ax"
    door DOOR_EARLY_START, early_start
    door DOOR_MEMORY_OPEN, memory_open
    door DOOR_INIT_REST, init_rest
    door DOOR_START_STACK, start_stack_top
    door DOOR_BSS_START, bss_start
    door DOOR_BSS_BYTES, bss_bytes
    door DOOR_START_PARAMETERS, start_parameters
    door DOOR_GUI_FUNCTION, gui_function
    .weak gui_function
    door DOOR_WINDOW, window
    .org DOOR_BYTES * DOOR_FIRST_STUB
