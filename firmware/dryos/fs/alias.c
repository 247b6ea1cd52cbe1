/* 8.3 names (name.h). */
#include "kernel/memory.h"
#include "name.h"

#define BASE_BYTES 8u
#define STANDS_FOR_E5 0x05 /* a first byte of E5 would mean "removed" */

static uint8_t upper(uint16_t unit)
{
    return (uint8_t)(unit >= 'a' && unit <= 'z' ? unit - 0x20 : unit);
}

static bool is_short(uint16_t unit)
{
    bool letter = (unit >= 'A' && unit <= 'Z') || (unit >= 'a' && unit <= 'z') || (unit >= '0' && unit <= '9');
    return letter || is_one_of("!#$%&'()-@^_`{}~", unit);
}

/* Where the extension's dot is; `length` when there is none. A dot at the beginning starts no extension. */
static uint32_t last_dot(const uint16_t *units, uint32_t length)
{
    for (uint32_t i = length; i-- > 1;) {
        if (units[i] == '.')
            return i;
    }
    return length;
}

/* Fills a part of the alias; true if nothing was left out or replaced. */
static bool fill_part(uint8_t *out, uint32_t capacity, const uint16_t *units, uint32_t length)
{
    uint32_t count = 0;
    bool exact = true;
    for (uint32_t i = 0; i < length; i++) {
        bool dropped = units[i] == ' ' || units[i] == '.';
        if (!dropped && count < capacity)
            out[count++] = is_short(units[i]) ? upper(units[i]) : '_';
        exact = exact && is_short(units[i]) && i < capacity;
    }
    return exact;
}

void alias_base(uint8_t *alias, const uint16_t *units, uint32_t length, bool *lossy)
{
    uint32_t dot = last_dot(units, length);
    memset(alias, ' ', ALIAS_BYTES);
    bool exact = fill_part(alias, BASE_BYTES, units, dot);
    if (dot < length)
        exact = fill_part(alias + BASE_BYTES, ALIAS_BYTES - BASE_BYTES, units + dot + 1, length - dot - 1) && exact;
    if (alias[0] == ' ') {
        alias[0] = '_';
        exact = false;
    }
    *lossy = !exact;
}

void alias_number(uint8_t *alias, const uint8_t *base, uint32_t number)
{
    uint8_t tail[BASE_BYTES];
    uint32_t digits = 0, used = 0;
    for (; number; number /= 10)
        tail[digits++] = (uint8_t)('0' + number % 10);
    memcpy(alias, base, ALIAS_BYTES);
    while (used < BASE_BYTES - 1 - digits && base[used] != ' ')
        used++;
    alias[used++] = '~';
    while (digits)
        alias[used++] = tail[--digits];
}

uint8_t alias_sum(const uint8_t *alias)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < ALIAS_BYTES; i++)
        sum = (((sum & 1) << 7) + ((sum & 0xFF) >> 1) + alias[i]) & 0xFF;
    return (uint8_t)sum;
}

static char shown(uint8_t byte)
{
    return byte >= 0x80 || byte == STANDS_FOR_E5 ? '_' : (char)byte;
}

static char *put_part(char *out, const uint8_t *part, uint32_t length)
{
    while (length && part[length - 1] == ' ')
        length--;
    for (uint32_t i = 0; i < length; i++)
        *out++ = shown(part[i]);
    return out;
}

void alias_text(char *out, const uint8_t *alias)
{
    out = put_part(out, alias, BASE_BYTES);
    if (alias[BASE_BYTES] != ' ') {
        *out++ = '.';
        out = put_part(out, alias + BASE_BYTES, ALIAS_BYTES - BASE_BYTES);
    }
    *out = 0;
}

bool alias_says(const uint8_t *alias, const uint16_t *units, uint32_t length)
{
    uint8_t base[ALIAS_BYTES];
    bool lossy;
    alias_base(base, units, length, &lossy);
    return !lossy && memcmp(base, alias, ALIAS_BYTES) == 0;
}
