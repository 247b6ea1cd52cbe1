/* What a step should do to the model (torture.h). */
#include <stdio.h>
#include <string.h>

#include "host.h"
#include "steps.h"

static bool parent_exists(const char *path)
{
    char parent[LONGEST_PATH];
    if (!parent_of(path, parent))
        return true;
    const struct item *item = model_find(parent);
    return item && item->folder;
}

static bool is_inside(const char *path, const char *folder)
{
    char parent[LONGEST_PATH];
    snprintf(parent, sizeof parent, "%s", path);
    do {
        if (same_path(parent, folder))
            return true;
    } while (parent_of(parent, parent));
    return false;
}

static bool rename_works(const struct step *step)
{
    const struct item *from = model_find(step->path), *to = model_find(step->to);
    if (!from || !parent_exists(step->to) || (!from->folder && from->handles) || (to && to != from))
        return false;
    if (to == from)
        return true; /* other letters */
    char parent[LONGEST_PATH];
    return !from->folder || !parent_of(step->to, parent) || !is_inside(parent, from->path);
}

bool will_work(const struct step *step)
{
    const struct use *use = &model.uses[step->use];
    const struct item *item = model_find(step->path);
    switch (step->action) {
    case CREATE:
        return !use->item && parent_exists(step->path) && (!item || (!item->folder && !item->handles));
    case OPEN:
        return !use->item && item && !item->folder;
    case WRITE:
    case TRUNCATE:
        return use->item && use->may_write;
    case READ:
    case SEEK:
    case CLOSE:
    case FLUSH:
        return use->item;
    case REMOVE:
        return item && !item->folder && !item->handles;
    case SIZE:
        return item && !item->folder;
    case MAKE_FOLDER:
        return !item && parent_exists(step->path);
    case REMOVE_FOLDER:
        return item && item->folder && model_is_empty(item);
    case RENAME:
        return rename_works(step);
    case LIST:
        return (item && item->folder) || !strcmp(step->path, "B:");
    default:
        return true;
    }
}

/* New items are listed as their parents are, which may have been written in other letters. */
static void listed_path(char *out, const char *path)
{
    char parent[LONGEST_PATH], shown[LONGEST_PATH];
    const struct item *item = parent_of(path, parent) ? model_find(parent) : NULL;
    shown_path(shown, strrchr(path, '/') + 1);
    if (snprintf(out, LONGEST_PATH, "%s/%s", item ? item->path : "B:", shown) >= LONGEST_PATH)
        give_up("path too long");
}

static struct item *new_item(const char *path, bool folder)
{
    char listed[LONGEST_PATH];
    listed_path(listed, path);
    return model_add(listed, folder);
}

static void open_item(struct use *use, struct item *item, bool may_write)
{
    if (item->handles++ == 0)
        model_keep(item);
    use->item = item;
    use->position = 0;
    use->may_write = may_write;
}

static void expect_create(struct use *use, const struct step *step)
{
    struct item *item = model_find(step->path);
    if (!item)
        item = new_item(step->path, false);
    model_resize(item, 0);
    item->tail = false;
    open_item(use, item, true);
}

static void expect_close(struct use *use)
{
    model_keep(use->item);
    use->item->handles--;
    *use = (struct use){ 0 };
}

static void expect_rename(const struct step *step)
{
    char listed[LONGEST_PATH];
    listed_path(listed, step->to);
    model_rename(model_find(step->path)->path, listed);
}

static void expect_truncate(struct use *use)
{
    bool shorter = use->position < use->item->bytes;
    model_resize(use->item, (uint32_t)use->position);
    if (shorter)
        model_keep(use->item);
}

void expect_write(struct use *use, const struct step *step, uint32_t bytes)
{
    static uint8_t data[LONGEST_WRITE];
    random_bytes(step->seed, data, bytes);
    model_write(use->item, (uint32_t)use->position, data, bytes);
    use->position += bytes;
}

void expect(const struct step *step)
{
    struct use *use = &model.uses[step->use];
    if (!will_work(step))
        return;
    if (step->action == CREATE)
        expect_create(use, step);
    else if (step->action == OPEN)
        open_item(use, model_find(step->path), (step->flags & 3) != FIO_READ_ONLY);
    else if (step->action == WRITE)
        expect_write(use, step, step->bytes);
    else if (step->action == CLOSE)
        expect_close(use);
    else if (step->action == FLUSH)
        model_keep(use->item);
    else if (step->action == TRUNCATE)
        expect_truncate(use);
    else if (step->action == REMOVE || step->action == REMOVE_FOLDER)
        model_remove(model_find(step->path));
    else if (step->action == MAKE_FOLDER)
        new_item(step->path, true);
    else if (step->action == RENAME)
        expect_rename(step);
    for (struct item *item = step->action == SYNC ? model.items : NULL; item; item = item->next) {
        if (item->handles)
            model_keep(item);
    }
}

void print_extra(const struct step *step)
{
    char listed[LONGEST_PATH];
    printf("extra\n");
    if (step->action != RENAME || !will_work(step))
        return;
    const struct item *item = model_find(step->path);
    listed_path(listed, step->to);
    if (item->folder)
        printf("folder %s\nfolder %s\n", item->path + 3, listed + 3);
    else
        printf("file %u %016llx %s\nfile %u %016llx %s\n", item->bytes, (unsigned long long)sum_of(item->data, item->bytes),
               item->path + 3, item->bytes, (unsigned long long)sum_of(item->data, item->bytes), listed + 3);
}
