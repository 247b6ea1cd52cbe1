/* Going down: settings to the card, and the modules' lock removed, but not when the battery goes. */
#include "stand_in.h"

#define PROP_TERMINATE_SHUT_REQ 0x80010001
#define PROP_ABORT 0x80010002
#define SHUT_REQUESTED 0

static const uint32_t ids[] = { PROP_TERMINATE_SHUT_REQ, PROP_ABORT };
static void *token;

static void take_token(void *given)
{
    token = given;
}

static void *take_property(uint32_t id, void *private, void *data, uint32_t bytes)
{
    bool going_down = id == PROP_TERMINATE_SHUT_REQ && *(uint32_t *)data == SHUT_REQUESTED;
    (void)private, (void)bytes;
    if (going_down || id == PROP_ABORT)
        write_settings();
    if (going_down)
        unlock_modules();
    return (void *)_prop_cleanup(token, id);
}

void watch_power(void)
{
    prop_register_slave(ids, 2, take_property, 0, take_token);
}
