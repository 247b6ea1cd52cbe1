/* Mounting: partition table or none, boot sector, boot marks; and the file allocation table, 12, 16 or 32 bits wide. */
#include "volume.h"

#define FREE 0u
#define FIRST_CLUSTER 2u
#define BOOT_SIGNATURE 0xAA55u
#define PARTITION_ENTRY 446
#define INFO_FREE_COUNT 488
#define UNKNOWN 0xFFFFFFFFu

struct volume volume;

static uint8_t boot_sector[SECTOR] __attribute__((aligned(4)));
static uint8_t table_sector[SECTOR] __attribute__((aligned(4)));
static uint32_t table_sector_number; /* which sector is in `table_sector`; 0 = none */
static bool table_changed;           /* `table_sector` is newer than the card */
static uint32_t search_from;         /* where the search for a free cluster goes on */

static uint32_t get16(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8;
}

static uint32_t get32(const uint8_t *bytes)
{
    return get16(bytes) | get16(bytes + 2) << 16;
}

static bool load_boot_sector(uint32_t sector)
{
    return volume.card->read(sector, 1, boot_sector);
}

static bool power_of_two(uint32_t value)
{
    return value && (value & (value - 1)) == 0;
}

/* A FAT boot sector: a jump, 512-byte sectors, a sane cluster size, one or two tables. */
static bool looks_like_fat(void)
{
    bool jump = boot_sector[0] == 0xEB || boot_sector[0] == 0xE9;
    return jump && get16(boot_sector + 510) == BOOT_SIGNATURE && get16(boot_sector + 11) == SECTOR
        && power_of_two(boot_sector[13]) && get16(boot_sector + 14) != 0
        && (boot_sector[16] == 1 || boot_sector[16] == 2);
}

static uint32_t shift_of(uint32_t power)
{
    uint32_t shift = 0;
    while (power >>= 1)
        shift++;
    return shift;
}

static bool describe(uint32_t start)
{
    uint32_t total = get16(boot_sector + 19) ? get16(boot_sector + 19) : get32(boot_sector + 32);
    uint32_t table_sectors = get16(boot_sector + 22);
    bool fat32 = table_sectors == 0;
    volume.cluster_sectors = boot_sector[13];
    volume.cluster_shift = shift_of(volume.cluster_sectors);
    volume.tables = boot_sector[16];
    volume.table_start = start + get16(boot_sector + 14);
    volume.table_sectors = fat32 ? get32(boot_sector + 36) : table_sectors;
    volume.root_start = volume.table_start + volume.tables * volume.table_sectors;
    volume.root_sectors = (get16(boot_sector + 17) * 32 + SECTOR - 1) / SECTOR;
    volume.data_start = volume.root_start + volume.root_sectors;
    uint32_t used = volume.data_start - start;
    if (used >= total || start >= volume.card->sectors || total > volume.card->sectors - start)
        return false;
    volume.clusters = (total - used) >> volume.cluster_shift;
    volume.bits = fat32 ? 32 : volume.clusters < 4085 ? 12 : 16;
    volume.root_cluster = fat32 ? get32(boot_sector + 44) : CLUSTER_NONE;
    volume.info_sector = fat32 && get16(boot_sector + 48) != 0xFFFF ? start + get16(boot_sector + 48) : 0;
    return true;
}

bool volume_mount(const struct card *card)
{
    volume = (struct volume){ .card = card };
    table_sector_number = 0;
    table_changed = false;
    search_from = FIRST_CLUSTER;
    if (!load_boot_sector(0))
        return false;
    if (looks_like_fat())
        return describe(0);
    if (get16(boot_sector + 510) != BOOT_SIGNATURE || boot_sector[PARTITION_ENTRY + 4] == 0)
        return false;
    uint32_t start = get32(boot_sector + PARTITION_ENTRY + 8);
    return start != 0 && start < card->sectors && load_boot_sector(start) && looks_like_fat() && describe(start);
}

bool volume_bootable(void)
{
    uint32_t develop = volume.bits == 32 ? 0x47 : 0x2B;
    uint32_t bootdisk = volume.bits == 32 ? 0x5C : 0x40;
    return memcmp(boot_sector + develop, "EOS_DEVELOP", 11) == 0 && memcmp(boot_sector + bootdisk, "BOOTDISK", 8) == 0;
}

uint32_t cluster_sector(uint32_t cluster)
{
    return volume.data_start + ((cluster - FIRST_CLUSTER) << volume.cluster_shift);
}

static bool valid(uint32_t cluster)
{
    return cluster >= FIRST_CLUSTER && cluster < volume.clusters + FIRST_CLUSTER;
}

bool table_flush(void)
{
    for (uint32_t copy = 0; table_changed && copy < volume.tables; copy++) {
        if (!volume.card->write(table_sector_number + copy * volume.table_sectors, 1, table_sector))
            return false;
    }
    table_changed = false;
    return true;
}

static bool load_table(uint32_t index)
{
    uint32_t number = volume.table_start + index;
    if (index >= volume.table_sectors)
        return false;
    if (table_sector_number == number)
        return true;
    if (!table_flush())
        return false;
    table_sector_number = 0;
    if (!volume.card->read(number, 1, table_sector))
        return false;
    table_sector_number = number;
    return true;
}

static bool table_byte(uint32_t offset, uint8_t *value)
{
    if (!load_table(offset / SECTOR))
        return false;
    *value = table_sector[offset % SECTOR];
    return true;
}

static bool set_table_byte(uint32_t offset, uint8_t value, uint8_t mask)
{
    if (!load_table(offset / SECTOR))
        return false;
    uint8_t *byte = &table_sector[offset % SECTOR];
    *byte = (uint8_t)((*byte & ~mask) | (value & mask));
    table_changed = true;
    return true;
}

/* Where a cluster's entry begins; 12-bit entries share a byte with their neighbour. */
static uint32_t entry_offset(uint32_t cluster)
{
    return volume.bits == 12 ? cluster + cluster / 2 : cluster * (volume.bits / 8);
}

static bool get_entry(uint32_t cluster, uint32_t *value)
{
    uint32_t offset = entry_offset(cluster);
    if (volume.bits == 12) {
        uint8_t low, high;
        if (!table_byte(offset, &low) || !table_byte(offset + 1, &high))
            return false;
        uint32_t pair = low | (uint32_t)high << 8;
        *value = cluster & 1 ? pair >> 4 : pair & 0xFFF;
        return true;
    }
    if (!load_table(offset / SECTOR))
        return false;
    const uint8_t *bytes = table_sector + offset % SECTOR;
    *value = volume.bits == 16 ? get16(bytes) : get32(bytes) & 0x0FFFFFFF;
    return true;
}

static bool set_entry12(uint32_t offset, bool odd, uint32_t value)
{
    if (odd)
        return set_table_byte(offset, (uint8_t)(value << 4), 0xF0) && set_table_byte(offset + 1, (uint8_t)(value >> 4), 0xFF);
    return set_table_byte(offset, (uint8_t)value, 0xFF) && set_table_byte(offset + 1, (uint8_t)(value >> 8), 0x0F);
}

static bool cluster_link(uint32_t cluster, uint32_t next)
{
    uint32_t offset = entry_offset(cluster);
    if (volume.bits == 12)
        return set_entry12(offset, cluster & 1, next & 0xFFF);
    if (!load_table(offset / SECTOR))
        return false;
    uint8_t *bytes = table_sector + offset % SECTOR;
    bytes[0] = (uint8_t)next;
    bytes[1] = (uint8_t)(next >> 8);
    if (volume.bits == 32) { /* the upper four bits are reserved: keep them */
        bytes[2] = (uint8_t)(next >> 16);
        bytes[3] = (uint8_t)((bytes[3] & 0xF0) | (next >> 24 & 0x0F));
    }
    table_changed = true;
    return true;
}

uint32_t cluster_next(uint32_t cluster)
{
    uint32_t next;
    return valid(cluster) && get_entry(cluster, &next) && valid(next) ? next : CLUSTER_NONE;
}

bool cluster_release_chain(uint32_t first)
{
    while (valid(first)) {
        uint32_t next = cluster_next(first);
        if (!cluster_link(first, FREE))
            return false;
        if (first < search_from)
            search_from = first;
        first = next;
    }
    return true;
}

/* The hints of a FAT32 volume are no longer true once a cluster is taken: say "unknown". */
static void forget_hints(void)
{
    if (volume.info_sector && volume.card->read(volume.info_sector, 1, boot_sector)) {
        memset(boot_sector + INFO_FREE_COUNT, UNKNOWN, 8);
        volume.card->write(volume.info_sector, 1, boot_sector);
    }
    volume.info_sector = 0;
}

uint32_t cluster_take(uint32_t last)
{
    forget_hints();
    for (uint32_t cluster = search_from; valid(cluster); cluster++) {
        uint32_t value;
        if (!get_entry(cluster, &value))
            return CLUSTER_NONE;
        if (value != FREE)
            continue;
        search_from = cluster + 1;
        bool linked = cluster_link(cluster, 0x0FFFFFFF) && (last == CLUSTER_NONE || cluster_link(last, cluster));
        return linked ? cluster : CLUSTER_NONE;
    }
    return CLUSTER_NONE;
}
