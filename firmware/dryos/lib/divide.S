/* __aeabi_uldivmod(value r0:r1, by r2:r3) -> quotient r0:r1, remainder r2:r3; and the 64-bit count of leading zeros. */
    .syntax unified
    .arm
    .text
    .global __aeabi_uldivmod
__aeabi_uldivmod:
    push {r4, lr}
    sub sp, sp, #16
    add r4, sp, #8
    str r4, [sp]
    bl divide_long
    ldr r2, [sp, #8]
    ldr r3, [sp, #12]
    add sp, sp, #16
    pop {r4, pc}

    .global __clzdi2
__clzdi2:
    cmp r1, #0
    clzne r0, r1
    clzeq r0, r0
    addeq r0, r0, #32
    bx lr

    .global __aeabi_llsl
__aeabi_llsl:
    subs r3, r2, #32
    rsb ip, r2, #32
    lslmi r1, r1, r2
    lslpl r1, r0, r3
    orrmi r1, r1, r0, lsr ip
    lsl r0, r0, r2
    bx lr

    .global __aeabi_llsr
__aeabi_llsr:
    subs r3, r2, #32
    rsb ip, r2, #32
    lsrmi r0, r0, r2
    lsrpl r0, r1, r3
    orrmi r0, r0, r1, lsl ip
    lsr r1, r1, r2
    bx lr

    .global __aeabi_idiv0, __aeabi_ldiv0
__aeabi_idiv0:
__aeabi_ldiv0:
    bx lr
