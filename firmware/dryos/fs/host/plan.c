/* Choosing the next step (torture.h). */
#include <stdio.h>
#include <string.h>

#include "torture.h"

#define LONG_TEXT "a name that is long enough to need many parts, which then do not fit beside others in one sector of a folder, so"

static const char *const file_names[] = {
    "FILE%u.DAT", "file%u.dat", "A long name number %u.text", "Another.Name.With.Dots.%u", "MIXEDcase%u.LONGEXT",
    "\xC3\x84pfel \xC3\xB6 %u.txt", "\xC3\xA4PFEL \xC3\x96 %u.TXT", ".hidden%u", "x%u", LONG_TEXT " %u.bin",
    "\xE6\x97\xA5\xE6\x9C\xAC %u", "smile \xE2\x98\xBA %u.md", "two  spaces %u", "long name %u.txt",
};
static const char *const folder_names[] = { "DIR%u", "Some Folder %u", "folder-with-a-long-name-%u", "dir%u" };

#define COUNT(array) (uint32_t)(sizeof(array) / sizeof(array)[0])

static uint32_t depth_of(const char *path)
{
    uint32_t depth = 0;
    for (; *path; path++)
        depth += *path == '/';
    return depth;
}

/* The root or one of the folders, not too deep. */
static const char *some_folder(void)
{
    struct item *folder = random_below(3) ? model_pick(random_below(1000), true) : NULL;
    return folder && depth_of(folder->path) < 4 && strlen(folder->path) < 250 ? folder->path : "B:";
}

static void new_path(char *path, const char *const *names, uint32_t count)
{
    char name[200];
    snprintf(name, sizeof name, names[random_below(count)], random_below(6));
    snprintf(path, LONGEST_PATH, "%s/%s", some_folder(), name);
}

static void some_path(char *path, bool folder)
{
    struct item *item = random_below(5) ? model_pick(random_below(1000), folder) : NULL;
    if (item)
        strcpy(path, item->path);
    else if (folder)
        new_path(path, folder_names, COUNT(folder_names));
    else
        new_path(path, file_names, COUNT(file_names));
}

static uint32_t some_size(void)
{
    switch (random_below(12)) {
    case 0:
        return random_below(4);
    case 1:
        return 512 * random_below(40);
    case 2:
        return 100000 + random_below(200000);
    case 3:
    case 4:
        return random_below(30000);
    default:
        return random_below(2500);
    }
}

static void plan_rename(struct step *step)
{
    bool folder = random_below(3) == 0;
    some_path(step->path, folder);
    if (random_below(4) == 0)
        some_path(step->to, folder);
    else if (folder)
        new_path(step->to, folder_names, COUNT(folder_names));
    else
        new_path(step->to, file_names, COUNT(file_names));
}

static enum action some_action(void)
{
    static const enum action often[] = {
        CREATE, CREATE, CREATE, OPEN, OPEN, WRITE, WRITE, WRITE, WRITE, WRITE, WRITE, READ, READ, SEEK, SEEK, CLOSE, CLOSE, CLOSE,
        FLUSH, TRUNCATE, REMOVE, REMOVE, MAKE_FOLDER, REMOVE_FOLDER, RENAME, RENAME, LIST, SIZE,
    };
    uint32_t rare = random_below(60);
    if (rare < 2)
        return rare ? SYNC : REMOUNT;
    return often[random_below(COUNT(often))];
}

/* Many small files at times, so that folders grow. */
static bool is_crowded(void)
{
    return model_count() > 120;
}

/* Mostly a handle that the step can do something with. */
static uint32_t some_use(enum action action)
{
    uint32_t start = random_below(USES);
    bool want_open = action >= WRITE && action <= TRUNCATE;
    for (uint32_t i = 0; random_below(20) && i < USES; i++) {
        uint32_t use = (start + i) % USES;
        if (want_open == !!model.uses[use].item)
            return use;
    }
    return start;
}

void plan_step(struct step *step)
{
    memset(step, 0, sizeof *step);
    step->action = some_action();
    if (is_crowded() && step->action == CREATE)
        step->action = REMOVE;
    step->use = some_use(step->action);
    step->flags = random_below(3) ? FIO_READ_WRITE : FIO_READ_ONLY;
    step->bytes = some_size();
    step->seed = random_below(UINT32_MAX);
    if (step->action == RENAME)
        plan_rename(step);
    else if (step->action == MAKE_FOLDER)
        new_path(step->path, folder_names, COUNT(folder_names));
    else if (step->action == CREATE && random_below(3))
        new_path(step->path, file_names, COUNT(file_names));
    else
        some_path(step->path, step->action == REMOVE_FOLDER || step->action == LIST);
}

const char *step_text(const struct step *step)
{
    static const char *const names[] = {
        "create", "open", "write", "read", "seek", "close", "flush", "truncate", "remove", "make folder", "remove folder", "rename",
        "list", "size", "sync", "remount",
    };
    static char text[3 * LONGEST_PATH];
    const struct use *use = &model.uses[step->use];
    bool by_handle = step->action >= WRITE && step->action <= TRUNCATE;
    snprintf(text, sizeof text, "%s %s%s%s (handle %u at %llu, %u bytes)", names[step->action],
             by_handle ? use->item ? use->item->path : "nothing" : step->path, *step->to ? " -> " : "", step->to, step->use,
             (unsigned long long)use->position, step->bytes);
    return text;
}
