/* The menu: a few settings of the camera, changed by left and right. */
#include "display/display.h"
#include "kernel/camera.h"
#include "kernel/debug.h"
#include "mpu/properties.h"
#include "parts.h"
#include "screens.h"
#include "values.h"

#define LINE_HEIGHT 44
#define TOP 66
#define NAME_LEFT 24
#define VALUE_LEFT 380
#define SCALE 3

struct setting {
    const char *name;
    uint32_t property;
    void (*say)(char *out, uint32_t raw);
    const uint8_t *values;
    uint32_t count;
};

static const uint8_t shutters[] = {0x10, 0x18, 0x20, 0x28, 0x30, 0x38, 0x40, 0x48, 0x50, 0x58,
                                   0x60, 0x68, 0x70, 0x78, 0x80, 0x88, 0x90, 0x98, 0xA0};
static const uint8_t apertures[] = {0x10, 0x18, 0x20, 0x28, 0x30, 0x38, 0x40, 0x48, 0x50};
static const uint8_t isos[] = {0x00, 0x48, 0x50, 0x58, 0x60, 0x68, 0x70};
static const uint8_t compensations[] = {0xF0, 0xF3, 0xF5, 0xF8, 0xFB, 0xFD, 0x00, 0x03, 0x05, 0x08, 0x0B, 0x0D, 0x10};
static const uint8_t balances[] = {0, 1, 8, 2, 3, 4, 5, 6, 9};
static const uint8_t drives[] = {0x00, 0x01, 0x10, 0x11};
static const uint8_t styles[] = {0x81, 0x82, 0x83, 0x84, 0x85, 0x86};

#define VALUES(list) list, sizeof(list)
static const struct setting settings[] = {
    {"Shutter", PROP_SHUTTER, say_shutter, VALUES(shutters)},
    {"Aperture", PROP_APERTURE, say_aperture, VALUES(apertures)},
    {"ISO", PROP_ISO, say_iso, VALUES(isos)},
    {"Exposure", PROP_AE, say_exposure_compensation, VALUES(compensations)},
    {"White balance", PROP_WB_MODE_PH, say_white_balance, VALUES(balances)},
    {"Drive", PROP_DRIVE, say_drive, VALUES(drives)},
    {"Picture style", PROP_PICTURE_STYLE, say_picture_style, VALUES(styles)},
};
#define SETTINGS (sizeof(settings) / sizeof(settings[0]))

static uint32_t selected;

static void draw_setting(uint32_t line)
{
    const struct setting *setting = &settings[line];
    char value[VALUE_CHARS];
    int y = TOP + (int)line * LINE_HEIGHT;
    if (line == selected)
        osd_box(0, y - 10, OSD_WIDTH, LINE_HEIGHT, OSD_BLUE);
    setting->say(value, property_word(setting->property));
    osd_text(NAME_LEFT, y, SCALE, OSD_WHITE, setting->name);
    osd_text(VALUE_LEFT, y, SCALE, OSD_YELLOW, value);
}

void menu_draw(void)
{
    char title[VALUE_CHARS];
    format_text(title, sizeof(title), "Firmware %s", camera->firmware);
    part_title(title);
    for (uint32_t line = 0; line < SETTINGS; line++)
        draw_setting(line);
    part_status_line();
}

void menu_open(void)
{
    selected = 0;
}

/* A value that is not in the list counts as the one before the first. */
static uint32_t position(const struct setting *setting)
{
    for (uint32_t i = 0; i < setting->count; i++)
        if (setting->values[i] == (property_word(setting->property) & 0xFF))
            return i;
    return setting->count - 1;
}

static bool change(uint32_t step)
{
    const struct setting *setting = &settings[selected];
    uint32_t value = setting->values[(position(setting) + step) % setting->count];
    property_request(setting->property, &value, sizeof(value));
    return true;
}

static bool select(uint32_t step)
{
    selected = (selected + step) % SETTINGS;
    return true;
}

bool menu_button(uint32_t event)
{
    if (event == camera->event_up)
        return select(SETTINGS - 1);
    if (event == camera->event_down)
        return select(1);
    if (event == camera->event_left)
        return change(settings[selected].count - 1);
    if (event == camera->event_right)
        return change(1);
    return false;
}
