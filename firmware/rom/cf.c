/*
 * CompactFlash as an ATA drive: single sectors by PIO through the data port, runs of sectors by the CF DMA engine.
 * The drive gets plain READ/WRITE SECTORS commands in both cases. Reference: storage.md section 5.
 */
#include "rom.h"

/* Offsets from the camera's cf_ata. */
#define ATA_DATA 0x2000
#define ATA_COUNT 0x2002
#define ATA_LBA_LOW 0x2003
#define ATA_LBA_MID 0x2004
#define ATA_LBA_HIGH 0x2005
#define ATA_DEVICE 0x2006
#define ATA_COMMAND 0x2007
#define ATA_CONTROL 0x200E /* reads: status without side effects */
#define ATA_IRQ_MASK 0x8040
#define ATA_DMA_STATE 0x8104

#define STATUS_ERROR 0x01u
#define STATUS_DATA 0x08u
#define STATUS_BUSY 0x80u
#define CONTROL_NO_IRQ 0x02u
#define DEVICE_LBA 0xE0u
#define DMA_IDLE 4u

#define COMMAND_READ 0x20u
#define COMMAND_WRITE 0x30u
#define COMMAND_IDENTIFY 0xECu

/* Offsets from the camera's cf_dma. */
#define DMA_ADDRESS 0x00
#define DMA_BYTES 0x04
#define DMA_CONTROL 0x10
#define DMA_FROM_CARD 0x39u
#define DMA_TO_CARD 0x3Du

#define DRIVE_TIMEOUT_US 2000000u
#define LONGEST_RUN 128u
#define IDENTIFY_SECTORS 60 /* words 60 and 61 */

static struct {
    uint32_t ata, dma;
    struct card card;
} cf;

static uint8_t ata_read(uint32_t offset)
{
    return *(volatile uint8_t *)(cf.ata + offset);
}

static void ata_write(uint32_t offset, uint32_t value)
{
    *(volatile uint8_t *)(cf.ata + offset) = (uint8_t)value;
}

/* Waits until the drive is not busy; true if it then shows exactly the wanted bits of error and data request. */
static bool wait_drive(uint32_t wanted)
{
    struct timeout timeout = timeout_after_us(DRIVE_TIMEOUT_US);
    for (;;) {
        uint32_t status = ata_read(ATA_CONTROL);
        if (!(status & STATUS_BUSY) && (status & STATUS_ERROR))
            return false;
        if (!(status & STATUS_BUSY) && (status & STATUS_DATA) == wanted)
            return true;
        if (timed_out(&timeout))
            return false;
    }
}

static bool wait_dma(void)
{
    struct timeout timeout = timeout_after_us(DRIVE_TIMEOUT_US);
    while (reg_read(cf.ata + ATA_DMA_STATE) != DMA_IDLE) {
        if (timed_out(&timeout))
            return false;
    }
    return true;
}

static void command(uint32_t opcode, uint32_t sector, uint32_t count)
{
    ata_write(ATA_DEVICE, DEVICE_LBA | (sector >> 24 & 0xF));
    ata_write(ATA_COUNT, count);
    ata_write(ATA_LBA_LOW, sector);
    ata_write(ATA_LBA_MID, sector >> 8);
    ata_write(ATA_LBA_HIGH, sector >> 16);
    ata_write(ATA_COMMAND, opcode);
}

static bool read_one_by_pio(uint32_t opcode, uint32_t sector, uint16_t *halfwords)
{
    command(opcode, sector, 1);
    if (!wait_drive(STATUS_DATA))
        return false;
    for (uint32_t i = 0; i < SECTOR / 2; i++)
        halfwords[i] = *(volatile uint16_t *)(cf.ata + ATA_DATA);
    return true;
}

static bool write_one_by_pio(uint32_t sector, const uint16_t *halfwords)
{
    command(COMMAND_WRITE, sector, 1);
    if (!wait_drive(STATUS_DATA))
        return false;
    for (uint32_t i = 0; i < SECTOR / 2; i++)
        *(volatile uint16_t *)(cf.ata + ATA_DATA) = halfwords[i];
    return wait_drive(0);
}

static bool move_run_by_dma(uint32_t opcode, uint32_t direction, uint32_t sector, uint32_t count, const void *buffer)
{
    command(opcode, sector, count);
    if (!wait_drive(STATUS_DATA))
        return false;
    reg_write(cf.dma + DMA_ADDRESS, bus_address(buffer));
    reg_write(cf.dma + DMA_BYTES, count * SECTOR);
    reg_write(cf.dma + DMA_CONTROL, direction);
    return wait_dma() && wait_drive(0);
}

static bool cf_read(uint32_t sector, uint32_t count, void *buffer)
{
    if (count == 1)
        return read_one_by_pio(COMMAND_READ, sector, buffer);
    uint8_t *out = buffer;
    while (count) {
        uint32_t run = count < LONGEST_RUN ? count : LONGEST_RUN;
        if (!move_run_by_dma(COMMAND_READ, DMA_FROM_CARD, sector, run, out))
            return false;
        sector += run;
        count -= run;
        out += run * SECTOR;
    }
    return true;
}

static bool cf_write(uint32_t sector, uint32_t count, const void *buffer)
{
    if (count == 1)
        return write_one_by_pio(sector, buffer);
    const uint8_t *in = buffer;
    while (count) {
        uint32_t run = count < LONGEST_RUN ? count : LONGEST_RUN;
        if (!move_run_by_dma(COMMAND_WRITE, DMA_TO_CARD, sector, run, in))
            return false;
        sector += run;
        count -= run;
        in += run * SECTOR;
    }
    return true;
}

/* A drive keeps what is written to its task file; an empty slot does not. */
static bool drive_present(void)
{
    ata_write(ATA_DEVICE, DEVICE_LBA);
    ata_write(ATA_COUNT, 0x5A);
    ata_write(ATA_LBA_LOW, 0xA5);
    return ata_read(ATA_COUNT) == 0x5A && ata_read(ATA_LBA_LOW) == 0xA5;
}

const struct card *cf_open(void)
{
    static uint16_t identity[SECTOR / 2];
    const struct camera *camera = camera_facts();
    cf.ata = camera->cf_ata;
    cf.dma = camera->cf_dma;
    reg_write(cf.ata + ATA_IRQ_MASK, 0);
    ata_write(ATA_CONTROL, CONTROL_NO_IRQ);
    if (!drive_present() || !wait_drive(0) || !read_one_by_pio(COMMAND_IDENTIFY, 0, identity))
        return 0;
    cf.card = (struct card){
        .name = "CF",
        .sectors = identity[IDENTIFY_SECTORS] | (uint32_t)identity[IDENTIFY_SECTORS + 1] << 16,
        .read = cf_read,
        .write = cf_write,
    };
    return &cf.card;
}
