/*
 * The engine's DMA channels (reference engine.md section 2): even numbered groups of eight write to memory, odd ones read from it.
 * Two channels on the same connection copy memory.
 */
#include <stdbool.h>

#include "kernel/debug.h"
#include "kernel/interrupt.h"
#include "kernel/memory.h"
#include "kernel/offer.h"
#include "kernel/registers.h"
#include "shadow.h"

#define CHANNELS 48u
#define READS 0x8u /* bit of the channel's number */

#define REGISTER_START 0x00u
#define REGISTER_FLAGS 0x04u
#define REGISTER_ADDRESS 0x08u
#define REGISTER_XN_YN 0x0Cu
#define REGISTER_XB_YB 0x10u
#define REGISTER_XA_YA 0x14u
#define REGISTER_OFF1B 0x18u
#define REGISTER_OFF2B 0x1Cu
#define REGISTER_OFF1A 0x20u
#define REGISTER_OFF2A 0x24u
#define REGISTER_OFF3 0x28u
#define REGISTER_REASON 0x30u
#define REGISTER_ABORT 0x34u

#define REASON_ABORTED 0x10u
#define REASON_POPPED 0x04u
#define ABORT 3u

#define SWITCH_WRITE 0xC0F05000u
#define SWITCH_READ 0xC0F05020u
#define SWITCH_WRITE_UPPER 0xC0F05200u

/* As the caller hands it over. */
struct geometry {
    uint32_t off1a, off1b, off2a, off2b, off3, xa, xb, ya, yb, xn, yn;
};

struct callback {
    void (*function)(uint32_t context);
    uint32_t context;
};

static struct channel {
    struct callback complete, aborted, popped;
} channels[CHANNELS];

/* Interrupt per channel; 0: no such channel. Reference section 2.1. */
static const uint8_t interrupts[CHANNELS] = {
    [0] = 0x58,  [1] = 0x59,  [2] = 0x5A,  [3] = 0x5B,  [4] = 0x5C,  [5] = 0x6D,  [6] = 0xC0,  [8] = 0x5D,  [9] = 0x5E,
    [10] = 0x5F, [11] = 0x6E, [12] = 0xC1, [13] = 0xC8, [16] = 0xF9, [17] = 0x83, [18] = 0x8A, [19] = 0xCA, [20] = 0xCB,
    [21] = 0xD2, [22] = 0xD3, [24] = 0x8B, [25] = 0x92, [26] = 0xE2, [27] = 0x95, [28] = 0x96, [29] = 0x97, [32] = 0xDA,
    [33] = 0xDB, [40] = 0x9D, [41] = 0x9E, [42] = 0x9F, [43] = 0xA5,
};

static uint32_t base(uint32_t channel)
{
    static const uint32_t groups[] = {0xC0F04000, 0xC0F26000, 0xC0F30000};
    return groups[channel >> 4] + (channel & 15) * 0x100;
}

static bool known(uint32_t channel, const char *call, uint32_t caller)
{
    bool yes = channel < CHANNELS && interrupts[channel];
    if (!yes)
        missing(call, caller);
    return yes;
}
#define KNOWN(channel, call) known(channel, call, (uint32_t)__builtin_return_address(0))

static void tell(const struct callback *callback)
{
    if (callback->function)
        callback->function(callback->context);
}

static void served(uint32_t id, void *argument)
{
    (void)id;
    uint32_t number = (uint32_t)argument;
    struct channel *channel = &channels[number];
    uint32_t reason = reg_read(base(number) + REGISTER_REASON);
    tell(reason & REASON_ABORTED ? &channel->aborted : reason & REASON_POPPED ? &channel->popped : &channel->complete);
}

void STUB(SetEDmac)(uint32_t channel, uint32_t address, const struct geometry *geometry, uint32_t flags)
{
    if (!KNOWN(channel, "SetEDmac channel"))
        return;
    uint32_t at = base(channel);
    engine_write(at + REGISTER_FLAGS, flags);
    engine_write(at + REGISTER_ADDRESS, address & ~UNCACHED);
    engine_write(at + REGISTER_XN_YN, geometry->xn | geometry->yn << 16);
    engine_write(at + REGISTER_XB_YB, geometry->xb | geometry->yb << 16);
    engine_write(at + REGISTER_XA_YA, geometry->xa | geometry->ya << 16);
    engine_write(at + REGISTER_OFF1B, geometry->off1b);
    engine_write(at + REGISTER_OFF2B, geometry->off2b);
    engine_write(at + REGISTER_OFF1A, geometry->off1a);
    engine_write(at + REGISTER_OFF2A, geometry->off2a);
    engine_write(at + REGISTER_OFF3, geometry->off3);
}

/* Which switch register chooses the connection of a channel that writes memory. Reference section 3. */
void STUB(ConnectWriteEDmac)(uint32_t channel, uint32_t connection)
{
    if (!KNOWN(channel, "ConnectWriteEDmac channel"))
        return;
    if (channel <= 6 || channel == 16)
        engine_write(SWITCH_WRITE + (channel == 16 ? 7 : channel) * 4, connection);
    else
        engine_write(SWITCH_WRITE_UPPER + (channel < 32 ? channel - 17 : channel - 26) * 4, connection);
}

/* A connection is told which channel feeds it, by the channel's place in the list of those that read. */
void STUB(ConnectReadEDmac)(uint32_t channel, uint32_t connection)
{
    if (!KNOWN(channel, "ConnectReadEDmac channel"))
        return;
    uint32_t place = channel < 16 ? channel - 8 : channel < 32 ? channel - 18 : channel - 28;
    engine_write(SWITCH_READ + connection * 4, place);
}

void STUB(StartEDmac)(uint32_t channel, uint32_t flags)
{
    (void)flags;
    if (!KNOWN(channel, "StartEDmac channel"))
        return;
    reg_write(base(channel) + REGISTER_ABORT, 0);
    interrupt_attach(interrupts[channel], "edmac", served, (void *)channel);
    reg_write(base(channel) + REGISTER_START, 1);
}

void STUB(AbortEDmac)(uint32_t channel)
{
    if (KNOWN(channel, "AbortEDmac channel"))
        reg_write(base(channel) + REGISTER_ABORT, ABORT);
}

static void set(struct callback *place, void (*function)(uint32_t), uint32_t context)
{
    uint32_t saved = interrupts_mask();
    *place = (struct callback){.function = function, .context = context};
    interrupts_restore(saved);
}

#define CALLBACK_STUBS(kind, field)                                                                             \
    void STUB(RegisterEDmac##kind##CBR)(uint32_t channel, void (*function)(uint32_t), uint32_t context)         \
    {                                                                                                           \
        if (KNOWN(channel, "RegisterEDmac" #kind "CBR channel"))                                                \
            set(&channels[channel].field, function, context);                                                   \
    }                                                                                                           \
    void STUB(UnregisterEDmac##kind##CBR)(uint32_t channel)                                                     \
    {                                                                                                           \
        if (KNOWN(channel, "UnregisterEDmac" #kind "CBR channel"))                                              \
            set(&channels[channel].field, 0, 0);                                                                \
    }

CALLBACK_STUBS(Complete, complete)
CALLBACK_STUBS(Abort, aborted)
CALLBACK_STUBS(Pop, popped)
