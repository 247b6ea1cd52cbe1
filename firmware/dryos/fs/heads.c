/*
 * Handing a folder's content from one name to another (move.c). The folder's chain gets a head, a first cluster with nothing in it
 * but "." and "..", and behind it a copy of what was its first cluster; the new name has such a head, too. What follows the old
 * head follows the new one after one write.
 */
#include "folder.h"
#include "kernel/memory.h"
#include "node.h"

/* Two free clusters whose places in the table are in one sector, marked as chains of one. */
static int take_pair(struct volume *volume, uint32_t *first, uint32_t *second)
{
    uint32_t end = volume->clusters + FIRST_CLUSTER, per_sector = volume->wide ? SECTOR / 4 : SECTOR / 2;
    int error = table_find(volume, FIRST_CLUSTER, end, true, second);
    do {
        *first = *second;
        if (!error && *first < end)
            error = table_find(volume, *first + 1, end, true, second);
        if (error || *first >= end || *second >= end)
            return error ? error : FS_CARD_FULL;
    } while (*first / per_sector != *second / per_sector);
    return space_take_two(volume, *first, *second);
}

static int write_head(struct volume *volume, uint32_t cluster, uint32_t parent)
{
    for (uint32_t i = volume->cluster_sectors; i--;) {
        uint32_t sector = cluster_sector(volume, cluster) + i;
        struct slot *slots = (struct slot *)sector_blank(volume, sector);
        for (uint32_t k = 0; k < SLOTS_PER_SECTOR; k++)
            slots[k].name[0] = SLOT_REMOVED;
        if (i == 0)
            folder_put_dots(volume, slots, cluster, parent);
        int error = sector_put(volume, sector);
        if (error)
            return error;
    }
    return FS_OK;
}

/* The folder's first cluster without its "." and "..". */
static int copy_body(struct volume *volume, uint32_t from, uint32_t to)
{
    for (uint32_t i = 0; i < volume->cluster_sectors; i++) {
        uint32_t sector = cluster_sector(volume, to) + i;
        struct slot *slots = (struct slot *)sector_blank(volume, sector);
        const uint8_t *data = sector_get(volume, cluster_sector(volume, from) + i);
        if (!data)
            return FS_CARD_FAILED;
        memcpy(slots, data, SECTOR);
        for (uint32_t k = 0; i == 0 && k < 2; k++) {
            if (slot_is_dots(&slots[k]))
                slots[k].name[0] = SLOT_REMOVED;
        }
        int error = sector_put(volume, sector);
        if (error)
            return error;
    }
    return FS_OK;
}

static int write_clusters(struct volume *volume, uint32_t from_folder, uint32_t folder, const struct folder_heads *heads)
{
    int error = write_head(volume, heads->old, from_folder);
    if (!error)
        error = write_head(volume, heads->young, folder);
    return error ? error : copy_body(volume, heads->content, heads->body);
}

int heads_make(struct volume *volume, uint32_t from_folder, uint32_t folder, struct folder_heads *heads)
{
    int result = space_extend(volume, NO_CLUSTER, 1, &heads->body);
    if (result < 0)
        return result;
    int error = take_pair(volume, &heads->old, &heads->young);
    if (!error)
        return write_clusters(volume, from_folder, folder, heads);
    if (volume->mounted)
        space_free_chain(volume, heads->body);
    return error;
}

void heads_unmake(struct volume *volume, const struct folder_heads *heads)
{
    const uint32_t made[] = { heads->old, heads->young, heads->body };
    for (uint32_t i = 0; volume->mounted && i < 3; i++)
        space_free_chain(volume, made[i]);
    sectors_forget_folders(volume);
}

/* Entries of open files have moved from the first cluster to its copy. */
static void move_nodes(struct volume *volume, const struct folder_heads *heads)
{
    uint32_t from = cluster_sector(volume, heads->content), to = cluster_sector(volume, heads->body);
    for (struct node *node = volume->nodes; node; node = node->next) {
        if (node->place.sector - from < volume->cluster_sectors)
            node->place.sector += to - from;
    }
}

int heads_put_on(struct volume *volume, const struct folder_heads *heads, struct found *old)
{
    uint32_t next;
    int error = table_next(volume, heads->content, &next);
    if (!error && next != NO_CLUSTER)
        error = table_set(volume, heads->body, next);
    if (!error)
        error = table_set(volume, heads->old, heads->body);
    if (error)
        return error;
    slot_set_cluster(&old->entry, heads->old);
    error = folder_store(volume, &old->place, &old->entry); /* the table goes first */
    if (!error)
        move_nodes(volume, heads);
    return error;
}

int heads_swap(struct volume *volume, const struct folder_heads *heads)
{
    int error = table_set(volume, heads->young, heads->body);
    if (!error)
        error = table_set(volume, heads->old, TABLE_END);
    return error ? error : table_flush(volume);
}

int heads_free(struct volume *volume, const struct folder_heads *heads)
{
    int error = table_set(volume, heads->content, TABLE_END); /* what followed it follows the copy now */
    if (!error)
        error = space_free_chain(volume, heads->content);
    sectors_forget_folders(volume);
    return error ? error : space_free_chain(volume, heads->old);
}

static int tell_child(struct volume *volume, uint32_t child, uint32_t parent)
{
    uint32_t sector = cluster_sector(volume, child);
    struct slot *slots = cluster_exists(volume, child) ? (struct slot *)sector_get(volume, sector) : NULL;
    if (!slots)
        return volume->mounted ? FS_DAMAGED : FS_CARD_FAILED;
    slot_set_cluster(&slots[1], parent);
    return sector_put(volume, sector);
}

int heads_tell_children(struct volume *volume, const struct folder_heads *heads)
{
    struct walk walk = walk_from(volume, heads->young);
    for (;;) {
        struct found found;
        int error = folder_next(volume, &walk, &found);
        if (error)
            return error == FS_NOT_FOUND ? FS_OK : error;
        if (!(found.entry.attributes & ATTRIBUTE_FOLDER) || slot_is_dots(&found.entry))
            continue;
        error = tell_child(volume, slot_cluster(volume, &found.entry), heads->young);
        if (error)
            return error;
    }
}
