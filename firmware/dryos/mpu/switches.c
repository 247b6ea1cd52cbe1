/*
 * Switches become events of the GUI. Which event belongs to which switch differs between cameras (`button` lines of the
 * tables); a switch without a line does nothing. Reference: mpu.md section 6.
 */
#include "switches.h"

#include "cards.h"
#include "gui/gui.h"
#include "kernel/camera.h"
#include "kernel/debug.h"
#include "kernel/memory.h"
#include "mpu/mpu.h"
#include "mpu/properties.h"
#include "wire.h"

#define SHUTTER_HALF_PRESSED 0x00 /* class 05 */
#define SHUTTER_RELEASED 0x0B
#define SHOOTING_DATA 0x08 /* class 0A */

#define SLOT_COVER_OPEN 0x1201u

/* ML looks at flags in the first words of the newest shooting data. */
static uint32_t shooting_data[32];

static void switch_moved(uint32_t code)
{
    if (code == SLOT_COVER_OPEN) {
        log_line("card door open");
        cards_door_opened();
    }
    for (const struct camera_button *line = camera->buttons; line->message; line++)
        if (line->message == code) {
            gui_post(GUI_EVENT_BUTTON, line->event, 0, 0);
            return;
        }
}

static void shutter_button(bool pressed)
{
    WORD(half_shutter) = pressed;
    property_set_word(PROP_HALF_SHUTTER, pressed);
    gui_post(GUI_EVENT_BUTTON, camera->half_shutter_event + !pressed, 0, 0);
}

static bool capture_take(uint8_t id)
{
    if (id != SHUTTER_HALF_PRESSED && id != SHUTTER_RELEASED)
        return false;
    shutter_button(id == SHUTTER_HALF_PRESSED);
    return true;
}

static void new_shooting_data(const uint8_t *message)
{
    uint32_t bytes = payload_bytes(message);
    memset(shooting_data, 0, sizeof(shooting_data));
    memcpy(shooting_data, message + MESSAGE_PAYLOAD, bytes);
    gui_post(GUI_EVENT_BUTTON, camera->olc_event, shooting_data, bytes);
}

bool switch_take(const uint8_t *message)
{
    const uint8_t *payload = message + MESSAGE_PAYLOAD;
    switch (message[MESSAGE_CLASS]) {
    case CLASS_BUTTON:
        switch_moved((uint32_t)message[MESSAGE_ID] << 8 | payload[0]);
        return true;
    case CLASS_CAPTURE:
        return capture_take(message[MESSAGE_ID]);
    case CLASS_OVERLAY:
        if (message[MESSAGE_ID] == SHOOTING_DATA)
            new_shooting_data(message);
        return message[MESSAGE_ID] == SHOOTING_DATA;
    default:
        return false;
    }
}
