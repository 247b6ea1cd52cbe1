/* A card in memory whose power fails after a given number of sector writes. */
#ifndef HOST_CARD_H
#define HOST_CARD_H

#include <stdbool.h>
#include <stdint.h>

#define NEVER UINT64_MAX

/* Loads the image. The card is in the slot. */
void card_load(const char *path);
/* Brings what was written since the last call to the image's file. */
void card_save(void);
/* Undoes in the file what was saved since the mark. */
void card_mark(void);
void card_unsave(void);

/* Takes the card out of the slot or puts it back. */
void card_insert(bool inserted);
/* A sector's content, for whoever wants to damage it. */
uint8_t *card_bytes(uint32_t sector);
uint32_t card_sectors(void);

/* The power fails before the write with this number, counted from 0 from now on. */
void card_fail_after(uint64_t writes);
bool card_has_failed(void);
/* Power again. */
void card_restart(void);
/* Sectors written since card_fail_after, whether the power failed or not. */
uint64_t card_writes(void);
/* All commands since the start: what a transfer costs does not depend on its length. */
uint64_t card_commands(void);

#endif
