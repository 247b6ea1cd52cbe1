/* Where paths lead (drives.h). */
#include "drives.h"
#include "folder.h"
#include "name.h"

static int enter(struct volume *volume, uint32_t *folder)
{
    struct found found;
    int error = folder_find(volume, *folder, &found);
    if (error)
        return error;
    if (!(found.entry.attributes & ATTRIBUTE_FOLDER))
        return FS_NOT_FOLDER;
    *folder = slot_cluster(volume, &found.entry);
    return cluster_exists(volume, *folder) ? FS_OK : FS_DAMAGED;
}

int path_parent(struct volume *volume, const char *rest, uint32_t *folder)
{
    *folder = root_folder(volume);
    for (;;) {
        rest = name_take(&volume->wanted, rest);
        if (!rest)
            return FS_BAD_NAME;
        if (!*rest)
            return FS_OK;
        int error = enter(volume, folder);
        if (error)
            return error;
    }
}

int path_find(struct volume *volume, const char *rest, uint32_t *folder, struct found *found)
{
    int error = path_parent(volume, rest, folder);
    return error ? error : folder_find(volume, *folder, found);
}

int path_folder(struct volume *volume, const char *rest, uint32_t *folder)
{
    *folder = root_folder(volume);
    if (!*rest)
        return FS_OK;
    int error = path_parent(volume, rest, folder);
    return error ? error : enter(volume, folder);
}
