/* Mounting: partition table or none, boot sector, the volume's measures. */
#include "kernel/debug.h"
#include "kernel/memory.h"
#include "volume.h"

#define BOOT_SIGNATURE 0xAA55u
#define PARTITIONS 446
#define PARTITION_BYTES 16
#define LEAST_FAT16_CLUSTERS 4085u
#define INFO_SIGNATURE 0x61417272u

static uint32_t get16(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8;
}

static uint32_t get32(const uint8_t *bytes)
{
    return get16(bytes) | get16(bytes + 2) << 16;
}

static uint32_t shift_of(uint32_t power)
{
    uint32_t shift = 0;
    while (power >>= 1)
        shift++;
    return shift;
}

/* A FAT boot sector: a jump, 512-byte sectors, a sane cluster size, one or two tables. */
static bool is_boot_sector(const uint8_t *boot)
{
    uint32_t cluster = boot[13];
    return (boot[0] == 0xEB || boot[0] == 0xE9) && get16(boot + 510) == BOOT_SIGNATURE && get16(boot + 11) == SECTOR
        && cluster && (cluster & (cluster - 1)) == 0 && get16(boot + 14) && (boot[16] == 1 || boot[16] == 2);
}

/* FAT32 may have only one of its tables in use (flags at 40). */
static void place_tables(struct volume *volume, const uint8_t *boot)
{
    uint32_t flags = volume->wide ? get16(boot + 40) : 0;
    volume->tables = boot[16];
    if (flags & 0x80) {
        volume->table_start += (flags & 0xF) * volume->table_sectors;
        volume->tables = 1;
    }
}

static void place_areas(struct volume *volume, uint32_t start, const uint8_t *boot)
{
    volume->wide = get16(boot + 22) == 0;
    volume->table_sectors = volume->wide ? get32(boot + 36) : get16(boot + 22);
    volume->table_start = start + get16(boot + 14);
    volume->root_start = volume->table_start + boot[16] * volume->table_sectors;
    volume->root_sectors = volume->wide ? 0 : (get16(boot + 17) * 32 + SECTOR - 1) / SECTOR;
    volume->data_start = volume->root_start + volume->root_sectors;
    volume->root_cluster = volume->wide ? get32(boot + 44) : NO_CLUSTER;
    uint32_t info = get16(boot + 48);
    volume->info_sector = volume->wide && info && info != 0xFFFF ? start + info : 0;
    place_tables(volume, boot);
}

static int measure(struct volume *volume, uint32_t start, const uint8_t *boot)
{
    uint32_t total = get16(boot + 19) ? get16(boot + 19) : get32(boot + 32);
    volume->cluster_sectors = boot[13];
    volume->cluster_shift = shift_of(boot[13]);
    place_areas(volume, start, boot);
    uint32_t used = volume->data_start - start;
    if (used >= total || total > volume->disk->sectors - start)
        return FS_NO_CARD;
    volume->clusters = (total - used) >> volume->cluster_shift;
    uint32_t least = volume->wide ? 1 : LEAST_FAT16_CLUSTERS; /* small FAT32 volumes exist, and others read them */
    uint64_t entries = (uint64_t)volume->table_sectors * (volume->wide ? SECTOR / 4 : SECTOR / 2);
    if (volume->clusters < least || volume->clusters + FIRST_CLUSTER > entries)
        return FS_NO_CARD;
    return volume->wide && !cluster_exists(volume, volume->root_cluster) ? FS_NO_CARD : FS_OK;
}

static bool is_fat_partition(uint32_t type)
{
    return type == 0x04 || type == 0x06 || type == 0x0B || type == 0x0C || type == 0x0E;
}

/* The first FAT partition of the table in `boot`; 0 when there is none. */
static uint32_t partition_start(const struct volume *volume, const uint8_t *boot)
{
    for (uint32_t i = 0; get16(boot + 510) == BOOT_SIGNATURE && i < 4; i++) {
        const uint8_t *entry = boot + PARTITIONS + i * PARTITION_BYTES;
        uint32_t start = get32(entry + 8);
        if (is_fat_partition(entry[4]) && start && start < volume->disk->sectors)
            return start;
    }
    return 0;
}

static int find_volume(struct volume *volume, uint8_t *boot)
{
    uint32_t start = 0;
    if (!disk_read(volume->disk, 0, 1, boot))
        return FS_CARD_FAILED;
    if (!is_boot_sector(boot)) {
        start = partition_start(volume, boot);
        if (!start)
            return FS_NO_CARD;
        if (!disk_read(volume->disk, start, 1, boot))
            return FS_CARD_FAILED;
    }
    return is_boot_sector(boot) ? measure(volume, start, boot) : FS_NO_CARD;
}

/* What a FAT32 volume says of its free clusters, if it may be believed. */
static int read_info(struct volume *volume)
{
    volume->free_clusters = UNKNOWN;
    volume->search_from = FIRST_CLUSTER;
    volume->info_told = false;
    if (!volume->info_sector)
        return FS_OK;
    const uint8_t *info = sector_get(volume, volume->info_sector);
    if (!info)
        return FS_CARD_FAILED;
    if (get32(info + 484) != INFO_SIGNATURE) {
        volume->info_sector = 0;
        return FS_OK;
    }
    uint32_t free_clusters = get32(info + 488), next = get32(info + 492);
    volume->info_told = free_clusters != UNKNOWN;
    if (free_clusters <= volume->clusters)
        volume->free_clusters = free_clusters;
    if (cluster_exists(volume, next))
        volume->search_from = next;
    return FS_OK;
}

uint32_t cluster_sector(const struct volume *volume, uint32_t cluster)
{
    return volume->data_start + ((cluster - FIRST_CLUSTER) << volume->cluster_shift);
}

int volume_mount(struct volume *volume)
{
    if (!cache_open(volume))
        return FS_NO_MEMORY;
    if (!disk_start(volume->disk))
        return FS_NO_CARD;
    int error = find_volume(volume, volume->cache[0].data);
    if (!error)
        error = read_info(volume);
    volume->mounted = error == FS_OK;
    volume->mounts++;
    volume->nodes = NULL; /* those of an earlier mount are dead; their handles still own them */
    if (error)
        log_line("[FS] %s card: no FAT16 or FAT32 volume", volume->disk->name);
    else
        log_line("[FS] %c: %s card, FAT%d, %u clusters of %u bytes", volume->letter, volume->disk->name,
                 volume->wide ? 32 : 16, (unsigned)volume->clusters, (unsigned)cluster_bytes(volume));
    return error;
}
