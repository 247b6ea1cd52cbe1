/* Doing steps and comparing what comes of them with the model (torture.h). */
#include <stdio.h>
#include <string.h>

#include "fs/fs.h"
#include "host.h"
#include "steps.h"

/* Buffers that begin at any address, as callers have them. */
static uint8_t room[LONGEST_WRITE + 8] __attribute__((aligned(8)));

static uint8_t *buffer_for(const struct step *step)
{
    return room + step->seed % 8;
}

static int64_t seek_offset(const struct step *step, int *whence)
{
    const struct use *use = &model.uses[step->use];
    *whence = (int)(step->seed % 3);
    int64_t target = step->bytes % (use->item ? use->item->bytes + 2000 : 1);
    return *whence == FIO_FROM_START ? target
         : *whence == FIO_FROM_HERE  ? target - (int64_t)use->position
                                     : target - (use->item ? use->item->bytes : 0);
}

static int do_seek(const struct step *step)
{
    int whence;
    int64_t offset = seek_offset(step, &whence);
    return (int)fio_seek(model.uses[step->use].handle, offset, whence);
}

/* 0 or more when the call says that it worked. */
static int do_by_handle(const struct step *step)
{
    struct use *use = &model.uses[step->use];
    switch (step->action) {
    case WRITE:
        random_bytes(step->seed, buffer_for(step), step->bytes);
        return fio_write(use->handle, buffer_for(step), step->bytes);
    case READ:
        memset(room, 0xEE, sizeof room);
        return fio_read(use->handle, buffer_for(step), step->bytes);
    case SEEK:
        return do_seek(step);
    case CLOSE:
        return fio_close(use->handle);
    case FLUSH:
        return fio_flush(use->handle);
    default:
        return fio_truncate(use->handle);
    }
}

static int do_open(const struct step *step)
{
    struct fio_handle *handle = step->action == CREATE ? fio_create(step->path) : fio_open(step->path, step->flags | 0x1000);
    if (handle == FIO_NO_HANDLE)
        return -1;
    model.uses[step->use].handle = handle;
    return 0;
}

static int do_list(const struct step *step)
{
    struct fio_entry entry;
    struct fio_handle *search = fio_find_first(step->path, &entry);
    return search == FIO_NO_HANDLE ? -1 : fio_find_close(search);
}

static int do_remount(void)
{
    struct fs_drive drive;
    if (fs_drive('B', &drive))
        return -1;
    fs_card_changed('B');
    uint32_t before = drive.free_clusters;
    if (fs_drive('B', &drive))
        return -1;
    return drive.free_clusters == before ? 0 : -100;
}

static int do_by_name(const struct step *step)
{
    uint32_t bytes;
    switch (step->action) {
    case CREATE:
    case OPEN:
        return do_open(step);
    case REMOVE:
        return fio_remove(step->path);
    case MAKE_FOLDER:
        return fio_create_folder(step->path);
    case REMOVE_FOLDER:
        return fio_remove_folder(step->path);
    case RENAME:
        return fio_rename(step->path, step->to);
    case LIST:
        return do_list(step);
    case SIZE:
        return fio_size(step->path, &bytes);
    case SYNC:
        return fs_sync();
    default:
        return do_remount();
    }
}

static bool is_by_handle(const struct step *step)
{
    return step->action >= WRITE && step->action <= TRUNCATE;
}

static bool handles_open(void)
{
    for (uint32_t i = 0; i < USES; i++) {
        if (model.uses[i].item)
            return true;
    }
    return false;
}

/* Steps that would not make sense now. */
static bool is_idle(const struct step *step)
{
    bool taken = model.uses[step->use].item;
    if (is_by_handle(step))
        return !taken;
    return step->action == CREATE || step->action == OPEN ? taken : step->action == REMOUNT && handles_open();
}

void only_do(const struct step *step)
{
    if (!is_idle(step))
        is_by_handle(step) ? do_by_handle(step) : do_by_name(step);
}

/* Little space left: the card itself, or the root folder of FAT16, which has 512 entries or less. */
static bool is_full(const struct step *step, uint32_t bytes)
{
    struct fs_drive drive;
    char parent[LONGEST_PATH];
    if (fs_drive('B', &drive))
        return false;
    const char *path = step->action == RENAME ? step->to : step->path;
    bool root = !drive.wide && *path && !parent_of(path, parent);
    const struct item *item = model_find(step->path);
    uint32_t copy = item && step->action == RENAME ? item->bytes : 0;
    return drive.free_clusters < 3 + (bytes + copy) / drive.cluster_bytes || (root && model_count() > 8);
}

static void check_write(const struct step *step, int got)
{
    struct use *use = &model.uses[step->use];
    uint32_t size, gap = use->position > use->item->bytes ? (uint32_t)use->position - use->item->bytes : 0;
    if (!use->may_write && got)
        wrong("%s: wrote with a handle for reading", step_text(step));
    if (!use->may_write)
        return;
    if (got < 0 || got > (int)step->bytes || (got < (int)step->bytes && !is_full(step, step->bytes - (uint32_t)got + gap)))
        wrong("%s: wrote %d", step_text(step), got);
    if (got > 0)
        expect_write(use, step, (uint32_t)got);
    if (fio_size(use->item->path, &size) || size < use->item->bytes || (got == (int)step->bytes && size != use->item->bytes))
        wrong("%s: the size is %u", step_text(step), size);
    model_resize(use->item, size); /* a gap may have been filled in part */
}

static void check_read(const struct step *step, int got)
{
    struct use *use = &model.uses[step->use];
    uint32_t left = use->position < use->item->bytes ? use->item->bytes - (uint32_t)use->position : 0;
    uint32_t want = step->bytes < left ? step->bytes : left;
    const uint8_t *data = buffer_for(step);
    if (got != (int)want)
        wrong("%s: read %d, not %u", step_text(step), got, want);
    if (want && memcmp(data, use->item->data + use->position, want))
        wrong("%s: read something else", step_text(step));
    if (data[want] != 0xEE)
        wrong("%s: read more than there is", step_text(step));
    use->position += want;
}

static void check_seek(const struct step *step, int got)
{
    struct use *use = &model.uses[step->use];
    int whence;
    int64_t offset = seek_offset(step, &whence);
    int64_t base = whence == FIO_FROM_START ? 0 : whence == FIO_FROM_HERE ? (int64_t)use->position : use->item->bytes;
    if (got != base + offset)
        wrong("%s: position %d", step_text(step), got);
    use->position = (uint64_t)got;
}

static void check_size(const struct step *step, int got)
{
    uint32_t bytes = 0;
    const struct item *item = model_find(step->path);
    if (got == 0 && (fio_size(step->path, &bytes) || bytes != item->bytes))
        wrong("%s: %u bytes, not %u", step_text(step), bytes, item->bytes);
}

static void check_entry(const struct step *step, const struct fio_entry *entry)
{
    char path[LONGEST_PATH];
    const struct item *folder = model_find(step->path);
    if (snprintf(path, sizeof path, "%s/%s", folder ? folder->path : "B:", entry->name) >= (int)sizeof path)
        give_up("path too long");
    const struct item *item = model_find(path);
    if (!item || strcmp(item->path, path))
        wrong("%s: lists %s, which should be %s", step_text(step), path, item ? item->path : "nowhere");
    if (item->folder != !!(entry->mode & FIO_ATTRIBUTE_FOLDER) || entry->size != item->bytes || entry->time < 1700000000)
        wrong("%s: %s is listed wrong", step_text(step), path);
}

static uint32_t count_in(const char *folder)
{
    uint32_t count = 0;
    char parent[LONGEST_PATH];
    for (const struct item *item = model.items; item; item = item->next) {
        bool below = parent_of(item->path, parent);
        count += same_path(below ? parent : "B:", folder);
    }
    return count;
}

static void check_list(const struct step *step, int got)
{
    struct fio_entry entry;
    uint32_t listed = 0, inside = count_in(step->path);
    bool root = !strcmp(step->path, "B:");
    if (got < 0 && !(root && inside == 0))
        wrong("%s: no listing", step_text(step));
    struct fio_handle *search = fio_find_first(step->path, &entry);
    if (search == FIO_NO_HANDLE)
        return;
    do {
        if (strcmp(entry.name, ".") && strcmp(entry.name, "..")) {
            check_entry(step, &entry);
            listed++;
        }
    } while (fio_find_next(search, &entry) == 0);
    fio_find_close(search);
    if (listed != inside)
        wrong("%s: lists %u of %u", step_text(step), listed, inside);
}

/* Everything whose answer is yes or no. */
static void check_plain(const struct step *step, int got)
{
    bool works = will_work(step);
    if (got == -100)
        wrong("%s: the count of free clusters was not true", step_text(step));
    if (works && got < 0 && is_full(step, 0))
        return;
    if (works != (got >= 0))
        wrong("%s: answered %d", step_text(step), got);
    if (step->action == SIZE)
        check_size(step, got);
    expect(step);
}

void carry_out(const struct step *step)
{
    if (is_idle(step))
        return;
    int got = is_by_handle(step) ? do_by_handle(step) : do_by_name(step);
    if (step->action == WRITE)
        check_write(step, got);
    else if (step->action == READ)
        check_read(step, got);
    else if (step->action == SEEK)
        check_seek(step, got);
    else if (step->action == LIST && will_work(step))
        check_list(step, got);
    else
        check_plain(step, got);
}
