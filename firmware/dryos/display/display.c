/*
 * Display on and off, as a state object that ML watches; and the state object of live view, which stays in its only state
 * because there is no live view.
 */
#include "display/display.h"

#include "gui/gui.h"
#include "kernel/camera.h"
#include "kernel/offer.h"
#include "state.h"

enum display_state { DISPLAY_OFF = 0, DISPLAY_ON = 1, DISPLAY_STATES };
enum display_input { TURN_OFF = 0, TURN_ON = 1, DISPLAY_INPUTS };

/* What was on the screen goes, or comes again. */
static int show_change(struct state_object *self, void *x, uint32_t input, void *z, void *t)
{
    (void)self, (void)x, (void)input, (void)z, (void)t;
    gui_redraw();
    return 0;
}

static const struct state_transition display_matrix[DISPLAY_INPUTS][DISPLAY_STATES] = {
    [TURN_OFF] = {[DISPLAY_OFF] = {DISPLAY_OFF, 0}, [DISPLAY_ON] = {DISPLAY_OFF, show_change}},
    [TURN_ON] = {[DISPLAY_OFF] = {DISPLAY_ON, show_change}, [DISPLAY_ON] = {DISPLAY_ON, 0}},
};

static struct state_object display_object = {
    STATE_OBJECT_TYPE, "DispState", 0, state_transition, display_matrix[0], DISPLAY_INPUTS, DISPLAY_STATES, DISPLAY_ON,
};

static const struct state_transition idle_matrix[1][1];
static struct state_object live_view_object = {
    STATE_OBJECT_TYPE, "EVFState", 0, state_transition, idle_matrix[0], 1, 1, 0,
};

/* Some cameras have a word instead of the state object. */
static void tell_word(void)
{
    if (camera->display_on)
        WORD(display_on) = display_is_on();
}

bool display_is_on(void)
{
    return display_object.current != DISPLAY_OFF;
}

void display_turn_on(void)
{
    state_object_input(&display_object, TURN_ON);
    tell_word();
}

void display_turn_off(void)
{
    state_object_input(&display_object, TURN_OFF);
    tell_word();
}

static int turn_on_call(uint32_t a, uint32_t b, uint32_t c)
{
    (void)a, (void)b, (void)c;
    display_turn_on();
    return 0;
}
NAMED_CALL("TurnOnDisplay", turn_on_call);

static int turn_off_call(uint32_t a, uint32_t b, uint32_t c)
{
    (void)a, (void)b, (void)c;
    display_turn_off();
    return 0;
}
NAMED_CALL("TurnOffDisplay", turn_off_call);

/* The picture itself is not turned: what can be seen is the word that says how it is. */
static void orient(uint32_t orientation)
{
    if (camera->display_orientation)
        WORD(display_orientation) = orientation;
}

void STUB(NormalDisplay)(void)
{
    orient(0);
}

void STUB(ReverseDisplay)(void)
{
    orient(1);
}

void STUB(MirrorDisplay)(void)
{
    orient(2);
}

static void display_start(void)
{
    state_object_publish(camera->display_state, &display_object);
    state_object_publish(camera->evf_state, &live_view_object);
    state_object_publish(camera->lv_state, &live_view_object);
    tell_word();
}
AT_START(START_DEVICES, display_start);
