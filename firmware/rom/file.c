/* Files on the boot card, by path. */
#include "folder.h"

static uint8_t bounce[SECTOR] __attribute__((aligned(4)));

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
        int error = folder_find(folder, name, &place);
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

/* Moves `bytes` between memory and consecutive sectors; of the last sector only a part may be used. */
typedef bool mover(uint32_t sector, uint8_t *buffer, uint32_t bytes);

static bool read_span(uint32_t sector, uint8_t *buffer, uint32_t bytes)
{
    uint32_t whole = bytes / SECTOR, rest = bytes % SECTOR;
    if (whole && !volume.card->read(sector, whole, buffer))
        return false;
    if (rest == 0)
        return true;
    if (!volume.card->read(sector + whole, 1, bounce))
        return false;
    memcpy(buffer + whole * SECTOR, bounce, rest);
    return true;
}

static bool write_span(uint32_t sector, uint8_t *buffer, uint32_t bytes)
{
    uint32_t whole = bytes / SECTOR, rest = bytes % SECTOR;
    if (whole && !volume.card->write(sector, whole, buffer))
        return false;
    if (rest == 0)
        return true;
    memset(bounce, 0, SECTOR);
    memcpy(bounce, buffer + whole * SECTOR, rest);
    return volume.card->write(sector + whole, 1, bounce);
}

static uint32_t clusters_for(uint32_t bytes)
{
    uint32_t sectors = bytes / SECTOR + (bytes % SECTOR != 0);
    return (sectors + volume.cluster_sectors - 1) >> volume.cluster_shift;
}

/* Moves a file's content along its chain, in runs as long as the card holds them together. */
static bool move_chain(mover *move, uint32_t cluster, uint8_t *buffer, uint32_t bytes)
{
    while (bytes) {
        if (cluster == CLUSTER_NONE)
            return false;
        uint32_t sector = cluster_sector(cluster);
        uint32_t run_sectors = take_run(&cluster, clusters_for(bytes)) << volume.cluster_shift;
        uint32_t part = bytes / SECTOR < run_sectors ? bytes : run_sectors * SECTOR;
        if (!move(sector, buffer, part))
            return false;
        buffer += part;
        bytes -= part;
    }
    return true;
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
    bool read = move_chain(read_span, entry_cluster(&entry), uncached(buffer), entry.bytes);
    return read ? (int)entry.bytes : FILE_READ_ERROR;
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
        int error = folder_find(*folder, name, &place);
        if (error == FILE_NOT_FOUND) {
            error = folder_make(*folder, name, folder);
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
    error = folder_find(folder, name, place);
    if (error == FILE_OK && entries[place->index].attributes & ATTRIBUTE_FOLDER)
        return FILE_BAD_NAME;
    if (error == FILE_OK && !cluster_release_chain(entry_cluster(&entries[place->index])))
        return FILE_WRITE_ERROR;
    if (error && error != FILE_NOT_FOUND)
        return error;
    fill_entry(entry, name, ATTRIBUTE_ARCHIVE, CLUSTER_NONE);
    return error == FILE_OK ? folder_store(place, entry) : folder_add(folder, entry, place);
}

/* A chain of new clusters; CLUSTER_NONE, and nothing taken, when the card is full. */
static uint32_t take_chain(uint32_t count)
{
    uint32_t first = CLUSTER_NONE, last = CLUSTER_NONE;
    for (; count; count--) {
        last = cluster_take(last);
        if (last == CLUSTER_NONE) {
            cluster_release_chain(first);
            return CLUSTER_NONE;
        }
        if (first == CLUSTER_NONE)
            first = last;
    }
    return first;
}

static int write_content(struct entry *entry, const void *data, uint32_t bytes)
{
    if (bytes == 0)
        return FILE_OK;
    uint32_t first = take_chain(clusters_for(bytes));
    if (first == CLUSTER_NONE)
        return FILE_CARD_FULL;
    set_cluster(entry, first);
    entry->bytes = bytes;
    return move_chain(write_span, first, uncached(data), bytes) ? FILE_OK : FILE_WRITE_ERROR;
}

int file_write(const char *path, const void *data, uint32_t bytes)
{
    struct entry entry;
    struct place place;
    if (!volume.card)
        return FILE_NO_CARD;
    int error = open_for_writing(path, &entry, &place);
    if (!error)
        error = write_content(&entry, data, bytes);
    if (!table_flush())
        error = FILE_WRITE_ERROR;
    return error ? error : folder_store(&place, &entry);
}
