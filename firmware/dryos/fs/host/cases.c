/* Cases that a random walk seldom meets. */
#include "cases.h"

#include <stdlib.h>
#include <string.h>

#include "card.h"

void make(const char *path, uint32_t bytes, uint8_t value)
{
    uint8_t *data = malloc(bytes + 1);
    struct fio_handle *handle = fio_create(path);
    if (handle == FIO_NO_HANDLE)
        wrong("%s cannot be made", path);
    memset(data, value, bytes);
    EXPECT(fio_write(handle, data, bytes) == (int)bytes);
    EXPECT(fio_close(handle) == FS_OK);
    free(data);
}

int has(const char *path, uint32_t bytes, uint8_t value)
{
    uint8_t *data = malloc(bytes + 1);
    struct fio_handle *handle = fio_open(path, FIO_READ_ONLY);
    int right = handle != FIO_NO_HANDLE && fio_read(handle, data, bytes + 1) == (int)bytes;
    for (uint32_t i = 0; right && i < bytes; i++)
        right = data[i] == value;
    fio_close(handle);
    free(data);
    return right;
}

int entries(const char *path)
{
    struct fio_entry entry;
    int count = 0;
    struct fio_handle *search = fio_find_first(path, &entry);
    if (search == FIO_NO_HANDLE)
        return -1;
    do {
        count += strcmp(entry.name, ".") && strcmp(entry.name, "..");
    } while (fio_find_next(search, &entry) == FS_OK);
    EXPECT(fio_find_next(search, &entry) != FS_OK);
    EXPECT(fio_find_close(search) == FS_OK);
    EXPECT(fio_find_close(search) == FS_BAD_HANDLE);
    return count;
}

static void drive_facts(void)
{
    struct fs_drive before, after;
    EXPECT(fs_drive('A', &before) == FS_NO_CARD && fs_drive('C', &before) == FS_NO_CARD);
    EXPECT(fs_drive('b', &before) == FS_OK && !strcmp(before.label, "CASES"));
    make("B:/FACTS.BIN", 3 * before.cluster_bytes, 1);
    EXPECT(fs_drive('B', &after) == FS_OK && after.free_clusters == before.free_clusters - 3);
    EXPECT(fio_remove("B:/FACTS.BIN") == FS_OK);
    EXPECT(fs_drive('B', &after) == FS_OK && after.free_clusters == before.free_clusters);
}

/* Renaming never destroys, and never makes a folder its own content. */
static void rename_rules(void)
{
    EXPECT(fio_create_folder("B:/R") == FS_OK && fio_create_folder("B:/R/IN") == FS_OK);
    make("B:/R/ONE", 10, 1);
    make("B:/R/TWO", 20, 2);
    EXPECT(fio_rename("B:/R/ONE", "B:/R/TWO") == FS_EXISTS && has("B:/R/TWO", 20, 2));
    EXPECT(fio_rename("B:/R", "B:/R/IN/R") == FS_BAD_NAME && fio_rename("B:/R", "B:/R/R") == FS_BAD_NAME);
    EXPECT(fio_rename("B:/R/ONE", "A:/ONE") == FS_BAD_NAME && fio_rename("B:/R/ONE", "ONE") == FS_BAD_NAME);
    EXPECT(fio_rename("B:/R/NO", "B:/R/YES") == FS_NOT_FOUND && fio_rename("B:/R/ONE", "B:/NO/ONE") == FS_NOT_FOUND);
    EXPECT(fio_rename("B:/", "B:/R/ROOT") == FS_BAD_NAME && fio_rename("B:/R", "B:/") == FS_BAD_NAME);
    struct fio_handle *open = fio_open("B:/R/ONE", FIO_READ_ONLY);
    EXPECT(fio_rename("B:/R/ONE", "B:/R/THREE") == FS_IN_USE && fio_remove("B:/R/ONE") == FS_IN_USE);
    EXPECT(fio_create("B:/R/ONE") == FIO_NO_HANDLE);
    EXPECT(fio_rename("B:/R", "B:/Another name for it") == FS_OK); /* what is in it may be open */
    uint8_t byte = 0;
    EXPECT(fio_read(open, &byte, 1) == 1 && byte == 1 && fio_close(open) == FS_OK);
    EXPECT(fio_remove_folder("B:/Another name for it") == FS_NOT_EMPTY);
    EXPECT(has("B:/another NAME for it/one", 10, 1));
}

/* A folder moves while a file in it is being written. */
static void move_with_open_file(void)
{
    EXPECT(fio_create_folder("B:/M") == FS_OK && fio_create_folder("B:/N") == FS_OK);
    struct fio_handle *open = fio_create("B:/M/LOG.TXT");
    EXPECT(fio_write(open, "first ", 6) == 6 && fio_rename("B:/M", "B:/N/M2") == FS_OK);
    EXPECT(fio_write(open, "second", 6) == 6 && fio_close(open) == FS_OK);
    uint32_t bytes;
    EXPECT(fio_size("B:/N/M2/LOG.TXT", &bytes) == FS_OK && bytes == 12);
}

static void search_in_removed_folder(void)
{
    struct fio_entry entry;
    EXPECT(fio_create_folder("B:/GONE") == FS_OK);
    struct fio_handle *search = fio_find_first("B:/GONE", &entry);
    EXPECT(search != FIO_NO_HANDLE && fio_remove_folder("B:/GONE") == FS_OK);
    EXPECT(fio_find_next(search, &entry) != FS_OK && fio_find_close(search) == FS_OK);
    EXPECT(fio_find_first("B:/GONE", &entry) == FIO_NO_HANDLE);
}

/* Two handles on one file see the same. */
static void shared_file(void)
{
    char text[8] = { 0 };
    struct fio_handle *one = fio_create("B:/SHARED"), *other = fio_open("B:/SHARED", FIO_READ_ONLY);
    EXPECT(fio_write(one, "abcdef", 6) == 6 && fio_read(other, text, 8) == 6 && !strcmp(text, "abcdef"));
    EXPECT(fio_write(other, "x", 1) == 0);
    EXPECT(fio_seek(one, 3, FIO_FROM_START) == 3 && fio_truncate(one) == FS_OK);
    EXPECT(fio_seek(other, 0, FIO_FROM_END) == 3 && fio_truncate(other) == FS_READ_ONLY);
    EXPECT(fio_close(one) == FS_OK && fio_remove("B:/SHARED") == FS_IN_USE);
    EXPECT(fio_close(other) == FS_OK && fio_remove("B:/SHARED") == FS_OK);
}

static void odd_handles(void)
{
    uint8_t byte;
    struct fio_entry entry;
    struct fio_handle *const bad[] = { NULL, FIO_NO_HANDLE, (struct fio_handle *)0x1235 };
    for (uint32_t i = 0; i < 3; i++) {
        EXPECT(fio_read(bad[i], &byte, 1) == -1 && fio_write(bad[i], &byte, 1) == -1);
        EXPECT(fio_seek(bad[i], 0, 0) == -1 && fio_close(bad[i]) == FS_BAD_HANDLE);
        EXPECT(fio_find_next(bad[i], &entry) == FS_BAD_HANDLE && fio_flush(bad[i]) == FS_BAD_HANDLE);
    }
    EXPECT(fio_open(NULL, 0) == FIO_NO_HANDLE && fio_open("", 0) == FIO_NO_HANDLE && fio_open("B", 0) == FIO_NO_HANDLE);
}

/* A copy of a ROM, as Magic Lantern writes it: the card gets few and large commands. */
static void large_writes(void)
{
    const uint32_t piece = 128 << 10, pieces = 256;
    uint8_t *data = aligned_alloc(8, piece);
    struct fio_handle *handle = fio_create("B:/ROM1.BIN");
    uint64_t before = card_commands();
    memset(data, 0x5A, piece);
    for (uint32_t i = 0; i < pieces; i++)
        EXPECT(fio_write(handle, data, piece) == (int)piece);
    EXPECT(fio_close(handle) == FS_OK);
    uint64_t sectors = (uint64_t)pieces * piece / 512, commands = card_commands() - before;
    if (commands > sectors / 50)
        wrong("%llu commands for %llu sectors", (unsigned long long)commands, (unsigned long long)sectors);
    free(data);
}

void cases(void)
{
    int blocks = heap_blocks();
    drive_facts();
    name_cases();
    rename_rules();
    move_with_open_file();
    search_in_removed_folder();
    shared_file();
    odd_handles();
    large_writes();
    EXPECT(heap_blocks() == blocks);
    trouble_cases();
    EXPECT(heap_blocks() == blocks && fs_sync() == FS_OK);
}
