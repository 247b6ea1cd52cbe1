/*
 * The menu: ten pages as bars instead of texts. The task of the GUI is replaced, as ML replaces it; keys go to the menu while it is
 * open, else on into the firmware. The second line of page 1 is a setting, the first one of page 6 a submenu.
 */
#include "stand_in.h"

#define PAGES 10
#define LINES 6
#define ZEBRA_PAGE 1
#define ZEBRA_LINE 1
#define SUBMENU_PAGE 6

#define WHITE 1
#define BLACK 2
#define CYAN 5
#define GREY 0x30

/* Newer cameras have a table of functions, older ones a function for each kind of event. */
extern void (*const gui_functions[])(struct gui_event *) __attribute__((weak));
void gui_massive_event_loop(uint32_t param, void *object, uint32_t argument) __attribute__((weak));
void gui_change_mode(uint32_t mode) __attribute__((weak));
void gui_local_post(uint32_t param, void *object, uint32_t argument) __attribute__((weak));

static struct {
    bool open, submenu;
    uint32_t line;
} menu;
static void *redraw, *closed;

static void draw_line(uint32_t line)
{
    uint32_t y = 80 + line * 50;
    fill(40, y, 300 + settings.page * 20, 30, line == menu.line ? CYAN : GREY);
    if (settings.page == ZEBRA_PAGE && line == ZEBRA_LINE)
        fill(600, y, 30, 30, settings.zebra ? WHITE : GREY);
}

static void draw_menu(void)
{
    WORD(osd_owned) = 1;
    fill(0, 0, 720, 480, BLACK);
    for (uint32_t page = 0; page < PAGES; page++)
        fill(10 + page * 70, 10, 60, 30, page == settings.page ? CYAN : GREY);
    for (uint32_t line = 0; line < LINES; line++)
        draw_line(line);
    if (menu.submenu)
        fill(200, 120, 400, 240, WHITE);
}

/* The firmware's dialog shows itself again. */
static void give_screen_back(void)
{
    WORD(osd_owned) = 0;
    dialog_redraw(((void **)*(uint32_t *)(ADDRESS(gui_task_list) + 8))[1]);
}

static void redraw_task(void *unused)
{
    (void)unused;
    for (;;) {
        take_semaphore(redraw, 0);
        if (menu.open)
            draw_menu();
        else
            give_screen_back();
    }
}

/* Settings go to the card when the menu is closed. */
static void menu_task(void *unused)
{
    (void)unused;
    for (;;) {
        take_semaphore(closed, 0);
        write_settings();
    }
}

static void turn_page(uint32_t pages)
{
    settings.page = (settings.page + pages) % PAGES;
    menu.line = 0;
}

static void choose(void)
{
    if (settings.page == ZEBRA_PAGE && menu.line == ZEBRA_LINE)
        settings.zebra = !settings.zebra;
    else if (settings.page == SUBMENU_PAGE && menu.line == 0)
        menu.submenu = true;
}

static void open_or_close(void)
{
    menu.open = !menu.open;
    menu.submenu = false;
    menu.line = 0;
    if (!menu.open)
        give_semaphore(closed);
}

static void take_key_in_menu(uint32_t key)
{
    if (key == ADDRESS(event_left))
        turn_page(PAGES - 1);
    else if (key == ADDRESS(event_right))
        turn_page(1);
    else if (key == ADDRESS(event_down))
        menu.line = (menu.line + 1) % LINES;
    else if (key == ADDRESS(button_0C01)) /* SET */
        choose();
    else if (key == ADDRESS(event_menu))
        menu.submenu = false;
}

/* Whether the key was for us. */
static bool take_key(uint32_t key)
{
    if (key == ADDRESS(button_0401)) /* TRASH */
        open_or_close();
    else if (menu.open)
        take_key_in_menu(key);
    else
        return false;
    give_semaphore(redraw);
    return true;
}

static void pass_on(struct gui_event *event)
{
    if (gui_functions && event->kind < 7 && gui_functions[event->kind])
        gui_functions[event->kind](event);
    else if (!gui_functions && event->kind == 0)
        gui_massive_event_loop(event->param, event->object, event->argument);
    else if (!gui_functions && event->kind == 1)
        gui_change_mode(event->param);
    else if (!gui_functions && event->kind == 2)
        gui_local_post(event->param, event->object, event->argument);
}

static void gui_task(void *unused)
{
    uint32_t main_struct = ADDRESS(gui_main_struct);
    (void)unused;
    gui_init_end();
    for (;;) {
        struct gui_event *event;
        msg_queue_receive(*(void **)(main_struct + ADDRESS(gui_queue_offset)), &event, 0);
        --*(uint32_t *)(main_struct + ADDRESS(gui_counter_offset));
        if (event->kind != 0 || !redraw || !take_key(event->param))
            pass_on(event);
    }
}

void replace_gui_task(struct task_record *task)
{
    if (task->entry == (void *)ADDRESS(gui_main_task))
        task->entry = (void *)gui_task;
}

void start_menu(void)
{
    closed = create_named_semaphore("menu_closed", 0);
    redraw = create_named_semaphore("menu_redraw", 0);
    task_create("menu_task", 0x1A, 0x2000, menu_task, 0);
    task_create("menu_redraw_task", 0x1D, 0x2000, redraw_task, 0);
}
