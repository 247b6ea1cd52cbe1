/* Calls by name. */
#include "kernel/debug.h"
#include "kernel/memory.h"
#include "kernel/offer.h"

extern const struct named_call calls_start[], calls_end[];

#define UNKNOWN_CALL (-1)

static const struct named_call *find(const char *name)
{
    for (const struct named_call *call = calls_start; call < calls_end; call++) {
        if (!text_compare(call->name, name))
            return call;
    }
    return 0;
}

int STUB(call)(const char *name, uint32_t a, uint32_t b, uint32_t c)
{
    const struct named_call *known = find(name);
    if (known)
        return known->function(a, b, c);
    MISSING(name);
    return UNKNOWN_CALL;
}

static void show_calls(int count, char *words[])
{
    (void)count, (void)words;
    for (const struct named_call *call = calls_start; call < calls_end; call++)
        print("[call] %s\n", call->name);
}
SHELL_COMMAND("calls", show_calls, "what call(\"...\") knows");
