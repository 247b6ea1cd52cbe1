/* One transition function for all state objects: ML takes the first one it sees for everybody's. */
#include "state.h"

#include "kernel/debug.h"

int state_transition(struct state_object *self, void *x, uint32_t input, void *z, void *t)
{
    if (input >= self->inputs || self->current >= self->states) {
        log_line("%s: input %u in state %u is unknown", self->name, (unsigned)input, (unsigned)self->current);
        return -1;
    }
    const struct state_transition *step = &self->matrix[input * self->states + self->current];
    self->current = step->next;
    return step->action ? step->action(self, x, input, z, t) : 0;
}

void state_object_publish(uint32_t word, struct state_object *object)
{
    if (word)
        *(struct state_object **)word = object;
}

int state_object_input(struct state_object *object, uint32_t input)
{
    return object->transition(object, 0, input, 0, 0);
}
