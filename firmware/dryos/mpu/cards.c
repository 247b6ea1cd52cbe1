/*
 * What the properties say of the cards: size of a cluster, free clusters, and which card pictures go to. A camera counts as
 * pictures are taken; here files come and go by other ways, so the cards are asked now and then.
 */
#include "cards.h"

#include "fs/fs.h"
#include "kernel/camera.h"
#include "kernel/debug.h"
#include "kernel/memory.h"
#include "kernel/offer.h"
#include "kernel/sync.h"
#include "kernel/task.h"
#include "mpu/properties.h"

#define SLOT_SD 1u
#define SLOT_CF 2u

#define CARD_CF 1u /* values of PROP_CARD_SELECT, and 1 more than the property's distance from that of drive A */
#define CARD_SD 2u

#define LOOK_EVERY_MS 2000u

static struct queue *door;

/* Drive A is CF, drive B is SD. False when there is no card. */
static bool look(uint32_t card, struct fs_drive *drive)
{
    if (card != CARD_CF && card != CARD_SD)
        return false;
    bool has_slot = camera->slots & (card == CARD_CF ? SLOT_CF : SLOT_SD);
    return has_slot && fs_drive(card == CARD_CF ? 'A' : 'B', drive) == FS_OK;
}

static void tell(uint32_t property, uint32_t value)
{
    if (property_word(property) != value)
        property_set_word(property, value);
}

static void tell_card(uint32_t card)
{
    struct fs_drive drive;
    if (!look(card, &drive))
        memset(&drive, 0, sizeof(drive));
    tell(PROP_CLUSTER_SIZE_A + card - 1, drive.cluster_bytes);
    tell(PROP_FREE_SPACE_A + card - 1, drive.free_clusters);
}

/* Somebody may take a card out now: what is open goes to it, and nobody relies on it any more. */
static void let_go(void)
{
    int error = fs_sync();
    if (error)
        log_line("cards: not in order when the door opened (%d)", error);
    fs_card_changed('A');
    fs_card_changed('B');
}

void cards_door_opened(void)
{
    queue_post(door, 1);
}

static void cards_task(void *unused)
{
    uint32_t opened;
    (void)unused;
    for (;;) {
        for (uint32_t card = CARD_CF; card <= CARD_SD; card++)
            tell_card(card);
        if (queue_receive(door, &opened, LOOK_EVERY_MS) == WAIT_OK)
            let_go();
    }
}

/* A card that is not there cannot be selected. */
static void select_card(uint32_t id, const void *data, uint32_t bytes)
{
    struct fs_drive drive;
    uint32_t card = 0;
    memcpy(&card, data, bytes < sizeof(card) ? bytes : sizeof(card));
    if (look(card, &drive))
        property_set_word(id, card);
    else
        log_line("cards: there is no card %u to select", (unsigned)card);
}
PROPERTY_COMMAND(PROP_CARD_SELECT, select_card);

/* The SD card of a camera with two, as its MPU says it. */
static void cards_start(void)
{
    struct fs_drive drive;
    bool use_cf = !(camera->slots & SLOT_SD) || ((camera->slots & SLOT_CF) && !look(CARD_SD, &drive));
    property_set_word(PROP_CARD_SELECT, use_cf ? CARD_CF : CARD_SD);
    door = queue_create("card_door", 4);
    task_create("CardWatch", 0x1A, TASK_STACK_DEFAULT, cards_task, 0);
}
AT_START(START_APPLICATIONS, cards_start);
