/* A small cache of the volume's table and folders. It holds nothing back but one sector of the table, see table.c. */
#include "kernel/memory.h"
#include "volume.h"

bool cache_open(struct volume *volume)
{
    struct cached_sector *cache = volume->cache;
    if (!cache[0].data) {
        uint8_t *memory = dma_alloc(CACHED_SECTORS * SECTOR);
        for (uint32_t i = 0; memory && i < CACHED_SECTORS; i++)
            cache[i].data = memory + i * SECTOR;
    }
    for (uint32_t i = 0; i < CACHED_SECTORS; i++)
        cache[i].sector = cache[i].used = 0;
    volume->cache_uses = 0;
    volume->changed_table_sector = 0;
    return cache[0].data != NULL;
}

static struct cached_sector *find(struct volume *volume, uint32_t sector)
{
    if (volume->cache[volume->cache_last].sector == sector)
        return &volume->cache[volume->cache_last];
    for (uint32_t i = 0; i < CACHED_SECTORS; i++) {
        if (volume->cache[i].sector == sector)
            return &volume->cache[i];
    }
    return NULL;
}

/* The one not used for longest; never the one that is newer than the card. */
static struct cached_sector *oldest(struct volume *volume)
{
    struct cached_sector *oldest = NULL;
    for (uint32_t i = 0; i < CACHED_SECTORS; i++) {
        struct cached_sector *cached = &volume->cache[i];
        bool changed = cached->sector && cached->sector == volume->changed_table_sector;
        if (!changed && (!oldest || cached->used < oldest->used))
            oldest = cached;
    }
    return oldest;
}

static uint8_t *use(struct volume *volume, struct cached_sector *cached)
{
    cached->used = ++volume->cache_uses;
    volume->cache_last = (uint32_t)(cached - volume->cache);
    return cached->data;
}

uint8_t *sector_get(struct volume *volume, uint32_t sector)
{
    struct cached_sector *cached = find(volume, sector);
    if (cached)
        return use(volume, cached);
    cached = oldest(volume);
    cached->sector = 0;
    if (!disk_read(volume->disk, sector, 1, cached->data)) {
        volume->mounted = false;
        return NULL;
    }
    cached->sector = sector;
    return use(volume, cached);
}

uint8_t *sector_blank(struct volume *volume, uint32_t sector)
{
    struct cached_sector *cached = find(volume, sector);
    if (!cached)
        cached = oldest(volume);
    cached->sector = sector;
    memset(cached->data, 0, SECTOR);
    return use(volume, cached);
}

int sector_put(struct volume *volume, uint32_t sector)
{
    int error = table_flush(volume);
    if (error)
        return error;
    struct cached_sector *cached = find(volume, sector);
    if (cached && disk_write(volume->disk, sector, 1, cached->data))
        return FS_OK;
    volume->mounted = false;
    return FS_CARD_FAILED;
}

void sectors_forget_folders(struct volume *volume)
{
    for (uint32_t i = 0; i < CACHED_SECTORS; i++) {
        if (volume->cache[i].sector >= volume->data_start)
            volume->cache[i].sector = volume->cache[i].used = 0;
    }
}
