/*
 * The cards as a whole, for the rest of the firmware: what is in a slot, what is free on it, and bringing everything to the
 * card before the power goes. Files are in fs/fio.h. Drive A is CF, drive B is SD. Tasks only.
 */
#ifndef FS_FS_H
#define FS_FS_H

#include <stdbool.h>
#include <stdint.h>

/* What the functions of this room answer besides 0 or a count. */
enum fs_error {
    FS_OK = 0,
    FS_NOT_FOUND = -1,
    FS_EXISTS = -2,
    FS_NO_CARD = -3,    /* no such drive, no card in it, or no FAT16 or FAT32 volume on the card */
    FS_CARD_FAILED = -4, /* the card did not do what it was told, or was taken out */
    FS_DAMAGED = -5,    /* the volume contradicts itself */
    FS_CARD_FULL = -6,  /* no free cluster, or no room in a root folder of fixed size */
    FS_BAD_NAME = -7,
    FS_IS_FOLDER = -8,
    FS_NOT_FOLDER = -9,
    FS_NOT_EMPTY = -10,
    FS_IN_USE = -11, /* somebody has the file open */
    FS_READ_ONLY = -12,
    FS_BAD_HANDLE = -13,
    FS_NO_MEMORY = -14,
};

struct fs_drive {
    char label[12]; /* empty when the volume has none */
    uint32_t sectors;
    uint32_t cluster_bytes;
    uint32_t clusters;
    uint32_t free_clusters;
    bool wide; /* FAT32, else FAT16 */
};

/* FS_OK, and the facts of the volume in drive 'A' or 'B'; else why there are none. */
int fs_drive(char letter, struct fs_drive *facts);

/*
 * What is open is as safe as if it were closed (handles stay usable), and a FAT32 volume's count of free clusters is true. For
 * power-down, after everybody has closed files.
 */
int fs_sync(void);

/* The card in a drive was taken out or changed: handles on it are dead; the next call that names the drive looks anew. */
void fs_card_changed(char letter);

#endif
