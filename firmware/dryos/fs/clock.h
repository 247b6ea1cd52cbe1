/* The time that files get. */
#ifndef FS_CLOCK_H
#define FS_CLOCK_H

#include <stdint.h>

struct slot;

/* Sets when an entry was made, changed and read to now. */
void slot_stamp(struct slot *slot);
/* Sets when it was changed to now. */
void slot_touch(struct slot *slot);
/* Seconds from 1970 to a FAT date and time. */
uint32_t seconds_since_1970(uint16_t date, uint16_t time);

#endif
