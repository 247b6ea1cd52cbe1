/* A mounted FAT volume: clusters and the table that chains them (volume.c). Files and folders: file.c. */
#ifndef VOLUME_H
#define VOLUME_H

#include "rom.h"

#define CLUSTER_NONE 0u

struct volume {
    const struct card *card;
    uint32_t bits; /* 12, 16 or 32 */
    uint32_t cluster_sectors, cluster_shift; /* sectors per cluster, and its logarithm */
    uint32_t clusters;
    uint32_t table_start, table_sectors, tables;
    uint32_t root_start, root_sectors; /* FAT12/16: the root folder's fixed place */
    uint32_t root_cluster;             /* FAT32 */
    uint32_t data_start;
    uint32_t info_sector; /* FAT32: free-space hints, 0 if none */
};

extern struct volume volume;

/* A cluster's successor, or CLUSTER_NONE at the end of the chain or on a damaged table. */
uint32_t cluster_next(uint32_t cluster);
uint32_t cluster_sector(uint32_t cluster);
bool cluster_release_chain(uint32_t first);
/* Takes a free cluster, marks it as an end, and hangs it behind `last` unless that is CLUSTER_NONE. */
uint32_t cluster_take(uint32_t last);
/* Changes of the table are kept in memory; this brings them to the card. */
bool table_flush(void);

#endif
