/* Where the values are. */
#ifndef STORE_H
#define STORE_H

#include "mpu/properties.h"

struct property {
    uint32_t id;
    uint32_t bytes;
    uint32_t wire_bytes; /* payload of its message, 0 = not known */
    uint32_t asked_ms;   /* when we last asked the MPU to change it */
    uint32_t awaited;    /* answers to that which have not come */
    uint8_t *data;       /* 0 = nobody has given a value */
};

/* The record of an id, made if need be; 0 when there is no room. */
struct property *store_find(uint32_t id);

/* Copies the value in. False when there is no room. `changed`: it differs from the value before. */
bool store_put(struct property *property, const void *data, uint32_t bytes, bool *changed);

#endif
