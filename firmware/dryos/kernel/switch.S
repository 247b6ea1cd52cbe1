/*
 * Changing tasks. A task that does not run lies as a `struct context` on its own stack: cpsr, r0-r12, lr, pc.
 */
    .syntax unified
    .arm

#define CONTEXT_BYTES 0x40
#define CONTEXT_LR 0x38
#define CONTEXT_PC 0x3C
#define MODE_SVC_MASKED 0xD3

    .section .text.switch, "ax"

/* void switch_now(void): interrupts are masked, and are again when it returns. */
    .global switch_now
switch_now:
    sub sp, sp, #CONTEXT_BYTES
    str lr, [sp, #CONTEXT_LR]
    str lr, [sp, #CONTEXT_PC]
    add lr, sp, #4
    stmia lr, {r0-r12}
    mrs r0, cpsr
    str r0, [sp]
    mov r0, sp
    bl switch_tasks

/* void resume(struct context *) */
    .global resume
resume:
    mov sp, r0
    ldr r0, [sp], #4
    msr spsr_cxsf, r0
    ldmia sp!, {r0-r12, lr, pc}^

/*
 * The interrupt's entry. The context goes to the stack of the interrupted task; handlers run in SVC mode on a stack of their own,
 * with interrupts masked.
 */
    .global interrupt_entry
interrupt_entry:
    sub lr, lr, #4
    ldr sp, =interrupt_scratch
    stmia sp, {r0, lr}
    mrs r0, spsr
    str r0, [sp, #8]
    mov r0, sp
    msr cpsr_c, #MODE_SVC_MASKED
    sub sp, sp, #CONTEXT_BYTES
    str lr, [sp, #CONTEXT_LR]
    add lr, sp, #8
    stmia lr, {r1-r12}
    ldmia r0, {r1-r3}               /* r0, pc, cpsr of the interrupted code */
    str r3, [sp]
    str r1, [sp, #4]
    str r2, [sp, #CONTEXT_PC]
    mov r0, sp
    ldr sp, =interrupt_stack_top
    bl interrupt_serve
    b resume

/* uint32_t interrupts_mask(void) */
    .global interrupts_mask
interrupts_mask:
    mrs r0, cpsr
    orr r1, r0, #0x80
    msr cpsr_c, r1
    bx lr

/* void interrupts_restore(uint32_t saved) */
    .global interrupts_restore
interrupts_restore:
    mrs r1, cpsr
    bic r1, r1, #0x80
    and r0, r0, #0x80
    orr r0, r0, r1
    msr cpsr_c, r0
    bx lr

/* void wait_for_interrupt(void) */
    .global wait_for_interrupt
wait_for_interrupt:
    mov r0, #0
    mcr p15, 0, r0, c15, c8, 2
    bx lr

/* void use_low_vectors(void): exceptions go to address 0 instead of the boot ROM. */
    .global use_low_vectors
use_low_vectors:
    mrc p15, 0, r0, c1, c0, 0
    bic r0, r0, #0x2000
    mcr p15, 0, r0, c1, c0, 0
    bx lr

/*
 * Where a listed stub leads that nobody offers: ip points at its name, lr at the caller. Returns 0.
 */
    .global missing_stub
missing_stub:
    push {r4, lr}
    mov r0, ip
    mov r1, lr
    bl missing
    mov r0, #0
    pop {r4, pc}

/* Copied to address 0. */
    .section .rodata.vectors, "a"
    .balign 4
    .global low_vectors
low_vectors:
    .rept 8
    ldr pc, [pc, #0x18]
    .endr
    .word fault_reset, fault_undefined, fault_software, fault_prefetch, fault_data, fault_reset, interrupt_entry, fault_fast

/* ------------------------------------------------------------------ exceptions other than IRQ */
    .section .text.fault, "ax"
    .macro fault name, kind, back
\name:
    ldr sp, =fault_registers
    stmia sp, {r0-r12}
    mov r0, #\kind
    sub r1, lr, #\back
    b fault_common
    .endm

    fault fault_undefined, 0, 4
    fault fault_software, 1, 4
    fault fault_prefetch, 2, 4
    fault fault_data, 3, 8
    fault fault_fast, 4, 4

/* No exception, but a jump to address 0 (or 14), as a call through a null pointer makes it: r12 is lost, the caller is in lr. */
fault_reset:
    msr cpsr_c, #MODE_SVC_MASKED
    ldr ip, =fault_registers
    stmia ip, {r0-r12, sp, lr}
    sub r0, lr, #4
    mrs r1, cpsr
    str r0, [ip, #(15 * 4)]
    str r1, [ip, #(16 * 4)]
    ldr sp, =interrupt_stack_top
    mov r0, #5
    mov r1, ip
    bl fault_report
1:  b 1b

fault_common:
    ldr r4, =fault_registers
    mrs r2, spsr
    str r1, [r4, #(15 * 4)]
    str r2, [r4, #(16 * 4)]
    and r3, r2, #0x1F
    orr r3, r3, #0xC0
    mrs r5, cpsr
    msr cpsr_c, r3
    str sp, [r4, #(13 * 4)]
    str lr, [r4, #(14 * 4)]
    msr cpsr_c, r5
    ldr sp, =interrupt_stack_top
    mov r1, r4
    bl fault_report
1:  b 1b

    .section .noinit, "aw", %nobits
    .balign 8
interrupt_scratch:
    .space 16
    .space 0x2000
interrupt_stack_top:
    .space 0x1000
    .global start_stack_top
start_stack_top:
    .global fault_registers
fault_registers:
    .space 17 * 4
