/* Calls that we do not offer: told, counted, listed. Never a silent 0. */
#include <stdbool.h>

#include "kernel/debug.h"
#include "kernel/interrupt.h"
#include "kernel/memory.h"
#include "kernel/offer.h"

#include "window.h"

#define NAMES MISSING_NAMES

struct missing_call missing_calls[NAMES];

/* The same name from elsewhere is another entry. When the table is full, the last entry takes all that come. */
static uint32_t entry_of(const char *name, uint32_t caller)
{
    uint32_t i = 0;
    while (i < NAMES - 1 && missing_calls[i].name && !(missing_calls[i].caller == caller && !text_compare(missing_calls[i].name, name)))
        i++;
    return i;
}

static bool power_of_ten(uint32_t count)
{
    while (count && count % 10 == 0)
        count /= 10;
    return count == 1;
}

void missing(const char *name, uint32_t caller)
{
    uint32_t saved = interrupts_mask();
    uint32_t i = entry_of(name, caller);
    missing_calls[i].name = name;
    missing_calls[i].caller = caller;
    uint32_t count = ++missing_calls[i].count;
    interrupts_restore(saved);
    if (power_of_ten(count))
        print("[missing] %s caller=%08X count=%u\n", name, caller, count);
}

static void show_missing(int count, char *words[])
{
    (void)count, (void)words;
    for (uint32_t i = 0; i < NAMES && missing_calls[i].name; i++)
        print("[missing] %s caller=%08X count=%u\n", missing_calls[i].name, missing_calls[i].caller, missing_calls[i].count);
}
SHELL_COMMAND("missing", show_missing, "calls that this firmware does not offer: who made them, how often");
