/* A card that is taken out, and a camera without memory. */
#include <string.h>

#include "card.h"
#include "cases.h"

static void eject(void)
{
    char text[6] = { 0 };
    struct fio_entry entry;
    make("B:/CLOSED.TXT", 1000, 7);
    struct fio_handle *open = fio_create("B:/OPEN.TXT"), *search = fio_find_first("B:/", &entry);
    EXPECT(fio_write(open, "flushed", 7) == 7 && fio_flush(open) == FS_OK && fio_write(open, "lost", 4) == 4);
    card_insert(false);
    EXPECT(fio_flush(open) == FS_CARD_FAILED && fio_write(open, "x", 1) == 0 && fio_read(open, text, 1) == -1);
    EXPECT(fio_open("B:/CLOSED.TXT", FIO_READ_ONLY) == FIO_NO_HANDLE && fio_remove("B:/CLOSED.TXT") == FS_NO_CARD);
    card_insert(true);
    EXPECT(has("B:/CLOSED.TXT", 1000, 7)); /* found again without being told */
    EXPECT(fio_write(open, "x", 1) == 0 && fio_find_next(search, &entry) == FS_CARD_FAILED);
    struct fio_handle *again = fio_open("B:/OPEN.TXT", FIO_READ_WRITE);
    EXPECT(fio_seek(again, 0, FIO_FROM_END) == 7 && fio_write(again, ", new", 5) == 5);
    EXPECT(fio_close(open) == FS_CARD_FAILED && fio_find_close(search) == FS_OK);
    EXPECT(fio_seek(again, 7, FIO_FROM_START) == 7 && fio_read(again, text, 5) == 5 && !strcmp(text, ", new"));
    EXPECT(fio_close(again) == FS_OK);
}

/* A card that goes and comes back between two calls, which the card door tells. */
static void change(void)
{
    struct fio_handle *open = fio_open("B:/CLOSED.TXT", FIO_READ_ONLY);
    uint8_t byte;
    EXPECT(fio_read(open, &byte, 1) == 1);
    fs_card_changed('B');
    fs_card_changed('A');
    EXPECT(fio_read(open, &byte, 1) == -1 && has("B:/CLOSED.TXT", 1000, 7));
    EXPECT(fio_read(open, &byte, 1) == -1 && fio_close(open) == FS_CARD_FAILED);
}

/* Each call with room for ever more blocks: it fails cleanly or works. */
static void no_memory(void)
{
    struct fio_entry entry;
    int before = heap_blocks();
    make("B:/NM.TXT", 500, 1);
    EXPECT(fio_create_folder("B:/NM") == FS_OK);
    for (int more = 0; more < 8; more++) {
        heap_limit(before + more);
        struct fio_handle *one = fio_open("B:/NM.TXT", FIO_READ_WRITE), *other = fio_create("B:/NM2.TXT");
        struct fio_handle *search = fio_find_first("B:/", &entry);
        if (fio_rename("B:/NM.TXT", "B:/NM/MOVED.TXT") == FS_OK)
            EXPECT(fio_rename("B:/NM/MOVED.TXT", "B:/NM.TXT") == FS_OK);
        fio_close(one);
        fio_close(other);
        fio_find_close(search);
        heap_limit(INT32_MAX);
        EXPECT(heap_blocks() == before && has("B:/NM.TXT", 500, 1));
    }
}

void trouble_cases(void)
{
    eject();
    change();
    no_memory();
}
