/*
 * Memory suites: lists of chunks of memory, as Magic Lantern looks into them (reference open-firmware.md section 3.4). The list's
 * pointers lead from field `previous` to field `previous`, and to the suite's `last` at either end.
 */
#ifndef SUITE_H
#define SUITE_H

#include <stdint.h>

struct chunk_link {
    struct chunk_link *previous, *next;
};

struct suite {
    const char *signature;
    uint32_t bytes;
    uint32_t chunks;
    struct chunk_link list; /* previous: the last chunk, next: the first */
    uint32_t type;
};

struct chunk {
    const char *signature;
    struct chunk_link link;
    uint32_t bytes, remaining;
    void *heap;
    void *address;
    uint32_t handle;
    void (*free)(void *address);
    uint32_t type;
};

struct suite *suite_new(uint32_t type);
void suite_add(struct suite *suite, struct chunk *chunk);
void suite_delete(struct suite *suite); /* with its chunks, not with the memory they stand for */
struct chunk *chunk_new(void *address, uint32_t bytes, uint32_t type);
struct chunk *suite_first(struct suite *suite);
struct chunk *suite_after(struct suite *suite, struct chunk *chunk);

#endif
