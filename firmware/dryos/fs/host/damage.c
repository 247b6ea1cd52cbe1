/*
 * A card whose tables and folders hold nonsense: the calls may answer anything, but must come back, and must not write outside of their
 * memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "card.h"
#include "cases.h"
#include "torture.h"

#define LONGEST_CALL_S 20u
#define FRONT 700u /* sectors: boot sector, tables, root, the first folders */

static void fill_card(void)
{
    char path[64];
    for (uint32_t i = 0; i < 6; i++) {
        snprintf(path, sizeof path, "B:/DIR%u", i);
        fio_create_folder(path);
        for (uint32_t k = 0; k < 20; k++) {
            snprintf(path, sizeof path, "B:/DIR%u/%s %u.bin", i, k % 3 ? "a file" : "a file with a name of many parts", k);
            make(path, random_below(3000), (uint8_t)k);
        }
    }
}

static void spoil(void)
{
    uint32_t sector = random_below(4) ? 1 + random_below(FRONT) : random_below(card_sectors());
    uint8_t *bytes = card_bytes(sector);
    for (uint32_t count = 1 + random_below(random_below(3) ? 4 : 200); count--;)
        bytes[random_below(512)] = (uint8_t)(random_below(2) ? random_below(256) : random_below(3) * 0xFF / 2);
}

static void visit(const char *folder, uint32_t depth)
{
    struct fio_entry entry;
    char path[400];
    uint32_t seen = 0;
    struct fio_handle *search = fio_find_first(folder, &entry);
    if (search == FIO_NO_HANDLE)
        return;
    do {
        snprintf(path, sizeof path, "%s/%s", folder, entry.name);
        if (entry.mode & FIO_ATTRIBUTE_FOLDER && depth < 2 && entry.name[0] != '.')
            visit(path, depth + 1);
        static uint8_t data[5000];
        struct fio_handle *handle = fio_open(path, FIO_READ_WRITE);
        fio_read(handle, data, sizeof data);
        if (random_below(20) == 0)
            fio_write(handle, data, random_below(sizeof data));
        fio_close(handle);
    } while (fio_find_next(search, &entry) == FS_OK && ++seen < 100);
    fio_find_close(search);
}

static void change_something(void)
{
    char from[64], to[64];
    snprintf(from, sizeof from, "B:/DIR%u/a file %u.bin", random_below(7), random_below(20));
    snprintf(to, sizeof to, "B:/DIR%u/another file %u.bin", random_below(7), random_below(20));
    switch (random_below(6)) {
    case 0:
        fio_remove(from);
        break;
    case 1:
        fio_rename(from, to);
        break;
    case 2:
        *strrchr(from, '/') = 0;
        fio_rename(from, to);
        break;
    case 3:
        fio_create_folder(to);
        break;
    case 4:
        fio_remove_folder(to);
        break;
    default:
        fio_close(fio_create(to));
    }
}

void damage(uint64_t seed, uint32_t steps)
{
    struct fs_drive drive;
    random_seed(seed);
    fill_card();
    for (uint32_t i = 0; i < steps; i++) {
        alarm(LONGEST_CALL_S);
        spoil();
        fs_card_changed('B');
        fs_drive('B', &drive);
        visit("B:", 0);
        for (uint32_t k = 0; k < 5; k++)
            change_something();
        fs_sync();
    }
}
