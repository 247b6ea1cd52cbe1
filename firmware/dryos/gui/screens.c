/* Drawing, one screen at a time, whoever asks. */
#include "screens.h"

#include "display/display.h"
#include "gui/gui.h"
#include "kernel/camera.h"
#include "kernel/offer.h"
#include "kernel/sync.h"
#include "mpu/properties.h"

static struct lock *drawing;

static void draw_mode(uint32_t mode)
{
    if (mode == GUI_IDLE)
        idle_draw();
    else if (mode == GUI_PLAY)
        play_draw();
    else if (mode == GUI_MENU)
        menu_draw();
}

void screen_draw(uint32_t mode)
{
    if (!osd_is_ours())
        return;
    lock_acquire(drawing, FOREVER);
    osd_box(0, 0, OSD_WIDTH, OSD_HEIGHT, OSD_BLACK);
    if (display_is_on())
        draw_mode(mode);
    osd_show();
    lock_release(drawing);
}

void screen_entered(uint32_t mode)
{
    if (mode == GUI_MENU)
        menu_open();
}

bool screen_button(uint32_t mode, uint32_t event)
{
    return mode == GUI_MENU && menu_button(event);
}

/*
 * What a screen shows has changed. Menu and play are drawn only when somebody asks: ML keeps its own menu over the camera's, and for
 * moments lets the camera draw.
 */
static void shown_value_changed(uint32_t id, const void *data, uint32_t bytes)
{
    (void)id, (void)data, (void)bytes;
    if (WORD(gui_mode) == GUI_IDLE)
        gui_redraw();
}

void screens_open(void)
{
    static const uint32_t shown[] = {
        PROP_SHOOTING_MODE, PROP_SHUTTER,      PROP_APERTURE,       PROP_ISO,           PROP_AE,       PROP_WB_MODE_PH, PROP_AF_MODE,
        PROP_DRIVE,         PROP_PICTURE_STYLE, PROP_BATTERY_REPORT, PROP_BATTERY_POWER, PROP_LENS_NAME,
    };
    drawing = lock_create("Screens");
    for (uint32_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
        property_listen(shown[i], shown_value_changed);
}
