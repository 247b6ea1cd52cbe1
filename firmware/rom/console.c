/*
 * The console: every character goes to the UART (a real camera's test pad) and to the print-char register, which only
 * emulators have. Reference: interrupts-timers-uart.md section 4, boot-and-memory.md section 8.10.
 */
#include "rom.h"

#define UART_TRANSMIT 0xC0800000u
#define UART_STATUS 0xC0800014u
#define UART_READY 2u
#define PRINT_CHAR 0xC0123400u
#define READY_POLLS 100000

struct sink {
    char *out; /* NULL: the console */
    uint32_t room, written;
};

static void console_char(char c)
{
    for (int polls = READY_POLLS; polls && !(reg_read(UART_STATUS) & UART_READY); polls--)
        ;
    reg_write(UART_TRANSMIT, (uint8_t)c);
    reg_write(PRINT_CHAR, (uint8_t)c);
}

static void put(struct sink *sink, char c)
{
    if (!sink->out)
        console_char(c);
    else if (sink->written < sink->room)
        sink->out[sink->written] = c;
    sink->written++;
}

static void put_text(struct sink *sink, const char *text)
{
    while (*text)
        put(sink, *text++);
}

/* Divides by 10 by multiplication: exact for all 32-bit values, and needs no library. */
static uint32_t tenth(uint32_t value)
{
    return (uint32_t)(((uint64_t)value * 0xCCCCCCCDu) >> 35);
}

struct number {
    uint32_t value;
    bool hex, upper;
    char pad;
    int width;
};

static void put_number(struct sink *sink, struct number n)
{
    char digits[12];
    int count = 0;
    const char *letters = n.upper ? "0123456789ABCDEF" : "0123456789abcdef";
    do {
        uint32_t rest = n.hex ? n.value >> 4 : tenth(n.value);
        digits[count++] = letters[n.value - rest * (n.hex ? 16 : 10)];
        n.value = rest;
    } while (n.value);
    for (int i = count; i < n.width; i++)
        put(sink, n.pad);
    while (count)
        put(sink, digits[--count]);
}

static void put_signed(struct sink *sink, struct number n)
{
    if ((int32_t)n.value < 0) {
        put(sink, '-');
        n.value = -n.value;
    }
    put_number(sink, n);
}

/* One conversion; `format` points behind the per cent sign. Returns where the text goes on. */
static const char *convert(struct sink *sink, const char *format, va_list *arguments)
{
    struct number n = { .pad = ' ' };
    if (*format == '0')
        n.pad = *format++;
    while (*format >= '0' && *format <= '9')
        n.width = n.width * 10 + (*format++ - '0');
    char kind = *format ? *format++ : '%';
    if (kind == 's') {
        put_text(sink, va_arg(*arguments, const char *));
    } else if (kind == '%') {
        put(sink, '%');
    } else {
        n.value = va_arg(*arguments, uint32_t);
        n.upper = kind == 'X';
        n.hex = n.upper || kind == 'x';
        if (kind == 'c')
            put(sink, (char)n.value);
        else if (kind == 'd')
            put_signed(sink, n);
        else
            put_number(sink, n);
    }
    return format;
}

static void format_to(struct sink *sink, const char *format, va_list *arguments)
{
    while (*format) {
        char c = *format++;
        if (c == '%')
            format = convert(sink, format, arguments);
        else
            put(sink, c);
    }
}

void vprint(const char *format, va_list arguments)
{
    struct sink sink = { 0 };
    va_list copy;
    va_copy(copy, arguments);
    format_to(&sink, format, &copy);
    va_end(copy);
}

void print(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vprint(format, arguments);
    va_end(arguments);
}

uint32_t format_text(char *out, uint32_t capacity, const char *format, ...)
{
    struct sink sink = { .out = out, .room = capacity - 1 };
    va_list arguments;
    va_start(arguments, format);
    format_to(&sink, format, &arguments);
    va_end(arguments);
    uint32_t length = sink.written < sink.room ? sink.written : sink.room;
    out[length] = 0;
    return length;
}
