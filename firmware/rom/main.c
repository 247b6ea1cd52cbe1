/* The boot, stage by stage. Every stage says on the console what it found; trouble also goes to the screen. */
#include "rom.h"
#include "volume.h"

#define BOOT_FLAG 0xF8000004u
#define BOOT_FROM_CARD 0xFFFFFFFFu
#define PROGRAM_ADDRESS 0x00800000u
#define PROGRAM_LIMIT 0x04000000u /* the boot screen begins here */
#define PROGRAM_FILE "AUTOEXEC.BIN"
#define FIRMWARE_DOOR 0xE51FF004u /* LDR PC, [PC, #-4] */
#define BOOT_COPY 0x00100000u /* where cameras run their boot code */

extern const uint32_t reset_vector[];
extern const uint32_t image_sum_address;

/* Why a card was not started from, in the order of how far it came. */
enum verdict { NO_CARD, NOT_FORMATTED, NOT_BOOTABLE, NO_PROGRAM, PROGRAM_TOO_LARGE, READ_FAILED, READY };

static const char *const verdicts[] = {
    "no card", "card is not formatted (no FAT volume)", "card has no boot marks (EOS_DEVELOP, BOOTDISK)",
    "no " PROGRAM_FILE " on the card", PROGRAM_FILE " is too large", "cannot read " PROGRAM_FILE, "",
};

static const char no_firmware[] = "no camera firmware in this ROM";

/* Where the firmware's start address leads (start.S). */
void stop_no_firmware(void)
{
    stop_with_text("a program asked for the camera's firmware\n", no_firmware);
}

/* Without a firmware, its start address leads back here by a jump through this word of the image (start.S). */
static bool has_firmware(void)
{
    const uint32_t *start = (const uint32_t *)camera_facts()->firmware_start;
    return start[3] != FIRMWARE_DOOR;
}

/* Does nothing in a ROM without a firmware. */
static void start_firmware(void)
{
    uint32_t start = camera_facts()->firmware_start;
    if (!has_firmware())
        return;
    print("[ROM] starting the firmware at %08X\n", start);
    start_program(start);
}

/* All words of the image but the camera's name add up to zero. */
static bool image_sum_right(void)
{
    uint32_t sum = 0;
    const uint32_t *end = (const uint32_t *)image_sum_address;
    for (const uint32_t *word = reset_vector; word <= end; word++)
        sum += *word;
    for (uint32_t i = 0; i < 4; i++)
        sum -= ((const uint32_t *)camera_stamp)[i];
    return sum == 0;
}

static void check_boot_flag(void)
{
    uint32_t flag = reg_read(BOOT_FLAG);
    bool from_card = flag == BOOT_FROM_CARD;
    print("[ROM] boot flag %08X: %s\n", flag, from_card ? "boot from card" : "do not boot from card");
    if (from_card)
        return;
    start_firmware();
    stop_with_text("the boot flag asks for the camera's firmware\n", no_firmware);
}

static enum verdict load_program(void)
{
    if (!volume_bootable())
        return NOT_BOOTABLE;
    int bytes = file_read(PROGRAM_FILE, (void *)PROGRAM_ADDRESS, PROGRAM_LIMIT - PROGRAM_ADDRESS);
    if (bytes == FILE_NOT_FOUND)
        return NO_PROGRAM;
    if (bytes == FILE_TOO_LARGE)
        return PROGRAM_TOO_LARGE;
    if (bytes < 0)
        return READ_FAILED;
    print("[ROM] " PROGRAM_FILE ": %d bytes to %08X\n", bytes, PROGRAM_ADDRESS);
    return READY;
}

static enum verdict try_card(const char *slot, const struct card *card)
{
    if (!card) {
        print("[ROM] %s card: none\n", slot);
        return NO_CARD;
    }
    print("[ROM] %s card: %u KiB\n", slot, card->sectors / 2);
    if (!volume_mount(card))
        return NOT_FORMATTED;
    print("[ROM] FAT%u, %u clusters of %u bytes\n", volume.bits, volume.clusters, volume.cluster_sectors * SECTOR);
    return load_program();
}

/* Tries every slot the camera has; the card that came furthest decides what is said. */
static enum verdict find_program(void)
{
    uint32_t slots = camera_facts()->slots;
    enum verdict best = NO_CARD;
    if (slots & SLOT_CF)
        best = try_card("CF", cf_open());
    if (best != READY && slots & SLOT_SD) {
        enum verdict verdict = try_card("SD", sd_open());
        best = verdict > best ? verdict : best;
    }
    return best;
}

/*
 * Cameras run their boot code from a copy in RAM, and ML's display test looks for the landmarks there instead of in the
 * ROM. The landmarks and the routine they lead to are position independent.
 */
static void leave_copy_in_ram(void)
{
    uint32_t bytes = image_sum_address + 4 - (uint32_t)reset_vector;
    memcpy((void *)(BOOT_COPY | UNCACHED), reset_vector, bytes);
}

void rom_main(void)
{
    if (!image_sum_right())
        stop_sum_error("this image was changed");
    if (!camera_find())
        stop_other_models("no camera's name in this image");
    print("[ROM] Darkroom open boot ROM " ROM_VERSION ", %s\n", camera_facts()->name);
    check_boot_flag();
    enum verdict verdict = find_program();
    if (verdict < NO_PROGRAM)
        start_firmware();
    if (verdict == NO_PROGRAM)
        stop_no_fir_file(verdicts[verdict]);
    if (verdict != READY)
        stop_with_text("cannot start from the card\n", verdicts[verdict]);
    leave_copy_in_ram();
    print("[ROM] starting " PROGRAM_FILE "\n");
    start_program(PROGRAM_ADDRESS | UNCACHED);
}
