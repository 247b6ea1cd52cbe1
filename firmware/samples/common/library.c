/* What sample builds share (sample.h). */
#include "sample.h"

const struct rom_services *services(void)
{
    const struct rom_services *rom = rom_services();
    bool ours = memcmp(rom->magic, ROM_SERVICES_MAGIC, sizeof rom->magic) == 0;
    return ours && rom->version >= ROM_SERVICES_VERSION ? rom : 0;
}

void say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    services()->vprint(format, arguments);
    va_end(arguments);
}

void power_down(const char *program)
{
    say("[%s] powering down\n", program);
    if (!services()->power_off())
        say("[%s] the MPU does not answer\n", program);
}

/* What each byte value adds to the CRC. */
static void fill_table(uint32_t *table)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t value = i;
        for (int bit = 0; bit < 8; bit++)
            value = value >> 1 ^ (value & 1 ? 0xEDB88320u : 0);
        table[i] = value;
    }
}

uint32_t crc32(uint32_t crc, const uint8_t *bytes, uint32_t count)
{
    static uint32_t table[256];
    if (!table[255])
        fill_table(table);
    crc = ~crc;
    while (count--)
        crc = crc >> 8 ^ table[(crc ^ *bytes++) & 0xFF];
    return ~crc;
}
