/* Entry of every sample build: the ROM's stack is kept, zeroed data cleared, then main(), which may return to a halt. */
    .syntax unified
    .arm
    .section .start, "ax"
    .global _start
_start:
    ldr r0, =bss_start
    ldr r1, =bss_end
    mov r2, #0
1:  cmp r0, r1
    strlo r2, [r0], #4
    blo 1b
    bl  main
2:  mov r0, #0
    mcr p15, 0, r0, c15, c8, 2      /* wait for interrupt */
    b   2b
    .ltorg
