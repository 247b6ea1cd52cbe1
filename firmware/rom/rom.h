/* What the rooms of the boot ROM offer each other. */
#ifndef ROM_H
#define ROM_H

#include "darkroom_rom.h"

#define ROM_VERSION "1.0"
#define SECTOR 512u
#define UNCACHED 0x40000000u
#define KIB 1024u
#define MIB (1024u * KIB)

/* A card, whichever slot it sits in. Sectors are 512 bytes. Buffers are word aligned. */
struct card {
    const char *name;
    uint32_t sectors;
    bool (*read)(uint32_t sector, uint32_t count, void *buffer);
    bool (*write)(uint32_t sector, uint32_t count, const void *buffer);
};

static inline uint32_t reg_read(uint32_t address)
{
    return *(volatile uint32_t *)address;
}

static inline void reg_write(uint32_t address, uint32_t value)
{
    *(volatile uint32_t *)address = value;
}

/* The address a DMA engine sees for a buffer of ours. */
static inline uint32_t bus_address(const void *buffer)
{
    return (uint32_t)buffer & ~UNCACHED;
}

/* start.S */
extern char camera_stamp[];
void start_program(uint32_t address) __attribute__((noreturn));
void halt(void) __attribute__((noreturn));
void wait_for_interrupt(void);
void stop_other_models(const char *note) __attribute__((noreturn));
void stop_no_fir_file(const char *note) __attribute__((noreturn));
void stop_sum_error(const char *note) __attribute__((noreturn));

/* camera.c */
const struct camera *camera_facts(void);
bool camera_find(void);

/* console.c */
void print(const char *format, ...);
void vprint(const char *format, va_list arguments);
uint32_t format_text(char *out, uint32_t capacity, const char *format, ...);

/* clock.c */
uint32_t clock_us(void);
struct timeout {
    uint32_t last, spent, limit;
};
struct timeout timeout_after_us(uint32_t microseconds);
bool timed_out(struct timeout *timeout);
void sleep_ms(uint32_t milliseconds);

/* irq.c */
void irq_enable(uint32_t id);
uint32_t irq_take(void);

/* led.c */
void led(bool on);

/* osd.c */
void display_init(uint32_t unused);
void osd_open(enum osd_depth depth, uint32_t address);
void osd_colour(uint32_t index, uint32_t ouyv);
void osd_box(int x, int y, int width, int height, uint32_t colour);
void osd_text(int x, int y, int scale, uint32_t colour, const char *text);
void screen_open(void);
void screen_line(uint32_t colour, const char *text);
#define SCREEN_TEXT 15u
#define SCREEN_TITLE 6u

/* font.c */
const char *font_strokes(char letter);

/* sd.c, cf.c */
const struct card *sd_open(void);
const struct card *cf_open(void);

/* volume.c */
bool volume_mount(const struct card *card);
bool volume_bootable(void);

/* file.c */
int file_size(const char *path);
int file_read(const char *path, void *buffer, uint32_t capacity);
int file_write(const char *path, const void *data, uint32_t bytes);

/* mpu.c */
bool power_off(void);

/* fault.c */
void stop_with_text(const char *text, const char *note) __attribute__((noreturn));

#endif
