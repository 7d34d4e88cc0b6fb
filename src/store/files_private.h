/*
 * files_private.h: what the files about files share.
 */
#ifndef SPOKE_FILES_PRIVATE_H
#define SPOKE_FILES_PRIVATE_H

#include "store/files.h"

#define DEPTH_MAX 8 /* of folders within each other */

/* A sentence with errno's reason; FAILED. */
enum result files_failed(struct buf *why, const char *what, const char *path);

bool files_is_folder(const char *path);

#endif
