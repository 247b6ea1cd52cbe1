/* Loaded at 00800000; copies itself to where Magic Lantern runs on this camera, and goes on there. */
    .syntax unified
    .arm
    .section .start, "ax"
    .global _start
_start:
    msr cpsr_c, #0xD3
    adr r0, _start
    ldr r1, =image_start
    ldr r2, =image_end
1:  cmp r1, r2
    ldrlo r3, [r0], #4
    strlo r3, [r1], #4
    blo 1b
    ldr r1, =bss_start
    ldr r2, =bss_end
    mov r3, #0
2:  cmp r1, r2
    strlo r3, [r1], #4
    blo 2b
    mov r0, #0
    mcr p15, 0, r0, c7, c5, 0
    ldr sp, =0x00780000
    ldr pc, =boot
    .ltorg
