/* What was written to the engine's registers, in a table searched from a place that the address gives. */
#include "shadow.h"

#include "kernel/debug.h"
#include "kernel/interrupt.h"
#include "kernel/offer.h"
#include "kernel/registers.h"

#define PLACES 2048u
#define LIST_END 0xFFFFFFFFu

static struct {
    uint32_t address, value;
} written[PLACES];
static uint32_t used;

/* The place of an address, or the free one where it would be. One place is always free. */
static uint32_t place_of(uint32_t address)
{
    uint32_t place = (address >> 2) * 2654435761u >> 21;
    while (written[place].address && written[place].address != address)
        place = (place + 1) % PLACES;
    return place;
}

static void remember(uint32_t address, uint32_t value)
{
    uint32_t place = place_of(address);
    if (!written[place].address && used >= PLACES - 1) {
        MISSING("more engine registers");
        return;
    }
    used += !written[place].address;
    written[place].address = address;
    written[place].value = value;
}

void engine_write(uint32_t address, uint32_t value)
{
    uint32_t saved = interrupts_mask();
    remember(address, value);
    reg_write(address, value);
    interrupts_restore(saved);
}

uint32_t engine_written(uint32_t address)
{
    uint32_t saved = interrupts_mask();
    uint32_t place = place_of(address);
    uint32_t value = written[place].address ? written[place].value : 0;
    interrupts_restore(saved);
    return value;
}

STUB_IS(_EngDrvOut, engine_write);
STUB_IS(shamem_read, engine_written);

/* Pairs of register and value. */
void STUB(_engio_write)(const uint32_t *pairs)
{
    for (; pairs[0] != LIST_END; pairs += 2)
        engine_write(pairs[0], pairs[1]);
}
