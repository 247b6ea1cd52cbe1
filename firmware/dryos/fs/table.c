/*
 * The file allocation table. Changes gather in one cached sector, which goes to all copies of the table before another sector
 * is changed: what is set in a row reaches the card in that row, sector by sector.
 */
#include "volume.h"

#define ENTRY_MASK 0x0FFFFFFFu /* FAT32: the upper four bits are reserved */
#define FIRST_END 0x0FFFFFF8u  /* this and above end a chain */
#define FIRST_END_16 0xFFF8u

static uint32_t entries_per_sector(const struct volume *volume)
{
    return volume->wide ? SECTOR / 4 : SECTOR / 2;
}

static uint32_t table_sector(const struct volume *volume, uint32_t cluster)
{
    return volume->table_start + cluster / entries_per_sector(volume);
}

static uint32_t read_entry(const struct volume *volume, const uint8_t *data, uint32_t index)
{
    if (volume->wide)
        return ((const uint32_t *)data)[index] & ENTRY_MASK;
    uint32_t value = ((const uint16_t *)data)[index];
    return value >= FIRST_END_16 ? TABLE_END : value;
}

static void write_entry(const struct volume *volume, uint8_t *data, uint32_t index, uint32_t value)
{
    if (volume->wide) {
        uint32_t *entry = (uint32_t *)data + index;
        *entry = (*entry & ~ENTRY_MASK) | (value & ENTRY_MASK);
    } else {
        ((uint16_t *)data)[index] = (uint16_t)value;
    }
}

int table_get(struct volume *volume, uint32_t cluster, uint32_t *value)
{
    if (!cluster_exists(volume, cluster))
        return FS_DAMAGED;
    const uint8_t *data = sector_get(volume, table_sector(volume, cluster));
    if (!data)
        return FS_CARD_FAILED;
    *value = read_entry(volume, data, cluster % entries_per_sector(volume));
    return FS_OK;
}

int table_flush(struct volume *volume)
{
    uint32_t sector = volume->changed_table_sector;
    if (!sector)
        return FS_OK;
    const uint8_t *data = sector_get(volume, sector);
    volume->changed_table_sector = 0;
    for (uint32_t copy = 0; copy < volume->tables; copy++) {
        if (!disk_write(volume->disk, sector + copy * volume->table_sectors, 1, data)) {
            volume->mounted = false;
            return FS_CARD_FAILED;
        }
    }
    return FS_OK;
}

int table_set(struct volume *volume, uint32_t cluster, uint32_t value)
{
    if (!cluster_exists(volume, cluster))
        return FS_DAMAGED;
    uint32_t sector = table_sector(volume, cluster);
    if (volume->changed_table_sector != sector) {
        int error = table_flush(volume);
        if (error)
            return error;
    }
    uint8_t *data = sector_get(volume, sector);
    if (!data)
        return FS_CARD_FAILED;
    write_entry(volume, data, cluster % entries_per_sector(volume), value);
    volume->changed_table_sector = sector;
    return FS_OK;
}

int table_next(struct volume *volume, uint32_t cluster, uint32_t *next)
{
    int error = table_get(volume, cluster, next);
    if (error)
        return error;
    if (*next >= FIRST_END)
        *next = NO_CLUSTER;
    else if (!cluster_exists(volume, *next))
        return FS_DAMAGED;
    return FS_OK;
}

static uint32_t find_in_sector(const struct volume *volume, const uint8_t *data, uint32_t index, uint32_t end, bool is_free)
{
    if (volume->wide) {
        while (index < end && ((((const uint32_t *)data)[index] & ENTRY_MASK) == TABLE_FREE) != is_free)
            index++;
    } else {
        while (index < end && (((const uint16_t *)data)[index] == TABLE_FREE) != is_free)
            index++;
    }
    return index;
}

int table_find(struct volume *volume, uint32_t cluster, uint32_t end, bool is_free, uint32_t *found)
{
    uint32_t per_sector = entries_per_sector(volume);
    while (cluster < end) {
        const uint8_t *data = sector_get(volume, table_sector(volume, cluster));
        if (!data)
            return FS_CARD_FAILED;
        uint32_t first = cluster - cluster % per_sector;
        uint32_t limit = end - first < per_sector ? end - first : per_sector;
        uint32_t index = find_in_sector(volume, data, cluster - first, limit, is_free);
        cluster = first + index;
        if (index < limit)
            break;
    }
    *found = cluster;
    return FS_OK;
}
