/*
 * The GUI task of older cameras calls one function per kind of event, where newer ones have a table of functions. Magic Lantern's
 * replacement does the same.
 */
#include "events.h"
#include "gui/gui.h"
#include "kernel/offer.h"

/* For `gui_functions` in cameras/rom_data.S: one function does for all kinds. */
void gui_function(const struct gui_event *event);

void __attribute__((used)) gui_function(const struct gui_event *event)
{
    gui_deal_with(event);
}

static void deal_with(uint32_t kind, uint32_t param, void *object, uint32_t argument)
{
    const struct gui_event event = {kind, param, object, argument};
    gui_deal_with(&event);
}

void STUB(gui_massive_event_loop)(uint32_t param, void *object, uint32_t argument)
{
    deal_with(GUI_EVENT_BUTTON, param, object, argument);
}

void STUB(gui_change_mode)(uint32_t mode)
{
    deal_with(GUI_EVENT_MODE, mode, 0, 0);
}

void STUB(gui_local_post)(uint32_t param, void *object, uint32_t argument)
{
    deal_with(GUI_EVENT_LOCAL, param, object, argument);
}

/* Nobody here posts events of these kinds, so they come from nobody. */
void STUB(gui_other_post)(uint32_t param, void *object, uint32_t argument)
{
    deal_with(3, param, object, argument);
}

void STUB(gui_post_10000085)(uint32_t param, void *object, uint32_t argument)
{
    deal_with(4, param, object, argument);
}

void STUB(gui_init_event)(void *object)
{
    deal_with(5, 0, object, 0);
}

void STUB(gui_change_shoot_type_post)(uint32_t type)
{
    deal_with(6, type, 0, 0);
}

void STUB(gui_change_lcd_state_post)(uint32_t state)
{
    deal_with(7, state, 0, 0);
}
