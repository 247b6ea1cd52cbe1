/* The words at the start of an image that tell it what to do; whoever loads the image may change the last two. */
#ifndef HEADER_H
#define HEADER_H

#include <stdint.h>

#define EVERY_KERNEL 0xFFFFFFFFu

struct image_header {
    uint32_t branch; /* to the start-up code, in ARM state */
    uint32_t magic;  /* "DRKN" */
    uint32_t rounds;
    uint32_t kernel; /* number, or EVERY_KERNEL */
};

extern const volatile struct image_header image_header;

#endif
