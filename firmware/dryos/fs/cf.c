/*
 * CompactFlash cards as ATA drives: the drive's sector commands, up to 256 sectors each, the data moved by the camera's DMA engine, and
 * an interrupt at the end of it on cameras that connect one. Reference: storage.md section 5.
 */
#include "disk.h"
#include "kernel/camera.h"
#include "kernel/memory.h"
#include "kernel/registers.h"
#include "transfer.h"

/* Offsets from camera->cf_ata. */
#define ATA_DATA 0x2000u
#define ATA_COUNT 0x2002u
#define ATA_LBA_LOW 0x2003u
#define ATA_LBA_MID 0x2004u
#define ATA_LBA_HIGH 0x2005u
#define ATA_DEVICE 0x2006u
#define ATA_COMMAND 0x2007u
#define ATA_CONTROL 0x200Eu /* reads: status without side effects */
#define ATA_MASK 0x8040u
#define ATA_DMA_STATE 0x8104u

/* Offsets from camera->cf_dma. */
#define DMA_ADDRESS 0x00u
#define DMA_BYTES 0x04u
#define DMA_CONTROL 0x10u
#define DMA_FROM_CARD 0x39u
#define DMA_TO_CARD 0x3Du

#define STATUS_ERROR 0x01u
#define STATUS_DATA 0x08u
#define STATUS_BUSY 0x80u
#define CONTROL_NO_INTERRUPT 0x02u
#define DEVICE_LBA 0xE0u
#define DMA_IDLE 4u
/* Both interrupts at the end of a DMA transfer, none from the drive itself. */
#define MASK_DMA_ENDS 0x02010000u

#define COMMAND_READ 0x20u
#define COMMAND_READ_MULTIPLE 0xC4u
#define COMMAND_WRITE 0x30u
#define COMMAND_WRITE_MULTIPLE 0xC5u
#define COMMAND_SET_MULTIPLE 0xC6u
#define COMMAND_IDENTIFY 0xECu

#define DRIVE_US 2000000u
#define DATA_MS 5000u
#define LONGEST_RUN 256u
#define SLOT_CF 2u

/* Words of a drive's identity. */
#define IDENTITY_SERIAL 10u
#define IDENTITY_MULTIPLE 47u
#define IDENTITY_SECTORS 60u
#define IDENTITY_WORDS (SECTOR / 2)

static struct {
    bool multiple; /* the drive moves many sectors for each of its requests */
    uint8_t wanted; /* what wait_drive waits for */
    struct transfer transfer;
} cf;

static uint8_t ata_read(uint32_t offset)
{
    return *(volatile uint8_t *)(camera->cf_ata + offset);
}

static void ata_write(uint32_t offset, uint32_t value)
{
    *(volatile uint8_t *)(camera->cf_ata + offset) = (uint8_t)value;
}

static enum progress look_at_drive(void)
{
    uint32_t status = ata_read(ATA_CONTROL);
    if (status & STATUS_BUSY)
        return WORKING;
    if (status & STATUS_ERROR)
        return FAILED;
    return (status & STATUS_DATA) == cf.wanted ? DONE : WORKING;
}

/* The drive is not busy and has data to move (STATUS_DATA), or none (0). */
static bool wait_drive(uint32_t wanted)
{
    cf.wanted = (uint8_t)wanted;
    return wait_briefly(DRIVE_US, look_at_drive);
}

/* A drive that stops with an error leaves the DMA waiting for ever. */
static enum progress look_at_dma(void)
{
    uint32_t status = ata_read(ATA_CONTROL);
    if (reg_read(camera->cf_ata + ATA_DMA_STATE) == DMA_IDLE)
        return DONE;
    return !(status & STATUS_BUSY) && (status & STATUS_ERROR) ? FAILED : WORKING;
}

static void command(uint32_t opcode, uint32_t sector, uint32_t count)
{
    ata_write(ATA_DEVICE, DEVICE_LBA | (sector >> 24 & 0xF));
    ata_write(ATA_COUNT, count); /* 0 stands for 256 */
    ata_write(ATA_LBA_LOW, sector);
    ata_write(ATA_LBA_MID, sector >> 8);
    ata_write(ATA_LBA_HIGH, sector >> 16);
    ata_write(ATA_COMMAND, opcode);
}

static bool read_identity(uint16_t *words)
{
    command(COMMAND_IDENTIFY, 0, 1);
    if (!wait_drive(STATUS_DATA))
        return false;
    for (uint32_t i = 0; i < IDENTITY_WORDS; i++)
        words[i] = *(volatile uint16_t *)(camera->cf_ata + ATA_DATA);
    return true;
}

static bool set_multiple(uint32_t sectors)
{
    command(COMMAND_SET_MULTIPLE, 0, sectors);
    return wait_drive(0);
}

/* A drive keeps what is written to its task file; an empty slot does not. */
static bool is_present(void)
{
    ata_write(ATA_DEVICE, DEVICE_LBA);
    ata_write(ATA_COUNT, 0x5A);
    ata_write(ATA_LBA_LOW, 0xA5);
    return ata_read(ATA_COUNT) == 0x5A && ata_read(ATA_LBA_LOW) == 0xA5;
}

static uint32_t fold_identity(const uint16_t *words)
{
    uint32_t sum = 0;
    for (uint32_t i = IDENTITY_SERIAL; i < IDENTITY_MULTIPLE; i++)
        sum = sum * 31 + words[i];
    return sum;
}

static bool start(struct disk *disk)
{
    uint16_t *words = (uint16_t *)disk->bounce;
    reg_write(camera->cf_ata + ATA_MASK, 0);
    ata_write(ATA_CONTROL, CONTROL_NO_INTERRUPT);
    if (!is_present() || !wait_drive(0) || !read_identity(words))
        return false;
    disk->sectors = words[IDENTITY_SECTORS] | (uint32_t)words[IDENTITY_SECTORS + 1] << 16;
    disk->identity = fold_identity(words);
    uint32_t most = words[IDENTITY_MULTIPLE] & 0xFF;
    cf.multiple = most && set_multiple(most);
    reg_write(camera->cf_ata + ATA_MASK, cf.transfer.interrupts ? MASK_DMA_ENDS : 0);
    return true;
}

static uint32_t opcode_for(enum direction direction)
{
    if (direction == FROM_CARD)
        return cf.multiple ? COMMAND_READ_MULTIPLE : COMMAND_READ;
    return cf.multiple ? COMMAND_WRITE_MULTIPLE : COMMAND_WRITE;
}

static bool move_run(enum direction direction, uint32_t sector, uint32_t count, const void *buffer)
{
    command(opcode_for(direction), sector, count);
    if (!wait_drive(STATUS_DATA))
        return false;
    transfer_begin(&cf.transfer);
    reg_write(camera->cf_dma + DMA_ADDRESS, bus_address(buffer));
    reg_write(camera->cf_dma + DMA_BYTES, count * SECTOR);
    reg_write(camera->cf_dma + DMA_CONTROL, direction == FROM_CARD ? DMA_FROM_CARD : DMA_TO_CARD);
    return transfer_wait(&cf.transfer, DATA_MS, look_at_dma) && wait_drive(0);
}

static bool move(struct disk *disk, enum direction direction, uint32_t sector, uint32_t count, void *buffer)
{
    uint8_t *at = buffer;
    (void)disk;
    while (count) {
        uint32_t run = count < LONGEST_RUN ? count : LONGEST_RUN;
        if (!move_run(direction, sector, run, at))
            return false;
        sector += run;
        count -= run;
        at += run * SECTOR;
    }
    return true;
}

struct disk *cf_disk(void)
{
    static struct disk disk = { .name = "CF", .start = start, .move = move };
    bool there = camera->slots & SLOT_CF;
    return there && transfer_open(&cf.transfer, "CF", camera->cf_interrupt, camera->cf_dma_interrupt) ? &disk : NULL;
}
