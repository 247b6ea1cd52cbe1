/* Two settings, in the form in which ML writes its own. */
#include "stand_in.h"

#define PATH "ML/SETTINGS/MAGIC.CFG"

struct settings settings = { .zebra = 1, .page = 0 };

/* The digit behind a name, else what was there before. */
static uint32_t value(const char *text, const char *name, uint32_t before)
{
    for (; *text; text++) {
        uint32_t length = 0;
        while (name[length] && text[length] == name[length])
            length++;
        if (!name[length] && text[length] >= '0' && text[length] <= '9')
            return (uint32_t)(text[length] - '0');
    }
    return before;
}

void read_settings(void)
{
    char text[0x100];
    text[read_file(PATH, text, sizeof text - 1)] = 0;
    settings.zebra = value(text, "zebra.draw = ", settings.zebra);
    settings.page = value(text, "menu.page = ", settings.page);
}

void write_settings(void)
{
    char text[0x100];
    int length = format(text, sizeof text, "zebra.draw = %d\r\nmenu.page = %d\r\n", settings.zebra, settings.page);
    if (!asked_for("FORGET"))
        write_file(PATH, text, (uint32_t)length);
}
