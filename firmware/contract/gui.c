/* The GUI task is replaced as Magic Lantern replaces it: at its first run. Events arrive in ours, and go on into the firmware. */
#include "groups.h"

#define EVENTS_KEPT 32
#define MENU_MODE 2
#define SETTLE_MS 300
#define MARK 0xFFFE1DC0u /* the argument by which ML knows its own events */
#define BUTTON_OF_OURS 0x7F

/* Newer cameras have a table of functions, older ones a function for each kind of event. */
extern void (*const gui_functions[])(struct gui_event *) __attribute__((weak));
void gui_massive_event_loop(uint32_t param, void *object, uint32_t argument) __attribute__((weak));
void gui_change_mode(uint32_t mode) __attribute__((weak));
void gui_local_post(uint32_t param, void *object, uint32_t argument) __attribute__((weak));

static struct gui_event last_button;
static uint32_t events, buttons;

static uint32_t *record(uint32_t offset)
{
    return (uint32_t *)(ADDRESS(gui_main_struct) + offset);
}

static void pass_on_one_by_one(struct gui_event *event)
{
    if (event->kind == 0)
        gui_massive_event_loop(event->param, event->object, event->argument);
    else if (event->kind == 1)
        gui_change_mode(event->param);
    else if (event->kind == 2)
        gui_local_post(event->param, event->object, event->argument);
}

static void pass_on(struct gui_event *event)
{
    if (!gui_functions)
        pass_on_one_by_one(event);
    else if (event->kind < 7 && gui_functions[event->kind])
        gui_functions[event->kind](event);
}

static void gui_task(void *unused)
{
    (void)unused;
    gui_init_end();
    for (;;) {
        struct gui_event *event;
        msg_queue_receive((void *)*record(ADDRESS(gui_queue_offset)), &event, 0);
        --*record(ADDRESS(gui_counter_offset));
        events++;
        if (event->kind == 0)
            buttons++, last_button = *event;
        pass_on(event);
    }
}

void replace_gui_task(struct task_record *task)
{
    if (task->entry == (void *)ADDRESS(gui_main_task))
        task->entry = (void *)gui_task;
}

struct dialog {
    const char *type;
    uint32_t rest[23];
    uint32_t handler;
};

static struct dialog *top_dialog(void)
{
    struct {
        uint32_t handler;
        struct dialog *dialog;
    } *controller = *(void **)(ADDRESS(gui_task_list) + 8);
    return controller->dialog;
}

static bool is_dialog(const struct dialog *dialog)
{
    const char *text = dialog->type;
    return text[0] == 'D' && text[1] == 'I' && text[2] == 'A' && text[3] == 'L' && text[4] == 'O' && text[5] == 'G' && !text[6];
}

static void check_events(void)
{
    static uint32_t object;
    uint32_t before = buttons;
    check(events > 0, "an event waits for the new GUI task at once");
    GUI_Control(BUTTON_OF_OURS, &object, MARK, 0);
    msleep(SETTLE_MS);
    check(buttons == before + 1 && last_button.param == BUTTON_OF_OURS, "GUI_Control queues an event of kind 0");
    check(last_button.object == &object && last_button.argument == MARK, "object and argument stay as they are");
    check(*record(ADDRESS(gui_counter_offset)) == 0, "the count of waiting events comes back to zero");
}

static void check_modes(void)
{
    check(WORD(gui_mode) == 0 && is_dialog(top_dialog()), "idle, with a dialog on top");
    check(top_dialog()->handler == ADDRESS(ShootOlcApp_handler), "which is the idle screen's");
    SetGUIRequestMode(MENU_MODE);
    msleep(SETTLE_MS);
    check(WORD(gui_mode) == MENU_MODE, "SetGUIRequestMode enters the menu");
    check(is_dialog(top_dialog()) && top_dialog()->handler != ADDRESS(ShootOlcApp_handler), "which has a dialog of its own");
    SetGUIRequestMode(0);
    msleep(SETTLE_MS);
    check(WORD(gui_mode) == 0 && top_dialog()->handler == ADDRESS(ShootOlcApp_handler), "and leaves it");
}

void gui_contract(void)
{
    group("gui");
    check_events();
    check_modes();
}
