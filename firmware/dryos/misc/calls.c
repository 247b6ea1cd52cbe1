/* Calls by name that need no room of their own. */
#include "kernel/camera.h"
#include "kernel/offer.h"
#include "kernel/registers.h"

#define BOOT_FLAG 0xF8000004u
#define BOOT_FROM_CARD 0xFFFFFFFFu

static int enable_boot_disk(uint32_t a, uint32_t b, uint32_t c)
{
    (void)a, (void)b, (void)c;
    reg_write(BOOT_FLAG, BOOT_FROM_CARD);
    return 0;
}
NAMED_CALL("EnableBootDisk", enable_boot_disk);

static int disable_boot_disk(uint32_t a, uint32_t b, uint32_t c)
{
    (void)a, (void)b, (void)c;
    reg_write(BOOT_FLAG, 0);
    return 0;
}
NAMED_CALL("DisableBootDisk", disable_boot_disk);

static int led_on(uint32_t a, uint32_t b, uint32_t c)
{
    (void)a, (void)b, (void)c;
    reg_write(camera->led_register, camera->led_on);
    return 0;
}
NAMED_CALL("EdLedOn", led_on);

static int led_off(uint32_t a, uint32_t b, uint32_t c)
{
    (void)a, (void)b, (void)c;
    reg_write(camera->led_register, camera->led_off);
    return 0;
}
NAMED_CALL("EdLedOff", led_off);

/* This firmware never saves power by stopping its CPU's clock: it is disabled already. */
static int disable_power_save(uint32_t a, uint32_t b, uint32_t c)
{
    (void)a, (void)b, (void)c;
    return 0;
}
NAMED_CALL("DisablePowerSave", disable_power_save);
