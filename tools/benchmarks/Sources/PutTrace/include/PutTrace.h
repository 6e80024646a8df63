#ifndef PUT_TRACE_H
#define PUT_TRACE_H

/// Where the changes are written down; nothing is before it was called.
int put_trace_begin(const char *path);
void put_trace_end(void);

#endif
