/* Open files and where their clusters are (node.h). */
#include "node.h"

#include "clock.h"
#include "kernel/memory.h"

struct node *node_find(const struct volume *volume, const struct place *place)
{
    struct node *node = volume->nodes;
    while (node && (node->place.sector != place->sector || node->place.index != place->index))
        node = node->next;
    return node;
}

static struct node *new_node(struct volume *volume)
{
    struct node *node = heap_alloc_zeroed(sizeof *node);
    uint8_t *buffer = node ? dma_alloc(SECTOR) : NULL;
    if (!buffer) {
        heap_free(node);
        return NULL;
    }
    node->buffer = buffer;
    node->volume = volume;
    node->mounts = volume->mounts;
    node->next = volume->nodes;
    volume->nodes = node;
    return node;
}

struct node *node_open(struct volume *volume, const struct place *place, const struct slot *entry)
{
    struct node *node = node_find(volume, place);
    if (!node) {
        node = new_node(volume);
        if (!node)
            return NULL;
        node->place = *place;
        node->first = slot_cluster(volume, entry);
        node->bytes = entry->bytes;
    }
    node->users++;
    return node;
}

struct node *node_detached(struct volume *volume)
{
    struct node *node = new_node(volume);
    if (node)
        node->users = 1;
    return node;
}

static void take_out(struct node *node)
{
    struct node **link = &node->volume->nodes;
    while (*link && *link != node)
        link = &(*link)->next;
    if (*link)
        *link = node->next;
}

static int write_entry(struct node *node)
{
    struct slot *slots = (struct slot *)sector_get(node->volume, node->place.sector);
    if (!slots)
        return FS_CARD_FAILED;
    struct slot *slot = &slots[node->place.index];
    slot->bytes = node->bytes;
    slot_set_cluster(slot, node->first);
    slot->attributes |= ATTRIBUTE_ARCHIVE;
    slot_touch(slot);
    return sector_put(node->volume, node->place.sector);
}

int node_commit(struct node *node)
{
    int error = node_flush_buffer(node);
    if (!error && node->changed)
        error = write_entry(node);
    if (!error)
        node->changed = false;
    return error;
}

bool node_is_alive(const struct node *node)
{
    return node->volume->mounted && node->mounts == node->volume->mounts;
}

void node_drop(struct node *node)
{
    if (--node->users)
        return;
    take_out(node);
    dma_free(node->buffer);
    heap_free(node);
}

int node_close(struct node *node)
{
    int error = node_is_alive(node) ? node_commit(node) : FS_CARD_FAILED;
    node_drop(node);
    return error;
}

int node_flush_buffer(struct node *node)
{
    if (!node->buffer_changed)
        return FS_OK;
    node->buffer_changed = false;
    if (disk_write(node->volume->disk, node->buffer_sector, 1, node->buffer))
        return FS_OK;
    node->volume->mounted = false;
    return FS_CARD_FAILED;
}

int node_cluster(struct node *node, uint32_t index, uint32_t *cluster)
{
    if (node->known_cluster == NO_CLUSTER || index < node->known_index) {
        node->known_index = 0;
        node->known_cluster = node->first;
    }
    while (node->known_cluster != NO_CLUSTER && node->known_index < index) {
        uint32_t next;
        int error = table_next(node->volume, node->known_cluster, &next);
        if (error)
            return error;
        if (next == NO_CLUSTER)
            break;
        node->known_index++;
        node->known_cluster = next;
    }
    *cluster = node->known_index == index ? node->known_cluster : NO_CLUSTER;
    return FS_OK;
}

int node_run(struct node *node, uint32_t index, uint32_t most, struct run *run)
{
    run->count = 0;
    while (run->count < most) {
        uint32_t cluster;
        int error = node_cluster(node, index + run->count, &cluster);
        if (error)
            return error;
        if (run->count == 0)
            run->first = cluster;
        if (cluster == NO_CLUSTER || cluster != run->first + run->count)
            break;
        run->count++;
    }
    return FS_OK;
}
