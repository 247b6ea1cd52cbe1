/* Walking through folders and finding entries (folder.h). */
#include "folder.h"

#include "kernel/memory.h"
#include "name.h"

#define PART_LAST 0x40u
#define PART_NUMBER 0x1Fu
#define MOST_PARTS 20u

struct walk walk_from(const struct volume *volume, uint32_t folder)
{
    struct walk walk = { .cluster = folder };
    walk.sector = folder == NO_CLUSTER ? volume->root_start : cluster_sector(volume, folder);
    walk.left = folder == NO_CLUSTER ? volume->root_sectors : volume->cluster_sectors;
    return walk;
}

int walk_next_sector(struct volume *volume, struct walk *walk)
{
    uint32_t next;
    if (walk->left > 1) {
        walk->left--;
        walk->sector++;
        walk->slot = 0;
        return FS_OK;
    }
    if (walk->cluster == NO_CLUSTER)
        return FS_NOT_FOUND;
    int error = table_next(volume, walk->cluster, &next);
    if (error || next == NO_CLUSTER)
        return error ? error : FS_NOT_FOUND;
    if (++walk->passed > volume->clusters)
        return FS_DAMAGED;
    uint32_t passed = walk->passed;
    *walk = walk_from(volume, next);
    walk->passed = passed;
    return FS_OK;
}

int walk_slot(struct volume *volume, struct walk *walk, struct slot **slot)
{
    int error = walk->slot == SLOTS_PER_SECTOR ? walk_next_sector(volume, walk) : FS_OK;
    if (error)
        return error;
    uint8_t *data = sector_get(volume, walk->sector);
    if (!data)
        return FS_CARD_FAILED;
    *slot = (struct slot *)data + walk->slot;
    return FS_OK;
}

uint32_t slot_cluster(const struct volume *volume, const struct slot *slot)
{
    return slot->cluster_low | (volume->wide ? (uint32_t)slot->cluster_high << 16 : 0);
}

void slot_set_cluster(struct slot *slot, uint32_t cluster)
{
    slot->cluster_low = (uint16_t)cluster;
    slot->cluster_high = (uint16_t)(cluster >> 16); /* FAT16 has no such clusters */
}

bool slot_is_dots(const struct slot *slot)
{
    return slot->name[0] == '.';
}

static bool is_part(const struct slot *slot)
{
    return (slot->attributes & ATTRIBUTE_MASK) == ATTRIBUTE_LONG;
}

/* The 13 units of a part are scattered over its slot. */
static uint16_t part_unit(const uint8_t *part, uint32_t index)
{
    uint32_t at = index < 5 ? 1 + 2 * index : index < 11 ? 14 + 2 * (index - 5) : 28 + 2 * (index - 11);
    return (uint16_t)(part[at] | part[at + 1] << 8);
}

/* What is known of a long name while its parts come by, the last part first. */
struct gathering {
    uint32_t next; /* the part that must come now; 0 = all are there or none was seen */
    uint8_t sum;
};

static void begin_name(struct gathering *gathering, const struct walk *walk, const uint8_t *part, struct found *found)
{
    uint32_t number = part[0] & PART_NUMBER;
    gathering->next = number <= MOST_PARTS ? number : 0;
    gathering->sum = part[13];
    found->start = *walk;
    found->slots = found->length = 0;
}

/* Takes a part's units; the name's end is a zero or the end of the last part. */
static void take_units(struct volume *volume, const uint8_t *part, uint32_t number, struct found *found)
{
    uint32_t base = (number - 1) * UNITS_PER_PART;
    for (uint32_t i = 0; i < UNITS_PER_PART && base + i < LONGEST_NAME; i++) {
        uint16_t unit = part_unit(part, i);
        if (unit == 0)
            break;
        volume->long_name[base + i] = unit;
        if (found->length < base + i + 1)
            found->length = base + i + 1;
    }
}

static void take_part(struct volume *volume, struct gathering *gathering, const struct walk *walk, const struct slot *slot,
                      struct found *found)
{
    const uint8_t *part = (const uint8_t *)slot;
    if (part[0] & PART_LAST)
        begin_name(gathering, walk, part, found);
    if (gathering->next == 0 || (part[0] & PART_NUMBER) != gathering->next || part[13] != gathering->sum) {
        *gathering = (struct gathering){ 0 };
        found->length = 0;
        return;
    }
    take_units(volume, part, gathering->next, found);
    gathering->next--;
    found->slots++;
}

/* The entry itself. Parts that do not belong to it are as if they were not there. */
static void take_entry(const struct gathering *gathering, const struct walk *walk, const struct slot *slot,
                       struct found *found)
{
    bool named = found->length && gathering->next == 0 && gathering->sum == alias_sum(slot->name);
    if (!named) {
        found->length = found->slots = 0;
        found->start = *walk;
    }
    found->entry = *slot;
    found->place = (struct place){ walk->sector, walk->slot };
    found->slots++;
}

int folder_next(struct volume *volume, struct walk *walk, struct found *found)
{
    struct gathering gathering = { 0 };
    found->length = 0;
    for (;; walk->slot++) {
        struct slot *slot;
        int error = walk_slot(volume, walk, &slot);
        if (error)
            return error;
        if (slot->name[0] == SLOT_END)
            return FS_NOT_FOUND;
        if (slot->name[0] == SLOT_REMOVED || (!is_part(slot) && slot->attributes & ATTRIBUTE_LABEL)) {
            gathering = (struct gathering){ 0 };
            found->length = 0;
        } else if (is_part(slot)) {
            take_part(volume, &gathering, walk, slot, found);
        } else {
            take_entry(&gathering, walk, slot, found);
            walk->slot++;
            return FS_OK;
        }
    }
}

static bool is_wanted(const struct volume *volume, const struct found *found)
{
    const struct wanted_name *wanted = &volume->wanted;
    if (wanted->short_form && memcmp(found->entry.name, wanted->alias, ALIAS_BYTES) == 0)
        return true;
    return found->length == wanted->length && name_equal(volume->long_name, wanted->units, wanted->length);
}

int folder_find(struct volume *volume, uint32_t folder, struct found *found)
{
    struct walk walk = walk_from(volume, folder);
    for (;;) {
        int error = folder_next(volume, &walk, found);
        if (error || is_wanted(volume, found))
            return error;
    }
}

int folder_is_empty(struct volume *volume, uint32_t folder, bool *empty)
{
    struct walk walk = walk_from(volume, folder);
    for (;;) {
        struct found found;
        int error = folder_next(volume, &walk, &found);
        *empty = error == FS_NOT_FOUND;
        if (error)
            return *empty ? FS_OK : error;
        if (!slot_is_dots(&found.entry))
            return FS_OK;
    }
}
