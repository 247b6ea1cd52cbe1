/* The file calls (fs/fio.h) that work on an open file. */
#include "drives.h"
#include "handle.h"
#include "kernel/debug.h"
#include "kernel/offer.h"
#include "node.h"

#define KNOWN_FLAGS (3u | 0x1000u | 0x10000u)

/* A handle for a node that was just opened; the node is closed when there is no memory. */
static struct fio_handle *handle_for(struct volume *volume, struct node *node, uint32_t flags)
{
    struct handle *handle = handle_make(HANDLE_FILE, volume);
    if (!handle) {
        node_close(node);
        return FIO_NO_HANDLE;
    }
    handle->node = node;
    handle->may_read = (flags & 3) != FIO_WRITE_ONLY;
    handle->may_write = (flags & 3) != FIO_READ_ONLY;
    return handle_given(handle);
}

static int open_node(struct volume *volume, const char *rest, uint32_t flags, struct node **node)
{
    uint32_t folder;
    struct found found;
    int error = path_find(volume, rest, &folder, &found);
    if (error)
        return error;
    if (found.entry.attributes & ATTRIBUTE_FOLDER)
        return FS_IS_FOLDER;
    if ((found.entry.attributes & ATTRIBUTE_READ_ONLY) && (flags & 3) != FIO_READ_ONLY)
        return FS_READ_ONLY;
    *node = node_open(volume, &found.place, &found.entry);
    return *node ? FS_OK : FS_NO_MEMORY;
}

struct fio_handle *fio_open(const char *path, uint32_t flags)
{
    struct volume *volume;
    const char *rest;
    struct node *node;
    if (flags & ~KNOWN_FLAGS)
        MISSING("FIO_OpenFile with these flags");
    if (drive_enter_path(path, &volume, &rest))
        return FIO_NO_HANDLE;
    int error = open_node(volume, rest, flags, &node);
    struct fio_handle *handle = error ? FIO_NO_HANDLE : handle_for(volume, node, flags);
    volume_leave(volume);
    return handle;
}
STUB_IS(_FIO_OpenFile, fio_open);

struct fio_handle *fio_create(const char *path)
{
    struct volume *volume;
    const char *rest;
    struct node *node;
    if (drive_enter_path(path, &volume, &rest))
        return FIO_NO_HANDLE;
    int error = make_file(volume, rest, &node);
    struct fio_handle *handle = error ? FIO_NO_HANDLE : handle_for(volume, node, FIO_READ_WRITE);
    volume_leave(volume);
    return handle;
}
STUB_IS(_FIO_CreateFile, fio_create);

int fio_close(struct fio_handle *given)
{
    struct handle *handle;
    int error = handle_enter(given, HANDLE_FILE, &handle);
    if (error)
        return error;
    struct volume *volume = handle->volume;
    error = node_close(handle->node);
    handle_end(handle);
    volume_leave(volume);
    return error;
}
STUB_IS(FIO_CloseFile, fio_close);

/* Locks the volume if the handle is an open file that is still there. */
static int enter_file(const struct fio_handle *given, struct handle **handle)
{
    int error = handle_enter(given, HANDLE_FILE, handle);
    if (error || handle_is_alive(*handle))
        return error;
    volume_leave((*handle)->volume);
    return FS_CARD_FAILED;
}

int fio_read(struct fio_handle *given, void *buffer, uint32_t bytes)
{
    struct handle *handle;
    int count = -1;
    if (bytes > INT32_MAX || enter_file(given, &handle))
        return -1;
    if (handle->may_read)
        count = handle->position > LARGEST_FILE ? 0 : file_read(handle->node, (uint32_t)handle->position, buffer, bytes);
    if (count > 0)
        handle->position += (uint32_t)count;
    volume_leave(handle->volume);
    return count < 0 ? -1 : count;
}
STUB_IS(_FIO_ReadFile, fio_read);

int fio_write(struct fio_handle *given, const void *buffer, uint32_t bytes)
{
    struct handle *handle;
    int count = 0;
    int error = enter_file(given, &handle);
    if (error)
        return error == FS_BAD_HANDLE ? -1 : 0;
    if (handle->may_write && bytes <= INT32_MAX && handle->position <= LARGEST_FILE)
        count = file_write(handle->node, (uint32_t)handle->position, buffer, bytes);
    if (count > 0)
        handle->position += (uint32_t)count;
    volume_leave(handle->volume);
    return count < 0 ? 0 : count;
}
STUB_IS(_FIO_WriteFile, fio_write);

int64_t fio_seek(struct fio_handle *given, int64_t offset, int whence)
{
    struct handle *handle;
    if (enter_file(given, &handle))
        return -1;
    int64_t base = whence == FIO_FROM_START ? 0 : whence == FIO_FROM_HERE ? (int64_t)handle->position : handle->node->bytes;
    int64_t position = base + offset;
    bool valid = whence >= FIO_FROM_START && whence <= FIO_FROM_END && offset >= -(int64_t)LARGEST_FILE
        && offset <= (int64_t)LARGEST_FILE && position >= 0 && position <= (int64_t)LARGEST_FILE;
    if (valid)
        handle->position = (uint64_t)position;
    volume_leave(handle->volume);
    return valid ? position : -1;
}
STUB_IS(FIO_SeekSkipFile, fio_seek);

int fio_flush(struct fio_handle *given)
{
    struct handle *handle;
    int error = enter_file(given, &handle);
    if (error)
        return error;
    error = node_commit(handle->node);
    volume_leave(handle->volume);
    return error;
}

int fio_truncate(struct fio_handle *given)
{
    struct handle *handle;
    int error = enter_file(given, &handle);
    if (error)
        return error;
    error = handle->may_write ? file_truncate(handle->node, (uint32_t)handle->position) : FS_READ_ONLY;
    volume_leave(handle->volume);
    return error;
}
