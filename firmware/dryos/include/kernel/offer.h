/*
 * How a file of the firmware offers something to the rest, without a list that all have to edit.
 *
 * STUB(name)        the function that Magic Lantern calls as `name`. Where a camera has it at an address (cameras/, lines
 *                   `stub NAME ADDRESS`), the build puts a jump there. A listed name that nobody offers leads to missing().
 * STUB_IS(name, f)  the same, for a function that exists already.
 * NAMED_CALL        a function that call("Name", ...) finds.
 * SHELL_COMMAND     a command of the shell on the UART.
 * AT_START(step, f) f() runs once in the init task; steps run in order, in one step the order is by file name.
 */
#ifndef KERNEL_OFFER_H
#define KERNEL_OFFER_H

#include <stdint.h>

#define STUB(name) __attribute__((used)) stub_##name
#define STUB_IS(name, function) extern __typeof__(function) stub_##name __attribute__((alias(#function), used))

struct named_call {
    const char *name;
    int (*function)(uint32_t a, uint32_t b, uint32_t c);
};
#define NAMED_CALL(text, function) \
    static const struct named_call call_##function __attribute__((used, section(".calls"))) = {text, function}

/* `words` are the line's words, the first is the command itself. */
struct shell_command {
    const char *name;
    const char *help;
    void (*run)(int count, char *words[]);
};
#define SHELL_COMMAND(text, function, help) \
    static const struct shell_command command_##function __attribute__((used, section(".commands"))) = {text, help, function}

/* START_DEVICES: registers and handlers. START_SERVICES: tasks that serve others (files, properties). START_APPLICATIONS: GUI. */
#define START_DEVICES 1
#define START_SERVICES 2
#define START_APPLICATIONS 3
#define AT_START(step, function) AT_START_(step, function)
#define AT_START_(step, function) \
    static void (*const start_##function)(void) __attribute__((used, section(".start." #step))) = function

#endif
