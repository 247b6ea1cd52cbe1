/* One step of the torture: what to do, and what should come of it. */
#ifndef HOST_TORTURE_H
#define HOST_TORTURE_H

#include "model.h"

enum action {
    CREATE, OPEN, WRITE, READ, SEEK, CLOSE, FLUSH, TRUNCATE, REMOVE, MAKE_FOLDER, REMOVE_FOLDER, RENAME, LIST, SIZE, SYNC, REMOUNT,
};

struct step {
    enum action action;
    char path[LONGEST_PATH], to[LONGEST_PATH];
    uint32_t use;   /* which handle */
    uint32_t flags; /* of an open */
    uint32_t bytes; /* to write, to read, to seek to */
    uint32_t seed;  /* of what is written */
};

/* torture.c: all of it. */
void torture(uint64_t seed, uint32_t steps, uint32_t cuts);
/* random.c: the same seed gives the same row. */
void random_seed(uint64_t seed);
uint32_t random_below(uint32_t limit);
void random_bytes(uint32_t seed, uint8_t *out, uint32_t bytes);
/* plan.c */
void plan_step(struct step *step);
const char *step_text(const struct step *step);
/* carry_out.c: does it and compares with the model. */
void carry_out(const struct step *step);
/* Only does it: for a card that will fail. */
void only_do(const struct step *step);
/* Changes the model as the step should, if all goes well. */
void expect(const struct step *step);
/* True if the step may be seen half done: then these may be on the card, too. */
void print_extra(const struct step *step);

#endif
