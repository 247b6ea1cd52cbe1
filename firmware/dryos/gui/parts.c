/* Title bar, status bar. */
#include "parts.h"

#include "display/display.h"
#include "fs/fs.h"
#include "kernel/camera.h"
#include "kernel/debug.h"
#include "mpu/battery.h"
#include "mpu/properties.h"
#include "values.h"

#define BAR_HEIGHT 48
#define BAR_TOP (OSD_HEIGHT - BAR_HEIGHT)
#define TEXT_SCALE 3
#define MARGIN 14

#define SLOT_SD 1u
#define SLOT_CF 2u

void part_title(const char *text)
{
    osd_box(0, 0, OSD_WIDTH, BAR_HEIGHT, OSD_DARK_GREY);
    osd_text(MARGIN, MARGIN, TEXT_SCALE, OSD_ORANGE, text);
}

/* Simple batteries tell a level only. */
static void say_battery(char *out)
{
    if (battery_percent())
        format_text(out, VALUE_CHARS, "Battery %u%%", (unsigned)battery_percent());
    else
        format_text(out, VALUE_CHARS, "Battery %s", property_word(PROP_BATTERY_POWER) ? "OK" : "low");
}

static void say_card(char *out, char letter, const char *kind)
{
    struct fs_drive drive;
    if (fs_drive(letter, &drive) != FS_OK)
        format_text(out, VALUE_CHARS, "%s none", kind);
    else
        format_text(out, VALUE_CHARS, "%s %uM", kind, (unsigned)((uint64_t)drive.free_clusters * drive.cluster_bytes >> 20));
}

static int card_text(int right, uint32_t slot, char letter, const char *kind)
{
    char text[VALUE_CHARS];
    if (!(camera->slots & slot))
        return right;
    say_card(text, letter, kind);
    int left = right - osd_text_width(TEXT_SCALE, text);
    osd_text(left, BAR_TOP + MARGIN, TEXT_SCALE, OSD_WHITE, text);
    return left - 2 * MARGIN;
}

void part_status_line(void)
{
    char battery[VALUE_CHARS];
    osd_box(0, BAR_TOP, OSD_WIDTH, BAR_HEIGHT, OSD_DARK_GREY);
    say_battery(battery);
    osd_text(MARGIN, BAR_TOP + MARGIN, TEXT_SCALE, OSD_WHITE, battery);
    card_text(card_text(OSD_WIDTH - MARGIN, SLOT_SD, 'B', "SD"), SLOT_CF, 'A', "CF");
}
