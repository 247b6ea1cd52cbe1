/* A FAT12 volume in memory: made, filled with folders and files, then walked and read along its chains. */
#include "kernels.h"
#include "lib.h"

enum {
    SECTOR = 512,
    SECTORS = 160,
    FAT_AT = 1,
    FAT_SECTORS = 1,
    ROOT_AT = FAT_AT + FAT_SECTORS,
    ROOT_ENTRIES = 32,
    DATA_AT = ROOT_AT + ROOT_ENTRIES * 32 / SECTOR,
    CLUSTERS = SECTORS - DATA_AT,
    END = 0xFFF,
    FOLDER = 0x10,
};

static uint8_t volume[SECTORS * SECTOR];

static uint32_t get16(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8;
}

static void put16(uint8_t *p, uint32_t x)
{
    p[0] = (uint8_t)x;
    p[1] = (uint8_t)(x >> 8);
}

static void put32(uint8_t *p, uint32_t x)
{
    put16(p, x & 0xFFFF);
    put16(p + 2, x >> 16);
}

static uint8_t *cluster_bytes(uint32_t cluster)
{
    return volume + (DATA_AT + cluster - 2) * SECTOR;
}

/* Entries are twelve bits: an even one starts at a byte, an odd one in the middle of one. */
static uint32_t next_cluster(uint32_t cluster)
{
    uint32_t pair = get16(volume + FAT_AT * SECTOR + cluster * 3 / 2);
    return cluster & 1 ? pair >> 4 : pair & 0xFFF;
}

static void set_next(uint32_t cluster, uint32_t next)
{
    uint8_t *p = volume + FAT_AT * SECTOR + cluster * 3 / 2;
    uint32_t pair = get16(p);
    put16(p, cluster & 1 ? (pair & 0xF) | next << 4 : (pair & 0xF000) | next);
}

/* The first free cluster from `from` on, searched round the volume; 0 when it is full. */
static uint32_t free_cluster(uint32_t from)
{
    for (uint32_t i = 0; i < CLUSTERS; i++) {
        uint32_t cluster = 2 + (from + i) % CLUSTERS;
        if (next_cluster(cluster) == 0)
            return cluster;
    }
    return 0;
}

static void make_volume(void)
{
    mem_set(volume, 0, sizeof volume);
    mem_copy(volume + 3, "DARKROOM", 8);
    put16(volume + 11, SECTOR);
    volume[13] = 1;
    put16(volume + 14, FAT_AT);
    volume[16] = 1;
    put16(volume + 17, ROOT_ENTRIES);
    put16(volume + 19, SECTORS);
    put16(volume + 22, FAT_SECTORS);
    put16(volume + 510, 0xAA55);
    set_next(0, 0xFF8);
    set_next(1, END);
}

static uint8_t *free_entry(uint8_t *folder, int entries)
{
    for (int i = 0; i < entries; i++, folder += 32)
        if (folder[0] == 0 || folder[0] == 0xE5)
            return folder;
    return NULL;
}

static void write_entry(uint8_t *entry, const char *name, uint32_t attributes, uint32_t cluster, uint32_t size)
{
    mem_copy(entry, name, 11);
    entry[11] = (uint8_t)attributes;
    put16(entry + 26, cluster);
    put32(entry + 28, size);
}

/* Stores a file cluster by cluster, wherever there is room; gives 0 when the volume is full. */
static uint32_t write_chain(struct random *r, uint32_t size)
{
    uint32_t first = 0, last = 0;
    for (uint32_t done = 0; done < size; done += SECTOR) {
        uint32_t cluster = free_cluster(random_next(r) % CLUSTERS);
        if (!cluster)
            break;
        mem_set(cluster_bytes(cluster), (int)(cluster ^ size), SECTOR);
        if (last)
            set_next(last, cluster);
        else
            first = cluster;
        set_next(cluster, END);
        last = cluster;
    }
    return first;
}

static void fill_folder(struct random *r, uint8_t *folder, int entries, int depth)
{
    char name[16];
    for (int i = 0; i < 5; i++) {
        uint32_t size = random_next(r) % 3000;
        format(name, sizeof name, "IMG_%04uCR2", (unsigned)(random_next(r) % 10000));
        uint8_t *entry = free_entry(folder, entries);
        if (entry)
            write_entry(entry, name, 0x20, write_chain(r, size), size);
    }
    for (int i = 0; depth && i < 2; i++) {
        uint32_t cluster = write_chain(r, 1);
        uint8_t *entry = free_entry(folder, entries);
        if (!cluster || !entry)
            return;
        format(name, sizeof name, "%03uCANON   ", (unsigned)(100 + depth * 2 + i));
        mem_set(cluster_bytes(cluster), 0, SECTOR);
        write_entry(entry, name, FOLDER, cluster, 0);
        fill_folder(r, cluster_bytes(cluster), SECTOR / 32, depth - 1);
    }
}

static uint32_t read_chain(uint32_t sum, uint32_t cluster, uint32_t size)
{
    for (; cluster >= 2 && cluster < 0xFF0 && size; cluster = next_cluster(cluster)) {
        uint32_t part = size < SECTOR ? size : SECTOR;
        const uint8_t *bytes = cluster_bytes(cluster);
        uint32_t total = 0;
        for (uint32_t i = 0; i < part; i++)
            total += bytes[i];
        sum = mix(sum, total);
        size -= part;
    }
    return sum;
}

static uint32_t walk(uint32_t sum, const uint8_t *folder, int entries)
{
    for (int i = 0; i < entries && folder[0]; i++, folder += 32) {
        if (folder[0] == 0xE5)
            continue;
        uint32_t cluster = get16(folder + 26);
        sum = mix_bytes(sum, folder, 12);
        if (folder[11] & FOLDER)
            sum = walk(sum, cluster_bytes(cluster), SECTOR / 32);
        else
            sum = read_chain(sum, cluster, get16(folder + 28) | get16(folder + 30) << 16);
    }
    return sum;
}

/* Deletes every second file of a folder: frees its chain, marks its entry. */
static void delete_some(uint8_t *folder, int entries)
{
    for (int i = 0; i < entries && folder[0]; i++, folder += 32) {
        if (folder[11] & FOLDER || i & 1)
            continue;
        for (uint32_t cluster = get16(folder + 26), next; cluster >= 2 && cluster < 0xFF0; cluster = next) {
            next = next_cluster(cluster);
            set_next(cluster, 0);
        }
        folder[0] = 0xE5;
    }
}

uint32_t fat_kernel(uint32_t rounds)
{
    uint8_t *root = volume + ROOT_AT * SECTOR;
    uint32_t sum = 0;
    for (uint32_t round = 0; round < rounds; round++) {
        struct random r = random_for(round, 0xFA12);
        make_volume();
        fill_folder(&r, root, ROOT_ENTRIES, 2);
        for (int i = 0; i < 3; i++)
            sum = walk(sum, root, ROOT_ENTRIES);
        delete_some(root, ROOT_ENTRIES);
        fill_folder(&r, root, ROOT_ENTRIES, 0);
        sum = walk(sum, root, ROOT_ENTRIES);
    }
    return sum;
}
