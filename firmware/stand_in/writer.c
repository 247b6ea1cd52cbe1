/*
 * Files without end, for cuts of the power. The console says of each what holds from then on: "closed" when all of it must be
 * there, "appending" when more may be, "removing" when it may be gone.
 */
#include "stand_in.h"

#define FOLDER "DATA"
#define NO_FILE ((void *)-1)
#define PART 0xC00u
#define FROM_END 2

static uint8_t part[PART] __attribute__((aligned(64)));

static void tell(const char *what, uint32_t number, uint32_t bytes)
{
    char line[0x40];
    format(line, sizeof line, "[writer] %s F%04d.BIN %d\n", what, number, bytes);
    say(line);
}

static const char *path_of(uint32_t number)
{
    char path[0x20];
    format(path, sizeof path, FOLDER "/F%04d.BIN", number);
    return on_card(path);
}

/* Byte i of file n is 7 * i + i / 512 + n. */
static void write_part(void *file, uint32_t number, uint32_t from, uint32_t count)
{
    uint8_t *bytes = (uint8_t *)((uint32_t)part | 0x40000000);
    for (uint32_t i = 0; i < count; i++)
        bytes[i] = (uint8_t)((from + i) * 7 + ((from + i) >> 9) + number);
    _FIO_WriteFile(file, bytes, count);
}

static uint32_t write_on(void *file, uint32_t number, uint32_t from, uint32_t count)
{
    for (uint32_t done = 0; done < count; done += PART)
        write_part(file, number, from + done, count - done < PART ? count - done : PART);
    FIO_CloseFile(file);
    tell("closed", number, from + count);
    return from + count;
}

/* Again and again: a new file, more for the one before, and the third before that goes. */
static void writer(void *unused)
{
    uint32_t before = 0;
    (void)unused;
    _FIO_CreateDirectory(on_card(FOLDER));
    for (uint32_t number = 0;; number++) {
        uint32_t bytes = write_on(_FIO_CreateFile(path_of(number)), number, 0, 1 + number * 6007 % 20011);
        if (number > 0) {
            tell("appending", number - 1, before);
            void *file = _FIO_OpenFile(path_of(number - 1), 2);
            FIO_SeekSkipFile(file, 0, FROM_END);
            write_on(file, number - 1, before, 1500);
        }
        if (number > 3) {
            tell("removing", number - 4, 0);
            _FIO_RemoveFile(path_of(number - 4));
        }
        before = bytes;
    }
}

void start_writer(void)
{
    if (asked_for("WRITER"))
        task_create("writer", 0x1C, 0x2000, writer, 0);
}
