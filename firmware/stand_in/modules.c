/*
 * Modules: those on the card that are switched on are "loaded", and a list in memory says of each what became of it, in the form in
 * which ML's does: path, short status, long status.
 */
#include "stand_in.h"

#define LOCK "ML/MODULES/LOADING.LCK"
#define MOST 16
#define ELF_MARK 0x464C457Fu

static struct {
    char path[32], status[8], message[40];
} modules[MOST];
static uint32_t count;

/* "NAME" of "NAME.MO"; false for other files. */
static bool name_of(const char *file, char *name)
{
    uint32_t i = 0;
    for (; i < 8 && file[i] && file[i] != '.'; i++)
        name[i] = file[i];
    name[i] = 0;
    return same(file + i, ".MO");
}

static bool is_on(const char *name)
{
    char path[0x40];
    format(path, sizeof path, "ML/SETTINGS/%s.EN", name);
    return exists(path);
}

static void load(const char *name)
{
    uint32_t mark = 0;
    char *path = modules[count].path;
    format(path, sizeof modules[0].path, "ML/MODULES/%s.mo", name);
    read_file(path, &mark, sizeof mark);
    bool good = mark == ELF_MARK;
    format(modules[count].status, sizeof modules[0].status, good ? "OK" : "Err");
    format(modules[count].message, sizeof modules[0].message, good ? "Module loaded" : "Not a module");
    count++;
}

static void load_all(void)
{
    struct file_entry entry;
    char name[9];
    void *search = _FIO_FindFirstEx(on_card("ML/MODULES"), &entry);
    if ((uint32_t)search & 1)
        return;
    do {
        if (count < MOST && name_of(entry.name, name) && is_on(name))
            load(name);
    } while (FIO_FindNextEx(search, &entry) == 0);
    FIO_FindClose(search);
}

/* As ML does: a lock that is still there is from a start that went wrong, and then no module is loaded. */
void load_modules(void)
{
    _FIO_CreateDirectory(on_card("ML/MODULES"));
    if (exists(LOCK)) {
        DryosDebugMsg(0x32, 3, "no modules: the camera was not shut down cleanly");
        return;
    }
    write_file(LOCK, "locked", 6);
    load_all();
}

void unlock_modules(void)
{
    if (!asked_for("KEEPLOCK"))
        _FIO_RemoveFile(on_card(LOCK));
}
