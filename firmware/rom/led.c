/* The card LED: one register that takes a camera-specific word for on and for off. */
#include "rom.h"

void led(bool on)
{
    const struct camera *camera = camera_facts();
    reg_write(camera->led_register, on ? camera->led_on : camera->led_off);
}
