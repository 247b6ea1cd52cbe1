/* What the parts of the host build share. */
#ifndef HOST_HOST_H
#define HOST_HOST_H

#include <stdint.h>

/* Ends the program with status 3: the tool itself has a problem. */
void give_up(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
/* Ends the program with status 1: the file system did something wrong. */
void wrong(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* kernel.c: blocks of the kernel's heap that were not given back. */
int heap_blocks(void);
/* Lets no more than this many blocks be allocated. */
void heap_limit(int blocks);

#endif
