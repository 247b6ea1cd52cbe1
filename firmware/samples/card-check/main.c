/* Reads a large file and prints its CRC-32; writes another, reads it back and compares; powers the camera down. */
#include "sample.h"

#define BIG_FILE "BIGFILE.BIN"
#define COPY_FILE "ML/LOGS/COPY.BIN"
#define COPY_BYTES 1048577u
#define CAPACITY (4u << 20)

/* RAM no one else uses on any camera; word aligned. */
#define READ_BUFFER ((uint8_t *)0x46000000u)
#define WRITE_BUFFER ((uint8_t *)0x46800000u)

static bool check(const char *what, int result)
{
    if (result < 0)
        say("[card-check] %s: error %d\n", what, result);
    return result >= 0;
}

static bool read_big_file(void)
{
    int bytes = services()->file_read(BIG_FILE, READ_BUFFER, CAPACITY);
    if (!check("reading " BIG_FILE, bytes))
        return false;
    say("[card-check] " BIG_FILE ": %d bytes, CRC-32 %08X\n", bytes, crc32(0, READ_BUFFER, (uint32_t)bytes));
    return true;
}

static bool write_copy(void)
{
    for (uint32_t i = 0; i < COPY_BYTES; i++)
        WRITE_BUFFER[i] = (uint8_t)(i * 2654435761u >> 24);
    if (!check("writing " COPY_FILE, services()->file_write(COPY_FILE, WRITE_BUFFER, COPY_BYTES)))
        return false;
    say("[card-check] " COPY_FILE ": %u bytes written, CRC-32 %08X\n", COPY_BYTES, crc32(0, WRITE_BUFFER, COPY_BYTES));
    return true;
}

static bool compare_copy(void)
{
    memset(READ_BUFFER, 0, COPY_BYTES);
    int bytes = services()->file_read(COPY_FILE, READ_BUFFER, CAPACITY);
    if (!check("reading " COPY_FILE, bytes))
        return false;
    bool same = (uint32_t)bytes == COPY_BYTES && memcmp(READ_BUFFER, WRITE_BUFFER, COPY_BYTES) == 0;
    say("[card-check] " COPY_FILE ": read back, %s\n", same ? "the same" : "different");
    return same;
}

void main(void)
{
    if (!services())
        return;
    say("[card-check] checking the card of %s\n", services()->camera()->name);
    bool right = read_big_file() && write_copy() && compare_copy();
    say("[card-check] %s\n", right ? "OK" : "FAILED");
    power_down("card-check");
}
