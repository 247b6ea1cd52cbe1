/* The clock chip, over a serial channel while its select line is on (reference peripherals.md section 6). */
#include "kernel/camera.h"
#include "kernel/memory.h"
#include "kernel/offer.h"
#include "kernel/registers.h"
#include "kernel/sync.h"

#define SIO 0xC0820200u
#define SIO_TRANSMIT (SIO + 0x04)
#define SIO_OUT (SIO + 0x18)
#define SIO_IN (SIO + 0x1C)
#define READ_ON 4u /* command: from the given register on */
#define REGISTERS 7u

/* As the camera's own calendar records: month 0-11, years since 1900. */
struct calendar {
    uint32_t second, minute, hour, day, month, year, weekday, yearday, summer;
};

static struct lock *in_use;

static uint8_t exchange(uint8_t out)
{
    reg_write(SIO_OUT, out);
    reg_write(SIO_TRANSMIT, 1);
    return (uint8_t)reg_read(SIO_IN);
}

static void read_registers(uint8_t *registers)
{
    lock_acquire(in_use, FOREVER);
    reg_write(camera->rtc_cs, camera->led_on);
    exchange(camera->rtc_swapped ? READ_ON << 4 : READ_ON);
    for (uint32_t i = 0; i < REGISTERS; i++)
        registers[i] = exchange(0);
    reg_write(camera->rtc_cs, camera->led_off);
    lock_release(in_use);
}

static uint32_t decimal(uint8_t bcd)
{
    return (bcd >> 4) * 10u + (bcd & 0xF);
}

/* Days of the year before a month, in a year of 365 days. */
static const uint16_t days_before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};

/* The chip counts years from 2000: every fourth is a leap year. */
static uint32_t day_of_year(uint32_t year, uint32_t month, uint32_t day)
{
    return days_before[month % 12] + (month > 1 && year % 4 == 0) + day - 1;
}

void STUB(LoadCalendarFromRTC)(struct calendar *out)
{
    uint8_t chip[REGISTERS];
    read_registers(chip);
    uint32_t month = decimal(chip[5] & 0x1F), year = decimal(chip[6]);
    *out = (struct calendar){
        .second = decimal(chip[0]),
        .minute = decimal(chip[1]),
        .hour = decimal(chip[2]),
        .weekday = chip[3],
        .day = decimal(chip[4]),
        .month = month ? month - 1 : 0,
        .year = year + 100,
    };
    out->yearday = day_of_year(year, out->month, out->day);
}

static void calendar_start(void)
{
    in_use = lock_create("calendar");
}
AT_START(START_DEVICES, calendar_start);
