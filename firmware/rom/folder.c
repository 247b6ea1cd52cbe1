/* Folders: walking their sectors, finding, adding and changing entries, making new ones (folder.h). */
#include "folder.h"

#define ENTRY_END 0x00
#define ENTRY_DELETED 0xE5
#define ATTRIBUTE_LABEL 0x08 /* also set in the parts of a long name */

/* Every file gets the same date, 2026-01-01 12:00: the same run writes the same bytes. */
#define DATE ((2026 - 1980) << 9 | 1 << 5 | 1)
#define TIME (12 << 11)

/* A walk over a folder's sectors. */
struct walk {
    uint32_t cluster; /* CLUSTER_NONE: the fixed root folder */
    uint32_t index;   /* sector inside the cluster or the fixed root */
    uint32_t steps;   /* clusters passed: a chain that runs in a circle ends the walk */
};

struct entry entries[ENTRIES_PER_SECTOR] __attribute__((aligned(4)));

uint32_t root_folder(void)
{
    return volume.root_cluster;
}

uint32_t entry_cluster(const struct entry *entry)
{
    return entry->cluster_low | (volume.bits == 32 ? (uint32_t)entry->cluster_high << 16 : 0);
}

/* The sector the walk stands on; 0 when the folder has ended. */
static uint32_t walk_sector(struct walk *walk)
{
    if (walk->cluster == CLUSTER_NONE)
        return walk->index < volume.root_sectors ? volume.root_start + walk->index : 0;
    if (walk->index == volume.cluster_sectors) {
        uint32_t next = cluster_next(walk->cluster);
        if (next == CLUSTER_NONE || ++walk->steps > volume.clusters)
            return 0;
        walk->cluster = next;
        walk->index = 0;
    }
    return cluster_sector(walk->cluster) + walk->index;
}

static bool same_name(const struct entry *entry, const uint8_t *name)
{
    return !(entry->attributes & ATTRIBUTE_LABEL) && memcmp(entry->name, name, NAME_BYTES) == 0;
}

int folder_find(uint32_t folder, const uint8_t *name, struct place *place)
{
    struct walk walk = { .cluster = folder };
    uint32_t sector;
    while ((sector = walk_sector(&walk)) != 0) {
        if (!volume.card->read(sector, 1, entries))
            return FILE_READ_ERROR;
        for (uint32_t i = 0; i < ENTRIES_PER_SECTOR; i++) {
            if (entries[i].name[0] == ENTRY_END)
                return FILE_NOT_FOUND;
            if (same_name(&entries[i], name)) {
                *place = (struct place){ sector, i };
                return FILE_OK;
            }
        }
        walk.index++;
    }
    return FILE_NOT_FOUND;
}

static bool allowed(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '~';
}

const char *take_name(const char *path, uint8_t *name)
{
    memset(name, ' ', NAME_BYTES);
    uint32_t at = 0, end = 8;
    for (; *path && *path != '/'; path++) {
        if (*path == '.' && end == 8 && at > 0) {
            at = 8;
            end = NAME_BYTES;
        } else if (allowed(*path) && at < end) {
            name[at++] = (uint8_t)*path;
        } else {
            return 0;
        }
    }
    if (at == 0)
        return 0;
    return *path == '/' ? path + 1 : path;
}

static bool write_sector_zero(uint32_t sector)
{
    memset(entries, 0, SECTOR);
    return volume.card->write(sector, 1, entries);
}

static bool clear_cluster(uint32_t cluster)
{
    for (uint32_t i = 0; i < volume.cluster_sectors; i++) {
        if (!write_sector_zero(cluster_sector(cluster) + i))
            return false;
    }
    return true;
}

/* Makes a folder one cluster longer. */
static int grow_folder(uint32_t last)
{
    if (last == CLUSTER_NONE)
        return FILE_CARD_FULL; /* the fixed root cannot grow */
    uint32_t cluster = cluster_take(last);
    if (cluster == CLUSTER_NONE)
        return FILE_CARD_FULL;
    return clear_cluster(cluster) ? FILE_OK : FILE_WRITE_ERROR;
}

/* Finds a place for a new entry; its sector is then in `entries`. */
static int find_free(uint32_t folder, struct place *place)
{
    struct walk walk = { .cluster = folder };
    for (;;) {
        uint32_t sector = walk_sector(&walk);
        if (sector == 0) {
            int error = grow_folder(walk.cluster);
            if (error)
                return error;
            continue;
        }
        if (!volume.card->read(sector, 1, entries))
            return FILE_READ_ERROR;
        for (uint32_t i = 0; i < ENTRIES_PER_SECTOR; i++) {
            if (entries[i].name[0] == ENTRY_END || entries[i].name[0] == ENTRY_DELETED) {
                *place = (struct place){ sector, i };
                return FILE_OK;
            }
        }
        walk.index++;
    }
}

void set_cluster(struct entry *entry, uint32_t cluster)
{
    entry->cluster_low = (uint16_t)cluster;
    entry->cluster_high = (uint16_t)(volume.bits == 32 ? cluster >> 16 : 0);
}

void fill_entry(struct entry *entry, const uint8_t *name, uint8_t attributes, uint32_t cluster)
{
    memset(entry, 0, sizeof *entry);
    memcpy(entry->name, name, NAME_BYTES);
    entry->attributes = attributes;
    entry->date = DATE;
    entry->time = TIME;
    set_cluster(entry, cluster);
}

/* Loads the sector of a place, puts the entry there, stores the sector. */
int folder_store(const struct place *place, const struct entry *entry)
{
    if (!volume.card->read(place->sector, 1, entries))
        return FILE_READ_ERROR;
    entries[place->index] = *entry;
    return volume.card->write(place->sector, 1, entries) ? FILE_OK : FILE_WRITE_ERROR;
}

int folder_add(uint32_t folder, const struct entry *entry, struct place *place)
{
    int error = find_free(folder, place);
    return error ? error : folder_store(place, entry);
}

/* A folder's own first entries: itself and its parent (0 for the root, also on FAT32). */
static int write_dots(uint32_t cluster, uint32_t parent)
{
    static const uint8_t here[NAME_BYTES] = ".          ", above[NAME_BYTES] = "..         ";
    memset(entries, 0, sizeof entries);
    fill_entry(&entries[0], here, ATTRIBUTE_FOLDER, cluster);
    fill_entry(&entries[1], above, ATTRIBUTE_FOLDER, parent == root_folder() ? 0 : parent);
    return volume.card->write(cluster_sector(cluster), 1, entries) ? FILE_OK : FILE_WRITE_ERROR;
}

int folder_make(uint32_t parent, const uint8_t *name, uint32_t *cluster)
{
    *cluster = cluster_take(CLUSTER_NONE);
    if (*cluster == CLUSTER_NONE)
        return FILE_CARD_FULL;
    if (!clear_cluster(*cluster))
        return FILE_WRITE_ERROR;
    int error = write_dots(*cluster, parent);
    if (error)
        return error;
    struct entry entry;
    struct place place;
    fill_entry(&entry, name, ATTRIBUTE_FOLDER, *cluster);
    return folder_add(parent, &entry, &place);
}
