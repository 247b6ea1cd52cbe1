/* Long names: UTF-8 in paths, UTF-16 on the card, equal in either case (name.h). */
#include "name.h"

#define REPLACEMENT 0xFFFDu

/* One character of UTF-8; a byte that is none counts for itself, as in Latin-1. */
static const char *take_character(const char *text, uint32_t *character)
{
    const uint8_t *bytes = (const uint8_t *)text;
    uint32_t more = bytes[0] >= 0xF0 ? 3 : bytes[0] >= 0xE0 ? 2 : bytes[0] >= 0xC0 ? 1 : 0;
    *character = more ? bytes[0] & (0x3Fu >> more) : bytes[0];
    for (uint32_t i = 1; i <= more; i++) {
        if ((bytes[i] & 0xC0) != 0x80) {
            *character = bytes[0];
            return text + 1;
        }
        *character = *character << 6 | (bytes[i] & 0x3F);
    }
    return text + more + 1;
}

static bool is_separator(char c)
{
    return c == '/' || c == '\\';
}

static bool is_forbidden(uint32_t character)
{
    return character < 0x20 || is_one_of("\"*:<>?|\\/", character);
}

static bool append(struct wanted_name *wanted, uint32_t character)
{
    uint32_t units = character > 0xFFFF ? 2 : 1;
    if (wanted->length + units > LONGEST_NAME || is_forbidden(character) || character > 0x10FFFF)
        return false;
    if (units == 2) {
        character -= 0x10000;
        wanted->units[wanted->length++] = (uint16_t)(0xD800 + (character >> 10));
        character = 0xDC00 + (character & 0x3FF);
    }
    wanted->units[wanted->length++] = (uint16_t)character;
    return true;
}

/* Dots and spaces at the end do not count. Nothing but them is no name: that also keeps "." and ".." out. */
static void trim(struct wanted_name *wanted)
{
    while (wanted->length && (wanted->units[wanted->length - 1] == '.' || wanted->units[wanted->length - 1] == ' '))
        wanted->length--;
    wanted->units[wanted->length] = 0;
}

const char *name_take(struct wanted_name *wanted, const char *path)
{
    wanted->length = 0;
    while (*path && !is_separator(*path)) {
        uint32_t character;
        path = take_character(path, &character);
        if (!append(wanted, character))
            return NULL;
    }
    while (is_separator(*path))
        path++;
    trim(wanted);
    if (wanted->length == 0)
        return NULL;
    bool lossy;
    alias_base(wanted->alias, wanted->units, wanted->length, &lossy);
    wanted->short_form = !lossy;
    return path;
}

/* Upper case of Latin, Greek and Cyrillic letters that have one in the same place of their block. */
static uint32_t fold(uint32_t unit)
{
    bool latin = (unit >= 'a' && unit <= 'z') || (unit >= 0xE0 && unit <= 0xFE && unit != 0xF7);
    bool greek = unit >= 0x3B1 && unit <= 0x3C9 && unit != 0x3C2;
    bool cyrillic = unit >= 0x430 && unit <= 0x44F;
    if (latin || greek || cyrillic)
        return unit - 0x20;
    return unit >= 0x450 && unit <= 0x45F ? unit - 0x50 : unit;
}

bool name_equal(const uint16_t *left, const uint16_t *right, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++) {
        if (left[i] != right[i] && fold(left[i]) != fold(right[i]))
            return false;
    }
    return true;
}

/* The character at `units`, which may be made of two; `used` tells how many. */
static uint32_t join(const uint16_t *units, uint32_t length, uint32_t *used)
{
    uint32_t first = units[0];
    *used = 1;
    if ((first & 0xF800) != 0xD800)
        return first;
    if ((first & 0xFC00) == 0xD800 && length > 1 && (units[1] & 0xFC00) == 0xDC00) {
        *used = 2;
        return 0x10000 + ((first & 0x3FF) << 10) + (units[1] & 0x3FF);
    }
    return REPLACEMENT;
}

static uint32_t put_character(char *out, uint32_t character)
{
    if (character < 0x80) {
        out[0] = (char)character;
        return 1;
    }
    uint32_t more = character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
    out[0] = (char)(0xFF00u >> (more + 1) | character >> (6 * more));
    for (uint32_t i = 1; i <= more; i++)
        out[i] = (char)(0x80 | (character >> (6 * (more - i)) & 0x3F));
    return more + 1;
}

bool name_text(char *out, uint32_t capacity, const uint16_t *units, uint32_t length)
{
    uint32_t written = 0, used;
    for (uint32_t i = 0; i < length; i += used) {
        char bytes[4];
        uint32_t count = put_character(bytes, join(units + i, length - i, &used));
        if (written + count >= capacity) {
            out[written] = 0;
            return false;
        }
        for (uint32_t k = 0; k < count; k++)
            out[written++] = bytes[k];
    }
    out[written] = 0;
    return true;
}
