/* Names: UTF-8 outside, 8.3 and UTF-16 on the card. */
#ifndef FS_NAME_H
#define FS_NAME_H

#include "volume.h"

static inline bool is_one_of(const char *these, uint32_t character)
{
    while (*these && (uint8_t)*these != character)
        these++;
    return *these;
}

/*
 * Takes the first part of a path (up to '/', '\' or its end) as a wanted name. Returns what follows the separators, or 0 when
 * it is no name that FAT can hold.
 */
const char *name_take(struct wanted_name *wanted, const char *path);

/* True if UTF-16 names are equal but for case. */
bool name_equal(const uint16_t *left, const uint16_t *right, uint32_t length);

/* Text of a long name, cut at a character's border to fit; false if it did not fit. */
bool name_text(char *out, uint32_t capacity, const uint16_t *units, uint32_t length);

/* Text of a padded 8.3 name, at most 13 bytes with the zero. */
void alias_text(char *out, const uint8_t *alias);

/* True if the long name is the 8.3 name in other letters. */
bool alias_says(const uint8_t *alias, const uint16_t *units, uint32_t length);

/* The 8.3 form a long name starts from, without number; `lossy` tells that something was left out or replaced. */
void alias_base(uint8_t *alias, const uint16_t *units, uint32_t length, bool *lossy);

/* Puts ~NUMBER at the end of the base part. */
void alias_number(uint8_t *alias, const uint8_t *base, uint32_t number);

/* choose.c: the 8.3 form of the wanted name that no entry of the folder has. */
int alias_choose(struct volume *volume, uint32_t folder, uint8_t *alias);

/* The checksum that ties the parts of a long name to its 8.3 entry. */
uint8_t alias_sum(const uint8_t *alias);

#endif
