/*
 * SD cards over the SDIO host controller: data by DMA, as many sectors as asked for in one command, and an interrupt at the end.
 * Reference: storage.md sections 2 to 4.
 */
#include "disk.h"
#include "kernel/camera.h"
#include "kernel/memory.h"
#include "kernel/registers.h"
#include "kernel/timer.h"
#include "transfer.h"

/* Host registers, offsets from camera->sd_host. */
#define HOST_DMA 0x08u
#define HOST_COMMAND 0x0Cu
#define HOST_STATUS 0x10u
#define HOST_INTERRUPT 0x14u
#define HOST_FRAME_LOW 0x20u
#define HOST_FRAME_HIGH 0x24u
#define HOST_RESPONSE_BITS 0x28u
#define HOST_RESPONSE 0x34u /* words at 34, 38, 3C, 40 */
#define HOST_WRITE_BLOCK 0x5Cu
#define HOST_READ_BLOCK 0x68u
#define HOST_BLOCKS 0x7Cu

/* DMA registers, offsets from camera->sd_dma. */
#define DMA_ADDRESS 0x00u
#define DMA_BYTES 0x04u
#define DMA_CONTROL 0x10u

#define STATUS_DONE 0x1u
#define STATUS_ERROR 0x2u
#define STATUS_DATA 0x200000u

/* What the host shall do with a command. */
enum kind { NO_RESPONSE = 0x11, SHORT_RESPONSE = 0x12, LONG_RESPONSE = 0x02, WRITE_DATA = 0x13, READ_DATA = 0x14 };

#define COMMAND_US 100000u
#define PROGRAM_US 1000000u
#define POWER_UP_MS 1000u
#define DATA_MS 3000u
#define OCR_3V3 0x00FF8000u
#define OCR_HIGH_CAPACITY 0x40000000u
#define OCR_READY 0x80000000u
#define CHECK_PATTERN 0x1AAu
#define READY_FOR_DATA 0x100u
#define SLOT_SD 1u

static struct {
    uint32_t address; /* relative card address, in the high half as commands take it */
    bool by_block;    /* high capacity: addressed in sectors, not bytes */
    uint32_t csd[4];
    struct transfer transfer;
} sd;

static uint32_t host_read(uint32_t offset)
{
    return reg_read(camera->sd_host + offset);
}

static void host_write(uint32_t offset, uint32_t value)
{
    reg_write(camera->sd_host + offset, value);
}

static enum progress look_at(uint32_t wanted)
{
    uint32_t status = host_read(HOST_STATUS);
    return status & STATUS_ERROR ? FAILED : status & wanted ? DONE : WORKING;
}

static enum progress look_for_answer(void)
{
    return look_at(STATUS_DONE);
}

static enum progress look_for_data(void)
{
    return look_at(STATUS_DATA);
}

/* Sends the 48-bit frame: start bits and index, argument; the host appends the checksum. */
static void send(uint32_t index, uint32_t argument, enum kind kind)
{
    host_write(HOST_STATUS, 0);
    host_write(HOST_FRAME_HIGH, (0x40 | index) << 8 | argument >> 24);
    host_write(HOST_FRAME_LOW, argument << 8 | 1);
    host_write(HOST_RESPONSE_BITS, kind == LONG_RESPONSE ? 136 : 48);
    host_write(HOST_COMMAND, kind);
}

static bool command(uint32_t index, uint32_t argument, enum kind kind)
{
    host_write(HOST_INTERRUPT, 0);
    send(index, argument, kind);
    return wait_briefly(COMMAND_US, look_for_answer);
}

static bool app_command(uint32_t index, uint32_t argument)
{
    return command(55, sd.address, SHORT_RESPONSE) && command(index, argument, SHORT_RESPONSE);
}

/* A short response stands one byte to the left in the response words. */
static uint32_t short_response(void)
{
    return host_read(HOST_RESPONSE) >> 8 | host_read(HOST_RESPONSE + 4) << 24;
}

static void long_response(uint32_t *words)
{
    for (uint32_t i = 0; i < 4; i++)
        words[i] = host_read(HOST_RESPONSE + i * 4);
}

static bool power_up(void)
{
    sd.address = 0;
    command(0, 0, NO_RESPONSE);
    uint32_t wanted = OCR_3V3 | (command(8, CHECK_PATTERN, SHORT_RESPONSE) ? OCR_HIGH_CAPACITY : 0);
    uint32_t start = time_ms();
    while (time_ms() - start < POWER_UP_MS) {
        if (!app_command(41, wanted))
            return false;
        uint32_t ocr = short_response();
        sd.by_block = (ocr & OCR_HIGH_CAPACITY) != 0;
        if (ocr & OCR_READY)
            return true;
    }
    return false;
}

/* A number that differs from card to card: of the card's identification. */
static uint32_t fold_identity(const uint32_t *words)
{
    return words[0] ^ words[1] * 3 ^ words[2] * 5 ^ words[3] * 7;
}

static bool select_card(struct disk *disk)
{
    uint32_t identity[4];
    if (!command(2, 0, LONG_RESPONSE))
        return false;
    long_response(identity);
    disk->identity = fold_identity(identity);
    if (!command(3, 0, SHORT_RESPONSE))
        return false;
    sd.address = short_response() & 0xFFFF0000u;
    if (!command(9, sd.address, LONG_RESPONSE))
        return false;
    long_response(sd.csd);
    return command(7, sd.address, SHORT_RESPONSE) && app_command(6, 2) && command(16, SECTOR, SHORT_RESPONSE);
}

/* A field of the 128-bit CSD register; word 0 holds bits 31..0. */
static uint32_t csd_bits(uint32_t high, uint32_t low)
{
    uint32_t word = low / 32;
    uint64_t window = sd.csd[word];
    if (word < 3)
        window |= (uint64_t)sd.csd[word + 1] << 32;
    return (uint32_t)(window >> low % 32) & (uint32_t)((1ull << (high - low + 1)) - 1);
}

static uint32_t capacity_in_sectors(void)
{
    if (csd_bits(127, 126) == 1)
        return (csd_bits(69, 48) + 1) * 1024;
    uint32_t blocks = (csd_bits(73, 62) + 1) << (csd_bits(49, 47) + 2);
    uint32_t block_bits = csd_bits(83, 80);
    return block_bits >= 9 ? blocks << (block_bits - 9) : blocks >> (9 - block_bits);
}

static bool start(struct disk *disk)
{
    if (!power_up() || !select_card(disk))
        return false;
    disk->sectors = capacity_in_sectors();
    return true;
}

static void prepare(uint32_t count, const void *buffer)
{
    host_write(HOST_READ_BLOCK, SECTOR);
    host_write(HOST_WRITE_BLOCK, SECTOR);
    host_write(HOST_BLOCKS, count);
    reg_write(camera->sd_dma + DMA_ADDRESS, bus_address(buffer));
    reg_write(camera->sd_dma + DMA_BYTES, count * SECTOR);
    host_write(HOST_DMA, 1);
}

/* The card has programmed what it got. This also takes the host out of its write mode. */
static bool wait_programmed(void)
{
    uint32_t begin = time_us();
    do {
        if (!command(13, sd.address, SHORT_RESPONSE))
            return false;
        if (short_response() & READY_FOR_DATA)
            return true;
    } while (time_us() - begin < PROGRAM_US);
    return false;
}

/* Runs of sectors go on until they are stopped. */
static bool stop(uint32_t count)
{
    return count == 1 || command(12, 0, SHORT_RESPONSE);
}

/* From here on the host reports the end of a transfer; not that of the command before. */
static void report_end(void)
{
    host_write(HOST_STATUS, 0);
    host_write(HOST_INTERRUPT, 1);
    transfer_begin(&sd.transfer);
}

static bool wait_end(void)
{
    bool moved = transfer_wait(&sd.transfer, DATA_MS, look_for_data);
    host_write(HOST_INTERRUPT, 0);
    return moved;
}

static bool read_sectors(uint32_t address, uint32_t count)
{
    reg_write(camera->sd_dma + DMA_CONTROL, 1);
    report_end();
    send(count > 1 ? 18 : 17, address, READ_DATA);
    bool moved = wait_end();
    return stop(count) && moved;
}

/* Data follow when the card has taken the command and the DMA is started. */
static bool write_sectors(uint32_t address, uint32_t count)
{
    report_end();
    send(count > 1 ? 25 : 24, address, WRITE_DATA);
    bool moved = wait_briefly(COMMAND_US, look_for_answer);
    if (moved) {
        reg_write(camera->sd_dma + DMA_CONTROL, 1);
        moved = wait_end();
    }
    return stop(count) && wait_programmed() && moved;
}

static bool move(struct disk *disk, enum direction direction, uint32_t sector, uint32_t count, void *buffer)
{
    uint32_t address = sd.by_block ? sector : sector * SECTOR;
    (void)disk;
    prepare(count, buffer);
    return direction == FROM_CARD ? read_sectors(address, count) : write_sectors(address, count);
}

struct disk *sd_disk(void)
{
    static struct disk disk = { .name = "SD", .start = start, .move = move };
    bool there = camera->slots & SLOT_SD;
    return there && transfer_open(&sd.transfer, "SD", camera->sd_interrupt, camera->sd_dma_interrupt) ? &disk : NULL;
}
