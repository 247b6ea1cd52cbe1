/* Names: what is one, what is none, and that the 8.3 names of long ones differ. */
#include <stdio.h>
#include <string.h>

#include "cases.h"

#define TEN "0123456789"
#define NINETY TEN TEN TEN TEN TEN TEN TEN TEN TEN

static void good_names(void)
{
    static const char *const names[] = {
        "a", "exactly13char", "exactly 26 characters long", "with.many.dots.in.it", ".profile", "no_extension_but_long", "UPPER and lower",
        "\xF0\x9F\x98\x80 smile", "caf\xC3\xA9", "+,;=[]", "tail~1", NINETY NINETY "and fifteen ab.",
    };
    char path[300];
    EXPECT(fio_create_folder("B:/Good Names") == FS_OK);
    for (uint32_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "B:/Good Names/%s", names[i]);
        make(path, i, (uint8_t)i);
        EXPECT(has(path, i, (uint8_t)i));
        EXPECT(entries("B:/GOODNA~1") == (int)i + 1);
    }
    EXPECT(has("B:/Good Names/  ..no trailing", 0, 0) == 0);
    EXPECT(has("B:\\good names\\CAF\xC3\x89. .", 8, 8)); /* dots and spaces at the end do not count */
}

static void bad_names(void)
{
    static const char *const names[] = {
        "B:/", "B://", "B:/.", "B:/..", "B:/...", "B:/ ", "B:/a:b", "B:/a*", "B:/a?", "B:/\"a\"", "B:/a|b", "B:/<a>", "B:/tab\there",
        "B:/Good Names/../a", "B:/" NINETY NINETY NINETY, "B:/" NINETY NINETY "and sixteen abcd",
    };
    for (uint32_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        EXPECT(fio_create(names[i]) == FIO_NO_HANDLE);
        EXPECT(fio_create_folder(names[i]) == FS_BAD_NAME && fio_remove(names[i]) != FS_OK);
    }
}

static void found_as(const char *name)
{
    struct fio_entry entry;
    struct fio_handle *search = fio_find_first("B:/Shown", &entry);
    while (strcmp(entry.name, name))
        EXPECT(fio_find_next(search, &entry) == FS_OK);
    EXPECT(fio_find_close(search) == FS_OK);
}

static void shown_names(void)
{
    EXPECT(fio_create_folder("B:/Shown") == FS_OK);
    make("B:/Shown/lower.cfg", 1, 1);
    make("B:/Shown/Mixed Case.cfg", 1, 1);
    make("B:/Shown/\xF0\x9F\x98\x80", 1, 1);
    make("B:/Shown/" NINETY NINETY, 1, 1);
    found_as("LOWER.CFG");
    found_as("Mixed Case.cfg");
    found_as("\xF0\x9F\x98\x80");
    found_as("012345~1"); /* does not fit into what a search gives */
}

/* More names of one beginning than numbers that are tried for each. */
static void many_aliases(void)
{
    char path[80];
    EXPECT(fio_create_folder("B:/MANY") == FS_OK);
    make("B:/MANY/LONGNA~2.TXT", 2, 2);
    for (uint32_t i = 0; i < 300; i++) {
        snprintf(path, sizeof path, "B:/MANY/long name %u.txt", i);
        make(path, i, (uint8_t)i);
    }
    for (uint32_t i = 0; i < 300; i++) {
        snprintf(path, sizeof path, "B:/MANY/Long Name %u.TXT", i);
        EXPECT(has(path, i, (uint8_t)i));
    }
    EXPECT(has("B:/MANY/LONGNA~2.TXT", 2, 2) && has("B:/MANY/LONGNA~1.TXT", 0, 0) && has("B:/MANY/LONGNA~3.TXT", 1, 1));
    EXPECT(entries("B:/MANY") == 301);
    EXPECT(fio_create_folder("B:/MANY/LONGNA~3.TXT") == FS_EXISTS);
    EXPECT(fio_remove("B:/MANY/LONGNA~3.TXT") == FS_OK && !has("B:/MANY/long name 1.txt", 1, 1));
}

void name_cases(void)
{
    good_names();
    bad_names();
    shown_names();
    many_aliases();
}
