/*
 * What the open boot ROM offers to the programs it starts: facts of the camera, and a table of services.
 *
 * The table stands at a fixed address in every open boot ROM. Check `magic` and `version` before using it.
 * All routines are ARM state, follow the AAPCS, and need about 1 KiB of stack.
 */
#ifndef DARKROOM_ROM_H
#define DARKROOM_ROM_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);
int memcmp(const void *left, const void *right, size_t bytes);

#define ROM_SERVICES_ADDRESS 0xFFFF0040u
#define ROM_SERVICES_MAGIC "DARKROM"
#define ROM_SERVICES_VERSION 1u

/* Card slots a camera has, as bits of `struct camera.slots`. */
#define SLOT_SD 1u
#define SLOT_CF 2u

/* One row of rom/cameras.tsv. A register address of 0 means: this camera has no such device. */
struct camera {
    char name[8];
    uint32_t digic;
    uint32_t slots;
    uint32_t ram_size;
    uint32_t led_register, led_on, led_off;
    uint32_t mpu_request, mpu_request_bit, mpu_status;
    uint32_t sd_host, sd_dma;
    uint32_t cf_ata, cf_dma;
    uint32_t firmware_start;
};

/* Results of the file services; sizes are returned as numbers >= 0. */
enum file_error {
    FILE_OK = 0,
    FILE_NOT_FOUND = -1,
    FILE_TOO_LARGE = -2,
    FILE_READ_ERROR = -3,
    FILE_WRITE_ERROR = -4,
    FILE_CARD_FULL = -5,
    FILE_BAD_NAME = -6,
    FILE_NO_CARD = -7,
};

/* The two forms of OSD picture; the number is bits per pixel. */
enum osd_depth { OSD_4BIT = 4, OSD_8BIT = 8 };

struct rom_services {
    char magic[8];
    uint32_t version;
    uint32_t bytes; /* size of this table: later versions only add at the end */
    const struct camera *(*camera)(void);

    /* Console: UART and the print-char register. Knows %s %c %d %u %x %X %%, a zero flag and a width. */
    void (*print)(const char *format, ...);
    void (*vprint)(const char *format, va_list arguments);

    /* Files on the boot card. Paths like "ML/LOGS/HELLO.LOG": 8.3 names, upper case. */
    int (*file_size)(const char *path);
    int (*file_read)(const char *path, void *buffer, uint32_t capacity);
    int (*file_write)(const char *path, const void *data, uint32_t bytes); /* makes the folders, replaces the file */

    /* Picture: 720x480, at `address` (physical RAM). Colours are palette words: opacity, Y, U, V. */
    void (*osd_open)(enum osd_depth depth, uint32_t address);
    void (*osd_colour)(uint32_t index, uint32_t ouyv);
    void (*osd_box)(int x, int y, int width, int height, uint32_t colour);
    void (*osd_text)(int x, int y, int scale, uint32_t colour, const char *text);

    void (*led)(bool on);
    uint32_t (*clock)(void); /* 20-bit microseconds */
    void (*sleep_ms)(uint32_t milliseconds);
    bool (*power_off)(void); /* asks the MPU; returns only when it refuses */
};

static inline const struct rom_services *rom_services(void)
{
    return (const struct rom_services *)ROM_SERVICES_ADDRESS;
}

#endif
