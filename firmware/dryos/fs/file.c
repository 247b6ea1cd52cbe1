/*
 * Content of files: whole sectors move between the caller's memory and the card, as many at once as lie in one row there; the rest
 * goes through the node's buffer.
 */
#include "kernel/memory.h"
#include "node.h"

/* One transfer at most: others shall get the volume's lock and the card's attention now and then. */
#define LONGEST_TRANSFER 2048u

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static int failed(struct volume *volume)
{
    volume->mounted = false;
    return FS_CARD_FAILED;
}

/* The sectors that hold the file from `position` on, in one row: at most `most`, none if the chain ends before. */
static int sectors_at(struct node *node, uint32_t position, uint32_t most, struct run *sectors)
{
    const struct volume *volume = node->volume;
    uint32_t sector = position / SECTOR, inside = sector % volume->cluster_sectors;
    uint32_t clusters = (inside + most + volume->cluster_sectors - 1) >> volume->cluster_shift;
    struct run run;
    int error = node_run(node, sector >> volume->cluster_shift, clusters, &run);
    if (error)
        return error;
    sectors->first = cluster_sector(volume, run.first) + inside;
    sectors->count = run.count ? least((run.count << volume->cluster_shift) - inside, most) : 0;
    return FS_OK;
}

/* Brings the sector at `position` into the buffer. A sector wholly behind the file's end is not read: it begins as zeros. */
static int load_buffer(struct node *node, uint32_t position)
{
    struct run sector;
    int error = sectors_at(node, position, 1, &sector);
    if (error || sector.count == 0)
        return error ? error : FS_DAMAGED;
    if (node->buffer_sector == sector.first)
        return FS_OK;
    error = node_flush_buffer(node);
    if (error)
        return error;
    node->buffer_sector = 0;
    if (position - position % SECTOR >= node->bytes)
        memset(node->buffer, 0, SECTOR);
    else if (!disk_read(node->volume->disk, sector.first, 1, node->buffer))
        return failed(node->volume);
    node->buffer_sector = sector.first;
    return FS_OK;
}

/* The buffer must not hold what is about to move past it. */
static int step_aside(struct node *node, const struct run *sectors)
{
    if (node->buffer_sector - sectors->first >= sectors->count)
        return FS_OK;
    int error = node_flush_buffer(node);
    node->buffer_sector = 0;
    return error;
}

/* Each step moves a part and returns its bytes: 0 or less ends it. */
static int read_part(struct node *node, uint32_t position, uint8_t *buffer, uint32_t bytes)
{
    uint32_t inside = position % SECTOR;
    struct run sectors;
    if (inside || bytes < SECTOR) {
        uint32_t part = least(bytes, SECTOR - inside);
        int error = load_buffer(node, position);
        if (error)
            return error;
        memcpy(buffer, node->buffer + inside, part);
        return (int)part;
    }
    int error = sectors_at(node, position, least(bytes / SECTOR, LONGEST_TRANSFER), &sectors);
    if (!error && sectors.count == 0)
        error = FS_DAMAGED;
    if (!error)
        error = step_aside(node, &sectors);
    if (error)
        return error;
    if (!disk_read(node->volume->disk, sectors.first, sectors.count, buffer))
        return failed(node->volume);
    return (int)(sectors.count * SECTOR);
}

int file_read(struct node *node, uint32_t position, void *buffer, uint32_t bytes)
{
    uint32_t left = position < node->bytes ? least(bytes, node->bytes - position) : 0, done = 0;
    while (done < left) {
        int part = read_part(node, position + done, (uint8_t *)buffer + done, left - done);
        if (part <= 0)
            return done ? (int)done : part;
        done += (uint32_t)part;
    }
    return (int)done;
}

/* Where a new row of clusters is hung: the file's last one, or NO_CLUSTER. */
static int last_cluster(struct node *node, uint32_t have, uint32_t *last)
{
    *last = NO_CLUSTER;
    return have ? node_cluster(node, have - 1, last) : FS_OK;
}

static int grow_once(struct node *node, uint32_t have, uint32_t want)
{
    uint32_t last, first;
    int error = last_cluster(node, have, &last);
    if (!error && have && last == NO_CLUSTER)
        error = FS_DAMAGED; /* the chain is shorter than the size says */
    if (error)
        return error;
    int result = space_extend(node->volume, last, want - have, &first);
    if (result > 0 && last == NO_CLUSTER) {
        node->first = node->known_cluster = first;
        node->known_index = 0;
        node->changed = true;
    }
    return result;
}

/* How many clusters the chain has, counted from number `from` on, up to `want`. */
static int count_clusters(struct node *node, uint32_t from, uint32_t want, uint32_t *have)
{
    uint32_t cluster = 1;
    for (*have = from; *have < want; ++*have) {
        int error = node_cluster(node, *have, &cluster);
        if (error)
            return error;
        if (cluster == NO_CLUSTER)
            break;
    }
    return FS_OK;
}

/* Clusters for the first `bytes`. On a full card there are fewer, and `bytes` becomes what there is room for. */
static int reserve(struct node *node, uint32_t *bytes)
{
    uint32_t size = cluster_bytes(node->volume), have;
    uint32_t want = *bytes / size + (*bytes % size != 0), full = node->bytes / size + (node->bytes % size != 0);
    int result = count_clusters(node, full < want ? full : want, want, &have);
    while (result >= 0 && have < want) {
        result = grow_once(node, have, want);
        if (result == FS_CARD_FULL) {
            *bytes = have * size;
            return FS_OK;
        }
        have += result > 0 ? (uint32_t)result : 0;
    }
    return result < 0 ? result : FS_OK;
}

static int write_part(struct node *node, uint32_t position, const uint8_t *buffer, uint32_t bytes)
{
    uint32_t inside = position % SECTOR;
    struct run sectors;
    if (inside || bytes < SECTOR) {
        uint32_t part = least(bytes, SECTOR - inside);
        int error = load_buffer(node, position);
        if (error)
            return error;
        memcpy(node->buffer + inside, buffer, part);
        node->buffer_changed = true;
        return (int)part;
    }
    int error = sectors_at(node, position, least(bytes / SECTOR, LONGEST_TRANSFER), &sectors);
    if (!error && sectors.count == 0)
        error = FS_DAMAGED;
    if (!error)
        error = step_aside(node, &sectors);
    if (error)
        return error;
    if (!disk_write(node->volume->disk, sectors.first, sectors.count, buffer))
        return failed(node->volume);
    return (int)(sectors.count * SECTOR);
}

static int write_all(struct node *node, uint32_t position, const uint8_t *buffer, uint32_t bytes)
{
    uint32_t done = 0;
    while (done < bytes) {
        int part = write_part(node, position + done, buffer + done, bytes - done);
        if (part <= 0)
            return done ? (int)done : part;
        done += (uint32_t)part;
        node->changed = true;
        if (node->bytes < position + done)
            node->bytes = position + done;
    }
    return (int)done;
}

/* Zeros from the file's end up to `end`, for which there are clusters. */
static int fill_gap(struct node *node, uint32_t end)
{
    static const uint8_t zeros[SECTOR];
    while (node->bytes < end) {
        struct run sectors = { 0 };
        uint32_t whole = node->bytes % SECTOR ? 0 : (end - node->bytes) / SECTOR;
        int error = whole ? sectors_at(node, node->bytes, least(whole, LONGEST_TRANSFER), &sectors) : FS_OK;
        if (!error && sectors.count) {
            if (!disk_zero(node->volume->disk, sectors.first, sectors.count))
                return failed(node->volume);
            node->bytes += sectors.count * SECTOR;
        } else if (!error) {
            int part = write_all(node, node->bytes, zeros, least(end - node->bytes, SECTOR - node->bytes % SECTOR));
            error = part < 0 ? part : FS_OK;
        }
        if (error)
            return error;
    }
    return FS_OK;
}

int file_write(struct node *node, uint32_t position, const void *buffer, uint32_t bytes)
{
    uint32_t end = position + least(bytes, LARGEST_FILE - position);
    if (bytes == 0)
        return 0;
    int error = reserve(node, &end);
    if (!error && node->bytes < position)
        error = fill_gap(node, least(position, end));
    if (error)
        return error;
    return end > position ? write_all(node, position, buffer, end - position) : FS_CARD_FULL;
}

/* Ends the chain behind the clusters that `bytes` need, and frees the rest. The entry has the new size already. */
static int cut_chain(struct node *node, uint32_t bytes)
{
    uint32_t size = cluster_bytes(node->volume), keep = bytes / size + (bytes % size != 0), last, rest;
    if (keep == 0)
        return FS_OK;
    int error = node_cluster(node, keep - 1, &last);
    if (error || last == NO_CLUSTER)
        return error;
    error = table_next(node->volume, last, &rest);
    if (!error && rest != NO_CLUSTER)
        error = table_set(node->volume, last, TABLE_END);
    if (!error)
        error = table_flush(node->volume);
    return error ? error : space_free_chain(node->volume, rest);
}

static int shorten(struct node *node, uint32_t bytes)
{
    uint32_t old_first = node->first;
    int error = node_flush_buffer(node);
    if (error)
        return error;
    node->buffer_sector = 0;
    node->bytes = bytes;
    node->changed = true;
    if (bytes == 0)
        node->first = node->known_cluster = NO_CLUSTER;
    error = node_commit(node);
    if (error)
        return error;
    error = bytes == 0 ? space_free_chain(node->volume, old_first) : cut_chain(node, bytes);
    node->known_cluster = NO_CLUSTER;
    return error;
}

int file_truncate(struct node *node, uint32_t bytes)
{
    uint32_t end = bytes;
    if (bytes == node->bytes)
        return FS_OK;
    if (bytes < node->bytes)
        return shorten(node, bytes);
    int error = reserve(node, &end);
    if (error)
        return error;
    node->changed = true;
    return end < bytes ? FS_CARD_FULL : fill_gap(node, bytes);
}
