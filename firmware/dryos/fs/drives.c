/* The two drives (drives.h), and what others may ask of them (fs/fs.h). */
#include "drives.h"

#include "folder.h"
#include "kernel/debug.h"
#include "kernel/memory.h"
#include "kernel/offer.h"
#include "kernel/sync.h"
#include "node.h"

static struct volume volumes[] = { { .letter = 'A' }, { .letter = 'B' } };
#define VOLUMES (sizeof volumes / sizeof volumes[0])

void fs_start(void)
{
    volumes[0].disk = cf_disk();
    volumes[1].disk = sd_disk();
    for (uint32_t i = 0; i < VOLUMES; i++)
        volumes[i].lock = lock_create("fs");
}
AT_START(START_SERVICES, fs_start);

void volume_enter(struct volume *volume)
{
    lock_acquire(volume->lock, FOREVER);
}

void volume_leave(struct volume *volume)
{
    lock_release(volume->lock);
}

static struct volume *find(char letter)
{
    if (letter >= 'a' && letter <= 'z')
        letter = (char)(letter - 'a' + 'A');
    for (uint32_t i = 0; i < VOLUMES; i++) {
        if (volumes[i].letter == letter && volumes[i].disk && volumes[i].lock)
            return &volumes[i];
    }
    return NULL;
}

int drive_enter(char letter, struct volume **volume)
{
    *volume = find(letter);
    if (!*volume)
        return FS_NO_CARD;
    volume_enter(*volume);
    int error = (*volume)->mounted ? FS_OK : volume_mount(*volume);
    if (error)
        volume_leave(*volume);
    return error;
}

const char *path_rest(const char *path)
{
    if (!path || !path[0] || path[1] != ':')
        return NULL;
    for (path += 2; *path == '/' || *path == '\\';)
        path++;
    return path;
}

int drive_enter_path(const char *path, struct volume **volume, const char **rest)
{
    *rest = path_rest(path);
    return *rest ? drive_enter(path[0], volume) : FS_BAD_NAME;
}

/* The label is an entry of the root folder that walks leave out. */
static int read_label(struct volume *volume, char *label)
{
    struct walk walk = walk_from(volume, root_folder(volume));
    for (label[0] = 0;; walk.slot++) {
        struct slot *slot;
        int error = walk_slot(volume, &walk, &slot);
        if (error || slot->name[0] == SLOT_END)
            return error == FS_NOT_FOUND ? FS_OK : error;
        if (slot->name[0] == SLOT_REMOVED || (slot->attributes & (ATTRIBUTE_LABEL | ATTRIBUTE_FOLDER)) != ATTRIBUTE_LABEL
            || (slot->attributes & ATTRIBUTE_MASK) == ATTRIBUTE_LONG)
            continue;
        memcpy(label, slot->name, ALIAS_BYTES);
        uint32_t length = ALIAS_BYTES;
        while (length && label[length - 1] == ' ')
            length--;
        label[length] = 0;
        return FS_OK;
    }
}

int fs_drive(char letter, struct fs_drive *facts)
{
    struct volume *volume;
    int error = drive_enter(letter, &volume);
    if (error)
        return error;
    error = space_count(volume);
    if (!error)
        error = read_label(volume, facts->label);
    facts->sectors = volume->disk->sectors;
    facts->cluster_bytes = cluster_bytes(volume);
    facts->clusters = volume->clusters;
    facts->free_clusters = volume->free_clusters;
    facts->wide = volume->wide;
    volume_leave(volume);
    return error;
}

static int sync_volume(struct volume *volume)
{
    int error = FS_OK;
    volume_enter(volume);
    for (struct node *node = volume->nodes; volume->mounted && node && !error; node = node->next)
        error = node_commit(node);
    if (volume->mounted && !error)
        error = space_tell(volume);
    volume_leave(volume);
    return error;
}

int fs_sync(void)
{
    int first = FS_OK;
    for (uint32_t i = 0; i < VOLUMES; i++) {
        int error = volumes[i].disk && volumes[i].lock ? sync_volume(&volumes[i]) : FS_OK;
        if (!first)
            first = error;
    }
    return first;
}

void fs_card_changed(char letter)
{
    struct volume *volume = find(letter);
    if (!volume)
        return;
    volume_enter(volume);
    volume->mounted = false;
    volume_leave(volume);
}
