/* Folders of the mounted volume: entries by 8.3 name. Long names are skipped: every file also has a short one. */
#ifndef FOLDER_H
#define FOLDER_H

#include "volume.h"

#define ENTRY_BYTES 32
#define ENTRIES_PER_SECTOR (SECTOR / ENTRY_BYTES)
#define NAME_BYTES 11
#define ATTRIBUTE_FOLDER 0x10
#define ATTRIBUTE_ARCHIVE 0x20

struct entry {
    uint8_t name[NAME_BYTES];
    uint8_t attributes;
    uint8_t reserved[8];
    uint16_t cluster_high;
    uint16_t time, date;
    uint16_t cluster_low;
    uint32_t bytes;
};
_Static_assert(sizeof(struct entry) == ENTRY_BYTES, "a directory entry has 32 bytes");

/* Where an entry lies. */
struct place {
    uint32_t sector;
    uint32_t index;
};

/* The sector that was looked at last. */
extern struct entry entries[ENTRIES_PER_SECTOR];

uint32_t root_folder(void);
uint32_t entry_cluster(const struct entry *entry);
void set_cluster(struct entry *entry, uint32_t cluster);
void fill_entry(struct entry *entry, const uint8_t *name, uint8_t attributes, uint32_t cluster);

/* Takes the first part of a path into the padded form of a folder; returns what follows, NULL on a bad name. */
const char *take_name(const char *path, uint8_t *name);

/* Finds a name in a folder. FILE_OK: `place` tells where, and the entry is in `entries[place.index]`. */
int folder_find(uint32_t folder, const uint8_t *name, struct place *place);
int folder_add(uint32_t folder, const struct entry *entry, struct place *place);
int folder_store(const struct place *place, const struct entry *entry);
/* `cluster` gets the first cluster of the new folder. */
int folder_make(uint32_t parent, const uint8_t *name, uint32_t *cluster);

#endif
