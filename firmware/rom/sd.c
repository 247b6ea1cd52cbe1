/*
 * SD card over the SDIO host controller: single sectors by PIO, runs of sectors by DMA, writes by DMA only (the
 * controller's PIO write is not documented). Reference: storage.md sections 2 to 4.
 */
#include "rom.h"

/* Host registers, offsets from the camera's sd_host. */
#define HOST_DMA 0x08
#define HOST_COMMAND 0x0C
#define HOST_STATUS 0x10
#define HOST_IRQ 0x14
#define HOST_FRAME_LOW 0x20
#define HOST_FRAME_HIGH 0x24
#define HOST_RESPONSE_BITS 0x28
#define HOST_RESPONSE 0x34 /* words at 34, 38, 3C, 40 */
#define HOST_WRITE_BLOCK 0x5C
#define HOST_READ_BLOCK 0x68
#define HOST_FIFO 0x6C
#define HOST_BLOCKS 0x7C

/* DMA registers, offsets from the camera's sd_dma. */
#define DMA_ADDRESS 0x00
#define DMA_BYTES 0x04
#define DMA_CONTROL 0x10

#define STATUS_DONE 0x1u
#define STATUS_ERROR 0x2u
#define STATUS_DATA 0x200000u

/* What the host shall do with a command. */
enum kind { NO_RESPONSE = 0x11, SHORT_RESPONSE = 0x12, LONG_RESPONSE = 0x02, WRITE_DATA = 0x13, READ_DATA = 0x14 };

#define COMMAND_TIMEOUT_US 100000u
#define DATA_TIMEOUT_US 1000000u
#define POWER_UP_TIMEOUT_US 1000000u
#define LONGEST_RUN 128u
#define OCR_3V3 0x00FF8000u
#define OCR_HIGH_CAPACITY 0x40000000u
#define OCR_READY 0x80000000u
#define CHECK_PATTERN 0x1AAu

static struct {
    uint32_t host, dma;
    uint32_t address; /* relative card address, in the high half as commands take it */
    bool by_block;    /* high capacity: addressed in sectors, not bytes */
    uint32_t csd[4];
    struct card card;
} sd;

static uint32_t host_read(uint32_t offset)
{
    return reg_read(sd.host + offset);
}

static void host_write(uint32_t offset, uint32_t value)
{
    reg_write(sd.host + offset, value);
}

static bool wait_status(uint32_t wanted, uint32_t microseconds)
{
    struct timeout timeout = timeout_after_us(microseconds);
    for (;;) {
        uint32_t status = host_read(HOST_STATUS);
        if (status & STATUS_ERROR)
            return false;
        if (status & wanted)
            return true;
        if (timed_out(&timeout))
            return false;
    }
}

/* Sends the 48-bit frame: start bits and index, argument; the host appends the checksum. */
static bool command(uint32_t index, uint32_t argument, enum kind kind)
{
    host_write(HOST_STATUS, 0);
    host_write(HOST_IRQ, 0);
    host_write(HOST_FRAME_HIGH, (0x40 | index) << 8 | argument >> 24);
    host_write(HOST_FRAME_LOW, argument << 8 | 1);
    host_write(HOST_RESPONSE_BITS, kind == LONG_RESPONSE ? 136 : 48);
    host_write(HOST_COMMAND, kind);
    return wait_status(STATUS_DONE, COMMAND_TIMEOUT_US);
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

static bool power_up(void)
{
    command(0, 0, NO_RESPONSE);
    bool version2 = command(8, CHECK_PATTERN, SHORT_RESPONSE);
    uint32_t wanted = OCR_3V3 | (version2 ? OCR_HIGH_CAPACITY : 0);
    struct timeout timeout = timeout_after_us(POWER_UP_TIMEOUT_US);
    do {
        if (!app_command(41, wanted))
            return false;
        uint32_t ocr = short_response();
        if (ocr & OCR_READY) {
            sd.by_block = (ocr & OCR_HIGH_CAPACITY) != 0;
            return true;
        }
    } while (!timed_out(&timeout));
    return false;
}

static bool select_card(void)
{
    if (!command(2, 0, LONG_RESPONSE) || !command(3, 0, SHORT_RESPONSE))
        return false;
    sd.address = short_response() & 0xFFFF0000u;
    if (!command(9, sd.address, LONG_RESPONSE))
        return false;
    for (uint32_t i = 0; i < 4; i++)
        sd.csd[i] = host_read(HOST_RESPONSE + i * 4);
    return command(7, sd.address, SHORT_RESPONSE) && app_command(6, 2) && command(16, SECTOR, SHORT_RESPONSE);
}

/* A field of the 128-bit CSD register; word 0 holds bits 31..0. */
static uint32_t csd_bits(uint32_t high, uint32_t low)
{
    uint32_t word = low / 32, shift = low % 32;
    uint64_t window = sd.csd[word];
    if (word < 3)
        window |= (uint64_t)sd.csd[word + 1] << 32;
    return (uint32_t)(window >> shift) & (uint32_t)((1ull << (high - low + 1)) - 1);
}

static uint32_t capacity_in_sectors(void)
{
    if (csd_bits(127, 126) == 1)
        return (csd_bits(69, 48) + 1) * 1024;
    uint32_t blocks = (csd_bits(73, 62) + 1) << (csd_bits(49, 47) + 2);
    uint32_t block_bits = csd_bits(83, 80);
    return block_bits >= 9 ? blocks << (block_bits - 9) : blocks >> (9 - block_bits);
}

static uint32_t data_address(uint32_t sector)
{
    return sd.by_block ? sector : sector * SECTOR;
}

static void set_blocks(uint32_t count)
{
    host_write(HOST_READ_BLOCK, SECTOR);
    host_write(HOST_WRITE_BLOCK, SECTOR);
    host_write(HOST_BLOCKS, count);
}

static void set_dma(const void *buffer, uint32_t count)
{
    reg_write(sd.dma + DMA_ADDRESS, bus_address(buffer));
    reg_write(sd.dma + DMA_BYTES, count * SECTOR);
    host_write(HOST_DMA, 1);
}

static bool read_one_by_pio(uint32_t sector, uint32_t *words)
{
    host_write(HOST_DMA, 0);
    set_blocks(1);
    if (!command(17, data_address(sector), READ_DATA) || !wait_status(STATUS_DATA, DATA_TIMEOUT_US))
        return false;
    for (uint32_t i = 0; i < SECTOR / 4; i++)
        words[i] = host_read(HOST_FIFO);
    return true;
}

static bool read_run_by_dma(uint32_t sector, uint32_t count, void *buffer)
{
    set_blocks(count);
    set_dma(buffer, count);
    reg_write(sd.dma + DMA_CONTROL, 1);
    bool read = command(18, data_address(sector), READ_DATA) && wait_status(STATUS_DATA, DATA_TIMEOUT_US);
    return command(12, 0, SHORT_RESPONSE) && read;
}

static bool sd_read(uint32_t sector, uint32_t count, void *buffer)
{
    if (count == 1)
        return read_one_by_pio(sector, buffer);
    uint8_t *out = buffer;
    while (count) {
        uint32_t run = count < LONGEST_RUN ? count : LONGEST_RUN;
        if (!read_run_by_dma(sector, run, out))
            return false;
        sector += run;
        count -= run;
        out += run * SECTOR;
    }
    return true;
}

/* Waits until the card has programmed what it got. This also takes the host out of its write mode. */
static bool wait_programmed(void)
{
    const uint32_t ready_for_data = 1u << 8;
    struct timeout timeout = timeout_after_us(DATA_TIMEOUT_US);
    do {
        if (!command(13, sd.address, SHORT_RESPONSE))
            return false;
        if (short_response() & ready_for_data)
            return true;
    } while (!timed_out(&timeout));
    return false;
}

static bool write_run_by_dma(uint32_t sector, uint32_t count, const void *buffer)
{
    set_blocks(count);
    set_dma(buffer, count);
    bool written = command(25, data_address(sector), WRITE_DATA);
    if (written) {
        reg_write(sd.dma + DMA_CONTROL, 1);
        written = wait_status(STATUS_DATA, DATA_TIMEOUT_US);
    }
    return command(12, 0, SHORT_RESPONSE) && wait_programmed() && written;
}

static bool sd_write(uint32_t sector, uint32_t count, const void *buffer)
{
    const uint8_t *in = buffer;
    while (count) {
        uint32_t run = count < LONGEST_RUN ? count : LONGEST_RUN;
        if (!write_run_by_dma(sector, run, in))
            return false;
        sector += run;
        count -= run;
        in += run * SECTOR;
    }
    return true;
}

const struct card *sd_open(void)
{
    const struct camera *camera = camera_facts();
    sd.host = camera->sd_host;
    sd.dma = camera->sd_dma;
    sd.address = 0;
    if (!power_up() || !select_card())
        return 0;
    sd.card = (struct card){ .name = "SD", .sectors = capacity_in_sectors(), .read = sd_read, .write = sd_write };
    return &sd.card;
}
