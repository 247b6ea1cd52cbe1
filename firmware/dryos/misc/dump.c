/* call("dumpf"): the debug messages that are kept go to the first free FLOGnnn.LOG of the card: SD if there is one, else CF. */
#include "fs/fio.h"
#include "fs/fs.h"
#include "kernel/debug.h"
#include "kernel/memory.h"
#include "kernel/offer.h"

#define MOST_LOGS 1000u

static char drive_with_card(void)
{
    struct fs_drive facts;
    return fs_drive('B', &facts) == FS_OK ? 'B' : 'A';
}

static struct fio_handle *new_log(void)
{
    char path[24], drive = drive_with_card();
    uint32_t size;
    for (uint32_t i = 0; i < MOST_LOGS; i++) {
        format_text(path, sizeof path, "%c:/FLOG%03u.LOG", drive, i);
        if (fio_size(path, &size) != 0)
            return fio_create(path);
    }
    return FIO_NO_HANDLE;
}

static int dump(uint32_t a, uint32_t b, uint32_t c)
{
    (void)a, (void)b, (void)c;
    char line[DEBUG_LINE_BYTES];
    struct fio_handle *log = new_log();
    if (log == FIO_NO_HANDLE)
        return -1;
    for (uint32_t i = debug_messages_first(); debug_message(i, line, sizeof line); i++) {
        fio_write(log, line, (uint32_t)text_length(line));
        fio_write(log, "\n", 1);
    }
    return fio_close(log);
}
NAMED_CALL("dumpf", dump);
