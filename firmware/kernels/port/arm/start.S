/* The image's header, and what must happen before C runs. Entered in ARM state with translation and protection off. */
    .syntax unified
    .arm
    .section .start, "ax"
    .global image_header, _start
    .type _start, %function
_start:
image_header:
    b       reset
    .ascii  "DRKN"
    .word   1
    .word   0xFFFFFFFF

reset:
    ldr     sp, =stack_top
#ifdef __ARM_FP
    /* Full access to coprocessors 10 and 11, then the unit's own switch. */
    mrc     p15, 0, r0, c1, c0, 2
    orr     r0, r0, #0xF << 20
    mcr     p15, 0, r0, c1, c0, 2
    mov     r0, #0
    mcr     p15, 0, r0, c7, c5, 4
    mov     r0, #1 << 30
    vmsr    fpexc, r0
    mov     r0, #0
    vmsr    fpscr, r0
#endif
    ldr     r0, =bss_start
    ldr     r1, =bss_end
    mov     r2, #0
1:  cmp     r0, r1
    strlo   r2, [r0], #4
    blo     1b
    ldr     r0, =guest_main
    blx     r0
    /* Semihosting SYS_EXIT, ADP_Stopped_ApplicationExit. */
    mov     r0, #0x18
    ldr     r1, =0x20026
    svc     0x123456
2:  b       2b
    .ltorg
