/* Interrupts: masking, and handlers per interrupt id. */
#ifndef KERNEL_INTERRUPT_H
#define KERNEL_INTERRUPT_H

#include <stdbool.h>
#include <stdint.h>

/* Masks IRQs; hand the result to interrupts_restore. Nests. Keep it short. */
uint32_t interrupts_mask(void);
void interrupts_restore(uint32_t saved);

/* Handlers run with interrupts masked, on the interrupt stack; the id is enabled again when the handler returns. */
typedef void (*interrupt_handler)(uint32_t id, void *argument);

/* Sets the handler of an id (1..1FF) and enables it. The name shows in the shell's list. */
void interrupt_attach(uint32_t id, const char *name, interrupt_handler handler, void *argument);
void interrupt_detach(uint32_t id);

/* True in a handler (the nesting level word is not zero). */
bool in_interrupt(void);

#endif
