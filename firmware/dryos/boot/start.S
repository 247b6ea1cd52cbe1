/*
 * The first code of the firmware, for one camera: Magic Lantern copies it to RAM and patches it, or patches it in place (reference
 * open-firmware.md section 2). So it runs anywhere, and some of its instructions stand at addresses that ML knows: the
 * macros FROM_BASE(...) come from the camera's table.
 */
#include "camera_defines.h"
#include "dryos/boot/doors.h"

    .syntax unified
    .arm
#define FROM_BASE(address) ((address) - CAMERA_rom_base)
#define MODE_SVC_MASKED 0xD3

/* A BL to a routine near by that jumps on: unpatched, the target may be out of reach of a branch. */
    .macro far_jump name, target
\name:
    ldr pc, [pc, #-4]
    .word \target
    .endm

    .pushsection .rom, "a"
    .word CAMERA_rom_base, firmware_end - firmware_start
firmware_start:
    b firmware_entry
    .ascii "gaonisoy"
/* +C: where ML enters its copy. */
firmware_entry:
    msr cpsr_c, #MODE_SVC_MASKED
    ldr ip, =DOORS
    ldr sp, [ip, #(DOOR_VALUE(DOOR_START_STACK) - DOORS)]
    mov lr, pc
    add pc, ip, #(DOOR(DOOR_EARLY_START) - DOORS)
    ldr ip, =DOORS
    ldr r0, [ip, #(DOOR_VALUE(DOOR_BSS_START) - DOORS)]
    ldr r1, [ip, #(DOOR_VALUE(DOOR_BSS_BYTES) - DOORS)]
    b clear_call
    .ltorg
    far_jump to_bzero32, CAMERA_bzero32
    far_jump to_create_init_task, CAMERA_create_init_task

    .org firmware_start + FROM_BASE(CAMERA_clear_call)
clear_call:
    bl to_bzero32
/* The pool's start and the init function are read from literals that ML changes. */
    ldr ip, =DOOR_VALUE(DOOR_START_PARAMETERS)
    ldr ip, [ip]
    ldr r0, pool_literal
    str r0, [ip]
    mov r0, ip
    ldr r1, init_literal
    mov r2, #0
    b create_call
    .ltorg

    .org firmware_start + FROM_BASE(CAMERA_create_call)
create_call:
    bl to_create_init_task
    .org firmware_start + FROM_BASE(CAMERA_pool_literal)
pool_literal:
    .word CAMERA_heap_start
    .org firmware_start + FROM_BASE(CAMERA_init_literal)
init_literal:
    .word CAMERA_init_task
firmware_end:

/* A branch of the given kind at an address of the camera's, to another one. */
    .macro branch instruction, at, to
    .word \instruction | (((\to - (\at + 8)) >> 2) & 0xFFFFFF)
    .endm
#define B 0xEA000000
#define BL 0xEB000000

/*
 * Pool form: ML copies init_task and what it ends in, and lowers the end (DIGIC 5: raises the start) of the second heap there. Cache
 * form with such an instruction: ML patches it in place, and the firmware's own init task calls the code.
 */
#ifdef CAMERA_memory_end_instruction
#ifdef BOOT_FORM_pool
#define MEMORY_SETUP CAMERA_create_main_start
    .word CAMERA_init_task_start, 2f - 1f
1:  branch B, CAMERA_init_task_start, CAMERA_create_main_branch
    .org 1b + CAMERA_create_main_branch - CAMERA_init_task_start
    branch B, CAMERA_create_main_branch, CAMERA_create_main_start
2:
#else
#define MEMORY_SETUP CAMERA_memory_setup
#endif
    .word MEMORY_SETUP, 2f - 1f
1:  push {r4, lr}
    branch B, (MEMORY_SETUP + 4), CAMERA_memory_end_instruction
    .org 1b + CAMERA_memory_end_instruction - MEMORY_SETUP
#if CAMERA_digic == 4
    mov r1, #CAMERA_memory_end
#else
    ldr r1, =CAMERA_memory_end
#endif
    ldr r0, =CAMERA_memory_start
    branch BL, (CAMERA_memory_end_instruction + 8), (CAMERA_memory_end_instruction + 28)
    ldr ip, =DOOR(DOOR_INIT_REST)
    mov lr, pc
    bx ip
    pop {r4, pc}
/* +28: the target of the BL, which ML may reach by a B instead. */
    far_jump to_memory_open, DOOR(DOOR_MEMORY_OPEN)
    .ltorg
2:
#endif
    .popsection
