/* State objects, as Magic Lantern reads and hooks them. */
#ifndef STATE_H
#define STATE_H

#include <stdint.h>

struct state_object;
typedef int (*state_action)(struct state_object *self, void *x, uint32_t input, void *z, void *t);

struct state_transition {
    uint32_t next;
    state_action action; /* 0 = nothing to do */
};

/* 32 bytes; ML compares the type's text, and replaces `transition` of all objects by one function of its own. */
struct state_object {
    const char *type, *name;
    uint32_t auto_sequence;
    state_action transition;
    const struct state_transition *matrix; /* [input][state] */
    uint32_t inputs, states, current;
};
_Static_assert(sizeof(struct state_object) == 32, "as ML has it");

/* Makes the object known at the word of the camera's table; 0: the camera has none. */
void state_object_publish(uint32_t word, struct state_object *object);

/* Feeds an input in, through whatever hook there is. */
int state_object_input(struct state_object *object, uint32_t input);

/* The one transition function: takes the next state, does the action. */
int state_transition(struct state_object *self, void *x, uint32_t input, void *z, void *t);

#define STATE_OBJECT_TYPE "StateObject"

#endif
