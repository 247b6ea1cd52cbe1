/* What is tried besides the torture; see main.c. */
#ifndef HOST_CASES_H
#define HOST_CASES_H

#include <stdint.h>

#include "fs/fio.h"
#include "fs/fs.h"
#include "host.h"

void cases(void);
void name_cases(void);
void trouble_cases(void);
void large_file(void);
void damage(uint64_t seed, uint32_t steps);

/* Ends with a message unless it holds. */
#define EXPECT(condition) ((condition) ? (void)0 : wrong("%s:%d: %s", __FILE__, __LINE__, #condition))

/* A file with `bytes` bytes, each `value`. */
void make(const char *path, uint32_t bytes, uint8_t value);
/* True if the file is there with just that. */
int has(const char *path, uint32_t bytes, uint8_t value);
/* How many entries a folder has, without "." and ".."; -1 if it is none. */
int entries(const char *path);

#endif
