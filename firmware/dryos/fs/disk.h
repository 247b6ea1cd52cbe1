/* A card as a row of sectors, whichever slot it sits in. Drivers: sd.c, cf.c; the rest of this room goes through disk.c. */
#ifndef FS_DISK_H
#define FS_DISK_H

#include <stdbool.h>
#include <stdint.h>

#define SECTOR 512u

enum direction { FROM_CARD, TO_CARD };

struct disk {
    const char *name;
    uint32_t sectors;  /* 0 = no card */
    uint32_t identity; /* differs from card to card */
    uint8_t *bounce;   /* for buffers that DMA cannot use */

    /* Finds the card in the slot and sets `sectors` and `identity`; false when there is none. */
    bool (*start)(struct disk *disk);
    /* Moves whole sectors. The buffer is word aligned. */
    bool (*move)(struct disk *disk, enum direction direction, uint32_t sector, uint32_t count, void *buffer);
};

/* The drivers' disks, prepared once at start; 0 where the camera has no such slot. */
struct disk *sd_disk(void);
struct disk *cf_disk(void);

/* False when there is no card. */
bool disk_start(struct disk *disk);

/* Any buffer. A transfer that fails is tried once more after a new start, if the same card is still there. */
bool disk_read(struct disk *disk, uint32_t sector, uint32_t count, void *buffer);
bool disk_write(struct disk *disk, uint32_t sector, uint32_t count, const void *buffer);
/* Writes zeros. */
bool disk_zero(struct disk *disk, uint32_t sector, uint32_t count);

#endif
