/* Names and numbers of raw values. Full stops are 8 apart; 3 and 5 between them are thirds, 4 is a half. */
#include "values.h"

#include "kernel/debug.h"
#include "kernel/memory.h"

struct name {
    uint8_t raw;
    const char *text;
};

static void say_name(char *out, const struct name *names, uint32_t count, uint32_t raw)
{
    for (uint32_t i = 0; i < count; i++)
        if (names[i].raw == raw) {
            text_copy(out, VALUE_CHARS, names[i].text);
            return;
        }
    format_text(out, VALUE_CHARS, "%X", (unsigned)raw);
}
#define SAY_NAME(out, names, raw) say_name(out, names, sizeof(names) / sizeof((names)[0]), raw)

void say_mode(char *out, uint32_t raw)
{
    static const struct name names[] = {
        {0x00, "P"},      {0x01, "Tv"},       {0x02, "Av"},        {0x03, "M"},     {0x04, "B"},         {0x05, "A-DEP"},
        {0x07, "C1"},     {0x09, "Auto"},     {0x0A, "Night"},     {0x0B, "Sports"}, {0x0C, "Portrait"}, {0x0D, "Landscape"},
        {0x0E, "Macro"},  {0x0F, "No flash"}, {0x10, "C2"},        {0x11, "C3"},    {0x13, "CA"},        {0x14, "Movie"},
        {0x16, "Auto+"},
    };
    SAY_NAME(out, names, raw);
}

#define SHUTTER_FIRST 0x10u

/* As engraved: a full stop, then a third, a half, two thirds more. */
static const char *const shutters[][4] = {
    {"30s", "25s", "24s", "20s"},         {"15s", "13s", "12s", "10s"},         {"8s", "6s", "6s", "5s"},
    {"4s", "3.2s", "3s", "2.5s"},         {"2s", "1.6s", "1.5s", "1.3s"},       {"1s", "0.8s", "0.7s", "0.6s"},
    {"1/2", "0.4s", "0.3s", "0.3s"},      {"1/4", "1/5", "1/6", "1/6"},         {"1/8", "1/10", "1/10", "1/13"},
    {"1/15", "1/20", "1/20", "1/25"},     {"1/30", "1/40", "1/45", "1/50"},     {"1/60", "1/80", "1/90", "1/100"},
    {"1/125", "1/160", "1/180", "1/200"}, {"1/250", "1/320", "1/350", "1/400"}, {"1/500", "1/640", "1/750", "1/800"},
    {"1/1000", "1/1250", "1/1500", "1/1600"}, {"1/2000", "1/2500", "1/3000", "1/3200"}, {"1/4000", "1/5000", "1/6000", "1/6400"},
    {"1/8000", "1/8000", "1/8000", "1/8000"},
};

void say_shutter(char *out, uint32_t raw)
{
    static const uint8_t part_of[8] = {0, 0, 1, 1, 2, 3, 3, 3};
    uint32_t stop = (raw - SHUTTER_FIRST) / 8;
    if (raw < SHUTTER_FIRST || stop >= sizeof(shutters) / sizeof(shutters[0]))
        text_copy(out, VALUE_CHARS, raw == 0x0C ? "BULB" : "---");
    else
        text_copy(out, VALUE_CHARS, shutters[stop][part_of[raw % 8]]);
}

/* The f-number is 2^((raw - 8) / 16): 08 is f/1. In hundredths. */
void say_aperture(char *out, uint32_t raw)
{
    static const uint16_t hundredths[] = {100, 104, 109, 114, 119, 124, 130, 135, 141, 148, 154, 161, 168, 176, 183, 192};
    if (raw < 8) {
        text_copy(out, VALUE_CHARS, "f/--");
        return;
    }
    uint32_t steps = raw - 8, value = (uint32_t)hundredths[steps % 16] << (steps / 16);
    if (value >= 975)
        format_text(out, VALUE_CHARS, "f/%u", (unsigned)((value + 25) / 100));
    else
        format_text(out, VALUE_CHARS, "f/%u.%u", (unsigned)(value / 100), (unsigned)(value / 10 % 10));
}

/* 48 is ISO 100. */
void say_iso(char *out, uint32_t raw)
{
    static const uint16_t base[8] = {100, 100, 100, 125, 140, 160, 160, 160};
    if (raw < 0x48)
        text_copy(out, VALUE_CHARS, raw == 0 ? "ISO Auto" : "ISO L");
    else
        format_text(out, VALUE_CHARS, "ISO %u", (unsigned)(base[raw % 8] << ((raw - 0x48) / 8)));
}

void say_exposure_compensation(char *out, uint32_t raw)
{
    static const char *const parts[8] = {"", "", "", " 1/3", " 1/2", " 2/3", "", ""};
    int32_t eighths = (int8_t)raw, size = eighths < 0 ? -eighths : eighths;
    format_text(out, VALUE_CHARS, "%s%d%s EV", eighths < 0 ? "-" : "+", (int)(size / 8), parts[size % 8]);
}

void say_white_balance(char *out, uint32_t raw)
{
    static const struct name names[] = {{0, "Auto"},        {1, "Daylight"}, {2, "Cloudy"}, {3, "Tungsten"}, {4, "Fluorescent"},
                                        {5, "Flash"},       {6, "Custom"},   {8, "Shade"},  {9, "Kelvin"}};
    SAY_NAME(out, names, raw);
}

void say_af_mode(char *out, uint32_t raw)
{
    static const struct name names[] = {{0, "One shot"}, {1, "AI servo"}, {2, "AI focus"}, {3, "MF"}};
    SAY_NAME(out, names, raw & 0xFF);
}

void say_drive(char *out, uint32_t raw)
{
    static const struct name names[] = {{0x00, "Single"},       {0x01, "Continuous"},  {0x04, "Fast"},    {0x05, "Slow"},
                                        {0x07, "Self-timer 2s"}, {0x10, "Self-timer"}, {0x11, "Self-timer 2s"}, {0x13, "Silent"},
                                        {0x14, "Silent fast"}};
    SAY_NAME(out, names, raw);
}

void say_picture_style(char *out, uint32_t raw)
{
    static const struct name names[] = {{0x21, "User 1"},   {0x22, "User 2"},  {0x23, "User 3"},     {0x81, "Standard"}, {0x82, "Portrait"},
                                        {0x83, "Landscape"}, {0x84, "Neutral"}, {0x85, "Faithful"}, {0x86, "Monochrome"}, {0x87, "Auto"}};
    SAY_NAME(out, names, raw);
}
