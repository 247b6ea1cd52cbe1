/*
 * The file calls of the firmware, as Magic Lantern uses them (reference open-firmware.md section 6, "files"). Tasks only.
 * Where 0 means done, anything else is an fs_error (fs/fs.h).
 *
 * Paths are "A:/FOLDER/NAME.EXT" (CF) or "B:/…" (SD); case does not matter, '\' is as good as '/', names are UTF-8.
 * A name that fits 8.3 in either case is kept and listed in upper case, as cameras do; others are long names.
 */
#ifndef FS_FIO_H
#define FS_FIO_H

#include <stdint.h>

/* An open file (a number from 3 on) or a search (an even address). */
struct fio_handle;
#define FIO_NO_HANDLE ((struct fio_handle *)(intptr_t)-1)

/* The lowest two bits of open flags. Two more bits occur (1000 and 10000); they change nothing here: see fio_write. */
enum { FIO_READ_ONLY = 0, FIO_WRITE_ONLY = 1, FIO_READ_WRITE = 2 };

enum { FIO_FROM_START = 0, FIO_FROM_HERE = 1, FIO_FROM_END = 2 };

/* Attributes in `mode`. */
enum { FIO_ATTRIBUTE_READ_ONLY = 0x01, FIO_ATTRIBUTE_FOLDER = 0x10, FIO_ATTRIBUTE_ARCHIVE = 0x20 };

/* What a search finds. Folders have size 0. */
struct fio_entry {
    uint16_t mode;
    uint16_t unused;
    uint32_t size;
    uint32_t time; /* last change, seconds since 1970 */
    uint32_t unused_time;
    char name[0x80];
    uint32_t unused_words[4];
};
_Static_assert(sizeof(struct fio_entry) == 0xA0, "the record has 0xA0 bytes");

/* An existing file. FIO_NO_HANDLE on any error. 125 may be open at once, the same file several times. */
struct fio_handle *fio_open(const char *path, uint32_t flags);

/* A new empty file, for reading and writing; one of that name loses its content, unless it is open. FIO_NO_HANDLE on error. */
struct fio_handle *fio_create(const char *path);

/* 0. What was written is then safe from a loss of power. */
int fio_close(struct fio_handle *handle);

/* Bytes read, less than asked for at the file's end; -1 on error. */
int fio_read(struct fio_handle *handle, void *buffer, uint32_t bytes);

/*
 * Bytes written: less than asked for when the card is full or fails, or the file would pass 4 GiB - 1; -1 on a bad handle.
 * Content goes to the card at once but for a sector written in part; the size is on the card after fio_close or fio_flush.
 */
int fio_write(struct fio_handle *handle, const void *buffer, uint32_t bytes);

/*
 * The new position, or -1 and the old one stays. A position behind the file's end is kept; the next write fills the gap with
 * zeros.
 */
int64_t fio_seek(struct fio_handle *handle, int64_t offset, int whence);

/* 0, and what was written so far is as safe as if the file were closed. */
int fio_flush(struct fio_handle *handle);

/* 0 and the size, if the path is a file. */
int fio_size(const char *path, uint32_t *size);

/* 0, or why not (fs/fs.h): not there, a folder, open, read only. */
int fio_remove(const char *path);

/*
 * 0. The new name may be in another folder of the same drive. Refused if it exists (unless it is the same entry in other
 * letters), or if the file is open: a rename never destroys anything.
 */
int fio_rename(const char *from, const char *to);

/* 0. Refused if the name exists or its parent does not. */
int fio_create_folder(const char *path);

/* 0. Refused unless it is an empty folder. */
int fio_remove_folder(const char *path);

/* 0, and the file ends at the handle's position, be it before or behind the old end. */
int fio_truncate(struct fio_handle *handle);

/*
 * Searches a folder; "." and ".." are found, too, where the folder has them. The first entry is in `entry`. FIO_NO_HANDLE
 * (odd) if there is no such folder, or nothing in it. Files may be made and removed while a search is open.
 */
struct fio_handle *fio_find_first(const char *path, struct fio_entry *entry);

/* 0 while there is one more entry. */
int fio_find_next(struct fio_handle *handle, struct fio_entry *entry);
int fio_find_close(struct fio_handle *handle);

#endif
