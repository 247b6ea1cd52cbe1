/*
 * Dialog records. ML looks at the top of the stack: whether it is a dialog (its text), and whose (the handler's address).
 * Records are zero but for what ML reads.
 */
#include "dialogs.h"

#include "gui/gui.h"
#include "kernel/camera.h"
#include "kernel/debug.h"
#include "kernel/memory.h"
#include "kernel/offer.h"
#include "screens.h"

struct dialog {
    const char *type;
    uint32_t unused[23];
    uint32_t handler;
    uint32_t handler_argument;
    uint32_t unused_end[18];
};
_Static_assert(sizeof(struct dialog) == 0xB0, "as ML has it");
_Static_assert(__builtin_offsetof(struct dialog, handler) == 0x60, "as ML has it");

struct controller {
    uint32_t handler;
    struct dialog *dialog;
    struct controller *next;
    const char *name;
};

#define TOP_OFFSET 8u /* in the camera's record */

static int own_handler(struct dialog *dialog, void *argument, uint32_t event)
{
    (void)dialog, (void)argument, (void)event;
    return 1; /* not handled */
}

static struct dialog idle_dialog, other_dialog;
static struct controller idle_controller = {0, &idle_dialog, 0, "CtrlSrv"};
static struct controller other_controller = {0, &other_dialog, &idle_controller, "CtrlSrv"};

/* Cameras whose play screen has no known handler show it as ours. */
static uint32_t handler_of(uint32_t mode)
{
    uint32_t known = mode == GUI_IDLE ? camera->ShootOlcApp_handler : mode == GUI_PLAY ? camera->PlayMain_handler : 0;
    return known ? known : (uint32_t)own_handler;
}

static void set_top(struct controller *controller)
{
    *(struct controller **)(camera->gui_task_list + TOP_OFFSET) = controller;
}

void dialogs_show(uint32_t mode)
{
    other_dialog.handler = handler_of(mode);
    set_top(mode == GUI_IDLE ? &idle_controller : &other_controller);
}

void dialogs_open(void)
{
    idle_dialog.type = other_dialog.type = "DIALOG";
    idle_dialog.handler = handler_of(GUI_IDLE);
    dialogs_show(GUI_IDLE);
}

/* Paints before it returns: ML lends us the OSD only for so long. */
int STUB(dialog_redraw)(struct dialog *dialog)
{
    if (!dialog || text_compare(dialog->type, "DIALOG") != 0) {
        log_line("dialog_redraw: %08X is no dialog", (unsigned)(uint32_t)dialog);
        return -1;
    }
    screen_draw(WORD(gui_mode));
    return 0;
}
