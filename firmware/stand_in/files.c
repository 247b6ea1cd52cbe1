/* The card: paths, and whole files. */
#include "stand_in.h"

#define UNCACHED 0x40000000u
#define NO_FILE ((void *)-1)
#define MOST 0x4000u

static char drive = 'B';
static uint8_t bounce[MOST] __attribute__((aligned(64)));
static void *turn;

static bool is_folder(const char *path)
{
    struct file_entry entry;
    void *search = _FIO_FindFirstEx(path, &entry);
    if ((uint32_t)search & 1)
        return false;
    FIO_FindClose(search);
    return true;
}

/* CF is drive A, SD drive B; ML takes the one with its folder. */
void find_card(void)
{
    turn = create_named_semaphore("stand_in_file", 1);
    if (is_folder("A:/ML"))
        drive = 'A';
    _FIO_CreateDirectory(on_card("ML/SETTINGS"));
}

/* Eight may be in use at once. */
const char *on_card(const char *rest)
{
    static char paths[8][0x60];
    static uint32_t next;
    char *path = paths[next++ % 8];
    format(path, sizeof paths[0], "%c:/%s", drive, rest);
    return path;
}

bool exists(const char *path)
{
    uint32_t bytes;
    return _FIO_GetFileSize(on_card(path), &bytes) == 0;
}

bool asked_for(const char *trouble)
{
    char path[0x40];
    format(path, sizeof path, "STANDIN/%s", trouble);
    return exists(path);
}

int format(char *text, size_t capacity, const char *how, ...)
{
    va_list arguments;
    va_start(arguments, how);
    int length = vsnprintf(text, capacity, how, arguments);
    va_end(arguments);
    return length;
}

bool same(const char *left, const char *right)
{
    while (*left && *left == *right)
        left++, right++;
    return *left == *right;
}

static void copy(volatile uint8_t *to, const volatile uint8_t *from, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        to[i] = from[i];
}

/* ML hands the card only memory that no cache holds. */
static uint8_t *uncached(void)
{
    return (uint8_t *)((uint32_t)bounce | UNCACHED);
}

bool write_file(const char *path, const void *bytes, uint32_t count)
{
    take_semaphore(turn, 0);
    void *file = count <= MOST ? _FIO_CreateFile(on_card(path)) : NO_FILE;
    bool written = file != NO_FILE;
    if (written) {
        copy(uncached(), bytes, count);
        written = _FIO_WriteFile(file, uncached(), count) == (int)count;
        FIO_CloseFile(file);
    }
    give_semaphore(turn);
    return written;
}

/* Bytes read, 0 when there is no such file. */
uint32_t read_file(const char *path, void *bytes, uint32_t capacity)
{
    take_semaphore(turn, 0);
    void *file = _FIO_OpenFile(on_card(path), 0);
    int count = 0;
    if (file != NO_FILE) {
        count = _FIO_ReadFile(file, uncached(), capacity < MOST ? capacity : MOST);
        FIO_CloseFile(file);
    }
    if (count > 0)
        copy(bytes, uncached(), (uint32_t)count);
    give_semaphore(turn);
    return count > 0 ? (uint32_t)count : 0;
}
