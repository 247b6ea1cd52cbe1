/* Who is told of properties. */
#ifndef SLAVES_H
#define SLAVES_H

#include <stdbool.h>
#include <stdint.h>

struct slave;

/* ML's handler: (id, its private word, value, bytes). Ends with an acknowledgement by token and id. */
typedef void *(*slave_handler)(uint32_t id, void *private, void *data, uint32_t bytes);

/* 0 when there is no memory. `ids` is copied. The slave is its own token. */
struct slave *slave_add(const uint32_t *ids, uint32_t count, slave_handler handler, void *private);
void slave_remove(struct slave *slave);

/* Queues a delivery to all slaves of the id; with `wait`, returns when they have dealt with it. False when it could not be. */
bool deliver(uint32_t id, const void *data, uint32_t bytes);
bool deliver_and_wait(uint32_t id, const void *data, uint32_t bytes, uint32_t timeout_ms);

/* Queues the present value of each of its ids for one slave. */
bool deliver_present(struct slave *slave);

#endif
