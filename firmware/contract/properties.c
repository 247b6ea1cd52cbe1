/* Properties: slaves are told by a task of the firmware's, first what is, then what changes. */
#include "groups.h"

#define PROP_CAM_MODEL 0x00000002
#define PROP_FIRMWARE_VER 0x02000001
#define PROP_ISO 0x80000007
#define PROP_TERMINATE_SHUT_REQ 0x80010001
#define PROP_PICSTYLE_SETTINGS_STANDARD 0x02060001
#define PROP_FILE_PREFIX 0x01000007
#define PROP_NOBODYS 0x0BADC0DE

#define NEVER 0xFFFFFFFFu
#define LONGEST_VALUE 64
#define DELIVERY_MS 300

/* What ML asks to change has a value of the size that it will hand in. */
static const struct asked {
    uint32_t id, bytes;
} asked[] = {
    {0x80000003, 4} /* drive */,      {0x80000005, 4} /* shutter */,  {0x80000006, 4} /* aperture */, {PROP_ISO, 4},
    {0x80000008, 4} /* exposure */,   {0x8000000D, 4} /* wb mode */,  {0x8000000E, 4} /* kelvin */,   {0x80000010, 4},
    {0x80000011, 4} /* wb shift */,   {0x80000028, 4} /* style */,    {0x80050018, 4} /* wb mode */,  {0x80050019, 4},
    {0x8000002F, 4} /* quality */,    {0x02040000, 4} /* lcd */,      {0x80020009, 4} /* ui lock */,  {0x80020015, 4},
    {0x80020016, 4} /* remote */,     {0x80050013, 4} /* lens */,     {0x80050015, 4} /* zoom */,     {0x80050022, 4},
    {0x8003002E, 32} /* hdmi */,      {PROP_FILE_PREFIX, 8},          {PROP_PICSTYLE_SETTINGS_STANDARD, 24},
    {0x80040002, 4} /* card */,       {0x8004001C, 4} /* movie */,    {0x80000034, 4} /* view */,     {0x80010003, 4},
    {0x80030024, 4} /* power off */,  {0x8005000B, 2} /* depth */,    {0x80040013, 4} /* strobo */,   {0x80000009, 4},
};
#define ASKED (sizeof(asked) / sizeof(asked[0]))

static const uint32_t ids[] = {PROP_CAM_MODEL, PROP_FIRMWARE_VER, PROP_ISO, PROP_TERMINATE_SHUT_REQ, PROP_NOBODYS};

static struct {
    void *token, *token_at_first;
    uint32_t deliveries, in_propmgr, iso, iso_deliveries, terminations, nobodys;
    char model[LONGEST_VALUE], version[LONGEST_VALUE];
    uint32_t model_bytes, model_id;
} seen;

static struct {
    uint32_t bytes[ASKED];
} sizes;

static bool same_text(const char *left, const char *right)
{
    while (*left && *left == *right)
        left++, right++;
    return *left == *right;
}

static void copy_text(char *to, const char *from)
{
    for (uint32_t i = 0; i < LONGEST_VALUE - 1 && from[i]; i++)
        to[i] = from[i];
}

static bool in_propmgr(void)
{
    return same_text(((struct task_record *)WORD(current_task))->name, "PropMgr");
}

static void take_model(const void *data, uint32_t bytes)
{
    copy_text(seen.model, data);
    seen.model_bytes = bytes;
    seen.model_id = ((const uint32_t *)data)[8];
}

static void *take_property(uint32_t id, void *private, void *data, uint32_t bytes)
{
    if (seen.deliveries++ == 0)
        seen.token_at_first = seen.token;
    seen.in_propmgr += in_propmgr() && private == (void *)0x1234;
    if (id == PROP_CAM_MODEL)
        take_model(data, bytes);
    else if (id == PROP_FIRMWARE_VER)
        copy_text(seen.version, data);
    else if (id == PROP_ISO)
        seen.iso = *(uint32_t *)data, seen.iso_deliveries++;
    else if (id == PROP_TERMINATE_SHUT_REQ)
        seen.terminations++;
    else
        seen.nobodys++;
    return (void *)_prop_cleanup(seen.token, id);
}

static void take_token(void *token)
{
    seen.token = token;
}

static void *take_size(uint32_t id, void *private, void *data, uint32_t bytes)
{
    (void)data;
    for (uint32_t i = 0; i < ASKED; i++)
        if (asked[i].id == id)
            sizes.bytes[i] = bytes;
    return (void *)_prop_cleanup(private, id);
}

static void ignore_token(void *token)
{
    (void)token;
}

static void check_present_values(void)
{
    prop_register_slave(ids, sizeof(ids) / sizeof(ids[0]), take_property, (void *)0x1234, take_token);
    msleep(DELIVERY_MS);
    check(seen.token && seen.token == seen.token_at_first, "the token comes before the first delivery");
    check(seen.deliveries == seen.in_propmgr && seen.deliveries >= 3, "the task PropMgr delivers, with the private word");
    check(seen.model_bytes == 36 && seen.model[0] == 'C' && seen.model_id == ADDRESS(model_id), "the camera's name and number");
    check(seen.version[0] != 0 && seen.version[1] == '.', "the firmware's version");
    check(seen.iso_deliveries == 1, "a value is delivered once at the start");
    check(seen.terminations == 0 && seen.nobodys == 0, "what has no value is not delivered");
}

static void check_changes(void)
{
    uint32_t iso = 0x58;
    _prop_request_change(PROP_ISO, &iso, sizeof(iso));
    msleep(DELIVERY_MS);
    check(seen.deliveries == seen.in_propmgr, "a request does not run handlers in the caller");
    check(seen.iso == 0x58 && seen.iso_deliveries == 2, "a request is delivered once, the MPU's answer is no news");
    iso = 0x48;
    _prop_request_change(PROP_ISO, &iso, sizeof(iso));
    iso = 0x60;
    _prop_request_change(PROP_ISO, &iso, sizeof(iso));
    msleep(DELIVERY_MS);
    check(seen.iso == 0x60, "of two requests at once the later one stays");
}

static void check_deliver(void)
{
    static const uint32_t id = PROP_NOBODYS;
    uint32_t value = 7;
    prop_deliver(&id, &value, sizeof(value), 0);
    msleep(DELIVERY_MS);
    check(seen.nobodys == 1, "prop_deliver reaches slaves without the MPU");
}

static void check_sizes(void)
{
    static uint32_t asked_ids[ASKED];
    bool all = true;
    for (uint32_t i = 0; i < ASKED; i++)
        asked_ids[i] = asked[i].id;
    prop_register_slave(asked_ids, ASKED, take_size, 0, ignore_token);
    msleep(DELIVERY_MS);
    for (uint32_t i = 0; i < ASKED; i++)
        all = all && sizes.bytes[i] == asked[i].bytes;
    check(all, "what ML asks to change has a value of the size it knows");
}

/* Group and function that every camera with custom functions has. */
static void check_custom_functions(void)
{
    if (!GetCFnData)
        return;
    int before = GetCFnData(0, 1);
    SetCFnData(0, 1, 1 - (before & 1));
    check(GetCFnData(0, 1) == 1 - (before & 1), "a custom function keeps what is set");
    SetCFnData(0, 1, (uint32_t)before);
}

void properties_contract(void)
{
    group("properties");
    check_present_values();
    check_changes();
    check_deliver();
    check_sizes();
    check_custom_functions();
}
