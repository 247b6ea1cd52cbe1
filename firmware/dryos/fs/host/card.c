/*
 * The card in memory (card.h), as the file system's drive B. Drive A has no card. Only what is not empty takes memory: a large card
 * costs little, and so does a process of its own for each loss of power.
 */
#define _GNU_SOURCE /* SEEK_DATA */
#include "card.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../disk.h"
#include "host.h"

/* What a sector of the file held before a save. */
struct undo {
    struct undo *next;
    uint32_t sector;
    uint8_t data[SECTOR];
};

static uint8_t *content;
static uint32_t sectors;
static uint8_t *dirty;       /* by sector: written since the last save */
static uint32_t *dirty_list; /* the same as a list */
static uint32_t dirty_count, dirty_room;
static struct undo *undos; /* since the mark, the last save first */
static int file = -1;
static uint64_t limit = NEVER, writes, commands;
static bool failed, present = true;

static void *need(void *memory)
{
    if (!memory)
        give_up("out of memory");
    return memory;
}

/* Reads what the image's file holds; the rest of it is zero. */
static void read_data(const char *path, off_t bytes)
{
    off_t from = lseek(file, 0, SEEK_DATA);
    while (from >= 0 && from < bytes) {
        off_t end = lseek(file, from, SEEK_HOLE);
        for (ssize_t got; from < end; from += got) {
            got = pread(file, content + from, (size_t)(end - from), from);
            if (got <= 0)
                give_up("cannot read %s", path);
        }
        from = lseek(file, end, SEEK_DATA);
    }
}

void card_load(const char *path)
{
    struct stat facts;
    file = open(path, O_RDWR);
    if (file < 0 || fstat(file, &facts))
        give_up("cannot open %s", path);
    sectors = (uint32_t)(facts.st_size / SECTOR);
    content = mmap(NULL, (size_t)facts.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (content == MAP_FAILED)
        give_up("no room for %s", path);
    read_data(path, facts.st_size);
    dirty = need(calloc(sectors, 1));
}

static uint8_t *at(uint32_t sector)
{
    return content + (size_t)sector * SECTOR;
}

static void note_dirty(uint32_t sector)
{
    if (dirty[sector])
        return;
    if (dirty_count == dirty_room) {
        dirty_room = dirty_room * 2 + 1024;
        dirty_list = need(realloc(dirty_list, dirty_room * sizeof *dirty_list));
    }
    dirty[sector] = 1;
    dirty_list[dirty_count++] = sector;
}

static void put(uint32_t sector, const uint8_t *data)
{
    if (pwrite(file, data, SECTOR, (off_t)sector * SECTOR) != SECTOR)
        give_up("cannot write the image");
}

static void keep_old(uint32_t sector)
{
    struct undo *undo = need(malloc(sizeof *undo));
    undo->next = undos;
    undo->sector = sector;
    if (pread(file, undo->data, SECTOR, (off_t)sector * SECTOR) != SECTOR)
        give_up("cannot read the image");
    undos = undo;
}

void card_save(void)
{
    while (dirty_count) {
        uint32_t sector = dirty_list[--dirty_count];
        keep_old(sector);
        put(sector, at(sector));
        dirty[sector] = 0;
    }
}

void card_mark(void)
{
    while (undos) {
        struct undo *next = undos->next;
        free(undos);
        undos = next;
    }
}

void card_unsave(void)
{
    for (const struct undo *undo = undos; undo; undo = undo->next)
        put(undo->sector, undo->data);
}

void card_insert(bool inserted)
{
    present = inserted;
}

uint8_t *card_bytes(uint32_t sector)
{
    note_dirty(sector);
    return at(sector);
}

uint32_t card_sectors(void)
{
    return sectors;
}

void card_fail_after(uint64_t count)
{
    limit = count;
    writes = 0;
    failed = false;
}

bool card_has_failed(void)
{
    return failed;
}

void card_restart(void)
{
    card_fail_after(NEVER);
}

uint64_t card_writes(void)
{
    return writes;
}

uint64_t card_commands(void)
{
    return commands;
}

static bool start(struct disk *disk)
{
    disk->sectors = failed || !present ? 0 : sectors;
    disk->identity = 1;
    return disk->sectors;
}

static bool write_one(uint32_t sector, const uint8_t *data)
{
    if (writes >= limit)
        failed = true;
    if (failed)
        return false;
    if (memcmp(at(sector), data, SECTOR)) { /* what stays as it is needs no memory */
        memcpy(at(sector), data, SECTOR);
        note_dirty(sector);
    }
    writes++;
    return true;
}

static bool move(struct disk *disk, enum direction direction, uint32_t sector, uint32_t count, void *buffer)
{
    (void)disk;
    commands++;
    if ((uintptr_t)buffer & 3)
        give_up("unaligned buffer reached the driver");
    if (failed || !present || sector >= sectors || count > sectors - sector)
        return false;
    if (direction == FROM_CARD) {
        memcpy(buffer, at(sector), (size_t)count * SECTOR);
        return true;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!write_one(sector + i, (const uint8_t *)buffer + (size_t)i * SECTOR))
            return false;
    }
    return true;
}

static struct disk disk = { .name = "SD", .start = start, .move = move };

struct disk *sd_disk(void)
{
    return &disk;
}

struct disk *cf_disk(void)
{
    return NULL;
}
