/* Making and removing files and folders (drives.h). */
#include "clock.h"
#include "drives.h"
#include "folder.h"
#include "kernel/memory.h"
#include "node.h"

static int add_new(struct volume *volume, uint32_t folder, uint8_t attributes, uint32_t cluster, struct found *found)
{
    memset(&found->entry, 0, sizeof found->entry);
    found->entry.attributes = attributes;
    slot_set_cluster(&found->entry, cluster);
    slot_stamp(&found->entry);
    return folder_add(volume, folder, &found->entry, &found->place);
}

/* A file that is there already keeps its entry, and loses its content. */
static int empty_file(struct volume *volume, struct found *found)
{
    if (found->entry.attributes & ATTRIBUTE_FOLDER)
        return FS_IS_FOLDER;
    if (found->entry.attributes & ATTRIBUTE_READ_ONLY)
        return FS_READ_ONLY;
    if (node_is_open(volume, &found->place))
        return FS_IN_USE;
    uint32_t first = slot_cluster(volume, &found->entry);
    slot_set_cluster(&found->entry, NO_CLUSTER);
    found->entry.bytes = 0;
    slot_stamp(&found->entry);
    int error = folder_store(volume, &found->place, &found->entry);
    return error ? error : space_free_chain(volume, first);
}

int make_file(struct volume *volume, const char *rest, struct node **node)
{
    uint32_t folder;
    struct found found;
    int error = path_find(volume, rest, &folder, &found);
    if (error == FS_OK)
        error = empty_file(volume, &found);
    else if (error == FS_NOT_FOUND && !path_parent(volume, rest, &folder))
        error = add_new(volume, folder, ATTRIBUTE_ARCHIVE, NO_CLUSTER, &found);
    if (error)
        return error;
    *node = node_open(volume, &found.place, &found.entry);
    return *node ? FS_OK : FS_NO_MEMORY;
}

int make_folder(struct volume *volume, const char *rest)
{
    uint32_t folder, cluster;
    struct found found;
    int error = path_parent(volume, rest, &folder);
    if (error)
        return error;
    error = folder_find(volume, folder, &found);
    if (error != FS_NOT_FOUND)
        return error ? error : FS_EXISTS;
    error = folder_make(volume, folder, &cluster);
    if (error)
        return error;
    error = add_new(volume, folder, ATTRIBUTE_FOLDER, cluster, &found);
    if (error && volume->mounted)
        space_free_chain(volume, cluster);
    return error;
}

int remove_file(struct volume *volume, const char *rest)
{
    uint32_t folder;
    struct found found;
    int error = path_find(volume, rest, &folder, &found);
    if (error)
        return error;
    if (found.entry.attributes & ATTRIBUTE_FOLDER)
        return FS_IS_FOLDER;
    if (found.entry.attributes & ATTRIBUTE_READ_ONLY)
        return FS_READ_ONLY;
    if (node_is_open(volume, &found.place))
        return FS_IN_USE;
    error = folder_remove(volume, &found);
    return error ? error : space_free_chain(volume, slot_cluster(volume, &found.entry));
}

int remove_folder(struct volume *volume, const char *rest)
{
    uint32_t folder;
    struct found found;
    bool empty = false;
    int error = path_find(volume, rest, &folder, &found);
    if (error)
        return error;
    uint32_t cluster = slot_cluster(volume, &found.entry);
    if (!(found.entry.attributes & ATTRIBUTE_FOLDER))
        return FS_NOT_FOLDER;
    if (!cluster_exists(volume, cluster))
        return FS_DAMAGED;
    error = folder_is_empty(volume, cluster, &empty);
    if (error || !empty)
        return error ? error : FS_NOT_EMPTY;
    error = folder_remove(volume, &found);
    if (error)
        return error;
    sectors_forget_folders(volume);
    searches_end(volume, cluster);
    return space_free_chain(volume, cluster);
}
