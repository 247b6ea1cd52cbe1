/* The console: the UART (reference interrupts-timers-uart.md section 4), and what is said there. */
#include "console.h"

#include "kernel/debug.h"
#include "kernel/interrupt.h"
#include "kernel/offer.h"
#include "kernel/record.h"
#include "kernel/registers.h"

#define UART_TRANSMIT 0xC0800000u
#define UART_STATUS 0xC0800014u
#define UART_READY 2u
#define READY_POLLS 100000
#define LINE_BYTES 256u

static void put(char c)
{
    for (int polls = READY_POLLS; polls && !(reg_read(UART_STATUS) & UART_READY); polls--)
        ;
    reg_write(UART_TRANSMIT, (uint8_t)c);
}

/* As one piece: nobody else's text comes in between. */
void console_write(const char *text)
{
    uint32_t saved = interrupts_mask();
    while (*text)
        put(*text++);
    interrupts_restore(saved);
}

void print(const char *format, ...)
{
    char line[LINE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vformat_text(line, sizeof line, format, arguments);
    va_end(arguments);
    console_write(line);
}

/* Text that already ends its line keeps one end only. */
void console_say(const char *text)
{
    const char *end = text;
    while (*end)
        end++;
    const char *who = in_interrupt() ? "interrupt" : task_self_name();
    print("[%s] %s%s", who, text, end > text && end[-1] == '\n' ? "" : "\n");
}

void log_line(const char *format, ...)
{
    char line[LINE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vformat_text(line, sizeof line, format, arguments);
    va_end(arguments);
    console_say(line);
}
