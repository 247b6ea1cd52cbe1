/* Between the rooms of the kernel: text for the console. */
#ifndef CONSOLE_H
#define CONSOLE_H

void console_write(const char *text);

/* A line of the running task. */
void console_say(const char *text);

#endif
