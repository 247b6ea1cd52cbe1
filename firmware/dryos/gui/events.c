/*
 * The queue of the GUI task. Magic Lantern's own GUI task receives from the same queue: it finds it, and a count of waiting
 * events that it counts down, in the camera's record. The queue's words are addresses of events (reference section 3.6).
 */
#include "events.h"

#include "gui/gui.h"
#include "kernel/camera.h"
#include "kernel/debug.h"
#include "kernel/interrupt.h"
#include "kernel/offer.h"
#include "kernel/sync.h"

/* An event is dealt with before as many others as there are slots have come. */
#define EVENT_SLOTS 128u
#define EVENTS_WAITING 100u

static struct gui_event events[EVENT_SLOTS];
static uint32_t next_event;
static struct queue *queue;

static volatile uint32_t *record_word(uint32_t offset)
{
    return (volatile uint32_t *)(camera->gui_main_struct + offset);
}

static struct gui_event *take_slot(void)
{
    uint32_t saved = interrupts_mask();
    struct gui_event *event = &events[next_event++ % EVENT_SLOTS];
    ++*record_word(camera->gui_counter_offset);
    interrupts_restore(saved);
    return event;
}

static void count_down(void)
{
    uint32_t saved = interrupts_mask();
    --*record_word(camera->gui_counter_offset);
    interrupts_restore(saved);
}

bool gui_post(uint32_t kind, uint32_t param, void *object, uint32_t argument)
{
    struct gui_event *event = take_slot();
    *event = (struct gui_event){kind, param, object, argument};
    if (queue_post(queue, (uint32_t)event) == WAIT_OK)
        return true;
    count_down();
    log_line("GUI: too many events wait, one is lost (%u %X)", (unsigned)kind, (unsigned)param);
    return false;
}

void events_open(void)
{
    queue = queue_create("GuiEvents", EVENTS_WAITING);
    *record_word(camera->gui_queue_offset) = (uint32_t)queue;
    *record_word(camera->gui_counter_offset) = 0;
}

/* gui.c: the first thing that a GUI task calls. */
void stub_gui_init_end(void);

/* The firmware's own GUI task, while ML has not put its own in its place. */
void STUB(gui_main_task)(void)
{
    uint32_t word;
    stub_gui_init_end();
    for (;;)
        if (queue_receive(queue, &word, FOREVER) == WAIT_OK && word) {
            count_down();
            gui_deal_with((const struct gui_event *)word);
        }
}

int STUB(GUI_Control)(uint32_t event, void *object, uint32_t argument, uint32_t unused)
{
    (void)unused;
    return gui_post(GUI_EVENT_BUTTON, event, object, argument) ? 0 : -1;
}
