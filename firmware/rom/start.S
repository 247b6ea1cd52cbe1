/*
 * Reset, exception entry, and the landmarks that Magic Lantern's portable start-up code looks for.
 *
 * State at reset: ARM, SVC, I and F masked, high vectors (reference: boot-and-memory.md section 1).
 */
    .syntax unified
    .arm

#define MODE_FIQ 0x11
#define MODE_IRQ 0x12
#define MODE_SVC 0x13
#define MODE_ABT 0x17
#define MODE_UND 0x1B
#define MODE_SYS 0x1F
#define MASKED   0xC0

/* ------------------------------------------------------------------ 0xFFFF0000: the exception vectors */
    .section .vectors, "ax"
    .global reset_vector
reset_vector:
    b   reset
    b   undefined_entry
    b   software_interrupt_entry
    b   prefetch_abort_entry
    b   data_abort_entry
    b   firmware_entry          /* 0x14 is reserved by the architecture: the door from the firmware's start address */
    b   interrupt_entry
    b   fast_interrupt_entry

/* 0xFFFF0020: stamped when the image is expanded for a camera (firmware/README.md). */
    .global camera_stamp
camera_stamp:
    .ascii "UNSTAMPED"
    .balign 16, 0
/* 0xFFFF0030: address of the end of the image, so that it can check its own sum. */
    .global image_sum_address
image_sum_address:
    .word rom_end
    .word 0, 0, 0
/* 0xFFFF0040: the service table (services.c). */
    .global service_table
service_table:
    .include "rom/service_table.inc"

/* ------------------------------------------------------------------ landmarks (design.md section 4) */
/*
 * ML finds the display initialisation as the target of a BL that is directly followed by an ADD R0, PC, #imm that points
 * at one of three strings. The BL must lie before its target. Each routine here is a real error screen of this ROM:
 * void stop_...(const char *note) initialises the display, shows its string and the note, and never returns.
 */
    .section .landmarks, "ax"
    .global stop_other_models, stop_no_fir_file, stop_sum_error
stop_other_models:
    mov r4, r0
    mov r0, #0
    bl  display_init
    add r0, pc, #(text_other_models - (. + 8))
    mov r1, r4
    b   stop_with_text

stop_no_fir_file:
    mov r4, r0
    mov r0, #0
    bl  display_init
    add r0, pc, #(text_no_fir - (. + 8))
    mov r1, r4
    b   stop_with_text

stop_sum_error:
    mov r4, r0
    mov r0, #0
    bl  display_init
    add r0, pc, #(text_sum_error - (. + 8))
    mov r1, r4
    b   stop_with_text

    .balign 16
text_other_models:
    .asciz "Other models\n"
    .balign 16
text_no_fir:
    .asciz "File(*.fir) not found\n"
    .balign 16
text_sum_error:
    .asciz "sum check error or code modify\n"
    .balign 16

/* ------------------------------------------------------------------ reset */
    .section .text.start, "ax"

/* Coprocessor values as the cameras use them: everything accessible, RAM cacheable, devices and the alias not. */
    .macro region number, value
    ldr r0, =\value
    mcr p15, 0, r0, c6, c\number, 0
    .endm

reset:
    /* MPU and caches off, high vectors kept, caches emptied, write buffer drained. */
    mov r0, #0
    mcr p15, 0, r0, c7, c5, 0
    mcr p15, 0, r0, c7, c6, 0
    mcr p15, 0, r0, c7, c10, 4
    ldr r0, =0x00002078
    mcr p15, 0, r0, c1, c0, 0

    region 0, 0x0000003F            /* 00000000, 4 GiB: background */
    region 1, 0x0000003B            /* 00000000, 1 GiB: RAM, cached */
    region 2, 0x4000003B            /* 40000000, 1 GiB: RAM, uncached alias */
    region 3, 0xC0000039            /* C0000000, 512 MiB: devices */
    region 4, 0xF0000037            /* F0000000, 256 MiB: ROM, cached */
    region 5, 0
    region 6, 0
    region 7, 0
    mov r0, #0x12                   /* cacheable: regions 1 and 4 */
    mcr p15, 0, r0, c2, c0, 0
    mcr p15, 0, r0, c2, c0, 1
    mov r0, #0x02                   /* write-back: region 1 */
    mcr p15, 0, r0, c3, c0, 0
    ldr r0, =0x33333333             /* all regions: full access */
    mcr p15, 0, r0, c5, c0, 2
    mcr p15, 0, r0, c5, c0, 3
    ldr r0, =0x40000006             /* DTCM: 4 KiB at 40000000 */
    mcr p15, 0, r0, c9, c1, 0
    mov r0, #0x06                   /* ITCM: 4 KiB at 0 */
    mcr p15, 0, r0, c9, c1, 1
    mrc p15, 0, r0, c1, c0, 0
    ldr r1, =0x0005107D             /* ITCM, DTCM, I-cache, write buffer, D-cache, MPU on */
    orr r0, r0, r1
    mcr p15, 0, r0, c1, c0, 0

    msr cpsr_c, #(MODE_SVC | MASKED)
    ldr sp, =rom_stack_top
    ldr r0, =bss_start
    ldr r1, =bss_end
    mov r2, #0
1:  cmp r0, r1
    strlo r2, [r0], #4
    blo 1b
    b   rom_main

/* The firmware's start address leads here: ML jumps there when it finds its own file damaged. */
firmware_entry:
    msr cpsr_c, #(MODE_SVC | MASKED)
    ldr sp, =rom_stack_top
    b   stop_no_firmware

/* void start_program(uint32_t address): leaves the ROM for good, with empty caches and a clean stack. */
    .global start_program
start_program:
    mov r4, r0
    mov r1, #0
    mcr p15, 0, r1, c7, c5, 0
    mcr p15, 0, r1, c7, c10, 4
    ldr sp, =rom_stack_top
    mov lr, #0
    bx  r4

/* void halt(void): waits for interrupts that never come. */
    .global halt
halt:
    mrs r0, cpsr
    orr r0, r0, #MASKED
    msr cpsr_c, r0
    mov r0, #0
1:  mcr p15, 0, r0, c15, c8, 2
    b   1b

/* void wait_for_interrupt(void) */
    .global wait_for_interrupt
wait_for_interrupt:
    mov r0, #0
    mcr p15, 0, r0, c15, c8, 2
    bx  lr

/* ------------------------------------------------------------------ exceptions */
/*
 * All exceptions end in fault_report(kind, saved registers) and a halt. The registers go to a fixed place, because the stack of
 * the program that failed cannot be trusted: r0-r12, then sp and lr of the interrupted mode, pc, psr.
 */
    .macro exception name, kind, back
\name:
    ldr sp, =fault_registers
    stmia sp, {r0-r12}
    mov r0, #\kind
    sub r1, lr, #\back
    b   exception_common
    .endm

    exception undefined_entry, 0, 4
    exception software_interrupt_entry, 1, 4
    exception prefetch_abort_entry, 2, 4
    exception data_abort_entry, 3, 8
    exception interrupt_entry, 4, 4
    exception fast_interrupt_entry, 5, 4

exception_common:
    ldr r4, =fault_registers
    mrs r2, spsr
    str r1, [r4, #(15 * 4)]
    str r2, [r4, #(16 * 4)]
    mrs r5, cpsr
    and r3, r2, #0x1F
    cmp r3, #0x10                   /* user mode shares its registers with system mode */
    moveq r3, #MODE_SYS
    orr r3, r3, #MASKED
    msr cpsr_c, r3
    str sp, [r4, #(13 * 4)]
    str lr, [r4, #(14 * 4)]
    msr cpsr_c, r5
    ldr sp, =fault_stack_top
    mov r1, r4
    bl  fault_report
    b   halt
