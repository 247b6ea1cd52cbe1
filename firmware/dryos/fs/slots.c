/*
 * Changing folders (folder.h). An entry and the parts of its long name are put into one sector, so that one write makes it, one
 * removes it, and one gives it another name.
 */
#include "clock.h"
#include "folder.h"
#include "kernel/memory.h"
#include "name.h"

/* Where new slots can go. */
struct room {
    struct walk at;
    bool behind_end;   /* the folder's end mark is there or before */
    bool blank;        /* the whole sector is behind the end mark: what it holds means nothing */
    struct place hole; /* an end mark left in an earlier sector; sector 0 = none */
};

static uint32_t parts_of(const struct wanted_name *wanted)
{
    return wanted->short_form ? 0 : (wanted->length + UNITS_PER_PART - 1) / UNITS_PER_PART;
}

/* Looks in a sector for `need` free slots in a row; slots in `own` count as free. SLOTS_PER_SECTOR when there are not. */
static uint32_t find_row(const struct slot *slots, uint32_t need, struct run own, uint32_t *end)
{
    uint32_t row = 0;
    *end = SLOTS_PER_SECTOR;
    for (uint32_t i = 0; i < SLOTS_PER_SECTOR; i++) {
        if (slots[i].name[0] == SLOT_END) {
            *end = i;
            return i - row + need <= SLOTS_PER_SECTOR ? i - row : SLOTS_PER_SECTOR;
        }
        bool is_free = slots[i].name[0] == SLOT_REMOVED || i - own.first < own.count;
        row = is_free ? row + 1 : 0;
        if (row == need)
            return i + 1 - need;
    }
    return SLOTS_PER_SECTOR;
}

/* Makes a folder one cluster longer and goes there. */
static int grow(struct volume *volume, struct walk *walk)
{
    uint32_t cluster;
    if (walk->cluster == NO_CLUSTER)
        return FS_CARD_FULL; /* the fixed root cannot grow */
    int result = space_extend(volume, NO_CLUSTER, 1, &cluster);
    if (result < 0)
        return result;
    if (!disk_zero(volume->disk, cluster_sector(volume, cluster), volume->cluster_sectors))
        return FS_CARD_FAILED;
    int error = table_set(volume, walk->cluster, cluster);
    if (!error)
        error = table_flush(volume);
    *walk = walk_from(volume, cluster);
    return error;
}

/* The sector behind the one with the end mark, which the folder may have to get first. */
static int room_behind(struct volume *volume, struct room *room)
{
    int error = walk_next_sector(volume, &room->at);
    if (error == FS_NOT_FOUND)
        error = grow(volume, &room->at);
    room->behind_end = room->blank = true;
    return error;
}

static int find_room(struct volume *volume, uint32_t folder, uint32_t need, struct room *room)
{
    *room = (struct room){ .at = walk_from(volume, folder) };
    for (;;) {
        uint32_t end;
        const struct slot *slots = (const struct slot *)sector_get(volume, room->at.sector);
        if (!slots)
            return FS_CARD_FAILED;
        room->at.slot = find_row(slots, need, (struct run){ 0 }, &end);
        room->behind_end = end < SLOTS_PER_SECTOR;
        if (room->at.slot < SLOTS_PER_SECTOR)
            return FS_OK;
        if (room->behind_end) {
            room->hole = (struct place){ room->at.sector, end };
            return room_behind(volume, room);
        }
        int error = walk_next_sector(volume, &room->at);
        if (error == FS_NOT_FOUND)
            return room_behind(volume, room);
        if (error)
            return error;
    }
}

static void put_unit(uint8_t *part, uint32_t index, uint16_t unit)
{
    uint32_t at = index < 5 ? 1 + 2 * index : index < 11 ? 14 + 2 * (index - 5) : 28 + 2 * (index - 11);
    part[at] = (uint8_t)unit;
    part[at + 1] = (uint8_t)(unit >> 8);
}

static void put_part(uint8_t *part, const struct wanted_name *wanted, uint32_t number, uint8_t sum)
{
    uint32_t base = (number - 1) * UNITS_PER_PART;
    memset(part, 0, sizeof(struct slot));
    part[0] = (uint8_t)(number | (base + UNITS_PER_PART >= wanted->length ? 0x40 : 0));
    part[11] = ATTRIBUTE_LONG;
    part[13] = sum;
    for (uint32_t i = 0; i < UNITS_PER_PART; i++) {
        uint32_t at = base + i;
        put_unit(part, i, at < wanted->length ? wanted->units[at] : at == wanted->length ? 0 : 0xFFFF);
    }
}

/* The parts, the last one first, and the entry. */
static void put_slots(const struct wanted_name *wanted, struct slot *slots, const struct slot *entry)
{
    uint32_t parts = parts_of(wanted);
    uint8_t sum = alias_sum(entry->name);
    for (uint32_t i = 0; i < parts; i++)
        put_part((uint8_t *)&slots[i], wanted, parts - i, sum);
    slots[parts] = *entry;
}

/* Sees to it that a sector that gets full to its last slot is followed by an end mark or by nothing. */
static int end_behind(struct volume *volume, const struct room *room, uint32_t need)
{
    struct walk next = room->at;
    if (!room->behind_end || room->at.slot + need < SLOTS_PER_SECTOR)
        return FS_OK;
    int error = walk_next_sector(volume, &next);
    if (error)
        return error == FS_NOT_FOUND ? FS_OK : error;
    const uint8_t *data = sector_get(volume, next.sector);
    if (!data)
        return FS_CARD_FAILED;
    if (data[0] == SLOT_END)
        return FS_OK;
    sector_blank(volume, next.sector);
    return sector_put(volume, next.sector);
}

/* The end mark in the earlier sector goes last: it is what makes the new entry part of the folder. */
static int close_hole(struct volume *volume, const struct place *hole)
{
    if (!hole->sector)
        return FS_OK;
    struct slot *slots = (struct slot *)sector_get(volume, hole->sector);
    if (!slots)
        return FS_CARD_FAILED;
    for (uint32_t i = hole->index; i < SLOTS_PER_SECTOR; i++)
        slots[i].name[0] = SLOT_REMOVED;
    return sector_put(volume, hole->sector);
}

/* Puts the wanted name's slots into the room, and in the same write takes `own` away. */
static int fill_room(struct volume *volume, const struct room *room, struct run own, const struct slot *entry)
{
    uint32_t need = parts_of(&volume->wanted) + 1, sector = room->at.sector;
    int error = end_behind(volume, room, need);
    if (error)
        return error;
    struct slot *slots = (struct slot *)(room->blank ? sector_blank(volume, sector) : sector_get(volume, sector));
    if (!slots)
        return FS_CARD_FAILED;
    for (uint32_t i = 0; i < own.count; i++)
        slots[own.first + i].name[0] = SLOT_REMOVED;
    put_slots(&volume->wanted, slots + room->at.slot, entry);
    uint32_t behind = room->at.slot + need;
    if (room->behind_end)
        memset(slots + behind, 0, (SLOTS_PER_SECTOR - behind) * sizeof *slots);
    error = sector_put(volume, sector);
    return error ? error : close_hole(volume, &room->hole);
}

int folder_add(struct volume *volume, uint32_t folder, struct slot *entry, struct place *place)
{
    struct room room;
    uint32_t parts = parts_of(&volume->wanted);
    if (parts >= SLOTS_PER_SECTOR)
        return FS_BAD_NAME;
    int error = alias_choose(volume, folder, entry->name);
    if (!error)
        error = find_room(volume, folder, parts + 1, &room);
    if (error)
        return error;
    *place = (struct place){ room.at.sector, room.at.slot + parts };
    return fill_room(volume, &room, (struct run){ 0 }, entry);
}

int folder_store(struct volume *volume, const struct place *place, const struct slot *entry)
{
    struct slot *slots = (struct slot *)sector_get(volume, place->sector);
    if (!slots)
        return FS_CARD_FAILED;
    slots[place->index] = *entry;
    return sector_put(volume, place->sector);
}

static int mark_removed(struct volume *volume, uint32_t sector, uint32_t first, uint32_t end)
{
    struct slot *slots = (struct slot *)sector_get(volume, sector);
    if (!slots)
        return FS_CARD_FAILED;
    for (uint32_t i = first; i < end; i++)
        slots[i].name[0] = SLOT_REMOVED;
    return sector_put(volume, sector);
}

/* The entry goes first. Others may have spread a long name over several sectors: parts without an entry mean nothing. */
int folder_remove(struct volume *volume, const struct found *found)
{
    struct walk walk = found->start;
    uint32_t sector = found->place.sector;
    int error = mark_removed(volume, sector, walk.sector == sector ? walk.slot : 0, found->place.index + 1);
    while (!error && walk.sector != sector) {
        error = mark_removed(volume, walk.sector, walk.slot, SLOTS_PER_SECTOR);
        if (!error)
            error = walk_next_sector(volume, &walk);
    }
    return error;
}

int folder_rename_here(struct volume *volume, uint32_t folder, const struct found *found)
{
    uint32_t need = parts_of(&volume->wanted) + 1, end;
    struct run own = { found->start.slot, found->slots };
    struct slot entry = found->entry;
    struct room room = { .at = found->start };
    if (found->start.sector != found->place.sector || need > SLOTS_PER_SECTOR)
        return FS_CARD_FULL;
    entry.letters = 0;
    int error = alias_choose(volume, folder, entry.name);
    if (error)
        return error;
    const struct slot *slots = (const struct slot *)sector_get(volume, room.at.sector);
    if (!slots)
        return FS_CARD_FAILED;
    room.at.slot = find_row(slots, need, own, &end);
    room.behind_end = end < SLOTS_PER_SECTOR;
    return room.at.slot == SLOTS_PER_SECTOR ? FS_CARD_FULL : fill_room(volume, &room, own, &entry);
}

static void fill_dots(struct slot *slot, uint32_t dots, uint32_t cluster)
{
    memset(slot->name, ' ', ALIAS_BYTES);
    memset(slot->name, '.', dots);
    slot->attributes = ATTRIBUTE_FOLDER;
    slot_set_cluster(slot, cluster);
    slot_stamp(slot);
}

void folder_put_dots(const struct volume *volume, struct slot *slots, uint32_t cluster, uint32_t parent)
{
    fill_dots(&slots[0], 1, cluster);
    fill_dots(&slots[1], 2, parent == root_folder(volume) ? NO_CLUSTER : parent);
}

int folder_make(struct volume *volume, uint32_t parent, uint32_t *cluster)
{
    int result = space_extend(volume, NO_CLUSTER, 1, cluster);
    if (result < 0)
        return result;
    uint32_t sector = cluster_sector(volume, *cluster);
    if (volume->cluster_sectors > 1 && !disk_zero(volume->disk, sector + 1, volume->cluster_sectors - 1))
        return FS_CARD_FAILED;
    folder_put_dots(volume, (struct slot *)sector_blank(volume, sector), *cluster, parent);
    return sector_put(volume, sector);
}
