/* The three modes, and what buttons do in them. */
#include "gui/gui.h"

#include "dialogs.h"
#include "display/display.h"
#include "events.h"
#include "kernel/camera.h"
#include "kernel/debug.h"
#include "kernel/offer.h"
#include "kernel/task.h"
#include "mpu/mpu.h"
#include "mpu/properties.h"
#include "screens.h"

#define NOTIFY_GUI_EVENT 0x00 /* class 04 */

/* PROP_GUI_STATE: play and menu are one. */
enum gui_state { GUI_STATE_IDLE = 0, GUI_STATE_PLAY_OR_MENU = 1 };

#define GUI_PRIORITY 0x16u
#define GUI_STACK 0x2000u

/* No timer of the quick menu or of the bottom bar runs. */
#define NO_TIMER 0x17u
#define NO_ZOOM 0xFFFFFFFFu

static void set_word(uint32_t address, uint32_t value)
{
    if (address)
        *(volatile uint32_t *)address = value;
}

static uint32_t mode(void)
{
    return WORD(gui_mode);
}

/* Words and property change together; ML waits for both. */
static void enter_mode(uint32_t new_mode)
{
    WORD(gui_mode) = new_mode;
    set_word(camera->play_menu_mode, new_mode);
    dialogs_show(new_mode);
    property_set_word(PROP_GUI_STATE, new_mode == GUI_IDLE ? GUI_STATE_IDLE : GUI_STATE_PLAY_OR_MENU);
    display_turn_on();
    screen_entered(new_mode);
    screen_draw(new_mode);
}

void gui_ask_mode(uint32_t new_mode)
{
    const uint8_t payload[] = {(uint8_t)new_mode};
    mpu_send(CLASS_REQUEST, NOTIFY_GUI_EVENT, payload, sizeof(payload));
    gui_post(GUI_EVENT_MODE, new_mode, 0, 0);
}

void gui_redraw(void)
{
    gui_post(GUI_EVENT_LOCAL, LOCAL_REDRAW, 0, 0);
}

static void toggle_mode(uint32_t wanted)
{
    gui_ask_mode(mode() == wanted ? GUI_IDLE : wanted);
}

/* 0 is a wheel's event on all cameras, and no camera's event for what has no line in its table. */
static bool is_button(uint32_t event, uint32_t button)
{
    return button != 0 && event == button;
}

static void button(uint32_t event)
{
    if (is_button(event, camera->event_menu))
        toggle_mode(GUI_MENU);
    else if (is_button(event, camera->event_play))
        toggle_mode(GUI_PLAY);
    else if (is_button(event, camera->half_shutter_event) && mode() != GUI_IDLE)
        gui_ask_mode(GUI_IDLE);
    else if (is_button(event, camera->event_info) && mode() == GUI_IDLE)
        (display_is_on() ? display_turn_off : display_turn_on)();
    else if (screen_button(mode(), event))
        screen_draw(mode());
}

static void local(uint32_t param)
{
    if (param == LOCAL_REDRAW)
        screen_draw(mode());
}

void gui_deal_with(const struct gui_event *event)
{
    if (event->kind == GUI_EVENT_BUTTON)
        button(event->param);
    else if (event->kind == GUI_EVENT_MODE)
        enter_mode(event->param);
    else if (event->kind == GUI_EVENT_LOCAL)
        local(event->param);
}

int STUB(SetGUIRequestMode)(uint32_t new_mode)
{
    gui_ask_mode(new_mode);
    return 0;
}

/* The first thing that the GUI task calls. */
void STUB(gui_init_end)(void)
{
    dialogs_show(GUI_IDLE);
    screen_draw(GUI_IDLE);
}

/* No timer draws a clock on our screens. */
void STUB(CancelDateTimer)(void)
{
}

void STUB(HideUnaviFeedBack_maybe)(void)
{
    set_word(camera->unavi_timer, NO_TIMER);
}

static void gui_words(void)
{
    WORD(gui_mode) = GUI_IDLE;
    WORD(osd_owned) = 0;
    WORD(half_shutter) = 0;
    set_word(camera->play_menu_mode, GUI_IDLE);
    set_word(camera->dialog_mode, 0);
    set_word(camera->unavi_timer, NO_TIMER);
    set_word(camera->bottom_bar_timer, NO_TIMER);
    set_word(camera->image_zoom, NO_ZOOM);
    set_word(camera->image_zoom + 4, NO_ZOOM);
}

/* ML waits for the first event of a button's kind to know that its own task runs in place of ours: new shooting data, all zero. */
static void post_first_event(void)
{
    static uint32_t no_data[32];
    gui_post(GUI_EVENT_BUTTON, camera->olc_event, no_data, 0);
}

/* The address is what ML knows the task by. */
static void gui_start(void)
{
    gui_words();
    dialogs_open();
    events_open();
    screens_open();
    task_create("GuiMainTask", GUI_PRIORITY, GUI_STACK, (task_entry)camera->gui_main_task, 0);
    post_first_event();
}
AT_START(START_APPLICATIONS, gui_start);
