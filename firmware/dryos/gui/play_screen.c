/* Play: there are no pictures to show, so it says what is on the cards. */
#include "display/display.h"
#include "fs/fio.h"
#include "kernel/debug.h"
#include "parts.h"
#include "screens.h"
#include "values.h"

#define LINE_HEIGHT 40
#define TOP 80
#define LEFT 24
#define SCALE 3

static uint32_t count_files(const char *folder)
{
    struct fio_entry entry;
    uint32_t files = 0;
    struct fio_handle *search = fio_find_first(folder, &entry);
    if ((uint32_t)search & 1)
        return 0;
    do
        files += !(entry.mode & FIO_ATTRIBUTE_FOLDER);
    while (fio_find_next(search, &entry) == 0);
    fio_find_close(search);
    return files;
}

static int draw_folder(int y, const char *folder)
{
    char text[VALUE_CHARS];
    uint32_t files = count_files(folder);
    if (files == 0)
        return y;
    format_text(text, sizeof(text), "%s: %u files", folder, (unsigned)files);
    osd_text(LEFT, y, SCALE, OSD_WHITE, text);
    return y + LINE_HEIGHT;
}

void play_draw(void)
{
    static const char *const folders[] = {"A:/", "A:/DCIM/100CANON", "A:/ML", "B:/", "B:/DCIM/100CANON", "B:/ML"};
    int y = TOP;
    part_title("Playback");
    for (uint32_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
        y = draw_folder(y, folders[i]);
    if (y == TOP)
        osd_text(LEFT, y, SCALE, OSD_GREY, "No files");
    part_status_line();
}
