/* The two drives, and who may touch them when. */
#ifndef FS_DRIVES_H
#define FS_DRIVES_H

#include "volume.h"

/*
 * Locks the volume of a drive, mounting it if that has not happened; on success the caller must leave it.
 * FS_NO_CARD and others: nothing is locked.
 */
int drive_enter(char letter, struct volume **volume);
/* What follows a path's letter, colon and separators; 0 if it does not begin so. */
const char *path_rest(const char *path);
/* Locks the volume of a path's drive. */
int drive_enter_path(const char *path, struct volume **volume, const char **rest);
/* Locks a volume that is known; it may not be mounted any more. */
void volume_enter(struct volume *volume);
void volume_leave(struct volume *volume);

/* path.c: where the rest of a path leads. */
/* The folder that holds the path's last part, which becomes the volume's wanted name. */
int path_parent(struct volume *volume, const char *rest, uint32_t *folder);
struct found;
/* The entry at the path, and the folder it is in. */
int path_find(struct volume *volume, const char *rest, uint32_t *folder, struct found *found);
/* The path as a folder, which may be the root. */
int path_folder(struct volume *volume, const char *rest, uint32_t *folder);

/* change.c, move.c: entries. */
struct node;
int make_file(struct volume *volume, const char *rest, struct node **node);
int make_folder(struct volume *volume, const char *rest);
int remove_file(struct volume *volume, const char *rest);
int remove_folder(struct volume *volume, const char *rest);
int move_entry(struct volume *volume, const char *from, const char *to);

/* search.c: a folder is gone, searches in it have come to their end. */
void searches_end(const struct volume *volume, uint32_t folder);

#endif
