/* Messages that carry many properties at once. */
#ifndef GROUPS_H
#define GROUPS_H

#include <stdbool.h>
#include <stdint.h>

typedef void (*take_property)(uint32_t id, const uint8_t *payload, uint32_t bytes);

/* Calls `take` for each property that the group is known to carry. False when it is no group that we know. */
bool group_take(uint8_t id, bool is_group, const uint8_t *payload, uint32_t bytes, take_property take);

#endif
