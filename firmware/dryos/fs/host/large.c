/* A file as large as FAT allows: 4 GiB less one byte. */
#include <string.h>

#include "cases.h"

#define HALF 0x82000000u
#define MOST 0xFFFFFFFFu

/* The sizes with which Magic Lantern's own test of the calls tries them. */
static void above_two_gib(struct fio_handle *handle)
{
    uint8_t data[0x30], back[0x30];
    memset(data, 0xC3, sizeof data);
    EXPECT(fio_seek(handle, HALF, FIO_FROM_START) == HALF && fio_truncate(handle) == FS_OK);
    EXPECT(fio_seek(handle, 0, FIO_FROM_END) == HALF && fio_write(handle, data, 0x10) == 0x10);
    EXPECT(fio_seek(handle, -0x20, FIO_FROM_END) == HALF - 0x10 && fio_write(handle, data, 0x30) == 0x30);
    EXPECT(fio_seek(handle, -0x20, FIO_FROM_HERE) == HALF && fio_read(handle, back, 0x30) == 0x20);
    EXPECT(memcmp(data, back, 0x20) == 0);
    EXPECT(fio_seek(handle, (int64_t)MOST + 1, FIO_FROM_START) == -1 && fio_seek(handle, 0, FIO_FROM_HERE) == HALF + 0x20);
}

static void at_the_end(struct fio_handle *handle)
{
    uint8_t data[8] = "12345678", back[8] = { 0 };
    EXPECT(fio_seek(handle, MOST - 4, FIO_FROM_START) == MOST - 4);
    EXPECT(fio_write(handle, data, 8) == 4 && fio_write(handle, data, 8) == 0);
    EXPECT(fio_seek(handle, -8, FIO_FROM_END) == MOST - 8 && fio_read(handle, back, 8) == 8);
    EXPECT(memcmp(back, "\0\0\0\0" "1234", 8) == 0);
}

void large_file(void)
{
    uint32_t bytes;
    struct fio_handle *handle = fio_create("B:/LARGE.BIN");
    above_two_gib(handle);
    at_the_end(handle);
    EXPECT(fio_flush(handle) == FS_OK && fio_size("B:/LARGE.BIN", &bytes) == FS_OK && bytes == MOST);
    /* fsck.fat counts a chain's bytes in 32 bits, which those of the largest file do not fit into. */
    EXPECT(fio_seek(handle, HALF, FIO_FROM_START) == HALF && fio_truncate(handle) == FS_OK && fio_close(handle) == FS_OK);
    EXPECT(fs_sync() == FS_OK);
}
