/*
 * A mounted FAT16 or FAT32 volume, and what its parts offer each other. Whoever calls holds the volume's lock.
 *
 * Order of writes. A loss of power stops the row of sector writes anywhere; a sector is written whole or not at all. At each
 * point what is on the card must make sense to whoever reads it next, so:
 *   1. a cluster is marked taken, in all copies of the table, before anything on the card points at it;
 *   2. a chain is made from its end to its beginning, and freed from its beginning to its end;
 *   3. a folder's entry is changed, added or removed by one sector write, which is what makes an operation happen;
 *   4. clusters are freed after the write that made them unused.
 * So the worst that is left behind are clusters that nobody owns, or that a file owns behind its end.
 */
#ifndef FS_VOLUME_H
#define FS_VOLUME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "disk.h"
#include "fs/fs.h"

#define NO_CLUSTER 0u
#define FIRST_CLUSTER 2u
#define CACHED_SECTORS 16u
#define LONGEST_NAME 255u /* UTF-16 units */
#define ALIAS_BYTES 11u

/* A row of clusters that follow each other on the card. */
struct run {
    uint32_t first, count;
};

/* A sector of the table or of a folder, kept in memory. */
struct cached_sector {
    uint32_t sector; /* 0 = nothing: sector 0 is never cached */
    uint32_t used;   /* when, in uses of the cache */
    uint8_t *data;
};

/* A name asked for, in the forms that a folder knows. */
struct wanted_name {
    uint16_t units[LONGEST_NAME + 1];
    uint32_t length;
    uint8_t alias[ALIAS_BYTES]; /* padded 8.3 form, if `short_form` */
    bool short_form;
};

#define RUNS_AT_ONCE 32u

struct node;

struct volume {
    char letter;
    struct disk *disk;
    struct lock *lock;
    bool mounted;
    uint32_t mounts; /* counts; what was opened in an earlier one is dead */

    bool wide; /* FAT32, else FAT16 */
    uint32_t cluster_sectors, cluster_shift;
    uint32_t clusters;
    uint32_t table_start, table_sectors;
    uint32_t tables; /* copies to write, from table_start on */
    uint32_t root_start, root_sectors; /* FAT16: the root folder's fixed place */
    uint32_t root_cluster;             /* FAT32 */
    uint32_t data_start;
    uint32_t info_sector; /* FAT32: the sector with the count of free clusters, 0 if none */
    bool info_told;       /* that sector holds a number now */

    uint32_t free_clusters; /* UNKNOWN until counted */
    uint32_t search_from;   /* where the search for free clusters goes on */

    struct cached_sector cache[CACHED_SECTORS];
    uint32_t cache_uses, cache_last;
    uint32_t changed_table_sector; /* cached, newer than the card; 0 = none */

    struct node *nodes; /* open files */

    /* Scratch, so that callers need little stack. */
    struct wanted_name wanted;
    uint16_t long_name[LONGEST_NAME + 1]; /* of the entry that a walk found last */
    struct run runs[RUNS_AT_ONCE];
};

#define UNKNOWN 0xFFFFFFFFu

/* mount.c */
int volume_mount(struct volume *volume);
uint32_t cluster_sector(const struct volume *volume, uint32_t cluster);
static inline uint32_t cluster_bytes(const struct volume *volume)
{
    return volume->cluster_sectors * SECTOR;
}
static inline bool cluster_exists(const struct volume *volume, uint32_t cluster)
{
    return cluster >= FIRST_CLUSTER && cluster - FIRST_CLUSTER < volume->clusters;
}

/* sectors.c: pointers into the cache are good until the CACHED_SECTORS-th other sector is asked for. */
uint8_t *sector_get(struct volume *volume, uint32_t sector);   /* 0 when it cannot be read */
uint8_t *sector_blank(struct volume *volume, uint32_t sector); /* zeros; the card still has what it had */
int sector_put(struct volume *volume, uint32_t sector);        /* what is cached goes to the card, after the table */
void sectors_forget_folders(struct volume *volume);            /* for a cluster that is no folder any more */
bool cache_open(struct volume *volume);

/* table.c */
int table_get(struct volume *volume, uint32_t cluster, uint32_t *value);
int table_set(struct volume *volume, uint32_t cluster, uint32_t value);
int table_flush(struct volume *volume);
/* What follows a cluster; NO_CLUSTER at the end of its chain. */
int table_next(struct volume *volume, uint32_t cluster, uint32_t *next);
/* First cluster from `cluster` on, before `end`, that is free (or is not); `end` when there is none. */
int table_find(struct volume *volume, uint32_t cluster, uint32_t end, bool is_free, uint32_t *found);
#define TABLE_FREE 0u
#define TABLE_END 0x0FFFFFFFu

/* space.c */
int space_count(struct volume *volume);
int space_tell(struct volume *volume);
/*
 * Takes up to `count` clusters, marked as a chain with an end, and hangs them behind `last` unless that is NO_CLUSTER. `first`
 * gets the first of them; the result is how many there are, or an error. Fewer than asked for does not mean a full card.
 */
int space_extend(struct volume *volume, uint32_t last, uint32_t count, uint32_t *first);
/* Takes these two, which are free and whose places in the table are in one sector, as chains of one. */
int space_take_two(struct volume *volume, uint32_t first, uint32_t second);
int space_free_chain(struct volume *volume, uint32_t first);

#endif
