/*
 * Giving an entry another name or another folder (drives.h). Within one sector of a folder that is one write. Where that is not
 * possible no row of writes can move an entry without a moment in which it is there twice or not at all, so:
 *   - a file is copied, and the old one removed when the copy is complete;
 *   - a folder gets a new, empty first cluster, of which another one lies in the same sector of the table. One write of that
 *     sector hands the rest of its chain from the old name to the new one (heads.c).
 */
#include "drives.h"
#include "folder.h"
#include "kernel/memory.h"
#include "node.h"

#define COPY_BYTES (64u * SECTOR)

static int copy_content(struct node *from, struct node *to, uint8_t *buffer)
{
    for (uint32_t at = 0; at < from->bytes;) {
        int count = file_read(from, at, buffer, COPY_BYTES);
        if (count <= 0)
            return count ? count : FS_DAMAGED;
        int written = file_write(to, at, buffer, (uint32_t)count);
        if (written != count)
            return written < 0 ? written : FS_CARD_FULL;
        at += (uint32_t)count;
    }
    return node_flush_buffer(to);
}

/* Adds the copy under the wanted name. */
static int add_copy(struct volume *volume, uint32_t folder, const struct found *old, const struct node *copy)
{
    struct slot entry = old->entry;
    struct place place;
    slot_set_cluster(&entry, copy->first);
    entry.letters = 0;
    return folder_add(volume, folder, &entry, &place);
}

static int make_copy(struct volume *volume, uint32_t folder, const struct found *old, uint8_t *buffer)
{
    struct node *from = node_open(volume, &old->place, &old->entry), *copy = node_detached(volume);
    int error = buffer && from && copy ? copy_content(from, copy, buffer) : FS_NO_MEMORY;
    if (!error)
        error = add_copy(volume, folder, old, copy);
    if (error && copy && volume->mounted)
        space_free_chain(volume, copy->first);
    if (from)
        node_drop(from);
    if (copy)
        node_drop(copy);
    return error;
}

static int copy_and_remove(struct volume *volume, uint32_t folder, const struct found *old)
{
    uint8_t *buffer = dma_alloc(COPY_BYTES);
    int error = make_copy(volume, folder, old, buffer);
    dma_free(buffer);
    if (!error)
        error = folder_remove(volume, old);
    return error ? error : space_free_chain(volume, slot_cluster(volume, &old->entry));
}

/* The first cluster of the folder above; the root's is NO_CLUSTER. */
static int folder_above(struct volume *volume, uint32_t folder, uint32_t *above)
{
    const struct slot *slots = (const struct slot *)sector_get(volume, cluster_sector(volume, folder));
    if (!slots)
        return FS_CARD_FAILED;
    *above = slot_cluster(volume, &slots[1]);
    return FS_OK;
}

/* True if a folder is `top` or lies somewhere in it. */
static int is_inside(struct volume *volume, uint32_t folder, uint32_t top, bool *inside)
{
    *inside = folder == top;
    for (uint32_t steps = 0; !*inside && folder != NO_CLUSTER && folder != root_folder(volume); steps++) {
        int error = cluster_exists(volume, folder) && steps < volume->clusters ? FS_OK : FS_DAMAGED;
        if (!error)
            error = folder_above(volume, folder, &folder);
        if (error)
            return error;
        *inside = folder == top;
    }
    return FS_OK;
}

static int hand_over(struct volume *volume, uint32_t folder, struct found *old, const struct folder_heads *heads)
{
    struct slot entry = old->entry;
    struct place place;
    slot_set_cluster(&entry, heads->young);
    entry.letters = 0;
    int error = folder_add(volume, folder, &entry, &place);
    if (error) {
        heads_unmake(volume, heads);
        return error;
    }
    searches_end(volume, heads->content);
    error = heads_put_on(volume, heads, old);
    if (!error)
        error = heads_swap(volume, heads);
    if (!error)
        error = folder_remove(volume, old);
    if (!error)
        error = heads_tell_children(volume, heads);
    return error ? error : heads_free(volume, heads);
}

static int move_folder(struct volume *volume, uint32_t from_folder, uint32_t folder, struct found *old)
{
    bool inside;
    struct folder_heads heads = { .content = slot_cluster(volume, &old->entry) };
    if (!cluster_exists(volume, heads.content))
        return FS_DAMAGED;
    int error = is_inside(volume, folder, heads.content, &inside);
    if (error || inside)
        return error ? error : FS_BAD_NAME;
    error = heads_make(volume, from_folder, folder, &heads);
    return error ? error : hand_over(volume, folder, old, &heads);
}

/* The new name must be nobody's but the old entry's own. */
static int check_free(struct volume *volume, const char *to, const struct found *old, uint32_t *folder)
{
    struct found found;
    int error = path_parent(volume, to, folder);
    if (error)
        return error;
    error = folder_find(volume, *folder, &found);
    if (error)
        return error == FS_NOT_FOUND ? FS_OK : error;
    bool same = found.place.sector == old->place.sector && found.place.index == old->place.index;
    return same ? FS_OK : FS_EXISTS;
}

int move_entry(struct volume *volume, const char *from, const char *to)
{
    uint32_t from_folder, folder;
    struct found old;
    int error = path_find(volume, from, &from_folder, &old);
    if (!error)
        error = check_free(volume, to, &old, &folder);
    if (error)
        return error;
    bool is_folder = old.entry.attributes & ATTRIBUTE_FOLDER;
    if (!is_folder && node_is_open(volume, &old.place))
        return FS_IN_USE;
    error = folder == from_folder ? folder_rename_here(volume, folder, &old) : FS_CARD_FULL;
    if (error != FS_CARD_FULL)
        return error;
    return is_folder ? move_folder(volume, from_folder, folder, &old) : copy_and_remove(volume, folder, &old);
}
