/* The last value of each property, in the order in which they came up. */
#include "store.h"

#include "kernel/debug.h"
#include "kernel/interrupt.h"
#include "kernel/memory.h"
#include "kernel/offer.h"

#define PROPERTIES 512u

static struct property properties[PROPERTIES];
static uint32_t known;

static struct property *find(uint32_t id)
{
    for (uint32_t i = 0; i < known; i++)
        if (properties[i].id == id)
            return &properties[i];
    return 0;
}

struct property *store_find(uint32_t id)
{
    uint32_t saved = interrupts_mask();
    struct property *property = find(id);
    if (!property && known < PROPERTIES) {
        property = &properties[known++];
        property->id = id;
    }
    interrupts_restore(saved);
    return property;
}

static uint8_t *room_for(struct property *property, uint32_t bytes)
{
    if (property->data && property->bytes == bytes)
        return property->data;
    return heap_alloc_zeroed(bytes < 4 ? 4 : bytes);
}

bool store_put(struct property *property, const void *data, uint32_t bytes, bool *changed)
{
    uint8_t *old = property->data, *room = room_for(property, bytes);
    if (!room)
        return false;
    *changed = room != old || memcmp(room, data, bytes) != 0;
    uint32_t saved = interrupts_mask();
    memcpy(room, data, bytes);
    property->data = room;
    property->bytes = bytes;
    interrupts_restore(saved);
    if (old && room != old)
        heap_free(old);
    return true;
}

static void show_properties(int count, char *words[])
{
    (void)count, (void)words;
    for (uint32_t i = 0; i < known; i++)
        if (properties[i].data)
            print("[property] %08X bytes=%u first=%08X\n", properties[i].id, properties[i].bytes, property_word(properties[i].id));
}
SHELL_COMMAND("properties", show_properties, "all properties that have a value: size and first word");

const void *property_value(uint32_t id, uint32_t *bytes)
{
    const struct property *property = find(id);
    *bytes = property && property->data ? property->bytes : 0;
    return *bytes ? property->data : 0;
}

uint32_t property_word(uint32_t id)
{
    uint32_t bytes, word = 0;
    const void *data = property_value(id, &bytes);
    memcpy(&word, data, bytes < 4 ? bytes : 4);
    return word;
}
