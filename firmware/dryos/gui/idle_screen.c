/* What the camera would do if its button were pressed: mode, exposure, how it focuses and stores; battery and card. */
#include "display/display.h"
#include "kernel/camera.h"
#include "kernel/debug.h"
#include "kernel/memory.h"
#include "mpu/properties.h"
#include "parts.h"
#include "screens.h"
#include "values.h"

#define LEFT 24
#define BIG 6
#define MIDDLE 4
#define SMALL 3

typedef void (*say)(char *out, uint32_t raw);

struct place {
    int x, y, scale;
    uint32_t property;
    say say;
};

/* Right of the mode nothing is drawn: there the smallest programs for cameras write their greeting. */
static const struct place places[] = {
    {LEFT, 78, BIG, PROP_SHOOTING_MODE, say_mode},
    {LEFT, 142, BIG, PROP_SHUTTER, say_shutter},
    {270, 142, BIG, PROP_APERTURE, say_aperture},
    {LEFT, 204, BIG, PROP_ISO, say_iso},
    {460, 214, MIDDLE, PROP_AE, say_exposure_compensation},
    {LEFT, 268, SMALL, PROP_WB_MODE_PH, say_white_balance},
    {270, 268, SMALL, PROP_PICTURE_STYLE, say_picture_style},
    {LEFT, 314, SMALL, PROP_AF_MODE, say_af_mode},
    {270, 314, SMALL, PROP_DRIVE, say_drive},
};

static void draw_place(const struct place *place)
{
    char text[VALUE_CHARS];
    place->say(text, property_word(place->property));
    osd_text(place->x, place->y, place->scale, place->scale == SMALL ? OSD_LIGHT_GREY : OSD_WHITE, text);
}

/* The name need not end with a zero. */
static void draw_lens(void)
{
    char name[VALUE_CHARS] = "no lens";
    uint32_t bytes;
    const char *lens = property_value(PROP_LENS_NAME, &bytes);
    if (lens && lens[0])
        text_copy(name, bytes < sizeof(name) ? bytes + 1 : sizeof(name), lens);
    osd_text(LEFT, 362, SMALL, OSD_LIGHT_GREY, name);
}

void idle_draw(void)
{
    part_title(camera->name);
    for (uint32_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        draw_place(&places[i]);
    draw_lens();
    part_status_line();
}
