/* Files on the card: the calls by which Magic Lantern reads and writes. */
#include "groups.h"

#define UNCACHED 0x40000000u
#define SYNC 0x1000u
#define READ_WRITE 2u
#define NO_FILE ((void *)-1)
#define BIG 0x100000u
#define MANY 40
#define OWN 0x18000u /* bytes that each of the tasks writes, the first ones in small parts */
#define SMALL_PARTS 9000u

enum { FROM_START, FROM_HERE, FROM_END };

static char drive = 'B';
static uint8_t *buffer; /* BIG bytes, uncached */
static volatile uint32_t writers_done, others_ran;

/* A path on the drive under test. Four may be in use at once. */
static const char *at(const char *rest)
{
    static char paths[4][0x80];
    static uint32_t next;
    char *path = paths[next++ % 4], *out = path;
    *out++ = drive;
    *out++ = ':';
    *out++ = '/';
    while ((*out++ = *rest++))
        ;
    return path;
}

static bool same(const char *left, const char *right)
{
    while (*left && *left == *right) {
        left++;
        right++;
    }
    return *left == *right;
}

static void fill(uint8_t *bytes, uint32_t count, uint32_t seed)
{
    for (uint32_t i = 0; i < count; i++)
        bytes[i] = (uint8_t)(i * 7 + seed + (i >> 9));
}

static bool filled(const uint8_t *bytes, uint32_t count, uint32_t seed)
{
    for (uint32_t i = 0; i < count; i++) {
        if (bytes[i] != (uint8_t)(i * 7 + seed + (i >> 9)))
            return false;
    }
    return true;
}

static bool is_odd(void *search)
{
    return (uint32_t)search & 1;
}

static bool exists(const char *path)
{
    uint32_t bytes;
    return _FIO_GetFileSize(path, &bytes) == 0;
}

static bool is_folder(const char *path)
{
    struct file_entry entry;
    void *search = _FIO_FindFirstEx(path, &entry);
    if (is_odd(search))
        return false;
    FIO_FindClose(search);
    return true;
}

static void find_drive(void)
{
    if (is_folder("A:/"))
        drive = 'A';
    check(is_folder(at("")), "the card's root is a folder");
    check(!is_folder(drive == 'A' ? "C:/" : "A:/"), "a missing drive has no folder");
    check(_FIO_OpenFile("C:/AUTOEXEC.BIN", SYNC) == NO_FILE, "and no file");
    check(exists(at("autoexec.bin")), "the program's own file is there, in any letters");
}

static void write_file(const char *path, uint32_t bytes, uint32_t seed)
{
    void *file = _FIO_CreateFile(path);
    fill(buffer, bytes, seed);
    _FIO_WriteFile(file, buffer, bytes);
    FIO_CloseFile(file);
}

/* The file's content is the pattern, and nothing follows. */
static bool has_content(const char *path, uint32_t bytes, uint32_t seed)
{
    void *file = _FIO_OpenFile(path, SYNC);
    if (file == NO_FILE)
        return false;
    for (uint32_t i = 0; i < bytes; i++)
        buffer[i] = 0;
    int count = _FIO_ReadFile(file, buffer, bytes + 100);
    FIO_CloseFile(file);
    return count == (int)bytes && filled(buffer, bytes, seed);
}

static void make_and_read(void)
{
    uint32_t bytes = 0;
    check(_FIO_CreateFile(at("NOWHERE/A.TXT")) == NO_FILE, "no file is made in a missing folder");
    check(_FIO_CreateDirectory(at("FILES")) == 0, "a folder is made");
    check(is_folder(at("FILES")) && is_folder(at("files/")), "and found, with and without a slash");
    void *file = _FIO_CreateFile(at("FILES/A.TXT"));
    check((uint32_t)file >= 3 && (uint32_t)file <= 0x10, "a file is made, its handle is a small number");
    check(_FIO_WriteFile(file, "Hello, ", 7) == 7 && _FIO_WriteFile(file, "card.\n", 6) == 6, "writes tell their bytes");
    check(FIO_CloseFile(file) == 0, "closing answers 0");
    check(_FIO_GetFileSize(at("FILES/A.TXT"), &bytes) == 0 && bytes == 13, "the size is what was written");
    check(_FIO_GetFileSize(at("FILES"), &bytes) != 0, "a folder has no size");
    check(_FIO_GetFileSize(at("FILES/B.TXT"), &bytes) != 0, "nor has what is not there");
    check(_FIO_OpenFile(at("FILES/B.TXT"), SYNC) == NO_FILE, "opening what is not there answers -1");
}

static void seek(void)
{
    void *file = _FIO_OpenFile(at("FILES/A.TXT"), SYNC);
    check(_FIO_ReadFile(file, buffer, 100) == 13 && buffer[0] == 'H', "a read ends at the file's end");
    check(_FIO_ReadFile(file, buffer, 100) == 0, "and there it reads nothing");
    check(FIO_SeekSkipFile(file, -6, FROM_END) == 7, "seeking from the end");
    check(_FIO_ReadFile(file, buffer, 4) == 4 && buffer[0] == 'c', "and reading there");
    check(FIO_SeekSkipFile(file, -4, FROM_HERE) == 7 && FIO_SeekSkipFile(file, 2, FROM_START) == 2, "seeking back");
    check(FIO_SeekSkipFile(file, -3, FROM_START) == -1, "not before the beginning");
    check(FIO_SeekSkipFile(file, 0, FROM_HERE) == 2, "which changes nothing");
    check(_FIO_WriteFile(file, "x", 1) <= 0, "a file opened for reading is not written");
    FIO_CloseFile(file);
    check(_FIO_ReadFile(file, buffer, 1) == -1 && FIO_CloseFile(file) != 0, "a closed file answers errors");
}

static void append(void)
{
    void *file = _FIO_OpenFile(at("FILES/A.TXT"), READ_WRITE | SYNC);
    check(FIO_SeekSkipFile(file, 0, FROM_END) == 13 && _FIO_WriteFile(file, "More.\n", 6) == 6, "appending");
    check(FIO_SeekSkipFile(file, 0, FROM_START) == 0 && _FIO_ReadFile(file, buffer, 50) == 19, "and reading it all");
    FIO_CloseFile(file);
    write_file(at("FILES/A.TXT"), 5, 1);
    check(has_content(at("FILES/A.TXT"), 5, 1), "making a file again empties it");
}

static void large(void)
{
    void *file = _FIO_CreateFile(at("FILES/BIG.BIN"));
    fill(buffer, BIG, 3);
    check(_FIO_WriteFile(file, buffer, BIG - 600) == (int)BIG - 600, "a large write");
    check(_FIO_WriteFile(file, buffer + BIG - 600, 600) == 600, "goes on at any byte");
    FIO_CloseFile(file);
    check(has_content(at("FILES/BIG.BIN"), BIG, 3), "and is read in one piece");
    file = _FIO_OpenFile(at("FILES/BIG.BIN"), SYNC);
    check(_FIO_ReadFile(file, buffer + 1, 1000) == 1000 && filled(buffer + 1, 1000, 3), "to any address");
    check(FIO_SeekSkipFile(file, 70001, FROM_START) == 70001 && _FIO_ReadFile(file, buffer, 1) == 1
              && buffer[0] == (uint8_t)(70001 * 7 + 3 + (70001 >> 9)), "from any byte");
    FIO_CloseFile(file);
    file = _FIO_CreateFile(at("FILES/ROM.BIN"));
    check(_FIO_WriteFile(file, (void *)ADDRESS(rom_base), 0x10000) == 0x10000, "the ROM itself can be written");
    FIO_CloseFile(file);
}

/* How often a name is in a folder; `count` gets the number of all but "." and "..". */
static uint32_t listed(const char *folder, const char *name, uint32_t *count)
{
    struct file_entry entry;
    uint32_t found = 0;
    void *search = _FIO_FindFirstEx(folder, &entry);
    *count = 0;
    if (is_odd(search))
        return 0;
    do {
        *count += entry.name[0] != '.';
        found += same(entry.name, name);
    } while (FIO_FindNextEx(search, &entry) == 0);
    FIO_FindClose(search);
    return found;
}

static void search(void)
{
    struct file_entry entry = { 0 };
    uint32_t count;
    write_file(at("FILES/A name that is long.text"), 10, 2);
    write_file(at("FILES/lower.cfg"), 20, 2);
    check(listed(at("FILES"), "A name that is long.text", &count) == 1 && count == 5, "a search finds each file once");
    check(listed(at("FILES/"), "LOWER.CFG", &count) == 1, "names that fit 8.3 in upper case");
    check(exists(at("files/A NAME THAT IS LONG.TEXT")) && exists(at("FILES/ANAMET~1.TEX")), "long names by either name");
    check(is_odd(_FIO_FindFirstEx(at("NOWHERE"), &entry)), "a missing folder answers an odd handle");
    check(is_odd(_FIO_FindFirstEx(at("FILES/A.TXT"), &entry)), "and so does a file");
    check(listed(at(""), "FILES", &count) == 1, "folders are found");
    void *root = _FIO_FindFirstEx(at(""), &entry);
    while (!same(entry.name, "FILES") && FIO_FindNextEx(root, &entry) == 0)
        ;
    FIO_FindClose(root);
    check(entry.mode & 0x10 && entry.bytes == 0 && entry.time > 1000000000, "with their mode and time");
}

/* ML removes settings so. */
static void remove_while_searching(void)
{
    struct file_entry entry;
    uint32_t left;
    _FIO_CreateDirectory(at("FILES/OLD"));
    write_file(at("FILES/OLD/1.CFG"), 1, 0);
    write_file(at("FILES/OLD/2.CFG"), 1, 0);
    write_file(at("FILES/OLD/3.CFG"), 1, 0);
    void *search = _FIO_FindFirstEx(at("FILES/OLD"), &entry);
    do {
        char path[] = "FILES/OLD/0.CFG";
        path[10] = entry.name[0];
        if (entry.name[0] != '.')
            _FIO_RemoveFile(at(path));
    } while (FIO_FindNextEx(search, &entry) == 0);
    FIO_FindClose(search);
    check(listed(at("FILES/OLD"), "", &left) == 0 && left == 0, "files may be removed during a search");
    check(_FIO_RemoveFile(at("FILES/OLD/1.CFG")) != 0, "what is gone cannot be removed");
    check(_FIO_RemoveFile(at("FILES")) != 0 && is_folder(at("FILES")), "nor a folder as a file");
}

static void rename(void)
{
    if (!_FIO_RenameFile)
        return;
    write_file(at("FILES/OLD/FROM.TXT"), 3000, 9);
    check(_FIO_RenameFile(at("FILES/OLD/FROM.TXT"), at("FILES/OLD/To a longer name.txt")) == 0, "a file gets another name");
    check(_FIO_RenameFile(at("FILES/OLD/To a longer name.txt"), at("FILES/MOVED.TXT")) == 0, "and another folder");
    check(has_content(at("FILES/MOVED.TXT"), 3000, 9) && !exists(at("FILES/OLD/FROM.TXT")), "with its content");
    check(_FIO_RenameFile(at("FILES/MOVED.TXT"), at("FILES/A.TXT")) != 0 && exists(at("FILES/MOVED.TXT")),
          "never in place of another");
    write_file(at("FILES/OLD/IN.TXT"), 700, 4);
    check(_FIO_RenameFile(at("FILES/OLD"), at("NEW")) == 0 && has_content(at("NEW/IN.TXT"), 700, 4),
          "a folder moves with what is in it");
}

/* "FILES/M00.TXT" and on. */
static const char *numbered(char *path, uint32_t *digits)
{
    path[7] = (char)('0' + digits[0]);
    path[8] = (char)('0' + digits[1]);
    if (++digits[1] == 10) {
        digits[1] = 0;
        digits[0]++;
    }
    return at(path);
}

static void many_files(void)
{
    static void *files[MANY];
    char path[] = "FILES/M00.TXT";
    uint32_t opened = 0, right = 0, digits[2] = { 0 };
    for (uint32_t i = 0; i < MANY; i++) {
        files[i] = _FIO_CreateFile(numbered(path, digits));
        opened += files[i] != NO_FILE && _FIO_WriteFile(files[i], path, 13) == 13;
    }
    check(opened == MANY, "many files are open at once");
    digits[0] = digits[1] = 0;
    for (uint32_t i = 0; i < MANY; i++) {
        numbered(path, digits);
        FIO_SeekSkipFile(files[i], 7, FROM_START);
        right += _FIO_ReadFile(files[i], buffer, 2) == 2 && buffer[0] == path[7] && buffer[1] == path[8];
        FIO_CloseFile(files[i]);
    }
    check(right == MANY, "and each has its own content");
}

static void other(void *unused)
{
    (void)unused;
    while (writers_done < 2) {
        others_ran++;
        for (volatile uint32_t i = 0; i < 100; i++)
            ;
    }
}

static void writer(void *argument)
{
    char path[] = "FILES/W0.BIN";
    uint32_t seed = (uint32_t)argument;
    uint8_t *own = (uint8_t *)_alloc_dma_memory(OWN);
    path[7] = (char)('0' + seed);
    void *file = _FIO_CreateFile(at(path));
    fill(own, OWN, seed);
    for (uint32_t i = 0; i < SMALL_PARTS; i += 500)
        _FIO_WriteFile(file, own + i, 500);
    _FIO_WriteFile(file, own + SMALL_PARTS, OWN - SMALL_PARTS);
    FIO_CloseFile(file);
    _free_dma_memory(own);
    writers_done++;
}

static void together(void)
{
    writers_done = others_ran = 0;
    task_create("writer 1", 0x1C, 0x2000, writer, (void *)1);
    task_create("writer 2", 0x1C, 0x2000, writer, (void *)2);
    task_create("other", 0x1F, 0x1000, other, 0);
    for (uint32_t i = 0; writers_done < 2 && i < 300; i++)
        msleep(20);
    check(writers_done == 2, "tasks write at the same time");
    check(has_content(at("FILES/W1.BIN"), OWN, 1) && has_content(at("FILES/W2.BIN"), OWN, 2), "each its own");
    check(others_ran > 0, "and others run while they wait for the card");
}

void files_contract(void)
{
    group("files");
    buffer = _alloc_dma_memory(BIG + 200);
    check(buffer && (uint32_t)buffer & UNCACHED, "memory for files");
    find_drive();
    make_and_read();
    seek();
    append();
    large();
    search();
    remove_while_searching();
    rename();
    many_files();
    together();
    _free_dma_memory(buffer);
}
