/*
 * The time that files get: the camera's clock chip, asked once; from then on the kernel's clock counts on. Before the chip can be
 * asked, or where nobody offers it, the clock starts at 2026-01-01 12:00.
 */
#include "clock.h"

#include <stdbool.h>

#include "folder.h"
#include "kernel/timer.h"

#define DAY 86400u
#define FAT_EPOCH 315532800u /* 1980-01-01 in seconds since 1970 */
#define FALLBACK 1767268800u /* 2026-01-01 12:00 */

/* The nine words that the firmware's calendar call fills: reference open-firmware.md section 6, "misc". */
struct calendar {
    uint32_t second, minute, hour, day, month, year, weekday, yearday, summer;
};
void stub_LoadCalendarFromRTC(struct calendar *calendar) __attribute__((weak));

static uint32_t start_seconds; /* 0 = not asked yet */
static uint32_t start_ms;

static bool is_leap(uint32_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* `month` counts from 0. */
static uint32_t days_in_month(uint32_t month, uint32_t year)
{
    static const uint8_t days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return days[month % 12] + (month == 1 && is_leap(year));
}

static uint32_t days_since_1970(uint32_t year, uint32_t month, uint32_t day)
{
    uint32_t days = day - 1;
    for (uint32_t y = 1970; y < year; y++)
        days += is_leap(y) ? 366 : 365;
    for (uint32_t m = 0; m < month; m++)
        days += days_in_month(m, year);
    return days;
}

static uint32_t ask_chip(void)
{
    struct calendar now = { 0 };
    if (!stub_LoadCalendarFromRTC)
        return FALLBACK;
    stub_LoadCalendarFromRTC(&now);
    if (now.day == 0 || now.day > 31 || now.month > 11 || now.year < 80 || now.year > 207)
        return FALLBACK;
    return days_since_1970(now.year + 1900, now.month, now.day) * DAY + now.hour * 3600 + now.minute * 60 + now.second;
}

static uint32_t now_seconds(void)
{
    if (!start_seconds) {
        start_seconds = ask_chip();
        start_ms = time_ms();
    }
    uint32_t now = start_seconds + (time_ms() - start_ms) / 1000;
    return now < FAT_EPOCH ? FAT_EPOCH : now;
}

static void split(uint32_t seconds, uint16_t *date, uint16_t *time)
{
    uint32_t days = seconds / DAY, rest = seconds % DAY, year = 1970, month = 0;
    for (uint32_t length; days >= (length = is_leap(year) ? 366 : 365); year++)
        days -= length;
    for (uint32_t length; days >= (length = days_in_month(month, year)); month++)
        days -= length;
    *date = (uint16_t)((year - 1980) << 9 | (month + 1) << 5 | (days + 1));
    *time = (uint16_t)(rest / 3600 << 11 | rest / 60 % 60 << 5 | rest % 60 / 2);
}

void slot_touch(struct slot *slot)
{
    split(now_seconds(), &slot->date, &slot->time);
    slot->read_date = slot->date;
}

void slot_stamp(struct slot *slot)
{
    slot_touch(slot);
    slot->made_date = slot->date;
    slot->made_time = slot->time;
    slot->made_hundredths = 0;
}

uint32_t seconds_since_1970(uint16_t date, uint16_t time)
{
    uint32_t month = date >> 5 & 0xF, day = date & 0x1F;
    uint32_t days = days_since_1970(1980 + (date >> 9), month ? month - 1 : 0, day ? day : 1);
    return days * DAY + (time >> 11) * 3600u + (time >> 5 & 0x3F) * 60u + (time & 0x1F) * 2u;
}
