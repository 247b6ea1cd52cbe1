/* The file calls (fs/fio.h) that work on names: size, removal, folders, searches. */
#include "clock.h"
#include "drives.h"
#include "handle.h"
#include "kernel/memory.h"
#include "kernel/offer.h"
#include "name.h"
#include "node.h"

static int size_of(struct volume *volume, const char *rest, uint32_t *size)
{
    uint32_t folder;
    struct found found;
    int error = path_find(volume, rest, &folder, &found);
    if (error)
        return error;
    if (found.entry.attributes & ATTRIBUTE_FOLDER)
        return FS_IS_FOLDER;
    const struct node *node = node_find(volume, &found.place);
    *size = node ? node->bytes : found.entry.bytes;
    return FS_OK;
}

int fio_size(const char *path, uint32_t *size)
{
    struct volume *volume;
    const char *rest;
    int error = drive_enter_path(path, &volume, &rest);
    if (error)
        return error;
    error = size_of(volume, rest, size);
    volume_leave(volume);
    return error;
}
STUB_IS(_FIO_GetFileSize, fio_size);

/* Does something with the entry at a path. */
static int with_path(const char *path, int (*change)(struct volume *, const char *))
{
    struct volume *volume;
    const char *rest;
    int error = drive_enter_path(path, &volume, &rest);
    if (error)
        return error;
    error = change(volume, rest);
    volume_leave(volume);
    return error;
}

int fio_remove(const char *path)
{
    return with_path(path, remove_file);
}
STUB_IS(_FIO_RemoveFile, fio_remove);

int fio_create_folder(const char *path)
{
    return with_path(path, make_folder);
}
STUB_IS(_FIO_CreateDirectory, fio_create_folder);

int fio_remove_folder(const char *path)
{
    return with_path(path, remove_folder);
}

int fio_rename(const char *from, const char *to)
{
    struct volume *volume;
    const char *rest, *other_rest = path_rest(to);
    if (!other_rest || !from || (from[0] | 0x20) != (to[0] | 0x20))
        return FS_BAD_NAME;
    int error = drive_enter_path(from, &volume, &rest);
    if (error)
        return error;
    error = move_entry(volume, rest, other_rest);
    volume_leave(volume);
    return error;
}
STUB_IS(_FIO_RenameFile, fio_rename);

static void fill_name(const struct volume *volume, const struct found *found, struct fio_entry *entry)
{
    bool is_long = found->length && !alias_says(found->entry.name, volume->long_name, found->length);
    if (!is_long || !name_text(entry->name, sizeof entry->name, volume->long_name, found->length))
        alias_text(entry->name, found->entry.name);
}

static void fill_entry(struct volume *volume, const struct found *found, struct fio_entry *entry)
{
    const struct node *node = node_find(volume, &found->place);
    memset(entry, 0, sizeof *entry);
    entry->mode = found->entry.attributes & ATTRIBUTE_MASK;
    if (!(entry->mode & ATTRIBUTE_FOLDER))
        entry->size = node ? node->bytes : found->entry.bytes;
    entry->time = seconds_since_1970(found->entry.date, found->entry.time);
    fill_name(volume, found, entry);
}

static int search_next(struct handle *handle, struct fio_entry *entry)
{
    struct found found;
    if (handle->ended)
        return FS_NOT_FOUND;
    int error = folder_next(handle->volume, &handle->walk, &found);
    if (error)
        handle->ended = true;
    else
        fill_entry(handle->volume, &found, entry);
    return error;
}

static struct fio_handle *search_start(struct volume *volume, const char *rest, struct fio_entry *entry)
{
    uint32_t folder;
    if (path_folder(volume, rest, &folder))
        return FIO_NO_HANDLE;
    struct handle *handle = handle_make(HANDLE_SEARCH, volume);
    if (!handle)
        return FIO_NO_HANDLE;
    handle->folder = folder;
    handle->walk = walk_from(volume, folder);
    if (search_next(handle, entry) == FS_OK)
        return handle_given(handle);
    handle_end(handle);
    return FIO_NO_HANDLE;
}

struct fio_handle *fio_find_first(const char *path, struct fio_entry *entry)
{
    struct volume *volume;
    const char *rest;
    if (drive_enter_path(path, &volume, &rest))
        return FIO_NO_HANDLE;
    struct fio_handle *handle = search_start(volume, rest, entry);
    volume_leave(volume);
    return handle;
}
STUB_IS(_FIO_FindFirstEx, fio_find_first);

int fio_find_next(struct fio_handle *given, struct fio_entry *entry)
{
    struct handle *handle;
    int error = handle_enter(given, HANDLE_SEARCH, &handle);
    if (error)
        return error;
    error = handle_is_alive(handle) ? search_next(handle, entry) : FS_CARD_FAILED;
    volume_leave(handle->volume);
    return error;
}
STUB_IS(FIO_FindNextEx, fio_find_next);

int fio_find_close(struct fio_handle *given)
{
    struct handle *handle;
    int error = handle_enter(given, HANDLE_SEARCH, &handle);
    if (error)
        return error;
    struct volume *volume = handle->volume;
    handle_end(handle);
    volume_leave(volume);
    return FS_OK;
}
STUB_IS(FIO_FindClose, fio_find_close);
