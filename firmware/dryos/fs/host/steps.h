/* Doing steps and expecting their outcome; see torture.h. */
#ifndef HOST_STEPS_H
#define HOST_STEPS_H

#include "torture.h"

#define LONGEST_WRITE 400000u

bool will_work(const struct step *step);
/* A write of which `bytes` went to the card. */
void expect_write(struct use *use, const struct step *step, uint32_t bytes);

#endif
