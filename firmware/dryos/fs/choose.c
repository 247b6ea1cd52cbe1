/* Choosing an 8.3 name for a long one: none like it may be in the folder. */
#include "folder.h"
#include "kernel/memory.h"
#include "name.h"

#define NUMBERS 127u /* ~1 to ~127 are tried */
#define ROUNDS 9u    /* with the plain beginning of the name, then with parts of its sum in it */

/* The number at the end of an 8.3 name's base; 0 when it has none. */
static uint32_t number_of(const uint8_t *alias)
{
    uint32_t at = 0, number = 0;
    while (at < 8 && alias[at] != '~')
        at++;
    for (at++; at < 8 && alias[at] >= '0' && alias[at] <= '9'; at++)
        number = number * 10 + alias[at] - '0';
    return number;
}

/* Notes which numbers behind `base` are taken. */
static int note_taken(struct volume *volume, uint32_t folder, const uint8_t *base, uint32_t *taken)
{
    struct walk walk = walk_from(volume, folder);
    for (;;) {
        struct slot *slot;
        uint8_t numbered[ALIAS_BYTES];
        int error = walk_slot(volume, &walk, &slot);
        if (error || slot->name[0] == SLOT_END)
            return error == FS_NOT_FOUND ? FS_OK : error;
        uint32_t number = number_of(slot->name);
        walk.slot++;
        if (number == 0 || number > NUMBERS)
            continue;
        alias_number(numbered, base, number);
        if (memcmp(numbered, slot->name, ALIAS_BYTES) == 0)
            taken[number / 32] |= 1u << number % 32;
    }
}

/* From the third letter on: four digits of the long name's sum. */
static void mix_in(uint8_t *base, const struct wanted_name *wanted, uint32_t round)
{
    uint32_t sum = round;
    for (uint32_t i = 0; i < wanted->length; i++)
        sum = sum * 31 + wanted->units[i];
    for (uint32_t i = 0; i < 6; i++) {
        if (i >= 2 || base[i] == ' ')
            base[i] = (uint8_t)"0123456789ABCDEF"[sum >> (4 * i) & 0xF];
    }
}

int alias_choose(struct volume *volume, uint32_t folder, uint8_t *alias)
{
    const struct wanted_name *wanted = &volume->wanted;
    if (wanted->short_form) {
        memcpy(alias, wanted->alias, ALIAS_BYTES);
        return FS_OK;
    }
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint8_t base[ALIAS_BYTES];
        uint32_t taken[NUMBERS / 32 + 1] = { 0 };
        memcpy(base, wanted->alias, ALIAS_BYTES);
        if (round)
            mix_in(base, wanted, round);
        int error = note_taken(volume, folder, base, taken);
        if (error)
            return error;
        for (uint32_t number = 1; number <= NUMBERS; number++) {
            if (!(taken[number / 32] >> number % 32 & 1)) {
                alias_number(alias, base, number);
                return FS_OK;
            }
        }
    }
    return FS_CARD_FULL;
}
