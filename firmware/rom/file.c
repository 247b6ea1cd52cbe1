/* Files and folders by 8.3 name: find, read, write. Long names are skipped: every file also has a short one. */
#include "volume.h"

#define ENTRY_BYTES 32
#define ENTRIES_PER_SECTOR (SECTOR / ENTRY_BYTES)
#define NAME_BYTES 11
#define ENTRY_END 0x00
#define ENTRY_DELETED 0xE5
#define ATTRIBUTE_LABEL 0x08 /* also set in the parts of a long name */
#define ATTRIBUTE_FOLDER 0x10
#define ATTRIBUTE_ARCHIVE 0x20

/* Every file gets the same date, 2026-01-01 12:00: the same run writes the same bytes. */
#define DATE ((2026 - 1980) << 9 | 1 << 5 | 1)
#define TIME (12 << 11)

struct entry {
    uint8_t name[NAME_BYTES];
    uint8_t attributes;
    uint8_t reserved[8];
    uint16_t cluster_high;
    uint16_t time, date;
    uint16_t cluster_low;
    uint32_t bytes;
};
_Static_assert(sizeof(struct entry) == ENTRY_BYTES, "a directory entry has 32 bytes");

/* A walk over a folder's sectors. */
struct walk {
    uint32_t cluster; /* CLUSTER_NONE: the fixed root folder */
    uint32_t index;   /* sector inside the cluster or the fixed root */
    uint32_t steps;   /* clusters passed: a chain that runs in a circle ends the walk */
};

/* Where an entry lies. */
struct place {
    uint32_t sector;
    uint32_t index;
};

static struct entry entries[ENTRIES_PER_SECTOR];
static uint8_t bounce[SECTOR] __attribute__((aligned(4)));

static uint32_t root_folder(void)
{
    return volume.root_cluster;
}

static uint32_t entry_cluster(const struct entry *entry)
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

/* Finds a name in a folder. FILE_OK: `place` tells where, and the entry is in `entries[place.index]`. */
static int find(uint32_t folder, const uint8_t *name, struct place *place)
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

/* Takes the first part of a path into the padded form of a directory; returns what follows, NULL on a bad name. */
static const char *take_name(const char *path, uint8_t *name)
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

static int lookup(const char *path, struct entry *found)
{
    uint8_t name[NAME_BYTES];
    struct place place;
    uint32_t folder = root_folder();
    if (!volume.card)
        return FILE_NO_CARD;
    for (;;) {
        path = take_name(path, name);
        if (!path)
            return FILE_BAD_NAME;
        int error = find(folder, name, &place);
        if (error)
            return error;
        *found = entries[place.index];
        if (!*path)
            return found->attributes & ATTRIBUTE_FOLDER ? FILE_NOT_FOUND : FILE_OK;
        if (!(found->attributes & ATTRIBUTE_FOLDER))
            return FILE_NOT_FOUND;
        folder = entry_cluster(found);
    }
}

/* How many clusters follow each other on the card, from `cluster` on, up to `most`; `cluster` becomes the one after. */
static uint32_t take_run(uint32_t *cluster, uint32_t most)
{
    uint32_t length = 1, next = cluster_next(*cluster);
    while (length < most && next == *cluster + length) {
        next = cluster_next(*cluster + length);
        length++;
    }
    *cluster = next;
    return length;
}

static bool read_tail(uint32_t sector, uint8_t *out, uint32_t bytes)
{
    if (!volume.card->read(sector, 1, bounce))
        return false;
    memcpy(out, bounce, bytes);
    return true;
}

/* Reads `bytes` from consecutive sectors; the last may be used in part only. */
static bool read_span(uint32_t sector, uint8_t *out, uint32_t bytes)
{
    uint32_t whole = bytes / SECTOR, rest = bytes % SECTOR;
    if (whole && !volume.card->read(sector, whole, out))
        return false;
    return rest == 0 || read_tail(sector + whole, out + whole * SECTOR, rest);
}

/* Cards write by DMA, past the cache: use the uncached view of the caller's buffer, which must be word aligned RAM. */
static uint8_t *uncached(const void *buffer)
{
    return (uint8_t *)((uint32_t)buffer | UNCACHED);
}

int file_size(const char *path)
{
    struct entry entry;
    int error = lookup(path, &entry);
    if (error)
        return error;
    return entry.bytes > INT32_MAX ? FILE_TOO_LARGE : (int)entry.bytes;
}

int file_read(const char *path, void *buffer, uint32_t capacity)
{
    struct entry entry;
    int error = lookup(path, &entry);
    if (error)
        return error;
    if (entry.bytes > capacity || entry.bytes > INT32_MAX)
        return FILE_TOO_LARGE;
    uint8_t *out = uncached(buffer);
    uint32_t cluster_bytes = volume.cluster_sectors * SECTOR;
    uint32_t left = entry.bytes, cluster = entry_cluster(&entry);
    while (left) {
        if (cluster == CLUSTER_NONE)
            return FILE_READ_ERROR;
        uint32_t first = cluster_sector(cluster);
        uint32_t room = take_run(&cluster, volume.clusters) * cluster_bytes;
        uint32_t bytes = left < room ? left : room;
        if (!read_span(first, out, bytes))
            return FILE_READ_ERROR;
        out += bytes;
        left -= bytes;
    }
    return (int)entry.bytes;
}

static bool write_sector_zero(uint32_t sector)
{
    memset(bounce, 0, SECTOR);
    return volume.card->write(sector, 1, bounce);
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

static void set_cluster(struct entry *entry, uint32_t cluster)
{
    entry->cluster_low = (uint16_t)cluster;
    entry->cluster_high = (uint16_t)(volume.bits == 32 ? cluster >> 16 : 0);
}

static void fill_entry(struct entry *entry, const uint8_t *name, uint8_t attributes, uint32_t cluster)
{
    memset(entry, 0, sizeof *entry);
    memcpy(entry->name, name, NAME_BYTES);
    entry->attributes = attributes;
    entry->date = DATE;
    entry->time = TIME;
    set_cluster(entry, cluster);
}

/* Loads the sector of a place, puts the entry there, stores the sector. */
static int store_entry(const struct place *place, const struct entry *entry)
{
    if (!volume.card->read(place->sector, 1, entries))
        return FILE_READ_ERROR;
    entries[place->index] = *entry;
    return volume.card->write(place->sector, 1, entries) ? FILE_OK : FILE_WRITE_ERROR;
}

static int add_entry(uint32_t folder, const struct entry *entry, struct place *place)
{
    int error = find_free(folder, place);
    return error ? error : store_entry(place, entry);
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

static int make_folder(uint32_t parent, const uint8_t *name, uint32_t *cluster)
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
    return add_entry(parent, &entry, &place);
}

/* Goes to the folder a path names, making what is missing; `name` gets the path's last part. */
static int enter_folders(const char *path, uint32_t *folder, uint8_t *name)
{
    *folder = root_folder();
    for (;;) {
        path = take_name(path, name);
        if (!path)
            return FILE_BAD_NAME;
        if (!*path)
            return FILE_OK;
        struct place place;
        int error = find(*folder, name, &place);
        if (error == FILE_NOT_FOUND) {
            error = make_folder(*folder, name, folder);
        } else if (error == FILE_OK) {
            if (!(entries[place.index].attributes & ATTRIBUTE_FOLDER))
                return FILE_BAD_NAME;
            *folder = entry_cluster(&entries[place.index]);
        }
        if (error)
            return error;
    }
}

/* The entry to write to: the old file emptied, or a new one. */
static int open_for_writing(const char *path, struct entry *entry, struct place *place)
{
    uint8_t name[NAME_BYTES];
    uint32_t folder;
    int error = enter_folders(path, &folder, name);
    if (error)
        return error;
    error = find(folder, name, place);
    if (error == FILE_OK && entries[place->index].attributes & ATTRIBUTE_FOLDER)
        return FILE_BAD_NAME;
    if (error == FILE_OK && !cluster_release_chain(entry_cluster(&entries[place->index])))
        return FILE_WRITE_ERROR;
    if (error && error != FILE_NOT_FOUND)
        return error;
    fill_entry(entry, name, ATTRIBUTE_ARCHIVE, CLUSTER_NONE);
    return error == FILE_OK ? store_entry(place, entry) : add_entry(folder, entry, place);
}

static bool write_span(uint32_t sector, const uint8_t *in, uint32_t bytes)
{
    uint32_t whole = bytes / SECTOR, rest = bytes % SECTOR;
    if (whole && !volume.card->write(sector, whole, in))
        return false;
    if (rest == 0)
        return true;
    memset(bounce, 0, SECTOR);
    memcpy(bounce, in + whole * SECTOR, rest);
    return volume.card->write(sector + whole, 1, bounce);
}

static int write_clusters(struct entry *entry, const uint8_t *in, uint32_t bytes)
{
    uint32_t cluster_bytes = volume.cluster_sectors * SECTOR, last = CLUSTER_NONE;
    for (uint32_t done = 0; done < bytes; done += cluster_bytes) {
        uint32_t cluster = cluster_take(last);
        uint32_t part = bytes - done < cluster_bytes ? bytes - done : cluster_bytes;
        if (cluster == CLUSTER_NONE)
            return FILE_CARD_FULL;
        if (last == CLUSTER_NONE)
            set_cluster(entry, cluster);
        if (!write_span(cluster_sector(cluster), in + done, part))
            return FILE_WRITE_ERROR;
        last = cluster;
    }
    entry->bytes = bytes;
    return FILE_OK;
}

int file_write(const char *path, const void *data, uint32_t bytes)
{
    struct entry entry;
    struct place place;
    if (!volume.card)
        return FILE_NO_CARD;
    int error = open_for_writing(path, &entry, &place);
    if (!error)
        error = write_clusters(&entry, uncached(data), bytes);
    return error ? error : store_entry(&place, &entry);
}

const char *file_error_text(int error)
{
    static const char *const texts[] = {
        "no error", "not found", "file too large", "read error", "write error", "card full", "bad name", "no card",
    };
    return texts[-error];
}
