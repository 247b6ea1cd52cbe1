/* Handles (handle.h), and searches that have come to their end (drives.h). */
#include "handle.h"

#include "drives.h"
#include "kernel/memory.h"
#include "kernel/task.h"

#define FIRST_NUMBER 3u
#define NUMBERS 125u

static struct handle *handles;

struct fio_handle *handle_given(struct handle *handle)
{
    return (struct fio_handle *)(handle->kind == HANDLE_FILE ? (uintptr_t)handle->number : (uintptr_t)handle);
}

static struct handle *find(const struct fio_handle *given, enum handle_kind kind)
{
    struct handle *handle = handles;
    while (handle && (handle->kind != kind || handle_given(handle) != given))
        handle = handle->next;
    return handle;
}

/* The lowest number that no open file has; 0 when all are taken. */
static uint32_t free_number(void)
{
    for (uint32_t number = FIRST_NUMBER; number < FIRST_NUMBER + NUMBERS; number++) {
        if (!find((const struct fio_handle *)(uintptr_t)number, HANDLE_FILE))
            return number;
    }
    return 0;
}

/* Puts a handle on the list; false when there is no number for it. */
static bool list(struct handle *handle)
{
    scheduler_lock();
    handle->number = handle->kind == HANDLE_FILE ? free_number() : 0;
    bool listed = handle->kind != HANDLE_FILE || handle->number;
    if (listed) {
        handle->next = handles;
        handles = handle;
    }
    scheduler_unlock();
    return listed;
}

struct handle *handle_make(enum handle_kind kind, struct volume *volume)
{
    struct handle *handle = heap_alloc_zeroed(sizeof *handle);
    if (!handle)
        return NULL;
    handle->kind = kind;
    handle->volume = volume;
    handle->mounts = volume->mounts;
    if (list(handle))
        return handle;
    heap_free(handle);
    return NULL;
}

/* The volume of a handle; 0 when there is no such handle. */
static struct volume *volume_of(const struct fio_handle *given, enum handle_kind kind, struct handle **handle)
{
    scheduler_lock();
    *handle = find(given, kind);
    struct volume *volume = *handle ? (*handle)->volume : NULL;
    scheduler_unlock();
    return volume;
}

int handle_enter(const struct fio_handle *given, enum handle_kind kind, struct handle **handle)
{
    struct volume *volume = volume_of(given, kind, handle);
    if (!volume)
        return FS_BAD_HANDLE;
    volume_enter(volume);
    if (volume_of(given, kind, handle) == volume)
        return FS_OK;
    volume_leave(volume); /* closed by another task while we waited */
    return FS_BAD_HANDLE;
}

bool handle_is_alive(const struct handle *handle)
{
    return handle->volume->mounted && handle->mounts == handle->volume->mounts;
}

void handle_end(struct handle *handle)
{
    scheduler_lock();
    struct handle **link = &handles;
    while (*link && *link != handle)
        link = &(*link)->next;
    if (*link)
        *link = handle->next;
    scheduler_unlock();
    heap_free(handle);
}

void searches_end(const struct volume *volume, uint32_t folder)
{
    scheduler_lock();
    for (struct handle *handle = handles; handle; handle = handle->next) {
        if (handle->kind == HANDLE_SEARCH && handle->volume == volume && handle->folder == folder)
            handle->ended = true;
    }
    scheduler_unlock();
}
