/* Folders: entries of 32 bytes, in a chain of clusters or in the fixed root of FAT16. */
#ifndef FS_FOLDER_H
#define FS_FOLDER_H

#include "volume.h"

#define SLOTS_PER_SECTOR 16u
#define SLOT_END 0x00
#define SLOT_REMOVED 0xE5
#define UNITS_PER_PART 13u

enum {
    ATTRIBUTE_READ_ONLY = 0x01,
    ATTRIBUTE_LABEL = 0x08,
    ATTRIBUTE_FOLDER = 0x10,
    ATTRIBUTE_ARCHIVE = 0x20,
    ATTRIBUTE_LONG = 0x0F, /* a part of a long name */
    ATTRIBUTE_MASK = 0x3F,
};

/* An entry by 8.3 name. */
struct slot {
    uint8_t name[ALIAS_BYTES];
    uint8_t attributes;
    uint8_t letters; /* letters that are shown small; not used */
    uint8_t made_hundredths;
    uint16_t made_time, made_date;
    uint16_t read_date;
    uint16_t cluster_high;
    uint16_t time, date;
    uint16_t cluster_low;
    uint32_t bytes;
};
_Static_assert(sizeof(struct slot) == 32, "a folder's entry has 32 bytes");

/* A folder is named by its first cluster; NO_CLUSTER is the fixed root of FAT16. */
static inline uint32_t root_folder(const struct volume *volume)
{
    return volume->root_cluster;
}

/* Where a slot lies. */
struct place {
    uint32_t sector, index;
};

/* A way through a folder's slots. */
struct walk {
    uint32_t cluster; /* NO_CLUSTER: the fixed root */
    uint32_t sector;
    uint32_t left;   /* sectors of this cluster or the fixed root from `sector` on */
    uint32_t slot;   /* in the sector; SLOTS_PER_SECTOR = the next sector's first */
    uint32_t passed; /* clusters: a chain in a circle comes to an end */
};

/* An entry that a walk came to; its long name, if any, is in volume->long_name. */
struct found {
    struct slot entry;
    struct place place; /* of the entry by 8.3 name */
    struct walk start;  /* at the first slot, which is a part of the long name if there is one */
    uint32_t slots;     /* in all */
    uint32_t length;    /* of the long name; 0 = none */
};

struct walk walk_from(const struct volume *volume, uint32_t folder);
/* Goes on to the next sector: FS_NOT_FOUND at the folder's end. */
int walk_next_sector(struct volume *volume, struct walk *walk);
/* The slot the walk stands on. */
int walk_slot(struct volume *volume, struct walk *walk, struct slot **slot);

/* The next entry: FS_NOT_FOUND when there is none. Labels are left out. */
int folder_next(struct volume *volume, struct walk *walk, struct found *found);
/* The entry of the wanted name. */
int folder_find(struct volume *volume, uint32_t folder, struct found *found);
/* True if nothing but "." and ".." is in it. */
int folder_is_empty(struct volume *volume, uint32_t folder, bool *empty);

uint32_t slot_cluster(const struct volume *volume, const struct slot *slot);
void slot_set_cluster(struct slot *slot, uint32_t cluster);
bool slot_is_dots(const struct slot *slot);

/* slots.c: changing folders. */
/* Adds an entry under the wanted name; sets entry->name. `place` tells where its slot is. */
int folder_add(struct volume *volume, uint32_t folder, struct slot *entry, struct place *place);
int folder_store(struct volume *volume, const struct place *place, const struct slot *entry);
int folder_remove(struct volume *volume, const struct found *found);
/* Gives an entry the wanted name by one write, if its sector has room: FS_CARD_FULL when it has not. */
int folder_rename_here(struct volume *volume, uint32_t folder, const struct found *found);
/* A cluster with nothing but the two entries every folder begins with. `parent` NO_CLUSTER or the root is written as 0. */
int folder_make(struct volume *volume, uint32_t parent, uint32_t *cluster);
/* Those two entries, in the first two slots of the folder's first sector. */
void folder_put_dots(const struct volume *volume, struct slot *slots, uint32_t cluster, uint32_t parent);

/* heads.c: handing a folder's content from one name to another. */
struct folder_heads {
    uint32_t content;    /* the folder's first cluster */
    uint32_t body;       /* its copy */
    uint32_t old, young; /* first clusters for the two names */
};
int heads_make(struct volume *volume, uint32_t from_folder, uint32_t folder, struct folder_heads *heads);
void heads_unmake(struct volume *volume, const struct folder_heads *heads);
/* The old name's chain begins with the old head, and the copy follows. */
int heads_put_on(struct volume *volume, const struct folder_heads *heads, struct found *old);
/* The copy follows the young head. */
int heads_swap(struct volume *volume, const struct folder_heads *heads);
/* Folders in it learn what is above them. */
int heads_tell_children(struct volume *volume, const struct folder_heads *heads);
/* The old head and what was the first cluster are free. */
int heads_free(struct volume *volume, const struct folder_heads *heads);

#endif
