/* The display: where the picture is, who may draw, and on and off as a state object. */
#include "groups.h"

#define PITCH 960
#define WIDTH 720
#define HEIGHT 480
#define MENU_MODE 2
#define SETTLE_MS 300
#define LCD_BUFFER_END 0x100 /* of an address of the LCD's part of a buffer */

/* The other cameras have a word instead. */
extern char display_state[] __attribute__((weak));
extern char display_on[] __attribute__((weak));
extern char evf_state[] __attribute__((weak));
extern char lv_state[] __attribute__((weak));

struct state_object {
    const char *type, *name;
    uint32_t auto_sequence;
    int (*transition)(struct state_object *self, void *x, uint32_t input, void *z, void *t);
    void *matrix;
    uint32_t inputs, states, current;
};

static int (*original)(struct state_object *self, void *x, uint32_t input, void *z, void *t);
static uint32_t spied;

static int spy(struct state_object *self, void *x, uint32_t input, void *z, void *t)
{
    spied++;
    return original(self, x, input, z, t);
}

static uint8_t *shown(void)
{
    return (uint8_t *)(*(uint32_t *)(ADDRESS(bmp_vram_info) + 20) | 0x40000000);
}

static uint32_t sum_of_picture(void)
{
    uint32_t sum = 0;
    for (uint32_t y = 0; y < HEIGHT; y++)
        for (uint32_t x = 0; x < WIDTH; x++)
            sum = sum * 31 + shown()[y * PITCH + x];
    return sum;
}

static void enter(uint32_t mode)
{
    SetGUIRequestMode(mode);
    msleep(SETTLE_MS);
}

static void check_picture(void)
{
    uint32_t idle = sum_of_picture();
    check(((uint32_t)shown() & 0xFFF) == LCD_BUFFER_END, "the picture's address is one that ML knows");
    enter(MENU_MODE);
    check(sum_of_picture() != idle, "the menu is another picture");
    enter(0);
    check(sum_of_picture() == idle, "and the idle screen comes back");
}

static void check_ownership(void)
{
    uint32_t idle = sum_of_picture();
    WORD(osd_owned) = 1;
    enter(MENU_MODE);
    check(sum_of_picture() == idle, "nothing is drawn while ML owns the picture");
    void *dialog = ((void **)*(uint32_t *)(ADDRESS(gui_task_list) + 8))[1];
    WORD(osd_owned) = 0;
    dialog_redraw(dialog);
    WORD(osd_owned) = 1;
    check(sum_of_picture() != idle, "dialog_redraw draws before it returns");
    WORD(osd_owned) = 0;
    enter(0);
}

static void check_palette(void)
{
    const uint32_t *palette = (const uint32_t *)ADDRESS(LCD_Palette);
    check(palette[0] == 0xC0F14400 && palette[3] == 0xC0F14404, "the palette's table has the registers");
    check(palette[3 + 2] >> 24 == 3 && (palette[3 + 2] >> 16 & 0xFF) > 200, "and colour 1 is white");
    check(palette[0x300] == 0xC0F14800, "and the second bank's registers");
}

static bool is_on(void)
{
    return display_state ? (*(struct state_object **)display_state)->current != 0 : *(uint32_t *)display_on != 0;
}

static void check_on_and_off(void)
{
    check(is_on(), "the display is on");
    call("TurnOffDisplay");
    msleep(SETTLE_MS);
    check(!is_on(), "TurnOffDisplay");
    call("TurnOnDisplay");
    msleep(SETTLE_MS);
    check(is_on(), "TurnOnDisplay");
}

static bool is_state_object(const struct state_object *object)
{
    const char *text = "StateObject", *type = object->type;
    while (*text && *text == *type)
        text++, type++;
    return *text == *type;
}

static void check_state_objects(void)
{
    struct state_object *view = *(struct state_object **)(evf_state ? evf_state : lv_state);
    check(is_state_object(view), "the viewfinder's state object is there");
    if (!display_state)
        return;
    struct state_object *display = *(struct state_object **)display_state;
    check(is_state_object(display) && display->transition == view->transition, "all have the same transition function");
    original = display->transition;
    display->transition = spy;
    check_on_and_off();
    check(spied == 2, "a hooked state object's transitions go through the hook");
    display->transition = original;
}

void display_contract(void)
{
    group("display");
    check_picture();
    check_ownership();
    check_palette();
    check_on_and_off();
    check_state_objects();
}
