#pragma once
#include <errno.h>
#include <expat.h>
#include <freexl.h>
#include <iconv.h>
#include <stdio.h>
#include <string.h>
#include <zip.h>
enum { creditnode_iconv_done = 0, creditnode_iconv_incomplete = 1, creditnode_iconv_full = 2, creditnode_iconv_illegal = 3 };
/* iconv takes a pointer to mutable bytes and does not write through it. */
static inline int creditnode_iconv(iconv_t descriptor, const char *input, size_t *left, char *output, size_t *room) {
    char *from = (char *)input, *to = output;
    if (iconv(descriptor, &from, left, &to, room) != (size_t)-1) return creditnode_iconv_done;
    return errno == EINVAL ? creditnode_iconv_incomplete : errno == E2BIG ? creditnode_iconv_full : creditnode_iconv_illegal;
}
/* A number as people would write it: fifteen significant digits (all that Excel keeps), no exponent below 1e15.
   Returns the length, or 0 when it does not fit. */
static inline int creditnode_number_text(double value, char *out, int size) {
    double magnitude = value < 0 ? -value : value;
    int length;
    if (magnitude != 0 && (magnitude < 1e-4 || magnitude >= 1e15)) {
        length = magnitude < 1e-4 ? snprintf(out, size, "%.14f", value) : snprintf(out, size, "%.14E", value);
    } else {
        length = snprintf(out, size, "%.15g", value);
    }
    if (length <= 0 || length >= size) return 0;
    /* Zeros behind the point say nothing. */
    char *exponent = strchr(out, 'E'), *point = strchr(out, '.');
    if (point) {
        char *end = exponent ? exponent : out + length, *last = end;
        while (last > point && last[-1] == '0') last--;
        if (last == point + 1) last = point;
        memmove(last, end, (size_t)(out + length - end) + 1);
        length -= (int)(end - last);
    }
    return length;
}
/* Members of unions and a struct with an anonymous union do not come through to Swift in every version. */
static inline int creditnode_xls_cell(const void *handle, unsigned int row, unsigned short column, unsigned char *type, int *whole, double *number, const char **text) {
    FreeXL_CellValue value;
    int code = freexl_get_cell_value(handle, row, column, &value);
    if (code != FREEXL_OK) return code;
    *type = value.type;
    switch (value.type) {
    case FREEXL_CELL_INT: *whole = value.value.int_value; break;
    case FREEXL_CELL_DOUBLE: *number = value.value.double_value; break;
    case FREEXL_CELL_TEXT:
    case FREEXL_CELL_SST_TEXT:
    case FREEXL_CELL_DATE:
    case FREEXL_CELL_DATETIME:
    case FREEXL_CELL_TIME: *text = value.value.text_value; break;
    default: break;
    }
    return code;
}
