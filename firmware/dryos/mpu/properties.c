/* Setting properties and asking for changes. */
#include "mpu/properties.h"

#include "kernel/debug.h"
#include "kernel/memory.h"
#include "kernel/offer.h"
#include "slaves.h"
#include "store.h"
#include "wire.h"

extern const struct property_rule property_rules_start[], property_rules_end[];

/* An int that is no pointer: what ML passes through from the acknowledgement. */
#define ACKNOWLEDGED 0

void property_set(uint32_t id, const void *data, uint32_t bytes)
{
    bool changed;
    struct property *property = store_find(id);
    if (!property || !store_put(property, data, bytes, &changed)) {
        log_line("properties: no room for %08X", (unsigned)id);
        return;
    }
    deliver(id, data, bytes);
}

void property_set_word(uint32_t id, uint32_t value)
{
    property_set(id, &value, sizeof(value));
}

bool property_set_and_wait(uint32_t id, const void *data, uint32_t bytes, uint32_t timeout_ms)
{
    bool changed;
    struct property *property = store_find(id);
    if (property && store_put(property, data, bytes, &changed))
        return deliver_and_wait(id, data, bytes, timeout_ms);
    return false;
}

static const struct property_rule *rule_of(uint32_t id)
{
    for (const struct property_rule *rule = property_rules_start; rule < property_rules_end; rule++)
        if (rule->id == id)
            return rule;
    return 0;
}

void property_request(uint32_t id, const void *data, uint32_t bytes)
{
    const struct property_rule *rule = rule_of(id);
    bool is_command = rule && rule->is_command;
    if (!is_command)
        property_set(id, data, bytes);
    if (rule)
        rule->effect(id, data, bytes);
    if (!is_command)
        wire_ask(id, data, bytes);
}

/* A listener is a slave with one id and no token. */
static void *tell_listener(uint32_t id, void *listener, void *data, uint32_t bytes)
{
    ((property_listener)listener)(id, data, bytes);
    return 0;
}

void property_listen(uint32_t id, property_listener listener)
{
    struct slave *slave = slave_add(&id, 1, tell_listener, (void *)listener);
    if (slave)
        deliver_present(slave);
}

/* --------------------------------------------------------- as Magic Lantern calls it */

int STUB(prop_register_slave)(const uint32_t *ids, uint32_t count, slave_handler handler, void *private,
                              void (*take_token)(struct slave *token))
{
    struct slave *slave = slave_add(ids, count, handler, private);
    if (!slave)
        return -1;
    if (take_token)
        take_token(slave);
    return deliver_present(slave) ? 0 : -1;
}

int STUB(prop_unregister_slave)(struct slave *token)
{
    slave_remove(token);
    return 0;
}

/* Deliveries are made one at a time by one task, so an acknowledgement has nothing to let go. */
int STUB(_prop_cleanup)(struct slave *token, uint32_t id)
{
    (void)token, (void)id;
    return ACKNOWLEDGED;
}

int STUB(_prop_request_change)(uint32_t id, const void *data, uint32_t bytes)
{
    property_request(id, data, bytes);
    return 0;
}

int STUB(prop_deliver)(const uint32_t *id, const void *data, uint32_t bytes, uint32_t unused)
{
    (void)unused;
    if (!id) {
        MISSING("prop_deliver without a property");
        return -1;
    }
    property_set(*id, data, bytes);
    return 0;
}
