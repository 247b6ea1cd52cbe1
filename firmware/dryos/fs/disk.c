/* What both kinds of cards have in common: bounds, buffers that DMA cannot use, a second try. */
#include "disk.h"

#include "kernel/debug.h"
#include "kernel/memory.h"

#define BOUNCE_SECTORS 32u

bool disk_start(struct disk *disk)
{
    disk->sectors = 0;
    if (!disk->bounce)
        disk->bounce = dma_alloc(BOUNCE_SECTORS * SECTOR);
    return disk->bounce && disk->start(disk) && disk->sectors;
}

/* Starts a card that failed; false when it is gone or another one took its place. */
static bool start_again(struct disk *disk)
{
    uint32_t identity = disk->identity, sectors = disk->sectors;
    return disk_start(disk) && disk->identity == identity && disk->sectors == sectors;
}

static bool move_twice(struct disk *disk, enum direction direction, uint32_t sector, uint32_t count, void *buffer)
{
    if (disk->move(disk, direction, sector, count, buffer))
        return true;
    log_line("[FS] %s: %s of %u sectors at %u failed", disk->name, direction == TO_CARD ? "write" : "read",
             (unsigned)count, (unsigned)sector);
    if (start_again(disk) && disk->move(disk, direction, sector, count, buffer))
        return true;
    disk->sectors = 0;
    return false;
}

static bool move_through_bounce(struct disk *disk, enum direction direction, uint32_t sector, uint32_t count, uint8_t *buffer)
{
    while (count) {
        uint32_t part = count < BOUNCE_SECTORS ? count : BOUNCE_SECTORS;
        if (direction == TO_CARD)
            memcpy(disk->bounce, buffer, part * SECTOR);
        if (!move_twice(disk, direction, sector, part, disk->bounce))
            return false;
        if (direction == FROM_CARD)
            memcpy(buffer, disk->bounce, part * SECTOR);
        sector += part;
        count -= part;
        buffer += part * SECTOR;
    }
    return true;
}

static bool move(struct disk *disk, enum direction direction, uint32_t sector, uint32_t count, void *buffer)
{
    if (sector >= disk->sectors || count > disk->sectors - sector)
        return false;
    if ((uintptr_t)buffer & 3)
        return move_through_bounce(disk, direction, sector, count, buffer);
    return move_twice(disk, direction, sector, count, buffer);
}

bool disk_read(struct disk *disk, uint32_t sector, uint32_t count, void *buffer)
{
    return move(disk, FROM_CARD, sector, count, buffer);
}

bool disk_write(struct disk *disk, uint32_t sector, uint32_t count, const void *buffer)
{
    return move(disk, TO_CARD, sector, count, (void *)(uintptr_t)buffer);
}

bool disk_zero(struct disk *disk, uint32_t sector, uint32_t count)
{
    memset(disk->bounce, 0, BOUNCE_SECTORS * SECTOR);
    while (count) {
        uint32_t part = count < BOUNCE_SECTORS ? count : BOUNCE_SECTORS;
        if (!move(disk, TO_CARD, sector, part, disk->bounce))
            return false;
        sector += part;
        count -= part;
    }
    return true;
}
