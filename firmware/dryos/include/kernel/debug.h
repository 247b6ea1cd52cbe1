/*
 * What the firmware says: log lines on the UART, formatted text, assertions, calls that we do not offer.
 */
#ifndef KERNEL_DEBUG_H
#define KERNEL_DEBUG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

/* C99 subset: d i u x X p c s %, width, precision, flags - 0 * + space, l h z. Returns the length without the final zero. */
int format_text(char *out, uint32_t capacity, const char *format, ...);
int vformat_text(char *out, uint32_t capacity, const char *format, va_list arguments);

/* One line on the UART: "[task] text". The end of line is added. Any context. */
void log_line(const char *format, ...);

/* Text as it is, for the shell. */
void print(const char *format, ...);

/* Debug messages that are kept: the number of the oldest, and a message as text. False: no message has this number any more or yet. */
#define DEBUG_LINE_BYTES 160u
uint32_t debug_messages_first(void);
bool debug_message(uint32_t number, char *line, uint32_t capacity);

/* As the firmware of a camera reports a broken assumption: the handler at the camera's assert pointer may be ML's. */
void assert_failed(const char *condition, const char *file, int line);
#define ASSERT(condition) ((condition) ? (void)0 : assert_failed(#condition, __FILE_NAME__, __LINE__))

/*
 * Something was asked that this firmware does not offer. Logged at the first time and at every power of ten after, as
 * `[missing] NAME caller=XXXXXXXX count=N`; the shell's `missing` lists all. Use it for options and unknown ids, too.
 */
void missing(const char *name, uint32_t caller);
#define MISSING(name) missing(name, (uint32_t)__builtin_return_address(0))

#endif
